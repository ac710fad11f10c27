"""Voice and spectral moments: the numbers of Debian's Praat, run on the same file."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from vowelscope.cli import main
from vowelscope.core.acoustics import PitchSettings
from vowelscope.core.measure_voice import MOMENTS, VOICE, spectral_moments, voice_numbers

AE1 = (0.95, 1.25)


def _praat(tmp_path: Path, lines: str) -> str:
    if shutil.which("praat") is None:
        pytest.skip("Praat is not installed")
    script = tmp_path / "ask.praat"
    script.write_text(lines, encoding="utf-8")
    run = subprocess.run(
        ["praat", "--run", str(script)], check=True, capture_output=True, text=True
    )
    return run.stdout


def test_the_voice_is_that_of_praats_report(speech: tuple[Path, Path], tmp_path: Path) -> None:
    ours = voice_numbers(speech[0], *AE1)
    said = _praat(
        tmp_path,
        f'''sound = Read from file: "{speech[0]}"
pitch = To Pitch (ac): 0, 75, 15, "no", 0.03, 0.45, 0.01, 0.35, 0.14, 500
selectObject: sound, pitch
points = To PointProcess (cc)
selectObject: sound, pitch, points
report$ = Voice report: {AE1[0]}, {AE1[1]}, 75, 500, 1.3, 1.6, 0.03, 0.45
writeInfoLine: report$
''',
    )
    for name, words in VOICE.items():
        found = re.search(rf"{re.escape(words)}: (-?[\d.]+)", said)
        assert found is not None, words
        assert ours[name] == pytest.approx(float(found[1]), rel=2e-3), name
    assert isinstance(ours["pulses"], int) and ours["pulses"] > 20


def test_the_moments_are_praats(speech: tuple[Path, Path], tmp_path: Path) -> None:
    for start_s, stop_s in (AE1, (1.1, 1.1), (0.3, 0.36)):
        ours = spectral_moments(speech[0], start_s, stop_s)
        first_s, last_s = (
            (start_s, stop_s) if stop_s > start_s else (start_s - 0.005, stop_s + 0.005)
        )
        said = _praat(
            tmp_path,
            f'''Read from file: "{speech[0]}"
Extract part: {first_s}, {last_s}, "Gaussian2", 1, "yes"
To Spectrum: "yes"
a = Get centre of gravity: 2
b = Get standard deviation: 2
c = Get skewness: 2
d = Get kurtosis: 2
writeInfoLine: a, " ", b, " ", c, " ", d
''',
        )
        for name, text in zip(MOMENTS, said.split(), strict=True):
            assert ours[name] == pytest.approx(float(text), rel=1e-4, abs=2e-3), (name, start_s)


def test_what_has_no_voice_or_no_sound_is_undefined(speech: tuple[Path, Path]) -> None:
    silent = voice_numbers(speech[0], 0.0, 0.05)
    assert set(silent) == set(VOICE) and silent["jitter_local_percent"] is None
    assert silent["pulses"] == 0
    assert voice_numbers(speech[0], 0.5, 0.5) == dict.fromkeys(VOICE)
    assert spectral_moments(speech[0], 50.0, 50.1) == dict.fromkeys(MOMENTS)
    assert spectral_moments(speech[0], 0.0, 20.0) == dict.fromkeys(MOMENTS)
    other = voice_numbers(speech[0], *AE1, PitchSettings(60.0, 150.0))
    assert other != voice_numbers(speech[0], *AE1)


def test_a_table_has_them_where_they_are_asked_for(
    speech: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["measure", str(speech[0]), str(speech[1]), "--label", "AE", "--json"]
    assert main(words) == 0
    (plain,) = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert "jitter_local_percent" not in plain and "max_period_factor" not in plain
    assert main([*words, "--voice"]) == 0
    (row,) = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    span = row["tmin_s"], row["tmax_s"]
    assert {name: row[name] for name in VOICE} == voice_numbers(speech[0], *span)
    assert {name: row[name] for name in MOMENTS} == spectral_moments(speech[0], *span)
    assert row["max_period_factor"] == 1.3 and plain.items() <= row.items()
