"""Rows of the log: Praat's numbers at a time or over a stretch, with the settings that gave them.

Means over a stretch are those of `vowelscope.core.measure`; at a time they are Praat's "Get value
at time...", linear between frames.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vowelscope.core.acoustics import intensity, pitch
from vowelscope.core.acoustics_grid import value_at
from vowelscope.core.errors import UserError
from vowelscope.core.measure import (
    MeasureSettings,
    mean_f0_hz,
    mean_intensity_db,
    rounded,
)
from vowelscope.core.measure_formants import FORMANTS, place_formants
from vowelscope.core.measure_voice import VOICE, spectral_moments, voice_numbers
from vowelscope.core.tables import Kind, Row, write_table
from vowelscope.core.tokens import Token
from vowelscope.core.translation import tr

__all__ = ["COLUMNS", "SETTINGS_COLUMNS", "Column", "Place", "export", "log_row", "read_log"]

DELETED, RESTORED = "deleted", "restored"
"""Keys of the lines of a log file that are no rows: lists of ids."""
_MARGIN_FRAMES = 2
_VOICE = "{} over the selection; at the cursor, over the interval (Praat's voice report)"
_SLICE = "{} of the spectral slice at the cursor or of the selection (power 2)"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a log may have: `title` for people, what it holds, and what it means."""

    name: str
    title: str
    kind: Kind
    meaning: str


COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("logged", "Logged", "text", "When the row was made (local time)"),
        Column("audio", "File", "text", "The recording"),
        Column("tier", "Tier", "text", "The selected tier"),
        Column("interval", "Interval", "integer", "Number of the interval in its tier, from 1"),
        Column("label", "Label", "text", "Label of the interval at that time"),
        Column("class", "Class", "text", "The label's class, by the model's class map"),
        Column("word", "Word", "text", "Label of the word tier at that time"),
        Column("how", "Values", "text", "“cursor”: at one time; “selection”: means over it"),
        Column("time_s", "Time (s)", "number", "The cursor, or the middle of the selection"),
        Column("tmin_s", "Start (s)", "number", "Of the selection; at the cursor, of the interval"),
        Column("tmax_s", "End (s)", "number", "Of the selection; at the cursor, of the interval"),
        Column("duration_s", "Duration (s)", "number", "End less start"),
        *(
            Column(f"F{n}_hz", f"F{n} (Hz)", "number", f"Formant {n} at the cursor, or its mean")
            for n in range(1, FORMANTS + 1)
        ),
        Column("f0_hz", "f0 (Hz)", "number", "Pitch at the cursor, or its mean"),
        Column("intensity_db", "Intensity (dB)", "number", "At the cursor, or its mean (energy)"),
        Column("f0_median_hz", "f0 median (Hz)", "number", _VOICE.format("Median of the pitch")),
        Column("f0_sd_hz", "f0 SD (Hz)", "number", _VOICE.format("Standard deviation of pitch")),
        Column("f0_min_hz", "f0 min (Hz)", "number", _VOICE.format("Lowest pitch")),
        Column("f0_max_hz", "f0 max (Hz)", "number", _VOICE.format("Highest pitch")),
        Column("pulses", "Pulses", "integer", _VOICE.format("Number of glottal pulses")),
        Column("unvoiced_percent", "Unvoiced (%)", "number", _VOICE.format("Unvoiced frames")),
        Column("jitter_local_percent", "Jitter (%)", "number", _VOICE.format("Jitter (local)")),
        Column("shimmer_local_percent", "Shimmer (%)", "number", _VOICE.format("Shimmer (local)")),
        Column("hnr_db", "HNR (dB)", "number", _VOICE.format("Mean harmonics-to-noise ratio")),
        Column("cog_hz", "Centre of gravity (Hz)", "number", _SLICE.format("Centre of gravity")),
        Column("spectral_sd_hz", "Spectral SD (Hz)", "number", _SLICE.format("Spread")),
        Column("spectral_skewness", "Skewness", "number", _SLICE.format("Skewness")),
        Column("spectral_kurtosis", "Kurtosis", "number", _SLICE.format("Kurtosis")),
        Column("predicted", "Prediction", "text", "The class that the model finds likeliest"),
        Column("probability", "Probability", "number", "The model's probability of that class"),
        Column(
            "cam_centroid_hz",
            "CAM centroid (Hz)",
            "number",
            "Mean frequency of what speaks for the predicted class in its activation map",
        ),
        Column("model", "Model", "text", "Name of the model and hash of its weights"),
        Column("channel", "Channel", "integer", "Channel of the recording, from 1; empty for all"),
        Column("ceiling_hz", "Ceiling (Hz)", "number", "Formant ceiling"),
        Column("ceiling_by", "Ceiling by", "text", "fixed; token or file: automatic; or hand"),
        Column(
            "ceiling_error_bark",
            "Ceiling error (Bark)",
            "number",
            "How far the tracks at that ceiling stray from smooth ones, where it was found",
        ),
        Column("formants_by_hand", "By hand", "text", "Formants with a part that was set by hand"),
        Column("formant_method", "Method", "text", "Of the formants: Praat's Burg"),
        Column("max_formants", "Formants", "number", "Number of formants below the ceiling"),
        Column("window_s", "Window (s)", "number", "Effective length of the formant window"),
        Column("time_step_s", "Time step (s)", "number", "Distance of formant frames"),
        Column("pre_emphasis_hz", "Pre-emphasis (Hz)", "number", "Formants: pre-emphasis from"),
        Column("pitch_floor_hz", "Pitch floor (Hz)", "number", "Lowest pitch"),
        Column("pitch_ceiling_hz", "Pitch ceiling (Hz)", "number", "Highest pitch"),
        Column("intensity_min_pitch_hz", "Intensity from (Hz)", "number", "Its minimum pitch"),
        Column("max_period_factor", "Period factor", "number", "Jitter: maximum period factor"),
        Column(
            "max_amplitude_factor",
            "Amplitude factor",
            "number",
            "Shimmer: maximum amplitude factor",
        ),
        Column("slice_window_s", "Slice window (s)", "number", "Spectrum at the cursor: window"),
        Column("praat_version", "Praat", "text", "Version of the Praat that computed"),
    )
}
"""All columns, in the order in which they are offered."""

