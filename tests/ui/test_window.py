from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from vowelscope.app.session import MapChoice
from vowelscope.app.workbench import Workbench
from vowelscope.core.features import FeatureSpec
from vowelscope.core.passages import Selection
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.textgrid_io import read_textgrid
from vowelscope.explain.card import ModelCard
from vowelscope.explain.model import save_model
from vowelscope.ui.main_window import MainWindow
from vowelscope.ui.timeline import LEFT_PX, x_at

CLASSES = ("i", "æ", "ɝ", "ɑ", "u")


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ResNet-18 with random weights."""
    from vowelscope.explain.resnet import state_shapes

    rng = np.random.default_rng(5)
    state = {}
    for name, shape in state_shapes("resnet18", len(CLASSES)).items():
        if name.endswith("running_var") or (name.endswith("weight") and len(shape) == 1):
            state[name] = np.ones(shape, np.float32)
        elif len(shape) >= 2:
            fan_in = int(np.prod(shape[1:]))
            state[name] = rng.normal(0, np.sqrt(2 / fan_in), shape).astype(np.float32)
        else:
            state[name] = np.zeros(shape, np.float32)
    folder = tmp_path_factory.mktemp("model")
    card = ModelCard("random", "resnet18", CLASSES, "vowels5", FeatureSpec())
    save_model(folder, state, card)
    return folder


@pytest.fixture
def window(qtbot: QtBot, model_folder: Path) -> Iterator[MainWindow]:
    window = MainWindow(Workbench(model_folder))
    window.resize(1200, 800)
    window.show()
    yield window
    window.session.undo_stack.setClean()
    window.close()
    window.deleteLater()


@pytest.fixture
def opened(window: MainWindow, speech: object, qtbot: QtBot) -> MainWindow:
    with qtbot.waitSignal(window.bench.opened, timeout=20_000):
        window.bench.open(speech.wav)  # type: ignore[attr-defined]
    return window


def vowel(window: MainWindow) -> tuple[int, int]:
    """The tier of phones and the index of an iy in it."""
    textgrid = window.session.textgrid
    assert textgrid is not None
    tier_index = textgrid.tier_index("phones")
    assert tier_index is not None
    tier = textgrid.tiers[tier_index]
    assert isinstance(tier, IntervalTier)
    index = next(i for i, x in enumerate(tier.intervals) if x.text.lower().startswith("iy"))
    return tier_index, index


def click_interval(window: MainWindow, qtbot: QtBot, tier_index: int, index: int) -> None:
    textgrid = window.session.textgrid
    assert textgrid is not None
    tier = textgrid.tiers[tier_index]
    assert isinstance(tier, IntervalTier)
    row = window.tiers.row_rect(tier_index)
    x = x_at(window.session, window.tiers.width(), tier.intervals[index].midpoint_s)
    place = QPoint(round(x), round(row.center().y()))
    qtbot.mouseClick(window.tiers, Qt.MouseButton.LeftButton, pos=place)


def explain_vowel(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(
        window.session.explanation_changed,
        timeout=60_000,
        check_params_cb=lambda: window.session.explanation is not None,
    ):
        click_interval(window, qtbot, *vowel(window))


def test_click_on_an_interval_selects_explains_and_places_the_map(
    opened: MainWindow, qtbot: QtBot
) -> None:
    explain_vowel(opened, qtbot)
    session = opened.session
    interval, explanation = session.selected_interval, session.explanation
    assert interval is not None and explanation is not None
    assert session.selection == (interval.tmin_s, interval.tmax_s)
    assert (explanation.tmin_s, explanation.tmax_s) == session.selection
    # The image's rectangle, in seconds and Hz, is the one that the model saw.
    image = opened.overlay.image
    assert image.isVisible()
    area = image.mapRectToParent(image.boundingRect())
    assert area.left() == pytest.approx(explanation.time_edges_s[0])
    assert area.right() == pytest.approx(explanation.time_edges_s[-1])
    assert area.top() == pytest.approx(0.0)
    assert area.bottom() == pytest.approx(8000.0)
    middle_s = 0.5 * (interval.tmin_s + interval.tmax_s)
    assert area.center().x() == pytest.approx(middle_s)
    # Row 0 of the image is the lowest frequency, so the top of the map is the top of the picture.
    held = session.shown_map()
    assert held is not None
    strongest = np.unravel_index(np.argmax(np.abs(held[1])), held[1].shape)
    assert image.image[strongest][3] == image.image[..., 3].max()
    assert "agree" in opened.inspector.agreement.text()
    assert "/i/" in opened.inspector.bars.accessibleDescription() or (
        "i " in opened.inspector.bars.accessibleDescription()
    )


def test_another_map_needs_no_new_forward_pass(
    opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    explain_vowel(opened, qtbot)
    session, chooser = opened.session, opened.inspector.chooser
    explanation = session.explanation
    assert explanation is not None
    passes: list[object] = []
    monkeypatch.setattr(opened.bench.explaining, "explain", lambda *args: passes.append(args))
    chooser.whose.setCurrentIndex(chooser.whose.findData("u"))
    chooser.whose.activated.emit(chooser.whose.currentIndex())
    assert session.map_choice == MapChoice("class", "u")
    one = opened.overlay.image.image.copy()
    chooser.against.setCurrentIndex(chooser.against.findData("i"))
    chooser.against.activated.emit(chooser.against.currentIndex())
    assert session.map_choice == MapChoice("contrast", "u", "i")
    title, values = session.shown_map() or ("", np.zeros(0))
    assert title == "/u/ − /i/"
    np.testing.assert_allclose(values, explanation.map_of("u") - explanation.map_of("i"))
    assert not np.array_equal(one, opened.overlay.image.image)
    qtbot.wait(50)
    assert session.explanation is explanation and passes == []


def test_the_views_share_one_time_axis(opened: MainWindow, qtbot: QtBot) -> None:
    opened.session.set_view(0.5, 1.5)
    qtbot.wait(50)
    for plot in (opened.waveform, opened.spectrogram):
        at = plot.box.mapViewToScene(QPointF(1.0, 0.0)).x()
        assert at == pytest.approx(x_at(opened.session, plot.width(), 1.0), abs=1.0)
    assert opened.waveform.width() == opened.tiers.width() == opened.spectrogram.width()


def test_mouse_sets_cursor_drags_and_extends(opened: MainWindow, qtbot: QtBot) -> None:
    session = opened.session
    session.set_view(0.0, 2.0)
    plot: QWidget = opened.waveform.viewport()
    y = plot.height() // 2

    def place(time_s: float) -> QPoint:
        return QPoint(round(x_at(session, plot.width(), time_s)), y)

    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(plot, left, pos=place(0.5))
    assert session.cursor_s == pytest.approx(0.5, abs=0.003)
    assert session.selection is None
    qtbot.mousePress(plot, left, pos=place(1.0))
    for at_s in (1.2, 1.5):
        qtbot.mouseMove(plot, place(at_s))
    qtbot.mouseRelease(plot, left, pos=place(1.5))
    assert session.selection == pytest.approx((1.0, 1.5), abs=0.004)
    qtbot.mouseClick(plot, left, Qt.KeyboardModifier.ShiftModifier, place(1.8))
    assert session.selection == pytest.approx((1.0, 1.8), abs=0.004)
    qtbot.mouseClick(plot, left, Qt.KeyboardModifier.ShiftModifier, place(0.9))
    assert session.selection == pytest.approx((0.9, 1.8), abs=0.004)


def test_click_in_the_spectrogram_reads_the_frequency(opened: MainWindow, qtbot: QtBot) -> None:
    viewport = opened.spectrogram.viewport()
    place = QPoint(LEFT_PX + 100, viewport.height() // 4)
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert opened.spectrogram.frequency_hz == pytest.approx(3750, abs=60)


def test_the_image_covers_the_view_at_its_own_times(opened: MainWindow, qtbot: QtBot) -> None:
    opened.session.set_view(0.5, 1.0)
    qtbot.waitUntil(lambda: opened.spectrogram.is_ready, timeout=20_000)
    image = opened.spectrogram.image
    area = image.mapRectToParent(image.boundingRect())
    assert area.left() <= 0.5 and area.right() >= 1.0
    assert (area.top(), area.bottom()) == pytest.approx((0.0, 5000.0))
    assert np.isfinite(image.image).all()


def test_praats_keys(opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    session, editor = opened.session, opened.editor
    played: list[tuple[float, float]] = []
    player = opened.bench.player

    def play(passage: Selection, _again: bool) -> int:
        played.append((passage.start_s, passage.stop_s))
        return len(played)

    monkeypatch.setattr(player, "play_passage", play)
    control, alt = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
    opened.activateWindow()
    editor.setFocus()
    duration_s = session.domain[1]
    session.set_view(0.0, 2.0)
    qtbot.keyClick(editor, Qt.Key.Key_I, control)
    assert session.view == pytest.approx((0.5, 1.5))
    qtbot.keyClick(editor, Qt.Key.Key_B, control)
    assert session.view == pytest.approx((0.0, 2.0))
    qtbot.keyClick(editor, Qt.Key.Key_A, control)
    assert session.view == pytest.approx((0.0, duration_s))
    session.select_times(0.6, 0.9)
    qtbot.keyClick(editor, Qt.Key.Key_N, control)
    assert session.view == pytest.approx((0.6, 0.9))
    qtbot.keyClick(editor, Qt.Key.Key_O, control)
    assert session.view == pytest.approx((0.45, 1.05))
    qtbot.keyClick(editor, Qt.Key.Key_PageDown)
    assert session.view == pytest.approx((0.93, 1.53))
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert played == [(0.6, 0.9)]
    qtbot.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert played[1] == pytest.approx((0.93, 1.53))
    tier_index, index = vowel(opened)
    session.select_item(tier_index, index)
    qtbot.keyClick(editor, Qt.Key.Key_Right, alt)
    assert session.item_index == index + 1
    qtbot.keyClick(editor, Qt.Key.Key_Left, alt)
    assert session.item_index == index
    qtbot.keyClick(editor, Qt.Key.Key_Up, alt)
    assert session.tier_index == tier_index - 1


def test_typing_a_label_plays_and_edits_nothing_else(
    opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened.session
    tier_index, index = vowel(opened)
    played: list[object] = []
    monkeypatch.setattr(opened.bench.player, "play_passage", lambda *args: played.append(args))
    session.select_item(tier_index, index)
    view = session.view
    count = session.undo_stack.count()
    opened.activateWindow()
    opened.actions_by_id["edit.label"].trigger()
    field = opened.label_bar.field
    qtbot.keyClicks(field, "a i+b ")
    assert played == [] and session.view == view
    assert field.text() == "a i+b "
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.selected_label == "a i+b "
    assert session.undo_stack.count() == count + 1
    assert opened.editor.hasFocus()


def test_moving_on_keeps_what_was_typed(opened: MainWindow, qtbot: QtBot) -> None:
    session = opened.session
    tier_index, index = vowel(opened)
    session.select_item(tier_index, index)
    opened.activateWindow()
    opened.actions_by_id["edit.label"].trigger()
    qtbot.keyClicks(opened.label_bar.field, "new")
    qtbot.keyClick(opened.label_bar.field, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert session.item_index == index + 1
    assert session.textgrid is not None
    tier = session.textgrid.tiers[tier_index]
    assert isinstance(tier, IntervalTier)
    assert tier.intervals[index].text == "new"
    assert opened.label_bar.field.text() == tier.intervals[index + 1].text


def test_boundary_save_and_the_mark_in_the_title(opened: MainWindow, qtbot: QtBot) -> None:
    session, editor = opened.session, opened.editor
    assert session.document is not None and session.textgrid is not None
    tier_index, index = vowel(opened)
    before = session.textgrid
    session.select_item(tier_index, index)
    interval = session.selected_interval
    assert interval is not None
    session.set_cursor(interval.midpoint_s)
    opened.activateWindow()
    editor.setFocus()
    assert not opened.isWindowModified()
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert opened.isWindowModified()
    assert session.selection == (interval.midpoint_s, interval.tmax_s)
    qtbot.keyClick(editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not opened.isWindowModified(), timeout=10_000)
    assert read_textgrid(session.document.path).textgrid == session.textgrid != before
    qtbot.keyClick(editor, Qt.Key.Key_Backspace, Qt.KeyboardModifier.AltModifier)
    assert session.textgrid == before
    assert opened.isWindowModified()
    qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.textgrid == before


def test_bad_input_leaves_the_old_state_with_a_sentence(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    bad = tmp_path / "notes.wav"
    bad.write_text("no sound")
    session = opened.session
    before = (session.recording, session.textgrid)
    with qtbot.waitSignal(opened.bench.opened, timeout=10_000):
        drop(opened, bad)
    assert (session.recording, session.textgrid) == before
    assert "notes.wav" in opened.notice.text.text()
    assert "Traceback" not in opened.notice.text.text()
    assert opened.notice.isVisible()
    assert "notes.wav" in opened.statusBar().currentMessage()


def test_dropped_files_open_and_are_remembered(
    window: MainWindow, speech: object, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.bench.opened, timeout=20_000):
        drop(window, speech.wav, speech.textgrid)  # type: ignore[attr-defined]
    assert "speech.wav" in window.windowTitle()
    assert window.bench.settings.recent[0].audio.endswith("speech.wav")
    window.file_verbs.recent.aboutToShow.emit()
    assert window.file_verbs.recent.actions()[0].text().endswith("speech.wav")


def drop(window: MainWindow, *paths: Path) -> None:
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(50, 50), action, files, button, none))


def test_every_widget_that_takes_the_keyboard_has_a_name(opened: MainWindow) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QLineEdit

    for kind in (QLineEdit, QComboBox, QAbstractSlider, QAbstractButton):
        for widget in opened.centralWidget().findChildren(kind):
            if widget.isVisible() and widget.parent() is not None:
                name = widget.accessibleName() or widget.objectName()
                assert name, f"{widget} has no name"


def test_no_two_actions_share_a_key() -> None:
    from vowelscope.ui.actions import TABLE

    keys = [key for row in TABLE for key in row.keys]
    assert len(keys) == len(set(keys))
    assert len({row.id for row in TABLE}) == len(TABLE)
