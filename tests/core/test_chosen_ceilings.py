from __future__ import annotations

import json
from pathlib import Path

import pytest

from vowelscope.core.chosen_ceilings import (
    ChosenCeilings,
    read_choices,
    sidecar_path,
    write_choices,
)
from vowelscope.core.errors import AnalysisError


def test_choices_come_back_and_outlive_a_moved_boundary(tmp_path: Path) -> None:
    textgrid = tmp_path / "talk.v2.TextGrid"
    chosen = ChosenCeilings().with_choice("phones", 1.0, 1.2, None, 5050.0)
    chosen = chosen.with_choice("Vokäle", 0.1, 0.2, 1, 4600.0)
    write_choices(textgrid, chosen)
    assert sidecar_path(textgrid).name == "talk.v2.vowelscope.json"
    back = read_choices(textgrid)
    assert back == chosen
    assert back.of("phones", 0.95, 1.15, None) == 5050.0
    assert back.of("phones", 1.0, 1.1, None) is None  # the choice stands at 1.1 s: the next one's
    assert back.of("phones", 1.1, 1.3, None) == 5050.0
    assert back.of("phones", 1.0, 1.2, 0) is None
    assert back.of("words", 1.0, 1.2, None) is None
    assert back.of("Vokäle", 0.1, 0.2, 1) == 4600.0


def test_a_new_choice_takes_the_place_of_the_old_and_none_removes_it() -> None:
    chosen = ChosenCeilings().with_choice("phones", 1.0, 1.2, None, 5050.0)
    chosen = chosen.with_choice("phones", 1.0, 1.3, None, 5200.0)
    assert [choice.ceiling_hz for choice in chosen.choices] == [5200.0]
    assert chosen.with_choice("phones", 1.0, 1.3, None, None) == ChosenCeilings()


def test_no_file_is_no_choice(tmp_path: Path) -> None:
    assert read_choices(tmp_path / "none.TextGrid") == ChosenCeilings()


_GOOD = {"tier": "a", "time_s": 1.0, "channel": None, "ceiling_hz": 5000}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "version 1"),
        (json.dumps({"version": 2, "formant_ceilings": []}), "version 1 are read, not 2"),
        (json.dumps({"version": 1}), "not a list"),
        (
            json.dumps({"version": 1, "formant_ceilings": [_GOOD, {**_GOOD, "tier": 1}]}),
            "ceiling 2",
        ),
        (json.dumps({"version": 1, "formant_ceilings": [{**_GOOD, "time_s": True}]}), "lacks"),
        (json.dumps({"version": 1, "formant_ceilings": [{**_GOOD, "channel": 0}]}), "lacks"),
        (json.dumps({"version": 1, "formant_ceilings": [{**_GOOD, "ceiling_hz": 3}]}), "200-"),
        ('{"version": 1, "formant_ceilings": [{"tier": "a", "time_s": NaN}]}', "lacks"),
    ],
)
def test_a_damaged_file_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    textgrid = tmp_path / "talk.TextGrid"
    sidecar_path(textgrid).write_text(text, encoding="utf-8")
    with pytest.raises(AnalysisError, match=said) as caught:
        read_choices(textgrid)
    assert "talk.vowelscope.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_and_folders_are_sentences(tmp_path: Path) -> None:
    textgrid = tmp_path / "talk.TextGrid"
    sidecar_path(textgrid).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AnalysisError, match="no JSON"):
        read_choices(textgrid)
    sidecar_path(textgrid).unlink()
    sidecar_path(textgrid).mkdir()
    with pytest.raises(AnalysisError, match="cannot be read"):
        read_choices(textgrid)
