from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vowelscope.core.audio import Recording
from vowelscope.core.errors import ConfigError
from vowelscope.explain.bands import BandSettings, token_tracks
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.ledger import ROWS, make_ledger

VOWEL = [120.0, 500.0, 1500.0, 2500.0, 3500.0]


def _row(ledger, name, of="i", against=None):
    return next(row for row in ledger.rows(of, against) if row.name == name)


def test_a_map_whose_mass_lies_under_f2_gives_f2_all(explanation_of, tracks_of):
    maps = np.zeros((1, 40, 4))
    maps[0, 7] = 3.0  # 1,400-1,600 Hz of 200 Hz a cell
    made = explanation_of(maps, bias=[0.5], span=(0.2, 0.8), stride=8)
    assert made.input.time_edges_s[0] > 0.2, "the token fills the window"
    ledger = make_ledger(made, tracks_of([VOWEL], (0.2, 0.8)))
    parts = dict(zip(ROWS, ledger.parts_of("i"), strict=True))
    assert parts.pop("F2") == pytest.approx(3.0 / 40)
    assert parts.pop("bias") == 0.5
    assert np.abs(list(parts.values())).max() < 1e-12


def test_a_cell_is_spread_evenly_over_its_area(explanation_of, tracks_of):
    # Two cells: 0-4,000 Hz gives 1 logit, 4,000-8,000 Hz gives 2.
    made = explanation_of([[[2.0], [4.0]]], span=(0.2, 0.8))
    ledger = make_ledger(made, tracks_of([VOWEL], (0.2, 0.8)), BandSettings(250, 50))
    parts = dict(zip(ROWS, ledger.parts_of("i"), strict=True))
    assert parts["F1"] == pytest.approx(500 / 4000)
    assert parts["below f0"] == pytest.approx(70 / 4000)
    assert parts["above F4"] == pytest.approx(250 / 4000 + 2)
    assert _row(ledger, "F1").area == pytest.approx(500 / 8000)


def test_bands_follow_the_tracks_in_time(explanation_of, tracks_of):
    # F2 rises; the map speaks only where it is: low early, high late.
    maps = np.zeros((1, 20, 2))
    maps[0, 3, 0] = maps[0, 6, 1] = 1.0  # 1,200-1,600 and 2,400-2,800 Hz
    made = explanation_of(maps, span=(0.2, 0.8), stride=8, column_s=0.03)
    half = int(0.5 * 100)
    rising = [[120, 500, 1400, 3400, 4400]] * half + [[120, 500, 2600, 3400, 4400]] * half
    ledger = make_ledger(made, tracks_of(rising, (0.2, 0.8)))
    assert _row(ledger, "F2").logits == pytest.approx(2 / 40, rel=0.05)
    level = make_ledger(made, tracks_of([[120, 500, 1400, 3400, 4400]], (0.2, 0.8)))
    assert _row(level, "F2").logits == pytest.approx(1 / 40, rel=0.05)


def test_context_and_padding(explanation_of, tracks_of):
    # 8 columns of 64 ms about 0.15 s: from -0.106 to 0.406 s.
    made = explanation_of(np.ones((1, 4, 8)), span=(0.1, 0.2))
    ledger = make_ledger(made, tracks_of([VOWEL], (0.1, 0.2)), duration_s=0.3)
    edges_s = made.input.time_edges_s
    centres_s = 0.5 * (edges_s[1:] + edges_s[:-1])
    padding = np.mean((centres_s < 0) | (centres_s >= 0.3))
    inside = np.mean((centres_s >= 0.1) & (centres_s < 0.2))
    assert _row(ledger, "padding").logits == pytest.approx(padding)
    assert _row(ledger, "context").logits == pytest.approx(1 - padding - inside)
    unknown = make_ledger(made, tracks_of([VOWEL], (0.1, 0.2)))
    assert _row(unknown, "padding").logits == pytest.approx(np.mean(centres_s < 0))
    assert ledger.areas.sum() == pytest.approx(1)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 9),
    st.integers(1, 9),
    st.floats(1, 5000),
    st.floats(0.01, 0.6),
)
def test_rows_add_up_to_the_logit(explanation_of, tracks_of, seed, rows, cols, half_hz, length_s):
    rng = np.random.default_rng(seed)
    span = (0.3, 0.3 + length_s)
    maps, bias = 5 * rng.standard_normal((3, rows, cols)), rng.standard_normal(3)
    made = explanation_of(maps, bias, span, stride=8)
    values = rng.uniform(50, 9000, (30, 5))
    values = np.where(rng.random(values.shape) < 0.2, np.nan, np.sort(values, axis=1))
    ledger = make_ledger(
        made, tracks_of(values, span), BandSettings(half_hz, half_hz / 2 + 1), duration_s=0.7
    )
    assert np.abs(ledger.parts.sum(axis=1) - made.logits).max() < 1e-4
    contrast = ledger.parts_of("i", "ɝ").sum()
    assert contrast == pytest.approx(made.logits[0] - made.logits[2], abs=1e-4)


def test_rows_add_up_to_the_logit_of_a_network(tiny, speech):
    span = (0.465, 0.567)
    with Recording(speech.wav) as recording:
        made = CamExplainer(tiny).explain(recording, *span)
        (found,) = token_tracks(speech.wav, [span])
        ledger = make_ledger(made, found, duration_s=recording.duration_s)
    assert np.abs(ledger.parts.sum(axis=1) - made.logits).max() < 1e-4
    assert ledger.classes == tiny.card.classes


