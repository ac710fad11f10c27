"""A TextGrid as Praat's text files have it, character for character.

Source: Praat manual, "TextGrid file formats"; the trailing spaces are Praat's own.
"""

from __future__ import annotations

from vowelscope.core.textgrid import IntervalTier, PointTier, TextGrid

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
    return '"' + text.replace('"', '""') + '"'


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
