"""Keeps memory flat: what is freed goes back to the system."""

from __future__ import annotations

import contextlib
import ctypes
import sys

_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_THRESHOLD_BYTES = 1 << 20
_ARENAS = 2


def keep_memory_flat() -> None:
    """Let the C library give each large block back as soon as it is freed.

    Left alone, glibc takes blocks of up to 32 MB from its heaps once one of that size was freed,
    and has a heap for each thread: spectrograms that came and went leave holes there that stay
    with the process. Call it before threads are started. Does nothing without glibc.

    Source: mallopt(3), "M_MMAP_THRESHOLD" (a set value is no longer adjusted), "M_ARENA_MAX".
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL("libc.so.6").mallopt
        mallopt(_M_MMAP_THRESHOLD, _THRESHOLD_BYTES)
        mallopt(_M_ARENA_MAX, _ARENAS)
