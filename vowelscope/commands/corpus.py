"""``vowelscope corpus``: build a corpus of tokens, and count what it holds."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from rich.console import Console

    from vowelscope.core.corpus import BuildReport
    from vowelscope.core.pairs import Problem

_SHOWN = 20


def build(
    folders: list[Path],
    /,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    classes: str = "vowels5",
    tier: str | None = None,
    speaker_from: str = "folder",
    split: Literal["utterance", "speaker", "word", "token"] = "utterance",
    seed: int = 1,
    test: float = 0.2,
    val: float = 0.05,
    train_only: list[str] | None = None,
    jobs: int = 0,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> int:
    """Turn pairs of recordings and TextGrids into one table of tokens.

    What is read is kept in OUT.pieces until all is done: a build that was broken off goes on from
    there when the same command is given again. The exit status is 1 when some files were left out.

    Parameters
    ----------
    folders
        Folders of recordings and TextGrids that share their stems. Each is a set of the corpus.
    out
        The Parquet file to write.
    classes
        The class map: vowels5, voicing, or a TOML file.
    tier
        Name of the phone tier; by default the usual names are looked for.
    speaker_from
        "folder", or a regular expression whose first group in a file's name is the speaker.
    split
        What stays together, wholly in training, validation or test: an utterance, all of a
        speaker, all tokens of a word, or (token) nothing, as in the paper.
    seed
        Of the split and of the balanced choice.
    test
        Share of the tokens in the test part.
    val
        Share of the tokens in the validation part.
    train_only
        Name or pattern (synth*) of a set that is for training only; may be given again.
    jobs
        Processes; 0 is one for each core.
    json_
        Write the report as JSON.
    """
    from vowelscope.core.corpus import build_corpus
    from vowelscope.core.phones import load_class_map
    from vowelscope.core.splits import LEAKS

    if split in LEAKS:
        print(LEAKS[split], file=sys.stderr)
    class_map = load_class_map(classes)
    with _Progress() as progress, _kept_pieces(out):
        report = build_corpus(
            folders,
            class_map,
            out,
            tier=tier,
            speaker_from=speaker_from,
            by=split,
            seed=seed,
            test=test,
            val=val,
            train_only=train_only or (),
            jobs=jobs or _cores(),
            command=shlex.join(["vowelscope", *sys.argv[1:]]),
            progress=progress.update,
        )
    if json_:
        print(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
    else:
        _print_report(report, class_map.classes)
    return 1 if report.failures else 0


def show(
    corpus: Path,
    /,
    *,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> int:
    """Count what a corpus holds.

    Parameters
    ----------
    corpus
        A Parquet file that `corpus build` made.
    json_
        Write the counts as JSON.
    """
    from vowelscope.core.corpus import read_corpus
    from vowelscope.core.corpus_summary import summarise

    summary = summarise(read_corpus(corpus))
    if json_:
        print(json.dumps(summary, ensure_ascii=False, indent=1))
    else:
        _print_summary(summary)
    return 0


def _cores() -> int:
    # A container or a batch system may grant fewer cores than the machine has.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _kept_pieces(out: Path) -> Iterator[None]:
    """Say after an interruption what the next build goes on from."""
    from vowelscope.core.corpus import pieces_folder

    try:
        yield
    except KeyboardInterrupt:
        folder = pieces_folder(out)
        if folder.exists():
            print(
                f"What was read is kept in {folder}; the same command goes on from there.",
                file=sys.stderr,
            )
        raise


class _Progress:
    """A bar with an estimate, on the error stream and only where that is a terminal."""

    def __init__(self, what: str = "Reading") -> None:
        self._what = what

    def __enter__(self) -> _Progress:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        console = Console(stderr=True)
        self._bar = Progress(
            self._what,
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def update(self, done: int, total: int) -> None:
        self._bar.update(self._task, completed=done, total=total)


def _print_report(report: BuildReport, classes: tuple[str, ...]) -> None:
    console = _console()
    by_set: dict[str, dict[str, dict[str, int]]] = {}
    for (set_name, part, cls), count in report.counts.items():
        by_set.setdefault(set_name, {}).setdefault(part, {})[cls] = count
    console.print(
        f"{report.out}: {report.tokens} tokens of {report.utterances} utterances,"
        f" split {report.split_hash[:12]}"
    )
    _print_counts(console, by_set, classes)
    _print_labels(console, "Labels of no class", report.other)
    _print_labels(console, "Unknown labels", report.unknown)
    _print_problems(console, "warning", report.warnings)
    _print_problems(console, "left out", report.failures)


def _print_summary(summary: dict[str, Any]) -> None:
    from rich.table import Table

    console = _console()
    info, classes = summary["info"], tuple(summary["classes"])
    console.print(
        f"{summary['tokens']} tokens of {summary['utterances']} utterances,"
        f" class map {info['class_map']['name']}, split {info['split']['hash'][:12]}"
    )
    _print_counts(console, summary["by_set"], classes)
    table = Table("class", "tokens", "balanced", "shortest", "5 %", "median", "95 %", "longest")
    for name in classes:
        milliseconds = [f"{value * 1000:.0f} ms" for value in summary["durations_s"][name].values()]
        balanced = summary["balanced"].get(name, 0)
        table.add_row(name, str(summary["classes"][name]), str(balanced), *milliseconds)
    console.print(table)
    for name, key in (
        ("Speakers", "speakers"),
        ("Sampling rates (Hz)", "rates_hz"),
        ("Stress", "stress"),
    ):
        values = {str("none" if k is None else k): n for k, n in summary[key].items()}
        _print_labels(console, name, Counter(values))
    words = Counter({word: n for word, n in summary["words"].items() if word})
    _print_labels(console, f"Words, {len(words)} of them", words)
    _print_durations(console, summary["histograms"])
    for name, count in summary["checks"].items():
        examples = "; ".join(summary["examples"][name])
        console.print(f"{name}: {count} tokens" + (f" ({examples})" if examples else ""))
    for kind, found in summary["one_label"].items():
        if found:
            shown = ", ".join(f"{name} {label}" for name, label in list(found.items())[:_SHOWN])
            rest = f", and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            console.print(f"{kind} with one label only: {len(found)} ({shown}{rest})")
    if len(summary["speakers"]) == 1:
        console.print("One speaker only: what a network learns here may hold for nobody else.")


def _print_durations(console: Console, histograms: dict[str, list[int]]) -> None:
    """Bars of durations, a row for each bin that any class has, a column for each class."""
    from rich.bar import Bar
    from rich.table import Table

    from vowelscope.core.corpus_summary import BIN_S, LONGEST_S

    table = Table("duration", *histograms, title="Durations, each class beside its largest bin")
    most = {name: max(counts) or 1 for name, counts in histograms.items()}
    rows = [
        n for n in range(round(LONGEST_S / BIN_S) + 1) if any(h[n] for h in histograms.values())
    ]
    for n in range(rows[0], rows[-1] + 1) if rows else ():
        start_ms = n * BIN_S * 1000
        over = n == round(LONGEST_S / BIN_S)
        bars = [Bar(most[name], 0, counts[n], width=20) for name, counts in histograms.items()]
        label = f"over {start_ms:g} ms" if over else f"{start_ms:g}-{start_ms + BIN_S * 1000:g} ms"
        table.add_row(label, *bars)
    console.print(table)


def _print_counts(
    console: Console, by_set: dict[str, dict[str, dict[str, int]]], classes: tuple[str, ...]
) -> None:
    from rich.table import Table

    table = Table("set", "part", *classes, "all")
    for set_name, parts in by_set.items():
        for part in ("train", "val", "test"):
            counts = parts.get(part)
            if counts:
                cells = [str(counts.get(name, 0)) for name in classes]
                table.add_row(set_name, part, *cells, str(sum(counts.values())))
    console.print(table)


def _print_labels(console: Console, title: str, counts: Counter[str]) -> None:
    if not counts:
        return
    shown = ", ".join(f"{label} {count}" for label, count in counts.most_common(_SHOWN))
    rest = f", and {len(counts) - _SHOWN} more" if len(counts) > _SHOWN else ""
    console.print(f"{title} ({counts.total()}): {shown}{rest}")


def _print_problems(console: Console, title: str, problems: list[Problem]) -> None:
    for problem in problems[:_SHOWN]:
        console.print(f"{title}: {problem.path}: {problem.reason}")
    if len(problems) > _SHOWN:
        console.print(f"{title}: {len(problems) - _SHOWN} more; --json lists them all")


def _console() -> Console:
    from rich.console import Console

    # Labels may look like markup; a file or a pipe gets whole lines.
    width = None if sys.stdout.isatty() else 200
    return Console(markup=False, highlight=False, emoji=False, width=width, soft_wrap=True)
