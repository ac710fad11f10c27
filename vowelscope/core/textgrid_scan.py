"""Reads Praat's text files as Praat does, slowly, to say where one is wrong.

Praat's own messages name a line at best. This reader follows the same rules (Praat manual,
"TextGrid file formats": numbers, strings in double quotes and <flags> count, any other words and
what follows an exclamation mark are comment) and knows the tier and the interval as well.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field, replace
from typing import NoReturn

from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid, Tier
from vowelscope.core.textgrid_style import CHRONOLOGICAL_MAGIC, shorten

# Praat's white space; Python's own \s also has the separators U+001C to U+001F.
_SPACE = r" \t-\r\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SKIP = re.compile(rf'(?:[{_SPACE}]++|![^\n]*+\n|[^{_SPACE}!"<\-+0-9][^{_SPACE}]*+)*+')
_STRING = re.compile(rf'"((?:[^"]++|"")*+)"(?=[{_SPACE}]|\Z)')
_UNCLOSED = re.compile(r'"(?:[^"]++|"")*+("?)')
_WORD = re.compile(rf"[^{_SPACE}]++")
_FLAG = re.compile(rf"<([^>{_SPACE}]{{0,40}})>")
# A number may go on in letters, which Praat ignores; but an "e" wants digits.
_REAL = re.compile(r"[-+]?[0-9]++(?:\.[0-9]*+)?+(?:[eE][-+]?[0-9]++|(?![eE]))")
_LONGEST_NUMBER = 40


class PlaceError(ValueError):
    """What is wrong, and at which line and where in the TextGrid; without the file's name."""


@dataclass
class Scanned:
    """A TextGrid as the file says it, before Praat sorts it, and the counts that were announced."""

    tmin_s: float
    tmax_s: float
    tiers: list[Tier] = field(default_factory=list)

    def as_praat(self) -> TextGrid:
        """Sorted by start; of two that start at one time the first is kept, as in Praat."""
        return TextGrid(self.tmin_s, self.tmax_s, tuple(_sorted(tier) for tier in self.tiers))


