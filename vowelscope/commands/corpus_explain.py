"""``vowelscope corpus explain`` and ``vowelscope corpus report``."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from vowelscope.commands.corpus import _cores, _Progress
from vowelscope.core.errors import ConfigError

_SHARE_A_GPU = 4
"""Processes by default on a GPU: each holds the network and a context, about a gigabyte."""


def explain(
    corpus: Path,
    /,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    model: Path | None = None,
    jobs: int = 0,
    scheduler: str | None = None,
    device: Literal["cpu", "cuda"] = "cpu",
    shard_tokens: int = 128,
) -> int:
    """Explain every token of a corpus.

    OUT gets a Parquet file for each `shard_tokens` tokens, with the logits, the signed maps of all
    classes, F1-F4 at 20, 50 and 80 %, f0 and the duration. A run that was stopped goes on with the
    shards that are missing when the same command is given again. The numbers are the same however
    many processes or machines made them. The exit status is 1 where some token could not be
    explained; the column `note` says why.

    Parameters
    ----------
    corpus
        The Parquet file that `vowelscope corpus build` wrote.
    out
        Folder of the explanations.
    model
        A model folder, or the name of a model; the model in the box by default.
    jobs
        Processes on this machine, with one thread each; 0 is one for each core, or four that share
        a GPU.
    scheduler
        Address of a Dask scheduler (tcp://host:8786) whose workers see the same files, in the
        place of processes here.
    device
        Where the model runs: cpu, or cuda for an NVIDIA GPU; formants and the pictures that the
        model sees are made on the processor in both.
    shard_tokens
        Tokens a file.
    """
    from vowelscope.explain.corpus_run import explain_corpus
    from vowelscope.explain.model import load_model
    from vowelscope.explain.model_store import find_model
    from vowelscope.explain.runtime import open_runtime
    from vowelscope.explain.shards import make_plan, read_shards

    if shard_tokens < 1:
        raise ConfigError(f"--shard-tokens {shard_tokens}: must be 1 or more.")
    if jobs < 0:
        raise ConfigError(f"--jobs {jobs}: must be 0 or more.")
    folder = find_model(model)
    plan = make_plan(corpus, folder, shard_tokens)
    if device != "cpu" and scheduler is None:
        open_runtime(load_model(folder), device)  # says at once where there is none
    cores = _cores() if device == "cpu" else min(_cores(), _SHARE_A_GPU)
    try:
        with _Progress("Explaining") as progress:
            explain_corpus(plan, out, jobs or cores, progress.update, scheduler, device)
    except KeyboardInterrupt:
        print(f"{out} keeps what is done; the same command goes on from there.", file=sys.stderr)
        raise
    notes = [
        (row["recording"], row["tmin_s"], row["note"])
        for table in read_shards(out, ["recording", "tmin_s", "note", "predicted"])
        for row in table.to_pylist()
        if row["predicted"] is None
    ]
    for recording, tmin_s, note in notes[:20]:
        print(f"not explained: {recording} at {tmin_s:.3f} s: {note}", file=sys.stderr)
    print(f"{out}: {plan.tokens - len(notes)} of {plan.tokens} tokens explained")
    return 1 if notes else 0


def report(
    explained: Path,
    /,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    against: Path | None = None,
    part: Literal["test", "train", "val", "all"] = "test",
) -> int:
    """Draw the study's figures from an explained corpus and test its statements.

    OUT gets report.html, findings.json with every number, and the figures as SVG and PDF.

    Parameters
    ----------
    explained
        A folder that `vowelscope corpus explain` made.
    out
        Folder of the report.
    against
        Another such folder, of the same corpus by another model: its maps are drawn on the same
        axis, and the difference; experiment 2 is held against experiment 1.
    part
        Whose tokens count: the held-out ones by default.
    """
    from vowelscope.explain.corpus_report import write_corpus_report

    held = write_corpus_report(explained, out, against, None if part == "all" else part)
    width = max(len(one["statement"]) for one in held["findings"])
    for one in held["findings"]:
        value = "" if one["value"] is None or not math.isfinite(one["value"]) else one["value"]
        shown = f"{value:+.3f}" if value != "" else ""
        if one["low"] is not None:
            shown += f" ({one['low']:+.3f} to {one['high']:+.3f})"
        print(f"{one['statement']:<{width}}  {one['verdict']:<15} {shown}".rstrip())
    print(out / "report.html", file=sys.stderr)
    return 0
