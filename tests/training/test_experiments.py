from __future__ import annotations

import pytest

from vowelscope_training import experiments, loop
from vowelscope_training.settings import Stage


@pytest.mark.slow
def test_the_experiments_end_in_a_table_and_are_not_done_twice(
    spoken_folder, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(experiments, "SMALL", Stage("resnet18", columns=32, lr=1e-3, steps=1))
    monkeypatch.setattr(loop, "_SETTLING_BATCHES", 1)
    words = [str(tmp_path / "work"), str(spoken_folder), "--preset", "vowels-4k"]
    # flite speaks at 16,000 Hz, so nothing fills 0-11,025 Hz.
    assert experiments.main([*words, "--preset", "vowels-11k"]) == 0
    said = capsys.readouterr()
    heads, first, second = said.out.splitlines()
    assert heads.split()[:3] == ["preset", "set", "tokens"]
    assert first.split()[:2] == ["vowels-4k", "spoken"] and "96 % or more" in first
    assert second.split()[:2] == ["vowels-11k", "-"]
    assert "vowels-11k: " in said.err and "can be used" in said.err
    assert experiments.main(words) == 0
    again = capsys.readouterr()
    assert again.out.splitlines()[1].split() == first.split()
    assert "training" not in again.err
