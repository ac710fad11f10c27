from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from vowelscope.core.audio import Recording
from vowelscope.core.edit_extract import extract_part
from vowelscope.core.errors import AudioError, TextGridError
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.textgrid_io import read_textgrid

RATE_HZ = 11025
GRID = TextGrid(
    0.0,
    2.0,
    (
        IntervalTier("w", 0.0, 2.0, (Interval(0.0, 0.7, "a"), Interval(0.7, 2.0, "b"))),
        PointTier("t", 0.0, 2.0, (Point(0.8, "H*"), Point(1.9, "L%"))),
    ),
)


def write(path: Path, subtype: str, container: str = "WAV", channels: int = 2) -> Path:
    rng = np.random.default_rng(0)
    signal = rng.uniform(-0.9, 0.9, (2 * RATE_HZ, channels))
    sf.write(path, signal, RATE_HZ, subtype=subtype, format=container)
    return path


@pytest.mark.parametrize(
    ("subtype", "container", "saved"),
    [
        ("PCM_U8", "WAV", "PCM_U8"),
        ("PCM_S8", "AIFF", "PCM_U8"),
        ("PCM_16", "FLAC", "PCM_16"),
        ("PCM_24", "WAV", "PCM_24"),
        ("PCM_32", "WAV", "PCM_32"),
        ("FLOAT", "WAV", "FLOAT"),
        ("DOUBLE", "WAV", "DOUBLE"),
        ("ULAW", "WAV", "ULAW"),
        ("ALAW", "AU", "ALAW"),
        ("VORBIS", "OGG", "FLOAT"),
    ],
)
def test_the_samples_are_those_of_the_recording(
    tmp_path: Path, subtype: str, container: str, saved: str
) -> None:
    source = write(tmp_path / "source", subtype, container)
    out = tmp_path / "part.wav"
    with Recording(source) as recording:
        start_s, stop_s = extract_part(recording, None, 0.50001, 1.2, out)
        decoded = recording.read_frames(0, recording.n_frames)
    first, last = round(start_s * RATE_HZ), round(stop_s * RATE_HZ)
    assert (first, last) == (round(0.50001 * RATE_HZ), 13230)
    assert (sf.info(out).format, sf.info(out).subtype) == ("WAV", saved)
    part, _ = sf.read(out, dtype="float64", always_2d=True)
    if subtype == "VORBIS":
        np.testing.assert_array_equal(part, decoded[first:last])
    else:
        whole, _ = sf.read(source, dtype="float64", always_2d=True)
        np.testing.assert_array_equal(part, whole[first:last])


def test_the_textgrid_lasts_as_long_as_the_sound(tmp_path: Path) -> None:
    source = write(tmp_path / "source.wav", "PCM_16")
    with Recording(source) as recording:
        for number, (start_s, stop_s) in enumerate([(0.123, 1.777), (0.3, 9.0), (-1.0, 0.9)]):
            wav, grid = tmp_path / f"{number}.wav", tmp_path / f"{number}.TextGrid"
            at_s, _ = extract_part(recording, GRID, start_s, stop_s, wav, grid)
            part = read_textgrid(grid).textgrid
            with Recording(wav) as sound:
                assert (part.tmin_s, part.tmax_s) == (0.0, sound.duration_s)
            assert [i.text for i in part.tiers[0].intervals] == ["a", "b"]
            assert part.tiers[0].intervals[0].tmax_s == pytest.approx(0.7 - at_s, abs=1e-12)
            assert part.tiers[1].points[0].time_s == pytest.approx(0.8 - at_s, abs=1e-12)
    assert list(tmp_path.glob(".vowelscope-*")) == []


def test_what_cannot_be_done_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    source = write(tmp_path / "source.wav", "PCM_16")
    before = source.read_bytes()
    with Recording(source) as recording:
        with pytest.raises(AudioError, match="has no samples of it"):
            extract_part(recording, None, 0.5, 0.5, tmp_path / "x.wav")
        with pytest.raises(AudioError, match="cannot replace the recording"):
            extract_part(recording, None, 0.5, 0.6, tmp_path / "." / "source.wav")
        with pytest.raises(AudioError, match=r"Cannot save .*x\.wav"):
            extract_part(recording, None, 0.5, 0.6, tmp_path / "missing" / "x.wav")
        with pytest.raises(TextGridError, match="no file to go to"):
            extract_part(recording, GRID, 0.5, 0.6, tmp_path / "x.wav")
        late = TextGrid(5.0, 6.0, (IntervalTier("w", 5.0, 6.0, (Interval(5.0, 6.0),)),))
        with pytest.raises(TextGridError, match="nothing of the TextGrid"):
            extract_part(recording, late, 0.5, 0.6, tmp_path / "x.wav", tmp_path / "x.TextGrid")
    assert [path.name for path in tmp_path.glob("*x*")] == []
    assert list(tmp_path.glob(".vowelscope-*")) == []
    assert source.read_bytes() == before


def test_progress_is_told_and_may_end_the_work_without_a_trace(tmp_path: Path) -> None:
    source = write(tmp_path / "source.wav", "PCM_16")
    told: list[float] = []

    def stop(_share: float) -> None:
        raise KeyboardInterrupt

    with Recording(source) as recording:
        extract_part(recording, None, 0.5, 1.5, tmp_path / "x.wav", progress=told.append)
        assert told == [1.0]
        with pytest.raises(KeyboardInterrupt):
            extract_part(recording, None, 0.5, 1.5, tmp_path / "y.wav", progress=stop)
    assert not (tmp_path / "y.wav").exists()
    assert list(tmp_path.glob(".vowelscope-*")) == []
