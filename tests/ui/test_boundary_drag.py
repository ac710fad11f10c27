from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vowelscope.app.session import Session
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid
from vowelscope.ui.boundary_drag import GRAB_PX
from vowelscope.ui.tiers import TiersView
from vowelscope.ui.timeline import LEFT_PX, RIGHT_PX, time_at, x_at

# 1,000 px for 1 s: a pixel is a millisecond.
WIDTH = 1000 + LEFT_PX + RIGHT_PX
WORDS, PHONES, TONES = 0, 1, 2
NONE, SHIFT, ALT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)
GRID = TextGrid(
    0.0,
    1.0,
    (
        IntervalTier("words", 0.0, 1.0, (Interval(0.0, 0.4, "one"), Interval(0.4, 1.0, "two"))),
        IntervalTier(
            "phones",
            0.0,
            1.0,
            (Interval(0.0, 0.2, "w"), Interval(0.2, 0.4, "n"), Interval(0.4, 1.0, "t")),
        ),
        PointTier("tones", 0.0, 1.0, (Point(0.4, "H*"), Point(0.7, "L%"))),
    ),
)


@pytest.fixture
def session(qtbot: QtBot, tone_wav: Callable[..., Path]) -> Session:
    wav = tone_wav(duration_s=1.0)
    write_textgrid(wav.with_suffix(".TextGrid"), GRID)
    session = Session()
    session.open(wav)
    return session


@pytest.fixture
def view(session: Session, qtbot: QtBot) -> TiersView:
    view = TiersView(session)
    qtbot.addWidget(view)
    view.resize(WIDTH, 150)
    view.show()
    return view


class Mouse:
    """Presses, moves and lets go over one tier, at times in seconds."""

    def __init__(self, qtbot: QtBot, view: TiersView, session: Session, tier: int) -> None:
        self.qtbot, self.view, self.session, self.tier = qtbot, view, session, tier

    def place(self, time_s: float) -> QPoint:
        y = self.view.row_rect(self.tier).center().y()
        return QPoint(round(x_at(self.session, self.view.width(), time_s)), round(y))

    def press(self, time_s: float, modifier: Qt.KeyboardModifier = NONE) -> None:
        left = Qt.MouseButton.LeftButton
        self.qtbot.mousePress(self.view, left, modifier, self.place(time_s))

    def move(self, time_s: float, modifier: Qt.KeyboardModifier = NONE) -> None:
        # QTest.mouseMove knows no button and no modifier, so that the event is sent as it is.
        from PySide6.QtCore import QEvent, QPointF
        from PySide6.QtGui import QMouseEvent

        place = QPointF(self.place(time_s))
        left = Qt.MouseButton.LeftButton
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            self.view.mapToGlobal(place),
            Qt.MouseButton.NoButton,
            left,
            modifier,
        )
        QApplication.sendEvent(self.view, event)

    def release(self, time_s: float, modifier: Qt.KeyboardModifier = NONE) -> None:
        left = Qt.MouseButton.LeftButton
        self.qtbot.mouseRelease(self.view, left, modifier, self.place(time_s))

    def drag(
        self, from_s: float, to_s: float, modifier: Qt.KeyboardModifier = NONE, after: float = 0.0
    ) -> None:
        self.press(from_s, modifier)
        self.move(0.5 * (from_s + to_s), modifier)
        self.move(to_s, modifier)
        self.release(to_s + after, modifier)


@pytest.fixture
def on(qtbot: QtBot, view: TiersView, session: Session) -> Callable[[int], Mouse]:
    return lambda tier: Mouse(qtbot, view, session, tier)


def times(session: Session, tier_index: int) -> list[float]:
    assert session.textgrid is not None
    tier = session.textgrid.tiers[tier_index]
    if isinstance(tier, PointTier):
        return [point.time_s for point in tier.points]
    return tier.boundaries_s()


def test_a_boundary_follows_the_mouse_and_only_it(
    session: Session, on: Callable[[int], Mouse]
) -> None:
    on(PHONES).drag(0.2, 0.3)
    assert times(session, PHONES) == pytest.approx([0.3, 0.4], abs=0.0006)
    assert times(session, WORDS) == [0.4]
    assert session.undo_stack.count() == 1
    assert session.undo_stack.undoText() == "Move boundary"
    session.undo_stack.undo()
    assert session.textgrid == GRID


