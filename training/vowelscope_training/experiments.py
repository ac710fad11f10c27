"""The sound presets from recordings to a table of results, small (minutes) or in full (hours)."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vowelscope.core.errors import UserError
from vowelscope_training.settings import Config, Stage

PRESETS = ("vowels-11k", "vowels-8k", "vowels-4k", "voicing-4k")

PAPER = {"vowels-11k": "96 % or more", "vowels-4k": "96 % or more", "voicing-4k": "98 % or more"}
"""Accuracy that James et al. (2024) report for their experiments 1, 2 and 3: on some 79,000 tokens
of one speaker, split by token, the best epoch chosen on the test part."""

SMALL = Stage(architecture="resnet18", columns=64, lr=1e-3, steps=100, synthetic=0.3)

_FORMANTS = "QDA on F1-F3"


def small(config: Config) -> Config:
    """A preset with a small network, a narrow window and few steps, from nothing.

    It shows that everything works from end to end, not what the preset can do.
    """
    return replace(config, stages=(SMALL,), start="scratch", batch=16, patience=0, warm_up=0.1)


def experiment(
    preset: str, corpus: Path, run: Path, full: bool, say: Any
) -> tuple[dict[str, Any], Config]:
    """Train and evaluate one preset; what is finished already is not done again.

    Returns
    -------
    results, config
        As `pack.pack` gives them, and what was trained.
    """
    from vowelscope_training.config import load_config
    from vowelscope_training.loop import train
    from vowelscope_training.pack import pack, write_results

    config = load_config(preset)
    config = config if full else small(config)
    held = run / "results.json"
    if not held.exists():
        say(f"{preset}: training")
        # Each event would be a line among the table's.
        with contextlib.redirect_stdout(sys.stderr if full else _Nowhere()):
            train(corpus, config, run)
        say(f"{preset}: testing")
        command = "python -m vowelscope_training.experiments" + (" --full" if full else "")
        write_results(run, pack(run, run / "model", preset, command, say=_unsaid))
    results: dict[str, Any] = json.loads(held.read_text(encoding="utf-8"))
    return results, config


def _unsaid(_line: str) -> None:
    pass


class _Nowhere:
    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        pass


def rows(preset: str, results: dict[str, Any]) -> list[list[str]]:
    """The lines of the table for one preset: one a set of the corpus."""
    made = []
    for name, scores in results["sets"].items():
        if "counts" not in scores:
            continue
        low, high = scores["intervals"]["accuracy"]
        span = f"{low:.3f}-{high:.3f}" if low is not None and high is not None else ""
        baselines = scores.get("baselines", {})
        formants = baselines.get(_FORMANTS, {}).get("accuracy")
        shuffled = baselines.get("shuffled labels", {}).get("accuracy")
        made.append(
            [
                preset,
                name,
                str(sum(scores["counts"].values())),
                f"{scores['accuracy']:.3f}",
                span,
                f"{scores['macro_f1']:.3f}",
                "" if formants is None else f"{formants:.3f}",
                "" if shuffled is None else f"{shuffled:.3f}",
                PAPER.get(preset, ""),
            ]
        )
    return made


def table(lines: list[list[str]]) -> str:
    """Lines of results under their headings."""
    heads = [
        "preset",
        "set",
        "tokens",
        "accuracy",
        "95 %",
        "macro-F1",
        "formants",
        "shuffled",
        "paper",
    ]
    widths = [max(len(line[k]) for line in [heads, *lines]) for k in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in [heads, *lines]
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Build the corpora, run the presets, print the table."""
    parser = argparse.ArgumentParser(prog="experiments", description=__doc__)
    parser.add_argument("work", type=Path, help="folder for everything on the way")
    parser.add_argument("folders", type=Path, nargs="*", help="recordings; without any: flite's")
    parser.add_argument("--train-only", action="append", default=[], help="sets for training only")
    parser.add_argument("--full", action="store_true", help="the presets as they are")
    parser.add_argument("--preset", action="append", choices=PRESETS)
    options = parser.parse_args(argv)
    try:
        print(table(_run(options)))
    except UserError as error:
        print(f"vowelscope: {error}", file=sys.stderr)
        return 2
    return 0


def _run(options: argparse.Namespace) -> list[list[str]]:
    from vowelscope.core.corpus import build_corpus
    from vowelscope.core.phones import load_class_map
    from vowelscope_training.config import load_config

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    folders = options.folders
    if not folders:
        folders = [work / "flite"]
        if not folders[0].exists():
            from vowelscope_training.synthesise import synthesise

            say("speaking with flite")
            synthesise(folders[0], 40, seed=7)
    lines: list[list[str]] = []
    for preset in options.preset or PRESETS:
        classes = load_config(preset).classes
        corpus = work / f"{classes}.parquet"
        if not corpus.exists():
            say(f"{corpus}: reading recordings")
            report = build_corpus(
                folders,
                load_class_map(classes),
                corpus,
                train_only=options.train_only,
                val=0.1,
                jobs=2,
            )
            for problem in report.failures:
                say(f"left out: {problem.path}: {problem.reason}")
        run = work / f"{preset}{'' if options.full else '-small'}"
        try:
            results, _ = experiment(preset, corpus, run, options.full, say)
        except UserError as error:
            # One range that no recording fills must not hide what the others give.
            say(f"{preset}: {error}")
            lines.append([preset, "-", "", "", "", "", "", "", PAPER.get(preset, "")])
            continue
        lines += rows(preset, results)
    return lines


if __name__ == "__main__":
    sys.exit(main())
