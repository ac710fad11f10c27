"""Make a corpus of aligned prompts from Debian's packages of Asterisk's English sounds.

``python -m vowelscope_training.prepare_prompts -o DIR`` fetches the two packages (or takes them
where they are installed), decodes the G.722 recordings to 16 kHz WAV, aligns each with its
transcript, and leaves in DIR:

- ``allison_smith/ID.wav`` and ``ID.TextGrid``
- ``CREDITS.md``: who spoke, under which licence
- ``failed.tsv``: what was left out, and why
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import cyclopts

from vowelscope.core.align import shared_aligner
from vowelscope.core.align_check import doubts
from vowelscope.core.errors import AlignmentError, UserError
from vowelscope.core.pools import worker_pool
from vowelscope.core.textgrid import IntervalTier, TextGrid
from vowelscope.core.textgrid_io import read_textgrid, write_textgrid

PACKAGES = ("asterisk-core-sounds-en", "asterisk-core-sounds-en-g722")
SPEAKER = "allison_smith"
VOWELS = ("IY", "AE", "ER", "AA", "UW")

_SOUNDS = Path("usr/share/asterisk/sounds/en_US_f_Allison")
_TRANSCRIPTS = Path("usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz")
_COPYRIGHT = Path("usr/share/doc/asterisk-core-sounds-en/copyright")
# How the prompts say the two keys of a telephone.
_KEYS = {"*": " star ", "#": " pound "}
_SOUND_WORDS = re.compile(r"\b(beep|tones?|sound|silence|music)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One recording: its name in the packages, where it lies, and what the package says it says."""

    name: str
    sound: Path
    transcript: str

    @property
    def id(self) -> str:
        """The name as one part of a path: ``digits/0`` is ``digits_0``."""
        return self.name.replace("/", "_")


def spoken_text(transcript: str) -> str:
    """The words of a prompt's transcript, without its stage directions.

    Raises
    ------
    AlignmentError
        It describes a sound or a silence, wholly or in part, so its words do not say it all.
    """
    directions = re.findall(r"\[[^]]*\]|\([^)]*\)|<[^>]*>", transcript)
    for direction in directions:
        if _SOUND_WORDS.search(direction):
            raise AlignmentError(f"it holds more than speech: {direction}")
        transcript = transcript.replace(direction, " ")
    for key, said in _KEYS.items():
        transcript = transcript.replace(key, said)
    if not re.search(r"\w", transcript):
        raise AlignmentError("its transcript has no words")
    return " ".join(transcript.split())


def find_prompts(root: Path) -> tuple[list[Prompt], list[tuple[str, str]]]:
    """The prompts of the unpacked packages under `root`, and (name, reason) of unusable ones."""
    transcripts = read_transcripts(root / _TRANSCRIPTS)
    prompts, failed = [], []
    for sound in sorted((root / _SOUNDS).rglob("*.g722")):
        name = sound.relative_to(root / _SOUNDS).with_suffix("").as_posix()
        if name not in transcripts:
            failed.append((name, "the package has no transcript of it"))
        else:
            prompts.append(Prompt(name, sound, transcripts[name]))
    return prompts, failed


def read_transcripts(path: Path) -> dict[str, str]:
    """``name: text`` a line, gzipped; lines that begin with a semicolon are comments."""
    lines = gzip.decompress(path.read_bytes()).decode("utf-8", "replace").splitlines()
    pairs = (line.split(":", 1) for line in lines if ":" in line and not line.startswith(";"))
    return {name.strip(): text.strip() for name, text in pairs}


def fetch_packages(folder: Path) -> Path:
    """The root that holds the packages' files: / where they are installed, else `folder`.

    Raises
    ------
    UserError
        They are not installed, and apt is missing or cannot fetch them.
    """
    if (Path("/") / _SOUNDS).is_dir() and (Path("/") / _TRANSCRIPTS).is_file():
        return Path("/")
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise UserError(
            f"The prompts come from the Debian packages {' and '.join(PACKAGES)}, but this system "
            "has no apt-get; run this on Debian or Ubuntu."
        )
    folder.mkdir(parents=True, exist_ok=True)
    command = ["apt-get", "-q", "download", *PACKAGES]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise UserError(f"apt-get could not download {' and '.join(PACKAGES)}: {reason}")
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(package), str(folder / "root")], check=True)
    return folder / "root"


