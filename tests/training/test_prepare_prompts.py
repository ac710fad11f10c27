"""The corpus of prompts, from a package folder made of real speech."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest
import soundfile as sf

from vowelscope.core.errors import AlignmentError, UserError
from vowelscope.core.textgrid_io import read_textgrid
from vowelscope_training import prepare_prompts as prompts

TEXT = "We see the father's cat in the blue bird house."
COPYRIGHT = """Format: http://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2003-2010, Allison Smith
License: CC-BY-SA-3.0

Files: fr-*
Copyright: 2006-2008, June Wallack
"""


@pytest.fixture
def package(speech, tmp_path: Path) -> Path:
    """What the two packages unpack to, with flite for the speaker."""
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed")
    root = tmp_path / "root"
    sounds = root / prompts._SOUNDS
    docs = (root / prompts._TRANSCRIPTS).parent
    (sounds / "digits").mkdir(parents=True)
    docs.mkdir(parents=True)
    encode = ["ffmpeg", "-v", "error", "-i", str(speech.wav), "-f", "g722"]
    subprocess.run([*encode, str(sounds / "hello.g722")], check=True, stdin=subprocess.DEVNULL)
    for name in ("digits/1", "beep", "wrong", "orphan"):
        shutil.copy(sounds / "hello.g722", sounds / f"{name}.g722")
    lines = [
        "; comment: not a prompt",
        f"hello: {TEXT} [with a smile]",
        f"digits/1: ...{TEXT.replace('blue', 'Blue')}",
        "beep: [this is a simple beep tone]",
        "wrong: never mind seven oceans of treacle",
    ]
    (root / prompts._TRANSCRIPTS).write_bytes(gzip.compress("\n".join(lines).encode()))
    (root / prompts._COPYRIGHT).write_text(COPYRIGHT)
    return root


def test_corpus_credits_and_failures(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "corpus"
    assert prompts.main(out=out, jobs=1, packages=package) == 0
    folder = out / prompts.SPEAKER
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["digits_1.TextGrid", "digits_1.wav", "hello.TextGrid", "hello.wav"]
    info = sf.info(folder / "hello.wav")
    assert (info.samplerate, info.channels) == (16_000, 1)
    assert read_textgrid(folder / "hello.TextGrid").textgrid.tmax_s == info.duration
    failed = dict(line.split("\t") for line in (out / "failed.tsv").read_text().splitlines()[1:])
    assert sorted(failed) == ["beep", "orphan", "wrong"]
    assert "beep tone" in failed["beep"]
    assert "no transcript" in failed["orphan"]
    assert "fit" in failed["wrong"]
    said = (out / "CREDITS.md").read_text()
    assert "Copyright: 2003-2010, Allison Smith" in said
    assert "by-sa/3.0" in said
    assert "Wallack" not in said
    printed = capsys.readouterr().out
    assert "2 prompts aligned, 3 left out" in printed
    assert "14 vowels: IY 4, AE 2, ER 4, AA 2, UW 2" in printed


@pytest.mark.parametrize(
    ("transcript", "said"),
    [
        ("press * to pause, # to exit", "press star to pause, pound to exit"),
        ("at [@]", "at"),
        ('IAX (note: does not say "2")', "IAX"),
        ("... extension ...", "... extension ..."),
    ],
)
def test_spoken_text(transcript: str, said: str) -> None:
    assert prompts.spoken_text(transcript) == said


@pytest.mark.parametrize(
    "transcript",
    ["(2 seconds of silence)", "<beep ascending>", "Speak now. (simple tone sound plays)", "..."],
)
def test_what_is_more_than_speech_is_left_out(transcript: str) -> None:
    with pytest.raises(AlignmentError):
        prompts.spoken_text(transcript)


def test_without_apt_the_packages_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompts, "_SOUNDS", Path("nowhere"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match=r"asterisk-core-sounds-en-g722.*no apt-get"):
        prompts.fetch_packages(tmp_path)
