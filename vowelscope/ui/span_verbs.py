"""Selecting by typed times, extending by intervals, and cutting and pasting labels."""

from __future__ import annotations

import json
from typing import cast

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from vowelscope.app.cursor import put_cursor
from vowelscope.app.session import Session
from vowelscope.core import edit_tiers
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import IntervalTier, TextGrid
from vowelscope.core.translation import tr
from vowelscope.ui.ask import Answers, Ask, Field, time_text
from vowelscope.ui.editing_base import EditingVerbs
from vowelscope.ui.label_bar import LabelBar

LABELS_MIME = "application/x-vowelscope-labels"


class SpanVerbs(EditingVerbs):
    """Time that is typed, and the selection from interval to interval."""

    def __init__(self, session: Session, label_bar: LabelBar, window: QWidget) -> None:
        super().__init__(session, label_bar, window)
        self._window = window

    def select(self) -> None:
        """Ask for start and end of the selection."""
        session = self._session
        start_s, stop_s = session.selection or (session.cursor_s, session.cursor_s)
        fields = (Field("start", tr("&Start (s):"), start_s), Field("end", tr("&End (s):"), stop_s))
        low_s, high_s = session.domain
        text = tr("Times between {time_text} and {time_text2} s.").format(
            time_text=time_text(low_s), time_text2=time_text(high_s)
        )
        Ask(tr("Select by time"), text, fields, self._on_select, self._window).open()

    def cursor_to(self) -> None:
        """Ask where the cursor should go."""
        fields = (Field("time", tr("&Time (s):"), self._session.cursor_s),)
        Ask(tr("Move cursor to"), "", fields, self._on_cursor, self._window).open()

    def extend_earlier(self) -> None:
        """Extend the selection to the start of the interval before it."""
        self._extend(-1)

    def extend_later(self) -> None:
        """Extend the selection to the end of the interval after it."""
        self._extend(1)

    def _on_select(self, answers: Answers) -> None:
        start_s, stop_s = cast(float, answers["start"]), cast(float, answers["end"])
        self._check(start_s)
        self._check(stop_s)
        if stop_s < start_s:
            raise TextGridError(
                tr("The end ({stop_s:g} s) must not be before the start.").format(stop_s=stop_s)
            )
        session = self._session
        session.set_cursor(start_s)
        session.select_times(start_s, stop_s)
        session.reveal(start_s, stop_s)

    def _on_cursor(self, answers: Answers) -> None:
        time_s = cast(float, answers["time"])
        self._check(time_s)
        put_cursor(self._session, time_s)
        self._session.reveal(time_s, time_s)

    def _check(self, time_s: float) -> None:
        low_s, high_s = self._session.domain
        # What the dialog itself shows is rounded to microseconds.
        if not low_s - 1e-6 <= time_s <= high_s + 1e-6:
            raise TextGridError(
                tr("{time_s:g} s lies outside {time_text}-{time_text2} s.").format(
                    time_s=time_s, time_text=time_text(low_s), time_text2=time_text(high_s)
                )
            )

    def _extend(self, by: int) -> None:
        session, tier = self._session, self._session.selected_tier
        if self._tier_index() is None or tier is None:
            return
        start_s, stop_s = session.selection or (session.cursor_s, session.cursor_s)
        if isinstance(tier, IntervalTier):
            times = [tier.tmin_s, *tier.boundaries_s(), tier.tmax_s]
        else:
            times = [point.time_s for point in tier.points]
        if by < 0:
            start_s = max((time_s for time_s in times if time_s < start_s), default=start_s)
        else:
            stop_s = min((time_s for time_s in times if time_s > stop_s), default=stop_s)
        session.select_times(start_s, stop_s)
        edge_s = start_s if by < 0 else stop_s
        session.set_cursor(start_s)
        session.reveal(edge_s, edge_s)


class LabelsVerbs(EditingVerbs):
    """Cutting, copying and pasting labels through the clipboard; boundaries stay.

    Other programs get the labels as lines of text; text from there is pasted as one label.
    """

    def copy(self) -> None:
        """Copy the labels of the selected tier in the selection."""
        span = self._span()
        if span is not None and self._session.textgrid is not None:
            self._put(edit_tiers.copy_labels(self._session.textgrid, *span))

    def cut(self) -> None:
        """Copy those labels and empty them."""
        span = self._span()
        if span is None or self._session.textgrid is None:
            return
        labels = edit_tiers.copy_labels(self._session.textgrid, *span)
        if self._put(labels):
            self._apply(tr("Cut labels"), _emptied, *span)

    def paste(self) -> None:
        """Write the labels into the selected interval or point and those after it."""
        item = self._item()
        if item is None:
            return
        labels = self._held()
        if not labels:
            self._session.message.emit(tr("There is nothing on the clipboard to paste."))
            return
        tier_index, index = item
        self._apply(tr("Paste labels"), edit_tiers.paste_labels, tier_index, index, labels)

    def _span(self) -> tuple[int, float, float] | None:
        session, tier_index = self._session, self._tier_index()
        if tier_index is None:
            return None
        if session.selection is not None:
            return tier_index, *session.selection
        at_s = session.cursor_s
        return tier_index, at_s, at_s

    def _put(self, labels: tuple[str, ...]) -> bool:
        if not any(labels):
            self._session.message.emit(tr("Nothing in the selection has a label to copy."))
            return False
        data = QMimeData()
        data.setText("\n".join(labels))
        data.setData(LABELS_MIME, json.dumps(labels).encode())
        QGuiApplication.clipboard().setMimeData(data)
        many = (
            tr("{count} labels").format(count=len(labels))
            if len(labels) > 1
            else tr("the label “{value}”").format(value=labels[0])
        )
        self._session.note.emit(tr("Copied {many}.").format(many=many))
        return True

    @staticmethod
    def _held() -> list[str]:
        data = QGuiApplication.clipboard().mimeData()
        if data is None:
            return []
        if data.hasFormat(LABELS_MIME):
            labels = json.loads(bytes(data.data(LABELS_MIME).data()))
            return [str(label) for label in labels]
        text = " ".join(data.text().split()) if data.hasText() else ""
        return [text] if text else []


def _emptied(textgrid: TextGrid, tier_index: int, start_s: float, stop_s: float) -> TextGrid:
    return edit_tiers.cut_labels(textgrid, tier_index, start_s, stop_s)[0]
