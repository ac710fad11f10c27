"""A bar over the views that says one sentence and does not stop the work."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from vowelscope.core.translation import tr
from vowelscope.ui.theme import LIGHT, Theme

_SHOWN_MS = 20_000


class Notice(QFrame):
    """Hidden until there is something to say; goes by itself or with its button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setAccessibleName(tr("Message"))
        close = QToolButton()
        close.setText("✕")
        close.setAutoRaise(True)
        close.setAccessibleName(tr("Hide the message"))
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.addWidget(self.text, 1)
        row.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.set_theme(LIGHT)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.setStyleSheet(
            f"Notice {{ background: {theme.interval_selected}; }} "
            f"QLabel, QToolButton {{ color: {theme.interval_text}; }}"
        )

    def say(self, sentence: str) -> None:
        """Show one sentence for some seconds."""
        self.text.setText(sentence)
        self.show()
        self._timer.start(_SHOWN_MS)
