"""``vowelscope corpus filters``: which tokens of a corpus fire the filters of a network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from vowelscope.commands.corpus import _cores, _Progress
from vowelscope.core.errors import ConfigError


def filters(
    corpus: Path,
    /,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    model: Path | None = None,
    stage: int = 4,
    pool: Literal["mean", "peak"] = "mean",
    control: Annotated[bool, Parameter(negative="")] = False,
    part: Literal["all", "test", "train", "val"] = "all",
    top: int = 16,
    shown: int = 2,
    jobs: int = 0,
    scheduler: str | None = None,
) -> int:
    """Show every token of a corpus to the filters of one stage of a network.

    OUT gets filters.parquet (a row a filter: the class it tells best, the formant it follows within
    class and speaker, against shuffled tokens), top.parquet (the tokens that fire each filter most,
    with the cell in Hz and s), findings.json and filters.html with pictures. A run that was stopped
    goes on when the same command is given again.

    Parameters
    ----------
    corpus
        The Parquet file that `vowelscope corpus build` wrote, or a folder that `vowelscope corpus
        explain` filled, whose formants are taken over.
    out
        Folder for what is written.
    model
        A model folder or the name of a model; by default the model that explained the folder, or
        the model in the box.
    stage
        1 to 4, each of coarser cells; 0 is the first layer, whose kernels `vowelscope filters`
        shows.
    pool
        What counts of a filter in a token: the mean over all cells, or the peak.
    control
        Show the tokens to a network of the same shape and random weights as well, in OUT/untrained:
        what its filters follow needs no learning.
    part
        Whose tokens are counted: all, or those of one part of the split.
    top
        Tokens kept of each filter.
    shown
        Filters of each class and of each formant that the page shows with their tokens.
    jobs
        Processes on this machine, with one thread each; 0 is one for each core.
    scheduler
        Address of a Dask scheduler (tcp://host:8786) whose workers see the same files, in the
        place of processes here.
    """
    from vowelscope.explain.filter_plan import plan_filters
    from vowelscope.explain.filter_report import write_filter_report
    from vowelscope.explain.filter_shards import ask_filters
    from vowelscope.explain.filter_table import make_table
    from vowelscope.explain.model_store import find_model

    if top < 1:
        raise ConfigError(f"--top {top}: must be 1 or more.")
    if shown < 0:
        raise ConfigError(f"--shown {shown}: must be 0 or more.")
    if jobs < 0:
        raise ConfigError(f"--jobs {jobs}: must be 0 or more.")
    if model is not None or not corpus.is_dir():
        model = find_model(model)
    kinds = [(out, False)] + ([(out / "untrained", True)] if control else [])
    made = []
    for folder, untrained in kinds:
        plan = plan_filters(corpus, model, stage, pool, untrained)
        try:
            with _Progress("Showing") as progress:
                ask_filters(plan, folder, jobs or _cores(), progress.update, scheduler)
        except KeyboardInterrupt:
            print(
                f"{folder} keeps what is done; the same command goes on from there.",
                file=sys.stderr,
            )
            raise
        with _Progress("Counting") as progress:
            made.append(
                make_table(
                    folder,
                    top,
                    None if part == "all" else part,
                    lambda _what, done, total: progress.update(done, total),
                )
            )
    table, rest = made[0], made[1:]
    plan = table.plan
    path = write_filter_report(table, shown, *rest)
    held = table.findings
    for note in held["notes"]:
        print(f"not shown: {note}", file=sys.stderr)
    print(
        f"{out}: {plan.filters} filters of stage {stage}, {held['tokens']} of {plan.tokens} tokens;"
        f" {held['tell_classes']} tell classes"
    )
    for name, found in held["measures"].items():
        if found["within_filters"] is None:
            print(f"{name:<8}  too few tokens of one class and speaker ({found['within_tokens']})")
            continue
        told = (
            f"{found['within_filters']:5} filters follow it within class and speaker; most "
            f"{found['within_of_best']:+.2f} (filter {found['within_best']}), chance "
            f"{found['within_limit']:.2f}"
        )
        for other in rest:
            theirs = other.findings["measures"][name]
            told += f"; untrained {theirs['within_filters']}, {theirs['within_of_best']:+.2f}"
        print(f"{name:<8}  {told}")
    print(path, file=sys.stderr)
    return 1 if held["left_out"] else 0
