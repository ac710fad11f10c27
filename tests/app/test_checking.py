from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from vowelscope.app.checking import Checking
from vowelscope.app.jobs import Jobs
from vowelscope.app.session import Session
from vowelscope.core.edits import set_label
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid

PHONES = ("IY1", "%%", "", "T")
GRID = TextGrid(
    0.0,
    4.0,
    (
        IntervalTier(
            "phones",
            0.0,
            4.0,
            tuple(Interval(float(i), i + 1.0, label) for i, label in enumerate(PHONES)),
        ),
    ),
)


@pytest.fixture
def checking(qapp: Any) -> Iterator[Checking]:
    jobs = Jobs(processes=0)
    session = Session()
    session.textgrid = GRID
    yield Checking(session, jobs, parent=session)
    jobs.shutdown()


def session_of(checking: Checking) -> Session:
    session = checking.parent()
    assert isinstance(session, Session)
    return session


def kinds(checking: Checking, qtbot: QtBot) -> list[tuple[str, int]]:
    qtbot.waitUntil(lambda: not checking.is_checking, timeout=10_000)
    return [(finding.kind, finding.index) for finding in checking.findings]


def test_edits_are_checked_while_it_is_shown_and_after(checking: Checking, qtbot: QtBot) -> None:
    session = session_of(checking)
    session.replace_textgrid(set_label(GRID, 0, 3, " T"), "Change label")
    assert not checking.is_checking and checking.findings == ()
    checking.set_shown(True)
    assert kinds(checking, qtbot) == [("unknown label", 1), ("blanks", 3)]
    session.undo_stack.undo()
    assert checking.is_checking
    assert kinds(checking, qtbot) == [("unknown label", 1)]
    checking.set_shown(False)
    session.replace_textgrid(set_label(GRID, 0, 1, "AA1"), "Change label")
    assert not checking.is_checking
    checking.set_shown(True)
    assert kinds(checking, qtbot) == []


def test_a_list_of_the_users_own(checking: Checking, qtbot: QtBot, tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text('[[tiers]]\ntier = "*"\nallow_empty = false\n', encoding="utf-8")
    checking.set_check_list(str(own))
    assert kinds(checking, qtbot) == [("empty label", 2)]
    own.write_text('[[tiers]]\ntier = "*"\nmin_ms = 2000\n', encoding="utf-8")
    checking.check_again()
    assert kinds(checking, qtbot) == [("short interval", index) for index in range(4)]


def test_a_wrong_list_is_one_sentence(checking: Checking, qtbot: QtBot, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("gapz = true\n", encoding="utf-8")
    checking.set_shown(True)
    assert kinds(checking, qtbot)
    checking.set_check_list(str(bad))
    assert kinds(checking, qtbot) == []
    assert "bad.toml" in checking.sentence and "gapz" in checking.sentence
    checking.set_check_list("default")
    assert kinds(checking, qtbot) and checking.sentence == ""
