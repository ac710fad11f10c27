"""A model that reads one band by construction: ledger, tuning and occlusion must find it out."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from vowelscope.explain.bands import BandSettings
from vowelscope.explain.explainers import open_explainer
from vowelscope.explain.ledger import make_ledger
from vowelscope.explain.tuning import TuningSettings, spectral_tuning

ROWS, COLUMNS, STRIDE = 40, 7, 8
"""Cells 200 Hz tall, so that a formant can be resolved."""
PLANTED_HZ = (1400.0, 1600.0)


class OneBand:
    """The level of one row of cells, evenly in time; the other classes read nothing."""

    def __init__(self, k=5):
        self.k = k
        low, high = (round(hz / 8000 * ROWS * STRIDE) for hz in PLANTED_HZ)
        self.weights = np.zeros(ROWS * STRIDE)
        self.weights[low:high] = 8.0 / (high - low)

    def run(self, images):
        n, _, rows, columns = images.shape
        # From the level of silence, so that an empty input gives nothing.
        level = images[:, 0].astype(np.float64) - (0 - 0.485) / 0.229
        gives = self.weights[:, None] * level / columns
        cells = gives.reshape(n, ROWS, rows // ROWS, COLUMNS, -1).sum(axis=(2, 4))
        maps = np.zeros((n, self.k, ROWS, COLUMNS), np.float32)
        maps[:, 0] = cells * ROWS * COLUMNS
        return maps.mean(axis=(2, 3)), maps


@pytest.fixture(scope="module")
def planted(explanation_of):
    rng = np.random.default_rng(7)
    db = rng.uniform(-55, -5, (ROWS * STRIDE, COLUMNS * STRIDE)).astype(np.float32)
    column_s = 0.2 / (COLUMNS * STRIDE)
    blank = np.zeros((5, ROWS, COLUMNS))
    seen = explanation_of(blank, stride=STRIDE, db=db, column_s=column_s).input
    runtime = OneBand()
    _, maps = runtime.run(seen.image()[None])
    made = explanation_of(maps[0], stride=STRIDE, db=db, column_s=column_s)
    return made, runtime


def test_the_ledger_finds_it(planted, tracks_of):
    made, _ = planted
    own = tracks_of([[120, 500, 1500, 2500, 3500]])
    rng = np.random.default_rng(1)
    others = [
        tracks_of([[120, 400 + at, f2, 2600, 3600]])
        for at, f2 in enumerate(rng.choice([900.0, 1150.0, 1850.0, 2100.0], 20))
    ]
    ledger = make_ledger(made, own, BandSettings(100.0, 50.0), others, 2.0)
    rows = {row.name: row for row in ledger.rows("i")}
    logit = float(made.logits[0])
    assert rows["F2"].logits == pytest.approx(logit, abs=1e-3) and logit > 1
    assert sum(abs(rows[name].logits) for name in rows if name != "F2") < 1e-3
    assert rows["F2"].resolvable and rows["F2"].place_swapped > 0.95
    assert rows["F1"].place_swapped == pytest.approx(0.5)
    elsewhere = make_ledger(made, others[0], BandSettings(100.0, 50.0), (), 2.0)
    assert abs(elsewhere.parts_of("i")[3]) < 1e-3, "with F2 elsewhere F2 gives nothing"


def test_the_tuning_finds_it(planted):
    made, runtime = planted
    for fill in ("mean", "floor", "neighbours"):
        tuning = spectral_tuning(made, runtime, TuningSettings(fill, controls=2))
        change = np.abs(tuning.of(tuning.stop, "i"))
        low, high = tuning.bands_hz[change.argmax()]
        assert low < PLANTED_HZ[1] and high > PLANTED_HZ[0]
        apart = (tuning.bands_hz[:, 1] <= PLANTED_HZ[0]) | (tuning.bands_hz[:, 0] >= PLANTED_HZ[1])
        assert apart.sum() > 20 and change[apart].max() < 1e-4
    floor = spectral_tuning(made, runtime, TuningSettings("floor", controls=0))
    row = int(np.abs(floor.of(floor.rows_stop, "i")).argmax())
    assert tuple(floor.rows_hz[row]) == PLANTED_HZ
    assert floor.of(floor.rows_stop, "i")[row] == pytest.approx(-made.logits[0], abs=1e-3)


def test_both_occlusions_find_it(planted):
    made, runtime = planted
    model = SimpleNamespace()
    bands = open_explainer("occlusion-bands", model, runtime).attribute(made, "i")
    lost = np.abs(bands.values[:, 0])
    low, high = bands.freq_edges_hz[lost.argmax()], bands.freq_edges_hz[lost.argmax() + 1]
    assert low < PLANTED_HZ[1] and high > PLANTED_HZ[0]
    assert lost[(bands.freq_edges_hz[1:] <= 1400) | (bands.freq_edges_hz[:-1] >= 1600)].max() < 1e-4
    patches = open_explainer("occlusion", model, runtime).attribute(made, "i")
    inside = (patches.freq_edges_hz[1:] > 1400) & (patches.freq_edges_hz[:-1] < 1600)
    assert np.abs(patches.values[~inside]).max() < 1e-4
    assert patches.values.sum() == pytest.approx(made.logits[0], abs=1e-3)
    assert (
        open_explainer("occlusion", model, runtime).attribute(made, "u").values.any() is np.False_
    )
