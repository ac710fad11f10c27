from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from vowelscope.core.band_filter import band_cells
from vowelscope.core.errors import AudioError
from vowelscope.core.playback import PlaybackError
from vowelscope.core.rendering import Rendering, render


def test_it_lasts_as_long_as_the_speed_says_and_knows_its_stretch(
    tone_wav: Callable[..., Path],
) -> None:
    wav = tone_wav(freq_hz=200, channels=2)
    for speed in (1.0, 0.75, 0.5, 0.25):
        made = render(Rendering(wav, 0.25, 0.75, speed=speed))
        assert made.samples.shape == (round(8000 / speed), 2)
        assert made.span_s == (0.25, 0.75)
        assert made.rate_hz == 16000


def test_the_ends_of_the_file_are_no_trouble(tone_wav: Callable[..., Path]) -> None:
    wav = tone_wav(freq_hz=200)
    made = render(Rendering(wav, -1.0, 9.0, (0,), 0.5, band_cells(100, 400, -1, 2)))
    assert made.span_s == (0.0, 1.0)
    assert len(made.samples) == 32000
    assert np.abs(made.samples[8000:-8000]).max() == pytest.approx(0.5, abs=0.05)
    assert abs(made.samples[0, 0]) < 0.01


def test_one_channel_alone(tmp_path: Path) -> None:
    data = np.zeros((16000, 2), np.float32)
    data[:, 1] = 0.25
    sf.write(tmp_path / "two.wav", data, 16000, subtype="FLOAT")
    made = render(Rendering(tmp_path / "two.wav", 0.2, 0.4, (1,)))
    assert made.samples.shape == (3200, 1)
    assert (made.samples[50:-50] == 0.25).all()


def test_what_cannot_be_made_is_one_sentence(tone_wav: Callable[..., Path], tmp_path: Path) -> None:
    wav = tone_wav()
    with pytest.raises(PlaybackError, match="the selection holds no sample"):
        render(Rendering(wav, 0.5, 0.5))
    with pytest.raises(PlaybackError, match=r"Up to 60 s .* these are 130 s: select less"):
        render(Rendering(wav, 0.0, 130.0, speed=0.5))
    with pytest.raises(AudioError, match="there is no such file"):
        render(Rendering(tmp_path / "gone.wav", 0.0, 1.0))
