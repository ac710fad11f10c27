from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from vowelscope.app.finding import Finding
from vowelscope.app.jobs import Jobs
from vowelscope.app.session import Session
from vowelscope.core.edit_search import Query
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid


def tier_of(name: str, labels: str) -> IntervalTier:
    words = labels.split(",")
    intervals = tuple(Interval(float(i), i + 1.0, word) for i, word in enumerate(words))
    return IntervalTier(name, 0.0, float(len(words)), intervals)


GRID = TextGrid(
    0.0,
    5.0,
    (
        tier_of("words", "banana,,an,x,Anna"),
        tier_of("phones", "b,\\ae,n,,a"),
        PointTier("tones", 0.0, 5.0, (Point(1.5, "H*"), Point(3.5, "an"))),
    ),
)


@pytest.fixture
def finding(qapp: Any) -> Iterator[Finding]:
    jobs = Jobs(processes=0)
    session = Session()
    session.textgrid = GRID
    session.tier_index = 0
    yield Finding(session, jobs, session)
    jobs.shutdown()


def session_of(finding: Finding) -> Session:
    session = finding.parent()
    assert isinstance(session, Session)
    return session


def wait(finding: Finding, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not finding.is_searching, timeout=10_000)


def labels(finding: Finding, tier: int = 0) -> list[str]:
    textgrid = session_of(finding).textgrid
    assert textgrid is not None
    found = textgrid.tiers[tier]
    assert isinstance(found, IntervalTier)
    return [interval.text for interval in found.intervals]


def test_hits_are_counted_and_walked_in_both_directions(finding: Finding, qtbot: QtBot) -> None:
    session = session_of(finding)
    finding.set_query(Query("an"))
    finding.next()  # before the answer is there: it is gone to once it is
    wait(finding, qtbot)
    assert len(finding.hits) == 5
    assert (session.tier_index, session.item_index, finding.current_row) == (0, 0, 0)
    assert finding.sentence == "1 of 5 hits"
    places = []
    for _ in range(5):
        finding.next()
        places.append((session.tier_index, session.item_index, finding.current_row))
    assert places == [(0, 0, 1), (0, 2, 2), (0, 4, 3), (2, 1, 4), (0, 0, 0)]
    finding.next(backwards=True)
    assert (session.tier_index, session.item_index, session.cursor_s) == (2, 1, 3.5)
    finding.go_to(2)
    assert session.selection == (2.0, 3.0)


def test_next_goes_on_from_where_the_user_is(finding: Finding, qtbot: QtBot) -> None:
    session = session_of(finding)
    finding.set_query(Query("an", tiers=(0,)))
    wait(finding, qtbot)
    session.select_item(0, 3)
    finding.next()
    assert session.item_index == 4
    session.select_item(0, 2)
    finding.next()  # what is selected is found first, if it was not the present hit
    assert session.item_index == 2
    finding.next()
    assert session.item_index == 4


def test_a_wrong_expression_is_one_sentence_and_finds_nothing(
    finding: Finding, qtbot: QtBot
) -> None:
    finding.set_query(Query("an"))
    wait(finding, qtbot)
    finding.set_query(Query("(an", mode="regex"))
    wait(finding, qtbot)
    assert finding.is_wrong and finding.hits == ()
    assert "(an" in finding.sentence and "\n" not in finding.sentence
    finding.next()
    assert session_of(finding).item_index is None
    finding.set_query(Query("qqq"))
    wait(finding, qtbot)
    assert (finding.sentence, finding.is_wrong) == ("Nothing found.", False)


def test_replace_all_is_one_edit_and_says_how_many(finding: Finding, qtbot: QtBot) -> None:
    session = session_of(finding)
    notes: list[str] = []
    session.note.connect(notes.append)
    finding.set_query(Query("an"))
    wait(finding, qtbot)
    finding.replace_all("o")
    wait(finding, qtbot)
    assert labels(finding) == ["booa", "", "o", "x", "ona"]
    assert session.undo_stack.count() == 1
    assert notes == ["Replaced in 5 places."]
    assert finding.sentence == "Replaced in 5 places." and finding.hits == ()
    session.undo_stack.undo()
    assert session.textgrid == GRID