def test_the_zone_to_grab_is_wide_on_both_sides_and_the_boundary_does_not_jump(
    session: Session, view: TiersView, on: Callable[[int], Mouse]
) -> None:
    assert GRAB_PX >= 5
    for side in (-5, 5):
        mouse = on(PHONES)
        start_s = 0.2 + side * 0.001
        mouse.drag(start_s, start_s + 0.05)
        assert times(session, PHONES)[0] == pytest.approx(0.25, abs=0.0011)
        session.undo_stack.undo()
    on(PHONES).drag(0.2 + 0.012, 0.25)
    assert session.textgrid == GRID
    assert session.selection is not None, "a drag beside the boundary selects time"


def test_the_pointer_says_what_can_be_taken(
    session: Session, view: TiersView, on: Callable[[int], Mouse], qtbot: QtBot
) -> None:
    mouse = on(PHONES)
    qtbot.mouseMove(view, mouse.place(0.204))
    assert view.cursor().shape() == Qt.CursorShape.SplitHCursor
    qtbot.mouseMove(view, mouse.place(0.3))
    assert view.cursor().shape() == Qt.CursorShape.ArrowCursor
    session.is_read_only = True
    qtbot.mouseMove(view, mouse.place(0.204))
    assert view.cursor().shape() == Qt.CursorShape.ArrowCursor
    mouse.drag(0.2, 0.3)
    assert session.textgrid == GRID and session.held is None


def test_what_is_seen_during_a_drag_is_not_yet_an_edit(
    session: Session, on: Callable[[int], Mouse]
) -> None:
    mouse = on(PHONES)
    mouse.press(0.2)
    assert session.held is None
    mouse.move(0.25)
    held = session.held
    assert held is not None
    assert held.time_s == pytest.approx(0.25, abs=0.0006)
    assert held.from_s == 0.2 and held.tiers == (PHONES,)
    assert session.textgrid == GRID and not session.is_modified
    mouse.release(0.25)
    assert session.held is None and session.textgrid == held.textgrid


def test_escape_puts_it_back(
    session: Session, view: TiersView, on: Callable[[int], Mouse], qtbot: QtBot
) -> None:
    mouse = on(PHONES)
    mouse.press(0.2)
    mouse.move(0.3)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert session.held is None
    mouse.move(0.35)
    mouse.release(0.35)
    assert session.textgrid == GRID and session.undo_stack.count() == 0
    mouse.drag(0.2, 0.3)
    assert session.textgrid != GRID, "the next drag works"


@pytest.mark.parametrize("modifier", [SHIFT, ALT])
def test_with_shift_or_alt_all_that_stands_at_the_time_moves(
    session: Session, on: Callable[[int], Mouse], modifier: Qt.KeyboardModifier
) -> None:
    on(PHONES).drag(0.4, 0.45, modifier)
    moved_s = times(session, PHONES)[1]
    assert moved_s == pytest.approx(0.45, abs=0.0006)
    assert times(session, WORDS) == [moved_s]
    assert times(session, TONES) == [moved_s, 0.7]
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert session.textgrid == GRID


def test_shift_counts_from_the_moment_it_is_pressed(
    session: Session, view: TiersView, on: Callable[[int], Mouse], qtbot: QtBot
) -> None:
    mouse = on(PHONES)
    mouse.press(0.4)
    mouse.move(0.45)
    assert session.held is not None and session.held.tiers == (PHONES,)
    qtbot.keyPress(view, Qt.Key.Key_Shift)
    assert session.held is not None
    assert set(session.held.tiers) == {WORDS, PHONES, TONES}
    qtbot.keyRelease(view, Qt.Key.Key_Shift)
    assert session.held is not None and session.held.tiers == (PHONES,)
    mouse.release(0.45)
    assert times(session, WORDS) == [0.4]


def test_the_magnet_draws_to_a_boundary_of_another_tier(
    session: Session, on: Callable[[int], Mouse]
) -> None:
    mouse = on(TONES)
    mouse.press(0.7)
    mouse.move(0.6)
    assert session.held is not None and session.held.magnet == ""
    mouse.move(0.5)
    mouse.release(0.5)
    mouse.press(0.5)
    mouse.move(0.45)
    mouse.release(0.45)
    on(WORDS).drag(0.4, times(session, TONES)[1] + 0.004)
    assert times(session, WORDS) == [times(session, TONES)[1]], "exactly, not by a pixel"
    session.undo_stack.undo()
    on(WORDS).drag(0.4, times(session, TONES)[1] + 0.004, CONTROL)
    assert times(session, WORDS)[0] == pytest.approx(0.454, abs=0.0011)
    session.undo_stack.undo()
    session.magnet = False
    on(WORDS).drag(0.4, times(session, TONES)[1] + 0.004)
    assert times(session, WORDS)[0] == pytest.approx(0.454, abs=0.0011)


