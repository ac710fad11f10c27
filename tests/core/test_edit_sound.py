"""Recordings put together, and time taken out or put in: every sample, every label."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from vowelscope.core.edit_sound import (
    NAMES_TIER,
    Source,
    concatenate_files,
    insert_silence,
    paste_time,
    remove_span,
)
from vowelscope.core.errors import AudioError, TextGridError
from vowelscope.core.hand_points import HandPoint, HandPoints
from vowelscope.core.sidecar import Sidecar, read_sidecar
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.textgrid_io import read_textgrid, write_textgrid

RATE = 8000


def _sound(path: Path, n: int, seed: int, subtype: str = "PCM_16", channels: int = 1) -> Path:
    rng = np.random.default_rng(seed)
    sf.write(path, rng.integers(-9000, 9000, (n, channels), dtype=np.int16), RATE, subtype=subtype)
    return path


def _grid(duration_s: float, *labels: str, points: tuple[Point, ...] | None = None) -> TextGrid:
    edges = np.linspace(0, duration_s, len(labels) + 1).tolist()
    intervals = tuple(
        Interval(a, b, text) for a, b, text in zip(edges[:-1], edges[1:], labels, strict=True)
    )
    tiers: list[IntervalTier | PointTier] = [IntervalTier("phones", 0.0, duration_s, intervals)]
    if points is not None:
        tiers.append(PointTier("tones", 0.0, duration_s, points))
    return TextGrid(0.0, duration_s, tuple(tiers))


def _read(path: Path) -> np.ndarray:
    return sf.read(path, dtype="int16", always_2d=True)[0]


def _labels(textgrid: TextGrid, at: int = 0) -> list[tuple[float, float, str]]:
    tier = textgrid.tiers[at]
    assert isinstance(tier, IntervalTier)
    return [(round(x.tmin_s, 9), round(x.tmax_s, 9), x.text) for x in tier.intervals]


@pytest.fixture
def two(tmp_path: Path) -> list[Source]:
    first, second = _sound(tmp_path / "a.wav", 8000, 1), _sound(tmp_path / "b.wav", 4001, 2)
    point = HandPoint(0.25, 2, 1500.0, 0.003)
    return [
        Source(first, _grid(1.0, "x", "y"), Sidecar(points=HandPoints((point,)))),
        Source(
            second,
            _grid(4001 / RATE, "z", points=(Point(4001 / RATE, "H*"),)),
            Sidecar(points=HandPoints((point,))),
        ),
    ]


def test_concatenated_samples_tiers_names_and_points(two: list[Source], tmp_path: Path) -> None:
    out, shares = tmp_path / "out.wav", []
    total_s = concatenate_files(two, out, progress=shares.append)
    assert total_s == 12001 / RATE and shares[-1] == 1.0
    np.testing.assert_array_equal(
        _read(out), np.concatenate([_read(two[0].audio), _read(two[1].audio)])
    )
    grid = read_textgrid(out.with_suffix(".TextGrid")).textgrid
    assert [tier.name for tier in grid.tiers] == ["phones", "tones", NAMES_TIER]
    assert grid.tmax_s == total_s
    assert _labels(grid) == [(0, 0.5, "x"), (0.5, 1, "y"), (1, 1.500125, "z")]
    assert _labels(grid, 2) == [(0, 1, "a"), (1, 1.500125, "b")]
    tones = grid.tiers[1]
    assert isinstance(tones, PointTier) and tones.points[0].time_s == total_s
    times_s = [x.time_s for x in read_sidecar(out).points.points]
    assert times_s == [0.25, 1.25]
    # Put together again, there is one tier of names.
    again = tmp_path / "again.wav"
    concatenate_files([Source(out, grid), two[0]], again)
    names = [tier.name for tier in read_textgrid(again.with_suffix(".TextGrid")).textgrid.tiers]
    assert names == ["phones", "tones", NAMES_TIER]


def test_without_textgrids_there_are_the_names(tmp_path: Path) -> None:
    sources = [Source(_sound(tmp_path / f"{x}.wav", 100 * x, x)) for x in (1, 2, 3)]
    out = tmp_path / "out.wav"
    concatenate_files(sources, out)
    grid = read_textgrid(out.with_suffix(".TextGrid")).textgrid
    assert [text for _, _, text in _labels(grid)] == ["1", "2", "3"] and len(grid.tiers) == 1


@pytest.mark.skipif(shutil.which("praat") is None, reason="Praat is not installed")
def test_it_is_praats_concatenation(two: list[Source], tmp_path: Path) -> None:
    out, script = tmp_path / "out.wav", tmp_path / "c.praat"
    concatenate_files(two, out)
    script.write_text(
        f'a = Read from file: "{two[0].audio}"\nb = Read from file: "{two[1].audio}"\n'
        "selectObject: a, b\nConcatenate recoverably\n"
        f'selectObject: "TextGrid chain"\nSave as text file: "{tmp_path}/praat.TextGrid"\n'
        f'selectObject: "Sound chain"\nSave as WAV file: "{tmp_path}/praat.wav"\n',
        encoding="utf-8",
    )
    subprocess.run(["praat", "--run", str(script)], check=True, capture_output=True)
    np.testing.assert_array_equal(_read(out), _read(tmp_path / "praat.wav"))
    theirs = read_textgrid(tmp_path / "praat.TextGrid").textgrid
    ours = read_textgrid(out.with_suffix(".TextGrid")).textgrid
    assert theirs.tiers[0].name == NAMES_TIER
    assert _labels(theirs) == _labels(ours, 2) and theirs.tmax_s == ours.tmax_s


def test_kinds_of_samples_that_differ(tmp_path: Path) -> None:
    pairs = {("PCM_16", "PCM_24"): "PCM_24", ("PCM_16", "FLOAT"): "FLOAT"}
    pairs |= {("PCM_32", "FLOAT"): "DOUBLE", ("ULAW", "PCM_U8"): "PCM_16"}
    for kinds, wanted in pairs.items():
        sources = [
            Source(_sound(tmp_path / f"{at}{kind}.wav", 500, at, kind))
            for at, kind in enumerate(kinds)
        ]
        out = tmp_path / "out.wav"
        concatenate_files(sources, out)
        assert sf.info(out).subtype == wanted
        both = np.concatenate([sf.read(x.audio)[0] for x in sources])
        np.testing.assert_array_equal(sf.read(out)[0], both)


def test_what_does_not_agree_is_one_sentence(tmp_path: Path) -> None:
    one = Source(_sound(tmp_path / "a.wav", 100, 1))
    stereo = Source(_sound(tmp_path / "b.wav", 100, 1, channels=2))
    sf.write(tmp_path / "c.wav", np.zeros(100), 44100)
    out = tmp_path / "out.wav"
    for other, said in (
        (stereo, "8,000 Hz and 2 channels"),
        (Source(tmp_path / "c.wav"), "44,100"),
    ):
        with pytest.raises(AudioError, match=said) as caught:
            concatenate_files([one, other], out)
        assert "a.wav has 8,000 Hz and 1 channel" in str(caught.value)
    with pytest.raises(AudioError, match="Two recordings"):
        concatenate_files([one], out)
    with pytest.raises(AudioError, match="cannot replace"):
        concatenate_files([one, one], one.audio)
    with pytest.raises(AudioError, match=r"\.wav"):
        concatenate_files([one, one], tmp_path / "out.mp3")
    with pytest.raises(AudioError, match="no such file"):
        concatenate_files([one, Source(tmp_path / "d.wav")], out)
    write_textgrid(tmp_path / "a.TextGrid", _grid(100 / RATE, "x"))
    with pytest.raises(TextGridError, match="cannot be replaced"):
        concatenate_files([one, one], tmp_path / "a.WAV")
    assert not out.exists()


def test_a_work_that_is_stopped_leaves_nothing(two: list[Source], tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def stop(_share: float) -> None:
        raise Stop

    before = sorted(tmp_path.iterdir())
    with pytest.raises(Stop):
        concatenate_files(two, tmp_path / "out.wav", progress=stop)
    assert sorted(tmp_path.iterdir()) == before


def test_time_taken_out(two: list[Source], tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    assert remove_span(two[0], 0.2, 0.3, out) == 0.9
    samples = _read(two[0].audio)
    np.testing.assert_array_equal(_read(out), np.concatenate([samples[:1600], samples[2400:]]))
    grid = read_textgrid(out.with_suffix(".TextGrid")).textgrid
    assert _labels(grid) == [(0, 0.4, "x"), (0.4, 0.9, "y")] and grid.tmax_s == 0.9
    assert read_sidecar(out).is_empty  # the point lay in what was taken out
    remove_span(two[0], 0.3, 0.6, out)
    assert _labels(read_textgrid(out.with_suffix(".TextGrid")).textgrid) == [
        (0, 0.3, "x"),
        (0.3, 0.7, "y"),
    ]
    remove_span(two[0], 0.0, 0.1, out)
    assert read_sidecar(out).points.points[0].time_s == pytest.approx(0.15)
    assert _labels(read_textgrid(out.with_suffix(".TextGrid")).textgrid)[0] == (0, 0.4, "x")
    for span in ((0.0, 1.0), (0.5, 0.5)):
        with pytest.raises(AudioError, match="cannot be taken out"):
            remove_span(two[0], *span, out)


def test_silence_put_in(two: list[Source], tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    assert insert_silence(two[0], 0.25, 0.5, out) == 1.5
    samples = _read(two[0].audio)
    silence = np.zeros((4000, 1), dtype=np.int16)
    expected = np.concatenate([samples[:2000], silence, samples[2000:]])
    np.testing.assert_array_equal(_read(out), expected)
    grid = read_textgrid(out.with_suffix(".TextGrid")).textgrid
    assert _labels(grid) == [(0, 1.0, "x"), (1.0, 1.5, "y")]
    assert read_sidecar(out).points.points[0].time_s == 0.75
    insert_silence(two[0], 0.5, 0.1, out)
    grid = read_textgrid(out.with_suffix(".TextGrid")).textgrid
    assert _labels(grid) == [(0, 0.5, "x"), (0.5, 0.6, ""), (0.6, 1.1, "y")]
    with pytest.raises(AudioError, match="no samples"):
        insert_silence(two[0], 0.5, 0.0, out)


def test_a_stretch_pasted(two: list[Source], tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    assert paste_time(two[0], 0.25, two[1], (0.1, 0.2), out) == 1.1
    here, there = _read(two[0].audio), _read(two[1].audio)
    np.testing.assert_array_equal(
        _read(out), np.concatenate([here[:2000], there[800:1600], here[2000:]])
    )
    grid = read_textgrid(out.with_suffix(".TextGrid")).textgrid
    assert _labels(grid) == [(0, 0.25, "x"), (0.25, 0.35, "z"), (0.35, 0.6, "x"), (0.6, 1.1, "y")]
    assert [tier.name for tier in grid.tiers] == ["phones", "tones"] and grid.tmax_s == 1.1
    assert [x.time_s for x in read_sidecar(out).points.points] == [pytest.approx(0.35)]
    # Onto its own end.
    assert paste_time(two[0], 1.0, two[0], (0.0, 0.5), out) == 1.5
    grid = read_textgrid(out.with_suffix(".TextGrid")).textgrid
    assert [text for _, _, text in _labels(grid)] == ["x", "y", "x"]
    with pytest.raises(AudioError, match="no samples"):
        paste_time(two[0], 0.5, two[1], (0.3, 0.3), out)


def test_a_long_file_goes_through_in_blocks(tmp_path: Path) -> None:
    """Memory does not grow with the length: less than a fifth of the samples' size."""
    import tracemalloc

    long = tmp_path / "long.wav"
    with sf.SoundFile(long, "w", 48000, 2, "PCM_16") as file:
        block = np.zeros((1 << 18, 2), dtype=np.int16)
        for _ in range(40):
            file.write(block)
    tracemalloc.start()
    concatenate_files([Source(long), Source(long)], tmp_path / "out.wav")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sf.info(tmp_path / "out.wav").frames == 2 * 40 * (1 << 18)
    assert peak < 0.2 * long.stat().st_size
