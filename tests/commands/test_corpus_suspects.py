"""Suspects of an explained corpus of two TextGrid files, by rule, written and taken back."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import QLockFile

from vowelscope.app.recovery import _hash
from vowelscope.cli import main
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import read_textgrid, write_textgrid
from vowelscope.explain.marks import write_marks
from vowelscope.explain.shards import _SCHEMA, FORMANTS, Plan, read_plan, shard_path

CLASSES = ("i", "ɑ", "u")
CENTRES_HZ = {"i": (300.0, 2300.0), "ɑ": (750.0, 1100.0), "u": (320.0, 900.0)}
FILES, EACH = 2, 150


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Labels i, ɑ, u in turn, and their formants; token 1 of each file is called u.

    Token 2's label is wrong: the prediction is ɑ, and so are its formants. Token 3 is right, with a
    probability of little more than a third.
    """
    folder = tmp_path / "out"
    folder.mkdir()
    rng, rows = np.random.default_rng(0), []
    for name in range(FILES):
        labels = [CLASSES[at % 3] for at in range(EACH)]
        intervals = tuple(Interval(at, at + 1.0, text) for at, text in enumerate(labels))
        tier = IntervalTier("phones", 0.0, float(EACH), intervals)
        path = tmp_path / f"{name}.TextGrid"
        write_textgrid(path, TextGrid(0.0, float(EACH), (tier,)))
        for at, label in enumerate(labels):
            said = {1: "u", 2: "ɑ"}.get(at, label)
            logits = np.zeros(3, np.float32)
            logits[CLASSES.index(said)] = 0.2 if at == 3 else 6.0 + at / 10
            f1_hz, f2_hz = CENTRES_HZ["ɑ" if at == 2 else label]
            rows.append({
                "row": len(rows), "recording": f"/{name}.wav", "textgrid": str(path), "set": "made",
                "speaker": "s", "utterance": str(name), "tier": "phones", "index": at,
                "tmin_s": float(at), "tmax_s": at + 1.0, "label": label, "class": label,
                "stress": 1, "word": f"w{at}", "left": "", "right": "",
                "split": "test" if at > EACH - 10 else "train", "predicted": said, "logits": logits,
                "map": np.zeros(147, np.float32), "f0_hz": 200.0, "note": None,
                **{
                    n: float({"f1": f1_hz, "f2": f2_hz}.get(n[:2], 3000.0) + 40 * rng.normal())
                    for n in FORMANTS
                },
            })  # fmt: skip
    plan = Plan(
        corpus="/c.parquet", corpus_sha256="0" * 64, model="/m", model_name="made",
        model_sha256="1" * 64, tokens=len(rows), shard_tokens=len(rows), batch=4, classes=CLASSES,
        cells=(7, 7), freq_edges_hz=tuple(np.linspace(0, 8000, 8)), version="0",
    )  # fmt: skip
    (folder / "explain.json").write_text(json.dumps(asdict(plan)))
    pq.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA), shard_path(folder, 0))
    return folder


