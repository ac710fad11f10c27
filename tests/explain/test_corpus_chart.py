"""The chart of a corpus: numbers against numpy and scikit-learn, and the figure for print."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.covariance import EmpiricalCovariance

from vowelscope.cli import main
from vowelscope.core.vowel_chart import ELLIPSE_SHARE, lobanov
from vowelscope.explain.browse import NOT_ASKED, Browsed
from vowelscope.explain.chart_figure import draw_corpus
from vowelscope.explain.corpus_chart import (
    COLOURINGS,
    MOST_GROUPS,
    ChartChoice,
    corpus_chart,
    nearly_all,
    shade_of,
    within,
)
from vowelscope.explain.shards import _SCHEMA, FORMANTS, Plan, shard_path

CLASSES = ("i", "ɑ", "u")
CENTRES_HZ = ((300, 2300, 3000), (750, 1100, 2500), (320, 900, 2400))


def made(n: int = 300, speakers: int = 2) -> Browsed:
    """Tokens of three classes; the prediction errs in one of ten; some formants are undefined."""
    rng = np.random.default_rng(0)
    y = np.arange(n) % 3
    said = np.where(np.arange(n) % 10 == 0, (y + 1) % 3, y)
    formants_hz = np.full((n, 3, 4), 3500.0)
    centres = np.array(CENTRES_HZ)[y][:, None, :]
    formants_hz[:, :, :3] = centres * np.exp(0.06 * rng.normal(size=(n, 3, 3)))
    formants_hz[4, 1, 0] = formants_hz[7, 1, 2] = formants_hz[8, 0, 1] = np.nan
    y[9] = NOT_ASKED
    plan = Plan(
        "/c", "0" * 64, "/m", "made", "1" * 64, n, 64, 4, CLASSES, (2, 3), (0.0, 8000.0), "0"
    )
    texts = {
        name: np.full(n, name, object)
        for name in ("recording", "textgrid", "tier", "word", "label")
    }
    part = np.arange(n) % 2
    texts["split"] = np.array(["train", "test"], object)[part]
    who = rng.integers(0, speakers, n)
    return Browsed(
        out=Path("/out"), plan=plan, texts=texts, ranked={}, row=np.arange(n),
        index=np.zeros(n, int), tmin_s=np.zeros(n), tmax_s=0.05 + np.arange(n) / 1000, y=y,
        said=said, by_formants=np.where(np.arange(n) % 7 == 0, NOT_ASKED, y),
        probability=rng.uniform(0.4, 1.0, n), margin=np.ones(n), formants_hz=formants_hz,
        groups={
            "set": (("one",), np.zeros(n, int)),
            "speaker": (tuple(f"s{at}" for at in range(speakers)), who),
            "split": (("train", "test"), part),
        },
    )  # fmt: skip


@pytest.fixture
def browsed() -> Browsed:
    return made()


def everything(browsed: Browsed) -> np.ndarray:
    return np.ones(len(browsed), bool)


def test_tokens_without_a_formant_are_counted_not_forgotten(browsed) -> None:
    chart = corpus_chart(browsed, everything(browsed), ChartChoice())
    assert chart.undefined == 1 and len(chart) == 299 and 4 not in chart.places
    assert not np.isnan(chart.points).any()
    np.testing.assert_array_equal(chart.points[:, 0], browsed.f1_hz[chart.places])
    np.testing.assert_array_equal(chart.points[:, 1], browsed.f2_hz[chart.places])
    eight = int(chart.at(np.array([8]))[0])
    assert np.isnan(chart.tracks[eight, 0, 1]) and np.isfinite(chart.tracks[eight, 2]).all()
    third = corpus_chart(browsed, everything(browsed), ChartChoice(y="F3"))
    assert third.undefined == 1 and 7 not in third.places and 4 in third.places
    assert chart.at(np.array([4, 5, 299])).tolist() == [4, 298]


def test_ellipses_are_where_numpy_and_sklearn_put_the_class(browsed) -> None:
    for whose, number in (("label", browsed.y), ("predicted", browsed.said)):
        chart = corpus_chart(browsed, everything(browsed), ChartChoice(ellipses=whose))
        assert {ellipse.symbol for ellipse in chart.ellipses} == set(CLASSES)
        for ellipse in chart.ellipses:
            own = chart.points[number[chart.places] == CLASSES.index(ellipse.symbol)]
            assert ellipse.count == len(own)
            np.testing.assert_allclose(ellipse.mean, own.mean(axis=0))
            # Over n, not n − 1, as scikit-learn has it; an ellipse is a line of equal distance.
            fitted = EmpiricalCovariance().fit(own)
            squares = fitted.mahalanobis(ellipse.outline) * (len(own) - 1) / len(own)
            np.testing.assert_allclose(squares, -2 * np.log(1 - ELLIPSE_SHARE))
    assert corpus_chart(browsed, everything(browsed), ChartChoice(ellipses="none")).ellipses == ()


def test_a_filter_moves_no_token_of_a_normalised_chart(browsed) -> None:
    choice = ChartChoice(how="lobanov")
    whole = corpus_chart(browsed, everything(browsed), choice)
    few = corpus_chart(browsed, browsed.y == 0, choice)
    np.testing.assert_array_equal(few.points, whole.points[whole.at(few.places)])
    who = browsed.groups["speaker"][1]
    own = (who == 1) & np.isfinite(browsed.f1_hz)
    expected = lobanov(browsed.formants_hz[own, 1, :2])
    np.testing.assert_allclose(whole.points[who[whole.places] == 1], expected)


def test_colours_are_what_they_say(browsed) -> None:
    shades = {name: shade_of(browsed, name) for name in COLOURINGS}
    places = np.arange(len(browsed))
    assert shades["label"].names == ("/i/", "/ɑ/", "/u/")
    assert shades["label"].counts(places) == [99, 100, 100]
    assert shades["label"].codes()[9] == -1
    assert sum(shades["predicted"].counts(places)) == 300
    right, wrong = shades["agreement"].counts(places)
    known = browsed.y != NOT_ASKED
    assert wrong == int((browsed.y != browsed.said)[known].sum()) and right + wrong == 299
    formants = browsed.by_formants
    differs = int((browsed.said != formants)[formants != NOT_ASKED].sum())
    known = int((formants != NOT_ASKED).sum())
    assert shades["formants"].counts(places) == [known - differs, differs]
    doubt = shades["doubt"]
    assert doubt.is_scale and (doubt.low, doubt.high) == (0.0, pytest.approx(2 / 3))
    np.testing.assert_array_equal(doubt.values, 1 - browsed.probability)
    steps = doubt.codes(101)
    np.testing.assert_array_equal(steps, np.round(100 * doubt.values / doubt.high))
    long = shades["duration"]
    lasts_ms = 1000 * (browsed.tmax_s - browsed.tmin_s)
    assert (long.low, long.high) == tuple(np.percentile(lasts_ms, [2, 98]))
    assert long.codes(256).min() == 0 and long.codes(256).max() == 255
    assert shades["part"].names == ("train", "test")
    assert shades["set"].counts(places) == [300]


def test_the_largest_groups_have_colours_and_the_others_are_counted() -> None:
    browsed = made(400, speakers=MOST_GROUPS + 3)
    shade = shade_of(browsed, "speaker")
    names, who = browsed.groups["speaker"]
    count = np.bincount(who)
    largest = sorted(count, reverse=True)[:MOST_GROUPS]
    assert len(shade.names) == MOST_GROUPS
    assert sorted(shade.counts(np.arange(400)), reverse=True) == largest
    for name, held in zip(shade.names, shade.counts(np.arange(400)), strict=True):
        assert count[names.index(name)] == held
    assert int(np.isnan(shade.values).sum()) == 400 - sum(largest)


def test_what_lies_within_an_outline() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (2000, 2))
    turns = np.linspace(0, 2 * np.pi, 400)
    circle = 0.5 * np.column_stack([np.cos(turns), np.sin(turns)])
    away = np.hypot(*points.T)
    inside = within(points, circle)
    clear = np.abs(away - 0.5) > 0.001
    np.testing.assert_array_equal(inside[clear], (away < 0.5)[clear])
    # The corner that an L leaves out is not in it.
    corner = np.array([[0, 0], [2, 0], [2, 1], [1, 1], [1, 2], [0, 2]], float)
    assert within(np.array([[0.5, 1.5], [1.5, 1.5], [1.5, 0.5]]), corner).tolist() == [
        True, False, True,
    ]  # fmt: skip
    assert not within(points, circle[:2]).any() and len(within(points[:0], circle)) == 0


def test_a_wrong_formant_makes_not_all_else_small() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(1000, 2))
    points[3] = 100.0, -100.0
    low, high = nearly_all(points)
    assert (high < 5).all() and (low > -5).all()
    outside = ((points < low) | (points > high)).any(axis=1)
    assert outside[3] and outside.sum() <= 10
    few_low, few_high = nearly_all(points[:50])
    np.testing.assert_array_equal((few_low, few_high), (points[:50].min(0), points[:50].max(0)))


@pytest.mark.parametrize("colour", COLOURINGS)
def test_the_figure_says_what_is_in_it(browsed, colour) -> None:
    chart = corpus_chart(browsed, everything(browsed), ChartChoice(colour=colour, how="bark"))
    figure = draw_corpus(browsed, chart)
    axes = figure.axes[0]
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    assert left > right and bottom > top
    assert axes.get_xlabel() == "F2 (Bark)"
    points = axes.collections[0]
    assert len(points.get_offsets()) == len(points.get_facecolors()) == 299
    note = axes.texts[-1].get_text()
    assert "299 tokens" in note and "without F1 or F2 there: 1" in note and "68%" in note
    if chart.shade.is_scale:
        assert len(figure.axes) == 2 and not figure.legends
    else:
        words = [text.get_text() for text in figure.legends[0].get_texts()]
        assert sum(int(word.rsplit(" ", 1)[1]) for word in words) == 299


def shards(out: Path, browsed: Browsed) -> Path:
    """The tokens as `corpus explain` would have written them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    plan = replace(browsed.plan, shard_tokens=400, tokens=len(browsed))
    out.mkdir()
    (out / "explain.json").write_text(json.dumps(asdict(plan)))
    rows = []
    for at in range(len(browsed)):
        logits = np.zeros(3, np.float32)
        logits[browsed.said[at]] = 2.0
        formants = browsed.formants_hz[at].reshape(-1)
        held = [None if np.isnan(value) else float(value) for value in formants]
        label = CLASSES[at % 3] if browsed.y[at] != NOT_ASKED else "x"
        rows.append({
            "row": at, "recording": "/a.wav", "textgrid": "/a.TextGrid", "set": "one",
            "speaker": f"s{browsed.groups['speaker'][1][at]}", "utterance": "a", "tier": "phones",
            "index": at, "tmin_s": 0.0, "tmax_s": 0.1, "label": label, "class": label,
            "stress": 1, "word": "w", "left": "", "right": "",
            "split": str(browsed.texts["split"][at]), "predicted": CLASSES[browsed.said[at]],
            "logits": logits, "map": np.zeros(18, np.float32), "f0_hz": 200.0, "note": None,
            **dict(zip(FORMANTS, held, strict=True)),
        })  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA), shard_path(out, 0))
    return out


