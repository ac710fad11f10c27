"""`vowelscope cue`, as a user calls it."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import soundfile as sf

from vowelscope.cli import main


@pytest.fixture
def move(speech, tmp_path, capsys):
    """Run the command on the speech fixture with the model in the box."""

    def run(*more):
        words = ["cue", speech.wav, speech.textgrid, "--at", "0.5", "-o", tmp_path / "out", *more]
        status = main([str(word) for word in words])
        table = tmp_path / "out" / "cue.csv"
        rows = list(csv.DictReader(table.open(encoding="utf-8"))) if table.exists() else []
        return status, rows, capsys.readouterr().err

    return run


def test_steps_of_f2_as_a_table_a_picture_and_sounds(move, tmp_path):
    status, rows, said = move("--cue", "F2", "--from", "-200", "--to", "200", "--steps", "3")
    assert status == 0 and "3 steps of F2" in said
    assert [float(row["amount"]) for row in rows] == [-200, 0, 200]
    measured = [float(row["F2_hz"]) for row in rows]
    assert np.diff(measured) == pytest.approx([200, 200], abs=80)
    assert sum(float(rows[0][f"p {name}"]) for name in "iæɝɑu") == pytest.approx(1, abs=1e-4)
    sounds = [sf.read(tmp_path / "out" / row["sound"])[0] for row in rows]
    rate_hz = 16000
    start = round(float(rows[0]["sound_tmin_s"]) * rate_hz)
    assert np.array_equal(sounds[0][: start - 1], sounds[2][: start - 1])
    assert not np.array_equal(sounds[0], sounds[2])
    assert (tmp_path / "out" / "cue.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--cue", "F2", "--from", "10", "--to", "-10"), "must be the larger"),
        (("--cue", "F9", "--from", "-10", "--to", "10"), "F9"),
        (("--cue", "F1", "--from", "-900", "--to", "-800"), "cannot be moved by"),
        (("--cue", "level", "--from", "-90", "--to", "0"), "must lie within -40 to +40 dB"),
        (("--cue", "f0", "--from", "-1", "--to", "1", "--tier", "none"), "--tier"),
    ],
)
def test_what_cannot_be_is_one_sentence(move, words, sentence):
    status, rows, said = move(*words)
    assert (status, rows) == (2, [])
    assert sentence in said and "Traceback" not in said
