from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from vowelscope.app.session import MapChoice, Session
from vowelscope.core import edits
from vowelscope.core.edit_tiers import add_interval_tier, move_tier, remove_tier
from vowelscope.core.edit_times import set_domain
from vowelscope.core.errors import AudioError, TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, PointTier, TextGrid
from vowelscope.core.textgrid_io import FileStyle, read_textgrid, write_textgrid

GRID = TextGrid(
    0.0,
    1.0,
    (
        IntervalTier("words", 0.0, 1.0, (Interval(0.0, 1.0, "w"),)),
        IntervalTier("phones", 0.0, 1.0, (Interval(0.0, 0.4, "IY1"), Interval(0.4, 1.0, "S"))),
        PointTier("tones", 0.0, 1.0),
    ),
)


@pytest.fixture
def wav(tone_wav: Callable[..., Path]) -> Path:
    path = tone_wav(duration_s=1.0)
    write_textgrid(path.with_suffix(".TextGrid"), GRID)
    return path


@pytest.fixture
def session(qtbot: QtBot, wav: Path) -> Session:
    session = Session()
    session.open(wav)
    return session


class Count:
    """How often a signal came."""

    def __init__(self, *signals: Any) -> None:
        self.n = 0
        for signal in signals:
            signal.connect(self.add)

    def add(self, *_: object) -> None:
        self.n += 1


