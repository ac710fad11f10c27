"""The spectral slice beside Praat's own Extract part, To Spectrum and To LPC."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import parselmouth
import pytest

from vowelscope.core.acoustics import FormantSettings
from vowelscope.core.errors import AnalysisError
from vowelscope.core.spectral_slice import spectral_slice

call = parselmouth.praat.call


@pytest.mark.parametrize(("start_s", "stop_s"), [(0.9, 0.9), (0.8, 0.95)])
def test_levels_are_praats(speech: tuple[Path, Path], start_s: float, stop_s: float) -> None:
    ours = spectral_slice(speech[0], start_s, stop_s, 0.005)
    half = 0.005 if start_s == stop_s else 0.0
    sound = parselmouth.Sound(str(speech[0]))
    part = call(sound, "Extract part", start_s - half, stop_s + half, "Gaussian2", 1.0, "yes")
    spectrum = call(part, "To Spectrum", "yes")
    assert len(ours.freqs_hz) == call(spectrum, "Get number of bins")
    for number in (10, len(ours.freqs_hz) // 3):
        real = call(spectrum, "Get real value in bin", number)
        imaginary = call(spectrum, "Get imaginary value in bin", number)
        level_db = 10 * np.log10(2 * (real**2 + imaginary**2) / 4e-10)
        assert ours.level_db[number - 1] == pytest.approx(level_db, abs=1e-6)
        assert ours.freqs_hz[number - 1] == pytest.approx(
            call(spectrum, "Get frequency from bin number", number)
        )


def test_a_tone_is_a_peak_of_the_right_level(tone_wav: Callable[..., Path]) -> None:
    held = spectral_slice(tone_wav(freq_hz=1000.0, peak=0.5), 0.3, 0.7)
    at = int(np.argmax(held.level_db))
    assert held.freqs_hz[at] == pytest.approx(1000, abs=3)
    assert held.envelope_hz[np.argmax(held.envelope_db)] == pytest.approx(1000, abs=20)
    assert (held.time_s, held.start_s, held.stop_s) == (None, 0.3, 0.7)


def test_the_envelope_has_peaks_where_the_formants_are(speech: tuple[Path, Path]) -> None:
    settings = FormantSettings(ceiling_hz=5000.0)
    held = spectral_slice(speech[0], 0.9, 0.9, 0.005, settings)
    praat = parselmouth.Sound(str(speech[0])).to_formant_burg(None, 5, 5000)
    for number in (1, 2, 3):
        expected = praat.get_value_at_time(number, 0.9)
        assert held.formants_hz[number - 1] == pytest.approx(expected, abs=0.1)
    level = held.envelope_db
    peaks = held.envelope_hz[1:-1][(level[1:-1] > level[:-2]) & (level[1:-1] > level[2:])]
    assert np.abs(peaks - held.formants_hz[1]).min() < 60
    assert held.envelope_hz[-1] == pytest.approx(5000)
    # As strong as the spectrum below the ceiling.
    below = held.freqs_hz <= 5000
    ours = np.mean(10 ** (held.level_db[below] / 10))
    theirs = np.mean(10 ** (np.interp(held.freqs_hz[below], held.envelope_hz, level) / 10))
    assert theirs == pytest.approx(ours, rel=1e-6)


def test_what_cannot_be_sliced(speech: tuple[Path, Path], tone_wav: Callable[..., Path]) -> None:
    with pytest.raises(AnalysisError, match="no sound"):
        spectral_slice(speech[0], 60.0, 60.0)
    with pytest.raises(AnalysisError, match="10 s at most"):
        spectral_slice(tone_wav(duration_s=11.0), 0.0, 11.0)
    # At the very edge there is half a window, and that is enough.
    assert np.isfinite(spectral_slice(tone_wav(), 0.0, 0.0).level_db).all()
