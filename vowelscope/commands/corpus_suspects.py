"""``vowelscope corpus suspects``: the doubtful tokens of an explained corpus, and their tier."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from vowelscope.commands.corpus import _Progress
from vowelscope.core.errors import ConfigError
from vowelscope.core.suspects import SUSPECT_TIER
from vowelscope.explain.browse_orders import Order

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from vowelscope.app.suspect_files import Outcome
    from vowelscope.explain.browse import Browsed

_SHOWN = 20


def suspects(
    explained: Path,
    /,
    *,
    against_label: Annotated[bool, Parameter(negative="")] = False,
    against_formants: Annotated[bool, Parameter(negative="")] = False,
    doubt: float | None = None,
    cell: str | None = None,
    marked: Annotated[bool, Parameter(negative="")] = False,
    text: str = "",
    part: Literal["train", "val", "test", "all"] = "all",
    by: Order = "doubt",
    most: int | None = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    write: Annotated[bool, Parameter(negative="")] = False,
    tier: str = SUSPECT_TIER,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    undo: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """List the doubtful tokens of an explained corpus, and with --write put them into a tier.

    Give at least one of --against-label, --against-formants, --doubt, --cell and --marked; of
    several, all must hold. Without --write no TextGrid changes. The exit status is 1 when a
    TextGrid could not be read or written.

    Parameters
    ----------
    explained
        A folder that `vowelscope corpus explain` made.
    against_label
        The prediction differs from the label.
    against_formants
        The prediction differs from what a discriminant analysis of F1-F4, fitted on the training
        part, says.
    doubt
        1 less the probability of the prediction is above this, 0 to 1.
    cell
        A cell of the confusion matrix, a called b, as A,B (ɑ,ɝ).
    marked
        Marked in the corpus browser of the window.
    text
        Only tokens with this text in word, label or name of the recording.
    part
        Only tokens of this part of the split.
    by
        The order of the table: doubt, label, formants, corpus, word, class, predicted, duration;
        as in the corpus browser.
    most
        Only so many, the first in this order.
    out
        The file of the table: CSV; tab-separated for .tsv or .txt; Excel for .xlsx, Parquet for
        .parquet. By default, and for -, the table is printed as CSV.
    write
        Put the tokens into an interval tier of their TextGrids, each with label, prediction and
        probability. Other tiers, and labels that the tier has already, stay as they are; the old
        bytes of each file are kept in `writings` in the folder.
    tier
        Name of that tier; it is made where there is none.
    dry_run
        With --write or --undo: say what would become of each file, and change none.
    undo
        Give the files of the last writing the bytes that they had, unless changed since.
    """
    from vowelscope.explain.browse import read_browsed
    from vowelscope.explain.choosing import suspect_rows

    if write and undo:
        raise ConfigError("--write and --undo do not go together.")
    if dry_run and not (write or undo):
        raise ConfigError("--dry-run goes with --write or --undo; without them no file changes.")
    if undo:
        if against_label or against_formants or marked or doubt is not None or cell is not None:
            raise ConfigError("--undo takes back a whole writing: give no rule with it.")
        return _undo(explained, dry_run)
    if not (against_label or against_formants or marked or doubt is not None or cell is not None):
        raise ConfigError(
            "say which tokens: --against-label, --against-formants, --doubt X, --cell A,B or "
            "--marked."
        )
    if most is not None and most < 1:
        raise ConfigError(f"--most {most}: must be 1 or more.")
    browsed = read_browsed(explained)
    rules = (against_label, against_formants, doubt, cell, text, "" if part == "all" else part)
    places = browsed.order(by, _chosen(browsed, *rules, marked))[:most]
    _print(suspect_rows(browsed, places), out)
    files = len(set(browsed.texts["textgrid"][places].tolist()))
    print(f"{len(places)} of {len(browsed)} tokens, in {files} TextGrids", file=sys.stderr)
    if not write or not len(places):
        return 0
    return _write(browsed, places, tier, dry_run)


def _chosen(
    browsed: Browsed,
    against_label: bool,
    against_formants: bool,
    doubt: float | None,
    cell: str | None,
    text: str,
    part: str,
    marked: bool,
) -> npt.NDArray[np.bool_]:
    import numpy as np

    from vowelscope.explain.choosing import Rules, choose, class_number
    from vowelscope.explain.marks import read_marks

    label = predicted = None
    if cell is not None:
        names = [name.strip().strip("/") for name in cell.split(",")]
        if len(names) != 2:
            raise ConfigError(f"--cell {cell}: must be two classes with a comma between, as ɑ,ɝ.")
        label, predicted = (class_number(browsed, name) for name in names)
    rules = Rules(against_label, against_formants, doubt, label, predicted, text, part)
    chosen = choose(browsed, rules)
    if marked:
        chosen &= np.isin(browsed.row, list(read_marks(browsed.out, browsed.plan)))
    return chosen


def _print(rows: list[dict[str, object]], out: Path | None) -> None:
    from vowelscope.core.tables import to_table, write_table
    from vowelscope.explain.choosing import COLUMNS

    if out is None or str(out) == "-":
        print(to_table(rows) or ",".join(COLUMNS) + "\n", end="", flush=True)
    else:
        write_table(out, rows, COLUMNS)


def _write(browsed: Browsed, places: npt.NDArray[np.int64], tier: str, is_dry: bool) -> int:
    from vowelscope.app.suspect_files import write_all
    from vowelscope.core.folders import state_folder
    from vowelscope.explain.choosing import suspects_of

    files = suspects_of(browsed, places)
    try:
        with _Progress("Reading" if is_dry else "Writing") as bar:
            outcomes = write_all(
                files, tier, browsed.out, state_folder(), threading.Event(),
                lambda numbers: bar.update(*numbers), is_dry,
            )  # fmt: skip
    except KeyboardInterrupt:
        if not is_dry:
            print("What was written can be taken back with --undo.", file=sys.stderr)
        raise
    return _say(outcomes, is_dry)


def _undo(explained: Path, is_dry: bool) -> int:
    from vowelscope.app.suspect_files import last_writing, take_back
    from vowelscope.core.folders import state_folder
    from vowelscope.explain.shards import read_plan

    read_plan(explained)
    folder = last_writing(explained)
    if folder is None:
        raise ConfigError(f"{explained}: there is no writing to be taken back.")
    with _Progress("Reading" if is_dry else "Taking back") as bar:
        outcomes = take_back(
            folder, state_folder(), threading.Event(), lambda numbers: bar.update(*numbers), is_dry
        )
    return _say(outcomes, is_dry)


def _say(outcomes: list[Outcome], is_dry: bool) -> int:
    """A line for each file, the refused ones first, and their numbers."""
    for outcome in sorted(outcomes, key=lambda outcome: not outcome.is_refused)[:_SHOWN]:
        said = outcome.sentence
        named = str(outcome.path) in said
        print(said if named else f"{outcome.path}: {said}", file=sys.stderr)
    if len(outcomes) > _SHOWN:
        print(f"… and {len(outcomes) - _SHOWN} more files", file=sys.stderr)
    done = sum(outcome.is_done for outcome in outcomes)
    refused = sum(outcome.is_refused for outcome in outcomes)
    changed = "none changed, as this is a dry run" if is_dry else f"{done} changed"
    print(f"{len(outcomes)} TextGrids: {changed}, {refused} left out", file=sys.stderr)
    return 1 if refused else 0