@pytest.mark.parametrize("null", ["swapped", "shifted"])
def test_of_random_maps_every_place_is_as_likely(explanation_of, tracks_of, null):
    rng = np.random.default_rng(5)
    span, places = (0.45, 0.55), []
    for _ in range(70):
        count = 1 if null == "swapped" else 32
        # Steady tracks differ between tokens; for shifts in time, tracks that move at random.
        drawn = [
            tracks_of(VOWEL * rng.uniform(0.87, 1.13, (count, 5)), span)
            for _ in range(13 if null == "swapped" else 1)
        ]
        made = explanation_of(rng.standard_normal((1, 40, 8)), span=span, stride=4, column_s=3e-3)
        ledger = make_ledger(made, drawn[0], others=drawn[1:])
        found = ledger.places_of(getattr(ledger, null), "i")
        places.append([found[ROWS.index(name)] for name in ("F1", "F2", "F3", "F4")])
    every = np.array(places)
    assert np.abs(every.mean(axis=0) - 0.5).max() < 0.13  # four standard errors
    # The bands of a map are nearly independent: 280 places.
    below = np.mean(every.ravel()[:, None] < np.array([0.1, 0.25, 0.5, 0.75, 0.9]), axis=0)
    assert np.abs(below - [0.1, 0.25, 0.5, 0.75, 0.9]).max() < 0.1


def test_a_map_that_follows_f2_has_a_high_place(explanation_of, tracks_of):
    rng = np.random.default_rng(6)
    f2 = np.interp(np.arange(60), [0, 30, 59], [1000, 2400, 1200])
    own = np.stack([np.full(60, hz) for hz in (120.0, 400.0)] + [f2], axis=1)
    own = np.concatenate([own, np.full((60, 1), 3200.0), np.full((60, 1), 4200.0)], axis=1)
    maps = np.zeros((1, 40, 12))
    place_s = np.linspace(0.2, 0.8, 12)
    f2_there = np.interp(place_s, np.linspace(0.15, 0.85, 60), f2)
    for column, f2_hz in enumerate(f2_there):
        maps[0, int(f2_hz // 200), column] = 1.0
    made = explanation_of(maps, span=(0.2, 0.8), stride=8, column_s=0.6 / 96)
    others = [
        tracks_of([[120, 400, hz, 3200, 4200]], (0.2, 0.8)) for hz in rng.uniform(900, 2600, 20)
    ]
    ledger = make_ledger(made, tracks_of(own, (0.2, 0.8)), others=others)
    assert _row(ledger, "F2").place_swapped > 0.95
    assert _row(ledger, "F2").place_shifted > 0.95
    assert len(ledger.swapped) == 20
    assert f"{len(ledger.shifted)} time shifts" in ledger.null_words
    assert _row(ledger, "bias").place_swapped is None


def test_without_enough_wrong_tracks_there_is_no_place(explanation_of, tracks_of):
    made = explanation_of(np.ones((1, 4, 4)), span=(0.4, 0.41))
    ledger = make_ledger(made, tracks_of([VOWEL], (0.4, 0.41)))
    assert {row.place_swapped for row in ledger.rows("i")} == {None}
    assert {row.place_shifted for row in ledger.rows("i")} == {None}
    assert "too few" in ledger.null_words


def test_what_is_not_resolvable_says_so(explanation_of, tracks_of):
    coarse = explanation_of(np.ones((1, 7, 7)), span=(0.3, 0.7))
    ledger = make_ledger(coarse, tracks_of([VOWEL], (0.3, 0.7)), BandSettings(200, 50))
    row = _row(ledger, "F2")
    assert row.resolvable is False
    assert "F1 lies 1,000 Hz away" in row.note
    assert "the band is 400 Hz high" in row.note
    assert "1,143 Hz tall" in row.note
    assert _row(ledger, "above F4").resolvable is True
    fine = explanation_of(np.ones((1, 160, 7)), span=(0.3, 0.7), stride=2)
    ledger = make_ledger(fine, tracks_of([VOWEL], (0.3, 0.7)), BandSettings(200, 50))
    assert all(row.resolvable in (True, None) for row in ledger.rows("i")[:8])
    assert _row(ledger, "F2").note == ""


def test_undefined_tracks_are_said(explanation_of, tracks_of):
    made = explanation_of(np.ones((1, 7, 7)), span=(0.3, 0.7))
    nothing = make_ledger(made, tracks_of([5 * [np.nan]], (0.3, 0.7)))
    assert _row(nothing, "F1").note == "undefined in the whole token"
    assert _row(nothing, "F1").logits == 0
    assert _row(nothing, "no track").logits == pytest.approx(nothing.areas[8])
    assert _row(nothing, "F1").place_shifted is None
    high = make_ledger(made, tracks_of([[120, 500, 1500, 2500, 9000]], (0.3, 0.7)))
    assert "above the model's range" in _row(high, "F4").note


def test_context_narrower_than_a_cell_is_not_resolvable(explanation_of, tracks_of):
    made = explanation_of(np.ones((1, 7, 7)), span=(0.3, 0.7))
    assert _row(make_ledger(made, tracks_of([VOWEL], (0.3, 0.7))), "context").resolvable is False
    wide = dataclasses.replace(made, tmin_s=0.45, tmax_s=0.55)
    assert _row(make_ledger(wide, tracks_of([VOWEL], (0.45, 0.55))), "context").resolvable


def test_an_unknown_class(explanation_of, tracks_of):
    ledger = make_ledger(explanation_of(np.ones((1, 2, 2))), tracks_of([VOWEL]))
    with pytest.raises(ConfigError, match="no class 'y'"):
        ledger.rows("y")
    with pytest.raises(ConfigError, match="no class 'y'"):
        ledger.rows("i", "y")
