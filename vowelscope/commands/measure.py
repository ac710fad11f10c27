"""``vowelscope measure``: Praat's numbers of every labelled interval of a tier, as a table."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from vowelscope.commands._formants import FormantOptions
from vowelscope.commands._intervals import interval_tier, is_labelled
from vowelscope.core.errors import ConfigError, TextGridError

if TYPE_CHECKING:
    from vowelscope.core.tables import Row
    from vowelscope.core.textgrid import IntervalTier
    from vowelscope.core.tokens import Token


def measure(
    audio: Path,
    textgrid: Path,
    /,
    *,
    tier: str | None = None,
    points: int = 3,
    label: str | None = None,
    class_map: str | None = None,
    channel: int | None = None,
    voice: Annotated[bool, Parameter(negative="")] = False,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"], allow_leading_hyphen=True)] = None,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
    formants: FormantOptions | None = None,
) -> int:
    """Praat's formants, pitch and intensity of every labelled interval, as CSV.

    Each row carries the settings and the version of Praat that it was measured with. The values
    are those of Praat's analysis of the whole Sound: formants at points of the interval by "Get
    value at time...", means over it by "Get mean...".

    Parameters
    ----------
    audio
        The recording.
    textgrid
        Its TextGrid.
    tier
        Name of the interval tier; by default the tier of phones.
    points
        Formants at this many points of each interval: 3 are 20, 50 and 80 %, other numbers equal
        steps from 20 to 80 %, 1 the middle.
    label
        Only the intervals with this label; without a stress mark, of every stress.
    class_map
        Add the class of each label by this map: the name of one that comes with the program, or
        a TOML file.
    channel
        Channel of the recording, counted from 1; by default the mean of all.
    voice
        Add the numbers of Praat's voice report (pitch, pulses, jitter, shimmer, harmonics-to-noise
        ratio) over each interval, and the moments of its spectrum under a Gaussian window.
    out
        The file to write: CSV; tab-separated where its name ends in .tsv or .txt; Excel for .xlsx,
        Parquet for .parquet. By default, and for -, the table is printed.
    json_
        Write one JSON object a line instead of a table.
    formants
        How formants and pitch are found.
    """
    from vowelscope.core.measure import MeasureSettings, measure_tokens
    from vowelscope.core.phones import load_class_map
    from vowelscope.core.tables import kinds_of, to_table, write_table

    options = formants or FormantOptions()
    tokens, tier_found, duration_s = _tokens(audio, textgrid, tier, label, channel)
    index = None if channel is None else channel - 1
    road = options.road(textgrid, tier_found, duration_s, index)
    settings = MeasureSettings(
        points=points,
        formant=road.formant,
        pitch=options.pitch(),
        channel=index,
        automatic=road.automatic,
        hand=road.hand,
        voice=voice,
    )
    mapping = None if class_map is None else load_class_map(class_map)
    classes = None if mapping is None else [mapping.class_of(token.label) for token in tokens]
    rows = _with_progress(measure_tokens(tokens, classes, settings), len(tokens))
    if json_:
        text = "".join(f"{json.dumps(row, ensure_ascii=False, allow_nan=False)}\n" for row in rows)
    else:
        if out is not None and out.suffix.lower() in (".parquet", ".xlsx"):
            table = list(rows)
            write_table(out, table, kinds_of(table))
            print(f"{len(tokens)} intervals measured into {out}", file=sys.stderr)
            return 0
        tabs = out is not None and out.suffix.lower() in (".tsv", ".txt", ".tab")
        text = to_table(rows, "\t" if tabs else ",")
    if out is None or str(out) == "-":
        print(text, end="")
        return 0
    from vowelscope.core.atomic import write_bytes

    write_bytes(out, text.encode("utf-8"))
    print(f"{len(tokens)} intervals measured into {out}", file=sys.stderr)
    return 0


def _tokens(
    audio: Path, path: Path, tier_name: str | None, label: str | None, channel: int | None
) -> tuple[list[Token], IntervalTier, float]:
    """The intervals to measure, their tier, and the length of the recording (s)."""
    from vowelscope.core.audio import Recording
    from vowelscope.core.textgrid_io import read_textgrid
    from vowelscope.core.tokens import tokens_of, word_tier

    with Recording(audio) as recording:
        if channel is not None and not 1 <= channel <= recording.n_channels:
            raise ConfigError(
                f"{audio}: there is no channel {channel} (it has {recording.n_channels})."
            )
        duration_s = recording.duration_s
    grid = read_textgrid(path).textgrid
    tier = interval_tier(path, grid, tier_name)
    tokens = list(tokens_of(audio, tier, word_tier(grid)))
    if label is not None:
        tokens = [token for token in tokens if is_labelled(token.label, label)]
    if not tokens:
        what = "with a label" if label is None else f"labelled {label!r}"
        raise TextGridError(f"{path}: no interval of the tier {tier.name!r} is {what}.")
    for token in tokens:
        if token.tmin_s >= duration_s:
            raise TextGridError(
                f"{path}: the interval {token.label!r} begins at {token.tmin_s:.3f} s, after the "
                f"end of the recording ({duration_s:.3f} s)."
            )
    return tokens, tier, duration_s


def _with_progress(rows: Iterator[Row], total: int) -> Iterator[Row]:
    """The same rows, with a bar on a terminal once the work has taken a second."""
    if not sys.stderr.isatty():
        yield from rows
        return
    import time

    from rich.console import Console
    from rich.progress import track

    begun = time.monotonic()
    for done, row in enumerate(rows, start=1):
        yield row
        if time.monotonic() - begun > 1.0:
            yield from track(
                rows,
                "Measuring",
                total=total,
                completed=done,
                console=Console(stderr=True),
                transient=True,
            )
            return