SETTINGS_COLUMNS = tuple(COLUMNS)[tuple(COLUMNS).index("channel") :]
"""How a row came about; a table that is exported always has them."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is to be logged.

    Attributes
    ----------
    token
        The stretch, with the tier, interval and label that it lies in (`index` -1: in none). At a
        time, the stretch is the interval.
    time_s
        The cursor; None for means over the stretch.
    label_class
        The label's class, or None.
    within
        The whole interval that the stretch lies in, whose formant ceiling counts; None for
        `token` itself.
    """

    token: Token
    time_s: float | None
    label_class: str | None = None
    within: Token | None = None


def log_row(place: Place, settings: MeasureSettings) -> Row:
    """Measure one place; every column of `COLUMNS` but ``logged`` and those of the model.

    Raises
    ------
    AudioError, AnalysisError
        The file cannot be read, or is shorter than a window.
    """
    token, at_s = place.token, place.time_s
    inside = token.index >= 0
    row: Row = {
        "audio": str(token.recording),
        "tier": token.tier,
        "interval": token.index + 1 if inside else None,
        "label": token.label,
        "class": place.label_class,
        "word": token.word,
        "how": "selection" if at_s is None else "cursor",
        "time_s": round(0.5 * (token.tmin_s + token.tmax_s) if at_s is None else at_s, 9),
    }
    has_span = inside or at_s is None
    row["tmin_s"] = token.tmin_s if has_span else None
    row["tmax_s"] = token.tmax_s if has_span else None
    row["duration_s"] = round(token.duration_s, 9) if has_span else None
    row |= settings.columns() | settings.voice_columns()
    start_s, stop_s = (token.tmin_s, token.tmax_s) if at_s is None else (at_s, at_s)
    within = place.within or token
    found = place_formants(within, start_s, stop_s, settings.road)
    values_hz = found.means_hz if at_s is None else found.values_hz[0]
    row |= {f"F{n}_hz": rounded(values_hz[n - 1]) for n in range(1, FORMANTS + 1)}
    if at_s is None:
        row["f0_hz"] = rounded(mean_f0_hz(token.recording, token, settings))
        row["intensity_db"] = rounded(mean_intensity_db(token.recording, token, settings))
    else:
        row |= _values(token.recording, at_s, settings)
    path, channel = token.recording, settings.channel
    if has_span:
        span = (token.tmin_s, token.tmax_s)
        row |= voice_numbers(path, *span, settings.pitch, settings.pulses, channel)
    else:
        row |= dict.fromkeys(VOICE)
    row |= spectral_moments(path, start_s, stop_s, settings.slice_window_s, channel)
    return row | settings.road.columns(found.ceiling, found.by_hand)