def listed(text: str) -> list[str]:
    """Number of the file and of the token of each row."""
    rows = csv.DictReader(io.StringIO(text))
    return [f"{Path(row['textgrid']).stem}.{int(row['interval']) - 1}" for row in rows]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["--against-label"], {"0.1", "0.2", "1.1", "1.2"}),
        (["--against-formants"], {"0.1", "1.1"}),
        (["--against-label", "--against-formants"], {"0.1", "1.1"}),
        (["--doubt", "0.5"], {"0.3", "1.3"}),
        (["--doubt", "0.5", "--against-label"], set()),
        (["--cell", "ɑ,u"], {"0.1", "1.1"}),
        (["--cell", "/u/, /ɑ/", "--text", "1.wav"], {"1.2"}),
        (["--cell", "u,i"], set()),
        (["--against-label", "--part", "test"], set()),
        (["--marked"], {"0.7", "1.2"}),
        (["--marked", "--against-label"], {"1.2"}),
    ],
)
def test_a_rule_chooses_what_it_says(
    out: Path, words: list[str], wanted: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    write_marks(out, read_plan(out), [7, EACH + 2])
    before = {path: path.read_bytes() for path in out.parent.rglob("*") if path.is_file()}
    assert main(["corpus", "suspects", str(out), *words]) == 0
    said = capsys.readouterr()
    found = listed(said.out)
    assert set(found) == wanted and len(found) == len(wanted)
    assert f"{len(wanted)} of {FILES * EACH} tokens" in said.err
    assert {path: path.read_bytes() for path in before} == before


def test_order_number_and_file_of_the_table(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = ["corpus", "suspects", str(out), "--against-label"]
    assert main([*rule, "--by", "label", "--most", "2"]) == 0
    assert listed(capsys.readouterr().out) == ["0.2", "1.2"], "the most certain first"
    path = tmp_path / "t.parquet"
    assert main([*rule, "-o", str(path)]) == 0
    assert capsys.readouterr().out == ""
    rows = pq.read_table(path).to_pylist()
    assert len(rows) == 4
    first = next(row for row in rows if row["interval"] == 3)
    assert (first["class"], first["predicted"], first["by_formants"]) == ("u", "ɑ", "ɑ")
    assert first["suspect"] == "u→ɑ 1.00" and first["tmin_s"] == 2.0


def test_written_tiers_and_back_again(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = sorted(tmp_path.glob("*.TextGrid"))
    before = [path.read_bytes() for path in files]
    rule = ["corpus", "suspects", str(out), "--against-label", "--write"]
    assert main([*rule, "--dry-run"]) == 0
    assert "2 would be written" in capsys.readouterr().err
    assert [path.read_bytes() for path in files] == before and not (out / "writings").exists()
    assert main([*rule, "--tier", "again"]) == 0
    assert "2 TextGrids: 2 changed, 0 left out" in capsys.readouterr().err
    for path in files:
        tier = read_textgrid(path).textgrid.tiers[1]
        assert isinstance(tier, IntervalTier) and tier.name == "again"
        held = {(x.tmin_s, x.text.split()[0]) for x in tier.intervals if x.text}
        assert held == {(1.0, "ɑ→u"), (2.0, "u→ɑ")}
    assert main([*rule, "--tier", "again"]) == 0, "the same again changes nothing"
    assert "0 changed, 0 left out" in capsys.readouterr().err
    written = [path.read_bytes() for path in files]
    assert main(["corpus", "suspects", str(out), "--undo", "--dry-run"]) == 0
    assert [path.read_bytes() for path in files] == written
    assert main(["corpus", "suspects", str(out), "--undo"]) == 0
    assert [path.read_bytes() for path in files] == before
    assert main(["corpus", "suspects", str(out), "--undo"]) == 2
    assert "no writing to be taken back" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_named_and_the_others_are_written(
    out: Path, tmp_path: Path, own_folders: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    locks = own_folders["STATE"] / "locks"
    locks.mkdir(parents=True)
    lock = QLockFile(str(locks / f"{_hash(str((tmp_path / '0.TextGrid').resolve()))}.lock"))
    assert lock.tryLock(0)
    assert main(["corpus", "suspects", str(out), "--against-label", "--write"]) == 1
    said = capsys.readouterr().err
    assert f"{tmp_path / '0.TextGrid'}: It is open in a window." in said
    assert "2 TextGrids: 1 changed, 1 left out" in said
    lock.unlock()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "say which tokens"),
        (["--doubt", "1.5"], "1.5"),
        (["--doubt", "much"], "much"),
        (["--cell", "ɑ"], "two classes"),
        (["--cell", "ɑ,y"], "no class 'y'"),
        (["--against-label", "--dry-run"], "--dry-run goes with"),
        (["--undo", "--write"], "do not go together"),
        (["--undo", "--against-label"], "give no rule"),
        (["--undo"], "no writing"),
        (["--against-label", "--most", "0"], "--most 0"),
        (["--against-label", "-o", "t.doc"], "a table ends in"),
        (["--marked"], "no JSON"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    out: Path, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (out / "marks.json").write_text("{")
    assert main(["corpus", "suspects", str(out), *words]) == 2
    said = capsys.readouterr()
    assert said.out == "" and sentence in said.err and said.err.count("\n") == 1


def test_formants_without_an_opinion_are_said(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shard_path(out, 0)
    table = pq.read_table(path)
    at = table.schema.get_field_index("split")
    pq.write_table(table.set_column(at, table.schema.field(at), [["test"] * len(table)]), path)
    assert main(["corpus", "suspects", str(out), "--against-formants"]) == 2
    assert "the formants name no class" in capsys.readouterr().err
    assert main(["corpus", "suspects", str(out.parent), "--against-label"]) == 2
    assert "holds no explanations" in capsys.readouterr().err
