"""Praat's formants, pitch, intensity and pulses for what is in view, computed in a worker process.

The recording is cut at fixed times into chunks. Those in view are computed first, then their
neighbours outwards, and they are kept up to half an hour. Whatever the order, the frames are
those of Praat's analysis of the whole Sound (see `vowelscope.core.acoustics`), so that no value
depends on the zoom.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from vowelscope.app.jobs import Jobs
from vowelscope.core import acoustics
from vowelscope.core.acoustics import (
    FormantSettings,
    FormantTrack,
    IntensitySettings,
    IntensityTrack,
    PitchSettings,
    PitchTrack,
)
from vowelscope.core.acoustics_pulses import pulses
from vowelscope.core.acoustics_settings import PulseTrack
from vowelscope.core.audio import Recording
from vowelscope.core.hand_points import HandPoints

KINDS = ("formants", "pitch", "intensity", "pulses")
CHUNK_S = 5.0
KEPT_CHUNKS = 360


@dataclass
class _Kind:
    """One analysis: how it is done and the chunks that are there."""

    function: Callable[..., Any]
    settings: Any
    chunks: dict[int, Any] = field(default_factory=dict)
    busy: bool = False
    complaint: str = ""


class Analysis(QObject):
    """Delivers the tracks of one recording, and says when there are more of them."""

    formants_changed = Signal()
    pitch_changed = Signal()
    intensity_changed = Signal()
    pulses_changed = Signal()
    failed = Signal(str)
    """One sentence; the same one is not repeated."""

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._path: Path | None = None
        self._duration_s = 0.0
        self._channel: int | None = None
        self._view: tuple[float, float] | None = None
        self._wanted: frozenset[str] = frozenset(KINDS)
        self._hand = HandPoints()
        self._kinds = {
            "formants": _Kind(acoustics.formants, FormantSettings()),
            "pitch": _Kind(acoustics.pitch, PitchSettings()),
            "intensity": _Kind(acoustics.intensity, IntensitySettings()),
            "pulses": _Kind(pulses, PitchSettings()),
        }
        self._signals = {
            "formants": self.formants_changed,
            "pitch": self.pitch_changed,
            "intensity": self.intensity_changed,
            "pulses": self.pulses_changed,
        }

    def set_recording(self, recording: Recording | None, channel: int | None = None) -> None:
        """Analyse this recording from now on: a 0-based channel, or the mean of all for None."""
        self._path = None if recording is None else recording.path.absolute()
        self._duration_s = 0.0 if recording is None else recording.duration_s
        self._channel = channel
        self._view = None
        for name in KINDS:
            self._forget(name)

    def set_settings(
        self,
        formant: FormantSettings | None = None,
        pitch: PitchSettings | None = None,
        intensity: IntensitySettings | None = None,
    ) -> None:
        """Change settings; only an analysis whose settings differ is done again."""
        # Pulses lie in the voiced stretches of the pitch.
        for name, settings in zip(KINDS, (formant, pitch, intensity, pitch), strict=True):
            if settings is not None and settings != self._kinds[name].settings:
                self._kinds[name].settings = settings
                self._forget(name)
        self._pump()

    def set_hand(self, hand: HandPoints) -> None:
        """Have these formants, set by hand, in the place of Praat's."""
        if hand != self._hand:
            self._hand = hand
            self.formants_changed.emit()

    def set_wanted(self, kinds: Collection[str]) -> None:
        """Compute only these of `KINDS`; what is there of the others is kept."""
        self._wanted = frozenset(kinds)
        self._pump()

    def request(self, start_s: float, stop_s: float) -> None:
        """Bring `start_s` to `stop_s` (seconds) into view: what is missing is computed first."""
        self._view = (start_s, stop_s)
        self._pump()

    def formants_between(self, start_s: float, stop_s: float) -> FormantTrack | None:
        """The formants that are there between two times (seconds), or None if there are none.

        Where a part is not there yet, one frame of NaN stands, so that no line crosses it.
        """
        track = self.raw_formants_between(start_s, stop_s)
        return None if track is None else self._hand.on(track, self._channel)

    def raw_formants_between(self, start_s: float, stop_s: float) -> FormantTrack | None:
        """As `formants_between`, all of them Praat's."""
        return self._between("formants", start_s, stop_s)  # type: ignore[no-any-return]

    def pitch_between(self, start_s: float, stop_s: float) -> PitchTrack | None:
        """As `formants_between`, for pitch."""
        return self._between("pitch", start_s, stop_s)  # type: ignore[no-any-return]

    def intensity_between(self, start_s: float, stop_s: float) -> IntensityTrack | None:
        """As `formants_between`, for intensity."""
        return self._between("intensity", start_s, stop_s)  # type: ignore[no-any-return]

    def pulses_between(self, start_s: float, stop_s: float) -> PulseTrack | None:
        """The glottal pulses that are there between two times, or None if nothing is."""
        return self._between("pulses", start_s, stop_s)  # type: ignore[no-any-return]

    def is_complete(self, kind: str, start_s: float, stop_s: float) -> bool:
        """True when all of an analysis between two times (seconds) is there."""
        chunks = self._kinds[kind].chunks
        return all(index in chunks for index in self._indices(start_s, stop_s))

    def _forget(self, name: str) -> None:
        kind = self._kinds[name]
        self._jobs.cancel(self._key(name))
        had_some, kind.busy, kind.complaint = bool(kind.chunks), False, ""
        kind.chunks.clear()
        if had_some:
            self._signals[name].emit()

    def _key(self, name: str) -> tuple[str, int, str]:
        return ("analysis", id(self), name)

    def _indices(self, start_s: float, stop_s: float) -> range:
        last = max(int(np.ceil(self._duration_s / CHUNK_S)) - 1, 0)
        first = min(max(int(start_s // CHUNK_S), 0), last)
        return range(first, min(max(int(stop_s // CHUNK_S), first), last) + 1)

    def _pump(self) -> None:
        for name in KINDS:
            self._next(name)

    def _next(self, name: str) -> None:
        kind = self._kinds[name]
        if kind.busy or self._path is None or self._view is None or name not in self._wanted:
            return
        for index in self._by_nearness():
            if index not in kind.chunks:
                break
        else:
            return
        kind.busy = True
        chunk = _Chunk(self, name, index)
        start_s = index * CHUNK_S
        self._jobs.submit_process(
            self._key(name),
            kind.function,
            self._path,
            kind.settings,
            start_s,
            start_s + CHUNK_S,
            self._channel,
            on_done=chunk.done,
            on_error=chunk.error,
        )

    def _by_nearness(self) -> Iterator[int]:
        """Chunks in view, then to the right and left of it, as many as are kept."""
        assert self._view is not None
        view = self._indices(*self._view)
        everything = self._indices(0.0, self._duration_s)
        yield from view[:KEPT_CHUNKS]
        left = KEPT_CHUNKS - len(view)
        for distance in range(1, len(everything)):
            for index in (view[-1] + distance, view[0] - distance):
                if index in everything and left > 0:
                    left -= 1
                    yield index

    def _done(self, name: str, index: int, track: Any) -> None:
        kind = self._kinds[name]
        kind.busy, kind.complaint = False, ""
        start_s = index * CHUNK_S
        # A frame on the border belongs to the chunk that it begins.
        kind.chunks[index] = _part(
            track, (track.times_s >= start_s) & (track.times_s < start_s + CHUNK_S)
        )
        if len(kind.chunks) > KEPT_CHUNKS and self._view is not None:
            middle = (self._view[0] + self._view[1]) / 2 / CHUNK_S
            del kind.chunks[max(kind.chunks, key=lambda other: abs(other + 0.5 - middle))]
        self._signals[name].emit()
        self._next(name)

    def _failed(self, name: str, sentence: str) -> None:
        kind = self._kinds[name]
        kind.busy = False  # tried again when the view changes
        if sentence != kind.complaint:
            kind.complaint = sentence
            self.failed.emit(sentence)

    def _between(self, name: str, start_s: float, stop_s: float) -> Any:
        chunks = self._kinds[name].chunks
        present = [index for index in self._indices(start_s, stop_s) if index in chunks]
        parts: list[Any] = []
        for position, index in enumerate(present):
            if name != "pulses" and position and index != present[position - 1] + 1:
                parts.append(_gap(chunks[index], index * CHUNK_S))
            parts.append(chunks[index])
        if not parts:
            return None
        joined = {
            item.name: np.concatenate([getattr(part, item.name) for part in parts])
            for item in _columns(parts[0])
        }
        whole = replace(parts[0], **joined)
        return _part(whole, (whole.times_s >= start_s) & (whole.times_s <= stop_s))


@dataclass(eq=False)
class _Chunk:
    """Where the result of one job belongs."""

    analysis: Analysis
    name: str
    index: int

    def done(self, track: Any) -> None:
        self.analysis._done(self.name, self.index, track)

    def error(self, sentence: str) -> None:
        self.analysis._failed(self.name, sentence)


def _columns(track: Any) -> list[Any]:
    """The fields that hold one row a frame."""
    return [item for item in fields(track) if isinstance(getattr(track, item.name), np.ndarray)]


def _part(track: Any, mask: Any) -> Any:
    picked = {item.name: getattr(track, item.name)[mask] for item in _columns(track)}
    return replace(track, **picked)


def _gap(track: Any, time_s: float) -> Any:
    """One frame of NaN, in the shape of `track`, just before `time_s`."""
    columns: dict[str, Any] = {
        item.name: np.full((1, *getattr(track, item.name).shape[1:]), np.nan)
        for item in _columns(track)
    }
    columns["times_s"] = np.array([np.nextafter(time_s, 0.0)])
    return replace(track, **columns)
