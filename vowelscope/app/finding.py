"""Finds and replaces in the labels of the open TextGrid; the searching is done in the background.

Every edit searches again, so that the hits are always those of the TextGrid as it is.
"""

from __future__ import annotations

from bisect import bisect_left

from PySide6.QtCore import QObject, Signal

from vowelscope.app.jobs import CancelToken, Jobs
from vowelscope.app.session import Session
from vowelscope.core.edit_search import Hit, Query, find, next_hit, replace_all, replace_hit
from vowelscope.core.errors import UserError
from vowelscope.core.textgrid import IntervalTier, TextGrid
from vowelscope.core.translation import tr

__all__ = ["Finding"]


class Finding(QObject):
    """What is looked for, where it is, and which of these places is the present one."""

    changed = Signal()
    """Hits, the present hit or the sentence changed."""

    def __init__(self, session: Session, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self.query: Query | None = None
        self.hits: tuple[Hit, ...] = ()
        self.current: Hit | None = None
        self.sentence = ""
        """What to say of the search: a count, or what is wrong."""
        self.is_wrong = False
        """Whether the sentence says what is wrong."""
        self.is_shown = False
        """Whether somebody looks at the hits: else an edit is searched when it is asked for."""
        self._is_stale = False
        self._then: str = ""
        self._place: tuple[int, int, int] | None = None
        self._said = ""
        session.textgrid_changed.connect(self._on_textgrid)

    @property
    def is_searching(self) -> bool:
        """True while hits are looked for or replaced."""
        return self._jobs.is_pending(self._key) or self._jobs.is_pending(self._all_key)

    @property
    def current_row(self) -> int | None:
        """Which of the hits is the present one."""
        if self.current is None:
            return None
        row = bisect_left(self.hits, _place_of(self.current), key=_place_of)
        return row if self.hits[row : row + 1] == (self.current,) else None

    def set_shown(self, shown: bool) -> None:
        """Say whether the hits are to be seen."""
        self.is_shown = shown
        if shown and self._is_stale:
            self._search()

    def set_query(self, query: Query | None) -> None:
        """Look for something else; None looks for nothing. `changed` follows."""
        if query == self.query:
            return
        self.query = query
        self._said = ""
        self._search()

    def next(self, backwards: bool = False) -> None:
        """Go to the next hit, or the one before; where it is still searched, once it is found."""
        if self.query is None:
            self._say(tr("There is nothing to look for: the search text is empty."), wrong=True)
        elif self._is_busy:
            if self._is_stale:
                self._search()
            self._then = "previous" if backwards else "next"
        elif not self.is_wrong:
            self._go(backwards)

    def go_to(self, row: int) -> None:
        """Go to one of the hits."""
        if 0 <= row < len(self.hits):
            self._show(self.hits[row])

    def replace_one(self, replacement: str) -> None:
        """Replace the present hit and go to the next; without a present one only go to it."""
        session, query, hit = self._session, self.query, self.current
        if query is None or hit is None or not self._is_here(hit) or self._is_busy:
            self.next()
            return
        if session.textgrid is None:
            return
        try:
            after = replace_hit(session.textgrid, hit, query, replacement)
        except UserError as error:
            self._say(str(error), wrong=True)
            return
        if after == session.textgrid:
            self._go(backwards=False)
            return
        tier = after.tiers[hit.tier]
        item = (tier.intervals if isinstance(tier, IntervalTier) else tier.points)[hit.index]
        # What was put in is not searched again: "a" may be replaced by "aa".
        written = len(item.text) - len(hit.label) + hit.stop - hit.start
        self._place = (hit.tier, hit.index, hit.start + written - 1)
        self._then = "next"
        session.replace_textgrid(after, tr("Replace in label"))
        if session.textgrid is not after:
            self._then, self._place = "", None  # it is read-only here

    def replace_all(self, replacement: str) -> None:
        """Replace all that is found as one edit; `sentence` says how much that was."""
        if self.query is None or self._session.textgrid is None:
            self.next()
            return
        self._then, self._said = "", ""
        self._jobs.submit(
            self._all_key,
            _replace_all,
            self._session.textgrid,
            self.query,
            replacement,
            on_done=self._on_replaced,
            on_error=self._on_not_replaced,
            pass_token=True,
        )

    @property
    def _is_busy(self) -> bool:
        return self._is_stale or self.is_searching

    @property
    def _key(self) -> tuple[str, int]:
        return "find", id(self)

    @property
    def _all_key(self) -> tuple[str, int]:
        return "replace", id(self)

    def _on_textgrid(self) -> None:
        if self.is_shown or self._then or self._said:
            self._search()
        else:
            self._is_stale = True

    def _search(self) -> None:
        session = self._session
        self._is_stale = False
        self._jobs.cancel(self._key)
        if self.query is None or session.textgrid is None:
            self._take(())
            return
        self._jobs.submit(
            self._key,
            _find,
            session.textgrid,
            self.query,
            on_done=self._take,
            on_error=self._on_wrong,
            pass_token=True,
        )

    def _take(self, hits: tuple[Hit, ...]) -> None:
        self.hits = hits
        if self.current_row is None:
            self.current = None
        count = len(self.hits)
        found_it = "" if self.query is None else _counted(count) if count else tr("Nothing found.")
        said, self._said = self._said, ""
        then, self._then = self._then, ""
        self._say(said or found_it)
        if then and count:
            self._go(then == "previous")
        self._place = None

    def _go(self, backwards: bool) -> None:
        hit = next_hit(self.hits, *self._here(), backwards=backwards)
        if hit is not None:
            self._show(hit)

    def _here(self) -> tuple[int, int, int]:
        """Tier, interval and character that the search goes on from."""
        session = self._session
        if self._place is not None:
            return self._place
        if self.current is not None and self._is_here(self.current):
            return self.current.tier, self.current.index, self.current.start
        tier = session.selected_tier
        index = session.item_index
        if index is None and isinstance(tier, IntervalTier):
            index = tier.index_at(session.cursor_s)
        return session.tier_index or 0, -1 if index is None else index, -1

    def _is_here(self, hit: Hit) -> bool:
        return (hit.tier, hit.index) == (self._session.tier_index, self._session.item_index)

    def _show(self, hit: Hit) -> None:
        session = self._session
        textgrid = session.textgrid
        self.current = hit
        session.select_item(hit.tier, hit.index)
        if session.textgrid is not textgrid:
            return  # leaving a label that was typed was an edit: it is searched again
        session.reveal(hit.tmin_s, hit.tmax_s)
        row = self.current_row
        if row is not None:
            self._say(
                tr("{value:,} of {counted}").format(value=row + 1, counted=_counted(len(self.hits)))
            )

    def _on_wrong(self, sentence: str) -> None:
        self.hits, self.current, self._then, self._place = (), None, "", None
        self._say(sentence, wrong=True)

    def _on_replaced(self, done: tuple[TextGrid, TextGrid, int]) -> None:
        before, after, count = done
        session = self._session
        self._then = ""
        if session.textgrid is not before:
            self._say(tr("Nothing was replaced: the TextGrid changed meanwhile."), wrong=True)
            return
        if not count:
            self._say(tr("Nothing found, so nothing was replaced."))
            return
        places = tr("1 place") if count == 1 else tr("{count:,} places").format(count=count)
        self._said = tr("Replaced in {places}.").format(places=places)
        if after == before:
            self._say(
                tr("Found in {places}, but the replacement changes nothing.").format(places=places)
            )
            return
        session.replace_textgrid(after, tr("Replace in {places}").format(places=places))
        if session.textgrid is after:
            session.note.emit(self._said)

    def _on_not_replaced(self, sentence: str) -> None:
        self._say(sentence, wrong=True)

    def _say(self, sentence: str, wrong: bool = False) -> None:
        self.sentence, self.is_wrong = sentence, wrong
        self.changed.emit()


def _counted(count: int) -> str:
    return tr("1 hit") if count == 1 else tr("{count:,} hits").format(count=count)


def _place_of(hit: Hit) -> tuple[int, int, int]:
    return hit.tier, hit.index, hit.start


def _find(token: CancelToken, textgrid: TextGrid, query: Query) -> tuple[Hit, ...]:
    return find(textgrid, query, token.raise_if_cancelled)


def _replace_all(
    token: CancelToken, textgrid: TextGrid, query: Query, replacement: str
) -> tuple[TextGrid, TextGrid, int]:
    after, count = replace_all(textgrid, query, replacement, token.raise_if_cancelled)
    return textgrid, after, count
