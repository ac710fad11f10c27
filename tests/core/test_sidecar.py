from __future__ import annotations

import json
from pathlib import Path

import pytest

from vowelscope.core.chosen_ceilings import ChosenCeilings
from vowelscope.core.errors import AnalysisError
from vowelscope.core.hand_points import HandPoint, HandPoints
from vowelscope.core.sidecar import Sidecar, read_sidecar, sidecar_path, write_sidecar

CEILINGS = (
    ChosenCeilings()
    .with_choice("phones", 1.0, 1.2, None, 5050.0)
    .with_choice("Vokäle", 0.1, 0.2, 1, 4600.0)
)
POINTS = HandPoints().with_points(
    [HandPoint(0.1 + 0.2, 2, 1499.5, 0.003125), HandPoint(0.5, 1, None, 0.003125, 1)]
)


def test_what_was_decided_comes_back_to_the_last_bit(tmp_path: Path) -> None:
    textgrid = tmp_path / "talk.v2.TextGrid"
    write_sidecar(textgrid, Sidecar(CEILINGS, POINTS))
    assert sidecar_path(textgrid).name == "talk.v2.vowelscope.json"
    assert read_sidecar(textgrid) == Sidecar(CEILINGS, POINTS)
    data = json.loads(sidecar_path(textgrid).read_text("utf-8"))
    assert data["version"] == 2 and data["formant_points"][1]["channel"] == 2


def test_no_file_is_nothing(tmp_path: Path) -> None:
    assert read_sidecar(tmp_path / "none.TextGrid").is_empty


def test_version_1_had_ceilings_alone(tmp_path: Path) -> None:
    textgrid = tmp_path / "talk.TextGrid"
    old = {"version": 1, "formant_ceilings": [_CEILING]}
    sidecar_path(textgrid).write_text(json.dumps(old), encoding="utf-8")
    kept = read_sidecar(textgrid)
    assert kept.ceilings.of("a", 0.9, 1.1, None) == 5000.0 and kept.points == HandPoints()


def test_a_part_of_it() -> None:
    part = Sidecar(CEILINGS, POINTS).part(0.25, 1.2)
    assert [x.time_s for x in part.points.points] == [pytest.approx(0.05), 0.25]
    assert part.ceilings.of("phones", 0.75, 0.95, None) == 5050.0
    assert len(part.ceilings.choices) == 1


_CEILING = {"tier": "a", "time_s": 1.0, "channel": None, "ceiling_hz": 5000}
_POINT = {"time_s": 1.0, "channel": 1, "formant": 2, "freq_hz": 900, "reach_s": 0.003}


def _ceilings(*items: object) -> str:
    return json.dumps({"version": 2, "formant_ceilings": items, "formant_points": []})


def _points(*items: object) -> str:
    return json.dumps({"version": 2, "formant_ceilings": [], "formant_points": items})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "version 1 or 2"),
        (json.dumps({"version": 3, "formant_ceilings": []}), "version 1 or 2, not 3"),
        (json.dumps({"version": True, "formant_ceilings": []}), "version 1 or 2"),
        (json.dumps({"version": 1}), "not a list"),
        (json.dumps({"version": 2, "formant_ceilings": []}), '"formant_points" is not a list'),
        (_ceilings(_CEILING, {**_CEILING, "tier": 1}), "ceiling 2"),
        (_ceilings({**_CEILING, "time_s": True}), "lacks"),
        (_ceilings({**_CEILING, "channel": 0}), "lacks"),
        (_ceilings({**_CEILING, "ceiling_hz": 3}), "200-"),
        ('{"version": 1, "formant_ceilings": [{"tier": "a", "time_s": NaN}]}', "lacks"),
        (_points(_POINT, 7), "point 2 lacks"),
        (_points({**_POINT, "formant": 6}), "must be 1 to 5"),
        (_points({**_POINT, "formant": 2.0}), "must be 1 to 5"),
        (_points({**_POINT, "freq_hz": -1}), "freq_hz must lie"),
        (_points({"time_s": 1.0, "formant": 2, "reach_s": 0.003}), "freq_hz must lie"),
        (_points({**_POINT, "reach_s": 2}), "reach_s must lie"),
        (_points({**_POINT, "channel": -1}), "lacks"),
    ],
)
def test_a_damaged_file_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    textgrid = tmp_path / "talk.TextGrid"
    sidecar_path(textgrid).write_text(text, encoding="utf-8")
    with pytest.raises(AnalysisError, match=said) as caught:
        read_sidecar(textgrid)
    assert "talk.vowelscope.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_and_folders_are_sentences(tmp_path: Path) -> None:
    textgrid = tmp_path / "talk.TextGrid"
    sidecar_path(textgrid).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(AnalysisError, match="no JSON"):
        read_sidecar(textgrid)
    sidecar_path(textgrid).unlink()
    sidecar_path(textgrid).mkdir()
    with pytest.raises(AnalysisError, match="cannot be read"):
        read_sidecar(textgrid)
