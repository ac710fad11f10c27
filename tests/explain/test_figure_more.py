from __future__ import annotations

import matplotlib.image
import numpy as np
import pytest

from vowelscope.explain.figure import draw, save_figure
from vowelscope.explain.figure_more import add_ledger, add_tuning
from vowelscope.explain.ledger import ROWS, make_ledger
from vowelscope.explain.tuning import Lamp, TuningSettings, spectral_tuning


class _Flat:
    def run(self, images):
        logits = np.repeat(images[:, 0].mean(axis=(1, 2))[:, None], 2, axis=1)
        return logits, logits[:, :, None, None]


@pytest.fixture
def made(explanation_of):
    rng = np.random.default_rng(2)
    return explanation_of(
        rng.standard_normal((2, 8, 8)), [0.1, 0.2], stride=8, db=rng.uniform(-60, 0, (64, 64))
    )


def test_the_ledger_is_bars_with_their_numbers(made, tracks_of, tmp_path):
    others = [tracks_of([[120, 500, 1500 + 20 * at, 2500, 3500]]) for at in range(12)]
    ledger = make_ledger(made, tracks_of([[120, 500, 1500, 2500, 3500]]), others=others)
    figure = draw(made, "i")
    before_in = figure.axes[0].get_position().width * figure.get_figwidth()
    add_ledger(figure, ledger, "i")
    assert figure.axes[0].get_position().width * figure.get_figwidth() == pytest.approx(before_in)
    panel = figure.axes[-1]
    assert [label.get_text() for label in panel.get_yticklabels()] == list(ROWS)
    widths = [bar.get_width() for bar in panel.patches]
    assert widths == pytest.approx(ledger.parts_of("i").tolist())
    assert panel.patches[2].get_facecolor() == pytest.approx((0.627, 0.627, 0.627, 1), abs=0.01)
    assert f"sum {made.logits[0]:+.2f}" in panel.get_title()
    assert "12 other tokens" in " ".join(text.get_text() for text in figure.texts)
    save_figure(figure, tmp_path / "a.png")
    assert matplotlib.image.imread(tmp_path / "a.png").shape[1] > 960


@pytest.mark.parametrize("controls", [0, 2])
def test_the_tuning_shares_the_frequency_axis(made, controls, tmp_path):
    tuning = spectral_tuning(made, _Flat(), TuningSettings("floor", controls=controls))
    figure = draw(made, "i")
    add_tuning(figure, made, tuning, Lamp("yellow", ("Not tested.",)), "i", "æ")
    map_axes, panel = figure.axes[0], figure.axes[-1]
    assert panel.get_ylim() == map_axes.get_ylim() == (0, 8000)
    assert panel.get_position().y0 == map_axes.get_position().y0
    assert "i − æ (logits)" in panel.get_xlabel()
    words = " ".join(text.get_text() for text in figure.texts)
    assert "yellow: Not tested." in words
    labels = [text.get_text() for text in panel.get_legend().get_texts()]
    assert ("control bands" in labels) == (controls > 0)
    save_figure(figure, tmp_path / "a.png")
    assert matplotlib.image.imread(tmp_path / "a.png").shape[1] > 960
