"""The min/max pyramid behind the waveform view: any length at any zoom, without its samples.

Level 0 holds the smallest and largest sample of every 256, each further level those of four cells
of the one below. The whole is one ``.npy`` file in the user's cache folder, named after the
recording's path, size and time of change, read through a memory map; it may be deleted at any
time. Short views read the samples themselves, so that the first picture waits for nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vowelscope.core.audio import Recording, Samples

CELL = 256
"""Frames in a cell of level 0."""
FACTOR = 4
"""Cells of a level in one cell of the next."""

_CELLS_A_COLUMN = 4
_DIRECT_FRAMES = 1 << 20
_READ_CELLS = 1 << 11
_KEPT_FILES = 100


def cache_folder() -> Path:
    """Where pyramids are kept; the variable ``VOWELSCOPE_CACHE_DIR`` moves it."""
    chosen = os.environ.get("VOWELSCOPE_CACHE_DIR")
    if chosen:
        return Path(chosen) / "peaks"
    from platformdirs import user_cache_path

    return user_cache_path("vowelscope", appauthor=False) / "peaks"


class Peaks:
    """Smallest and largest samples of a recording over any stretch, per channel.

    Parameters
    ----------
    recording
        The recording, which stays open.
    folder
        Where the pyramid is kept; `cache_folder` for None.
    """

    def __init__(self, recording: Recording, folder: Path | None = None) -> None:
        self.recording = recording
        self._folder = cache_folder() if folder is None else folder
        self._sizes = _level_sizes(recording.n_frames)
        self._cells: npt.NDArray[np.float32] | None = self._load()

    @property
    def is_built(self) -> bool:
        """Whether the pyramid is there; without it long views are read from the samples."""
        return self._cells is not None

    @property
    def path(self) -> Path:
        """The pyramid's file."""
        stat = self.recording.path.stat()
        words = f"{self.recording.path.resolve()}|{stat.st_size}|{stat.st_mtime_ns}|{CELL}|{FACTOR}"
        return self._folder / f"{hashlib.sha256(words.encode()).hexdigest()[:32]}.npy"

    def is_immediate(self, start_s: float, stop_s: float, columns: int) -> bool:
        """Whether `peaks` answers at once: the view is short, or the pyramid is built."""
        first, last = self._frames(start_s, stop_s)
        return self.is_built or last - first <= max(
            _DIRECT_FRAMES, columns * CELL * _CELLS_A_COLUMN
        )

    def edges(self, start_s: float, stop_s: float, columns: int) -> npt.NDArray[np.int64]:
        """Frames at which the columns of `peaks` begin and end, (columns + 1,).

        Where the pyramid answers, they lie on its cells: at most an eighth of a column away.
        """
        first, last = self._frames(start_s, stop_s)
        edges = np.linspace(first, last, columns + 1)
        level = self._level(last - first, columns)
        if level is None:
            return np.rint(edges).astype(np.int64)
        size = CELL * FACTOR**level
        snapped = np.rint(edges / size).astype(np.int64) * size
        clipped: npt.NDArray[np.int64] = np.minimum(snapped, self.recording.n_frames)
        return clipped

    def peaks(self, start_s: float, stop_s: float, columns: int) -> tuple[Samples, Samples]:
        """Smallest and largest sample in each of `columns` equal parts of a stretch.

        Parameters
        ----------
        start_s, stop_s
            Seconds, clipped to the recording.
        columns
            Number of parts.

        Returns
        -------
        mins, maxs
            float32 (columns, channels) each, full scale 1. A part without a frame of its own
            (fewer frames than columns) shows the frame at its edge.

        Raises
        ------
        AudioError
            The file cannot be read.
        """
        edges = self.edges(start_s, stop_s, columns)
        first, last = self._frames(start_s, stop_s)
        level = self._level(last - first, columns)
        if level is None:
            return self._from_samples(edges)
        assert self._cells is not None
        size = CELL * FACTOR**level
        at = sum(self._sizes[:level])
        places = np.minimum(edges[:-1] // size, self._sizes[level] - 1)
        stop = min(max(-(-int(edges[-1]) // size), int(places[-1]) + 1), self._sizes[level])
        part = np.asarray(self._cells[at + int(places[0]) : at + stop])
        begins = places - places[0]
        mins: Samples = np.minimum.reduceat(part[:, :, 0], begins, axis=0)
        maxs: Samples = np.maximum.reduceat(part[:, :, 1], begins, axis=0)
        return mins, maxs

    def build(self, cancelled: Callable[[], bool] = lambda: False) -> Iterator[float]:
        """Build the pyramid block by block, yielding the share that is done (0-1).

        The samples pass in blocks; the pyramid itself takes 29 MB for two hours in stereo at
        48 kHz until it is written. Where the cache folder cannot be written, it stays in memory.
        Stops without a trace when `cancelled` says so or the generator is closed.

        Raises
        ------
        AudioError
            The file cannot be read.
        """
        if self._cells is not None:
            yield 1.0
            return
        target = self.path
        cells = np.empty((sum(self._sizes), self.recording.n_channels, 2), dtype=np.float32)
        at = 0
        frames = CELL * _READ_CELLS
        for start in range(0, self.recording.n_frames, frames):
            if cancelled():
                return
            samples = self.recording.read_frames(start, start + frames)
            begins = np.arange(0, len(samples), CELL)
            part = cells[at : at + len(begins)]
            np.minimum.reduceat(samples, begins, axis=0, out=part[:, :, 0])
            np.maximum.reduceat(samples, begins, axis=0, out=part[:, :, 1])
            at += len(begins)
            yield 0.99 * at / self._sizes[0]
        below = cells[:at]
        for size in self._sizes[1:]:
            begins = np.arange(0, len(below), FACTOR)
            level = cells[at : at + size]
            np.minimum.reduceat(below[:, :, 0], begins, axis=0, out=level[:, :, 0])
            np.maximum.reduceat(below[:, :, 1], begins, axis=0, out=level[:, :, 1])
            at, below = at + size, level
        self._cells = cells
        if _save(target, cells):
            self._cells = self._load()
            if self._cells is None:
                self._cells = cells
        yield 1.0

    def _frames(self, start_s: float, stop_s: float) -> tuple[int, int]:
        rate_hz, end = self.recording.rate_hz, self.recording.n_frames
        first = min(max(math.floor(start_s * rate_hz), 0), end - 1)
        return first, min(max(math.ceil(stop_s * rate_hz), first + 1), end)

    def _level(self, frames: int, columns: int) -> int | None:
        """The coarsest level with four cells a column at least; None for the samples."""
        if self._cells is None:
            return None
        size = frames / columns / _CELLS_A_COLUMN
        if size < CELL:
            return None
        return min(int(math.log(size / CELL, FACTOR) + 1e-9), len(self._sizes) - 1)

    def _from_samples(self, edges: npt.NDArray[np.int64]) -> tuple[Samples, Samples]:
        columns, channels = len(edges) - 1, self.recording.n_channels
        mins = np.full((columns, channels), np.inf, dtype=np.float32)
        maxs = np.full((columns, channels), -np.inf, dtype=np.float32)
        last = max(int(edges[-1]), int(edges[0]) + 1)
        for start in range(int(edges[0]), last, _DIRECT_FRAMES):
            data = self.recording.read_frames(start, min(start + _DIRECT_FRAMES, last))
            stop = start + len(data)
            lo = max(int(np.searchsorted(edges[:-1], start, side="left")) - 1, 0)
            hi = columns if stop >= last else int(np.searchsorted(edges[:-1], stop, side="left"))
            begins = np.clip(edges[lo:hi] - start, 0, len(data) - 1)
            mins[lo:hi] = np.minimum(mins[lo:hi], np.minimum.reduceat(data, begins, axis=0))
            maxs[lo:hi] = np.maximum(maxs[lo:hi], np.maximum.reduceat(data, begins, axis=0))
        return mins, maxs

    def _load(self) -> npt.NDArray[np.float32] | None:
        """The pyramid of an earlier run; None where it is missing or not whole."""
        try:
            cells: npt.NDArray[np.float32] = np.load(self.path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        wanted = (sum(self._sizes), self.recording.n_channels, 2)
        if cells.shape != wanted or cells.dtype != np.float32:
            return None
        return cells


def _level_sizes(n_frames: int) -> list[int]:
    sizes = [-(-n_frames // CELL)]
    while sizes[-1] > FACTOR:
        sizes.append(-(-sizes[-1] // FACTOR))
    return sizes


def _save(target: Path, cells: npt.NDArray[np.float32]) -> bool:
    """Write to a temporary file and rename; False where the folder or the disk refuses."""
    temporary = target.with_name(f"{target.stem}-{secrets.token_hex(4)}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            np.save(stream, cells, allow_pickle=False)
        temporary.replace(target)
        _forget_oldest(target.parent)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        return False
    return True


def _forget_oldest(folder: Path) -> None:
    """Keep the newest pyramids only: nobody tidies a cache by hand."""
    files = sorted(folder.glob("*.npy"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[_KEPT_FILES:]:
        with contextlib.suppress(OSError):
            path.unlink()
