"""Praat's formants for any frames of a file, equal to those of its analysis of the whole Sound.

The windows of the wanted frames are cut from the resampled sound and laid side by side, each with
the sample that pre-emphasis needs before it. Praat's "To Formant (burg)" then reads that one
Sound with a step of exactly one window, so each of its frames sees the samples, and gives the
numbers, of the frame that it has in the whole Sound; only the wanted ones are computed.

Source: Praat's `Sound_to_Formant.cpp`; manual page "Sound: To Formant (burg)...".
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vowelscope.core.acoustics_grid import Chunking, Doubles, FileKey, Grid, chunk_frames
from vowelscope.core.acoustics_resample import Resampling, resampled, resampling
from vowelscope.core.acoustics_settings import FormantSettings, FormantTrack
from vowelscope.core.audio import Recording
from vowelscope.core.errors import AnalysisError
from vowelscope.core.hand_points import HandPoints
from vowelscope.core.translation import tr

_REFERENCE_S = 2.5
_BLOCK_FRAMES = 1600


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Formant frames: `freqs_hz` and `bandwidths_hz` (n, k), `intensity_db` (n,)."""

    freqs_hz: Doubles
    bandwidths_hz: Doubles
    intensity_db: Doubles


class FormantAnalysis:
    """The formant analysis of one channel of one file, computed frame by frame on demand.

    Parameters
    ----------
    path
        Any file that `Recording` opens.
    channel
        0-based, or None for the mean of all.
    hand
        Formants that were set by hand: they stand in the place of Praat's.

    Attributes
    ----------
    grid
        All frames that Praat's analysis of the whole Sound has.

    Raises
    ------
    AudioError
        The file cannot be read.
    AnalysisError
        The sound is shorter than the window, or the window holds too few samples.
    """

    def __init__(
        self,
        path: str | Path,
        settings: FormantSettings | None = None,
        channel: int | None = None,
        chunking: Chunking | None = None,
        hand: HandPoints | None = None,
    ) -> None:
        self.settings = settings or FormantSettings()
        self.hand = hand or HandPoints()
        self.chunking = chunking or Chunking()
        self.path = Path(path)
        with Recording(path) as recording:
            if channel is not None and not 0 <= channel < recording.n_channels:
                raise AnalysisError(
                    tr(
                        "{path}: there is no channel {value}; the recording has {n_channels}."
                    ).format(path=path, value=channel + 1, n_channels=recording.n_channels)
                )
            self.plan: Resampling = resampling(
                recording.n_frames, recording.rate_hz, 2.0 * self.settings.ceiling_hz
            )
        self._key = FileKey.of(path, channel)
        dx = 1.0 / self.plan.new_rate_hz
        window_s = 2.0 * self.settings.window_s
        length = math.floor(window_s / dx)
        self._half = length // 2
        if length < self.settings.poles + 1:
            raise AnalysisError(
                tr(
                    "{path}: a formant window of {window_s:g} s holds {length} samples below "
                    "a ceiling of {ceiling_hz:g} Hz, too few for {max_formants:g} formants."
                ).format(
                    path=path,
                    window_s=self.settings.window_s,
                    length=length,
                    ceiling_hz=self.settings.ceiling_hz,
                    max_formants=self.settings.max_formants,
                )
            )
        duration_s = self.plan.new_count * dx
        if duration_s < window_s:
            raise AnalysisError(
                tr(
                    "{path}: the sound lasts {duration_s:.4f} s, which is shorter than the "
                    "formant window ({window_s:.4f} s, twice its effective length)."
                ).format(path=path, duration_s=duration_s, window_s=window_s)
            )
        step_s = self.settings.step_s
        count = 1 + math.floor((duration_s - window_s) / step_s)
        first_s = self.plan.first_s + 0.5 * (duration_s - dx - (count - 1) * step_s)
        self.grid = Grid(first_s, step_s, count)

    def frames(self, wanted: range) -> Frames:
        """Formants of the frames with these 0-based indices (step 1)."""
        found = self._frames(wanted, 0)[0]
        times_s = self.grid.at(np.arange(wanted.start, wanted.stop))
        freqs_hz = self.hand.applied(times_s, found.freqs_hz, self._key.channel)
        return Frames(freqs_hz, found.bandwidths_hz, found.intensity_db)

    def track(self, wanted: range) -> FormantTrack:
        """The frames with these indices, with the loudest level around each.

        Praat draws dots relative to the loudest frame in view, so that they come and go with the
        zoom; a fixed neighbourhood of 2.5 s on each side keeps that rule's sense without that
        fault.
        """
        reach = max(round(_REFERENCE_S / self.grid.step_s), 1)
        frames, reference_db = self._frames(wanted, reach)
        track = FormantTrack(
            times_s=self.grid.at(np.arange(wanted.start, wanted.stop)),
            freqs_hz=frames.freqs_hz,
            bandwidths_hz=frames.bandwidths_hz,
            intensity_db=frames.intensity_db,
            reference_db=reference_db,
            settings=self.settings,
        )
        return self.hand.on(track, self._key.channel)

    def _frames(self, wanted: range, reach: int) -> tuple[Frames, Doubles]:
        """Frames, and the highest level within `reach` frames of each (0 looks no further)."""
        parts: list[Frames] = []
        references: list[Doubles] = []
        for chunk, indices in self._by_chunk(wanted):
            wide = range(max(indices.start - reach, 0), min(indices.stop + reach, self.grid.count))
            sound, offset = self._samples(chunk, wide)
            levels = np.full(len(indices) + 2 * reach, -np.inf)
            for block in _blocks(wide):
                at = int(block[0]) - indices.start + reach
                levels[at : at + len(block)] = self._levels_db(self._windows(sound, offset, block))
            references.append(_running_max(levels, 2 * reach + 1))
            for block in _blocks(indices):
                at = int(block[0]) - indices.start + reach
                windows = self._windows(sound, offset, block)
                freqs, widths = self._analyse(windows)
                parts.append(Frames(freqs, widths, levels[at : at + len(block)]))
        if not parts:
            empty = np.empty((0, self.settings.columns))
            return Frames(empty, empty, np.empty(0)), np.empty(0)
        frames = Frames(
            np.concatenate([part.freqs_hz for part in parts]),
            np.concatenate([part.bandwidths_hz for part in parts]),
            np.concatenate([part.intensity_db for part in parts]),
        )
        return frames, np.concatenate(references)

    def _by_chunk(self, wanted: range) -> list[tuple[int, range]]:
        plan = self.plan
        return list(chunk_frames(self.grid, wanted, plan.n_samples, plan.rate_hz, self.chunking))

    def _left_samples(self, indices: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """1-based sample left of each frame's centre, in Praat's order of operations."""
        dx = 1.0 / self.plan.new_rate_hz
        left: npt.NDArray[np.int64] = np.floor(
            (self.grid.at(indices) - self.plan.first_s) / dx + 1.0
        ).astype(np.int64)
        return left

    def _samples(self, chunk: int, indices: range) -> tuple[Doubles, int]:
        """Resampled sound that holds the windows of these frames, and its first index.

        One zero stands before the sound's first sample and after its last.
        """
        ends = self._left_samples(np.array([indices.start, indices.stop - 1]))
        first = int(ends[0]) - self._half - 1
        stop = int(ends[1]) + self._half + 1
        lo, hi = max(first, 0), min(stop, self.plan.new_count)
        return np.pad(self._resampled(chunk, lo, hi), (lo - first, stop - hi)), first

    def _resampled(self, chunk: int, first: int, stop: int) -> Doubles:
        """Samples `first` to `stop` of the whole Sound after resampling."""
        return resampled(self._key, self.plan, self.chunking, chunk, first, stop)

    def _windows(self, sound: Doubles, offset: int, indices: npt.NDArray[np.int64]) -> Doubles:
        """Each frame's samples, one before them and one after, (n, 2 half + 2)."""
        first = self._left_samples(indices) - self._half - 1 - offset
        views = np.lib.stride_tricks.sliding_window_view(sound, 2 * self._half + 2)
        windows: Doubles = views[first]
        return windows

    def _levels_db(self, windows: Doubles) -> Doubles:
        """Highest squared sample of each window after pre-emphasis, (n,), in dB."""
        factor = math.exp(
            -2.0 * math.pi * self.settings.pre_emphasis_hz * (1.0 / self.plan.new_rate_hz)
        )
        emphasised = np.abs(windows[:, 1:-1] - factor * windows[:, :-2])
        with np.errstate(divide="ignore"):
            levels: Doubles = 20.0 * np.log10(emphasised.max(axis=1))
        return levels

    def _analyse(self, windows: Doubles) -> tuple[Doubles, Doubles]:
        """Frequencies and bandwidths of each window, (n, k)."""
        import parselmouth

        # A spare sample at both ends makes each period two longer than the window needs, so that
        # rounding can decide neither the number of frames nor the sample a centre falls on.
        period = windows.shape[1] + 2
        packed = np.zeros((len(windows), period))
        packed[:, 1:-1] = windows
        side_by_side = parselmouth.Sound(packed.reshape(-1), self.plan.new_rate_hz)
        try:
            formant = side_by_side.to_formant_burg(
                time_step=period / self.plan.new_rate_hz,
                max_number_of_formants=self.settings.max_formants,
                maximum_formant=self.plan.new_rate_hz / 2.0,
                window_length=self.settings.window_s,
                pre_emphasis_from=self.settings.pre_emphasis_hz,
            )
        except parselmouth.PraatError as error:
            reason = str(error).strip().splitlines()[0].rstrip(".")
            raise AnalysisError(
                tr("{path}: Praat finds no formants ({reason}).").format(
                    path=self.path, reason=reason
                )
            ) from error
        if formant.n_frames != len(windows):
            raise AnalysisError(
                tr("{path}: Praat gave {n_frames} formant frames for {count}.").format(
                    path=self.path, n_frames=formant.n_frames, count=len(windows)
                )
            )
        columns = range(1, self.settings.columns + 1)
        times_s = formant.xs().tolist()
        value, width = formant.get_value_at_time, formant.get_bandwidth_at_time
        freqs = np.array([[value(c, t) for c in columns] for t in times_s])
        return freqs, np.array([[width(c, t) for c in columns] for t in times_s])


def _blocks(indices: range) -> Iterator[npt.NDArray[np.int64]]:
    for start in range(indices.start, indices.stop, _BLOCK_FRAMES):
        yield np.arange(start, min(start + _BLOCK_FRAMES, indices.stop))


def _running_max(values: Doubles, length: int) -> Doubles:
    """Maximum of each `length` values in a row, (n - length + 1,), by doubling spans."""
    out, span = values, 1
    while span < length:
        step = min(span, length - span)
        out = np.maximum(out[: len(out) - step], out[step:])
        span += step
    return out
