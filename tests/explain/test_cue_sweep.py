from __future__ import annotations

import numpy as np
import pytest

from vowelscope.core.acoustics_settings import FormantSettings, PitchSettings
from vowelscope.core.audio import Recording
from vowelscope.core.errors import AnalysisError, ConfigError
from vowelscope.core.one_cue import piece_of
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.cue_sweep import (
    CueSweep,
    Step,
    amounts_between,
    ask,
    cue_table,
    resynthesise,
    softmax,
)

SPAN = (0.465, 0.567)


@pytest.fixture(scope="module")
def engine(tiny):
    return CamExplainer(tiny)


def test_the_original_is_what_the_recording_gives(engine, speech):
    with Recording(speech.wav) as recording:
        explanation = engine.explain(recording, *SPAN)
        piece = piece_of(recording, *SPAN, 0.2)
    steps = resynthesise(
        piece, "F2", amounts_between(-200, 200, 5), FormantSettings(), PitchSettings()
    )
    passes = []
    sweep = ask(engine, piece, "F2", steps, lambda *x: passes.append(x))
    assert sweep.original == pytest.approx(explanation.logits, abs=0.05)
    assert sweep.logits.shape == (len(sweep.steps), 5) and passes[-1] == (6, 6)
    assert sweep.amounts.tolist() == [-200, -100, 0, 100, 200]
    f2 = np.array([step.formants_hz[1] for step in sweep.steps])
    assert np.diff(f2) == pytest.approx([100] * 4, abs=60)
    assert sweep.probabilities.sum(axis=1) == pytest.approx(1)
    rows = cue_table(sweep)
    assert rows[2]["amount"] == 0 and rows[0]["unit"] == "Hz" and "p ɝ" in rows[0]
    at = sweep.classes.index(str(rows[1]["predicted"]))
    assert sweep.logits[1].argmax() == at


def test_without_a_change_level_is_the_original(engine, speech):
    with Recording(speech.wav) as recording:
        piece = piece_of(recording, *SPAN, 0.2)
    steps = resynthesise(piece, "level", [0.0], FormantSettings(), PitchSettings())
    sweep = ask(engine, piece, "level", steps)
    assert sweep.logits[0] == pytest.approx(sweep.original, abs=1e-6)


def test_switches_lie_where_the_logits_cross():
    steps = tuple(Step(float(at), None, np.full(4, np.nan)) for at in (-100, 0, 100, 200))
    logits = np.array([[3.0, 0, 0], [1.0, 0, 0], [0.0, 3.0, 0], [0, 4.0, 0]])
    sweep = CueSweep("F1", ("i", "u", "ɑ"), steps, (), logits, logits[1])
    ((amount, before, after),) = sweep.switches()
    assert (before, after) == ("i", "u")
    assert amount == pytest.approx(25)
    assert softmax(logits).argmax(axis=1).tolist() == [0, 0, 1, 1]


def test_amounts():
    assert amounts_between(-1, 1, 5).tolist() == [-1, -0.5, 0, 0.5, 1]
    assert 0.0 in amounts_between(-100, 250, 6)
    for low, high, steps, words in ((0, 1, 1, "steps"), (1, -1, 5, "larger"), (0, 1, 999, "steps")):
        with pytest.raises(ConfigError, match=words):
            amounts_between(low, high, steps)


def test_a_step_that_cannot_be_made_is_left_out(engine, speech):
    with Recording(speech.wav) as recording:
        piece = piece_of(recording, *SPAN, 0.2)
    steps = resynthesise(piece, "F1", [-900.0, 0.0], FormantSettings(), PitchSettings())
    sweep = ask(engine, piece, "F1", steps)
    assert len(sweep.steps) == len(sweep.left_out) == 1
    assert "F1 cannot be moved by -900 Hz" in sweep.left_out[0].why_not
    with pytest.raises(AnalysisError, match="cannot be moved"):
        ask(engine, piece, "F1", steps[:1])
