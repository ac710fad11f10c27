"""The sample recording that comes with the program: a TextGrid that fits it, and its licence."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from vowelscope.core.audio import Recording
from vowelscope.core.phones import load_class_map
from vowelscope.core.textgrid import IntervalTier, TextGrid
from vowelscope.core.textgrid_io import read_textgrid
from vowelscope.core.validate import problems
from vowelscope.resources import resource


@pytest.fixture(scope="module")
def recording() -> Recording:
    return Recording(resource("sample", "sample.wav"))


@pytest.fixture(scope="module")
def textgrid() -> TextGrid:
    return read_textgrid(resource("sample", "sample.TextGrid")).textgrid


def _tier(textgrid: TextGrid, name: str) -> IntervalTier:
    index = textgrid.tier_index(name)
    assert index is not None
    tier = textgrid.tiers[index]
    assert isinstance(tier, IntervalTier)
    return tier


def test_the_recording_is_one_channel_of_speech_at_16_khz(recording: Recording) -> None:
    assert (recording.rate_hz, recording.n_channels) == (16000, 1)
    samples = recording.read(0.0, recording.duration_s)
    assert len(samples) == recording.n_frames
    assert 0.1 < np.abs(samples).max() < 1.0


def test_the_textgrid_lasts_as_long_as_the_recording(
    recording: Recording, textgrid: TextGrid
) -> None:
    assert [tier.name for tier in textgrid.tiers] == ["words", "phones"]
    for part in (textgrid, *textgrid.tiers):
        assert part.tmin_s == 0.0
        assert part.tmax_s == pytest.approx(recording.duration_s, abs=1e-9)


def test_the_textgrid_is_sound(textgrid: TextGrid) -> None:
    assert problems(textgrid) == []


@pytest.mark.parametrize("name", ["words", "phones"])
def test_a_tier_tiles_the_recording(textgrid: TextGrid, name: str) -> None:
    tier = _tier(textgrid, name)
    assert tier.intervals[0].tmin_s == tier.tmin_s
    assert tier.intervals[-1].tmax_s == tier.tmax_s
    assert all(left.tmax_s == right.tmin_s for left, right in pairwise(tier.intervals))
    assert min(interval.duration_s for interval in tier.intervals) > 0.015


def test_boundaries_of_words_are_boundaries_of_phones(textgrid: TextGrid) -> None:
    words, phones = _tier(textgrid, "words"), _tier(textgrid, "phones")
    assert set(words.boundaries_s()) <= set(phones.boundaries_s())
    for phone in phones.intervals:
        index = words.index_at(phone.midpoint_s)
        assert index is not None
        assert bool(words.intervals[index].text) == bool(phone.text)


def test_all_five_vowels_are_there(textgrid: TextGrid) -> None:
    classes = load_class_map("vowels5")
    found = Counter(classes.class_of(phone.text) for phone in _tier(textgrid, "phones").intervals)
    assert [found[name] for name in ("i", "æ", "ɝ", "ɑ", "u")] == [6, 1, 4, 1, 9]


def test_vowels_begin_and_end_where_the_recording_is_loud(
    recording: Recording, textgrid: TextGrid
) -> None:
    def level_db(start_s: float, stop_s: float) -> float:
        samples = recording.read(start_s, stop_s)
        return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))

    classes = load_class_map("vowels5")
    phones = _tier(textgrid, "phones").intervals
    pauses = [p for p in phones if not p.text and p.duration_s > 0.05]
    vowels = [p for p in phones if classes.class_of(p.text)]
    loudest_pause_db = max(level_db(p.tmin_s + 0.02, p.tmax_s - 0.02) for p in pauses)
    quietest_vowel_db = min(level_db(p.tmin_s, p.tmax_s) for p in vowels)
    assert quietest_vowel_db > loudest_pause_db + 5


def test_the_readme_names_speaker_licence_and_changes() -> None:
    text = resource("sample", "README.md").read_text(encoding="utf-8")
    for needed in (
        "Allison Smith",
        "asterisk-core-sounds-en",
        "CC BY-SA 3.0",
        "https://creativecommons.org/licenses/by-sa/3.0/",
        "## Changes",
    ):
        assert needed in text
    licence = resource("sample", "LICENSE").read_text(encoding="utf-8")
    assert "https://creativecommons.org/licenses/by-sa/3.0/" in licence
