"""RISE on an /i/ of the sample: the standard error of a cell by three ways to find it."""

from __future__ import annotations

import time

import numpy as np

from vowelscope.core.audio import Recording
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.interventions import run_all
from vowelscope.explain.model import load_model
from vowelscope.explain.rise import SIDE, _masked, enlarging, slopes
from vowelscope.resources import resource

SPAN_S = (3.868, 3.988)
PAIRS = 256


def main() -> None:
    """Print a line for each way."""
    engine = CamExplainer(load_model(resource("models", "vowels5")))
    with Recording(resource("sample", "sample.wav")) as recording:
        explanation = engine.explain(recording, *SPAN_S)
    seen = explanation.input
    high, wide = (enlarging(size, SIDE) for size in seen.db.shape)
    rows, columns = high.shape[1], wide.shape[1]
    drawn = np.random.default_rng(1).random((PAIRS, rows, columns)) < 0.5
    inputs = [
        lambda shown=shown: _masked(seen.db, seen.spec.db_min, high, wide, shown)
        for mask in drawn
        for shown in (mask, ~mask)
    ]
    begun_s = time.perf_counter()
    scores = run_all(engine.runtime, inputs, seen)[:, int(explanation.logits.argmax())]
    took_s = time.perf_counter() - begun_s
    signs = np.where(drawn.reshape(PAIRS, -1), 1.0, -1.0)
    apart = scores[::2] - scores[1::2]
    values, errors = slopes(signs > 0, apart)
    left = apart - signs @ values
    by_pairs = (apart[:, None] * signs).std(axis=0, ddof=1) / np.sqrt(PAIRS)
    print(
        f"{2 * PAIRS} passes in {took_s:.0f} s, {rows} × {columns} cells, /{explanation.predicted}/"
    )
    print(
        f"mean of the masks      standard error {2 * scores.std() / np.sqrt(2 * PAIRS):.3f} logits"
    )
    print(f"mean of the pairs      standard error {by_pairs.mean():.3f} logits")
    print(f"least squares          standard error {errors.mean():.3f} logits")
    print(f"its share of the variance {1 - left.var() / apart.var():.3f}")
    print(
        f"distinguishable from 0 {int((np.abs(values) > 2 * errors).sum())} of {values.size} cells"
    )


if __name__ == "__main__":
    main()
