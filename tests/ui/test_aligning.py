"""Interval → Align interval, in the window, on real sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import soundfile as sf
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid

TEXT = "We see the father's cat in the blue bird house."


@pytest.fixture
def window(_window: Any, speech: Any, tmp_path: Any, qtbot: QtBot) -> Iterator[Any]:
    """Speech under one interval that holds all that is said."""
    wav = tmp_path / "said.wav"
    wav.write_bytes(speech.wav.read_bytes())
    stop_s = sf.info(wav).duration
    tier = IntervalTier("said", 0.0, stop_s, (Interval(0.0, stop_s, TEXT),))
    write_textgrid(wav.with_suffix(".TextGrid"), TextGrid(0.0, stop_s, (tier,)))
    with qtbot.waitSignal(_window.bench.opened, timeout=20_000):
        _window.bench.open(wav)
    _window.activateWindow()
    _window.editor.setFocus()
    qtbot.waitUntil(_window.editor.hasFocus, timeout=10_000)
    yield _window
    _window.grid_editing.verbs["align"].aligning.cancel()
    _window.label_bar.commit()
    _window.session.undo_stack.setClean()


def names(window: Any) -> list[str]:
    return [tier.name for tier in window.session.textgrid.tiers]


def test_ctrl_d_makes_words_and_phones_in_one_step(window: Any, qtbot: QtBot) -> None:
    session, before = window.session, window.session.textgrid
    verbs = window.grid_editing.verbs["align"]
    session.select_item(0, 0)
    qtbot.keyClick(window.editor, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert verbs.aligning.is_busy and verbs.bar is not None
    qtbot.waitUntil(lambda: not verbs.aligning.is_busy, timeout=90_000)
    assert verbs.bar is None
    assert names(window) == ["said", "words", "phones"]
    words = [i.text for i in session.textgrid.tiers[1].intervals if i.text]
    assert words == TEXT.lower().strip(".").split()
    assert session.textgrid.tiers[0] == before.tiers[0]
    # What is there is not written over.
    said: list[str] = []
    session.message.connect(said.append)
    window.actions_by_id["align.interval"].trigger()
    assert not verbs.aligning.is_busy and "“words” has the label “we”" in said[-1]
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert session.textgrid == before


def test_cancel_changes_nothing(window: Any, qtbot: QtBot) -> None:
    session, before = window.session, window.session.textgrid
    verbs = window.grid_editing.verbs["align"]
    session.select_item(0, 0)
    window.actions_by_id["align.interval"].trigger()
    cancel = verbs.bar.findChild(QPushButton)
    qtbot.wait(200)
    cancel.click()
    assert not verbs.aligning.is_busy and verbs.bar is None
    qtbot.wait(1500)
    assert session.textgrid is before


def test_an_empty_interval_and_one_that_changes_meanwhile(window: Any, qtbot: QtBot) -> None:
    from vowelscope.core.edits import set_label

    session, verbs = window.session, window.grid_editing.verbs["align"]
    said: list[str] = []
    session.message.connect(said.append)
    session.select_item(0, 0)
    window.actions_by_id["align.interval"].trigger()
    session.replace_textgrid(set_label(session.textgrid, 0, 0, ""), "Edit label")
    qtbot.waitUntil(lambda: not verbs.aligning.is_busy, timeout=90_000)
    assert "changed in the meantime" in said[-1] and names(window) == ["said"]
    window.actions_by_id["align.interval"].trigger()
    assert "Type the words" in said[-1] and not verbs.aligning.is_busy


def test_words_that_do_not_fit_give_one_sentence(window: Any, qtbot: QtBot) -> None:
    from vowelscope.core.edits import set_label

    session, verbs = window.session, window.grid_editing.verbs["align"]
    said: list[str] = []
    session.message.connect(said.append)
    session.replace_textgrid(set_label(session.textgrid, 0, 0, TEXT * 12), "Edit label")
    session.select_item(0, 0)
    window.actions_by_id["align.interval"].trigger()
    qtbot.waitUntil(lambda: not verbs.aligning.is_busy, timeout=90_000)
    assert said[-1].startswith("Nothing was aligned: ") and "too short" in said[-1]
    assert names(window) == ["said"]
