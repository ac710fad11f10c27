"""A bar that says that another program wrote a file that is open."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from vowelscope.app.watching import Watching
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.ui.theme import LIGHT, Theme


class ChangedBar(QFrame):
    """Reload, or go on with what is shown."""

    may_go_on: Callable[[], bool]
    """Asks about unsaved changes before a recording is opened anew."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.watching = Watching(bench, self)
        self.may_go_on = lambda: not bench.session.is_modified
        self._session = bench.session
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setAccessibleName(tr("A file that was changed"))
        self.reload = QPushButton(tr("Rel&oad"))
        self.keep = QPushButton(tr("&Keep mine"))
        self.keep.setToolTip(
            tr("Go on with what is shown; a save asks before it replaces the file")
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.addWidget(self.text, 1)
        for button in (self.reload, self.keep):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.reload.clicked.connect(self._on_reload)
        self.keep.clicked.connect(self.watching.keep_mine)
        self.watching.found.connect(self._on_found)
        self.set_theme(LIGHT)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.setStyleSheet(
            f"ChangedBar {{ background: {theme.interval_selected}; }} "
            f"ChangedBar > QLabel {{ color: {theme.interval_text}; }}"
        )

    def _on_found(self) -> None:
        path = self.watching.path
        if path is not None:
            sentence = tr("{name} was changed by another program.").format(name=path.name)
            if self._session.is_modified:
                sentence += " " + tr("You have unsaved changes here.")
            self.text.setText(sentence)
            self.text.setToolTip(str(path))
            again = self.watching.is_recording or self._session.is_read_only
            self.reload.setToolTip(
                tr("Open the files again") if again else tr("Show the file; can be undone")
            )
        self.setVisible(path is not None)

    def _on_reload(self) -> None:
        opens = self.watching.is_recording or self._session.is_read_only
        if not opens or self.may_go_on():
            self.watching.reload()
