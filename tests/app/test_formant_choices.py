"""What was decided by hand: written at once, undone, never over what is another's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from vowelscope.app.formant_choices import FormantChoices
from vowelscope.app.jobs import Jobs
from vowelscope.app.session import Session
from vowelscope.core.chosen_ceilings import ChosenCeilings
from vowelscope.core.hand_points import HandPoint, HandPoints
from vowelscope.core.sidecar import read_sidecar, sidecar_path
from vowelscope.core.textgrid import Interval, IntervalTier

POINTS = HandPoints((HandPoint(0.5, 2, 1500.0, 0.003),))


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session()
    yield session
    if session.recording is not None:
        session.recording.close()


@pytest.fixture
def choices(session: Session) -> Iterator[FormantChoices]:
    jobs = Jobs(threads=1, processes=0)
    yield FormantChoices(session, jobs)
    jobs.shutdown()


def test_a_step_is_written_and_the_textgrid_stays_unmodified(
    session: Session, choices: FormantChoices, speech: tuple[Path, Path]
) -> None:
    session.open(*speech)
    marks: list[bool] = []
    session.modified_changed.connect(marks.append)
    assert choices.set_points(POINTS, "Move F2")
    assert read_sidecar(speech[1]).points == POINTS
    assert not session.is_modified and session.undo_stack.undoText() == "Move F2"
    # An edit of the TextGrid on top of it, and both undone.
    assert session.textgrid is not None
    fewer = replace(session.textgrid, tiers=session.textgrid.tiers[:1])
    session.replace_textgrid(fewer, "Remove tier")
    assert session.is_modified and marks == [True]
    session.undo_stack.undo()
    assert not session.is_modified and marks == [True, False]
    session.undo_stack.undo()
    assert read_sidecar(speech[1]).is_empty and choices.points == HandPoints()
    session.undo_stack.redo()
    assert read_sidecar(speech[1]).points == POINTS
    session.undo_stack.redo()
    assert session.is_modified and marks == [True, False, True]


def test_both_kinds_are_kept_and_read_again(
    session: Session, choices: FormantChoices, speech: tuple[Path, Path]
) -> None:
    session.open(*speech)
    ceilings = ChosenCeilings().with_choice("phones", 0.4, 0.6, None, 5050.0)
    assert choices.set_points(POINTS, "a") and choices.set_ceilings(ceilings, "b")
    assert not choices.set_ceilings(ceilings, "again")
    session.open(*speech)
    assert (choices.points, choices.ceilings) == (POINTS, ceilings)


def test_a_recording_without_a_textgrid_has_a_sidecar_too(
    session: Session, choices: FormantChoices, speech: tuple[Path, Path]
) -> None:
    speech[1].unlink()
    session.open(speech[0])
    assert choices.set_points(POINTS, "Move F2")
    assert read_sidecar(speech[0]).points == POINTS


def test_nothing_is_changed_where_it_cannot_be_kept(
    session: Session, choices: FormantChoices, speech: tuple[Path, Path]
) -> None:
    said: list[str] = []
    session.message.connect(said.append)
    sidecar_path(speech[1]).mkdir()
    session.open(*speech)
    assert "cannot be read" in said[-1]
    assert not choices.set_points(POINTS, "Move F2") and "cannot be read" in said[-1]
    sidecar_path(speech[1]).rmdir()
    session.open(*speech)
    sidecar_path(speech[1]).mkdir()
    assert not choices.set_points(POINTS, "Move F2") and "is a folder" in said[-1]
    assert choices.points == HandPoints() and session.undo_stack.count() == 0
    sidecar_path(speech[1]).rmdir()
    session.is_read_only = True
    assert not choices.set_points(POINTS, "Move F2") and "another window" in said[-1]


def test_what_a_replaced_textgrid_had_is_put_aside(
    session: Session, choices: FormantChoices, speech: tuple[Path, Path], tmp_path: Path
) -> None:
    session.open(*speech)
    other = tmp_path / "other.TextGrid"
    side = sidecar_path(other)
    side.write_text("somebody's", encoding="utf-8")
    session.save_as(other)
    kept = side.with_name(side.name + ".old")
    assert kept.read_text(encoding="utf-8") == "somebody's" and not side.exists()
    choices.set_points(POINTS, "Move F2")
    assert read_sidecar(other).points == POINTS


def test_the_tokens_that_decide_for_a_tier_stay_until_it_has_many_more(
    session: Session, choices: FormantChoices, speech: tuple[Path, Path]
) -> None:
    session.open(*speech)
    edges = [0.1 * at for at in range(21)]

    def tier(count: int) -> IntervalTier:
        intervals = [
            Interval(a, b, "a" if at < count else "") for at, (a, b) in enumerate(pairwise(edges))
        ]
        return IntervalTier("vowels", 0.0, 2.0, tuple(intervals))

    assert choices.survey(tier(0)) == () == choices.survey(None)
    first = choices.survey(tier(5))
    assert len(first) == 5 and choices.survey(tier(6)) == first == choices.survey(tier(9))
    assert len(choices.survey(tier(10))) == 10
    assert len(choices.survey(tier(4))) == 4
