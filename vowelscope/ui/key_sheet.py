"""The sheet of keys: every action with its key, found by name, and changed here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.keymap import Keymap
from vowelscope.core.translation import tr
from vowelscope.ui.action_row import ActionRow

_NATIVE = QKeySequence.SequenceFormat.NativeText
_PORTABLE = QKeySequence.SequenceFormat.PortableText


class KeySheet(QDialog):
    """What is changed counts at once; a key that another action has is taken from it, after a
    warning."""

    keymap_changed = Signal(object)
    """The new `Keymap`."""

    def __init__(self, rows: Sequence[ActionRow], keymap: Keymap, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys"))
        self.keymap = keymap
        self._rows = {row.id: row for row in rows}
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Type part of a name or a key"))
        self.field.setAccessibleName(tr("Part of an action's name, or a key"))
        self.field.setClearButtonEnabled(True)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(tr("Actions and their keys"))
        self.tree.setHeaderLabels([tr("Action"), tr("Key"), tr("Where")])
        self.tree.setUniformRowHeights(True)
        self.tree.setAlternatingRowColors(True)
        self.key = QKeySequenceEdit()
        self.key.setMaximumSequenceLength(1)
        self.key.setClearButtonEnabled(True)
        self.key.setAccessibleName(tr("New key for the chosen action"))
        # The keyboard is in the line within it.
        for line in self.key.findChildren(QLineEdit):
            line.setAccessibleName(self.key.accessibleName())
        self.set_key = QPushButton(tr("&Set"))
        self.default = QPushButton(tr("&Reset this"))
        self.all_defaults = QPushButton(tr("Reset &all to Praat's"))
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setAccessibleName(tr("What the new key would do"))
        self.sentence.setMinimumHeight(2 * self.sentence.fontMetrics().height())
        self._lay_out()
        self._fill()
        self.field.textChanged.connect(self._filter)
        self.tree.currentItemChanged.connect(self._on_row)
        self.key.keySequenceChanged.connect(self._on_key)
        self.set_key.clicked.connect(self._on_set)
        self.default.clicked.connect(self._on_default)
        self.all_defaults.clicked.connect(self._on_all_defaults)
        self._on_row()

    def _lay_out(self) -> None:
        change = QHBoxLayout()
        name = QLabel(tr("&New key:"))
        name.setBuddy(self.key)
        change.addWidget(name)
        change.addWidget(self.key, 1)
        for button in (self.set_key, self.default, self.all_defaults):
            button.setAutoDefault(False)
            change.addWidget(button)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        column = QVBoxLayout(self)
        column.addWidget(self.field)
        column.addWidget(self.tree, 1)
        column.addLayout(change)
        column.addWidget(self.sentence)
        column.addWidget(buttons)
        self.resize(700, 640)

    def choose(self, action: str) -> None:
        """Mark the row of an action."""
        self.tree.setCurrentItem(self._items[action])

    @property
    def chosen(self) -> str | None:
        """The action of the marked row."""
        item = self.tree.currentItem()
        return None if item is None else item.data(0, Qt.ItemDataRole.UserRole)

    def _fill(self) -> None:
        self._items: dict[str, QTreeWidgetItem] = {}
        self._groups: dict[str, QTreeWidgetItem] = {}
        groups = self._groups
        for row in self._rows.values():
            title = _title(row)
            if title not in groups:
                groups[title] = QTreeWidgetItem(self.tree, [title])
                groups[title].setFirstColumnSpanned(True)
                groups[title].setExpanded(True)
                font = groups[title].font(0)
                font.setBold(True)
                groups[title].setFont(0, font)
                groups[title].setFlags(Qt.ItemFlag.ItemIsEnabled)
            item = QTreeWidgetItem(groups[title], [_name(row)])
            item.setData(0, Qt.ItemDataRole.UserRole, row.id)
            self._items[row.id] = item
        self._show_keys()
        self.tree.setColumnWidth(0, 300)
        self.tree.setColumnWidth(1, 250)

    def _show_keys(self) -> None:
        for action, item in self._items.items():
            row = self._rows[action]
            keys = ", ".join(map(_native, self.keymap[action]))
            if row.outside:
                keys += tr(" ({join} in a dock)").format(join=", ".join(map(_native, row.outside)))
            item.setText(1, keys)
            item.setText(2, tr("in the views") if row.editor_only and self.keymap[action] else "")
            font = item.font(1)
            font.setBold(self.keymap.is_changed(action))
            item.setFont(1, font)

    def _filter(self, wanted: str) -> None:
        words = wanted.lower().split()
        seen: set[str] = set()
        for action, item in self._items.items():
            title = _title(self._rows[action])
            text = f"{title} {item.text(0)} {item.text(1)}".lower()
            item.setHidden(not all(word in text for word in words))
            if not item.isHidden():
                seen.add(title)
        for title, group in self._groups.items():
            group.setHidden(title not in seen)

    def _on_row(self) -> None:
        action = self.chosen
        held = () if action is None else self.keymap[action]
        self.key.setKeySequence(QKeySequence(held[0] if held else "", _PORTABLE))
        for widget in (self.key, self.set_key):
            widget.setEnabled(action is not None)
        self.default.setEnabled(action is not None and self.keymap.is_changed(action))
        self._on_key()

    def _on_key(self) -> None:
        action, key = self.chosen, self._typed()
        self.sentence.setText("")
        if action is None:
            self.sentence.setText(tr("Choose an action to give it another key."))
            return
        others = self.keymap.holders(key, action) if key else ()
        if others:
            names = tr(" and ").join(f"“{_name(self._rows[other])}”" for other in others)
            self.sentence.setText(
                tr("⚠ {native} belongs to {names}, which would lose it with Set.").format(
                    native=_native(key), names=names
                )
            )
        elif not key and self.keymap[action]:
            self.sentence.setText(tr("Set takes its key away."))
        held = self.keymap[action]
        self.set_key.setEnabled(key != (held[0] if held else ""))

    def _typed(self) -> str:
        return self.key.keySequence().toString(_PORTABLE)

    def _on_set(self) -> None:
        if self.chosen is not None:
            self._take(self.keymap.with_key(self.chosen, self._typed()))

    def _on_default(self) -> None:
        if self.chosen is not None:
            self._take(self.keymap.with_default(self.chosen))

    def _on_all_defaults(self) -> None:
        self._take(self.keymap.with_all_defaults())

    def _take(self, keymap: Keymap) -> None:
        self.keymap = keymap
        self._show_keys()
        self._on_row()
        self.keymap_changed.emit(keymap)


def _name(row: ActionRow) -> str:
    return tr(row.text).replace("&", "").rstrip("…")


def _title(row: ActionRow) -> str:
    return tr(row.menu).replace("&", "") or tr("Elsewhere")


def _native(key: str) -> str:
    return QKeySequence(key, _PORTABLE).toString(_NATIVE)
