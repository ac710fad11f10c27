from __future__ import annotations

import numpy as np
import pytest

from vowelscope.explain.mean_maps import (
    Explained,
    band,
    class_maps,
    mean_with_interval,
    on_axis,
)
from vowelscope.explain.shards import Plan
from vowelscope.explain.statements import (
    BandClaim,
    asymmetry_findings,
    band_finding,
    overlap_finding,
    peak_finding,
)

CLASSES = ("i", "æ", "ɝ", "ɑ", "u")


def explained(maps, y, said=None, clusters=None, top_hz=11025.0, classes=CLASSES) -> Explained:
    maps = np.asarray(maps, np.float32)
    rows = maps.shape[2]
    plan = Plan(
        corpus="/c.parquet",
        corpus_sha256="0" * 64,
        model="/m",
        model_name="made",
        model_sha256="1" * 64,
        tokens=len(maps),
        shard_tokens=8,
        batch=4,
        classes=classes,
        cells=maps.shape[2:],
        freq_edges_hz=tuple(np.linspace(0, top_hz, rows + 1)),
        version="0",
    )
    y = np.asarray(y)
    clusters = np.arange(len(y)).astype(str) if clusters is None else np.asarray(clusters)
    names = [{"row": at} for at in range(len(y))]
    return Explained(plan, names, y, y if said is None else np.asarray(said), maps, clusters)


