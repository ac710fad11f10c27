"""Reading a recording and its TextGrid before a window shows them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from vowelscope.app.files import read_files


def test_opening_clears_what_a_killed_save_left(speech: Any) -> None:
    folder: Path = speech.textgrid.parent
    left = folder / ".vowelscope-0123456789abcdef.tmp"
    kept = folder / ".vowelscope-fedcba9876543210.tmp"
    for file in (left, kept):
        file.write_bytes(b"half a TextGrid")
    os.utime(left, (1e9, 1e9))
    read_files(speech.wav).recording.close()
    assert not left.exists() and kept.exists(), "what is young may be a save that goes on"