def scan(text: str, upto_flag: bool = False) -> Scanned:
    """Read a text TextGrid of the long, short, free or chronological form.

    Parameters
    ----------
    text
        The file's text, its newlines unified.
    upto_flag
        Stop after the flag that says whether there are tiers.

    Raises
    ------
    PlaceError
        Where Praat would refuse the file, or would take a time for undefined.
    """
    return _Scanner(text).run(upto_flag)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.where = "the header"

    def run(self, upto_flag: bool) -> Scanned:
        if self.text.startswith(CHRONOLOGICAL_MAGIC):
            self.string("the kind of file")
            found = Scanned(*self.domain())
            if not upto_flag:
                self.chronological(found)
            return found
        self.header()
        found = Scanned(*self.domain())
        if self.flag() != "exists":
            self.fail("it says that it has no list of tiers")
        if not upto_flag:
            for number in range(1, self.integer("the number of tiers") + 1):
                found.tiers.append(self.tier(number))
        return found

    def header(self) -> None:
        self.place = self.text.find("\n") + 1 or len(self.text)
        first = self.text[: self.place]
        kind = first.partition("TextFile")[0]
        if "ooTextFile" in first:
            kind = self.string("the class of object")
        if kind.split(" ")[0] != "TextGrid":
            self.fail(f"it holds a {shorten(kind) or 'thing of no name'}, not a TextGrid")
        if kind not in ("TextGrid", "TextGrid 0"):
            self.fail("it was made by a newer Praat")

    def tier(self, number: int) -> Tier:
        self.where = f"tier {number}"
        kind = self.string("the class of the tier").split(" ")[0]
        if kind not in ("IntervalTier", "TextTier"):
            self.fail(f"the class {shorten(kind)} is neither IntervalTier nor TextTier")
        name = self.string("the name of the tier")
        self.where = f"tier {number} ({shorten(name)})"
        tmin_s, tmax_s = self.domain()
        if kind == "TextTier":
            points: list[Point] = []
            self.items(number, name, "point", points)
            return PointTier(name, tmin_s, tmax_s, tuple(points))
        intervals: list[Interval] = []
        self.items(number, name, "interval", intervals)
        if not intervals:
            # Praat repairs an empty interval tier so.
            intervals.append(Interval(tmin_s, tmax_s))
        return IntervalTier(name, tmin_s, tmax_s, tuple(intervals))

    def items(self, number: int, name: str, thing: str, out: list[Interval] | list[Point]) -> None:
        count = self.integer(f"the number of {thing}s")
        for index in range(1, count + 1):
            self.where = f"{thing} {index} of {count} of tier {number} ({shorten(name)})"
            out.append(self.interval() if thing == "interval" else self.point())  # type: ignore[arg-type]

    def chronological(self, found: Scanned) -> None:
        names: list[str] = []
        for number in range(1, self.integer("the number of tiers") + 1):
            self.where = f"tier {number}"
            kind = self.string("the class of the tier")
            name = self.string("the name of the tier")
            if kind not in ("IntervalTier", "TextTier"):
                self.fail(f"the class {shorten(kind)} is neither IntervalTier nor TextTier")
            domain = self.domain()
            found.tiers.append(
                (IntervalTier if kind == "IntervalTier" else PointTier)(name, *domain)
            )
            names.append(name)
        intervals: list[list[Interval]] = [[] for _ in names]
        points: list[list[Point]] = [[] for _ in names]
        item = 0
        while not self.at_end():
            item += 1
            self.where = f"item {item}"
            number = self.integer("the number of a tier")
            if not 1 <= number <= len(names):
                self.fail(f"there is no tier {number}")
            self.where += f" (tier {number}, {shorten(names[number - 1])})"
            if isinstance(found.tiers[number - 1], PointTier):
                points[number - 1].append(self.point())
            else:
                intervals[number - 1].append(self.interval())
        found.tiers = [
            replace(tier, points=tuple(points[index]))
            if isinstance(tier, PointTier)
            else replace(tier, intervals=tuple(intervals[index]))
            for index, tier in enumerate(found.tiers)
        ]

    def interval(self) -> Interval:
        return Interval(*self.span("the start time", "the end time"), self.string("the label"))

    def point(self) -> Point:
        return Point(self.real("the time"), self.string("the label"))

    def domain(self) -> tuple[float, float]:
        return self.span("the start time (xmin)", "the end time (xmax)")

    def span(self, start: str, stop: str) -> tuple[float, float]:
        tmin_s, tmax_s = self.real(start), self.real(stop)
        if tmax_s < tmin_s:
            self.fail(f"{stop}, {tmax_s}, is earlier than {start}, {tmin_s}")
        return tmin_s, tmax_s

    def at_end(self) -> bool:
        self.skip()
        return self.place >= len(self.text)

    def skip(self) -> None:
        found = _SKIP.match(self.text, self.place)
        self.place = found.end() if found else self.place
        if self.text.startswith("!", self.place):
            # A comment in the last line, with no newline after it.
            self.place = len(self.text)

    def number(self, what: str) -> str:
        self.expect("-+0123456789", what, "a number")
        word = _WORD.match(self.text, self.place)
        assert word is not None  # expect() saw its first character
        if len(word.group()) > _LONGEST_NUMBER or not word.group().isascii():
            self.fail(f"{what} should be a number, not {shorten(word.group())}")
        self.place = word.end()
        return word.group()

    def real(self, what: str) -> float:
        word = self.number(what)
        while word == "+":
            word = self.number(what)
        before, slash, after = word.partition("/")
        value, below = _value(before), _value(after) if slash else 1.0
        if value is None or not below:
            self.place -= len(word)
            self.fail(f"{what} should be a number, not {shorten(word)}")
        return value / below if slash else value

    def integer(self, what: str) -> int:
        found = re.match(r"[-+]?[0-9]*", self.number(what))
        digits = found.group() if found else ""
        value = int(digits) if digits.strip("-+") else 0
        if not -(2**31) <= value < 2**31:
            self.fail(f"{what} ({value}) is out of range")
        return value

    def string(self, what: str) -> str:
        self.expect('"', what, "a text in double quotes")
        found = _STRING.match(self.text, self.place)
        if found is None:
            unclosed = _UNCLOSED.match(self.text, self.place)
            if unclosed is None or not unclosed.group(1):
                self.fail(f"{what} begins with a double quote but never ends with one")
            self.place = unclosed.end()
            self.fail(f"{what} has a double quote inside that is not doubled")
        self.place = found.end()
        return found.group(1).replace('""', '"')

    def flag(self) -> str:
        self.expect("<", "<exists>", "<exists>")
        found = _FLAG.match(self.text, self.place)
        if found is None or found.group(1) not in ("exists", "absent"):
            self.fail("the flag after the end time should be <exists>")
        self.place = found.end()
        return found.group(1)

    def expect(self, first: str, what: str, kind: str) -> None:
        self.skip()
        here = self.text[self.place : self.place + 1]
        if not here:
            self.fail(f"it ends too early: {what} is missing")
        if here not in first:
            word = _WORD.match(self.text, self.place)
            seen = shorten(word.group()) if word else here
            self.fail(f"{what} should be {kind}, but {seen} stands there")

    def fail(self, problem: str) -> NoReturn:
        line = self.text.count("\n", 0, min(self.place, len(self.text.rstrip()))) + 1
        raise PlaceError(f"line {line}, {self.where}: {problem}")


def _value(word: str) -> float | None:
    found = _REAL.match(word)
    if found is None:
        return None
    # Praat takes what is too large for a double for the largest one.
    value = max(-sys.float_info.max, min(sys.float_info.max, float(found.group())))
    return 0.01 * value if word[found.end() : found.end() + 1] == "%" else value


def _sorted(tier: Tier) -> Tier:
    if isinstance(tier, IntervalTier):
        intervals: dict[float, Interval] = {}
        for interval in tier.intervals:
            intervals.setdefault(interval.tmin_s, interval)
        kept = tuple(intervals[time_s] for time_s in sorted(intervals))
        return IntervalTier(tier.name, tier.tmin_s, tier.tmax_s, kept)
    points: dict[float, Point] = {}
    for point in tier.points:
        points.setdefault(point.time_s, point)
    marks = tuple(points[time_s] for time_s in sorted(points))
    return PointTier(tier.name, tier.tmin_s, tier.tmax_s, marks)
