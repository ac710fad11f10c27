from __future__ import annotations

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vowelscope.cli import main
from vowelscope.core.corpus import build_corpus
from vowelscope.core.phones import load_class_map
from vowelscope.explain.model import save_model
from vowelscope.explain.shards import FORMANTS, read_plan, shard_path
from vowelscope.explain.sufficiency import sufficiency


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pictures, self.fetched, self.text = 0, [], ""

    def handle_starttag(self, tag, attrs) -> None:
        self.pictures += tag == "svg"
        self.fetched += [v for k, v in attrs if k in ("src", "href") and not v.startswith("#")]

    def handle_data(self, data) -> None:
        self.text += data


@pytest.fixture(scope="module")
def folders(tmp_path_factory, random_state, card) -> dict[str, Path]:
    if shutil.which("flite") is None:
        pytest.skip("flite is not installed")
    from vowelscope_training.synthesise import synthesise

    folder = tmp_path_factory.mktemp("corpus")
    synthesise(folder / "spoken", 8, seed=5)
    path = folder / "corpus.parquet"
    build_corpus([folder / "spoken"], load_class_map("vowels5"), path, seed=3, test=0.4, jobs=1)
    save_model(folder / "tiny", random_state(), card, storage="float32")
    save_model(folder / "other", random_state(seed=2), card, storage="float32")
    return {"corpus": path, "model": folder / "tiny", "other": folder / "other", "at": folder}


def test_from_a_corpus_to_the_report_by_the_command_line(folders, tmp_path, capsys) -> None:
    for model in ("model", "other"):
        words = ["corpus", "explain", str(folders["corpus"]), "--model", str(folders[model])]
        words += ["-o", str(tmp_path / model), "--jobs", "1", "--shard-tokens", "32"]
        assert main(words) == 0
    assert "tokens explained" in capsys.readouterr().out
    words = ["corpus", "report", str(tmp_path / "model"), "-o", str(tmp_path / "report")]
    assert main([*words, "--against", str(tmp_path / "other")]) == 0
    said = capsys.readouterr().out
    page = Page()
    page.feed((tmp_path / "report" / "report.html").read_text(encoding="utf-8"))
    assert page.fetched == [] and page.pictures == 6
    held = json.loads((tmp_path / "report" / "findings.json").read_text(encoding="utf-8"))
    assert len(held["findings"]) >= 16
    assert held["alternation"].keys() == {"rows", "columns"}
    for one in held["findings"]:
        assert one["statement"] in page.text and one["statement"] in said
        assert one["verdict"] in (
            "holds", "does not", "no verdict", "not resolvable", "not asked",
        )  # fmt: skip
    # In cells of 4,000 Hz a band of 500 Hz is not answered.
    assert held["findings"][3]["verdict"] == "not resolvable"
    for name in ("examples", "maps", "maps-aligned", "profiles", "difference", "confusion"):
        for kind in ("svg", "pdf"):
            assert (tmp_path / "report" / f"{name}.{kind}").stat().st_size > 1000


def test_an_unfinished_run_and_an_empty_part_are_sentences(folders, tmp_path, capsys) -> None:
    assert main(["corpus", "report", str(tmp_path), "-o", str(tmp_path / "r")]) == 2
    assert "holds no explanations" in capsys.readouterr().err
    out = tmp_path / "out"
    words = ["corpus", "explain", str(folders["corpus"]), "--model", str(folders["model"])]
    assert main([*words, "-o", str(out), "--jobs", "1", "--shard-tokens", "64"]) == 0
    shard_path(out, 1).unlink()
    assert main(["corpus", "report", str(out), "-o", str(tmp_path / "r")]) == 2
    assert "1 of" in capsys.readouterr().err
    assert main([*words, "-o", str(out), "--shard-tokens", "0"]) == 2
    assert main([*words, "-o", str(out), "--shard-tokens", "32"]) == 2
    assert "another size of shards" in capsys.readouterr().err


def test_logits_that_follow_f2_are_found_and_those_that_follow_nothing_are_not(
    folders, tmp_path
) -> None:
    """Shards whose logits are made: /i/ follows F2 of the token, /u/ is noise."""
    out = tmp_path / "out"
    words = ["corpus", "explain", str(folders["corpus"]), "--model", str(folders["model"])]
    assert main([*words, "-o", str(out), "--jobs", "1"]) == 0
    plan = read_plan(out)
    rng = np.random.default_rng(0)
    for number in range(plan.shards):
        table = pq.read_table(shard_path(out, number))
        rows = table.to_pylist()
        for row in rows:
            f2_hz = row["f2_50_hz"] or 1500.0
            noise = rng.normal()
            row["logits"] = [(f2_hz - 1500) / 300, 0, 0, 0, 3 * noise]
            row["split"] = "test" if row["row"] % 3 == 0 else "train"
        pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), shard_path(out, number))
    found = sufficiency(out)
    assert found is not None and found.tested > 20 and len(FORMANTS) == 12
    r2 = dict(zip(found.classes, found.r2, strict=True))
    assert r2["u"] < 0.3
    assert r2["i"] > r2["u"] + 0.2
