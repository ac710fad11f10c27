"""The feature road: what is heard at a frequency and a time lands on that row and column."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soxr

from vowelscope.core.audio import Recording
from vowelscope.core.errors import FeatureError
from vowelscope.core.features import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    FeatureSpec,
    ModelInput,
    gaussian_window,
    normalise,
    token_input,
)

RATES_HZ = (16000, 22050, 44100, 48000)
FILLED = [
    (f_max_hz, rate_hz)
    for f_max_hz in (11025.0, 8000.0, 4000.0)
    for rate_hz in RATES_HZ
    if rate_hz >= 2 * f_max_hz
]


@dataclass
class Sound:
    """Samples in memory, read as a Recording is."""

    samples: np.ndarray
    rate_hz: int

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate_hz

    def read(self, start_s: float, stop_s: float, channel: int | None = None) -> np.ndarray:
        start, stop = round(start_s * self.rate_hz), round(stop_s * self.rate_hz)
        return self.samples[max(start, 0) : max(stop, 0)].astype(np.float32)


def _sound(wave: Callable[[np.ndarray], np.ndarray], rate_hz: int, seconds: float = 1.0) -> Sound:
    return Sound(wave(np.arange(round(seconds * rate_hz)) / rate_hz), rate_hz)


def _tone(freq_hz: float, rate_hz: int, peak: float = 0.5) -> Sound:
    return _sound(lambda t: peak * np.sin(2 * np.pi * freq_hz * t), rate_hz)


def _click(time_s: float, rate_hz: int, seconds: float = 1.0) -> Sound:
    samples = np.zeros(round(seconds * rate_hz))
    samples[round(time_s * rate_hz)] = 0.9
    return Sound(samples, rate_hz)


def _vowel(rate_hz: int) -> Sound:
    """Harmonics of 120 Hz under three formant-like peaks, swelling and fading."""

    def wave(t: np.ndarray) -> np.ndarray:
        out = np.zeros_like(t)
        for harmonic in range(1, 32):
            freq_hz = 120 * harmonic
            gain = sum(1 / (1 + ((freq_hz - f) / 90) ** 2) for f in (500, 1500, 2500))
            out += gain * np.sin(2 * np.pi * freq_hz * t + harmonic)
        return 0.05 * out * np.sin(np.pi * t / t[-1]) ** 2

    return _sound(wave, rate_hz)


@pytest.mark.parametrize(("f_max_hz", "rate_hz"), FILLED)
@pytest.mark.parametrize("share", [0.06, 0.31, 0.5, 0.77, 0.95])
def test_a_pure_tone_lights_its_own_row(f_max_hz, rate_hz, share):
    freq_hz = share * f_max_hz
    spec = FeatureSpec(f_max_hz=f_max_hz, pre_emphasis_db_per_octave=0.0)
    seen = token_input(_tone(freq_hz, rate_hz), 0.45, 0.55, spec)
    profile_db = seen.db.mean(axis=1)
    row = int(np.argmax(profile_db))
    low_hz, high_hz = seen.freq_edges_hz[row : row + 2]
    height_hz = high_hz - low_hz
    assert low_hz - 0.5 * height_hz <= freq_hz <= high_hz + 0.5 * height_hz
    # Some of the window's bandwidths away there is nothing left of it.
    centres_hz = 0.5 * (seen.freq_edges_hz[1:] + seen.freq_edges_hz[:-1])
    far = np.abs(centres_hz - freq_hz) > 6 / spec.window_s
    assert np.all(profile_db[far] < profile_db.max() - 50)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("f_max_hz", [8000.0, 4000.0])
@pytest.mark.parametrize("time_rule", ["fixed", "stretch"])
@pytest.mark.parametrize("place", [0.1, 0.52, 0.87])
def test_a_click_lights_its_own_column(f_max_hz, rate_hz, time_rule, place):
    spec = FeatureSpec(f_max_hz=f_max_hz, time_rule=time_rule)
    tmin_s, tmax_s = 0.41, 0.55
    edges_s = spec.time_edges_s(tmin_s, tmax_s)
    time_s = edges_s[0] + place * (edges_s[-1] - edges_s[0])
    if not tmin_s <= time_s < tmax_s:
        spec = FeatureSpec(f_max_hz=f_max_hz, time_rule=time_rule, reference="full_scale")
    seen = token_input(_click(time_s, rate_hz), tmin_s, tmax_s, spec)
    row = spec.rows // 3
    column = int(np.argmax(seen.db[row]))
    width_s = edges_s[1] - edges_s[0]
    assert abs(0.5 * (edges_s[column] + edges_s[column + 1]) - time_s) <= width_s


def test_edges_are_hz_and_seconds_of_the_recording():
    spec = FeatureSpec(f_max_hz=8000.0, column_s=0.001)
    seen = token_input(_tone(1000, 16000), 0.4, 0.5, spec)
    assert seen.db.shape == (spec.rows, spec.columns)
    np.testing.assert_allclose(seen.freq_edges_hz[[0, -1]], [0, 8000])
    np.testing.assert_allclose(np.diff(seen.freq_edges_hz), 8000 / 224)
    np.testing.assert_allclose(seen.time_edges_s[[0, -1]], [0.45 - 0.112, 0.45 + 0.112])
    stretched = FeatureSpec(time_rule="stretch").time_edges_s(0.4, 0.5)
    np.testing.assert_allclose(stretched[[0, -1]], [0.4, 0.5])


def test_fixed_columns_do_not_depend_on_the_tokens_length():
    spec = FeatureSpec(reference="full_scale")
    sound = _vowel(16000)
    short = token_input(sound, 0.48, 0.52, spec)
    long = token_input(sound, 0.40, 0.60, spec)
    np.testing.assert_allclose(short.db, long.db, atol=1e-4)


@pytest.mark.parametrize("gain", [0.1, 0.3, 4.0])
def test_level_drops_out_under_the_tokens_own_reference(gain):
    sound = _vowel(16000)
    louder = Sound(sound.samples * gain, sound.rate_hz)
    spec = FeatureSpec(reference="token", db_min=-60)
    plain, scaled = (token_input(s, 0.45, 0.55, spec).db for s in (sound, louder))
    np.testing.assert_allclose(scaled, plain, atol=1e-2)


def test_level_stays_under_full_scale():
    sound = _vowel(16000)
    spec = FeatureSpec(reference="full_scale", db_min=-100, db_max=20)
    plain = token_input(sound, 0.45, 0.55, spec).db
    softer = token_input(Sound(sound.samples * 0.1, 16000), 0.45, 0.55, spec).db
    held = softer > spec.db_min + 1
    np.testing.assert_allclose((plain - softer)[held], 20, atol=1e-2)


def test_a_full_scale_sine_reads_zero_db():
    spec = FeatureSpec(
        reference="full_scale", pre_emphasis_db_per_octave=0, rows=160, f_max_hz=8000, db_max=10
    )
    # 1,025 Hz is the centre of a row: no share is lost between rows.
    seen = token_input(_tone(1025, 16000, peak=1.0), 0.45, 0.55, spec)
    assert seen.db.max() == pytest.approx(0, abs=0.2)


def test_the_tokens_maximum_is_zero_db_and_lies_inside_it():
    sound = _vowel(16000)
    sound.samples[: round(0.41 * 16000)] *= 4  # 12 dB louder before the token, in the window
    spec = FeatureSpec(reference="token", db_max=60, db_min=-70)
    seen = token_input(sound, 0.43, 0.52, spec)
    centres_s = 0.5 * (seen.time_edges_s[1:] + seen.time_edges_s[:-1])
    inside = (centres_s >= 0.43) & (centres_s < 0.52)
    assert seen.db[:, inside].max() == pytest.approx(0, abs=1e-4)
    assert seen.db[:, ~inside].max() == pytest.approx(12, abs=3)


def test_pre_emphasis_lifts_by_octaves():
    def level_db(freq_hz: float, emphasis: float) -> float:
        spec = FeatureSpec(
            reference="full_scale",
            pre_emphasis_db_per_octave=emphasis,
            db_min=-100,
            db_max=40,
        )
        return float(token_input(_tone(freq_hz, 16000), 0.45, 0.55, spec).db.max())

    assert level_db(4000, 6) - level_db(4000, 0) == pytest.approx(12, abs=0.2)
    assert level_db(500, 6) - level_db(500, 0) == pytest.approx(-6, abs=0.5)


def test_a_masked_context_shows_the_token_alone():
    sound = _vowel(16000)
    keep = token_input(sound, 0.46, 0.54, FeatureSpec(context="keep"))
    mask = token_input(sound, 0.46, 0.54, FeatureSpec(context="mask"))
    centres_s = 0.5 * (keep.time_edges_s[1:] + keep.time_edges_s[:-1])
    inside = (centres_s >= 0.46) & (centres_s < 0.54)
    assert inside.sum() == 80
    np.testing.assert_array_equal(mask.db[:, inside], keep.db[:, inside])
    assert np.all(mask.db[:, ~inside] == mask.spec.db_min)
    assert keep.db[:, ~inside].max() > keep.spec.db_min + 20


def test_a_recording_that_cannot_fill_the_range_is_refused():
    with pytest.raises(FeatureError, match=r"16000 Hz.*above 8000 Hz.*0-11025 Hz"):
        token_input(_tone(1000, 16000), 0.4, 0.5, FeatureSpec(f_max_hz=11025.0))


def test_or_explained_with_a_warning_and_an_empty_band():
    spec = FeatureSpec(f_max_hz=11025.0)
    seen = token_input(_vowel(16000), 0.4, 0.5, spec, allow_unfilled=True)
    assert len(seen.warnings) == 1
    assert "8000 Hz" in seen.warnings[0]
    empty = seen.freq_edges_hz[:-1] > 8300
    assert np.all(seen.db[empty] <= spec.db_min + 1)
    assert token_input(_vowel(22050), 0.4, 0.5, spec).warnings == ()


@pytest.mark.parametrize("extra", [1, 7, 16])
def test_extra_columns_hold_the_plain_window(extra):
    spec = FeatureSpec()
    sound = _vowel(22050)
    plain = token_input(sound, 0.45, 0.53, spec)
    wide = token_input(sound, 0.45, 0.53, spec, extra_columns=extra)
    assert wide.db.shape == (spec.rows, spec.columns + 2 * extra)
    np.testing.assert_allclose(wide.time_edges_s[extra:-extra], plain.time_edges_s, atol=1e-12)
    difference = np.abs(wide.db[:, extra:-extra] - plain.db)
    # A spectrum stands at the nearest sample of the resampled cut, and the two are cut elsewhere:
    # they may differ by half a sample, 31 microseconds.
    heard = plain.db > spec.db_min + 30
    assert np.percentile(difference[heard], 99) < 1.0
    assert difference[heard].mean() < 0.3


def test_extra_columns_need_the_fixed_rule():
    with pytest.raises(FeatureError, match="fixed"):
        token_input(_vowel(16000), 0.4, 0.5, FeatureSpec(time_rule="stretch"), extra_columns=3)


@pytest.mark.parametrize("f_max_hz", [8000.0, 4000.0])
def test_the_sampling_rate_leaves_no_mark(f_max_hz):
    """One vowel recorded at 16,000 Hz and at 48,000 Hz gives nearly the same picture."""
    spec = FeatureSpec(f_max_hz=f_max_hz)
    native = _vowel(16000)
    dense = Sound(soxr.resample(native.samples, 16000, 48000, quality="VHQ"), 48000)
    first, second = (token_input(s, 0.45, 0.55, spec).db for s in (native, dense))
    # The filters' edge lies in the top rows.
    below = slice(0, round(0.95 * spec.rows))
    heard = first[below] > spec.db_min + 20
    difference = np.abs(first[below] - second[below])
    assert np.percentile(difference[heard], 99) < 1.0
    assert difference[heard].mean() < 0.2


@pytest.mark.parametrize(("tmin_s", "tmax_s"), [(0.0, 0.06), (0.94, 1.0), (-0.02, 0.05)])
def test_beyond_the_file_there_is_silence(tmin_s, tmax_s):
    spec = FeatureSpec(pre_emphasis_db_per_octave=0)
    sound = _tone(1000, 16000)
    seen = token_input(sound, tmin_s, tmax_s, spec)
    centres_s = 0.5 * (seen.time_edges_s[1:] + seen.time_edges_s[:-1])
    outside = (centres_s < -2 * spec.window_s) | (centres_s > 1 + 2 * spec.window_s)
    assert outside.any()
    assert np.all(seen.db[:, outside] == spec.db_min)
    well_inside = (centres_s > 2 * spec.window_s) & (centres_s < 1 - 2 * spec.window_s)
    row = int(1000 / 8000 * spec.rows)
    assert np.all(seen.db[row, well_inside] > -6)


def test_digital_silence_is_a_number():
    seen = token_input(Sound(np.zeros(16000), 16000), 0.4, 0.5, FeatureSpec())
    assert np.all(np.isfinite(seen.image()))


@pytest.mark.parametrize(
    ("tmin_s", "tmax_s", "words"),
    [(0.5, 0.5, "no length"), (0.6, 0.5, "no length"), (1.2, 1.3, "outside"), (-2, -1, "outside")],
)
def test_an_interval_that_is_none_is_refused(tmin_s, tmax_s, words):
    with pytest.raises(FeatureError, match=words):
        token_input(_tone(1000, 16000), tmin_s, tmax_s, FeatureSpec())


def test_the_image_is_normalised_as_imagenet_was():
    spec = FeatureSpec(db_min=-70.0, db_max=5.0)
    db = np.array([[-90.0, -70.0, -32.5, 5.0, 20.0]], dtype=np.float32)
    image = normalise(db, spec)
    assert image.shape == (3, 1, 5)
    assert image.dtype == np.float32
    unit = np.array([0, 0, 0.5, 1, 1])
    for channel, mean, std in zip(image, IMAGENET_MEAN, IMAGENET_STD, strict=True):
        np.testing.assert_allclose(channel[0], (unit - mean) / std, rtol=1e-6)


def test_normalise_takes_a_batch():
    spec = FeatureSpec()
    db = np.random.default_rng(2).uniform(-80, 10, (4, 6, 5)).astype(np.float32)
    batch = normalise(db, spec)
    assert batch.shape == (4, 3, 6, 5)
    np.testing.assert_array_equal(batch[2], normalise(db[2], spec))


def test_the_image_of_an_input_is_its_db_normalised():
    seen = token_input(_vowel(16000), 0.4, 0.5, FeatureSpec())
    np.testing.assert_array_equal(seen.image(), normalise(seen.db, seen.spec))
    assert isinstance(seen, ModelInput)


def test_the_channel_is_the_one_asked_for(tmp_path: Path):
    import soundfile as sf

    times_s = np.arange(16000) / 16000
    both = np.stack([np.sin(2 * np.pi * f * times_s) for f in (1000, 3000)], axis=1)
    sf.write(tmp_path / "two.wav", 0.4 * both, 16000)
    spec = FeatureSpec(pre_emphasis_db_per_octave=0)
    with Recording(tmp_path / "two.wav") as recording:
        for channel, freq_hz in ((0, 1000), (1, 3000)):
            seen = token_input(recording, 0.4, 0.5, spec, channel=channel)
            row = int(np.argmax(seen.db.mean(axis=1)))
            assert seen.freq_edges_hz[row] - 36 <= freq_hz <= seen.freq_edges_hz[row + 1] + 36


def test_a_spec_comes_back_from_its_card():
    spec = FeatureSpec(f_max_hz=4000, rows=112, time_rule="stretch", reference="full_scale")
    assert FeatureSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"f_maximum": 8000}, "unknown feature parameter f_maximum"),
        ({"f_max_hz": "high"}, "wrong type"),
        ({"f_max_hz": 10}, "f_max_hz"),
        ({"rows": 4}, "8 x 8"),
        ({"window_s": 5}, "window_s"),
        ({"db_min": 10, "db_max": 0}, "below"),
        ({"reference": "loudest"}, "reference"),
        ({"time_rule": "warp"}, "time_rule"),
        ({"context": "some"}, "context"),
        ({"column_s": 0}, "column_s"),
    ],
)
def test_a_wrong_card_is_a_sentence(values, words):
    with pytest.raises(FeatureError, match=words):
        FeatureSpec.from_dict(values)


def test_the_gaussian_window_is_praats():
    """Its shape: 1 in the middle, e^-3 at half of its physical half-length, 0 at the ends."""
    window = gaussian_window(4001)
    assert window[2000] == pytest.approx(1)
    assert window[1000] == pytest.approx(np.exp(-3), rel=1e-2)
    assert window[[0, -1]] == pytest.approx([0, 0], abs=1e-6)
    np.testing.assert_allclose(window, window[::-1])
