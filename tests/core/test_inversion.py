"""A spectrogram brought back to sound, and analysed again by the one feature road."""

from __future__ import annotations

import numpy as np
import pytest

from vowelscope.core.audio import Recording
from vowelscope.core.errors import AnalysisError
from vowelscope.core.features import FeatureSpec, token_input
from vowelscope.core.inversion import sound_of

VOWEL_S = (0.465, 0.567)
LOUD_DB = -50.0


def there_and_back(path, spec, span_s=VOWEL_S):
    """The image of a token, its sound, and the image of that."""
    with Recording(path) as recording:
        seen = token_input(recording, *span_s, spec)
    piece = sound_of(seen.db, spec, seen.time_edges_s, *span_s)
    return seen, piece, token_input(piece, piece.tmin_s, piece.tmax_s, spec)


@pytest.mark.parametrize(
    ("spec", "least_r", "most_sd_db"),
    [
        (FeatureSpec(), 0.985, 2.0),
        (FeatureSpec(time_rule="stretch"), 0.985, 2.0),
        (FeatureSpec(f_max_hz=4000, rows=128, columns=100, column_s=0.00217), 0.97, 3.0),
        (FeatureSpec(rows=64, columns=64, column_s=0.0035), 0.95, 4.5),
    ],
)
def test_a_vowel_s_image_comes_back(speech, spec, least_r, most_sd_db):
    seen, piece, again = there_and_back(speech.wav, spec)
    assert piece.rate_hz == spec.rate_hz
    assert again.time_edges_s + piece.offset_s == pytest.approx(seen.time_edges_s, abs=1e-9)
    loud = seen.db > LOUD_DB
    assert np.corrcoef(seen.db[loud], again.db[loud])[0, 1] > least_r
    assert (again.db - seen.db)[loud].std() < most_sd_db
    assert abs((again.db - seen.db)[loud].mean()) < 2.5


@pytest.mark.parametrize("freq_hz", [300.0, 1000.0, 3217.0])
def test_a_pure_tone_stays_at_its_hz(tone_wav, freq_hz):
    _, piece, again = there_and_back(tone_wav(freq_hz), FeatureSpec(), (0.4, 0.6))
    row = int(again.db[:, 112].argmax())
    assert again.freq_edges_hz[row] - 20 <= freq_hz <= again.freq_edges_hz[row + 1] + 20
    middle = piece.samples[len(piece.samples) // 4 : -len(piece.samples) // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 1 << 16))
    assert spectrum.argmax() * piece.rate_hz / (1 << 16) == pytest.approx(freq_hz, abs=10)


def test_the_level_of_full_scale_is_kept_and_that_of_a_token_is_not_known(tone_wav):
    path = tone_wav(1000, peak=0.1)
    known = FeatureSpec(reference="full_scale", db_min=-90.0)
    seen, piece, again = there_and_back(path, known, (0.4, 0.6))
    assert again.db.max() == pytest.approx(seen.db.max(), abs=1.0)
    assert np.abs(piece.samples).max() == pytest.approx(0.1, rel=0.2)
    _, piece, _ = there_and_back(path, FeatureSpec(), (0.4, 0.6))
    assert np.abs(piece.samples).max() == pytest.approx(0.5)


def test_the_same_seed_gives_the_same_sound_and_silence_none(tone_wav):
    spec = FeatureSpec(rows=32, columns=20)
    edges_s = spec.time_edges_s(-0.01, 0.01)
    db = np.full((32, 20), spec.db_min, np.float32)
    with pytest.raises(AnalysisError, match="silent everywhere"):
        sound_of(db, spec, edges_s, -0.01, 0.01)
    db[10:14] = 0.0
    first, same, other = (
        sound_of(db, spec, edges_s, -0.01, 0.01, seed=seed).samples for seed in (1, 1, 2)
    )
    assert np.array_equal(first, same) and not np.array_equal(first, other)


def test_what_lies_at_the_floor_is_silent():
    """Pre-emphasis would make the floor of low rows a hum 44 dB below the loudest."""
    spec = FeatureSpec()
    db = np.full((spec.rows, spec.columns), spec.db_min, np.float32)
    db[56:60] = 0.0  # about 2,000 Hz
    piece = sound_of(db, spec, spec.time_edges_s(-0.05, 0.05), -0.05, 0.05)
    power = np.abs(np.fft.rfft(piece.samples)) ** 2
    hz = np.fft.rfftfreq(len(piece.samples), 1 / piece.rate_hz)
    assert 10 * np.log10(power[hz < 500].max() / power.max()) < -55
