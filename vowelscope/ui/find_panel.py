"""Find and replace: what to look for, in which tiers, and the list of hits."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.finding import Finding
from vowelscope.app.session import Session
from vowelscope.core.edit_search import Hit, Query
from vowelscope.core.phones import display_label
from vowelscope.core.translation import tr
from vowelscope.ui.rows import RowsModel, RowsTable
from vowelscope.ui.theme import LIGHT, Theme, ipa_font

_MODES = (
    (tr("Text within labels"), "plain"),
    (tr("Whole labels"), "whole"),
    (tr("Regular expression"), "regex"),
)


class FindPanel(QWidget):
    """Searches while it is typed; Return goes to the next hit, Shift+Return to the one before."""

    def __init__(self, session: Session, finding: Finding, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._finding = finding
        self._theme = LIGHT
        self._tier_names: tuple[str, ...] | None = None
        self.text = _field(tr("Text to find"), tr("Find"))
        self.replacement = _field(tr("Text to put in its place"), tr("Replace by"))
        self.mode = QComboBox()
        self.mode.setAccessibleName(tr("How to compare"))
        for name, mode in _MODES:
            self.mode.addItem(name, mode)
        self.match_case = QCheckBox(tr("Match &case"))
        self.tiers = QPushButton()
        self.tiers.setAutoDefault(False)
        self.tiers.setAccessibleName(tr("Tiers to search"))
        self.tiers.setMenu(QMenu(self.tiers))
        self.previous = _button("▲", tr("Previous hit"))
        self.next = _button("▼", tr("Next hit"))
        self.one = _button(tr("&Replace"), tr("Replace this hit and go to the next"))
        self.every = _button(tr("Replace &all"), tr("Replace all hits as one edit"))
        self.sentence = QLabel()
        self.sentence.setAccessibleName(tr("What was found"))
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._model = RowsModel((tr(" Time (s)"), tr("Tier"), tr("Label")), self._cell)
        self.table = RowsTable(tr("Hits"), self._model, ("00000.000", "phones-x", ""))
        self.setFocusProxy(self.text)
        self._lay_out()
        self._connect()
        self._on_textgrid()
        self._on_changed()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(4)
        grid.addWidget(self.text, 0, 0)
        grid.addWidget(self.previous, 0, 1)
        grid.addWidget(self.next, 0, 2)
        grid.addWidget(self.replacement, 1, 0, 1, 3)
        how = QHBoxLayout()
        how.addWidget(self.mode, 1)
        how.addWidget(self.match_case)
        grid.addLayout(how, 2, 0, 1, 3)
        grid.addWidget(self.tiers, 3, 0, 1, 3)
        buttons = QHBoxLayout()
        buttons.addWidget(self.one)
        buttons.addWidget(self.every)
        buttons.addStretch(1)
        grid.addLayout(buttons, 4, 0, 1, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.addLayout(grid)
        column.addWidget(self.sentence)
        column.addWidget(self.table, 1)

    def _connect(self) -> None:
        self.text.textChanged.connect(self._on_query)
        self.mode.currentIndexChanged.connect(self._on_query)
        self.match_case.toggled.connect(self._on_query)
        self.previous.clicked.connect(self._on_previous)
        self.next.clicked.connect(self._on_next)
        self.one.clicked.connect(self._on_one)
        self.every.clicked.connect(self._on_every)
        self.table.chosen.connect(self._finding.go_to)
        self._finding.changed.connect(self._on_changed)
        self._session.textgrid_changed.connect(self._on_textgrid)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self._on_changed()

    def start(self) -> None:
        """Put the keyboard into the field, over what was looked for last."""
        self.text.selectAll()
        self.text.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return in a field goes on."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if self.replacement.hasFocus() and not back:
                self._on_one()
                return
            if self.text.hasFocus():
                self._finding.next(back)
                return
        super().keyPressEvent(event)

    def _on_query(self) -> None:
        text, mode = self.text.text(), self.mode.currentData()
        if not text and mode != "whole":
            self._finding.set_query(None)
            return
        actions = self.tiers.menu().actions()[2:]
        chosen = tuple(at for at, action in enumerate(actions) if action.isChecked())
        tiers = None if len(chosen) == len(actions) else chosen
        self._finding.set_query(Query(text, mode, self.match_case.isChecked(), tiers))

    def _on_previous(self) -> None:
        self._finding.next(backwards=True)

    def _on_next(self) -> None:
        self._finding.next()

    def _on_one(self) -> None:
        self._finding.replace_one(self.replacement.text())

    def _on_every(self) -> None:
        self._finding.replace_all(self.replacement.text())

    def _on_changed(self) -> None:
        finding = self._finding
        self._model.set_rows(finding.hits)
        self.table.show_row(finding.current_row)
        self.sentence.setText(finding.sentence)
        colour = self._theme.disagree if finding.is_wrong else self._theme.ink
        self.sentence.setStyleSheet(f"color: {colour};")
        for button in (self.one, self.every, self.previous, self.next):
            button.setEnabled(bool(finding.hits))

    def _on_textgrid(self) -> None:
        textgrid = self._session.textgrid
        names = () if textgrid is None else tuple(tier.name for tier in textgrid.tiers)
        if names == self._tier_names:
            return
        self._tier_names = names
        menu = self.tiers.menu()
        menu.clear()
        menu.addAction(tr("All tiers")).triggered.connect(self._on_all_tiers)
        menu.addSeparator()
        for number, name in enumerate(names, 1):
            action = menu.addAction(f"{number} {name}".replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(True)
            action.toggled.connect(self._on_tier)
        self._on_tier()

    def _on_all_tiers(self) -> None:
        for action in self.tiers.menu().actions()[2:]:
            action.setChecked(True)

    def _on_tier(self) -> None:
        actions = self.tiers.menu().actions()[2:]
        chosen = [action.text() for action in actions if action.isChecked()]
        if len(chosen) == len(actions):
            self.tiers.setText(tr("In all tiers"))
        else:
            self.tiers.setText(tr("In ") + ", ".join(chosen) if chosen else tr("In no tier"))
        self._on_query()

    def _cell(self, hit: Hit, column: int) -> str:
        if column == 0:
            return f"{hit.tmin_s:.3f}"
        names = self._tier_names or ()
        if column == 1:
            return names[hit.tier] if hit.tier < len(names) else ""
        return display_label(hit.label)


def _field(name: str, placeholder: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setPlaceholderText(placeholder)
    field.setClearButtonEnabled(True)
    field.setFont(ipa_font(max(field.font().pointSizeF(), 9.0)))
    return field


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setAutoDefault(False)
    # By the mouse too, on every system: so a label that is being typed is in the TextGrid before.
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if len(text) == 1:
        button.setMaximumWidth(32)
    return button
