"""`vowelscope align` as a user calls it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from vowelscope.cli import main
from vowelscope.core.textgrid_io import read_textgrid

TEXT = "We see the father's cat in the blue bird house."


def test_one_recording(speech, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    transcript, out = tmp_path / "t.txt", tmp_path / "out.TextGrid"
    transcript.write_text(TEXT)
    assert main(["align", str(speech.wav), str(transcript), "-o", str(out), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["words"], result["phones"], result["derived"]) == (10, 27, {})
    assert result["fit_nats"] < 0
    assert [tier.name for tier in read_textgrid(out).textgrid.tiers] == ["words", "phones"]

    before = out.read_bytes()
    assert main(["align", str(speech.wav), str(transcript), "-o", str(out)]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert out.read_bytes() == before
    command = ["align", str(speech.wav), "-o", str(out), "--overwrite"]
    assert main([*command, "--text", TEXT.replace("house", "haowse")]) == 0
    assert "haowse: in no dictionary, taken as HH" in capsys.readouterr().out
    assert out.read_bytes() != before


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["AUDIO"], "either a TRANSCRIPT file or --text"),
        (["AUDIO", "none.txt"], "transcript cannot be read"),
        (["none.wav", "--text", "hello"], "there is no such file"),
        (["AUDIO", "--text", "never mind seven oceans of treacle"], "does not fit"),
        (["AUDIO", "--text", TEXT, "--dict", "none.dict"], "dictionary cannot be read"),
    ],
)
def test_bad_input_is_one_sentence_and_no_file(
    speech, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    out = tmp_path / "out.TextGrid"
    words = [str(speech.wav) if word == "AUDIO" else word for word in arguments]
    assert main(["align", *words, "-o", str(out)]) == 2
    said = capsys.readouterr().err
    assert reason in said
    assert said.count("\n") == 1
    assert not out.exists()


def test_folder_lists_its_failures(
    speech, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    shutil.copy(speech.wav, folder / "good.wav")
    (folder / "bad.wav").write_bytes(b"RIFF")
    table = tmp_path / "metadata.csv"
    table.write_text(f"good|{TEXT}\nbad|{TEXT}\n")
    command = ["align", str(folder), str(table), "-o", str(out), "--jobs", "2"]
    assert main(command) == 1
    said = capsys.readouterr()
    assert "1 of 2 recordings aligned" in said.out
    assert f"{folder / 'bad.wav'}: not a sound file" in said.err
    assert [path.name for path in out.iterdir()] == ["good.TextGrid"]

    (folder / "bad.wav").unlink()
    assert main([*command, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["kept"] == [str(out / "good.TextGrid")]
    assert result["aligned"] == result["failed"] == []


def test_bad_folders_are_refused(
    speech, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(speech.wav, folder / "a.wav")
    out = str(tmp_path / "out")
    assert main(["align", str(folder), "-o", out]) == 2
    assert "no .txt or .lab" in capsys.readouterr().err
    table = tmp_path / "metadata.csv"
    table.write_text("other|text\n")
    assert main(["align", str(folder), str(table), "-o", out]) == 2
    assert "transcript of none" in capsys.readouterr().err
    assert main(["align", str(folder), str(table), "-o", out, "--jobs", "0"]) == 2
    assert main(["align", str(folder), "-o", out, "--text", "hello"]) == 2
    assert not (tmp_path / "out").exists()