def prepare(prompt: Prompt, folder: Path) -> str:
    """Decode and align one prompt into `folder`; the reason where it is left out, else ""."""
    wav = folder / f"{prompt.id}.wav"
    try:
        text = spoken_text(prompt.transcript)
        _decode(prompt.sound, wav)
        alignment = shared_aligner().align(wav, text)
        found = doubts(wav, alignment)
        if found:
            raise AlignmentError("; ".join(found))
        write_textgrid(wav.with_suffix(".TextGrid"), alignment.textgrid)
    except UserError as error:
        wav.unlink(missing_ok=True)
        wav.with_suffix(".TextGrid").unlink(missing_ok=True)
        return str(error).removeprefix(f"{wav}: ")
    return ""


def vowel_counts(folder: Path) -> Counter[str]:
    """How often each of the five vowels stands in the TextGrids of `folder`."""
    counts: Counter[str] = Counter()
    for path in folder.glob("*.TextGrid"):
        counts.update(_labels(read_textgrid(path).textgrid))
    return Counter({vowel: counts[vowel] for vowel in VOWELS})


def credits_text(copyright_text: str) -> str:
    """CREDITS.md: the credit in the words of the package's own copyright file."""
    stanza = copyright_text.split("\n\n")[1].strip()
    quoted = "\n".join(f"    {line}" for line in stanza.splitlines())
    return (
        "# Asterisk core sounds, English\n\n"
        "Spoken by Allison Smith (http://www.theivrvoice.com); financial contributions by "
        "Digium, Inc. (http://www.digium.com).\n\n"
        "Licence: Creative Commons Attribution-ShareAlike 3.0 "
        "(https://creativecommons.org/licenses/by-sa/3.0/).\n\n"
        "Changes: the original work has been modified: decoded from G.722 to 16 kHz WAV, and "
        "TextGrids with words and phones added.\n\n"
        f"From the Debian packages {' and '.join(PACKAGES)}, whose copyright file says:\n\n"
        f"{quoted}\n"
    )


def main(
    *,
    out: Annotated[Path, cyclopts.Parameter(name=["--out", "-o"])],
    jobs: Annotated[int | None, cyclopts.Parameter(name=["--jobs", "-j"])] = None,
    packages: Path | None = None,
) -> int:
    """Make the corpus of prompts in a folder.

    Parameters
    ----------
    out
        Folder for the recordings, TextGrids, credits and the list of failures.
    jobs
        Processes at a time; as many as there are processors by default.
    packages
        A folder with the packages already unpacked (it holds ``usr``); fetched by default.
    """
    if not shutil.which("ffmpeg"):
        raise UserError("ffmpeg is needed to decode G.722; install the Debian package ffmpeg.")
    with tempfile.TemporaryDirectory() as scratch:
        root = packages or fetch_packages(Path(scratch))
        prompts, failed = find_prompts(root)
        if not prompts:
            raise UserError(f"{root / _SOUNDS}: there are no G.722 prompts.")
        folder = out / SPEAKER
        folder.mkdir(parents=True, exist_ok=True)
        with worker_pool(jobs or os.cpu_count() or 1) as pool:
            reasons = pool.map(prepare, prompts, [folder] * len(prompts), chunksize=8)
            failed += [
                (p.name, reason) for p, reason in zip(prompts, reasons, strict=True) if reason
            ]
        (out / "CREDITS.md").write_text(
            credits_text((root / _COPYRIGHT).read_text(encoding="utf-8")), encoding="utf-8"
        )
    rows = ["prompt\treason", *(f"{name}\t{reason}" for name, reason in sorted(failed))]
    (out / "failed.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    counts = vowel_counts(folder)
    n_aligned = len(list(folder.glob("*.TextGrid")))
    print(f"{n_aligned} prompts aligned, {len(failed)} left out (see {out / 'failed.tsv'})")
    print(f"{counts.total()} vowels: " + ", ".join(f"{v} {n}" for v, n in counts.items()))
    return 0


def _decode(sound: Path, wav: Path) -> None:
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "g722", "-i", str(sound)]
    command += ["-ac", "1", "-ar", "16000", str(wav)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AlignmentError(f"ffmpeg cannot decode it: {done.stderr.strip()}")


def _labels(textgrid: TextGrid) -> list[str]:
    index = textgrid.tier_index("phones")
    tier = None if index is None else textgrid.tiers[index]
    return [i.text for i in tier.intervals] if isinstance(tier, IntervalTier) else []


if __name__ == "__main__":
    try:
        raise SystemExit(cyclopts.run(main))
    except UserError as error:
        print(error)
        raise SystemExit(2) from None
