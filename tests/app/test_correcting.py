from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from vowelscope.app.correcting import Correcting
from vowelscope.app.settings import SettingsFile
from vowelscope.app.workbench import Workbench
from vowelscope.core.audio import Recording
from vowelscope.core.phones import load_class_map
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid

LABELS = ("", "IY1", "T", "AE1", "S", "ER0", "")


@pytest.fixture
def correcting(qtbot: QtBot, tone_wav: Any) -> Iterator[Correcting]:
    """On a recording of 7 s, without a model: what it says is put in by hand."""
    bench = Workbench(only_looks=True)
    session = bench.session
    bench.explaining.explain = lambda *_args: None  # type: ignore[method-assign]
    bench.class_map = load_class_map("vowels5")
    intervals = tuple(Interval(float(i), i + 1.0, label) for i, label in enumerate(LABELS))
    session.recording = Recording(tone_wav(duration_s=7.0))
    words = IntervalTier("words", 0.0, 7.0, (Interval(0.0, 7.0, "teaser"),))
    session.textgrid = TextGrid(0.0, 7.0, (words, IntervalTier("phones", 0.0, 7.0, intervals)))
    yield Correcting(bench, bench)
    bench.shutdown()


@pytest.fixture
def played(correcting: Correcting) -> list[tuple[float, float]]:
    spans: list[tuple[float, float]] = []
    correcting.play_wanted.connect(lambda start_s, stop_s: spans.append((start_s, stop_s)))
    return spans


def bench_of(correcting: Correcting) -> Workbench:
    bench = correcting.parent()
    assert isinstance(bench, Workbench)
    return bench


def answer(correcting: Correcting, index: int, predicted: str) -> None:
    said = SimpleNamespace(tmin_s=float(index), tmax_s=index + 1.0, predicted=predicted)
    bench_of(correcting).session.set_explanation(said)  # type: ignore[arg-type]


def corrections(correcting: Correcting) -> dict[float, str]:
    textgrid = bench_of(correcting).session.textgrid
    assert textgrid is not None
    index = textgrid.tier_index("phones-corrected")
    if index is None:
        return {}
    tier = textgrid.tiers[index]
    assert isinstance(tier, IntervalTier)
    return {x.tmin_s: x.text for x in tier.intervals if x.text}


def test_from_vowel_to_vowel_zoomed_and_played(
    correcting: Correcting, played: list[tuple[float, float]]
) -> None:
    session = bench_of(correcting).session
    session.select_item(1, 0)
    correcting.set_on(True)
    assert correcting.is_on and session.item_index == 1
    assert correcting.place == (0, 3)
    correcting.set_options(correction_share=0.5)
    assert session.view == pytest.approx((0.5, 2.5))
    correcting.next()
    assert session.item_index == 3 and correcting.place == (1, 3)
    assert session.view == pytest.approx((2.5, 4.5))
    correcting.next()
    correcting.next()
    assert session.item_index == 5  # the last
    correcting.previous()
    assert session.item_index == 3
    assert played == [(1.0, 2.0), (3.0, 4.0), (5.0, 6.0), (3.0, 4.0)]
    assert session.undo_stack.count() == 0
    assert SettingsFile().load().editing.correction_share == 0.5


def test_all_labels_silently(correcting: Correcting, played: list[tuple[float, float]]) -> None:
    session = bench_of(correcting).session
    correcting.set_options(correction_classes_only=False, correction_plays=False)
    session.select_item(1, 2)
    correcting.set_on(True)
    assert correcting.place == (1, 5)
    correcting.next()
    assert session.item_index == 3 and played == []


def test_the_cursor_elsewhere_is_where_it_goes_on(
    correcting: Correcting, played: list[tuple[float, float]]
) -> None:
    session = bench_of(correcting).session
    session.select_item(1, 1)
    correcting.set_on(True)
    session.select_item(0, 0)
    session.set_cursor(4.5)
    assert correcting.place == (None, 3)
    correcting.next()
    assert (session.tier_index, session.item_index) == (1, 5)
    assert played[-1] == (5.0, 6.0)


def test_the_models_label_goes_to_a_tier_of_its_own(
    correcting: Correcting, played: list[tuple[float, float]]
) -> None:
    session = bench_of(correcting).session
    session.select_item(1, 1)
    correcting.set_on(True)
    phones = session.selected_tier
    answer(correcting, 1, "u")
    correcting.take_model()
    assert corrections(correcting) == {1.0: "u"}
    assert session.item_index == 3 and played[-1] == (3.0, 4.0)
    assert session.selected_tier is phones
    session.undo_stack.undo()
    assert corrections(correcting) == {} and session.undo_stack.count() == 1


def test_an_answer_that_is_awaited_is_taken_when_it_comes(correcting: Correcting) -> None:
    session = bench_of(correcting).session
    session.select_item(1, 3)
    answer(correcting, 1, "i")  # of another interval
    correcting.take_model()
    assert corrections(correcting) == {}
    answer(correcting, 3, "ɑ")
    assert corrections(correcting) == {3.0: "ɑ"}
    assert session.item_index == 3  # the mode is off: it stays
    session.select_item(1, 5)
    session.set_explanation(None)
    correcting.take_model()
    session.select_item(1, 1)
    answer(correcting, 5, "i")  # nobody waits for it any more
    assert corrections(correcting) == {3.0: "ɑ"}


def test_confirmed_labels_are_kept_where_that_is_wanted(correcting: Correcting) -> None:
    session = bench_of(correcting).session
    correcting.set_options(correction_keeps=True, correction_plays=False)
    session.select_item(1, 1)
    correcting.set_on(True)
    correcting.next()
    answer(correcting, 3, "ɑ")
    correcting.take_model()
    correcting.previous()
    correcting.next()  # what was decided is not overwritten by the label
    assert corrections(correcting) == {1.0: "IY1", 3.0: "ɑ"}


def test_it_needs_an_interval_tier_and_follows_it(correcting: Correcting) -> None:
    from vowelscope.core.edit_tiers import add_interval_tier, remove_tier

    session = bench_of(correcting).session
    messages: list[str] = []
    session.message.connect(messages.append)
    correcting.set_on(True)
    assert not correcting.is_on and len(messages) == 1
    session.select_item(1, 1)
    correcting.set_on(True)
    assert session.textgrid is not None
    session.replace_textgrid(add_interval_tier(session.textgrid, "notes", 0), "Add tier")
    assert correcting.tier_index == 2
    session.replace_textgrid(remove_tier(session.textgrid, 2), "Remove tier")
    assert not correcting.is_on
    session.undo_stack.undo()
    session.recording_changed.emit()
    assert correcting.tier_index is None


def test_read_only_takes_nothing_and_stays(correcting: Correcting) -> None:
    session = bench_of(correcting).session
    session.select_item(1, 1)
    session.is_read_only = True
    answer(correcting, 1, "u")
    correcting.take_model()
    assert corrections(correcting) == {} and session.item_index == 1
