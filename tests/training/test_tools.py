from __future__ import annotations

import json
import subprocess
import sys

import pytest

from vowelscope_training import estimate
from vowelscope_training.config import PRESETS, load_config


def ask(*words, cwd=None):
    done = subprocess.run(
        [sys.executable, "-I", "-m", "vowelscope_training", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=cwd,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_presets_are_told_with_what_people_change(preset):
    status, events, _ = ask("presets")
    assert status == 0
    assert [e["name"] for e in events] == sorted(p.stem for p in PRESETS.glob("*.toml"))
    paper = next(e for e in events if e["name"] == "paper-1")
    assert paper["description"].startswith("Experiment 1 of the study")
    assert paper["lr"] == 1e-4 and paper["batch"] == 32 and paper["stages"][0]["epochs"] == 20
    status, events, _ = ask("presets", preset)
    assert status == 0 and events[0]["name"] == "tiny" and events[0]["architecture"] == "resnet34"
    assert "resnet18" in events[0]["networks"]
    dilated = next(e for e in ask("presets")[1] if e["name"] == "vowels-8k-dilated")
    assert dilated["networks"] == ["resnet26", "resnet50", "resnet101"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name = ", "not a TOML file"),
        ('name = "x"\nbatch = 0\n', "no [[stages]]"),
        ('name = "x"\ncolour = 1\n', "no [[stages]]"),
    ],
)
def test_a_bad_preset_is_one_sentence(text, sentence, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    status, events, error = ask("presets", path)
    assert (status, events) == (2, [])
    assert sentence in error and str(path) in error and error.count("\n") == 1


def test_what_is_changed_of_a_preset_counts(preset):
    config = load_config(str(preset), batch=4, lr_scale=0.5)
    assert config.batch == 4 and [stage.lr for stage in config.stages] == [5e-4, 5e-4]
    for wrong in ({"batch": 0}, {"lr_scale": 0.0}, {"lr_scale": float("nan")}):
        with pytest.raises(Exception, match=r"tiny\.toml"):
            load_config(str(preset), **wrong)


def test_the_processor_is_found_with_its_memory():
    status, events, _ = ask("devices")
    assert status == 0
    first = events[0]["devices"][0]
    assert first["device"] == "cpu" and first["cores"] >= 1
    assert 0 < first["free_bytes"] <= first["memory_bytes"]


def test_a_corpus_is_built_told_and_reckoned_with(spoken_folder, preset, tmp_path):
    out = tmp_path / "c.parquet"
    status, events, error = ask("build", spoken_folder, "-o", out, "--test", 0.3, "--val", 0.1)
    assert status == 0, error
    assert events[0] == {"event": "corpus_progress", "done": 0, "total": 16}
    held = events[-1]
    assert held["event"] == "corpus" and held["report"]["tokens"] == held["summary"]["tokens"] > 50
    assert set(held["summary"]["by_set"]["spoken"]) == {"train", "val", "test"}
    status, again, _ = ask("corpus", out)
    assert status == 0 and again[0]["summary"] == held["summary"] and again[0]["report"] is None
    status, events, error = ask("estimate", out, "--preset", preset)
    assert status == 0, error
    found = events[-1]
    assert found["steps"] == 6 and [s["columns"] for s in found["stages"]] == [32, 48]
    stages_s = sum(s["steps"] * s["step_s"] for s in found["stages"])
    assert found["seconds"] == pytest.approx(found["features_s"] + stages_s, abs=0.11)
    assert 0.001 < found["stages"][0]["step_s"] < 60
    steps = [(e["done"], e["total"]) for e in events if e["event"] == "estimate_progress"]
    assert steps[0] == (0, 9) and steps[-1] == (9, 9) and steps == sorted(steps)


def test_of_several_processes_one_share_is_timed(corpus, preset, monkeypatch):
    timed = []

    def step_s(images, config, architecture, classes, device, progress):
        timed.append((len(images), architecture))
        return 1.0

    monkeypatch.setattr(estimate, "_step_s", step_s)
    config = load_config(str(preset))
    for processes in (1, 2, 3, 50):
        estimate.estimate(corpus, config, lambda done, total: None, processes)
    # A batch has ten images, and the two stages have networks of their own.
    assert [count for count, _ in timed[::2]] == [10, 5, 4, 1]


def test_what_is_no_corpus_is_one_sentence(tmp_path):
    path = tmp_path / "no.parquet"
    path.write_text("no")
    for words in (("corpus", path), ("estimate", path), ("build", tmp_path, "-o", path)):
        status, events, error = ask(*words)
        assert status == 2 and not [e for e in events if e["event"] == "corpus"]
        assert error.startswith("vowelscope: ") and error.count("\n") == 1, error
