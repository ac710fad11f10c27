"""Measuring intervals: values beside Praat's queries, every row with its settings, the command."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import parselmouth
import pytest
import soundfile as sf

from vowelscope.cli import main
from vowelscope.core.errors import AnalysisError
from vowelscope.core.measure import (
    MeasureSettings,
    columns_of,
    measure_tokens,
    points_of,
)
from vowelscope.core.measure_formants import interval_means
from vowelscope.core.tables import to_table
from vowelscope.core.textgrid import Interval, IntervalTier, PointTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid
from vowelscope.core.tokens import tokens_of

RATE = 22050
BOUNDS = (0.0, 0.1, 0.22, 0.4, 0.47, 0.7, 1.0)
LABELS = ("", "IY1", "T", "AA0", 'a "quoted", label', "")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(9)
    t = np.arange(RATE) / RATE
    voice = sum(
        np.sin(2 * np.pi * 140 * k * t) / (1 + ((140 * k - 700) / 300) ** 2) for k in range(1, 70)
    )
    voice = voice * (t > 0.1) * (t < 0.6)
    path = tmp_path_factory.mktemp("measure") / "vowel.wav"
    sf.write(path, 0.05 * voice + 0.002 * rng.normal(size=RATE), RATE, subtype="PCM_16")
    return path


@pytest.fixture
def tier() -> IntervalTier:
    intervals = tuple(
        Interval(a, b, text) for a, b, text in zip(BOUNDS[:-1], BOUNDS[1:], LABELS, strict=True)
    )
    return IntervalTier("phones", 0.0, 1.0, intervals)


@pytest.fixture
def grid(tmp_path: Path, tier: IntervalTier) -> Path:
    words = IntervalTier("words", 0.0, 1.0, (Interval(0.0, 1.0, "tea"),))
    path = tmp_path / "vowel.TextGrid"
    write_textgrid(path, TextGrid(0.0, 1.0, (words, tier, PointTier("clicks", 0.0, 1.0))))
    return path


def test_points() -> None:
    assert points_of(1) == (0.5,)
    np.testing.assert_allclose(points_of(3), (0.2, 0.5, 0.8))
    np.testing.assert_allclose(points_of(5), (0.2, 0.35, 0.5, 0.65, 0.8))
    assert columns_of(3)[:5] == ["F1_20_hz", "F2_20_hz", "F3_20_hz", "F4_20_hz", "F1_50_hz"]
    assert len(set(columns_of(97))) == 4 * 97
    with pytest.raises(AnalysisError, match="1 to 100"):
        MeasureSettings(points=0)


def test_values_are_praats_answers(sound: Path, tier: IntervalTier) -> None:
    rows = list(measure_tokens(list(tokens_of(sound, tier)), None, MeasureSettings()))
    assert [row["label"] for row in rows] == [label for label in LABELS if label]
    praat = parselmouth.Sound(str(sound))
    call = parselmouth.praat.call
    formant, pitch = praat.to_formant_burg(), praat.to_pitch_ac(pitch_floor=75, pitch_ceiling=500)
    intensity = praat.to_intensity(100)
    for row in rows:
        a, b = row["tmin_s"], row["tmax_s"]
        for number in (1, 2, 3, 4):
            for percent in (20, 50, 80):
                value = formant.get_value_at_time(number, a + percent / 100 * (b - a))
                assert _same(row[f"F{number}_{percent}_hz"], value)
            assert _same(
                row[f"F{number}_mean_hz"], call(formant, "Get mean", number, a, b, "Hertz")
            )
        assert _same(row["f0_mean_hz"], call(pitch, "Get mean", a, b, "Hertz"))
        assert _same(row["intensity_mean_db"], call(intensity, "Get mean", a, b, "energy"))
    assert rows[0]["f0_mean_hz"] == pytest.approx(140, abs=1)
    assert rows[0]["tier"] == "phones"
    assert rows[0]["interval"] == 2


def _same(ours: float | None, praats: float) -> bool:
    return (ours is None) == bool(np.isnan(praats)) and (ours is None or abs(ours - praats) < 0.1)


def test_an_automatic_ceiling_stands_in_its_row_with_praats_values(
    sound: Path, grid: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from vowelscope.core.ceilings import candidates
    from vowelscope.core.chosen_ceilings import ChosenCeilings
    from vowelscope.core.sidecar import Sidecar, sidecar_path, write_sidecar

    chosen = ChosenCeilings().with_choice("phones", 0.22, 0.4, None, 6123.0)
    write_sidecar(grid, Sidecar(chosen))
    words = ["measure", str(sound), str(grid), "--json", "--ceiling"]
    assert main([*words, "auto"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["ceiling_by"] for row in rows].count("hand") == 1
    praat = parselmouth.Sound(str(sound))
    for row in rows:
        found = candidates(sound, row["tmin_s"], row["tmax_s"])
        if row["ceiling_by"] == "hand":
            assert (row["tmin_s"], row["ceiling_hz"]) == (0.22, 6123.0)
        else:
            assert row["ceiling_by"] == "token"
            assert row["ceiling_hz"] == found.winner.ceiling_hz
            assert row["ceiling_error_bark"] == round(found.winner.error_bark, 4)
        formant = praat.to_formant_burg(maximum_formant=row["ceiling_hz"])
        middle_s = 0.5 * (row["tmin_s"] + row["tmax_s"])
        for number in (1, 2, 3):
            assert _same(row[f"F{number}_50_hz"], formant.get_value_at_time(number, middle_s))
    assert main([*words, "auto-file"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len({row["ceiling_hz"] for row in rows if row["ceiling_by"] == "file"}) == 1
    sidecar_path(grid).write_text("{", encoding="utf-8")
    assert main([*words, "auto"]) == 2
    assert "vowel.vowelscope.json" in capsys.readouterr().err


def test_means_of_many_intervals(sound: Path) -> None:
    intervals = [(0.1, 0.22), (0.4, 0.47), (0.2, 0.2)]
    means = interval_means(sound, intervals)
    formant = parselmouth.Sound(str(sound)).to_formant_burg()
    expected = [
        parselmouth.praat.call(formant, "Get mean", k, 0.4, 0.47, "Hertz") for k in (1, 2, 3, 4)
    ]
    np.testing.assert_allclose(means[1], expected, atol=0.1)
    assert np.isnan(means[2]).all()
    assert interval_means(sound, []).shape == (0, 4)


def test_tables_survive_odd_labels_and_undefined_values() -> None:
    text = to_table([{"label": 'a "b",\nc', "F1": None}, {"label": "\t", "F1": 1.5}])
    assert list(csv.DictReader(io.StringIO(text))) == [
        {"label": 'a "b",\nc', "F1": ""},
        {"label": "\t", "F1": "1.5"},
    ]
    assert to_table([]) == ""


def test_the_command_writes_csv(sound: Path, grid: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    options = ["--ceiling", "5000", "--max-formants", "5.5", "--class-map", "vowels5"]
    assert main(["measure", str(sound), str(grid), "-o", str(out), *options]) == 0
    rows = list(csv.DictReader(out.open(encoding="utf-8", newline="")))
    assert [row["label"] for row in rows] == [label for label in LABELS if label]
    assert [row["class"] for row in rows][:3] == ["i", "", "ɑ"]
    assert {row["word"] for row in rows} == {"tea"}
    for row in rows:
        assert (row["ceiling_hz"], row["max_formants"]) == ("5000.0", "5.5")
        assert (row["window_s"], row["time_step_s"]) == ("0.025", "0.00625")
        assert row["praat_version"] == parselmouth.PRAAT_VERSION
    formant = parselmouth.Sound(str(sound)).to_formant_burg(None, 5.5, 5000)
    assert float(rows[0]["F1_50_hz"]) == pytest.approx(formant.get_value_at_time(1, 0.16), abs=0.1)


def test_the_command_prints_and_writes_the_same(
    sound: Path, grid: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["measure", str(sound), str(grid), "--label", "IY", "--points", "2"]
    assert main([*words, "-o", "-"]) == 0
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == 2
    assert main([*words, "-o", str(tmp_path / "out.tsv")]) == 0
    tabs = (tmp_path / "out.tsv").read_text("utf-8")
    assert tabs.split("\n")[1].split("\t")[3] == "IY1"
    capsys.readouterr()
    assert main([*words, "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["label"] == "IY1"
    assert row["F1_80_hz"] > 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--tier", "nothing"], "no tier 'nothing'"),
        (["--tier", "clicks"], "holds points"),
        (["--label", "ZZ"], "labelled 'ZZ'"),
        (["--channel", "2"], "no channel 2"),
        (["--ceiling", "1"], "ceiling"),
        (["--ceiling", "high"], "auto"),
        (["--points", "0"], "1 to 100"),
        (["--pitch-floor", "600"], "below the ceiling"),
        (["-o", "/nowhere/at/all.csv"], "does not exist"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    sound: Path,
    grid: Path,
    options: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["measure", str(sound), str(grid), *options]) == 2
    words = capsys.readouterr()
    assert said in words.err
    assert len(words.err.strip().splitlines()) == 1
    assert words.out == ""


def test_intervals_beyond_the_recording_are_said(
    sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late = IntervalTier("phones", 0.0, 9.0, (Interval(0.0, 8.0, ""), Interval(8.0, 9.0, "AA1")))
    write_textgrid(tmp_path / "late.TextGrid", TextGrid(0.0, 9.0, (late,)))
    assert main(["measure", str(sound), str(tmp_path / "late.TextGrid")]) == 2
    assert "after the end of the recording" in capsys.readouterr().err