def planted(rows: int = 14, high: float = 2.0, top_hz: float = 11025.0, n: int = 60) -> Explained:
    """/i/ is seen in the upper half alone; the other classes' maps are noise."""
    rng = np.random.default_rng(0)
    maps = 0.3 * rng.normal(size=(n, 5, rows, 7))
    y = np.arange(n) % 5
    maps[y == 0, 0, rows // 2 :] += high
    return explained(maps, y, top_hz=top_hz)


def test_the_mean_is_the_mean_and_its_interval_covers_the_truth() -> None:
    inside = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        clusters = np.repeat(np.arange(50), 6)
        values = rng.normal(size=50)[clusters] + 0.2 * rng.normal(size=300)
        held = mean_with_interval(values, clusters, draws=300, seed=seed)
        assert held.mean == pytest.approx(values.mean()) and held.utterances == 50
        inside += held.low <= 0 <= held.high
    assert 0.88 <= inside / 150 <= 0.99


def test_nothing_and_one_utterance_have_no_interval() -> None:
    none = mean_with_interval(np.empty((0, 3)), np.empty(0))
    assert none.tokens == 0 and np.isnan(none.mean).all()
    one = mean_with_interval(np.ones((4, 3)), np.zeros(4))
    assert one.mean == pytest.approx(1) and np.isnan(one.low).all()


def test_rows_of_a_profile_add_up_to_the_logit_less_the_others_mean() -> None:
    held = planted()
    logits = held.maps.mean(axis=(2, 3))
    for k in range(5):
        wanted = logits[:, k] - logits.mean(axis=1)
        assert held.profiles(k).sum(axis=1) == pytest.approx(wanted, abs=1e-5)
    against = held.profiles(0, 3).sum(axis=1)
    assert against == pytest.approx(logits[:, 0] - logits[:, 3], abs=1e-5)


def test_a_class_map_shows_where_the_class_was_planted() -> None:
    held = class_maps(planted())["i"]
    assert held.tokens == 12 and held.mean.shape == (14, 7)
    assert (held.low[7:] > 0.8).all() and (np.abs(held.mean[:7]) < 0.5).all()


def test_another_axis_keeps_what_each_row_gives() -> None:
    edges = np.linspace(0, 8000, 8)
    values = np.arange(7.0)
    assert on_axis(values, edges, edges) == pytest.approx(values)
    assert on_axis(values, edges, np.array([0, 4000, 8000])).sum() == pytest.approx(21)
    finer = on_axis(values, edges, np.linspace(0, 8000, 15))
    assert finer == pytest.approx(np.repeat(values, 2) / 2)
    wider = on_axis(values, edges, np.linspace(0, 16000, 15))
    assert wider[:7] == pytest.approx(values) and (wider[7:] == 0).all()
    half = band(values[None], edges, 0, edges[1] / 2)
    assert half == pytest.approx([0.0])
    assert band(values[None], edges, edges[6], edges[7]) == pytest.approx([6.0])


def test_a_planted_band_holds_and_its_absence_does_not() -> None:
    claim = BandClaim(1, "i", 5500, None)
    assert band_finding(planted(), claim).verdict == "holds"
    assert band_finding(planted(high=-2.0), claim).verdict == "does not"
    absent = BandClaim(1, "i", 5500, None, strong=False)
    assert band_finding(planted(), absent).verdict == "does not"
    assert band_finding(planted(high=-2.0), absent).verdict == "holds"
    assert band_finding(planted(high=0.0), claim).verdict == "no verdict"


def test_the_measure_is_in_logits_a_kilohertz() -> None:
    """A map of 1 in the upper half alone: 0.4 logits (four fifths) over 5.5 kHz."""
    maps = np.zeros((10, 5, 14, 7))
    maps[:, 0, 7:] = 1.0
    held = explained(maps, np.zeros(10, int), top_hz=11000.0)
    found = band_finding(held, BandClaim(1, "i", 5500, None))
    assert found.value == pytest.approx(0.8 * 0.5 / 5.5, rel=1e-5)
    assert found.tokens == 10


def test_what_the_map_cannot_tell_is_said() -> None:
    found = band_finding(planted(rows=7), BandClaim(1, "æ", 500, 1000))
    assert found.verdict == "not resolvable" and "500 Hz tall, a cell 1,575 Hz" in found.reason
    assert np.isnan(found.value)
    between = planted(top_hz=8000.0)
    found = band_finding(between, BandClaim(1, "i", 5500, None))
    assert found.verdict == "holds" and "reads 0-8,000 Hz, the study's 0-11,025" in found.reason
    found = band_finding(between, BandClaim(2, "i", 500, 1000))
    assert found.verdict == "not asked" and "the statement is about 0-4,000 Hz" in found.reason
    low = planted(top_hz=4000.0)
    assert band_finding(low, BandClaim(1, "i", 5500, None)).verdict == "not asked"
    assert band_finding(low, BandClaim(3, "voiced", 0, 700)).verdict == "not asked"
    assert band_finding(low, BandClaim(2, "i", 500, 1000)).verdict in ("no verdict", "does not")


def test_f3_under_the_strongest_row_is_found_and_a_row_elsewhere_is_not() -> None:
    rng = np.random.default_rng(1)
    n = 100
    y = np.arange(n) % 5
    f3_hz = np.where(y == 2, 1900 + 60 * rng.normal(size=n), 2700 + 60 * rng.normal(size=n))
    f2_hz = f3_hz - 620
    maps = 0.1 * rng.normal(size=(n, 5, 14, 7))
    maps[y == 2, 2, 3] += 2.0  # 14 rows of 571 Hz: row 3 is 1,714-2,286 Hz
    held = explained(maps, y, top_hz=8000.0)
    assert peak_finding(held, "ɝ", f2_hz, f3_hz).verdict == "holds"
    maps[y == 2, 2, 3] -= 2.0
    maps[y == 2, 2, 9] += 2.0
    elsewhere = explained(maps, y, top_hz=8000.0)
    assert peak_finding(elsewhere, "ɝ", f2_hz, f3_hz).verdict not in ("holds", "not resolvable")
    assert peak_finding(held, "ɝ", f2_hz, np.full(n, np.nan)).verdict == "no verdict"
    # In one row with F2, F3 cannot be told from it, however strong the row is.
    close = peak_finding(held, "ɝ", f3_hz - 500, f3_hz)
    assert close.verdict == "not resolvable" and "500 Hz above F2" in close.reason


def test_overlap_goes_with_confusion_where_it_was_planted() -> None:
    rng = np.random.default_rng(2)
    n, k = 600, 5
    y = np.arange(n) % k
    rows = {0: 0, 1: 1, 2: 5, 3: 9, 4: 13}  # i and æ are seen in rows that touch
    maps = 0.05 * rng.normal(size=(n, k, 14, 7))
    for name, row in rows.items():
        for near in range(14):
            maps[:, name, near] += np.exp(-0.5 * ((near - row) / 2.0) ** 2)
    said = y.copy()
    for a in range(k):
        for b in range(k):
            rate = 0.5 * np.exp(-abs(rows[a] - rows[b]) / 2.0) if a != b else 0.0
            said[(y == a) & (rng.random(n) < rate)] = b
    found = overlap_finding(explained(maps, y, said))
    assert found.verdict == "holds" and found.value > 0.7
    assert overlap_finding(explained(maps, y)).verdict == "no verdict"


def test_confusion_one_way_is_asymmetric() -> None:
    y = np.repeat([0, 3], 60)
    said = y.copy()
    said[:20] = 3
    maps = np.zeros((120, 5, 7, 7))
    (found,) = asymmetry_findings(explained(maps, y, said))
    assert found.verdict == "holds" and found.value == pytest.approx(1 / 3)
    said[60:80] = 0
    (found,) = asymmetry_findings(explained(maps, y, said))
    assert found.verdict == "no verdict" and found.value == pytest.approx(0)
