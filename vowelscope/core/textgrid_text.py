"""A TextGrid as Praat's text files have it, character for character.

Source: Praat manual, "TextGrid file formats"; the trailing spaces are Praat's own.
"""

from __future__ import annotations

from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.textgrid_style import CHRONOLOGICAL_MAGIC, unify_newlines

_HEADER = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n'


def format_number(value: float) -> str:
    """A real number as Praat prints it: 15 significant digits, or the 16 or 17 it takes."""
    if 1e-4 <= abs(value) < 1e15:
        # Within this range Python's shortest form and Praat's are the same digits.
        text = repr(value)
        return text[:-2] if text.endswith(".0") else text
    if value == 0.0:
        return "0" if str(value)[0] != "-" else "-0"
    for digits in (15, 16):
        text = f"{value:.{digits}g}"
        if float(text) == value:
            return text
    return f"{value:.17g}"


def _quote(text: str) -> str:
    # A lone CR would come back as LF from any reader, so it is written as what it will be.
    return '"' + unify_newlines(text).replace('"', '""') + '"'


def to_long_text(textgrid: TextGrid) -> str:
    """Praat's long text format ("Save as text file...")."""
    number = format_number
    out = [
        _HEADER,
        f"xmin = {number(textgrid.tmin_s)} \nxmax = {number(textgrid.tmax_s)} \n",
        f"tiers? <exists> \nsize = {len(textgrid.tiers)} \nitem []: \n",
    ]
    for index, tier in enumerate(textgrid.tiers, 1):
        kind = "IntervalTier" if isinstance(tier, IntervalTier) else "TextTier"
        out.append(
            f'    item [{index}]:\n        class = "{kind}" \n'
            f"        name = {_quote(tier.name)} \n"
            f"        xmin = {number(tier.tmin_s)} \n        xmax = {number(tier.tmax_s)} \n"
        )
        if isinstance(tier, IntervalTier):
            out.append(f"        intervals: size = {len(tier.intervals)} \n")
            out += [
                f"        intervals [{i}]:\n            xmin = {number(x.tmin_s)} \n"
                f"            xmax = {number(x.tmax_s)} \n            text = {_quote(x.text)} \n"
                for i, x in enumerate(tier.intervals, 1)
            ]
        else:
            out.append(f"        points: size = {len(tier.points)} \n")
            out += [
                f"        points [{i}]:\n            number = {number(x.time_s)} \n"
                f"            mark = {_quote(x.text)} \n"
                for i, x in enumerate(tier.points, 1)
            ]
    return "".join(out)


def to_short_text(textgrid: TextGrid) -> str:
    """Praat's short text format ("Save as short text file...")."""
    number = format_number
    out = [
        _HEADER,
        f"{number(textgrid.tmin_s)}\n{number(textgrid.tmax_s)}\n<exists>\n{len(textgrid.tiers)}\n",
    ]
    for tier in textgrid.tiers:
        kind = "IntervalTier" if isinstance(tier, IntervalTier) else "TextTier"
        count = len(tier.points if isinstance(tier, PointTier) else tier.intervals)
        out.append(
            f'"{kind}"\n{_quote(tier.name)}\n'
            f"{number(tier.tmin_s)}\n{number(tier.tmax_s)}\n{count}\n"
        )
        if isinstance(tier, IntervalTier):
            out += [
                f"{number(x.tmin_s)}\n{number(x.tmax_s)}\n{_quote(x.text)}\n"
                for x in tier.intervals
            ]
        else:
            out += [f"{number(x.time_s)}\n{_quote(x.text)}\n" for x in tier.points]
    return "".join(out)


def to_chronological_text(textgrid: TextGrid) -> str:
    """Praat's "Save as chronological text file...": by time, then by tier; no last newline."""
    number = format_number
    out = [
        f"{CHRONOLOGICAL_MAGIC}\n{number(textgrid.tmin_s)} {number(textgrid.tmax_s)}"
        f"   ! Time domain.\n{len(textgrid.tiers)}   ! Number of tiers."
    ]
    items: list[tuple[float, int, str, Interval | Point]] = []
    for index, tier in enumerate(textgrid.tiers, 1):
        kind = "IntervalTier" if isinstance(tier, IntervalTier) else "TextTier"
        out.append(f'\n"{kind}" {_quote(tier.name)} {number(tier.tmin_s)} {number(tier.tmax_s)}')
        # The name stands in a comment, which ends with its line.
        name = " ".join(tier.name.splitlines())
        if isinstance(tier, IntervalTier):
            items += [(x.tmin_s, index, name, x) for x in tier.intervals]
        else:
            items += [(x.time_s, index, name, x) for x in tier.points]
    items.sort(key=lambda item: item[:2])
    for start_s, index, name, item in items:
        stop = number(item.tmax_s) if isinstance(item, Interval) else ""
        out.append(f"\n\n! {name}:\n{index} {number(start_s)} {stop}\n{_quote(item.text)}")
    return "".join(out)