def _values(path: Path, time_s: float, settings: MeasureSettings) -> Row:
    """Pitch and intensity at a time."""
    channel, at = settings.channel, np.array([time_s])
    row: Row = {}
    margin_s = _MARGIN_FRAMES * settings.pitch.step_s
    tones = pitch(path, settings.pitch, time_s - margin_s, time_s + margin_s, channel)
    margin_s = _MARGIN_FRAMES * settings.intensity.step_s
    levels = intensity(path, settings.intensity, time_s - margin_s, time_s + margin_s, channel)
    for name, times_s, step_s, values in (
        ("f0_hz", tones.times_s, settings.pitch.step_s, tones.f0_hz),
        ("intensity_db", levels.times_s, settings.intensity.step_s, levels.level_db),
    ):
        first_s = float(times_s[0]) if len(times_s) else 0.0
        row[name] = rounded(value_at(first_s, step_s, values, at)[0])
    return row


def read_log(path: Path) -> list[Row]:
    """The rows of a log file, oldest first, with what was deleted left out.

    Each line is a row, or says which rows are deleted or brought back; a line that a crash cut
    short is left out. Every row has an ``id``, that of its text where it was written without one.

    Raises
    ------
    UserError
        The file is there but cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UserError(
            tr("{path}: the log cannot be read ({strerror}).").format(
                path=path, strerror=error.strerror
            )
        ) from error
    rows: list[Row] = []
    gone: set[object] = set()
    for at, line in enumerate(text.split("\n")):
        try:
            row = json.loads(line) if line.strip() else None
        except (json.JSONDecodeError, RecursionError):
            continue
        if not isinstance(row, dict):
            continue
        if isinstance(row.get(DELETED), list):
            gone.update(x for x in row[DELETED] if isinstance(x, str))
        elif isinstance(row.get(RESTORED), list):
            gone.difference_update(x for x in row[RESTORED] if isinstance(x, str))
        else:
            if not isinstance(row.get("id"), str):
                row["id"] = hashlib.sha256(f"{at} {line}".encode()).hexdigest()[:12]
            rows.append(row)
    return [row for row in rows if row["id"] not in gone]


def export(path: Path, rows: Iterable[Row], columns: Sequence[str]) -> int:
    """Write the chosen columns, and all that say how a row came about, as one table.

    Parameters
    ----------
    path
        Ends in ``.csv``, ``.tsv``, ``.txt`` (tabs too), ``.parquet`` or ``.xlsx``.

    Returns
    -------
    int
        Number of rows.

    Raises
    ------
    ConfigError
        Another ending.
    UserError
        The file cannot be written.
    """
    names = [name for name in columns if name in COLUMNS]
    names += [name for name in SETTINGS_COLUMNS if name not in names]
    table = list(rows)
    write_table(path, table, {name: COLUMNS[name].kind for name in names})
    return len(table)
