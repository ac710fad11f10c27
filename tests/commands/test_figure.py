from __future__ import annotations

from pathlib import Path

import pytest

from vowelscope.cli import main
from vowelscope.resources import resource


def run(out: Path, *more: str) -> int:
    audio, grid = resource("sample", "sample.wav"), resource("sample", "sample.TextGrid")
    return main(["figure", str(audio), str(grid), "--to", "1", "-o", str(out), *more])


def test_all_layers_with_the_map_of_an_interval(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layers = "waveform,spectrogram,formants,pitch,intensity,cam,tiers"
    out = tmp_path / "f.pdf"
    more = ("--layers", layers, "--cam-at", "0.4", "--size", "18x12cm", "--tiers", "phones")
    assert run(out, *more) == 0
    assert out.read_bytes().startswith(b"%PDF")
    assert str(out) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "part"),
    [
        (("--size", "large"), "must be WIDTHxHEIGHT"),
        (("--layers", "tiers,colour"), "no layer 'colour'"),
        (("--layers", "cam"), "--cam-at"),
        (("--layers", "cam", "--cam-at", "1000"), "no interval there"),
        (("--tiers", "moods"), "no tier 'moods'"),
        (("--channel", "9"), "no channel 9"),
        (("--min-frequency", "6000"), "100 Hz wide"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], part: str
) -> None:
    assert run(tmp_path / "f.pdf", *more) == 2
    said = capsys.readouterr().err
    assert part in said and said.count("\n") == 1
    assert not (tmp_path / "f.pdf").exists()


def test_range_and_scale_of_the_frequency_axis(tmp_path: Path) -> None:
    out = tmp_path / "f.svg"
    more = ("--layers", "spectrogram", "--scale", "bark", "--min-frequency", "200")
    assert run(out, *more) == 0
    text = out.read_text("utf-8")
    assert "Frequency (Hz, Bark scale)" in text
