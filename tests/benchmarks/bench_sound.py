"""What playing costs: making slower and filtered sound, from key to sound, and the GUI's thread.

The device is ALSA's ``null`` behind a file plugin, so no sound card is needed; it takes samples as
fast as it gets them, which is the worst that a device can ask for.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication

from vowelscope.app.workbench import Workbench
from vowelscope.core.audio import Recording
from vowelscope.core.band_filter import Cells, band_cells
from vowelscope.core.rendering import Rendering, render
from vowelscope.resources import resource
from vowelscope.ui.main_window import MainWindow

GOAL_MS = 50.0
SAMPLE = Path(resource("sample", "sample.wav"))


def main() -> None:
    """Print one line a figure."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        # Settings and a sound card of its own, so that it neither reads nor writes the user's.
        for name in ("CONFIG", "STATE"):
            os.environ[f"VOWELSCOPE_{name}_DIR"] = folder
        os.environ["HOME"] = folder
        (Path(folder) / ".asoundrc").write_text(
            'pcm.!default { type file slave.pcm "null" file "/dev/null" format "raw" }\n'
            "ctl.!default { type hw card 0 }\n"
        )
        making()
        playing(QApplication([]))


def making() -> None:
    """How long the worker needs for what is slower or filtered."""
    with Recording(SAMPLE) as recording:
        length_s, rate_hz = recording.duration_s, recording.rate_hz
    print(f"The sample: {length_s:.1f} s at {rate_hz:,} Hz, mono")
    mask = np.zeros((7, 7), dtype=bool)
    mask[1, 2:5] = True
    cells = Cells(np.linspace(0, 8000, 8), np.linspace(1.0, 1.224, 8), mask)
    stop_s = min(length_s, 10.0)
    for name, wanted in (
        ("half speed", Rendering(SAMPLE, 0.0, stop_s, speed=0.5)),
        ("a quarter of the speed", Rendering(SAMPLE, 0.0, stop_s, speed=0.25)),
        ("three cells", Rendering(SAMPLE, 0.0, stop_s, cells=cells)),
        ("a band", Rendering(SAMPLE, 0.0, stop_s, cells=band_cells(500, 1000, -1.0, 99.0))),
    ):
        render(wanted)  # libraries are loaded at the first call
        start = time.perf_counter()
        render(wanted)
        print(f"{name:<28} {1000 * (time.perf_counter() - start):6.1f} ms for {stop_s:.0f} s")


def playing(app: QApplication) -> None:
    """Turns of the event loop while a window of the usual size plays in a loop and scrolls."""
    window = MainWindow(Workbench(only_looks=True))
    window.resize(1400, 900)
    window.show()
    session, player, do = window.session, window.bench.player, window.actions_by_id
    window.bench.open(SAMPLE)
    failed: list[str] = []
    player.failed.connect(failed.append)
    begun: list[float] = []
    player.started.connect(lambda: begun.append(time.perf_counter()))

    def turns(until: Callable[[], bool], limit_s: float) -> float:
        """The processor time of the longest turn, in ms."""
        longest_s, deadline = 0.0, time.monotonic() + limit_s
        while not until() and time.monotonic() < deadline:
            start = time.thread_time()
            app.processEvents()
            longest_s = max(longest_s, time.thread_time() - start)
            time.sleep(0.001)
        return 1000 * longest_s

    turns(lambda: session.recording is not None and window.spectrogram.is_ready, 30)
    turns(lambda: False, 1.0)
    session.select_times(1.0, 1.5)
    for name in ("first play: to started", "next play: to started"):
        start = time.perf_counter()
        do["play.toggle"].trigger()
        turns(lambda: bool(begun or failed), 10)
        if failed:
            print(f"Nothing can be played here: {failed[0]}")
            break
        print(f"{name:<28} {1000 * (begun.pop() - start):6.1f} ms")
        turns(lambda: not player.is_playing, 10)
    else:
        do["play.loop"].trigger()
        for speed in (100, 50):
            do[f"play.speed:{speed}"].trigger()
            do["play.toggle"].trigger()
            turns(lambda: player.is_playing, 10)
            end = time.monotonic() + 3.0
            longest_ms = turns(lambda end=end: time.monotonic() > end, 10)  # type: ignore[misc]
            verdict = "" if longest_ms <= GOAL_MS else f"  over {GOAL_MS:g} ms"
            print(f"looping at {speed:>3} %: longest turn {longest_ms:6.1f} ms{verdict}")
            do["play.stop"].trigger()
            turns(lambda: not player.is_playing, 10)
    window.close()


if __name__ == "__main__":
    main()
