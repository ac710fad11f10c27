"""Formants set by hand: which frames they count for, on this grid and on another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vowelscope.core.acoustics import FormantSettings, formants, formants_at, visible
from vowelscope.core.hand_points import HandPoint, HandPoints
from vowelscope.core.measure_formants import interval_means

STEP = 0.00625
TIMES = 0.1 + STEP * np.arange(9)


def _point(at: int, formant: int, freq_hz: float | None, channel: int | None = None) -> HandPoint:
    return HandPoint(float(TIMES[at]), formant, freq_hz, STEP / 2, channel)


def test_a_point_counts_for_its_frame_alone_and_none_is_undefined() -> None:
    freqs = np.arange(27.0).reshape(9, 3)
    hand = HandPoints().with_points([_point(3, 2, 1500.0), _point(5, 1, None), _point(4, 1, 9, 0)])
    out = hand.applied(TIMES, freqs, None)
    assert out[3, 1] == 1500.0 and np.isnan(out[5, 0])
    changed = ~((out == freqs) | (np.isnan(out) & np.isnan(freqs)))
    assert list(zip(*np.nonzero(changed), strict=True)) == [(3, 1), (5, 0)]
    assert hand.applied(TIMES, freqs, 0)[4, 0] == 9 and freqs[3, 1] == 10.0
    # A formant that the analysis does not have is nowhere.
    assert HandPoints((_point(3, 5, 4000.0),)).applied(TIMES, freqs, None) is freqs


def test_a_second_value_takes_the_place_of_the_first() -> None:
    hand = HandPoints().with_points([_point(3, 2, 1500.0), _point(4, 2, 1600.0)])
    again = hand.with_points([_point(3, 2, 1400.0)])
    assert [x.freq_hz for x in again.points] == [1400.0, 1600.0]
    assert len(hand.points) == 2
    assert again.without(None, TIMES[4], TIMES[4]).points == again.points[:1]
    assert again.without(None, 0.0, 1.0, formant=1) == again
    assert again.without(0, 0.0, 1.0) == again
    assert again.without(None, 0.0, 1.0, formant=2) == HandPoints()


def test_on_another_grid_the_frames_within_half_a_frame_have_it() -> None:
    hand = HandPoints((_point(4, 1, 700.0),))
    fine = np.arange(0.1, 0.15, 0.001)
    out = hand.applied(fine, np.zeros((len(fine), 1)), None)[:, 0]
    here = fine[out == 700.0]
    assert len(here) in (6, 7)
    assert np.abs(here - TIMES[4]).max() <= STEP / 2 + 1e-9
    coarse = np.arange(0.1, 0.2, 0.02)
    out = hand.applied(coarse, np.zeros((len(coarse), 1)), None)[:, 0]
    assert np.flatnonzero(out).tolist() == [int(np.abs(coarse - TIMES[4]).argmin())]


def test_which_formants_a_stretch_has_by_hand() -> None:
    hand = HandPoints().with_points([_point(0, 3, 1.0), _point(4, 1, None), _point(4, 2, 2.0, 1)])
    assert hand.formants_in(None, TIMES[0], TIMES[8]) == (1, 3)
    assert hand.formants_in(None, TIMES[2], TIMES[8]) == (1,)
    assert hand.formants_in(1, TIMES[2], TIMES[8]) == (2,)
    assert hand.formants_in(None, TIMES[4] + STEP, TIMES[8]) == ()


def test_a_part_has_times_of_its_own() -> None:
    hand = HandPoints().with_points([_point(0, 1, 500.0), _point(4, 1, 600.0)])
    (left,) = hand.part(0.11, 0.2).points
    assert left.time_s == pytest.approx(TIMES[4] - 0.11) and left.freq_hz == 600.0


def test_what_changed() -> None:
    hand = HandPoints().with_points([_point(at, 1, 500.0 + at) for at in range(9)])
    assert hand.changed_times_s(hand) == []
    other = hand.with_points([_point(4, 1, 700.0), _point(6, 2, 900.0)])
    assert other.changed_times_s(hand) == hand.changed_times_s(other)
    assert set(hand.changed_times_s(other)) == {TIMES[4], TIMES[6]}
    assert HandPoints().changed_times_s(hand) == [x.time_s for x in hand.points]
    assert [x.time_s for x in other.points] == sorted(x.time_s for x in other.points)


def test_every_analysis_has_them(tone_wav: Callable[..., Path]) -> None:
    path = tone_wav(freq_hz=700.0)
    raw = formants(path, None, 0.4, 0.6)
    assert raw.by_hand is None
    at_s = float(raw.times_s[5])
    point = HandPoint(at_s, 1, 333.0, raw.settings.step_s / 2)
    hand = HandPoints((point,))
    track = formants(path, None, 0.4, 0.6, hand=hand)
    assert track.by_hand is not None and track.by_hand[5, 0] and track.by_hand.sum() == 1
    assert track.freqs_hz[5, 0] == 333.0 and np.isnan(track.bandwidths_hz[5, 0])
    np.testing.assert_array_equal(track.freqs_hz[6:], raw.freqs_hz[6:])
    assert formants_at(path, [at_s], hand=hand)[0, 0] == pytest.approx(333.0)
    with_hand = interval_means(path, [(0.4, 0.6)], hand=hand)[0, 0]
    frames = len(raw.times_s)
    moved = (raw.freqs_hz[5, 0] - 333.0) / frames
    assert interval_means(path, [(0.4, 0.6)])[0, 0] - with_hand == pytest.approx(moved, rel=0.1)
    # A frame that Praat would not draw is drawn where a hand set something.
    quiet = formants(path, FormantSettings(dynamic_range_db=0.001), 0.4, 0.6, hand=hand)
    assert visible(quiet)[5]
