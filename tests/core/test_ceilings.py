"""Automatic ceilings: vowels of known formants are the judge, and nothing depends on the view."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from vowelscope.core.acoustics import FormantSettings, formants
from vowelscope.core.ceilings import (
    MISSING_BARK,
    Candidates,
    CeilingSettings,
    best_of,
    best_of_file,
    candidates,
    file_candidates,
    roughness_bark,
)
from vowelscope.core.errors import AnalysisError
from vowelscope_training.known_vowels import RATE_HZ, VOICES, KnownVowels, known_vowels

SOME = ("i", "ɑ", "u", "ɑi")


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, KnownVowels]]:
    folder = tmp_path_factory.mktemp("ceilings")
    made = {}
    for voice in VOICES:
        vowels = known_vowels(voice, 3, SOME)
        path = folder / f"{voice}.wav"
        sf.write(path, vowels.samples, RATE_HZ, subtype="PCM_16")
        made[voice] = (path, vowels)
    return made


@pytest.fixture(scope="module")
def found(spoken: dict[str, tuple[Path, KnownVowels]]) -> dict[str, list[Candidates]]:
    return {
        voice: [candidates(path, start, stop) for _, start, stop in vowels.tokens]
        for voice, (path, vowels) in spoken.items()
    }


def _off_hz(vowels: KnownVowels, one: Candidates, index: int) -> np.ndarray:
    """Distance of F1-F3 from the truth, (frames, 3)."""
    item = one.items[index]
    return np.abs(item.freqs_hz[:, :3] - vowels.truth_hz(item.times_s)[:, :3])


@pytest.mark.parametrize("voice", VOICES)
def test_the_winner_is_near_the_truth_where_a_wrong_ceiling_is_not(
    voice: str,
    spoken: dict[str, tuple[Path, KnownVowels]],
    found: dict[str, list[Candidates]],
) -> None:
    _, vowels = spoken[voice]
    winners = np.concatenate([_off_hz(vowels, one, one.best) for one in found[voice]])
    wrong = 0 if voice in ("child", "girl", "woman") else -1
    others = np.concatenate([_off_hz(vowels, one, wrong) for one in found[voice]])
    limits_hz = {"child": (60, 60, 70), "girl": (50, 50, 60)}.get(voice, (35, 35, 45))
    assert (np.median(winners, axis=0) < limits_hz).all()
    assert (winners[:, 1:] > 400).mean() < 0.05
    # The opposite end of the range fails the same bounds.
    assert (np.median(others, axis=0) > limits_hz).any()


def test_short_tracts_get_high_ceilings(found: dict[str, list[Candidates]]) -> None:
    ceilings = [
        float(np.median([one.winner.ceiling_hz for one in found[voice]])) for voice in VOICES
    ]
    assert ceilings[0] >= 6400
    assert ceilings[-1] <= 5400
    assert ceilings[0] > ceilings[2] > ceilings[4]


def test_one_ceiling_for_a_file(
    spoken: dict[str, tuple[Path, KnownVowels]], found: dict[str, list[Candidates]]
) -> None:
    path, vowels = spoken["tall man"]
    together = file_candidates(path, [(a, b) for _, a, b in vowels.tokens])
    assert {one.best for one in together} == {best_of_file(found["tall man"])}
    off_hz = np.concatenate([_off_hz(vowels, one, one.best) for one in together])
    assert (np.median(off_hz, axis=0) < (35, 35, 45)).all()
    assert file_candidates(path, []) == []


def test_frames_are_those_of_the_whole_sound_and_runs_are_equal(
    spoken: dict[str, tuple[Path, KnownVowels]], found: dict[str, list[Candidates]]
) -> None:
    path, vowels = spoken["woman"]
    _, start_s, stop_s = vowels.tokens[0]
    item = found["woman"][0].winner
    whole = formants(path, FormantSettings(ceiling_hz=item.ceiling_hz), start_s, stop_s)
    np.testing.assert_allclose(item.times_s, whole.times_s, atol=1e-9)
    assert np.nanmedian(np.abs(item.freqs_hz - whole.freqs_hz)) < 0.5
    again = candidates(path, start_s, stop_s)
    assert again.best == found["woman"][0].best
    for one, other in zip(again.items, found["woman"][0].items, strict=True):
        assert one.error_bark == other.error_bark
        np.testing.assert_array_equal(one.freqs_hz, other.freqs_hz)
    assert pickle.loads(pickle.dumps(again)).winner.ceiling_hz == item.ceiling_hz


def test_tokens_at_the_edges_and_of_no_length_are_answered(
    spoken: dict[str, tuple[Path, KnownVowels]],
) -> None:
    path, _ = spoken["man"]
    for start_s, stop_s in ((0.0, 0.01), (0.3, 0.3), (0.3, 0.302)):
        found = candidates(path, start_s, stop_s)
        assert len(found.items) == 21
        assert all(len(item.times_s) == len(item.freqs_hz) for item in found.items)


def test_silence_has_no_winner_but_the_middle(tmp_path: Path) -> None:
    sf.write(tmp_path / "silence.wav", np.zeros(16000), 16000)
    found = candidates(tmp_path / "silence.wav", 0.3, 0.6)
    assert found.winner.error_bark == pytest.approx(MISSING_BARK)
    assert found.winner.ceiling_hz == 5500


def test_roughness_is_in_bark() -> None:
    count = 30
    share = (np.arange(count) + 0.5) / count
    smooth = np.array([500.0, 1500, 2500, 3500]) * (1 + 0.2 * np.cos(np.pi * share))[:, None]
    assert roughness_bark(smooth) < 0.01
    jumping = smooth.copy()
    jumping[::2, 1] = 2000
    assert roughness_bark(jumping) > 0.3
    lacking = smooth.copy()
    lacking[10:20, 2] = np.nan
    # A third of one formant of four, each frame 1 Bark off.
    assert roughness_bark(lacking) == pytest.approx((1 / 12) ** 0.5, abs=0.01)
    shifted = smooth.copy()
    shifted[:, 0] = 1500
    assert roughness_bark(shifted) == pytest.approx(0.5, abs=0.01)
    assert roughness_bark(np.empty((0, 5))) == MISSING_BARK
    assert roughness_bark(smooth[:, :3]) == pytest.approx(0.5, abs=0.01)


def test_equals_go_to_the_middle() -> None:
    assert best_of([1.0, 1.0, 1.0, 1.0, 1.0]) == 2
    assert best_of([1.0, 0.5, 1.0, 1.0, 0.5]) == 1


def test_ceilings_of_formant_path_and_of_the_range() -> None:
    path = CeilingSettings.formant_path(5500).ceilings_hz
    np.testing.assert_allclose(path, 5500 * np.exp(0.05 * np.arange(-4, 5)))
    assert CeilingSettings().ceilings_hz[:2] == (4000.0, 4150.0)


@pytest.mark.parametrize(
    "settings",
    [{"lowest_hz": 7000, "highest_hz": 4000}, {"count": 0}, {"coefficients": 0}],
    ids=str,
)
def test_ceilings_that_cannot_be_are_a_sentence(settings: dict[str, float]) -> None:
    with pytest.raises(AnalysisError, match="must"):
        CeilingSettings(**settings)  # type: ignore[arg-type]
