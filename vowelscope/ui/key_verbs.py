"""The keys of the window: as the settings say, changed in the sheet of keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QDockWidget, QWidget

from vowelscope.app.keymap import Keymap, Keys
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.ui.action_row import ActionRow
from vowelscope.ui.key_sheet import KeySheet

_PORTABLE = QKeySequence.SequenceFormat.PortableText


class KeyVerbs(QObject):
    """Gives the actions their keys, and shows the sheet."""

    def __init__(self, bench: Workbench, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window
        self._rows: Sequence[ActionRow] = ()
        self._actions: Mapping[str, QAction] = {}
        self._outside: list[QShortcut] = []
        self.keymap = Keymap(())

    def bind(self, rows: Sequence[ActionRow], actions: Mapping[str, QAction]) -> None:
        """Take the actions, once they and the docks are made."""
        self._rows, self._actions = rows, actions
        defaults = [
            Keys(row.id, tr(row.text).replace("&", ""), row.keys, row.outside, row.editor_only)
            for row in rows
        ]
        self._apply(Keymap(defaults, self._bench.settings.editing.keys))
        for row in rows:
            for key in row.outside:
                for dock in self._window.findChildren(QDockWidget):
                    shortcut = QShortcut(QKeySequence(key, _PORTABLE), dock)
                    shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                    shortcut.activated.connect(actions[row.id].trigger)
                    self._outside.append(shortcut)
        # Once the window is there to say it.
        QTimer.singleShot(0, self._say_problems)

    def sheet(self) -> None:
        """Show all actions and their keys."""
        sheet = KeySheet(self._rows, self.keymap, self._window)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.keymap_changed.connect(self._on_keymap)
        sheet.open()

    def _on_keymap(self, keymap: Keymap) -> None:
        self._apply(keymap)
        editing = self._bench.settings.editing
        self._bench.set_editing(replace(editing, keys=keymap.choices))

    def _apply(self, keymap: Keymap) -> None:
        self.keymap = keymap
        for row in self._rows:
            keys = [QKeySequence(key, _PORTABLE) for key in keymap[row.id]]
            if self._actions[row.id].shortcuts() != keys:
                self._actions[row.id].setShortcuts(keys)

    def _say_problems(self) -> None:
        problems = self.keymap.problems()
        if problems:
            self._bench.session.message.emit(" ".join(problems[:3]))
