from __future__ import annotations

import random

import pytest

from vowelscope.core.textgrid import TextGrid
from vowelscope.core.validate import problems
from vowelscope.ui.actions import TABLE
from vowelscope.ui.main_window import MainWindow

_STEPS = 80
_GROUPS = ("boundary", "interval", "labels", "clip", "span")
_VERBS = [
    row.id
    for row in TABLE
    if row.id.split(".")[0] in _GROUPS and not row.text.endswith("…") and not row.checkable
] + ["tier.move_up", "tier.move_down", "tier.remove", "tier.remove_text", "edit.undo", "edit.redo"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_sequence_of_actions_is_valid_and_can_be_undone_and_redone(
    grid_window: MainWindow, small_grid: TextGrid, seed: int
) -> None:
    assert len(_VERBS) > 40
    window, session, draw = grid_window, grid_window.session, random.Random(seed)
    said: list[str] = []
    session.message.connect(said.append)
    for _ in range(_STEPS):
        assert session.textgrid is not None
        tiers = session.textgrid.tiers
        if draw.random() < 0.6:
            session.select_at(draw.randrange(len(tiers)), draw.random())
        if draw.random() < 0.5:
            session.set_cursor(draw.choice([0.0, 0.2, 0.4, 0.7, 1.0, draw.random()]))
        if draw.random() < 0.3:
            session.select_times(draw.random(), draw.choice([0.4, draw.random()]))
        elif draw.random() < 0.4:
            session.clear_selection()
        id = draw.choice(_VERBS)
        window.actions_by_id[id].trigger()
        assert session.textgrid is not None
        assert problems(session.textgrid) == [], id
        # What is selected is there.
        if session.item_index is not None:
            assert session.selected_label is not None, id
    assert session.undo_stack.count() > 5
    last = session.textgrid
    at = session.undo_stack.index()
    while session.undo_stack.canUndo():
        session.undo_stack.undo()
    assert session.textgrid == small_grid
    while session.undo_stack.index() < at:
        session.undo_stack.redo()
    assert session.textgrid == last
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in said)
