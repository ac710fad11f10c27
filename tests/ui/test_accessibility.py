"""Every widget that can have the keyboard: named, reached by Tab, seen to have it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QMenu,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from vowelscope.ui.main_window import MainWindow

_SMALLEST_SCREEN = (1280, 800)
"""In logical pixels: 3840 × 2400 at 300 %."""

DIALOGS = (
    "record.open",
    "figure.ask",
    "preferences.show",
    "keys.sheet",
    "window.palette_of_actions",
    "symbol.pick",
    "play.band",
    "play.share",
    "sound.spectrogram",
    "sound.formants",
    "sound.pitch",
    "sound.intensity",
    "sound.pulses",
    "slice.show",
    "maximise.show",
    "log.columns",
    "span.select",
    "span.cursor_to",
    "tier.add_interval",
    "tier.duplicate",
    "tier.rename",
    "tier.shift_times",
    "tier.scale_times",
    "training.new",
    "models.show",
    "window.about",
)


def takes_keyboard(widget: QWidget) -> bool:
    return widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible()


def takes_tab(widget: QWidget) -> bool:
    by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(by_tab) and widget.isVisible() and widget.isEnabled() and not widget.focusProxy()


def inside(root: QWidget) -> list[QWidget]:
    return [root, *root.findChildren(QWidget)]


def name_of(widget: QWidget) -> str:
    face = QAccessible.queryAccessibleInterface(widget)
    return "" if face is None else face.text(QAccessible.Text.Name).strip()


def describe(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else widget.objectName()
    return f"{type(widget).__name__} {text!r} in {type(widget.parent()).__name__}"


def nameless(root: QWidget) -> list[str]:
    """Widgets that a screen reader could not name; the line within a box has the box's name."""
    return [
        describe(widget)
        for widget in inside(root)
        if takes_keyboard(widget) and not name_of(widget) and not _is_line_of_box(widget)
    ]


def _is_line_of_box(widget: QWidget) -> bool:
    """The line within a box of choices or numbers: it has the box's name and place."""
    return isinstance(widget.parent(), QComboBox | QAbstractSpinBox)


def reached_by_tab(root: QWidget, qtbot: QtBot) -> set[QWidget]:
    """Where the keyboard goes from the first widget of a window on."""
    found: set[QWidget] = set()
    for _ in range(400):
        widget = QApplication.focusWidget()
        if widget is None or widget in found:
            break
        found.add(widget)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    return found


def looks(widget: QWidget) -> QImage:
    return widget.grab().toImage()


@pytest.fixture
def shown(
    request: pytest.FixtureRequest, grid_window: MainWindow, qtbot: QtBot
) -> Iterator[QWidget]:
    """The dialog of an action, over a selected interval."""
    grid_window.session.select_item(0, 0)
    grid_window.actions_by_id[request.param].trigger()

    def dialogs() -> list[QWidget]:
        return [
            widget
            for widget in QApplication.topLevelWidgets()
            if widget.isVisible() and widget is not grid_window and not isinstance(widget, QMenu)
        ]

    qtbot.waitUntil(lambda: len(dialogs()) == 1, timeout=10_000)
    (dialog,) = dialogs()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow, timeout=10_000)
    yield dialog
    dialog.close()
    for dock in grid_window.findChildren(QDockWidget):
        if dock.objectName() != "inspector":
            dock.hide()
    qtbot.waitUntil(lambda: not dialogs(), timeout=10_000)


@pytest.mark.parametrize("shown", DIALOGS, indirect=True)
def test_each_widget_of_a_dialog_has_a_name_and_the_dialog_fits(shown: QWidget) -> None:
    assert nameless(shown) == []
    assert shown.windowTitle()
    least = shown.minimumSizeHint().expandedTo(shown.minimumSize())
    assert least.width() <= _SMALLEST_SCREEN[0] and least.height() <= _SMALLEST_SCREEN[1]
    assert shown.width() <= _SMALLEST_SCREEN[0] and shown.height() <= _SMALLEST_SCREEN[1]


@pytest.mark.parametrize("shown", [name for name in DIALOGS if name != "slice.show"], indirect=True)
def test_tab_reaches_each_widget_of_a_dialog(shown: QWidget, qtbot: QtBot) -> None:
    first = shown.focusWidget() or next(filter(takes_tab, inside(shown)))
    first.setFocus(Qt.FocusReason.TabFocusReason)
    found = reached_by_tab(shown, qtbot)
    missed = [
        describe(widget)
        for widget in inside(shown)
        # Arrows go on within a group of radio buttons.
        if takes_tab(widget)
        and widget not in found
        and not isinstance(widget, QRadioButton)
        and widget.window() is shown
        and not _is_line_of_box(widget)
    ]
    assert missed == []


@pytest.mark.parametrize("shown", DIALOGS, indirect=True)
def test_it_is_seen_which_widget_of_a_dialog_has_the_keyboard(
    shown: QWidget, grid_window: MainWindow
) -> None:
    unseen = []
    for widget in inside(shown):
        if not takes_tab(widget) or widget.window() is not shown or widget is shown:
            continue
        widget.clearFocus()
        # As by a key: with the mouse at work, no ring is drawn.
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if QApplication.focusWidget() is not widget:
            continue
        ringed, with_it = grid_window.tools.ring.around is widget, looks(widget)
        widget.clearFocus()
        assert grid_window.tools.ring.around is not widget
        if not ringed and looks(widget) == with_it:
            unseen.append(describe(widget))
    assert unseen == []


def test_each_widget_of_the_window_has_a_name(grid_window: MainWindow) -> None:
    grid_window.session.select_item(0, 0)
    docks = grid_window.findChildren(QDockWidget)
    for dock in docks:
        dock.show()
        dock.raise_()
        QApplication.processEvents()
        assert nameless(dock) == [], dock.windowTitle()
    assert nameless(grid_window) == []
    for dock in docks:
        if dock.objectName() != "inspector":
            dock.hide()


def test_tab_reaches_each_widget_of_a_panel(grid_window: MainWindow, qtbot: QtBot) -> None:
    for dock in grid_window.findChildren(QDockWidget):
        dock.show()
        dock.raise_()
        QApplication.processEvents()
        wanted = [widget for widget in inside(dock.widget()) if takes_tab(widget)]
        if not wanted:
            continue
        wanted[0].setFocus(Qt.FocusReason.TabFocusReason)
        found = reached_by_tab(grid_window, qtbot)
        missed = [
            describe(widget)
            for widget in wanted
            if widget not in found
            and not isinstance(widget, QRadioButton)
            and not _is_line_of_box(widget)
        ]
        assert missed == [], dock.windowTitle()
        if dock.objectName() != "inspector":
            dock.hide()


def test_the_window_fits_a_small_screen(grid_window: MainWindow) -> None:
    least = grid_window.minimumSizeHint()
    assert least.width() <= _SMALLEST_SCREEN[0] and least.height() <= _SMALLEST_SCREEN[1]


@pytest.mark.parametrize("scale", ["1.5", "3"])
def test_the_window_can_be_drawn_larger(scale: str, tmp_path: object) -> None:
    picture = f"{tmp_path}/window.png"
    program = (sys.executable, "-m", "vowelscope")
    done = subprocess.run(
        [*program, "open", "--demo", "--size", "1280x800", "--screenshot", picture],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    image = QImage(picture)
    assert image.width() == round(1280 * float(scale))
    assert image.height() == round(800 * float(scale))