def test_the_command_draws_and_says_what_it_drew(browsed, tmp_path, capsys) -> None:
    folder = shards(tmp_path / "out", browsed)
    for name, head in (("a.svg", b"<?xml"), ("a.pdf", b"%PDF"), ("a.png", b"\x89PNG")):
        path = tmp_path / name
        command = ["corpus", "chart", str(folder), "-o", str(path), "--colour", "doubt"]
        assert main([*command, "--scale", "lobanov", "--x", "F2-F1"]) == 0
        assert path.read_bytes().startswith(head)
    said = capsys.readouterr().out
    assert "a.png: 299 of 300 tokens; 1 without F1 or F2-F1 in their middle" in said
    assert main([*command, "--label", "/ɑ/", "--part", "test"]) == 0
    expected = int(((browsed.y == 1) & (browsed.texts["split"] == "test")).sum())
    assert f"{expected} of 300 tokens" in capsys.readouterr().out


def test_what_cannot_be_drawn_is_a_sentence(browsed, tmp_path, capsys) -> None:
    folder = shards(tmp_path / "out", browsed)
    command = ["corpus", "chart", str(folder), "-o"]
    for more, words in (
        ([str(tmp_path / "a.doc")], ".svg, .pdf or .png"),
        ([str(tmp_path / "a.svg"), "--label", "ə"], "there is no class 'ə' in it; it has i, ɑ, u"),
        ([str(tmp_path / "a.svg"), "--text", "nothing"], "no token is left to be drawn"),
    ):
        assert main([*command, *more]) == 2
        assert words in capsys.readouterr().err
    assert not (tmp_path / "a.svg").exists()
