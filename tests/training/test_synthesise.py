from __future__ import annotations

import numpy as np

from vowelscope.core.audio import Recording
from vowelscope.core.textgrid_io import read_textgrid
from vowelscope_training.synthesise import sentences, word_list


def test_labels_stand_where_the_sound_is(spoken_folder):
    """Vowels are louder than the pauses, by their labels; the labels end with the sound."""
    paths = sorted(spoken_folder.rglob("*.wav"))
    assert len(paths) == 16
    for path in paths[::5]:
        tier = read_textgrid(path.with_suffix(".TextGrid")).textgrid.tiers[0]
        with Recording(path) as recording:
            assert abs(tier.tmax_s - recording.duration_s) < 0.03
            level = {"vowel": [], "pause": []}
            for interval in tier.intervals:
                kind = "vowel" if interval.text in {"IY", "AE", "ER", "AA", "UW"} else "pause"
                if kind == "vowel" or not interval.text:
                    samples = recording.read(interval.tmin_s, interval.tmax_s)
                    level[kind].append(float(np.sqrt(np.mean(samples**2))))
        assert np.median(level["vowel"]) > 5 * np.median(level["pause"])


def test_every_vowel_has_words_and_a_seed_gives_the_same_text():
    assert all(len(words) > 100 for words in word_list().values())
    assert sentences(3, 1) == sentences(3, 1) != sentences(3, 2)
