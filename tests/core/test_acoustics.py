"""Formants, pitch and intensity: Praat is the judge, and no value depends on the part asked for."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import parselmouth
import pytest
import soundfile as sf

from vowelscope.core import acoustics
from vowelscope.core.acoustics import FormantSettings, IntensitySettings, PitchSettings
from vowelscope.core.acoustics_grid import Chunking, mean_over, value_at
from vowelscope.core.acoustics_resample import resampling
from vowelscope.core.errors import AnalysisError, AudioError

RATE = 22050
SECONDS = 24
SMALL = Chunking(whole=1 << 14, core=1 << 17, margin=1 << 16, block=1 << 10)
"""Chunks of 6 s, so that the recording has many borders."""


def klatt(vowel: tuple[float, ...], seconds: float, f0_hz: float) -> np.ndarray:
    """A vowel of known formants by Praat's KlattGrid, at 44,100 Hz."""
    call = parselmouth.praat.call
    grid = call("Create KlattGrid", "v", 0, seconds, 5, 0, 0, 0, 0, 0, 0)
    call(grid, "Add pitch point", seconds / 2, f0_hz)
    call(grid, "Add voicing amplitude point", seconds / 2, 90)
    for number, formant_hz in enumerate(vowel, start=1):
        call(grid, "Add oral formant frequency point", number, seconds / 2, formant_hz)
        call(grid, "Add oral formant bandwidth point", number, seconds / 2, 50 + 30 * number)
    return np.array(call(grid, "To Sound").values[0])


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sliding vowels with pauses and noise, in two unequal channels."""
    rng = np.random.default_rng(7)
    t = np.arange(SECONDS * RATE) / RATE
    f0 = 120 + 30 * np.sin(2 * np.pi * 0.31 * t)
    phase = np.cumsum(f0) / RATE
    source = np.diff(np.floor(phase), prepend=0.0) + 0.003 * rng.normal(size=len(t))
    sound = source
    for middle_hz, width_hz, swing in ((500, 80, 0.4), (1500, 110, 0.35), (2500, 150, 0.1)):
        sound = _resonate(sound, middle_hz * (1 + swing * np.sin(2 * np.pi * 0.7 * t)), width_hz)
    gain = np.clip(np.sin(2 * np.pi * 0.83 * t) + 0.7, 0.002, 1)
    sound = 0.5 * gain * sound / np.abs(sound).max() + 1e-4 * rng.normal(size=len(t))
    stereo = np.stack([sound, 0.6 * np.roll(sound, 40)], axis=1)
    path = tmp_path_factory.mktemp("acoustics") / "sliding.wav"
    sf.write(path, stereo, RATE, subtype="PCM_16")
    return path


def _resonate(sound: np.ndarray, centre_hz: np.ndarray, width_hz: float) -> np.ndarray:
    """A two-pole resonance with a moving centre."""
    radius = np.exp(-np.pi * width_hz / RATE)
    turn = (2 * radius * np.cos(2 * np.pi * centre_hz / RATE)).tolist()
    square, a, b, out = radius * radius, 0.0, 0.0, []
    for x, c in zip(sound.tolist(), turn, strict=True):
        a, b = x + c * a - square * b, a
        out.append(a)
    return np.array(out)


@pytest.fixture(scope="module")
def praat_formant(recording: Path) -> parselmouth.Formant:
    return parselmouth.Sound(str(recording)).convert_to_mono().to_formant_burg()


@pytest.fixture(scope="module")
def whole(recording: Path) -> acoustics.FormantTrack:
    return acoustics.formants(recording)


def test_frames_and_values_are_those_of_praat(
    whole: acoustics.FormantTrack, praat_formant: parselmouth.Formant
) -> None:
    np.testing.assert_allclose(whole.times_s, praat_formant.xs(), atol=1e-12)
    index = np.random.default_rng(0).choice(len(whole.times_s), 400, replace=False)
    for i in index:
        for k in range(5):
            value = praat_formant.get_value_at_time(k + 1, whole.times_s[i])
            width = praat_formant.get_bandwidth_at_time(k + 1, whole.times_s[i])
            np.testing.assert_allclose(whole.freqs_hz[i, k], value, atol=0.01)
            np.testing.assert_allclose(whole.bandwidths_hz[i, k], width, rtol=1e-4, atol=0.01)


@pytest.mark.parametrize(
    "settings",
    [
        FormantSettings(ceiling_hz=5000, max_formants=5.5),
        FormantSettings(ceiling_hz=5237.3, time_step_s=0.01),
        FormantSettings(ceiling_hz=RATE / 2),
        FormantSettings(ceiling_hz=13000, max_formants=8),
        FormantSettings(ceiling_hz=4000, max_formants=4, window_s=0.0333, pre_emphasis_hz=100),
    ],
    ids=lambda s: f"{s.ceiling_hz:g}",
)
def test_other_settings_and_lengths_are_those_of_praat(
    recording: Path, tmp_path: Path, settings: FormantSettings
) -> None:
    samples, _ = sf.read(recording, stop=RATE * 3 + int(settings.ceiling_hz) % 89, dtype="float32")
    path = tmp_path / "part.wav"
    sf.write(path, samples[:, 1], RATE, subtype="PCM_16")
    formant = parselmouth.Sound(str(path)).to_formant_burg(
        settings.time_step_s or None,
        settings.max_formants,
        settings.ceiling_hz,
        settings.window_s,
        settings.pre_emphasis_hz,
    )
    track = acoustics.formants(path, settings)
    np.testing.assert_allclose(track.times_s, formant.xs(), atol=1e-12)
    expected = [
        [formant.get_value_at_time(k + 1, t) for k in range(settings.columns)] for t in formant.xs()
    ]
    np.testing.assert_allclose(track.freqs_hz, expected, atol=0.05)


def test_no_value_changes_with_the_part(recording: Path, whole: acoustics.FormantTrack) -> None:
    for start_s, stop_s in ((0.0, 1.0), (20.003, 20.9), (13.3333, 16.1), (23.2, 24.0), (11, 11.02)):
        part = acoustics.formants(recording, start_s=start_s, stop_s=stop_s)
        assert part.times_s[0] >= start_s
        assert part.times_s[-1] <= stop_s
        at = int(np.searchsorted(whole.times_s, part.times_s[0] - 1e-9))
        same = slice(at, at + len(part.times_s))
        np.testing.assert_array_equal(part.times_s, whole.times_s[same])
        np.testing.assert_allclose(part.freqs_hz, whole.freqs_hz[same], atol=1e-5)
        np.testing.assert_allclose(part.intensity_db, whole.intensity_db[same], atol=1e-9)
        np.testing.assert_allclose(part.reference_db, whole.reference_db[same], atol=1e-9)


def test_chunks_of_a_long_file_are_the_whole(
    recording: Path, whole: acoustics.FormantTrack
) -> None:
    chunked = acoustics.formants(recording, chunking=SMALL)
    assert SMALL.count(SECONDS * RATE) >= 4
    np.testing.assert_array_equal(chunked.times_s, whole.times_s)
    np.testing.assert_allclose(chunked.freqs_hz, whole.freqs_hz, atol=0.1)
    np.testing.assert_allclose(chunked.reference_db, whole.reference_db, atol=1e-6)
    border_s = 3 * SMALL.core / RATE
    across = acoustics.formants(recording, None, border_s - 0.2, border_s + 0.2, chunking=SMALL)
    at = int(np.searchsorted(whole.times_s, across.times_s[0] - 1e-9))
    np.testing.assert_allclose(
        across.freqs_hz, whole.freqs_hz[at : at + len(across.times_s)], atol=0.1
    )


@pytest.mark.parametrize("new_rate", [11000, 10474.6, 8000, 26000])
@pytest.mark.parametrize("n_samples", [300_001, 523_900])
def test_resampling_in_chunks_is_praats(tmp_path: Path, new_rate: float, n_samples: int) -> None:
    # 523,900 samples and 2,000 of padding nearly fill the transform, so that it wraps around.
    from vowelscope.core.acoustics_grid import FileKey
    from vowelscope.core.acoustics_resample import resampled

    path = tmp_path / "noise.wav"
    noise = np.random.default_rng(5).normal(0, 0.1, n_samples)
    sf.write(path, noise, RATE, subtype="PCM_16")
    praat = parselmouth.Sound(str(path)).resample(new_rate, 50)
    plan = resampling(n_samples, RATE, new_rate)
    assert plan.new_count == praat.n_samples
    assert plan.first_s == pytest.approx(praat.x1, abs=1e-15)
    chunking = Chunking(whole=1 << 14, core=1 << 16, margin=1 << 15, block=1 << 10)
    for chunk in (0, 2, chunking.count(n_samples) - 1):
        lo = int(chunk * chunking.core * new_rate / RATE)
        hi = min(int((chunk + 1) * chunking.core * new_rate / RATE), plan.new_count)
        got = resampled(FileKey.of(path, None), plan, chunking, chunk, lo, hi)
        np.testing.assert_allclose(got, praat.values[0, lo:hi], atol=1e-8)


def test_synthetic_vowels_have_their_formants(tmp_path: Path) -> None:
    for name, vowel, f0_hz in (
        ("a", (750, 1250, 2550, 3500, 4500), 110),
        ("i", (300, 2250, 2950, 3600, 4500), 105),
        ("u", (320, 850, 2250, 3400, 4500), 112),
    ):
        path = tmp_path / f"{name}.wav"
        sf.write(path, 0.4 * klatt(vowel, 0.5, f0_hz), 44100, subtype="FLOAT")
        track = acoustics.formants(path, FormantSettings(ceiling_hz=5000), 0.1, 0.4)
        # The source's own spectrum may add a pole between them: each formant must be found.
        for formant_hz in vowel[:4]:
            miss_hz = np.nanmin(np.abs(track.freqs_hz - formant_hz), axis=1)
            assert np.median(miss_hz) < 40, f"{name}: {formant_hz} Hz"
        assert np.nanmedian(acoustics.pitch(path).f0_hz) == pytest.approx(f0_hz, rel=0.01)


@pytest.mark.skipif(shutil.which("praat") is None, reason="needs Praat itself")
def test_praat_itself_agrees_at_random_times(recording: Path, tmp_path: Path) -> None:
    times = np.random.default_rng(20).uniform(0.05, SECONDS - 0.05, 20)
    times[:3] = np.array([1, 2, 3]) * SMALL.core / RATE
    lines = [
        f'Read from file: "{recording}"',
        "mono = Convert to mono",
        "formant = To Formant (burg): 0, 5, 5500, 0.025, 50",
        "selectObject: mono",
        "pitch = To Pitch (ac): 0, 75, 15, 0, 0.03, 0.45, 0.01, 0.35, 0.14, 500",
    ]
    for time in times.tolist():
        lines.append("selectObject: formant")
        for number in range(1, 5):
            lines.append(f'f{number} = Get value at time: {number}, {time!r}, "hertz", "linear"')
        lines.append("selectObject: pitch")
        lines.append(f'p = Get value at time: {time!r}, "Hertz", "linear"')
        lines.append("appendInfoLine: f1, tab$, f2, tab$, f3, tab$, f4, tab$, p")
    script = tmp_path / "judge.praat"
    script.write_text("\n".join(lines), "utf-8")
    done = subprocess.run(
        ["praat", "--run", str(script)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines() if line.strip()]
    judged = np.array([[np.nan if "undef" in v else float(v) for v in row] for row in rows])
    ours = acoustics.formants_at(recording, times)
    np.testing.assert_allclose(ours, judged[:, :4], atol=0.1)
    track = acoustics.pitch(recording)
    f0 = value_at(track.times_s[0], track.settings.step_s, track.f0_hz, times)
    np.testing.assert_allclose(f0, judged[:, 4], atol=0.1)


def test_pitch_and_intensity_are_those_of_praat(recording: Path) -> None:
    mono = parselmouth.Sound(str(recording)).convert_to_mono()
    pitch = mono.to_pitch_ac(pitch_floor=75, pitch_ceiling=500)
    track = acoustics.pitch(recording)
    np.testing.assert_allclose(track.times_s, pitch.xs(), atol=1e-12)
    expected = pitch.selected_array["frequency"]
    np.testing.assert_allclose(np.nan_to_num(track.f0_hz), expected, atol=1e-6)
    assert 0.2 < np.mean(expected > 0) < 1
    intensity = mono.to_intensity(100)
    levels = acoustics.intensity(recording)
    np.testing.assert_allclose(levels.times_s, intensity.xs(), atol=1e-12)
    np.testing.assert_allclose(levels.level_db, intensity.values[0], atol=1e-6)
    part = acoustics.pitch(recording, None, 10.0, 11.0)
    at = int(np.searchsorted(track.times_s, part.times_s[0] - 1e-9))
    np.testing.assert_array_equal(part.f0_hz, track.f0_hz[at : at + len(part.f0_hz)])


@pytest.mark.parametrize("floor_hz", [75.0, 77.0])
def test_pitch_and_intensity_of_a_long_file_keep_the_frames(
    recording: Path, floor_hz: float
) -> None:
    settings = PitchSettings(floor_hz=floor_hz)
    one = acoustics.pitch(recording, settings)
    many = acoustics.pitch(recording, settings, chunking=SMALL)
    np.testing.assert_array_equal(one.times_s, many.times_s)
    assert np.mean(np.isnan(one.f0_hz) != np.isnan(many.f0_hz)) < 0.002
    assert np.nanmax(np.abs(one.f0_hz - many.f0_hz)) < 1.0
    assert np.nanmedian(np.abs(one.f0_hz - many.f0_hz)) < 1e-3
    levels = IntensitySettings(min_pitch_hz=floor_hz)
    first = acoustics.intensity(recording, levels)
    second = acoustics.intensity(recording, levels, chunking=SMALL)
    np.testing.assert_array_equal(first.times_s, second.times_s)
    assert np.abs(first.level_db - second.level_db).max() < 0.5
    assert np.median(np.abs(first.level_db - second.level_db)) < 1e-3


def test_means_are_those_of_praat(
    recording: Path, whole: acoustics.FormantTrack, praat_formant: parselmouth.Formant
) -> None:
    pitch = (
        parselmouth.Sound(str(recording))
        .convert_to_mono()
        .to_pitch_ac(pitch_floor=75, pitch_ceiling=500)
    )
    track = acoustics.pitch(recording)
    rng = np.random.default_rng(11)
    undefined = 0
    for _ in range(150):
        start_s = rng.uniform(0, SECONDS - 0.2)
        stop_s = start_s + rng.exponential(0.08)
        f2 = parselmouth.praat.call(praat_formant, "Get mean", 2, start_s, stop_s, "Hertz")
        ours = mean_over(whole.times_s[0], 0.00625, whole.freqs_hz[:, 1], start_s, stop_s)
        np.testing.assert_allclose(ours, f2, atol=0.01)
        f0 = parselmouth.praat.call(pitch, "Get mean", start_s, stop_s, "Hertz")
        ours = mean_over(track.times_s[0], 0.01, track.f0_hz, start_s, stop_s)
        np.testing.assert_allclose(ours, f0, atol=1e-4)
        undefined += np.isnan(f0)
    assert 0 < undefined < 150


def test_points_of_intervals_are_values_at_times(
    recording: Path, praat_formant: parselmouth.Formant
) -> None:
    rng = np.random.default_rng(4)
    starts = rng.uniform(0, SECONDS - 1, 40)
    intervals = [(a, a + rng.uniform(0.03, 0.3)) for a in starts]
    values = acoustics.vowel_formants(recording, intervals)
    assert values.shape == (40, 3, 4)
    for row, (a, b) in zip(values, intervals, strict=True):
        for share, point in zip((0.2, 0.5, 0.8), row, strict=True):
            expected = [
                praat_formant.get_value_at_time(k, a + share * (b - a)) for k in range(1, 5)
            ]
            np.testing.assert_allclose(point, expected, atol=0.01)
    assert np.isnan(acoustics.formants_at(recording, [-1.0, 0.0, SECONDS, 99.0])).all()
    with pytest.raises(AnalysisError, match="0-1"):
        acoustics.vowel_formants(recording, intervals, points=(1.2,))


def test_channels(recording: Path, tmp_path: Path) -> None:
    samples, _ = sf.read(recording, dtype="int16", stop=RATE)
    right = tmp_path / "right.wav"
    sf.write(right, samples[:, 1], RATE, subtype="PCM_16")
    both = tmp_path / "both.wav"
    sf.write(both, samples, RATE, subtype="PCM_16")
    np.testing.assert_array_equal(
        acoustics.formants(both, channel=1).freqs_hz, acoustics.formants(right).freqs_hz
    )
    np.testing.assert_array_equal(
        acoustics.intensity(both, channel=1).level_db, acoustics.intensity(right).level_db
    )
    for analysis in (acoustics.formants, acoustics.pitch, acoustics.intensity):
        with pytest.raises(AnalysisError, match="no channel 3"):
            analysis(both, channel=2)


def test_dots_do_not_depend_on_the_zoom(whole: acoustics.FormantTrack, recording: Path) -> None:
    shown = acoustics.visible(whole)
    assert 0.5 < shown.mean() < 0.99
    assert acoustics.visible(whole, 10).sum() < shown.sum()
    part = acoustics.formants(recording, start_s=20, stop_s=20.5)
    at = int(np.searchsorted(whole.times_s, part.times_s[0] - 1e-9))
    np.testing.assert_array_equal(acoustics.visible(part), shown[at : at + len(part.times_s)])


def test_digital_silence_has_no_formants_and_no_pitch(tmp_path: Path) -> None:
    path = tmp_path / "silence.wav"
    sf.write(path, np.zeros(RATE), RATE)
    track = acoustics.formants(path)
    assert np.isnan(track.freqs_hz).all()
    assert not acoustics.visible(track).any()
    assert np.isnan(acoustics.pitch(path).f0_hz).all()


def test_what_cannot_be_done_is_a_sentence(tmp_path: Path) -> None:
    short = tmp_path / "short.wav"
    sf.write(short, np.full(400, 0.1), RATE)
    for analysis in (acoustics.formants, acoustics.pitch, acoustics.intensity):
        with pytest.raises(AnalysisError, match=r"short\.wav.*shorter than"):
            analysis(short)
    with pytest.raises(AudioError, match="no such file"):
        acoustics.formants(tmp_path / "none.wav")
    second = tmp_path / "second.wav"
    sf.write(second, np.random.default_rng(0).normal(0, 0.1, 8000), 8000)
    with pytest.raises(AnalysisError, match="too high"):
        acoustics.pitch(second, PitchSettings(floor_hz=2000, ceiling_hz=3000))
    with pytest.raises(AnalysisError, match="too few"):
        acoustics.formants(second, FormantSettings(ceiling_hz=1000, window_s=0.003, max_formants=9))
    with pytest.raises(AnalysisError, match="ceiling"):
        FormantSettings(ceiling_hz=0)
    with pytest.raises(AnalysisError, match="below the ceiling"):
        PitchSettings(floor_hz=300, ceiling_hz=200)


def test_a_changed_file_is_analysed_anew(tmp_path: Path) -> None:
    path = tmp_path / "vowel.wav"
    sf.write(path, 0.3 * klatt((750, 1250, 2550, 3500, 4500), 0.3, 110), 44100)
    before = acoustics.pitch(path).f0_hz
    sf.write(path, 0.3 * klatt((750, 1250, 2550, 3500, 4500), 0.3, 210), 44100)
    os.utime(path, ns=(1, 2))
    assert np.nanmedian(acoustics.pitch(path).f0_hz) > 1.5 * np.nanmedian(before)


def test_it_works_in_another_process(recording: Path, whole: acoustics.FormantTrack) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        part = pool.submit(acoustics.formants, recording, None, 10.0, 10.2).result(timeout=60)
    at = int(np.searchsorted(whole.times_s, part.times_s[0] - 1e-9))
    np.testing.assert_allclose(
        part.freqs_hz, whole.freqs_hz[at : at + len(part.times_s)], atol=1e-5
    )
    assert pickle.loads(pickle.dumps(part)).settings == part.settings


def test_settings_are_imported_without_praat() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, vowelscope.core.acoustics as a; "
            "assert not {'parselmouth', 'librosa'} & set(sys.modules); print(a.praat_version())",
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == parselmouth.PRAAT_VERSION, done.stderr
