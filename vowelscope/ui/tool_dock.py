"""A dock beside the views that Escape leaves."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDockWidget, QWidget


class ToolDock(QDockWidget):
    """Holds one tool; it is hidden until it is asked for."""

    left = Signal()
    """Escape was pressed in it: the keyboard goes back to the views."""

    def __init__(self, title: str, name: str, widget: QWidget, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setWidget(widget)
        self.is_seen = False
        """Whether it is shown, and not behind another."""
        self.visibilityChanged.connect(self._on_visibility)
        self.hide()

    def bring(self) -> None:
        """Show it on top of those that share its place, with the keyboard."""
        self.show()
        self.raise_()
        if self.isFloating():
            self.activateWindow()
        self.widget().setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape hides it."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _on_visibility(self, visible: bool) -> None:
        self.is_seen = visible
