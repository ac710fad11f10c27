from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vowelscope.app.chart_export import _export
from vowelscope.app.charting import ChartPoints
from vowelscope.core.errors import ConfigError
from vowelscope.explain.corpus_chart import class_shade, doubt_shade
from vowelscope.explain.vowel_figure import draw_vowels


@pytest.fixture
def points() -> ChartPoints:
    formants_hz = np.array([[300, 2300], [320, 2200], [280, 2250], [700, 1200]], dtype=float)
    return ChartPoints((1, 4, 6, 9), ("i", "i", "i", "ɑ"), formants_hz, 2)


def test_pictures_of_each_kind(points: ChartPoints, tmp_path: Path) -> None:
    for ending, head in ((".pdf", b"%PDF"), (".svg", b"<?xml"), (".png", b"\x89PNG")):
        path = tmp_path / f"vowels{ending}"
        assert "4 vowels" in _export(path, points, "none", "cost $5 $6.wav")
        assert path.read_bytes().startswith(head)
    with pytest.raises(ConfigError, match=r"\.svg"):
        _export(tmp_path / "vowels.doc", points, "none", "")


def test_what_the_figure_shows(points: ChartPoints) -> None:
    figure = draw_vowels(
        points.formants_hz, points.symbols, "bark", "talk.wav", np.array([5000.0]), 2, 3
    )
    (axes,) = figure.axes
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    assert left > right and bottom > top  # F2 to the left, F1 downwards
    assert axes.get_xlabel() == "F2 (Bark)"
    assert len(axes.lines) == 1  # one class has three tokens
    words = [text.get_text() for text in axes.texts]
    assert words.count("i") == 4 and words.count("ɑ") == 1
    notes = " ".join(text.get_text() for text in figure.texts)
    assert (
        "talk.wav" in notes
        and "5000 Hz" in notes
        and "2 more" in notes
        and "3 set by hand" in notes
    )


def test_colours_of_the_chart_are_those_of_the_figure(points: ChartPoints) -> None:
    doubt = doubt_shade(np.array([0.0, 0.4, 0.8, np.nan]), 5)
    figure = draw_vowels(points.formants_hz, points.symbols, shade=doubt)
    axes, bar = figure.axes
    assert "Doubt" in bar.get_xlabel() and bar.get_xlim() == (0.0, pytest.approx(0.8))
    letters = [text.get_color() for text in axes.texts if text.get_fontsize() == 8]
    assert len(set(map(str, letters))) == 4
    said = class_shade("predicted", ("i", "ɑ"), np.array([0, 0, 1, -1]))
    figure = draw_vowels(points.formants_hz, points.symbols, shade=said)
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == ["/i/ 2", "/ɑ/ 1", "none 1"]
