"""Blocks for a sound device, read ahead of who takes them."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Iterator

from vowelscope.core.audio import Samples
from vowelscope.core.errors import UserError

_BLOCKS_AHEAD = 8
# PortAudio's callback may wait this long for the disk before it plays silence instead.
_PATIENCE_S = 0.1
_LOOK_S = 0.01


class ReadAhead:
    """Reads blocks on a thread, a few ahead of who takes them.

    Parameters
    ----------
    blocks
        Samples of shape (frames, columns). A None among them is no block: reading goes on only
        once no more than `late_frames` are ahead.
    late_frames
        Enough for a device not to wait while reading goes on.
    """

    def __init__(self, blocks: Iterator[Samples | None], late_frames: int = 12_000) -> None:
        self._queue: queue.Queue[Samples | None] = queue.Queue(_BLOCKS_AHEAD)
        self._blocks = blocks
        self._rest: Samples | None = None
        self._closed = False
        self._late_frames = late_frames
        # Each is written by one thread alone.
        self._read_frames = self._taken_frames = 0
        self.exhausted = False
        self.error: UserError | None = None
        self._thread = threading.Thread(target=self._read, name="vowelscope-read", daemon=True)
        self._thread.start()

    def pull(self, out: Samples) -> int:
        """Fill `out` (frames, columns) and give the number of frames; the rest is silence.

        Fewer than asked for means the end (`exhausted`) or a disk that is too slow.
        """
        done = 0
        while done < len(out) and not self.exhausted:
            if self._rest is None:
                try:
                    self._rest = self._queue.get(timeout=_PATIENCE_S)
                except queue.Empty:
                    break
                if self._rest is None:
                    self.exhausted = True
                    break
            part = self._rest[: len(out) - done]
            out[done : done + len(part)] = part
            done += len(part)
            rest = self._rest[len(part) :]
            self._rest = rest if len(rest) else None
        out[done:] = 0
        self._taken_frames += done
        return done

    def close(self) -> None:
        """Let the thread end."""
        self._closed = True
        with contextlib.suppress(queue.Empty):
            while True:
                self._queue.get_nowait()
        self._thread.join(1.0)

    def _read(self) -> None:
        try:
            for block in self._blocks:
                if block is None:
                    self._wait()
                elif not self._put(block):
                    return
        except UserError as error:
            self.error = error
        finally:
            self._put(None)  # whatever happened, the device must not wait for ever

    def _wait(self) -> None:
        while not self._closed and self._read_frames - self._taken_frames > self._late_frames:
            time.sleep(_LOOK_S)

    def _put(self, block: Samples | None) -> bool:
        self._read_frames += 0 if block is None else len(block)
        while not self._closed:
            with contextlib.suppress(queue.Full):
                self._queue.put(block, timeout=0.05)
                return True
        return False
