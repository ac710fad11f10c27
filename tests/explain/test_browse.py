from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vowelscope.core.errors import ConfigError
from vowelscope.explain.browse import NOT_ASKED, ORDERS, Browsed, read_browsed, read_maps
from vowelscope.explain.shards import _SCHEMA, FORMANTS, Plan, shard_path

CLASSES = ("i", "ɑ", "u")
CENTRES_HZ = {"i": (300, 2300), "ɑ": (750, 1100), "u": (320, 900)}


def folder_of(out: Path, n: int = 300, shard: int = 64) -> Path:
    """Shards of made tokens: formants follow the label, the prediction errs in one of ten."""
    rng = np.random.default_rng(0)
    plan = Plan(
        corpus="/c.parquet", corpus_sha256="0" * 64, model="/m", model_name="made",
        model_sha256="1" * 64, tokens=n, shard_tokens=shard, batch=4, classes=CLASSES,
        cells=(7, 7), freq_edges_hz=tuple(np.linspace(0, 8000, 8)), version="0",
    )  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    (out / "explain.json").write_text(json.dumps(asdict(plan)))
    rows = []
    for at in range(n):
        label = CLASSES[at % 3]
        logits = rng.normal(size=3).astype(np.float32)
        logits[at % 3 if at % 10 else (at + 1) % 3] += 4
        f1, f2 = CENTRES_HZ[label]
        held = {
            "row": at, "recording": f"/sound/{at // 10}.wav", "textgrid": "/sound/a.TextGrid",
            "set": "made", "speaker": "s", "utterance": str(at // 10), "tier": "phones",
            "index": at % 10, "tmin_s": at % 10 / 10, "tmax_s": at % 10 / 10 + 0.05 + at / 10000,
            "label": label, "class": label, "stress": 1, "word": f"word{at % 7}", "left": "",
            "right": "", "split": "test" if at % 4 == 0 else "train",
            "predicted": CLASSES[int(logits.argmax())], "logits": logits,
            "map": np.full(147, at, np.float32), "f0_hz": 200.0, "note": None,
        }  # fmt: skip
        for name in FORMANTS:
            centre = {"f1": f1, "f2": f2}.get(name[:2], 3000)
            held[name] = float(centre + 40 * rng.normal())
        rows.append(held)
    rows[5].update(logits=None, map=None, predicted=None, note="gone")
    for number in range(plan.shards):
        part = pa.Table.from_pylist([rows[at] for at in plan.rows_of(number)], schema=_SCHEMA)
        pq.write_table(part, shard_path(out, number))
    return out


@pytest.fixture
def browsed(tmp_path) -> Browsed:
    return read_browsed(folder_of(tmp_path / "out"))


def test_what_could_not_be_explained_is_left_out(browsed) -> None:
    assert len(browsed) == 299 and 5 not in browsed.row
    assert (browsed.said != browsed.y).sum() >= 29
    assert browsed.probability.max() < 1 and browsed.margin.min() > 0


def test_formants_have_an_opinion_of_their_own(browsed) -> None:
    assert (browsed.by_formants == browsed.y).mean() > 0.95


@pytest.mark.parametrize("by", ORDERS)
def test_every_order_has_every_token_once(browsed, by) -> None:
    assert sorted(browsed.order(by)) == list(range(len(browsed)))


def test_orders_are_what_they_say(browsed) -> None:
    assert np.diff(browsed.doubt[browsed.order("doubt")]).max() <= 0
    first = browsed.order("label")
    differs = (browsed.y != browsed.said)[first]
    count = int(differs.sum())
    assert differs[:count].all() and not differs[count:].any()
    assert np.diff(browsed.margin[first][:count]).max() <= 0
    first = browsed.order("formants")
    differs = (browsed.by_formants != browsed.said)[first]
    assert differs[: differs.sum()].all()
    assert np.diff((browsed.tmax_s - browsed.tmin_s)[browsed.order("duration")]).min() >= 0
    words = browsed.texts["word"][browsed.order("word")]
    assert list(words) == sorted(words)
    assert list(browsed.row[browsed.order("corpus")]) == sorted(browsed.row)


def test_filters_are_joined(browsed) -> None:
    assert browsed.matching("WORD3").sum() == (browsed.texts["word"] == "word3").sum() > 0
    both = browsed.matching("word3", label=1, part="test")
    assert both.sum() > 0
    assert set(browsed.texts["word"][both]) == {"word3"} and set(browsed.y[both]) == {1}
    assert set(browsed.texts["split"][both]) == {"test"}
    named = browsed.matching("12.wav")
    assert set(browsed.texts["recording"][named]) == {"/sound/12.wav"}
    assert not browsed.matching("sound").any(), "folders are not searched"
    kept = browsed.order("doubt", both)
    assert set(kept) == set(np.flatnonzero(both))


def test_maps_are_those_of_the_tokens_asked_for(browsed) -> None:
    places = [int(at) for at in browsed.order("doubt")[:9]]
    maps = read_maps(browsed, places)
    assert [int(held[0, 0, 0]) for held in maps] == [int(browsed.row[at]) for at in places]
    assert maps[0].shape == (3, 7, 7)


def test_an_unfinished_folder_shows_what_is_there_and_an_empty_one_is_a_sentence(tmp_path) -> None:
    out = folder_of(tmp_path / "out")
    shard_path(out, 0).unlink()
    browsed = read_browsed(out)
    assert len(browsed) == 300 - 64 and browsed.row.min() == 64
    assert read_maps(browsed, [0])[0][0, 0, 0] == 64
    shard_path(out, 1).write_bytes(b"no parquet")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_browsed(out)
    for path in out.glob("shard-*"):
        path.unlink()
    with pytest.raises(ConfigError, match="no shard is finished yet"):
        read_browsed(out)


def test_too_few_to_fit_is_no_opinion(tmp_path) -> None:
    browsed = read_browsed(folder_of(tmp_path / "out", n=40))
    assert (browsed.by_formants == NOT_ASKED).all()
    assert len(browsed.order("formants")) == len(browsed)
