"""How long Praat's analyses and the first pictures take on this machine, beside Praat's own.

Run as a script. Formants of a minute must not take longer than 1.5 times Parselmouth's one call,
and a part must give the same numbers as the whole; the exit status is 1 otherwise.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import parselmouth
import soundfile as sf

from vowelscope.core import acoustics
from vowelscope.core.acoustics_resample import _band_limited
from vowelscope.core.audio import Recording
from vowelscope.core.peaks import Peaks
from vowelscope.core.spectrogram import spectrogram

RATE_HZ = 22050
SECONDS = 60
RUNS = 5
GOAL = 1.5
SAME_HZ = 0.1


def main() -> int:
    """Measure, print, and say by the exit status whether the goals are met."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "minute.wav"
        noise = np.random.default_rng(0).normal(0, 0.1, SECONDS * RATE_HZ)
        sf.write(path, np.convolve(noise, np.hanning(9), "same"), RATE_HZ, subtype="PCM_16")
        whole = acoustics.formants(path)
        ours, praats = _alternately(
            lambda: (_band_limited.cache_clear(), acoustics.formants(path)),
            lambda: parselmouth.Sound(str(path)).to_formant_burg(),
        )
        print(f"formants of {SECONDS} s: {ours * 1e3:.0f} ms, Praat {praats * 1e3:.0f} ms")
        print(f"  ratio {ours / praats:.2f} (goal <= {GOAL})")
        part = acoustics.formants(path, start_s=20.0, stop_s=23.0)
        at = int(np.searchsorted(whole.times_s, part.times_s[0] - 1e-9))
        same = whole.freqs_hz[at : at + len(part.times_s)]
        differ_hz = float(np.nanmax(np.abs(part.freqs_hz - same)))
        print(f"  part against whole: {differ_hz:.1e} Hz (goal <= {SAME_HZ})")
        part_s, _ = _alternately(lambda: acoustics.formants(path, start_s=20, stop_s=23), _nothing)
        print(f"formants of 3 s in view, file known: {part_s * 1e3:.0f} ms")
        with Recording(path) as recording:
            view_s, all_s = _alternately(
                lambda: spectrogram(recording, 20, 23), lambda: spectrogram(recording, 0, SECONDS)
            )
            print(f"spectrogram of 3 s: {view_s * 1e3:.0f} ms, of all {all_s * 1e3:.0f} ms")
            peaks = Peaks(recording, Path(name) / "cache")
            begun = time.perf_counter()
            list(peaks.build())
            print(f"min/max pyramid of {SECONDS} s: {(time.perf_counter() - begun) * 1e3:.0f} ms")
    return 0 if ours <= GOAL * praats and differ_hz <= SAME_HZ else 1


def _alternately(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Medians in seconds of two calls taken in turn, so that load falls on both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS):
        for call, held in zip((first, second), times, strict=True):
            begun = time.perf_counter()
            call()
            held.append(time.perf_counter() - begun)
    return statistics.median(times[0]), statistics.median(times[1])


def _nothing() -> None:
    return


if __name__ == "__main__":
    sys.exit(main())
