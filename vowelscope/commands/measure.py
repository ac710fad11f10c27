"""``vowelscope measure``: Praat's numbers of every labelled interval of a tier, as a table."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from vowelscope.core.errors import ConfigError, TextGridError

if TYPE_CHECKING:
    from vowelscope.core.measure_ceilings import Spans
    from vowelscope.core.tables import Row
    from vowelscope.core.textgrid import IntervalTier, TextGrid
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
    ceiling: str = "5500",
    max_formants: float = 5.0,
    window: float = 0.025,
    time_step: float = 0.0,
    pitch_floor: float = 75.0,
    pitch_ceiling: float = 500.0,
    voice: Annotated[bool, Parameter(negative="")] = False,
    no_hand: Annotated[bool, Parameter(negative="")] = False,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"], allow_leading_hyphen=True)] = None,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
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
    ceiling
        Formant ceiling (Hz): about 5500 for a woman, 5000 for a man. ``auto`` tries 21 ceilings
        from 4000 to 7000 on each interval and takes the one with the smoothest tracks;
        ``auto-file`` takes one for all of the tier. Ceilings chosen by hand, in
        NAME.vowelscope.json beside the TextGrid, go before; intervals of more than 3 s keep 5500.
        Each row says its ceiling, who took it, and the error of its tracks in Bark.
    max_formants
        Number of formants below the ceiling.
    window
        Effective length of the formant window (s).
    time_step
        Distance of formant frames (s); 0 is Praat's own choice, a quarter of the window.
    pitch_floor
        Lowest pitch (Hz).
    pitch_ceiling
        Highest pitch (Hz).
    voice
        Add the numbers of Praat's voice report (pitch, pulses, jitter, shimmer, harmonics-to-noise
        ratio) over each interval, and the moments of its spectrum under a Gaussian window.
    no_hand
        Leave out what NAME.vowelscope.json says. By default, formants that were set by hand stand
        in the place of Praat's, and the row says which.
    out
        The file to write: CSV; tab-separated where its name ends in .tsv or .txt; Excel for .xlsx,
        Parquet for .parquet. By default, and for -, the table is printed.
    json_
        Write one JSON object a line instead of a table.
    """
    from vowelscope.core.acoustics_settings import FormantSettings, PitchSettings
    from vowelscope.core.measure import MeasureSettings, measure_tokens
    from vowelscope.core.measure_ceilings import AutomaticCeiling
    from vowelscope.core.phones import load_class_map
    from vowelscope.core.sidecar import Sidecar, read_sidecar
    from vowelscope.core.tables import kinds_of, to_table, write_table

    ceiling_hz, scope = _ceiling(ceiling)
    tokens, survey = _tokens(audio, textgrid, tier, label, channel)
    kept = Sidecar() if no_hand else read_sidecar(textgrid)
    automatic = None
    if scope is not None:
        automatic = AutomaticCeiling(scope, chosen=kept.ceilings, survey=survey)
    settings = MeasureSettings(
        points=points,
        formant=FormantSettings(max_formants, ceiling_hz, window, time_step),
        pitch=PitchSettings(pitch_floor, pitch_ceiling),
        channel=None if channel is None else channel - 1,
        automatic=automatic,
        hand=kept.points,
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


def _ceiling(text: str) -> tuple[float, Literal["token", "file"] | None]:
    """The fixed ceiling in Hz, and how ceilings are found where they are not fixed."""
    if text == "auto":
        return 5500.0, "token"
    if text == "auto-file":
        return 5500.0, "file"
    try:
        return float(text), None
    except ValueError:
        raise ConfigError(
            f"--ceiling {text}: must be a number of Hz, auto, or auto-file."
        ) from None


def _tokens(
    audio: Path, path: Path, tier_name: str | None, label: str | None, channel: int | None
) -> tuple[list[Token], Spans]:
    """The intervals to measure, and those that decide about one ceiling for the tier."""
    from vowelscope.core.audio import Recording
    from vowelscope.core.measure_ceilings import surveyed
    from vowelscope.core.textgrid_io import read_textgrid
    from vowelscope.core.tokens import tokens_of, word_tier

    with Recording(audio) as recording:
        if channel is not None and not 1 <= channel <= recording.n_channels:
            raise ConfigError(
                f"{audio}: there is no channel {channel} (it has {recording.n_channels})."
            )
        duration_s = recording.duration_s
    grid = read_textgrid(path).textgrid
    tier = _tier(path, grid, tier_name)
    tokens = list(tokens_of(audio, tier, word_tier(grid)))
    if label is not None:
        tokens = [token for token in tokens if _is_labelled(token.label, label)]
    if not tokens:
        what = "with a label" if label is None else f"labelled {label!r}"
        raise TextGridError(f"{path}: no interval of the tier {tier.name!r} is {what}.")
    for token in tokens:
        if token.tmin_s >= duration_s:
            raise TextGridError(
                f"{path}: the interval {token.label!r} begins at {token.tmin_s:.3f} s, after the "
                f"end of the recording ({duration_s:.3f} s)."
            )
    return tokens, surveyed(tier, duration_s)


def _tier(path: Path, textgrid: TextGrid, name: str | None) -> IntervalTier:
    from vowelscope.core.textgrid import IntervalTier
    from vowelscope.core.tokens import phone_tier

    names = ", ".join(repr(tier.name) for tier in textgrid.tiers) or "none"
    if name is None:
        found = phone_tier(textgrid)
        if found is None:
            raise TextGridError(
                f"{path}: no tier of phones by its name; choose one with --tier (there are: "
                f"{names})."
            )
        return found
    index = textgrid.tier_index(name)
    if index is None:
        raise TextGridError(f"{path}: there is no tier {name!r} (there are: {names}).")
    tier = textgrid.tiers[index]
    if not isinstance(tier, IntervalTier):
        raise TextGridError(f"{path}: the tier {name!r} holds points, not intervals.")
    return tier


def _is_labelled(text: str, wanted: str) -> bool:
    from vowelscope.core.phones import bare_label, display_label

    return wanted in (text.strip(), display_label(text.strip()), bare_label(text))


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
