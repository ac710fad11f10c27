"""Every action of the window in one table; menus, shortcuts and palette are made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from vowelscope.core.translation import tr
from vowelscope.ui.action_row import ActionRow
from vowelscope.ui.action_row import row as _row
from vowelscope.ui.beside_rows import BESIDE_ROWS, OPEN_BESIDE_ROW
from vowelscope.ui.ceiling_rows import CEILING_ROWS
from vowelscope.ui.explain_rows import EXPLAIN_ROWS
from vowelscope.ui.grid_rows import GRID_ROWS
from vowelscope.ui.measure_rows import MEASURE_ROWS
from vowelscope.ui.play_rows import PLAY_ROWS, RECORD_ROW
from vowelscope.ui.repair_rows import REPAIR_ROWS
from vowelscope.ui.splice_rows import SPLICE_ROWS
from vowelscope.ui.training_rows import TRAINING_ROWS
from vowelscope.ui.view_rows import VIEW_ROWS

__all__ = ["MENUS", "TABLE", "ActionRow", "fill_menus", "make_actions"]


TABLE: tuple[ActionRow, ...] = (
    _row("file.open", "&Open recording…", "&File", "Ctrl+Shift+O"),
    _row("file.open_textgrid", "Open &TextGrid…", "&File", "Ctrl+Alt+O"),
    OPEN_BESIDE_ROW,
    _row("file.demo", "Open the sa&mple", "&File"),
    RECORD_ROW,
    _row("file.save", "&Save TextGrid", "&File", "Ctrl+S", separated=True),
    _row("file.save_as", "Save TextGrid &as…", "&File", "Ctrl+Shift+S"),
    _row("file.backups", "Show &backups…", "&File"),
    _row("extract.selection", "E&xtract selection…", "&File"),
    *SPLICE_ROWS,
    _row("figure.ask", "Export &figure…", "&File", "Ctrl+Alt+E"),
    _row("file.close", "&Close window", "&File", "Ctrl+W", separated=True),
    _row("file.quit", "&Quit", "&File", "Ctrl+Q"),
    _row("edit.undo", "&Undo", "&Edit", "Ctrl+Z"),
    _row("edit.redo", "&Redo", "&Edit", "Ctrl+Y", "Ctrl+Shift+Z"),
    _row("edit.label", "Edit &label", "&Edit", "Ctrl+E", separated=True),
    _row("symbol.pick", "Phonetic s&ymbol…", "&Edit", "Ctrl+Shift+I"),
    _row("labels.cut", "Cu&t labels", "&Edit", "Ctrl+X", editor_only=True, separated=True),
    _row("labels.copy", "&Copy labels", "&Edit", "Ctrl+C", editor_only=True),
    _row("labels.paste", "&Paste labels", "&Edit", "Ctrl+V", editor_only=True),
    _row("find.open", "&Find and replace…", "&Edit", "Ctrl+F", separated=True),
    _row("find.next", "Find &next", "&Edit", "Ctrl+G"),
    _row("find.previous", "Find pre&vious", "&Edit", "Ctrl+Shift+G"),
    _row("checks.show", "Chec&k list", "&Edit", "Ctrl+Shift+L", separated=True),
    _row("checks.next", "Next finding", "&Edit", "F9"),
    _row("checks.previous", "Previous finding", "&Edit", "Shift+F9"),
    _row(
        "correct.mode",
        "Correct&ion mode",
        "&Edit",
        "Ctrl+Shift+C",
        checkable=True,
        separated=True,
    ),
    _row("correct.options", "Options of the correction mode", "&Edit"),
    _row("correct.next", "Confirm and go on", "&Edit", "Alt+Return", "Alt+Enter"),
    _row("correct.previous", "Go back", "&Edit", "Alt+Shift+Return", "Alt+Shift+Enter"),
    _row(
        "correct.take_model",
        "Take the &model's label into the corrections",
        "&Edit",
        "Ctrl+Shift+Return",
        "Ctrl+Shift+Enter",
    ),
    _row("queue.show", "&Queue by the model's doubt", "&Edit", "Ctrl+Shift+D"),
    _row("queue.next", "Next in the queue", "&Edit", "Ctrl+Shift+N"),
    _row("queue.previous", "Previous in the queue", "&Edit", "Ctrl+Shift+B"),
    _row("preferences.show", "Pref&erences…", "&Edit", "Ctrl+Alt+S", separated=True),
    _row("view.all", "Show &all", "&View", "Ctrl+A"),
    _row("view.zoom_in", "Zoom &in", "&View", "Ctrl+I"),
    _row("view.zoom_out", "Zoom &out", "&View", "Ctrl+O"),
    _row("view.to_selection", "Zoom to &selection", "&View", "Ctrl+N"),
    _row("view.back", "Zoom &back", "&View", "Ctrl+B"),
    _row("view.page_back", "Scroll page back", "&View", "PgUp", editor_only=True, separated=True),
    _row("view.page_forward", "Scroll page forward", "&View", "PgDown", editor_only=True),
    _row("show.cam", "Class activation &map", "&View", checkable=True, separated=True),
    _row("show.formants", "&Formants", "&View", checkable=True),
    _row("show.pitch", "&Pitch", "&View", checkable=True),
    _row("show.intensity", "I&ntensity", "&View", checkable=True),
    _row("show.pulses", "P&ulses", "&View", checkable=True),
    _row(
        "show.model_range",
        "Frequency axis as the model's",
        "&View",
        "Ctrl+Shift+F",
        checkable=True,
        separated=True,
    ),
    _row("show.theme_system", "Colours of the s&ystem", "&View", checkable=True, separated=True),
    _row("show.theme_light", "&Light colours", "&View", checkable=True),
    _row("show.theme_dark", "&Dark colours", "&View", checkable=True),
    _row("panels.reset", "Put all panels bac&k", "&View", separated=True),
    _row("select.earlier", "Select &earlier", "&Select", "Up", editor_only=True),
    _row("select.later", "Select &later", "&Select", "Down", editor_only=True),
    _row(
        "select.start_earlier",
        "Move start of selection earlier",
        "&Select",
        "Shift+Up",
        editor_only=True,
    ),
    _row(
        "select.start_later",
        "Move start of selection later",
        "&Select",
        "Shift+Down",
        editor_only=True,
    ),
    _row(
        "select.end_earlier",
        "Move end of selection earlier",
        "&Select",
        "Ctrl+Up",
        editor_only=True,
    ),
    _row(
        "select.end_later", "Move end of selection later", "&Select", "Ctrl+Down", editor_only=True
    ),
    _row(
        "select.previous_interval",
        "&Previous interval",
        "&Select",
        "Alt+Left",
        editor_only=True,
        separated=True,
    ),
    _row("select.next_interval", "&Next interval", "&Select", "Alt+Right", editor_only=True),
    _row("select.previous_tier", "Previous &tier", "&Select", "Alt+Up", editor_only=True),
    _row("select.next_tier", "Next t&ier", "&Select", "Alt+Down", editor_only=True),
    _row("go.next_empty", "Next empt&y interval", "&Select", "Ctrl+J", separated=True),
    _row("go.previous_empty", "Previous empty interval", "&Select", "Ctrl+Shift+J"),
    _row("go.next_token", "Next &vowel of the model's classes", "&Select", "Ctrl+T"),
    _row("go.previous_token", "Previous vowel of the model's classes", "&Select", "Ctrl+Shift+T"),
    _row("go.next_same", "Next of the sa&me class", "&Select", "Ctrl+R"),
    _row("go.previous_same", "Previous of the same class", "&Select", "Ctrl+Shift+R"),
    _row(
        "window.switch_pane",
        "Keyboard to editor or inspector",
        "&Select",
        "Ctrl+Tab",
        separated=True,
    ),
    *PLAY_ROWS,
    _row("query.f1", "Get &first formant", "&Query", "F1", editor_only=True),
    _row("query.f2", "Get &second formant", "&Query", "F2", editor_only=True),
    _row("query.f3", "Get &third formant", "&Query", "F3", editor_only=True),
    _row("query.f4", "Get f&ourth formant", "&Query", "F4", editor_only=True),
    _row("query.pitch", "Get &pitch", "&Query", "F5", editor_only=True),
    _row("query.cursor", "Get &cursor", "&Query", "F6", editor_only=True),
    _row("query.intensity", "Get &intensity", "&Query", "F8", editor_only=True),
    _row("query.pulses", "Get &number of pulses", "&Query"),
    *MEASURE_ROWS,
    *EXPLAIN_ROWS,
    *REPAIR_ROWS,
    *CEILING_ROWS,
    *VIEW_ROWS,
    *BESIDE_ROWS,
    *GRID_ROWS,
    *TRAINING_ROWS,
    _row("keys.sheet", "&Keys…", "&Help", "Shift+F1", outside=("F1",)),
    _row("window.palette_of_actions", "Find an &action…", "&Help", "Ctrl+Shift+P"),
    _row("window.about", "A&bout vowelscope", "&Help"),
)
"""In the order of the menus."""

MENUS = (
    "&File",
    "&Edit",
    "&View",
    "&Select",
    "&Play",
    "&Query",
    "&Interval",
    "&Boundary",
    "&Tier",
    "T&raining",
    "&Help",
)


def make_actions(
    window: QWidget, editor: QWidget, verbs: Mapping[str, object]
) -> dict[str, QAction]:
    """The actions of `TABLE`, connected.

    Parameters
    ----------
    editor
        The widget in which the keys of `editor_only` actions count.
    verbs
        For each group of ids, the object whose methods do it.
    """
    made: dict[str, QAction] = {}
    for row in TABLE:
        action = QAction(tr(row.text), window)
        action.setObjectName(row.id)
        action.setShortcuts([QKeySequence(key) for key in row.keys])
        action.setCheckable(row.checkable)
        if row.editor_only:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            editor.addAction(action)
        else:
            window.addAction(action)
        group, verb = row.id.split(".")
        verb, _, number = verb.partition(":")
        method = getattr(verbs[group], verb)
        if number:
            method = _Numbered(action, method, int(number)).do
        action.triggered.connect(method)
        made[row.id] = action
    return made


def fill_menus(bar: QMenuBar, actions: Mapping[str, QAction]) -> dict[str, QMenu]:
    """Make the menus of `TABLE` on a menu bar; gives them by their English titles."""
    menus = {title: bar.addMenu(tr(title)) for title in MENUS}
    for row in TABLE:
        menu = menus[row.menu]
        if row.submenu:
            inner = f"{row.menu} {row.submenu}"
            if inner not in menus:
                menus[inner] = menu.addMenu(tr(row.submenu))
            menu = menus[inner]
        if row.separated:
            menu.addSeparator()
        menu.addAction(actions[row.id])
    return menus


class _Numbered(QObject):
    """Lives as long as an action and does its verb with its number."""

    def __init__(self, action: QAction, method: Callable[[int], None], number: int) -> None:
        super().__init__(action)
        self._method = method
        self._number = number

    def do(self) -> None:
        self._method(self._number)
