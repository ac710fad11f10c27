from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile as sf

from vowelscope.core.corpus import build_corpus, read_corpus
from vowelscope.core.corpus_summary import summarise
from vowelscope.core.phones import load_class_map
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid


def write_pair(folder: Path, stem: str, labels: list[str], step_s: float = 0.1) -> None:
    """A tone with its tops cut, though below full scale, with a label every `step_s`."""
    folder.mkdir(parents=True, exist_ok=True)
    end_s = step_s * len(labels)
    tone = np.sin(2 * np.pi * 200 * np.arange(round(end_s * 8000)) / 8000)
    sf.write(folder / f"{stem}.wav", np.clip(tone, -0.5, 0.5), 8000)
    edges_s = [step_s * n for n in range(len(labels))] + [end_s]
    intervals = tuple(
        Interval(a, b, text) for a, b, text in zip(edges_s, edges_s[1:], labels, strict=False)
    )
    tier = IntervalTier("phones", 0, end_s, intervals)
    write_textgrid(folder / f"{stem}.TextGrid", TextGrid(0, end_s, (tier,)))


def test_whoever_has_one_label_only_is_named(tmp_path: Path) -> None:
    for n in range(2):
        write_pair(tmp_path / "s" / "anna", f"a{n}", ["IY1", "S"] * 12)
        write_pair(tmp_path / "s" / "bert", f"b{n}", ["IY1", "AA1"] * 12)
    write_pair(tmp_path / "s" / "carl", "c0", ["AA1"] * 9)
    build_corpus([tmp_path / "s"], load_class_map("vowels5"), tmp_path / "c.parquet")
    assert summarise(read_corpus(tmp_path / "c.parquet"))["one_label"] == {
        "speakers": {"s/anna": "IY1"},
        "utterances": {"s/a0": "IY1", "s/a1": "IY1"},
    }


def test_durations_that_no_vowel_has_are_shown_with_their_places(tmp_path: Path) -> None:
    write_pair(tmp_path / "s", "short", ["IY1", "S", "AA1", "S"], step_s=0.02)
    write_pair(tmp_path / "s", "long", ["IY1", "S"], step_s=0.7)
    write_pair(tmp_path / "s", "usual", ["IY1", "S"], step_s=0.12)
    build_corpus([tmp_path / "s"], load_class_map("vowels5"), tmp_path / "c.parquet")
    summary = summarise(read_corpus(tmp_path / "c.parquet"))
    assert summary["checks"]["shorter than 25 ms"] == 2
    assert summary["examples"]["longer than 600 ms"] == ["long 0.000-0.700 s IY1"]
    bins = summary["histograms"]["i"]
    assert (bins[0], bins[4], bins[24], sum(bins)) == (1, 1, 1, 3)
    assert summary["checks"]["clipped"] == 0
