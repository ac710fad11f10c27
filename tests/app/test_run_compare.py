from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from vowelscope.app.run_compare import CompareRow, compare, short_names
from vowelscope.app.run_story import RunStory, glance
from vowelscope_training.config import load_config

CONFIG = load_config("vowels-8k")


def story(config=CONFIG, **held: object) -> RunStory:
    made = RunStory(**held)
    settings = json.loads(json.dumps(config.to_dict()))
    made.settings = {"corpus": "/data/c.parquet", **settings}
    return made


def rows(*stories: RunStory) -> dict[str, CompareRow]:
    return {row.name: row for row in compare(stories)}


def test_settings_that_differ_are_told_and_no_others() -> None:
    slower = replace(CONFIG.stages[0], lr=CONFIG.stages[0].lr / 2)
    other = replace(CONFIG, batch=7, deterministic=True, stages=(slower, *CONFIG.stages[1:]))
    found = rows(story(), story(other))
    keys = [name for name in found if name[0].islower()]
    assert keys == ["stages.1.lr", "batch", "deterministic"]
    assert found["batch"].cells == (str(CONFIG.batch), "7")
    assert found["deterministic"].cells == ("false", "true")
    assert found["stages.1.lr"].cells == (f"{CONFIG.stages[0].lr:g}", f"{slower.lr:g}")


def test_a_key_that_one_run_lacks_differs() -> None:
    longer = replace(CONFIG, stages=(*CONFIG.stages, CONFIG.stages[-1]))
    last = f"stages.{len(longer.stages)}.architecture"
    assert rows(story(), story(longer))[last].cells == ("", longer.stages[-1].architecture)


def test_of_one_run_all_settings_are_told() -> None:
    found = rows(story())
    assert found["corpus"].cells == ("/data/c.parquet",)
    assert found["features.f_max_hz"].cells == ("8000",)
    assert all(not row.best for row in found.values())


def test_what_was_measured_has_its_best() -> None:
    first = story(steps=[1, 2], total=10, losses=[2.0, 1.0])
    first.valid_steps, first.valid_f1s, first.valid_accuracies = [1, 2], [0.8, 0.7], [0.8, 0.9]
    first.tested = [{"set": "prompts", "tokens": 9, "accuracy": 0.5}]
    second = story(steps=[1], total=10, losses=[1.0])
    second.valid_steps, second.valid_f1s, second.valid_accuracies = [1], [0.75], [0.9]
    third = story()
    found = rows(first, second, third)
    assert found["Steps"].cells == ("2 / 10", "1 / 10", "")
    loss = found["Loss, mean of 25 steps"]
    assert loss.cells == ("1.5000", "1.0000", "") and loss.best == {1}
    f1 = found["Validation: best macro-F1"]
    assert f1.cells == ("0.8000", "0.7500", "") and f1.best == {0}
    assert found["Validation: at step"].cells == ("1", "1", "")
    # Alike: none of them is the best.
    assert not found["Validation: best accuracy"].best
    assert found["Test: accuracy on prompts"].cells == ("0.5000", "", "")
    assert not found["Test: accuracy on prompts"].best


def test_runs_of_one_name_are_told_with_the_folder_above() -> None:
    paths = [Path("/a/run"), Path("/b/run"), Path("/b/other")]
    assert short_names(paths) == ["a/run", "b/run", "other"]


def test_settings_are_read_when_a_process_begins(tmp_path: Path) -> None:
    def write(batch: int, text: str) -> None:
        held = {"config": {"batch": batch}, "corpus": "/c"}
        (tmp_path / "run.json").write_text(json.dumps(held))
        with (tmp_path / "events.jsonl").open("a") as file:
            file.write(text + "\n")

    def look() -> bool:
        return seen.take(glance(tmp_path, seen.offset, None))

    seen = RunStory()
    write(8, json.dumps({"event": "data", "tokens": 3, "train": 2, "refused": []}))
    assert look() and seen.settings == {"corpus": "/c", "batch": 8}
    write(4, '{"event": "other"}')
    assert look() and seen.settings["batch"] == 8
    write(4, json.dumps({"event": "data", "tokens": 3, "train": 2, "refused": []}))
    assert look() and seen.settings["batch"] == 4
    (tmp_path / "run.json").write_text('{"config": 3}')
    again = RunStory()
    again.take(glance(tmp_path, 0, None))
    assert again.settings == {}
