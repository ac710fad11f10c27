"""The log's rows: those of `measure` over a stretch, Praat's answers at a time; files of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import parselmouth
import pytest
from pyarrow import parquet

from vowelscope.core.acoustics import FormantSettings, PitchSettings
from vowelscope.core.errors import ConfigError, UserError
from vowelscope.core.measure import MeasureSettings, measure_tokens
from vowelscope.core.measure_log import COLUMNS, SETTINGS_COLUMNS, Place, export, log_row, read_log
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.textgrid_io import read_textgrid
from vowelscope.core.tokens import Token, tokens_of, word_tier

SETTINGS = MeasureSettings(
    formant=FormantSettings(ceiling_hz=5000.0, max_formants=4.5), pitch=PitchSettings(60.0, 400.0)
)
_OTHERS = {"logged", "predicted", "probability", "cam_centroid_hz", "model"}


@pytest.fixture
def tokens(speech: tuple[Path, Path]) -> list[Token]:
    grid = read_textgrid(speech[1]).textgrid
    tier = grid.tiers[1]
    assert isinstance(tier, IntervalTier)
    return list(tokens_of(speech[0], tier, word_tier(grid)))


def test_over_an_interval_it_is_the_row_of_measure(tokens: list[Token]) -> None:
    measured = list(measure_tokens(tokens, None, SETTINGS))
    for token, row in list(zip(tokens, measured, strict=True))[:6]:
        ours = log_row(Place(token, None, "i"), SETTINGS)
        pairs = {f"F{n}_hz": f"F{n}_mean_hz" for n in (1, 2, 3, 4)}
        pairs |= {"f0_hz": "f0_mean_hz", "intensity_db": "intensity_mean_db"}
        assert {name: ours[name] for name in pairs} == {
            name: row[other] for name, other in pairs.items()
        }
        for name in ("audio", "tier", "interval", "label", "word", "tmin_s", "tmax_s"):
            assert ours[name] == row[name]
        assert ours["duration_s"] == row["duration_s"]
        known = SETTINGS.columns()
        assert {name: ours[name] for name in known} == known
        assert set(SETTINGS_COLUMNS) - set(known) == {
            "max_period_factor",
            "max_amplitude_factor",
            "slice_window_s",
        }
        assert ours["how"] == "selection" and ours["class"] == "i"
        assert set(ours) | _OTHERS == set(COLUMNS)


def test_at_the_cursor_it_is_praats_answer(tokens: list[Token]) -> None:
    token = next(x for x in tokens if x.label == "AE1")
    sound = parselmouth.Sound(str(token.recording))
    formant = sound.to_formant_burg(None, 4.5, 5000)
    pitch = sound.to_pitch_ac(pitch_floor=60, pitch_ceiling=400)
    intensity = sound.to_intensity(100)
    for share in (0.1, 0.5, 0.83):
        at_s = token.tmin_s + share * token.duration_s
        row = log_row(Place(token, at_s), SETTINGS)
        for n in (1, 2, 3, 4):
            assert row[f"F{n}_hz"] == pytest.approx(formant.get_value_at_time(n, at_s), abs=0.1)
        assert row["f0_hz"] == pytest.approx(pitch.get_value_at_time(at_s), abs=0.01)
        level = parselmouth.praat.call(intensity, "Get value at time", at_s, "linear")
        assert row["intensity_db"] == pytest.approx(level, abs=0.01)
        assert (row["how"], row["time_s"]) == ("cursor", round(at_s, 9))
        assert (row["tmin_s"], row["duration_s"]) == (token.tmin_s, round(token.duration_s, 9))


def test_outside_of_intervals_and_voice(tokens: list[Token]) -> None:
    nowhere = Token(tokens[0].recording, "", -1, 0.02, 0.02, "")
    row = log_row(Place(nowhere, 0.02), SETTINGS)
    for name in ("interval", "tmin_s", "tmax_s", "duration_s", "f0_hz", "class"):
        assert row[name] is None
    stretch = log_row(Place(Token(tokens[0].recording, "", -1, 0.5, 0.6, ""), None), SETTINGS)
    assert (stretch["interval"], stretch["tmin_s"], stretch["time_s"]) == (None, 0.5, 0.55)


def test_a_line_that_was_cut_short_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    assert read_log(path) == []
    path.write_text('{"label": "ɝ"}\n\n[1]\n{"label": "x"}\n{"lab', encoding="utf-8")
    rows = read_log(path)
    assert [row["label"] for row in rows] == ["ɝ", "x"]
    assert read_log(path) == rows and rows[0]["id"] != rows[1]["id"]
    with pytest.raises(UserError, match="cannot be read"):
        read_log(tmp_path)


def test_what_was_deleted_and_brought_back(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    lines = ['{"label": "a", "id": "1"}', '{"label": "b", "id": "2"}', '{"label": "b"}']
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    old = read_log(path)[2]["id"]
    with path.open("a", encoding="utf-8") as file:
        file.write(f'{{"deleted": ["1", "{old}", 7]}}\n')
    assert [row["id"] for row in read_log(path)] == ["2"]
    with path.open("a", encoding="utf-8") as file:
        file.write('{"restored": ["1"]}\n{"deleted": "2"}\n')
    # A row of that name, but no list: it is a row.
    assert [row.get("label") for row in read_log(path)] == ["a", "b", None]


def test_tables(tokens: list[Token], tmp_path: Path) -> None:
    rows = [log_row(Place(token, None), SETTINGS) for token in tokens[:2]]
    rows = [json.loads(json.dumps(row)) for row in rows]
    names = ["label", "F1_hz", "ceiling_hz", "probability"]
    for ending, delimiter in ((".csv", ","), (".tsv", "\t")):
        path = tmp_path / f"log{ending}"
        assert export(path, rows, names) == 2
        read = list(csv.DictReader(path.open(encoding="utf-8", newline=""), delimiter=delimiter))
        # What was chosen, and all settings even so.
        assert list(read[0])[:4] == names and set(SETTINGS_COLUMNS) <= set(read[0])
        assert [row["label"] for row in read] == [token.label for token in tokens[:2]]
        assert (read[0]["ceiling_hz"], read[0]["probability"]) == ("5000.0", "")
    export(tmp_path / "log.parquet", rows, names)
    table = parquet.read_table(tmp_path / "log.parquet")
    assert table.column("F1_hz").to_pylist() == [row["F1_hz"] for row in rows]
    assert str(table.schema.field("probability").type) == "double"
    with pytest.raises(UserError, match="wrong kind"):
        export(tmp_path / "bad.parquet", [{"F1_hz": "high"}], names)
    assert export(tmp_path / "none.csv", [], names) == 0
    assert (tmp_path / "none.csv").read_text().startswith("label,F1_hz,ceiling_hz,probability,")
    with pytest.raises(ConfigError, match=r"\.csv"):
        export(tmp_path / "log.xls", rows, names)
    with pytest.raises(UserError, match="does not exist"):
        export(tmp_path / "no" / "log.csv", rows, names)
