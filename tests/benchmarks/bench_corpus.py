"""Corpora at size: time and memory of `build_corpus`, and of its images beside a librosa loop.

The recordings are a few files of tones and noise under many names (hard links), each with a
TextGrid of 20 vowels. The first table builds corpora of growing size, each in a process of its
own. The second makes the images of some of the tokens, as training does, and times the loop that
one would write with librosa: each token's file loaded, cut, transformed, scaled to the image. The
loop is timed on a sample and scaled to the same number of tokens. It knows no TextGrid and checks
nothing; the corpus has read and checked every sample, but has no images; images are 256 columns
each, and their time includes that of starting the processes.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile as sf

TOKENS = 20
RATE_HZ = 22_050
SECONDS = 6.0
SIZES = (25_000, 50_000, 100_000)
IMAGES = 2_000
LOOP = 60
LABELS = ("IY1", "S", "AE1", "T", "ER0", "N", "AA1", "D", "UW1", "K")

BUILD = """
import sys, time
import psutil
from vowelscope.core.corpus import build_corpus
from vowelscope.core.phones import load_class_map

if __name__ == "__main__":
    start_s, peak = time.perf_counter(), 0
    def tell(done, total):
        global peak
        if done % 256 == 0:
            peak = max(peak, psutil.Process().memory_info().rss)
    report = build_corpus(
        [sys.argv[1]], load_class_map("vowels5"), sys.argv[2], jobs=int(sys.argv[3]), progress=tell
    )
    peak = max(peak, psutil.Process().memory_info().rss)
    print(report.tokens, time.perf_counter() - start_s, peak / 2**20, len(report.failures))
"""


def write_voices(folder: Path) -> list[Path]:
    """Four recordings of pulses through two resonances, a second of each in noise."""
    from scipy.signal import lfilter

    rng = np.random.default_rng(1)
    paths = []
    for n, (f0_hz, f1_hz) in enumerate(((110, 350), (140, 500), (190, 650), (230, 800))):
        times = np.arange(round(SECONDS * RATE_HZ))
        x = (times % (RATE_HZ // f0_hz) == 0).astype(float) + 0.003 * rng.normal(size=len(times))
        for centre_hz in (f1_hz, 1500 + 3 * f0_hz):
            r = np.exp(-np.pi * 80 / RATE_HZ)
            x = lfilter([1], [1, -2 * r * np.cos(2 * np.pi * centre_hz / RATE_HZ), r * r], x)
        paths.append(folder / f"voice{n}.wav")
        sf.write(paths[-1], 0.5 * x / np.abs(x).max(), RATE_HZ)
    return paths


def write_corpus(folder: Path, voices: list[Path], tokens: int) -> None:
    """Recordings under new names, each with a TextGrid of `TOKENS` vowels and as many others."""
    folder.mkdir()
    step_s = SECONDS / (2 * TOKENS)
    intervals = "\n".join(
        f'{k * step_s:.4f}\n{(k + 1) * step_s:.4f}\n"{LABELS[k % len(LABELS)]}"'
        for k in range(2 * TOKENS)
    )
    text = (
        f'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n{SECONDS}\n<exists>\n1\n'
        f'"IntervalTier"\n"phones"\n0\n{SECONDS}\n{2 * TOKENS}\n{intervals}\n'
    )
    for n in range(-(-tokens // TOKENS)):
        os.link(voices[n % len(voices)], folder / f"u{n:06}.wav")
        (folder / f"u{n:06}.TextGrid").write_text(text)


def build(folder: Path, out: Path, jobs: int) -> tuple[int, float, float]:
    """Tokens, seconds and the largest resident memory of the parent in MiB."""
    # A file, for the worker processes import it.
    script = out.with_name("build.py")
    script.write_text(BUILD)
    done = subprocess.run(
        [sys.executable, str(script), str(folder), str(out), str(jobs)],
        capture_output=True,
        text=True,
        check=True,
    )
    tokens, seconds, peak_mib, failures = done.stdout.split()
    assert failures == "0"
    return int(tokens), float(seconds), float(peak_mib)


def librosa_loop(rows: list[dict], rows_wanted: int, columns: int) -> float:
    """Seconds a token of the usual loop: load, cut, transform, to dB, to the size of the image."""
    import librosa
    from scipy.ndimage import zoom

    times = []
    for row in rows:
        start_s = time.perf_counter()
        y, rate_hz = librosa.load(row["recording"], sr=None)
        cut = y[round(row["tmin_s"] * rate_hz) : round(row["tmax_s"] * rate_hz)]
        db = librosa.power_to_db(np.abs(librosa.stft(cut, n_fft=1024, hop_length=22)) ** 2)
        zoom(db, (rows_wanted / db.shape[0], columns / db.shape[1]), order=1)
        times.append(time.perf_counter() - start_s)
    return statistics.median(times)


def images(corpus: Path, cache: Path) -> tuple[int, float, list[dict], object]:
    """Make the images of a corpus as a run does: tokens, seconds, the corpus's rows, the spec."""
    from vowelscope.core.corpus import read_corpus
    from vowelscope_training.config import load_config
    from vowelscope_training.data import load_tokens

    config = load_config("vowels-8k")
    classes = ("i", "æ", "ɝ", "ɑ", "u")
    start_s = time.perf_counter()
    tokens = load_tokens(corpus, classes, config.features, 16, cache)
    spent_s = time.perf_counter() - start_s
    return len(tokens.rows), spent_s, read_corpus(corpus).to_pylist(), config.features


def main() -> None:
    """Print both tables."""
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        voices = write_voices(work)
        print(f"build_corpus, {cores} processes; memory of the parent process")
        print(f"{'tokens':>8} {'seconds':>8} {'tokens/s':>9} {'MiB':>6}")
        per_token_s = 0.0
        for size in SIZES:
            write_corpus(work / f"c{size}", voices, size)
            tokens, seconds, peak_mib = build(work / f"c{size}", work / f"{size}.parquet", cores)
            per_token_s = seconds / tokens
            print(f"{tokens:>8} {seconds:>8.1f} {tokens / seconds:>9.0f} {peak_mib:>6.0f}")
        write_corpus(work / "images", voices, IMAGES)
        build(work / "images", work / "images.parquet", cores)
        count, seconds, rows, spec = images(work / "images.parquet", work / "cache")
        ours_s = per_token_s + seconds / count
        librosa_loop(rows[:5], spec.rows, spec.columns)
        loop_s = librosa_loop(rows[:: len(rows) // LOOP], spec.rows, spec.columns)
        print(f"a librosa loop, one process: {loop_s * 1000:.2f} ms a token (median of {LOOP})")
        for name, time_s in (("corpus", per_token_s), ("corpus and images", ours_s)):
            print(
                f"{name}, {cores} processes: {time_s * 1000:.2f} ms a token; {SIZES[-1]} tokens "
                f"{time_s * SIZES[-1]:.0f} s against {loop_s * SIZES[-1]:.0f} s (scaled), "
                f"{loop_s / time_s:.1f} times as fast"
            )


if __name__ == "__main__":
    main()