def test_open_finds_the_textgrid_of_the_same_stem(session: Session, wav: Path) -> None:
    assert session.recording is not None and session.recording.path == wav
    assert session.textgrid == GRID
    assert session.view == (0.0, 1.0)
    assert not session.is_modified


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("missing.wav", None, AudioError),
        ("empty.wav", b"", AudioError),
        ("text.wav", b"this is no sound", AudioError),
        ("bad.TextGrid", b"nonsense", TextGridError),
    ],
)
def test_what_cannot_be_opened_changes_nothing(
    session: Session, wav: Path, tmp_path: Path, name: str, content: bytes | None, error: type
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    before = (session.recording, session.textgrid, session.view)
    count = Count(session.recording_changed, session.textgrid_changed, session.view_changed)
    with pytest.raises(error, match=name):
        if path.suffix == ".wav":
            session.open(path)
        else:
            session.open(wav, path)
    assert (session.recording, session.textgrid, session.view) == before
    assert count.n == 0
    assert session.recording is not None and len(session.recording.read(0.0, 0.1))


def test_a_textgrid_of_another_duration_is_opened_as_it_is(qtbot: QtBot, wav: Path) -> None:
    longer = TextGrid(0.0, 1.5, (IntervalTier("t", 0.0, 1.5, (Interval(0.0, 1.5, "x"),)),))
    write_textgrid(wav.with_suffix(".TextGrid"), longer)
    session = Session()
    session.open(wav)
    assert session.textgrid == longer
    assert session.domain == (0.0, 1.5)


def test_after_a_cut_only_what_there_is_is_shown_and_selected(qtbot: QtBot, wav: Path) -> None:
    longer = TextGrid(0.0, 1.5, (IntervalTier("t", 0.0, 1.5, (Interval(0.0, 1.5, "x"),)),))
    write_textgrid(wav.with_suffix(".TextGrid"), longer)
    session = Session()
    session.open(wav)
    session.set_view(0.5, 1.5)
    session.set_cursor(1.4)
    session.select_times(0.9, 1.3)
    session.replace_textgrid(set_domain(longer, 0.0, 1.0), "Cut")
    assert session.view == pytest.approx((0.0, 1.0))
    assert session.cursor_s == 1.0
    assert session.selection == (0.9, 1.0)


def test_the_selected_tier_stays_selected_wherever_it_goes(session: Session) -> None:
    session.select_at(1, 0.5)
    assert session.textgrid is not None
    session.replace_textgrid(move_tier(session.textgrid, 1, 0), "Move tier")
    assert (session.tier_index, session.selected_label) == (0, "S")
    session.replace_textgrid(add_interval_tier(session.textgrid, "new", 0), "Add tier")
    assert (session.tier_index, session.selected_label) == (1, "S")
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert (session.tier_index, session.selected_label) == (1, "S")
    session.replace_textgrid(remove_tier(session.textgrid, 1), "Remove tier")
    assert session.selected_label is None


def test_a_moved_boundary_takes_cursor_and_selection_along(session: Session) -> None:
    session.select_at(1, 0.5)
    assert session.textgrid is not None
    session.replace_textgrid(edits.move_boundary(session.textgrid, 1, 1, 0.55), "Move boundary")
    assert session.selected_label == "S"
    assert session.selection == (0.55, 1.0) and session.cursor_s == 0.55
    session.undo_stack.undo()
    assert session.selection == (0.4, 1.0) and session.cursor_s == 0.4


def test_signals_come_with_changes_only(session: Session) -> None:
    count = Count(
        session.view_changed,
        session.cursor_changed,
        session.selection_changed,
        session.interval_changed,
        session.opacity_changed,
        session.map_changed,
        session.overlays_changed,
        session.channel_changed,
    )
    for _ in range(2):
        session.set_view(0.2, 0.6)
        session.set_cursor(0.3)
        session.select_times(0.5, 0.4)
        session.set_opacity(0.3)
        session.set_map_choice(MapChoice("class", "i"))
        session.set_overlay("pitch", True)
        session.set_channel(0)
    assert session.selection == (0.4, 0.5)
    assert count.n == 7
    session.select_at(1, 0.5)
    n = count.n
    session.select_at(1, 0.6)
    assert count.n == n


def test_the_view_stays_within_the_recording(session: Session) -> None:
    session.set_view(0.8, 1.4)
    assert session.view == pytest.approx((0.4, 1.0))
    session.zoom(100)
    assert session.view == (0.0, 1.0)
    session.zoom_back()
    assert session.view == pytest.approx((0.4, 1.0))


def test_click_on_an_interval_selects_it_and_its_time(session: Session) -> None:
    session.select_at(1, 0.5)
    assert session.selected_label == "S"
    assert session.selection == (0.4, 1.0)
    assert session.cursor_s == 0.4
    session.select_at(2, 0.5)
    assert session.selected_label is None


def test_save_keeps_the_style_and_clears_the_mark(session: Session, wav: Path) -> None:
    path = wav.with_suffix(".TextGrid")
    write_textgrid(path, GRID, FileStyle("short", "utf-16-be", "\r\n"))
    session.open(wav)
    marks: list[bool] = []
    session.modified_changed.connect(marks.append)
    assert session.textgrid is not None
    session.replace_textgrid(edits.set_label(session.textgrid, 1, 0, "ɝ"), "Change label")
    assert session.is_modified
    session.save()
    assert not session.is_modified and marks == [True, False]
    again = read_textgrid(path)
    assert again.textgrid == session.textgrid
    assert again.style == FileStyle("short", "utf-16-be", "\r\n")
    session.undo_stack.undo()
    assert session.is_modified and session.textgrid == GRID


def test_save_as_goes_on_with_the_new_file(session: Session, tmp_path: Path) -> None:
    session.save_as(tmp_path / "new.TextGrid")
    assert session.document is not None and session.document.path.name == "new.TextGrid"
    with pytest.raises(TextGridError):
        session.save_as(tmp_path / "no" / "such" / "folder.TextGrid")
    assert session.document.path.name == "new.TextGrid"


def test_after_an_edit_the_interval_at_the_cursor_is_selected(session: Session) -> None:
    session.select_at(1, 0.5)
    session.set_cursor(0.7)
    assert session.textgrid is not None
    session.replace_textgrid(edits.add_boundary(session.textgrid, 1, 0.7), "Add boundary")
    assert session.selected_interval == Interval(0.7, 1.0, "")
    session.undo_stack.undo()
    assert session.selected_interval == Interval(0.4, 1.0, "S")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.sampled_from(["add", "remove", "label"]), st.floats(0, 1)), max_size=12)
)
def test_undo_of_all_returns_to_the_first_state_and_redo_to_the_last(
    session: Session, steps: list[tuple[str, float]]
) -> None:
    session.undo_stack.clear()
    session.textgrid = first = GRID
    session.select_at(1, 0.1)
    for what, at_s in steps:
        grid = session.textgrid
        try:
            if what == "add":
                after = edits.add_boundary(grid, 1, at_s)
            elif what == "remove":
                after = edits.remove_boundary(grid, 1, 1)
            else:
                after = edits.set_label(grid, 1, 0, f"{at_s}")
        except TextGridError:
            continue
        session.replace_textgrid(after, what)
    last = session.textgrid
    while session.undo_stack.canUndo():
        session.undo_stack.undo()
    assert session.textgrid == first
    while session.undo_stack.canRedo():
        session.undo_stack.redo()
    assert session.textgrid == last
