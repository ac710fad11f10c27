"""A WAV file that is written while it grows, and can be read at any moment."""

from __future__ import annotations

import contextlib
import os
import time
import wave
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from vowelscope.core.devices import CaptureError
from vowelscope.core.translation import tr

LARGEST_BYTES = (1 << 32) - (1 << 20)
"""A WAV file counts its bytes in 32 bits; a MiB is left for the header."""
_SYNC_S = 0.5

Frames = npt.NDArray[np.int16]


class WavStream:
    """Writes 16-bit frames; the header tells of all of them after each write.

    Parameters
    ----------
    path
        A file that is not there yet: nothing is ever written over.
    rate_hz, channels
        Of the frames.

    Raises
    ------
    CaptureError
        The file is there already, or cannot be made.

    Notes
    -----
    First come the frames, then the header that counts them, then both are brought to the disk
    twice a second (``fsync``): whoever pulls the plug finds a file that lacks half a second at
    most.
    """

    def __init__(self, path: Path, rate_hz: int, channels: int) -> None:
        self.path = path
        self.rate_hz = rate_hz
        self.n_frames = 0
        self._channels = channels
        try:
            self._file = path.open("xb")
        except FileExistsError as error:
            raise CaptureError(
                tr("{name} is there already: choose another name.").format(name=path.name)
            ) from error
        except OSError as error:
            raise CaptureError(
                tr("{path} cannot be made ({value}).").format(path=path, value=_reason(error))
            ) from error
        self._wave = wave.Wave_write(self._file)
        self._wave.setnchannels(channels)
        self._wave.setsampwidth(2)
        self._wave.setframerate(rate_hz)
        self._synced = time.monotonic()
        self.write(np.zeros((0, channels), dtype=np.int16))

    def __enter__(self) -> WavStream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def duration_s(self) -> float:
        """Seconds that are written."""
        return self.n_frames / self.rate_hz

    def write(self, frames: Frames) -> None:
        """Append frames, (n, channels).

        Raises
        ------
        CaptureError
            The disk is full or gone, or the file as long as a WAV file can be. What was written
            before is a whole file.
        """
        size = 2 * self._channels * (self.n_frames + len(frames))
        if size > LARGEST_BYTES:
            raise CaptureError(
                tr("{name} is as long as a WAV file can be (4 GiB, {duration_s:.0f} s)").format(
                    name=self.path.name, duration_s=self.duration_s
                )
            )
        try:
            self._wave.writeframes(frames.astype("<i2").tobytes())
            self._file.flush()
            if time.monotonic() - self._synced > _SYNC_S:
                os.fsync(self._file.fileno())
                self._synced = time.monotonic()
        except OSError as error:
            raise CaptureError(
                tr("{path} cannot be written ({value})").format(
                    path=self.path, value=_reason(error)
                )
            ) from error
        self.n_frames += len(frames)

    def close(self) -> None:
        """End the file."""
        # Whatever goes wrong here, the file was whole before.
        with contextlib.suppress(OSError):
            self._wave.close()
        with contextlib.suppress(OSError, ValueError):
            os.fsync(self._file.fileno())
        with contextlib.suppress(OSError):
            self._file.close()


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
