"""The whole question on a tiny model: picture, control, formants, sound, files."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
import soundfile as sf

from vowelscope.core.audio import Recording
from vowelscope.core.errors import ConfigError, UserError
from vowelscope.core.features import token_input
from vowelscope.core.tokens import Token
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.class_formants import table_formants
from vowelscope.explain.maximise_files import save_study
from vowelscope.explain.maximise_settings import MaximiseSettings
from vowelscope.explain.maximise_starts import start_at_floor, start_of_token
from vowelscope.explain.maximise_study import pieces_of, study

SHORT = MaximiseSettings(steps=5, restarts=2)


@pytest.fixture(scope="module")
def engine(tiny):
    return CamExplainer(tiny)


@pytest.fixture
def start(engine, speech):
    token = Token(speech.wav, "phones", 3, 0.465, 0.567, "IY1")
    with Recording(speech.wav) as recording:
        return start_of_token(engine.input_of(recording, token.tmin_s, token.tmax_s), token)


def test_picture_control_formants_and_sound(engine, start):
    told = []
    done = study(
        engine,
        start,
        "i",
        "u",
        SHORT,
        table_formants("i"),
        progress=lambda at, total: told.append((at, total)),
    )
    assert told[0] == (0, 10) and told[-1] == (10, 10)
    assert [at for at, _ in told] == sorted(at for at, _ in told)
    assert done.control is not None and done.answer is not None and done.answer.control is not None
    sound = done.sound
    assert sound is not None and done.start_sound is not None
    again = token_input(sound.piece, sound.piece.tmin_s, sound.piece.tmax_s, start.spec)
    assert np.array_equal(again.db, sound.db)
    r = np.corrcoef(done.found.image_db.ravel(), again.db.ravel())[0, 1]
    assert sound.correlation == pytest.approx(r)
    logits, _ = engine.runtime.run(again.image()[None])
    assert sound.logits == pytest.approx(logits[0], abs=1e-4)
    said = " ".join(done.sentences())
    for words in ("Not what a speaker says", "analysed again", "random weights", "the formants?"):
        assert words in said


def test_files(engine, start, tmp_path):
    done = study(engine, start, "i", None, SHORT, table_formants("i"), control=False)
    written = save_study(tmp_path / "out", done, "speech")
    assert [path.name for path in written] == [
        "maximised.svg",
        "maximised.png",
        "maximised.wav",
        "start.wav",
        "maximised.json",
    ]
    assert all(path.stat().st_size > 1000 for path in written)
    assert done.sound is not None
    samples, rate_hz = sf.read(tmp_path / "out" / "maximised.wav", dtype="float32")
    assert rate_hz == 16000 and np.array_equal(samples, done.sound.piece.samples)
    held = json.loads((tmp_path / "out" / "maximised.json").read_text("utf-8"))
    assert np.shape(held["image_db"]) == (64, 64) == np.shape(held["start_db"])
    assert np.array(held["image_db"]) == pytest.approx(done.found.image_db, abs=0.006)
    assert (len(held["freqs_hz"]), len(held["times_s"])) == (65, 65)
    assert held["formants"]["verdict"] == "no verdict" or held["formants"]["added"]["hits"] == 0
    assert held["control"] is None and held["settings"]["steps"] == 5
    assert held["settings"]["nearness"] == 2.0 and held["sentences"] == list(done.sentences())
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="the folder cannot be made"):
        save_study(tmp_path / "file" / "out", done)


def test_a_silent_picture_has_no_sound(engine):
    floor = start_at_floor(engine.model.card.features)
    assert pieces_of(floor, [floor.db]) == [None]


def test_without_torch_it_is_one_sentence(engine, start, monkeypatch):
    monkeypatch.setitem(sys.modules, "vowelscope.explain.maximise", None)
    with pytest.raises(ConfigError, match=r"activation maximisation needs .*not installed here"):
        study(engine, start, "i")
