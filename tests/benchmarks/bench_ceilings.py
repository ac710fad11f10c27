"""How near formants with an automatic ceiling come to the truth, and how long they take.

Synthetic voices say vowels of known formants (`vowelscope_training.known_vowels`): the five with
which the smoothness was chosen, in vowels of another seed, and then five others that say vowels of
no table. Beside the automatic ceiling stand Praat's fixed ones (5,500 Hz, 5,000 Hz for men) and
fasttrackpy, if it is installed here or in the Python that FASTTRACKPY_PYTHON names. Run as a
script; the exit status is 1 where fasttrackpy is there and nearer to the truth, or not slower.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile as sf

from vowelscope.core.acoustics import FormantSettings, formants
from vowelscope.core.ceilings import CeilingSearch
from vowelscope_training.known_vowels import (
    OTHER_VOICES,
    RATE_HZ,
    VOICES,
    KnownVowels,
    known_vowels,
    random_targets,
)

FIXED_HZ = dict.fromkeys(("man", "tall man", "tenor", "bass"), 5000.0)
_SEED = 101
_GLIDES = ("AB", "CD", "EF", "GH", "IJ", "KL")

# Its own process, so that neither numba nor polars is in ours; as its documentation runs it.
_FASTTRACK = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import parselmouth
from fasttrackpy import CandidateTracks
import importlib.metadata
job = json.load(sys.stdin)
sound = parselmouth.Sound(job["path"])
out = {"version": importlib.metadata.version("fasttrackpy"), "seconds": [], "tracks": []}
for run in range(job["runs"]):
    begun = time.perf_counter()
    winners = []
    for start, stop in job["tokens"]:
        part = sound.extract_part(start - 0.025, stop + 0.025, preserve_times=True)
        winners.append(CandidateTracks(sound=part).winner)
    out["seconds"].append(time.perf_counter() - begun)
for winner in winners:
    out["tracks"].append([list(winner.time_domain), winner.formants[:3].tolist(),
                          winner.smoothed_formants[:3].tolist(), float(winner.maximum_formant)])
print(json.dumps(out))
"""


def main() -> int:
    """Measure, print, and say by the exit status whether the goals are met."""
    targets = random_targets(_SEED)
    known = {voice: known_vowels(voice, _SEED) for voice in VOICES}
    other = {
        voice: known_vowels(voice, _SEED + 1, (*targets, *_GLIDES), targets)
        for voice in OTHER_VOICES
    }
    met = [
        _compare("the voices of the choice, other vowels", known, 3),
        # One run: the times are known, and are asked for again on other sound.
        _compare("other voices, vowels of no table", other, 1),
    ]
    return 0 if all(met) else 1


def _compare(title: str, voices: dict[str, KnownVowels], runs: int) -> bool:
    """Print one table; false where fasttrackpy is there and better."""
    off: dict[str, dict[str, list[np.ndarray]]] = {}
    seconds: dict[str, float] = {}
    tokens, versions = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for voice, vowels in voices.items():
            path = Path(folder) / f"{voice}.wav"
            sf.write(path, vowels.samples, RATE_HZ, subtype="PCM_16")
            tokens += len(vowels.tokens)
            versions.append(_one(path, voice, vowels, off, seconds, runs))
    print(f"{title}: {tokens} vowels of {len(voices)} voices; median distance from the truth in Hz")
    print(f"{'':24}{'F1':>7}{'F2':>7}{'F3':>7}{'F1-F3':>8}{'> 300':>8}   median of F1-F3 by voice")
    medians = {}
    for name, by_voice in off.items():
        every = np.concatenate([part for parts in by_voice.values() for part in parts])
        medians[name] = float(np.nanmedian(every))
        row = "".join(f"{value:7.1f}" for value in np.nanmedian(every, axis=0))
        gross = f"{100 * np.mean(~(every <= 300)):6.1f} %"
        by_name = ", ".join(
            f"{voice} {np.nanmedian(np.concatenate(parts)):.1f}"
            for voice, parts in by_voice.items()
        )
        print(f"{name:24}{row}{medians[name]:8.1f}{gross:>8}   {by_name}")
    for name, total_s in seconds.items():
        print(
            f"{name}: {1e3 * total_s / tokens:.1f} ms a vowel (runs a voice: {runs}, their median)"
        )
    ours = medians["automatic"]
    print(f"error, automatic / Praat fixed: {ours / medians['Praat fixed']:.2f}")
    if not all(versions):
        print("fasttrackpy: not installed here, so not compared\n")
        return True
    theirs = min(value for name, value in medians.items() if name.startswith("fasttrackpy"))
    faster = seconds["fasttrackpy"] / seconds["automatic"]
    print(f"error, automatic / fasttrackpy {versions[0]}: {ours / theirs:.2f} (goal <= 1)")
    print(f"speed, automatic / fasttrackpy: {faster:.1f} times (goal > 1)\n")
    return ours <= theirs and faster > 1


def _one(
    path: Path,
    voice: str,
    vowels: KnownVowels,
    off: dict[str, dict[str, list[np.ndarray]]],
    seconds: dict[str, float],
    repeats: int,
) -> str:
    """Measure one recording by each method; gives fasttrackpy's version, or ""."""

    def note(name: str, times_s: np.ndarray, freqs_hz: np.ndarray) -> None:
        distance = np.abs(freqs_hz[:, :3] - vowels.truth_hz(times_s)[:, :3])
        off.setdefault(name, {}).setdefault(voice, []).append(distance)

    def spend(name: str, runs: list[float]) -> None:
        seconds[name] = seconds.get(name, 0.0) + statistics.median(runs)

    spans = [(start, stop) for _, start, stop in vowels.tokens]
    ours, praats = [], []
    settings = FormantSettings(ceiling_hz=FIXED_HZ.get(voice, 5500.0))
    for _ in range(repeats):
        begun = time.perf_counter()
        search = CeilingSearch(path)
        found = [search.token(*span) for span in spans]
        ours.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        tracks = [formants(path, settings, *span) for span in spans]
        praats.append(time.perf_counter() - begun)
    for one in found:
        note("automatic", one.winner.times_s, one.winner.freqs_hz)
    for track in tracks:
        note("Praat fixed", track.times_s, track.freqs_hz)
    spend("automatic", ours)
    spend("Praat fixed", praats)
    said = _fasttrack(path, spans, repeats)
    if said is None:
        return ""
    spend("fasttrackpy", said["seconds"])
    for (start_s, stop_s), (times, raw, smoothed, _) in zip(spans, said["tracks"], strict=True):
        times_s = np.array(times)
        inside = (times_s >= start_s) & (times_s <= stop_s)
        for name, values in (("fasttrackpy", raw), ("fasttrackpy, smoothed", smoothed)):
            note(name, times_s[inside], np.array(values).T[inside])
    return str(said["version"])


def _fasttrack(path: Path, spans: list[tuple[float, float]], runs: int) -> dict | None:  # type: ignore[type-arg]
    python = os.environ.get("FASTTRACKPY_PYTHON", sys.executable)
    run = subprocess.run(
        [python, "-c", _FASTTRACK],
        input=json.dumps({"path": str(path), "tokens": spans, "runs": runs}),
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(run.stdout) if run.returncode == 0 else None


if __name__ == "__main__":
    raise SystemExit(main())
