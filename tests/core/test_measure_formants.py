"""The one road to a token's formants: its ceiling, Praat's values there, what a hand set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import parselmouth
import pytest

from vowelscope.core.acoustics import FormantSettings
from vowelscope.core.ceilings import best_of_file, candidates
from vowelscope.core.chosen_ceilings import ChosenCeilings
from vowelscope.core.hand_points import HandPoint, HandPoints
from vowelscope.core.measure import MeasureSettings, measure_tokens
from vowelscope.core.measure_ceilings import AutomaticCeiling, surveyed
from vowelscope.core.measure_formants import (
    FormantRoad,
    formant_track,
    midpoint_formants,
    place_formants,
)
from vowelscope.core.measure_log import Place, log_row
from vowelscope.core.spectral_slice import spectral_slice
from vowelscope.core.textgrid import Interval, IntervalTier
from vowelscope.core.tokens import Token


def _token(path: Path, tmin_s: float, tmax_s: float, label: str = "AE1") -> Token:
    return Token(path, "phones", 3, tmin_s, tmax_s, label)


def test_midpoints_are_praats(speech: tuple[Path, Path]) -> None:
    wav = speech[0]
    tokens = [_token(wav, *span) for span in ((0.3, 0.4), (1.0, 1.2), (50.0, 50.1))]
    ours = midpoint_formants(tokens, FormantRoad(FormantSettings(ceiling_hz=5000.0)))
    praat = parselmouth.Sound(str(wav)).to_formant_burg(None, 5, 5000)
    expected = [[praat.get_value_at_time(k, t) for k in (1, 2)] for t in (0.35, 1.1)]
    np.testing.assert_allclose([x[:2] for x in ours[:2]], expected, atol=0.1)
    assert np.isnan(ours[2][:2]).all()
    assert {x[2].by for x in ours} == {"fixed"}


def test_no_tokens(tone_wav: Callable[..., Path]) -> None:
    assert midpoint_formants([], FormantRoad()) == []


def test_everything_says_the_same(speech: tuple[Path, Path]) -> None:
    """Chart, log at the middle, log over the interval, table, slice and track."""
    wav, span = speech[0], (1.0, 1.2)
    token, middle_s = _token(wav, *span), 1.1
    best_hz = candidates(wav, *span).winner.ceiling_hz
    track, _ = formant_track(token, 1.0, 1.2, FormantRoad(automatic=AutomaticCeiling()))
    at = int(np.abs(track.times_s - middle_s).argmin())
    hand = HandPoints().with_points(
        [HandPoint(float(track.times_s[at + d]), 2, 1234.0, 0.003125) for d in (-1, 0, 1)]
    )
    settings = MeasureSettings(points=1, automatic=AutomaticCeiling(), hand=hand)
    road = settings.road
    ((_, f2, ceiling, by_hand),) = midpoint_formants([token], road)
    assert f2 == pytest.approx(1234.0) and by_hand == (2,)
    assert (ceiling.ceiling_hz, ceiling.by) == (best_hz, "token")
    cursor = log_row(Place(token, middle_s, None, token), settings)
    means = log_row(Place(token, None, None, token), settings)
    (row,) = measure_tokens([token], None, settings)
    for one in (cursor, means, row):
        assert (one["ceiling_hz"], one["ceiling_by"]) == (best_hz, "token")
        assert one["formants_by_hand"] == "F2" and one["formant_method"] == "burg"
        assert one["ceiling_error_bark"] == round(candidates(wav, *span).winner.error_bark, 4)
    assert cursor["F2_hz"] == row["F2_50_hz"] == 1234.0
    assert means["F2_hz"] == row["F2_mean_hz"]
    (plain,) = measure_tokens([token], None, replace(settings, hand=HandPoints()))
    assert means["F2_hz"] != plain["F2_mean_hz"] and means["F1_hz"] == plain["F1_mean_hz"]
    assert plain["formants_by_hand"] is None
    held = spectral_slice(wav, middle_s, middle_s, road=road, within=token)
    assert held.formants_hz[1] == pytest.approx(1234.0) and held.by_hand == (2,)
    assert held.formant.ceiling_hz == best_hz
    # A part of the interval: the ceiling is the interval's, not the part's.
    part = place_formants(token, 1.05, 1.08, road)
    assert part.ceiling.ceiling_hz == best_hz
    # Elsewhere nothing is by hand.
    assert log_row(Place(token, 1.02, None, token), settings)["formants_by_hand"] is None


def test_without_a_label_or_too_long_the_ceiling_is_that_of_the_settings(
    speech: tuple[Path, Path],
) -> None:
    road = FormantRoad(FormantSettings(ceiling_hz=5123.0), AutomaticCeiling())
    for token in (_token(speech[0], 1.0, 1.2, " "), _token(speech[0], 0.0, 3.5)):
        found = place_formants(token, 1.1, 1.1, road)
        assert (found.ceiling.ceiling_hz, found.ceiling.by) == (5123.0, "fixed")


def test_chosen_and_common_ceilings(speech: tuple[Path, Path]) -> None:
    wav = speech[0]
    spans = ((0.3, 0.4), (1.0, 1.2), (1.5, 1.6))
    intervals = [Interval(a, b, "V") for a, b in spans]
    tier = IntervalTier("phones", 0.0, 2.0, (*intervals, Interval(1.6, 2.0, "")))
    assert surveyed(tier, 1.55) == spans[:2]
    chosen = ChosenCeilings().with_choice("phones", 1.0, 1.2, None, 4321.0)
    automatic = AutomaticCeiling("file", chosen=chosen, survey=surveyed(tier, 2.0))
    found = midpoint_formants([_token(wav, *x) for x in spans], FormantRoad(automatic=automatic))
    tried = [candidates(wav, *x) for x in spans]
    common_hz = tried[0].items[best_of_file(tried)].ceiling_hz
    assert [x[2].ceiling_hz for x in found] == [common_hz, 4321.0, common_hz]
    assert [x[2].by for x in found] == ["file", "hand", "file"]
