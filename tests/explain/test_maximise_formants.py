"""Peaks against formants: met, by chance, not resolvable, and the verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vowelscope.core.features import FeatureSpec
from vowelscope.explain.class_formants import ClassFormants, measured_formants, table_formants
from vowelscope.explain.maximise_formants import (
    ask_formants,
    peak_finding,
    resolution_of,
    smooth_spectrum,
)
from vowelscope.explain.maximise_settings import MaximiseSettings
from vowelscope.explain.maximise_starts import Labelled, Start
from vowelscope.explain.maximised import Maximised

SPEC = FeatureSpec()
HZ = 0.5 * (SPEC.freq_edges_hz[1:] + SPEC.freq_edges_hz[:-1])


def around(means_hz, sd_hz=80.0):
    return ClassFormants(
        tuple(means_hz),
        tuple(x - sd_hz for x in means_hz),
        tuple(x + sd_hz for x in means_hz),
        "made up",
    )


VOWEL = around((300.0, 2500.0, 3200.0))


def bumps(*peaks_hz, height_db=20.0, width_hz=200.0):
    return sum(height_db * np.exp(-0.5 * ((HZ - at) / width_hz) ** 2) for at in peaks_hz)


def found_with(change, start_db=None):
    start_db = (
        np.full((SPEC.rows, SPEC.columns), -50.0, np.float32) if start_db is None else start_db
    )
    start = Start("mean", "flat", start_db, SPEC, SPEC.time_edges_s(-0.05, 0.05), -0.05, 0.05)
    image = (start_db + change[:, None]).astype(np.float32)
    logits = np.zeros((1, 2))
    return Maximised(
        "i",
        None,
        ("i", "u"),
        start,
        MaximiseSettings(),
        image[None],
        np.zeros((1, 1)),
        np.zeros(2),
        logits,
        "m",
        "0" * 64,
    )


def test_peaks_are_found_where_they_are():
    finding = peak_finding(bumps(300, 2500, 3200) - 60, SPEC, VOWEL, resolution_of(SPEC))
    assert finding.peaks_hz == pytest.approx([300, 2500, 3200], abs=15)
    assert [one.met for one in finding.met] == [True] * 3 and finding.hits == 3
    assert finding.place < 0.05 and finding.chance < 1
    away = peak_finding(bumps(900, 1700, 5000), SPEC, VOWEL, resolution_of(SPEC))
    assert away.hits == 0 and away.place == 1.0
    flat = peak_finding(np.zeros(SPEC.rows), SPEC, VOWEL, resolution_of(SPEC))
    assert len(flat.peaks_hz) == 0 and np.isnan(flat.met[0].peak_hz) and flat.hits == 0


def test_one_peak_meets_one_formant():
    wide = ClassFormants((300, 2500, 3000), (250, 2200, 2700), (350, 2900, 3300), "made up")
    one = peak_finding(bumps(300, 2800), SPEC, wide, resolution_of(SPEC))
    assert one.hits == 2 and [met.met for met in one.met] == [True, True, False]
    two = peak_finding(bumps(300, 2400, 2850, width_hz=100), SPEC, wide, resolution_of(SPEC))
    assert two.hits == 3
    assert [met.peak_hz for met in two.met] == pytest.approx([300, 2400, 2850], abs=40)


def test_the_harmonics_of_a_voice_are_no_peaks():
    harmonics = 8 * np.cos(2 * np.pi * HZ / 210.0)
    finding = peak_finding(harmonics + bumps(2500), SPEC, VOWEL, resolution_of(SPEC))
    assert finding.peaks_hz == pytest.approx([2500], abs=30)
    assert np.abs(smooth_spectrum(harmonics, SPEC)[20:-20]).max() < 1


def test_many_peaks_meet_formants_by_chance():
    combed = bumps(*range(300, 8000, 600), width_hz=120)
    finding = peak_finding(combed, SPEC, around((300.0, 2700.0, 3300.0)), resolution_of(SPEC))
    assert finding.hits == 3 and finding.chance > 1 and finding.place > 0.05


def test_formants_nearer_than_two_peaks_can_be_are_not_resolvable():
    assert resolution_of(SPEC) == 300.0
    assert resolution_of(replace(SPEC, window_s=0.003)) == pytest.approx(1.3 / 0.003)
    close = around((700.0, 950.0, 2600.0))
    finding = peak_finding(bumps(820, 2600), SPEC, close, resolution_of(SPEC))
    assert [one.resolvable for one in finding.met] == [False, False, True]
    assert "F2 is 250 Hz away" in finding.met[0].why_not
    assert (finding.asked, finding.hits) == (1, 1)
    low = replace(SPEC, f_max_hz=3200.0)
    hz = peak_finding(np.zeros(SPEC.rows), low, VOWEL, resolution_of(low))
    assert "top of the model's range" in hz.met[2].why_not


def test_the_verdict_rests_on_what_was_added_and_on_the_control():
    at_formants, elsewhere = bumps(300, 2500, 3200), bumps(1000, 4800)
    result, other = found_with(at_formants), found_with(elsewhere)
    assert ask_formants(result, VOWEL).verdict == "no verdict", "the control was not run"
    answer = ask_formants(result, VOWEL, other)
    assert answer.verdict == "holds" and answer.control is not None
    assert (answer.added.hits, answer.control.hits, answer.start.hits) == (3, 0, 0)
    said = " ".join(answer.sentences())
    assert "It holds" in said and "meets 3 of 3" in said
    assert ask_formants(result, VOWEL, result).verdict == "no verdict", "random weights do as well"
    # A start that has the formants already answers nothing about the network.
    start_db = np.repeat((at_formants - 60)[:, None], SPEC.columns, axis=1).astype(np.float32)
    kept = ask_formants(found_with(elsewhere, start_db), VOWEL, other)
    assert kept.verdict == "does not" and kept.result.hits == 3 == kept.start.hits
    one_peak = around((700.0, 800.0, 900.0))
    assert ask_formants(result, one_peak, other).verdict == "not resolvable"


def test_what_was_taken_away_has_no_peaks():
    taken = -30 + bumps(300, 2500, 3200, height_db=10.0)
    assert ask_formants(found_with(taken), VOWEL).added.hits == 0


def test_published_formants_run_from_men_to_women():
    i = table_formants("i")
    assert i is not None and i.low_hz == (270, 2290, 3010) and i.high_hz == (310, 2790, 3310)
    assert i.means_hz == (290, 2540, 3160)
    assert table_formants("voiced") is None


def test_measured_formants_are_those_of_the_tokens(speech):
    from vowelscope.core.measure_formants import FormantRoad, formants_of
    from vowelscope.core.textgrid_io import read_textgrid
    from vowelscope.core.tokens import tokens_of

    tier = read_textgrid(speech.textgrid).textgrid.tiers[1]
    tokens = [Labelled(one, "v") for one in tokens_of(speech.wav, tier) if "1" in one.label]
    assert len(tokens) >= 3
    found = measured_formants(tokens, "v", FormantRoad(), "speech.wav")
    values = np.array(
        [
            one.values_hz[0, :3]
            for one in formants_of(
                [one.token for one in tokens], np.array([0.5]), FormantRoad(), means=False
            )
        ]
    )
    values = values[np.isfinite(values).all(axis=1)]
    assert found is not None and found.means_hz == pytest.approx(values.mean(axis=0))
    assert found.high_hz == pytest.approx(values.mean(axis=0) + values.std(axis=0, ddof=1))
    assert f"{len(values)} tokens in speech.wav" in found.source
    assert measured_formants(tokens[:2], "v", FormantRoad(), "speech.wav") is None