def test_the_magnet_names_its_tier(session: Session, on: Callable[[int], Mouse]) -> None:
    mouse = on(PHONES)
    mouse.press(0.4)
    mouse.move(0.65)
    mouse.move(0.703)
    assert session.held is not None
    assert (session.held.magnet, session.held.time_s) == ("tones", 0.7)


@pytest.mark.parametrize("to_s", [-0.2, 0.0, 0.05, 0.9])
def test_it_never_passes_a_neighbour(
    session: Session, on: Callable[[int], Mouse], to_s: float
) -> None:
    session.magnet = False
    on(PHONES).drag(0.2, to_s)
    first, second = times(session, PHONES)
    assert 0.0 < first < second == 0.4
    assert first == pytest.approx(min(max(to_s, 0.001), 0.399), abs=0.0011)


def test_linked_boundaries_stop_at_the_nearest_neighbour_of_any(
    session: Session, on: Callable[[int], Mouse]
) -> None:
    on(WORDS).drag(0.4, 0.1, SHIFT)
    assert times(session, WORDS)[0] == pytest.approx(0.201)
    assert times(session, PHONES) == [0.2, times(session, WORDS)[0]]


def test_points_move_between_their_neighbours(session: Session, on: Callable[[int], Mouse]) -> None:
    session.magnet = False
    on(TONES).drag(0.7, 0.8)
    assert times(session, TONES)[1] == pytest.approx(0.8, abs=0.0011)
    assert session.undo_stack.undoText() == "Move point"
    assert session.selected_label == "L%" and session.cursor_s == times(session, TONES)[1]
    session.undo_stack.undo()
    assert session.cursor_s == 0.7, "the cursor goes back with its point"
    on(TONES).drag(0.7, 0.1)
    assert times(session, TONES)[1] == pytest.approx(0.401)


def test_the_selected_interval_stays_selected_and_its_time_follows(
    session: Session, on: Callable[[int], Mouse]
) -> None:
    session.select_item(PHONES, 1)
    on(PHONES).drag(0.2, 0.25)
    assert session.selected_label == "n"
    assert session.selection == (times(session, PHONES)[0], 0.4)
    on(PHONES).drag(0.4, 0.35)
    assert session.selected_label == "n"
    assert session.selection == tuple(times(session, PHONES))
    assert session.cursor_s == times(session, PHONES)[1], "a nudge moves what was dragged"
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert session.selected_label == "n" and session.selection == (0.2, 0.4)


def test_a_click_on_the_line_selects_the_boundary_and_one_beside_it_the_interval(
    session: Session, on: Callable[[int], Mouse], qtbot: QtBot, view: TiersView
) -> None:
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(view, left, NONE, on(PHONES).place(0.4 - 0.002))
    assert session.selected_label == "t" and session.cursor_s == 0.4
    qtbot.mouseClick(view, left, NONE, on(PHONES).place(0.4 - 0.005))
    assert session.selected_label == "n"
    qtbot.mouseClick(view, left, NONE, on(TONES).place(0.704))
    assert session.selected_label == "L%"
    assert session.undo_stack.count() == 0


def test_a_narrow_interval_can_still_be_clicked(
    session: Session, on: Callable[[int], Mouse], qtbot: QtBot, view: TiersView
) -> None:
    on(PHONES).drag(0.2, 0.392)
    assert session.textgrid is not None
    session.select_item(PHONES, 0)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, NONE, on(PHONES).place(0.397))
    assert session.selected_label == "n"


def test_a_file_that_is_opened_meanwhile_ends_the_drag(
    session: Session, on: Callable[[int], Mouse], tone_wav: Callable[..., Path]
) -> None:
    mouse = on(PHONES)
    mouse.press(0.2)
    mouse.move(0.3)
    session.open(tone_wav(freq_hz=500))
    assert session.held is None
    mouse.move(0.35)
    mouse.release(0.35)
    assert session.textgrid is None


def test_a_boundary_out_of_sight_is_not_taken_and_none_leaves_it(
    session: Session, view: TiersView, on: Callable[[int], Mouse]
) -> None:
    session.magnet = False
    session.set_view(0.1, 0.3)
    on(PHONES).drag(0.2, 0.5)
    assert times(session, PHONES)[0] == pytest.approx(0.3)
    assert time_at(session, view.width(), view.width() - RIGHT_PX) == pytest.approx(0.3)
