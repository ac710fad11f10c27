"""Another program writes a file that is open in a window."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vowelscope.core.edits import set_label
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.textgrid_io import read_textgrid, write_textgrid


def path_of(desk: Any) -> Path:
    path: Path = desk.session.document.path
    return path


def theirs(desk: Any) -> TextGrid:
    """Written as a whole, as by a careful program; another size."""
    textgrid = set_label(read_textgrid(path_of(desk)).textgrid, 0, 0, "theirs, and longer")
    write_textgrid(path_of(desk), textgrid)
    return textgrid


def shown(desk: Any) -> None:
    desk.qtbot.waitUntil(desk.window.changed_bar.isVisible, timeout=10_000)


@pytest.mark.parametrize("in_place", [False, True])
def test_reload_takes_the_file_and_undo_brings_the_edits_back(desk: Any, in_place: bool) -> None:
    session, bar = desk.session, desk.window.changed_bar
    mine = set_label(session.textgrid, 0, 1, "mine")
    session.replace_textgrid(mine, "Edit label")
    if in_place:
        text = path_of(desk).read_text("utf-8").replace('"one"', '"theirs, and longer"')
        path_of(desk).write_text(text, "utf-8")
    else:
        theirs(desk)
    shown(desk)
    assert path_of(desk).name in bar.text.text() and "unsaved" in bar.text.text()
    bar.reload.click()
    desk.qtbot.waitUntil(lambda: not bar.isVisible(), timeout=10_000)
    assert desk.labels(0) == ["theirs, and longer", "two"]
    assert not session.is_modified
    session.undo_stack.undo()
    assert session.textgrid == mine and session.is_modified


def test_what_is_being_typed_is_brought_back_too(desk: Any) -> None:
    session, bar = desk.session, desk.window.changed_bar
    session.select_item(0, 1)
    theirs(desk)
    shown(desk)
    desk.window.label_bar.field.setFocus()
    desk.qtbot.keyClicks(desk.window.label_bar.field, "typed")
    bar.reload.click()
    desk.qtbot.waitUntil(lambda: not bar.isVisible(), timeout=10_000)
    assert desk.labels(0) == ["theirs, and longer", "two"]
    session.undo_stack.undo()
    assert desk.labels(0)[0] == "one" and "typed" in desk.labels(0)[1]


def test_keep_mine_asks_no_more_until_the_file_changes_again(desk: Any) -> None:
    bar, before = desk.window.changed_bar, desk.session.textgrid
    theirs(desk)
    shown(desk)
    bar.keep.click()
    assert not bar.isVisible() and desk.session.textgrid is before
    bar.watching.look()
    assert not bar.isVisible()
    # The save still asks.
    assert desk.session.is_changed_outside
    textgrid = set_label(read_textgrid(path_of(desk)).textgrid, 0, 1, "once more, longer")
    write_textgrid(path_of(desk), textgrid)
    shown(desk)
    bar.keep.click()


def test_own_saves_are_not_told(desk: Any) -> None:
    bar, found = desk.window.changed_bar, []
    bar.watching.found.connect(lambda: found.append(bar.watching.path))
    for text in ("a", "bb", "ccc"):
        desk.session.replace_textgrid(set_label(desk.session.textgrid, 0, 0, text), "Edit label")
        desk.window.bench.begin_save()
        desk.qtbot.wait(150)
    desk.qtbot.wait(1200)
    assert read_textgrid(path_of(desk)).textgrid == desk.session.textgrid
    assert found == [] and not bar.isVisible()


def test_a_recording_that_changed_is_opened_anew(desk: Any) -> None:
    bar, wav = desk.window.changed_bar, desk.session.recording.path
    os.utime(wav, ns=(1, 1))
    shown(desk)
    assert wav.name in bar.text.text()
    with desk.qtbot.waitSignal(desk.window.bench.opened, timeout=20_000):
        bar.reload.click()
    desk.qtbot.waitUntil(lambda: not bar.isVisible(), timeout=5_000)


def test_a_broken_file_changes_nothing(desk: Any) -> None:
    before = desk.session.textgrid
    path_of(desk).write_text("no TextGrid at all")
    shown(desk)
    desk.window.changed_bar.reload.click()
    desk.qtbot.waitUntil(lambda: bool(desk.said), timeout=10_000)
    assert path_of(desk).name in desk.said[-1] and desk.session.textgrid is before
    desk.window.changed_bar.keep.click()
    assert replace(before) == desk.session.textgrid
