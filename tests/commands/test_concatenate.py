from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from vowelscope.cli import main
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.textgrid_io import read_textgrid


def test_two_recordings_with_their_textgrids(
    speech: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wav, grid = speech
    other = Path(shutil.copy(wav, tmp_path / "other.wav"))
    out = tmp_path / "both.wav"
    assert main(["concatenate", str(wav), str(other), "-o", str(out)]) == 0
    assert "2 recordings" in capsys.readouterr().err
    samples = sf.read(wav, dtype="int16")[0]
    np.testing.assert_array_equal(sf.read(out, dtype="int16")[0], np.tile(samples, 2))
    joined = read_textgrid(out.with_suffix(".TextGrid")).textgrid
    own = read_textgrid(grid).textgrid
    assert [x.name for x in joined.tiers] == ["words", "phones", "labels"]
    phones, before = joined.tiers[1], own.tiers[1]
    assert isinstance(phones, IntervalTier) and isinstance(before, IntervalTier)
    # The second recording has no TextGrid: one empty interval.
    assert len(phones.intervals) == len(before.intervals) + 1
    assert phones.intervals[-1].text == "" and joined.tmax_s == 2 * len(samples) / 16000
    assert main(["concatenate", str(wav), str(other), "-o", str(out), "--no-textgrid"]) == 0
    assert len(read_textgrid(out.with_suffix(".TextGrid")).textgrid.tiers) == 1


def test_what_the_user_can_mend(
    speech: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wav = str(speech[0])
    for words, said in (
        ([wav, "-o", str(tmp_path / "x.wav")], "two recordings"),
        ([wav, wav, "-o", wav], "cannot"),
        ([wav, str(tmp_path / "no.wav"), "-o", str(tmp_path / "x.wav")], "no such file"),
    ):
        assert main(["concatenate", *words]) == 2
        err = capsys.readouterr().err
        assert said in err and "Traceback" not in err
    assert not (tmp_path / "x.wav").exists()
