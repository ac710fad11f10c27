"""A bar that asks, once for each file, what to do with a TextGrid of another duration."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from vowelscope.app.session import Session
from vowelscope.core.edit_times import set_domain
from vowelscope.core.errors import UserError
from vowelscope.core.translation import tr
from vowelscope.ui.theme import LIGHT, Theme

SAME_DURATION_S = 0.011
"""Aligners end on a frame of 10 ms; up to that, the two last as long."""
_SHORT_S = 0.05
"""A gap up to this is no interval of its own: the last one grows into it."""


class LengthBar(QFrame):
    """Extend or cut the TextGrid (an edit, which can be undone), or leave it as it is."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asked: set[Path] = set()
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setAccessibleName(tr("Durations that differ"))
        self.fit = QPushButton()
        self.leave = QPushButton(tr("&Leave it"))
        self.leave.setToolTip(tr("Show both from 0 s, each with its own end"))
        close = QToolButton()
        close.setText("✕")
        close.setAutoRaise(True)
        close.setAccessibleName(tr("Leave the TextGrid as it is"))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.addWidget(self.text, 1)
        for button in (self.fit, self.leave):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addWidget(close)
        self.fit.clicked.connect(self._on_fit)
        self.leave.clicked.connect(self._on_leave)
        close.clicked.connect(self._on_leave)
        session.recording_changed.connect(self._look)
        session.textgrid_changed.connect(self._on_textgrid)
        self.set_theme(LIGHT)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.setStyleSheet(
            f"LengthBar {{ background: {theme.interval_selected}; }} "
            f"LengthBar > QLabel, LengthBar > QToolButton {{ color: {theme.interval_text}; }}"
        )

    def difference_s(self) -> float | None:
        """By how much the TextGrid is longer than the recording, or None where both end alike."""
        session = self._session
        if session.recording is None or session.textgrid is None:
            return None
        more_s = session.textgrid.tmax_s - session.recording.duration_s
        return more_s if abs(more_s) > SAME_DURATION_S else None

    def _look(self) -> None:
        session, more_s = self._session, self.difference_s()
        self.hide()
        if more_s is None or session.document is None or session.is_read_only:
            return
        path = session.document.path
        if path in self._asked or session.recording is None or session.textgrid is None:
            return
        self.text.setText(
            tr("{name} ends at {tmax_s:.3f} s but {name2} lasts {duration_s:.3f} s.").format(
                name=path.name,
                tmax_s=session.textgrid.tmax_s,
                name2=session.recording.path.name,
                duration_s=session.recording.duration_s,
            )
        )
        if more_s < 0:
            self.fit.setText(tr("&Extend the TextGrid"))
            self.fit.setToolTip(tr("To the end of the recording; can be undone"))
        else:
            self.fit.setText(tr("C&ut the TextGrid"))
            self.fit.setToolTip(
                tr("At the end of the recording; what lies behind goes; can be undone")
            )
        self.show()

    def _on_textgrid(self) -> None:
        if self.difference_s() is None:
            self.hide()

    def _on_fit(self) -> None:
        session, more_s = self._session, self.difference_s()
        self._on_leave()
        if more_s is None or session.textgrid is None or session.recording is None:
            return
        textgrid, stop_s = session.textgrid, session.recording.duration_s
        try:
            after = set_domain(textgrid, textgrid.tmin_s, stop_s, grow_ends=-_SHORT_S <= more_s < 0)
        except UserError as error:
            session.message.emit(str(error))
            return
        session.replace_textgrid(after, tr("Extend TextGrid") if more_s < 0 else tr("Cut TextGrid"))

    def _on_leave(self) -> None:
        if self._session.document is not None:
            self._asked.add(self._session.document.path)
        self.hide()