def test_replace_all_of_a_wrong_group_changes_nothing(finding: Finding, qtbot: QtBot) -> None:
    finding.set_query(Query("(a)n", mode="regex"))
    wait(finding, qtbot)
    finding.replace_all(r"\2")
    wait(finding, qtbot)
    assert finding.is_wrong and "\\2" in finding.sentence
    assert session_of(finding).textgrid is GRID


def test_an_edit_meanwhile_is_not_lost_to_replace_all(finding: Finding, qtbot: QtBot) -> None:
    from vowelscope.core.edits import set_label

    session = session_of(finding)
    finding.set_query(Query("an"))
    wait(finding, qtbot)
    finding.replace_all("o")
    session.replace_textgrid(set_label(GRID, 0, 1, "typed"), "Change label")
    wait(finding, qtbot)
    assert labels(finding) == ["banana", "typed", "an", "x", "Anna"]
    assert finding.is_wrong and "meanwhile" in finding.sentence


def test_replacing_one_by_one_never_finds_what_was_put_in(finding: Finding, qtbot: QtBot) -> None:
    session = session_of(finding)
    finding.set_query(Query("a", match_case=True, tiers=(0,)))
    finding.replace_one("aa")  # goes to the first
    wait(finding, qtbot)
    assert session.textgrid is GRID and finding.current_row == 0
    for expected in ("baanana", "baanaana", "baanaanaa"):
        finding.replace_one("aa")
        wait(finding, qtbot)
        assert labels(finding)[0] == expected
    assert session.item_index == 2
    finding.replace_one("")
    wait(finding, qtbot)
    assert labels(finding)[2] == "n"
    assert session.undo_stack.count() == 4


def test_trigraphs_are_found_as_they_are_shown(finding: Finding, qtbot: QtBot) -> None:
    finding.set_query(Query("æ", mode="whole"))
    wait(finding, qtbot)
    assert [(hit.tier, hit.index) for hit in finding.hits] == [(1, 1)]
    finding.replace_all("ɛ")
    wait(finding, qtbot)
    assert labels(finding, 1)[1] == "\\ef"


def test_hidden_it_searches_only_when_it_is_asked(finding: Finding, qtbot: QtBot) -> None:
    from vowelscope.core.edits import set_label

    session = session_of(finding)
    finding.set_query(Query("new"))
    wait(finding, qtbot)
    session.replace_textgrid(set_label(GRID, 0, 3, "new"), "Change label")
    assert not finding.is_searching
    finding.next()
    wait(finding, qtbot)
    assert session.item_index == 3
    finding.set_shown(True)
    session.undo_stack.undo()
    wait(finding, qtbot)
    assert finding.hits == ()


def test_a_read_only_textgrid_stays(finding: Finding, qtbot: QtBot) -> None:
    session = session_of(finding)
    session.is_read_only = True
    messages: list[str] = []
    session.message.connect(messages.append)
    finding.set_query(Query("an"))
    wait(finding, qtbot)
    finding.replace_all("o")
    wait(finding, qtbot)
    finding.next()
    finding.replace_one("o")
    wait(finding, qtbot)
    assert session.textgrid is GRID and len(messages) == 2
    assert len(finding.hits) == 5


def test_a_runaway_expression_neither_hangs_the_window_nor_stays(
    finding: Finding, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vowelscope.core import label_search

    monkeypatch.setattr(label_search, "LIMIT_S", 1.0)
    session = session_of(finding)
    session.textgrid = TextGrid(0.0, 1.0, (tier_of("words", "a" * 60 + "b"),))
    turns: list[float] = []
    timer = QTimer()
    timer.timeout.connect(lambda: turns.append(time.monotonic()))
    timer.start(10)
    finding.set_query(Query("(a|aa)+$", "regex"))
    wait(finding, qtbot)
    # The interpreter's lock was let go of meanwhile: the window went on.
    assert len(turns) > 20
    assert finding.is_wrong and "was stopped at the label" in finding.sentence
    finding.set_query(Query("b"))
    wait(finding, qtbot)
    assert len(finding.hits) == 1 and not finding.is_wrong
