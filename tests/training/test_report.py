from __future__ import annotations

import json
from html.parser import HTMLParser

import pyarrow.parquet as pq
import pytest

from vowelscope_training.config import load_config
from vowelscope_training.loop import train
from vowelscope_training.pack import pack, table
from vowelscope_training.report import write_report


class Page(HTMLParser):
    """Tags, text, and what would have to be fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.fetched: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        self.fetched += [
            value for key, value in attrs if key in ("src", "href") and not value.startswith("#")
        ]

    def handle_data(self, data) -> None:
        self.text += data


@pytest.fixture
def evaluated(corpus, preset, tmp_path):
    run = tmp_path / "run"
    train(corpus, load_config(str(preset), 0.7), run)
    results = pack(run, run / "model", "tiny <vowels>", "test", say=lambda line: None)
    results["alternation"] = {"rows": 6.0, "columns": None}
    card = json.loads((run / "model" / "model.json").read_text(encoding="utf-8"))
    return run, write_report(run, card, results), results


def test_the_report_is_one_file_that_says_it_all(evaluated) -> None:
    run, path, results = evaluated
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    assert page.fetched == []
    assert page.tags.count("svg") == 5
    assert "tiny <vowels>" in page.text
    held = results["sets"]["spoken"]
    said = ("duration alone", "shuffled labels", "not be taken", "even rows of the map")
    for words in (*said, f"{held['accuracy']:.3f}"):
        assert words in page.text
    for stem in ("confusion", "recall", "baselines", "calibration"):
        for kind in ("svg", "pdf"):
            assert (run / "report" / f"spoken-{stem}.{kind}").stat().st_size > 1000
    assert (run / "report" / "training-learning.svg").is_file()


def test_each_score_has_its_interval_and_each_token_its_line(evaluated) -> None:
    run, _, results = evaluated
    held = results["sets"]["spoken"]
    assert set(held["recall"]) <= set("iæɝɑu") and held["intervals"]["utterances"] > 1
    low, high = held["intervals"]["accuracy"]
    assert low <= held["accuracy"] <= high
    assert sum(row[2] for row in held["calibration"]["bins"]) == sum(held["counts"].values())
    lines = pq.read_table(run / "predictions.parquet").to_pylist()
    assert len(lines) == sum(held["counts"].values())
    right = sum(line["class"] == line["predicted"] for line in lines) / len(lines)
    assert right == pytest.approx(held["accuracy"], abs=1e-4)
    for line in lines:
        logits = {name: line[f"logit {name}"] for name in "iæɝɑu"}
        assert max(logits, key=logits.__getitem__) == line["predicted"]
    assert "QDA on F1-F3" in table(results)
