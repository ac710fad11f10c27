"""Praat's formants of one short stretch of a file at many ceilings, cheaply.

The frames are those of Praat's analysis of the whole Sound. Only the stretch with `PAD_S` on each
side is filtered, where Praat filters the whole file for each ceiling, so that a formant may lie
some tenths of a hertz from Praat's. That is enough to choose a ceiling; what is drawn and measured
at the chosen one is Praat's own number (`FormantAnalysis`).
"""

from __future__ import annotations

import math

from vowelscope.core.acoustics_burg import FormantAnalysis
from vowelscope.core.acoustics_grid import Doubles, read_span
from vowelscope.core.acoustics_lowpass import whole_low_pass
from vowelscope.core.acoustics_resample import new_samples
from vowelscope.core.audio import Recording

PAD_S = 0.15
"""Sound on each side of the stretch, for the windows and for the tails of the filter."""


class LocalAnalysis(FormantAnalysis):
    """`FormantAnalysis` that reads and filters one stretch alone, chosen by `look_at`."""

    _first = 0
    _samples_there: Doubles | None = None

    def look_at(self, first: int, samples: Doubles) -> None:
        """Answer for frames within this stretch from now on.

        Parameters
        ----------
        first, samples
            The first sample, 0-based in the file, and the samples from there on, as
            `read_stretch` gives them.
        """
        self._first = first
        if self.plan.kind == "down":
            samples = whole_low_pass(samples, self.plan.new_rate_hz / self.plan.rate_hz)
        self._samples_there = samples

    def _resampled(self, chunk: int, first: int, stop: int) -> Doubles:  # noqa: ARG002
        assert self._samples_there is not None
        return new_samples(self.plan, self._samples_there, self._first, first, stop)


def read_stretch(
    recording: Recording, start_s: float, stop_s: float, channel: int | None
) -> tuple[int, Doubles]:
    """First sample and samples of a stretch, with `PAD_S` on each side where the file has it."""
    rate_hz = recording.rate_hz
    first = max(math.floor((start_s - PAD_S) * rate_hz), 0)
    stop = min(math.ceil((stop_s + PAD_S) * rate_hz), recording.n_frames)
    return first, read_span(recording, first, max(stop, first), channel)
