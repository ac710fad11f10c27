from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vowelscope.cli import main

if TYPE_CHECKING:
    from conftest import Speech


@pytest.fixture
def folder(speech: Speech, tmp_path: Path) -> Path:
    """Four copies of one utterance, and a recording without a TextGrid."""
    root = tmp_path / "flite"
    root.mkdir()
    for n in range(4):
        shutil.copy(speech.wav, root / f"u{n}.wav")
        shutil.copy(speech.textgrid, root / f"u{n}.TextGrid")
    shutil.copy(speech.wav, root / "alone.wav")
    return root


def test_build_then_show(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "c.parquet"
    assert main(["corpus", "build", str(folder), "-o", str(out), "--test", "0.25"]) == 1
    said = capsys.readouterr().out
    assert f"left out: {folder / 'alone.wav'}: it has no TextGrid" in said
    assert "AH0" in said
    assert main(["corpus", "show", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "flite" in shown
    assert "4 utterances" in shown


def test_the_same_as_json(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "c.parquet"
    words = ["corpus", "build", str(folder), "--out", str(out), "--json", "--train-only", "fl*"]
    assert main(words) == 1
    report = json.loads(capsys.readouterr().out)
    assert {row["split"] for row in report["counts"]} == {"train"}
    assert report["tokens"] == sum(row["tokens"] for row in report["counts"])
    assert [Path(problem["path"]).name for problem in report["failures"]] == ["alone.wav"]
    assert main(["corpus", "show", str(out), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["tokens"] == report["tokens"]
    assert set(summary["classes"]) == {"i", "æ", "ɝ", "ɑ", "u"}
    assert min(summary["classes"].values()) >= 4
    assert summary["info"]["split"]["hash"] == report["split_hash"]


def test_a_class_map_of_the_users_own(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "own"\nclasses = ["low", "high"]\n[labels.arpabet]\nlow = ["AA", "AE"]\n'
        'high = ["IY", "UW", "IH"]\n'
    )
    out = tmp_path / "c.parquet"
    words = ["corpus", "build", str(folder), "-o", str(out), "--classes", str(own), "--json"]
    assert main(words) == 1
    assert {row["class"] for row in json.loads(capsys.readouterr().out)["counts"]} == {
        "low",
        "high",
    }


@pytest.mark.parametrize(
    "words",
    [
        ["build", "nowhere", "-o", "c.parquet"],
        ["build", "flite", "-o", "c.parquet", "--classes", "vowels6"],
        ["build", "flite", "-o", "c.parquet", "--tier", "nothing"],
        ["build", "flite", "-o", "c.parquet", "--split", "sentence"],
        ["build", "flite"],
        ["show", "nowhere.parquet"],
        ["show", "flite/u0.wav"],
    ],
)
def test_what_the_user_can_mend_is_one_sentence_and_status_2(
    words: list[str],
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["corpus", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("vowelscope: ")
    assert said.err.count("\n") == 1
    assert not (tmp_path / "c.parquet").exists()
