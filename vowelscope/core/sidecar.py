"""What somebody decided about formants, in a file beside the TextGrid.

``NAME.vowelscope.json`` belongs to ``NAME.TextGrid`` (or, without one, to the recording of that
name): formant ceilings that were taken by hand, and formants that were set by hand. Version 1 had
the ceilings alone.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vowelscope.core.atomic import write_bytes
from vowelscope.core.chosen_ceilings import Choice, ChosenCeilings
from vowelscope.core.errors import AnalysisError
from vowelscope.core.hand_points import HIGHEST_FORMANT, LONGEST_REACH_S, HandPoint, HandPoints
from vowelscope.core.translation import tr

VERSION = 2
_READ = (1, 2)
_SUFFIX = ".vowelscope.json"


@dataclass(frozen=True, slots=True)
class Sidecar:
    """Ceilings taken by hand and formants set by hand."""

    ceilings: ChosenCeilings = field(default_factory=ChosenCeilings)
    points: HandPoints = field(default_factory=HandPoints)

    @property
    def is_empty(self) -> bool:
        """True where nothing was decided."""
        return not self.ceilings.choices and not self.points.points

    def part(self, start_s: float, stop_s: float) -> Sidecar:
        """What belongs to a part of the recording, in times of the part (seconds)."""
        return Sidecar(self.ceilings.part(start_s, stop_s), self.points.part(start_s, stop_s))

    def then(self, other: Sidecar, at_s: float) -> Sidecar:
        """This, and what belongs to another recording that follows at `at_s` seconds."""
        choices = [replace(x, time_s=x.time_s + at_s) for x in other.ceilings.choices]
        points = [replace(x, time_s=x.time_s + at_s) for x in other.points.points]
        return Sidecar(
            ChosenCeilings((*self.ceilings.choices, *choices)),
            HandPoints((*self.points.points, *points)),
        )


def sidecar_path(textgrid: Path) -> Path:
    """The file that belongs to a TextGrid, or to a recording without one."""
    return textgrid.with_name(textgrid.stem + _SUFFIX)


def read_sidecar(textgrid: Path) -> Sidecar:
    """What is kept beside a TextGrid; nothing where there is no file.

    Raises
    ------
    AnalysisError
        The file cannot be read or is damaged.
    """
    path = sidecar_path(textgrid)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Sidecar()
    except OSError as fault:
        raise AnalysisError(
            tr("{path}: cannot be read ({strerror}).").format(path=path, strerror=fault.strerror)
        ) from fault
    except (ValueError, RecursionError) as fault:
        raise AnalysisError(
            tr("{path}: the formants set by hand are no JSON text.").format(path=path)
        ) from fault
    version = data.get("version") if isinstance(data, dict) else None
    if type(version) is not int or version not in _READ:
        raise AnalysisError(
            tr("{path}: formants set by hand are read in version 1 or 2, not {version!r}.").format(
                path=path, version=version
            )
        )
    ceilings = _list(path, data, "formant_ceilings")
    points = _list(path, data, "formant_points") if version > 1 else []
    return Sidecar(
        ChosenCeilings(tuple(_choice(path, at, item) for at, item in enumerate(ceilings, 1))),
        HandPoints().with_points(_point(path, at, item) for at, item in enumerate(points, 1)),
    )


def write_sidecar(textgrid: Path, sidecar: Sidecar) -> None:
    """Write what was decided beside a TextGrid, atomically.

    Raises
    ------
    AnalysisError
        The file cannot be written; the old one is then untouched.
    """
    ceilings = [
        {
            "tier": choice.tier,
            "time_s": choice.time_s,
            "channel": _counted(choice.channel),
            "ceiling_hz": choice.ceiling_hz,
        }
        for choice in sidecar.ceilings.choices
    ]
    points = [
        {
            "time_s": point.time_s,
            "channel": _counted(point.channel),
            "formant": point.formant,
            "freq_hz": point.freq_hz,
            "reach_s": point.reach_s,
        }
        for point in sidecar.points.points
    ]
    text = f'{{\n "version": {VERSION},\n "formant_ceilings": {_lines(ceilings)},\n'
    text += f' "formant_points": {_lines(points)}\n}}\n'
    write_bytes(sidecar_path(textgrid), text.encode("utf-8"), AnalysisError)


def _lines(items: list[dict[str, Any]]) -> str:
    """A list of JSON with a line for each item: short, and kind to version control."""
    if not items:
        return "[]"
    lines = (json.dumps(item, ensure_ascii=False, allow_nan=False) for item in items)
    return "[\n  " + ",\n  ".join(lines) + "\n ]"


def _counted(channel: int | None) -> int | None:
    return None if channel is None else channel + 1


def _list(path: Path, data: dict[str, Any], name: str) -> list[Any]:
    listed = data.get(name)
    if not isinstance(listed, list):
        raise AnalysisError(tr('{path}: "{name}" is not a list.').format(path=path, name=name))
    return listed


def _choice(path: Path, at: int, item: Any) -> Choice:
    fields: dict[str, Any] = item if isinstance(item, dict) else {}
    tier, channel = fields.get("tier"), fields.get("channel")
    time_s, ceiling_hz = _number(fields.get("time_s")), _number(fields.get("ceiling_hz"))
    if (
        not isinstance(tier, str)
        or time_s is None
        or ceiling_hz is None
        or not _is_channel(channel)
    ):
        raise AnalysisError(
            tr(
                "{path}: formant ceiling {at} lacks a tier, time_s, ceiling_hz or a right channel."
            ).format(path=path, at=at)
        )
    if not 200 <= ceiling_hz <= 100_000:
        raise AnalysisError(
            tr(
                "{path}: formant ceiling {at} is {ceiling_hz:g} Hz; it must lie within "
                "200-100,000 Hz."
            ).format(path=path, at=at, ceiling_hz=ceiling_hz)
        )
    return Choice(tier, time_s, ceiling_hz, None if channel is None else channel - 1)


def _point(path: Path, at: int, item: Any) -> HandPoint:
    fields: dict[str, Any] = item if isinstance(item, dict) else {}
    channel, formant = fields.get("channel"), fields.get("formant")
    time_s, reach_s = _number(fields.get("time_s")), _number(fields.get("reach_s"))
    given_hz = fields.get("freq_hz", math.nan)
    freq_hz = None if given_hz is None else _number(given_hz)
    if time_s is None or reach_s is None or not _is_channel(channel):
        raise AnalysisError(
            tr("{path}: formant point {at} lacks time_s, reach_s or a right channel.").format(
                path=path, at=at
            )
        )
    if type(formant) is not int or not 1 <= formant <= HIGHEST_FORMANT:
        raise AnalysisError(
            tr("{path}: formant point {at}: its formant must be 1 to {highest_formant}.").format(
                path=path, at=at, highest_formant=HIGHEST_FORMANT
            )
        )
    if given_hz is not None and (freq_hz is None or not 0 < freq_hz <= 100_000):
        raise AnalysisError(
            tr(
                "{path}: formant point {at}: its freq_hz must lie within 0-100,000 Hz, or be null."
            ).format(path=path, at=at)
        )
    if not 0 <= reach_s <= LONGEST_REACH_S:
        raise AnalysisError(
            tr(
                "{path}: formant point {at}: its reach_s must lie within 0-{longest_reach_s:g} s."
            ).format(path=path, at=at, longest_reach_s=LONGEST_REACH_S)
        )
    return HandPoint(time_s, formant, freq_hz, reach_s, None if channel is None else channel - 1)


def _is_channel(channel: object) -> bool:
    return channel is None or (type(channel) is int and channel >= 1)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
