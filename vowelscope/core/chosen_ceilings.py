"""Formant ceilings that somebody chose by hand, in a file beside the TextGrid.

``NAME.vowelscope.json`` belongs to ``NAME.TextGrid``. A choice has a tier and a time, and counts
for the interval of that tier that holds the time, so that it outlives a boundary that is moved.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import AnalysisError

VERSION = 1
_SUFFIX = ".vowelscope.json"


@dataclass(frozen=True, slots=True)
class Choice:
    """One chosen ceiling.

    Attributes
    ----------
    tier
        Name of the tier.
    time_s
        The middle of the interval when its ceiling was chosen.
    ceiling_hz
        The ceiling.
    channel
        0-based, or None for the mean of all: another channel has other formants.
    """

    tier: str
    time_s: float
    ceiling_hz: float
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class ChosenCeilings:
    """All choices of one TextGrid, by tier and time."""

    choices: tuple[Choice, ...] = ()

    def of(self, tier: str, tmin_s: float, tmax_s: float, channel: int | None) -> float | None:
        """The ceiling chosen for an interval, in Hz, or None."""
        for choice in self.choices:
            if _is_in(choice, tier, tmin_s, tmax_s, channel):
                return choice.ceiling_hz
        return None

    def with_choice(
        self,
        tier: str,
        tmin_s: float,
        tmax_s: float,
        channel: int | None,
        ceiling_hz: float | None,
    ) -> ChosenCeilings:
        """The same with another ceiling for an interval; None takes its choice away."""
        kept = [x for x in self.choices if not _is_in(x, tier, tmin_s, tmax_s, channel)]
        if ceiling_hz is not None:
            kept.append(Choice(tier, 0.5 * (tmin_s + tmax_s), ceiling_hz, channel))
        kept.sort(key=lambda x: (x.tier, x.time_s, -1 if x.channel is None else x.channel))
        return replace(self, choices=tuple(kept))


def sidecar_path(textgrid: Path) -> Path:
    """The file of choices that belongs to a TextGrid."""
    return textgrid.with_name(textgrid.stem + _SUFFIX)


def read_choices(textgrid: Path) -> ChosenCeilings:
    """The choices beside a TextGrid; none where there is no file.

    Raises
    ------
    AnalysisError
        The file cannot be read or is damaged.
    """
    path = sidecar_path(textgrid)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ChosenCeilings()
    except OSError as fault:
        raise AnalysisError(f"{path}: cannot be read ({fault.strerror}).") from fault
    except (ValueError, RecursionError) as fault:
        raise AnalysisError(f"{path}: the chosen formant ceilings are no JSON text.") from fault
    if not isinstance(data, dict) or data.get("version") != VERSION:
        said = data.get("version") if isinstance(data, dict) else None
        raise AnalysisError(
            f"{path}: chosen formant ceilings of version {VERSION} are read, not {said!r}."
        )
    listed = data.get("formant_ceilings")
    if not isinstance(listed, list):
        raise AnalysisError(f'{path}: "formant_ceilings" is not a list.')
    return ChosenCeilings(tuple(_choice(path, at, item) for at, item in enumerate(listed, 1)))


def write_choices(textgrid: Path, chosen: ChosenCeilings) -> None:
    """Write the choices beside a TextGrid, atomically.

    Raises
    ------
    AnalysisError
        The file cannot be written; the old one is then untouched.
    """
    listed = [
        {
            "tier": choice.tier,
            "time_s": choice.time_s,
            "channel": None if choice.channel is None else choice.channel + 1,
            "ceiling_hz": choice.ceiling_hz,
        }
        for choice in chosen.choices
    ]
    data = {"version": VERSION, "formant_ceilings": listed}
    text = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    write_bytes(sidecar_path(textgrid), text.encode("utf-8"), AnalysisError)


def _is_in(choice: Choice, tier: str, tmin_s: float, tmax_s: float, channel: int | None) -> bool:
    return choice.tier == tier and choice.channel == channel and tmin_s <= choice.time_s < tmax_s


def _choice(path: Path, at: int, item: Any) -> Choice:
    fields: dict[str, Any] = item if isinstance(item, dict) else {}
    tier, channel = fields.get("tier"), fields.get("channel")
    time_s, ceiling_hz = _number(fields.get("time_s")), _number(fields.get("ceiling_hz"))
    counted = channel is None or (type(channel) is int and channel >= 1)
    if not isinstance(tier, str) or time_s is None or ceiling_hz is None or not counted:
        raise AnalysisError(
            f"{path}: formant ceiling {at} lacks a tier, time_s, ceiling_hz or a right channel."
        )
    if not 200 <= ceiling_hz <= 100_000:
        raise AnalysisError(
            f"{path}: formant ceiling {at} is {ceiling_hz:g} Hz; it must lie within 200-100,000 Hz."
        )
    return Choice(tier, time_s, ceiling_hz, None if channel is None else int(channel) - 1)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
