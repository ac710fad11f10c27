"""Recordings, read lazily and in blocks: an hour is never in memory to show ten seconds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile as sf

from vowelscope.core.errors import AudioError
from vowelscope.core.translation import tr

Samples = npt.NDArray[np.float32]

_LEAD_IN_FRAMES = 1 << 14
"""Decoded before what is asked for, and thrown away, in formats whose decoder carries state from
one packet to the next: without it a read in the middle of Vorbis or MP3 gives wrong samples at
first, or silence (libsndfile 1.2.2). It must be one read: soundfile seeks after each."""


class Recording:
    """A sound file of any format that libsndfile reads, opened but not loaded.

    Parameters
    ----------
    path
        WAV (8, 16, 24, 32 bit, float), RF64, FLAC, AIFF, OGG, MP3 and the rest of libsndfile's.

    Raises
    ------
    AudioError
        The file is missing, empty, truncated before its first sample, or not audio.

    Notes
    -----
    Samples are float32 with full scale at 1. The file handle is shared behind a lock, so a
    `Recording` may be read from several threads.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not self.path.exists():
            raise AudioError(tr("{path}: there is no such file.").format(path=self.path))
        if self.path.is_dir():
            raise AudioError(
                tr("{path}: this is a folder, not a recording.").format(path=self.path)
            )
        if self.path.stat().st_size == 0:
            raise AudioError(
                tr("{path}: the file is empty (0 bytes), so it holds no sound.").format(
                    path=self.path
                )
            )
        try:
            self._file = sf.SoundFile(self.path)
        except (sf.SoundFileError, OSError, TypeError, ValueError) as error:
            raise AudioError(
                tr("{path}: not a sound file that can be read ({reason}).").format(
                    path=self.path, reason=_reason(error)
                )
            ) from error
        self._lock = threading.Lock()
        self.rate_hz = int(self._file.samplerate)
        self.n_frames = int(self._file.frames)
        self.n_channels = int(self._file.channels)
        self.format = str(self._file.format)
        self.subtype = str(self._file.subtype)
        carries_state = self.subtype.startswith(("VORBIS", "OPUS", "MPEG"))
        self._lead_in = _LEAD_IN_FRAMES if carries_state else 0
        if self.n_frames <= 0:
            self._file.close()
            raise AudioError(
                tr("{path}: the header is sound but it holds no samples.").format(path=self.path)
            )

    def __repr__(self) -> str:
        return (
            f"Recording({str(self.path)!r}, {self.rate_hz} Hz, {self.duration_s:.3f} s, "
            f"{self.n_channels} channel(s))"
        )

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.n_frames / self.rate_hz

    @property
    def nyquist_hz(self) -> float:
        """Highest frequency that the sampling rate can hold, in Hz."""
        return self.rate_hz / 2

    def close(self) -> None:
        """Close the file; reading afterwards raises."""
        self._file.close()

    def read_frames(self, start: int, stop: int) -> Samples:
        """Samples `start` to `stop` of every channel, clipped to the file.

        Returns
        -------
        numpy.ndarray
            Shape (frames, channels), float32, full scale 1.
        """
        start = min(max(start, 0), self.n_frames)
        stop = min(max(stop, start), self.n_frames)
        lead_in = min(start, self._lead_in)
        with self._lock:
            try:
                self._file.seek(start - lead_in)
                data = self._file.read(lead_in + stop - start, dtype="float32", always_2d=True)
            except (sf.SoundFileError, RuntimeError, ValueError) as error:
                raise AudioError(
                    tr("{path}: cannot be read at {value:.3f} s ({reason}).").format(
                        path=self.path, value=start / self.rate_hz, reason=_reason(error)
                    )
                ) from error
        return np.asarray(data[lead_in:], dtype=np.float32)

    def read(self, start_s: float, stop_s: float, channel: int | None = None) -> Samples:
        """The samples between two times, clipped to the file, as one channel.

        Parameters
        ----------
        start_s, stop_s
            Seconds from the start of the file, rounded to the nearest sample.
        channel
            0-based channel, or None for the mean of all (as Praat's "Convert to mono").

        Returns
        -------
        numpy.ndarray
            Shape (frames,), float32.

        Raises
        ------
        AudioError
            There is no such channel, or the samples cannot be read.
        """
        if channel is not None and not 0 <= channel < self.n_channels:
            raise AudioError(
                tr("{path}: there is no channel {value}, it has {n_channels}.").format(
                    path=self.path, value=channel + 1, n_channels=self.n_channels
                )
            )
        data = self.read_frames(round(start_s * self.rate_hz), round(stop_s * self.rate_hz))
        return to_mono(data, channel)

    def blocks(self, frames: int = 1 << 18) -> Iterator[tuple[int, Samples]]:
        """Yield (first frame, samples of shape (n, channels)) over the whole file."""
        for start in range(0, self.n_frames, frames):
            yield start, self.read_frames(start, start + frames)


def to_mono(data: Samples, channel: int | None = None) -> Samples:
    """One channel of `data` (frames, channels), or the mean of all for None."""
    if channel is not None:
        return np.ascontiguousarray(data[:, channel])
    if data.shape[1] == 1:
        return np.ascontiguousarray(data[:, 0])
    mean: Samples = data.mean(axis=1, dtype=np.float32)
    return mean


def _reason(error: Exception) -> str:
    text = str(error).split(": ")[-1].strip().rstrip(".")
    return text or type(error).__name__
