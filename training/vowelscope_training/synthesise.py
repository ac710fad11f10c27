"""Synthetic speech with exact phone labels: flite's voices read random words.

`python -m vowelscope_training.synthesise -o FOLDER --utterances 300` writes one folder a voice,
each with WAV and TextGrid pairs. flite prints where each phone ends (``-psdur``), so the labels
hold to the millisecond. The words are drawn from the dictionary in PocketSphinx's wheel, so that
no sentence of a held-out recording is read aloud in training.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from vowelscope.core.errors import UserError
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid

VOICES = ("slt", "rms")
"""American voices at 16 kHz whose durations hold; kal16 prints phones 2 % longer than it speaks."""

_VOWELS = frozenset({"IY", "AE", "ER", "AA", "UW"})
_WORDS_EACH = 7


def word_list() -> dict[str, list[str]]:
    """Dictionary words of 3-9 letters by each of the five vowels that they hold.

    Returns
    -------
    dict
        Vowel in ARPAbet -> words. /u/ is rare, so drawing by vowel balances the classes.
    """
    import pocketsphinx

    path = Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"))
    words: dict[str, list[str]] = {vowel: [] for vowel in sorted(_VOWELS)}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, *phones = line.split()
        if word.isalpha() and 3 <= len(word) <= 9:
            for vowel in _VOWELS.intersection(phones):
                words[vowel].append(word)
    return words


def sentences(count: int, seed: int) -> list[str]:
    """`count` strings of random words, every vowel drawn equally often."""
    rng = random.Random(seed)
    words = word_list()
    vowels = sorted(words)
    return [
        ", ".join(rng.choice(words[rng.choice(vowels)]) for _ in range(_WORDS_EACH))
        for _ in range(count)
    ]


def speak(text: str, voice: str, wav: Path) -> TextGrid:
    """Speak `text` with flite into `wav`; the phones as flite placed them.

    Returns
    -------
    TextGrid
        One interval tier ``phones``, ARPAbet capitals without stress, pauses empty.
    """
    run = subprocess.run(
        ["flite", "-voice", voice, "-psdur", "-t", text, "-o", str(wav)],
        capture_output=True,
        text=True,
        check=True,
    )
    start_s = 0.0
    intervals = []
    for item in run.stdout.split():
        phone, _, end = item.rpartition(":")
        end_s = float(end)
        if end_s <= start_s:
            continue
        label = "" if phone == "pau" else phone.upper()
        intervals.append(Interval(start_s, end_s, label))
        start_s = end_s
    tier = IntervalTier("phones", 0.0, start_s, tuple(intervals))
    return TextGrid(0.0, start_s, (tier,))


def synthesise(out: Path, utterances: int, seed: int = 1, voices: tuple[str, ...] = VOICES) -> int:
    """Write `utterances` recordings for each voice under `out`; returns how many."""
    if shutil.which("flite") is None:
        raise UserError("flite is not installed: 'apt install flite' brings it.")

    def one(job: tuple[str, int, str]) -> None:
        voice, number, text = job
        wav = out / voice / f"{voice}-{number:04d}.wav"
        write_textgrid(wav.with_suffix(".TextGrid"), speak(text, voice, wav))

    jobs = []
    for index, voice in enumerate(voices):
        (out / voice).mkdir(parents=True, exist_ok=True)
        texts = sentences(utterances, seed + index)
        jobs += [(voice, number, text) for number, text in enumerate(texts)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, jobs))
    return len(jobs)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Synthetic speech with exact phone labels")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--utterances", type=int, default=80, help="for each voice")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(synthesise(options.out, options.utterances, options.seed), "recordings")


if __name__ == "__main__":
    main()
