"""Looking for a query in one label after another, in a limited time."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import regex

from vowelscope.core.errors import TextGridError
from vowelscope.core.phones import display_label
from vowelscope.core.translation import tr

LIMIT_S = 10.0
"""The longest that a regular expression may take over all labels, in seconds."""
_LABEL_S = 1.0
"""The longest for one label: a search that nobody wants any more is left at the next label."""
WAITING_S = 0.02
"""For one label, while the window waits."""

_THREE = re.compile(r"\\..", re.DOTALL)

Match = Any
"""A match of `re` or of `regex`, which are used alike."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for.

    Attributes
    ----------
    text
        The words of the user.
    mode
        ``plain``: the text anywhere in a label; ``regex``: a regular expression of Python's;
        ``whole``: labels that are the text ("" finds the empty ones).
    match_case
        Whether a and A differ.
    tiers
        Indices of tiers to search; None searches all.
    shown
        True searches labels as they are shown, with trigraphs as their characters; False the raw
        text.
    """

    text: str
    mode: Literal["plain", "regex", "whole"] = "plain"
    match_case: bool = False
    tiers: tuple[int, ...] | None = None
    shown: bool = True


def go_on() -> None:
    """Nobody stops the search."""


@dataclass(slots=True)
class Search:
    """A query made ready, with the time that it may still take.

    A user's regular expression runs in `regex`, which stops in time and lets go of the
    interpreter's lock, so that no expression can hang the window; all else runs in `re`.
    """

    query: Query
    left_s: float
    stop_if_stale: Callable[[], None] = go_on
    pattern: Any = field(init=False)
    known: dict[str, tuple[tuple[int, int, Match], ...]] = field(default_factory=dict)
    """By label: labels of phones repeat by the thousand."""

    def __post_init__(self) -> None:
        query = self.query
        if not query.text and query.mode != "whole":
            raise TextGridError(tr("There is nothing to look for: the search text is empty."))
        text = query.text
        if query.mode != "regex":
            text = re.escape(display_label(text) if query.shown else text)
        if query.mode == "whole":
            text = rf"\A{text}\Z"
        self.pattern = _compiled(text, query.match_case)
        if query.mode == "regex":
            self.pattern = _limited(text, query.match_case)

    def matches(self, label: str) -> tuple[tuple[int, int, Match], ...]:
        """Start and end in the raw label, and the match in what was searched."""
        self.stop_if_stale()
        found = self.known.get(label)
        if found is None:
            if not self.query.shown or "\\" not in label:
                found = tuple((*match.span(), match) for match in self._all(label))
            else:
                places = _places(label)
                found = tuple(
                    (places[match.start()], places[match.end()], match)
                    for match in self._all(display_label(label))
                )
            self.known[label] = found
        return found

    def _all(self, text: str) -> list[Match]:
        if self.query.mode != "regex":
            return list(self.pattern.finditer(text))
        start_s = time.monotonic()
        try:
            if self.left_s <= 0:
                raise TimeoutError
            return list(
                self.pattern.finditer(text, timeout=min(self.left_s, _LABEL_S), concurrent=True)
            )
        except TimeoutError:
            raise TextGridError(
                tr(
                    "The search for “{query}” was stopped at the label “{label}”, where it takes "
                    "too long: a repeat within a repeat, as in (a+)+, is often why."
                ).format(query=self.query.text, label=_short(text))
            ) from None
        finally:
            self.left_s -= time.monotonic() - start_s


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


@lru_cache(maxsize=32)
def _compiled(text: str, match_case: bool) -> re.Pattern[str]:
    try:
        return re.compile(text, 0 if match_case else re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        raise TextGridError(
            tr("“{text}” is no regular expression: {error}.").format(text=text, error=error)
        ) from None


@lru_cache(maxsize=32)
def _limited(text: str, match_case: bool) -> Any:
    try:
        return regex.compile(text, regex.VERSION0 | (0 if match_case else regex.IGNORECASE))
    except (regex.error, RecursionError, OverflowError) as error:
        raise TextGridError(
            tr("“{text}” is no regular expression: {error}.").format(text=text, error=error)
        ) from None


def _places(label: str) -> list[int]:
    """Where each character of the shown label begins in the raw one, and where the last ends."""
    places: list[int] = []
    at = 0
    while at < len(label):
        three = _THREE.match(label, at)
        raw = three.group() if three else label[at]
        shown = display_label(raw)
        if shown == raw:
            places += range(at, at + len(raw))
        else:
            places += [at] * len(shown)
        at += len(raw)
    return [*places, at]
