from __future__ import annotations

import dataclasses

import matplotlib.image
import numpy as np
import pytest

from vowelscope.core.audio import Recording
from vowelscope.core.errors import ConfigError, UserError
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.figure import draw, save_figure, signed_colours


@pytest.fixture
def explanation(tiny, tone_wav):
    with Recording(tone_wav(1000)) as recording:
        return CamExplainer(tiny).explain(recording, 0.4, 0.6)


def _pixel(figure, image, time_s, freq_hz):
    """Colour of the picture at a place of its axes."""
    x, y = figure.axes[0].transData.transform((time_s, freq_hz))
    return image[image.shape[0] - 1 - round(y), round(x), :3]


def _picture(figure, path):
    save_figure(figure, path)
    return matplotlib.image.imread(path)


def test_colours_are_signed_and_zero_is_transparent():
    colours = signed_colours()
    assert colours(0.5)[3] == 0
    against, speaks_for = colours(0.0), colours(1.0)
    assert against[2] > against[0]  # purple
    assert speaks_for[0] > speaks_for[2]  # orange
    assert against[3] == speaks_for[3] == pytest.approx(0.8)


def test_each_cell_has_the_colour_of_its_sign(explanation, tmp_path):
    maps = explanation.maps.copy()
    maps[0] = [[1, -1], [0, 0.5]]
    quiet = dataclasses.replace(
        explanation.input, db=np.full((64, 64), explanation.input.spec.db_min, np.float32)
    )
    made = dataclasses.replace(explanation, maps=maps, input=quiet)
    figure = draw(made, "i", label="IY1")
    image = _picture(figure, tmp_path / "a.png")
    low_early = _pixel(figure, image, 0.42, 1500)
    low_late = _pixel(figure, image, 0.57, 1500)
    high_early = _pixel(figure, image, 0.42, 6500)
    assert low_early[0] > low_early[2] + 0.2
    assert low_late[2] > low_late[0] + 0.05
    assert high_early == pytest.approx([1, 1, 1])


def test_the_tone_is_dark_at_its_frequency(explanation, tmp_path):
    made = dataclasses.replace(explanation, maps=np.zeros_like(explanation.maps))
    figure = draw(made)
    image = _picture(figure, tmp_path / "a.png")
    assert _pixel(figure, image, 0.42, 1000).mean() < 0.5
    assert _pixel(figure, image, 0.42, 3000).mean() > 0.9


def test_formants_are_red_dots_and_nan_is_none(explanation, tmp_path):
    made = dataclasses.replace(explanation, maps=np.zeros_like(explanation.maps))
    times_s, freqs_hz = np.array([0.42, 0.45]), np.array([[3000.0, 5000], [3500, np.nan]])
    figure = draw(made, formant_times_s=times_s, formants_hz=freqs_hz)
    image = _picture(figure, tmp_path / "a.png")
    for time_s, freq_hz in [(0.42, 3000), (0.42, 5000), (0.45, 3500)]:
        red, green, blue = _pixel(figure, image, time_s, freq_hz)
        assert red > 0.7 > 0.3 > max(green, blue)


def test_axes_and_words(explanation):
    made = dataclasses.replace(explanation, warnings=("The top is empty.",))
    figure = draw(made, "u", label="$x_1 \\ae", title="a $ b.wav")
    axes, bar = figure.axes
    assert axes.get_xlim() == pytest.approx((0.5 - 0.112, 0.5 + 0.112))
    assert axes.get_ylim() == (0, 8000)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Time (s)", "Frequency (Hz)")
    limit = np.abs(made.map_of("u")).max()
    assert bar.get_ylim() == pytest.approx((-limit, limit))
    assert "logits" in bar.get_ylabel()
    words = " ".join(text.get_text() for text in figure.texts)
    for part in ("$x_1 \\ae", "map of u", "4000 Hz × 112 ms", "The top is empty.", "a $ b.wav"):
        assert part in words
    assert f"p = {made.probabilities.max():.3f}" in words


def test_an_odd_label_is_drawn_all_the_same(explanation, tmp_path, recwarn):
    save_figure(draw(explanation, label="$ \u4f60 \\frac{"), tmp_path / "a.png")
    assert matplotlib.image.imread(tmp_path / "a.png").shape == (624, 960, 4)
    assert not recwarn.list


def test_wrong_class_and_wrong_folder(explanation, tmp_path):
    with pytest.raises(ConfigError, match="no class 'y'"):
        draw(explanation, "y")
    with pytest.raises(UserError, match="Cannot save"):
        save_figure(draw(explanation), tmp_path / "no" / "a.png")
