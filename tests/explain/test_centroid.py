from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from vowelscope.explain.base import Explanation
from vowelscope.explain.centroid import cam_centroid_hz


def explanation(maps: list[list[list[float]]]) -> Explanation:
    cells = np.array(maps, dtype=np.float32)
    return Explanation(
        method="cam",
        classes=("i", "u"),
        logits=np.array([1.0, 0.0], np.float32),
        bias=np.zeros(2, np.float32),
        maps=cells,
        freq_edges_hz=np.array([0.0, 1000.0, 2000.0, 2500.0]),
        time_edges_s=np.array([0.0, 0.1, 0.2]),
        tmin_s=0.0,
        tmax_s=0.2,
        input=SimpleNamespace(),  # type: ignore[arg-type]
        model_name="m",
        model_hash="h",
    )


def test_centroid_by_hand() -> None:
    one = [[0.0, 1.0], [3.0, -9.0], [0.0, 0.0]]
    none = [[-1.0, -1.0], [0.0, 0.0], [-2.0, 0.0]]
    found = explanation([one, none])
    assert cam_centroid_hz(found) == pytest.approx((1 * 500 + 3 * 1500) / 4)
    assert cam_centroid_hz(found, "u") is None


def test_a_narrow_cell_weighs_by_its_height() -> None:
    found = explanation([[[1.0, 0.0], [0.0, 0.0], [1.0, 0.0]]] * 2)
    assert cam_centroid_hz(found) == pytest.approx((1000 * 500 + 500 * 2250) / 1500)
