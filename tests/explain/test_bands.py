from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vowelscope.core.acoustics import formants_at
from vowelscope.core.errors import ConfigError
from vowelscope.explain.bands import (
    FREQUENCY_BANDS,
    BandSettings,
    band_edges_hz,
    band_shares,
    token_tracks,
)

EDGES_HZ = np.linspace(0, 8000, 8)
VOWEL = [120.0, 500.0, 1500.0, 2500.0, 3500.0]


def _hz(tracks_hz, settings=None, edges_hz=(0.0, 8000.0)):
    """Height of each band in Hz, in one row from 0 to 8,000 Hz."""
    edges = np.array(edges_hz)
    shares = band_shares(np.array(tracks_hz), edges, settings or BandSettings())
    return dict(zip(FREQUENCY_BANDS, (shares * np.diff(edges)).sum(axis=-1), strict=True))


def test_bands_are_tracks_with_their_half_widths():
    heights = _hz(VOWEL, BandSettings(formant_half_hz=200, f0_half_hz=50))
    assert heights == pytest.approx(
        {
            "below f0": 70,
            "f0": 100,
            "F1": 400,
            "F2": 400,
            "F3": 400,
            "F4": 400,
            "between": 130 + 3 * 600,
            "above F4": 4300,
            "no track": 0,
        }
    )


def test_bands_that_would_overlap_meet_half_way():
    low, high = band_edges_hz(np.array([200.0, 300, 500, 2500, 3500]), BandSettings(200, 50))
    assert low.tolist() == [150, 250, 400, 2300, 3300]
    assert high.tolist() == [250, 400, 700, 2700, 3700]


def test_where_a_track_is_undefined_nothing_is_made_up():
    heights = _hz([np.nan, 500, 1500, np.nan, 3500])
    assert (heights["below f0"], heights["f0"], heights["F3"]) == (0, 0, 0)
    # Up to F1's band, and from F2's band to F4's.
    assert heights["no track"] == pytest.approx(300 + 1600)
    assert heights["between"] == pytest.approx(600)
    assert _hz([120, 500, 1500, 2500, np.nan])["no track"] == pytest.approx(8000 - 2700)
    assert _hz([np.nan] * 5)["no track"] == pytest.approx(8000)


def test_a_track_under_the_one_below_it_is_undefined():
    assert _hz([400, 380, 1500, 2500, 3500])["F1"] == 0


def test_a_band_above_the_range_is_empty():
    heights = _hz([120, 500, 1500, 2500, 4300], edges_hz=(0.0, 4000.0))
    assert heights["F4"] == 0
    assert heights["above F4"] == 0
    assert sum(heights.values()) == pytest.approx(4000)


@given(
    hnp.arrays(
        np.float64,
        (6, 5),
        elements=st.floats(0, 9000) | st.just(float("nan")),
    ),
    st.floats(1, 5000),
    st.floats(1, 5000),
)
def test_shares_are_shares_whatever_the_tracks(tracks_hz, formant_half_hz, f0_half_hz):
    shares = band_shares(tracks_hz, EDGES_HZ, BandSettings(formant_half_hz, f0_half_hz))
    assert shares.min() > -1e-9
    assert np.abs(shares.sum(axis=1) - 1).max() < 1e-9


@pytest.mark.parametrize("half_hz", [0, -5, 5001, float("nan")])
def test_half_widths_out_of_range(half_hz):
    with pytest.raises(ConfigError, match="must lie within 1-5,000 Hz"):
        BandSettings(formant_half_hz=half_hz)
    with pytest.raises(ConfigError, match="f0"):
        BandSettings(f0_half_hz=half_hz)


def test_tracks_are_praat_s(speech):
    spans = [(0.465, 0.567), (0.1, 0.2)]
    first, second = token_tracks(speech.wav, spans)
    times_s = np.array([0.48, 0.5, 0.55])
    praat = formants_at(speech.wav, times_s)
    assert first.at(times_s)[:, 1:] == pytest.approx(praat, abs=0.01)
    assert (second.tmin_s, second.tmax_s) == (0.1, 0.2)
    f0 = first.at(times_s)[:, 0]
    assert ((f0 > 100) & (f0 < 300)).all()
    assert first.relative(4).shape == (4, 5)
    assert first.relative(1)[0] == pytest.approx(first.at(np.array([0.516]))[0])


def test_weak_frames_and_silence_have_no_track(tone_wav, tmp_path):
    import soundfile as sf

    sf.write(tmp_path / "zero.wav", np.zeros(16000), 16000)
    (found,) = token_tracks(tmp_path / "zero.wav", [(0.4, 0.6)])
    assert np.isnan(found.relative(5)).all()
    (short,) = token_tracks(tone_wav(700, duration_s=0.03), [(0.005, 0.025)])
    assert short.formant_track is None
    assert "No formants:" in short.note
    assert np.isnan(short.relative(5)).all()


def test_what_was_set_by_hand_is_in_the_tracks(speech):
    from vowelscope.core.hand_points import HandPoint, HandPoints

    (raw,) = token_tracks(speech.wav, [(1.0, 1.2)])
    at_s = float(raw.formant_track.times_s[20])
    hand = HandPoints((HandPoint(at_s, 2, 1111.0, 0.003125),))
    (found,) = token_tracks(speech.wav, [(1.0, 1.2)], hand=hand)
    assert found.at(np.array([at_s]))[0, 2] == pytest.approx(1111.0)
    assert raw.at(np.array([at_s]))[0, 2] != pytest.approx(1111.0)
