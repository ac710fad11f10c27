"""Occlusion in bands of frequency: what the score loses without each, over the whole input.

Bands of one ERB side by side (Glasberg & Moore 1990). It is the band-stop half of the spectral
tuning (`vowelscope.explain.tuning`), drawn as a map.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from vowelscope.core.translation import tr
from vowelscope.explain.base import Explanation
from vowelscope.explain.explainers import Attribution, target_weights
from vowelscope.explain.interventions import Fill, Progress, band_stop, erb_bands, run_all
from vowelscope.explain.model import Model
from vowelscope.explain.runtime import Runs


class OcclusionBands:
    """Each band is filled with its own mean.

    Parameters
    ----------
    width_erb
        Width of the bands; made a little smaller, so that a whole number fits the range.
    fill
        What stands in the place of a band; see `vowelscope.explain.interventions.FILLS`.
    """

    def __init__(
        self, _model: Model, runtime: Runs, width_erb: float = 1.0, fill: Fill = "mean"
    ) -> None:
        self._runtime = runtime
        self._width_erb = width_erb
        self._fill: Fill = fill

    def attribute(
        self,
        explanation: Explanation,
        of: str,
        against: str | None = None,
        progress: Progress | None = None,
    ) -> Attribution:
        """See `vowelscope.explain.explainers.Explainer`."""
        weights = target_weights(explanation, of, against)
        seen = explanation.input
        edges_hz = _edges_hz(float(seen.freq_edges_hz[-1]), self._width_erb)
        bands = np.stack([edges_hz[:-1], edges_hz[1:]], axis=1)
        inputs = [lambda: seen.db]
        inputs += [partial(band_stop, seen, band, self._fill) for band in bands]
        scores = run_all(self._runtime, inputs, seen, progress) @ weights
        return Attribution(
            method="occlusion-bands",
            title=tr("Occlusion, bands"),
            of=of,
            against=against,
            values=(scores[0] - scores[1:])[:, None].astype(np.float32),
            freq_edges_hz=edges_hz,
            time_edges_s=seen.time_edges_s[[0, -1]],
            unit=tr("logits lost without the band"),
            signed=True,
            caveat=tr(
                "A band is taken out of the context as well as of the token; what "
                "two bands say alike, neither costs."
            ),
            warnings=explanation.warnings,
        )


def _edges_hz(f_max_hz: float, width_erb: float) -> np.ndarray:
    """Edges of bands side by side, from 0 to `f_max_hz`."""
    centred = erb_bands(f_max_hz, width_erb, width_erb)
    middles = 0.5 * (centred[:-1, 1] + centred[1:, 0])
    return np.concatenate([[0.0], middles, [f_max_hz]])
