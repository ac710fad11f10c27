from __future__ import annotations

import numpy as np
import pytest

from vowelscope.core.audio import Recording
from vowelscope.core.errors import ConfigError, CorpusError
from vowelscope.core.features import FeatureSpec, token_input
from vowelscope.core.textgrid_io import read_textgrid
from vowelscope.core.tokens import Token, tokens_of
from vowelscope.explain.maximise_starts import (
    Labelled,
    corpus_tokens,
    spread,
    start_at_floor,
    start_at_mean,
    start_of_token,
)

SPEC = FeatureSpec(rows=32, columns=32, column_s=0.006)


def token(at, name="i", path="a.wav"):
    return Labelled(Token(path, "phones", at, 0.1 * at, 0.1 * at + 0.1, name), name)


def test_the_mean_counts_every_class_as_much(speech):
    tier = read_textgrid(speech.textgrid).textgrid.tiers[1]
    held = [one for one in tokens_of(speech.wav, tier) if one.label[:2] in ("IY", "UW")]
    names = {"IY": "i", "UW": "u"}
    tokens = [Labelled(one, names[one.label[:2]]) for one in held]
    count = [one.name for one in tokens].count("i")
    assert count != len(tokens) - count > 0
    start = start_at_mean(tokens, SPEC, ("i", "æ", "u"), "speech.wav")
    with Recording(speech.wav) as recording:
        images = {
            name: [
                token_input(recording, one.token.tmin_s, one.token.tmax_s, SPEC).db
                for one in tokens
                if one.name == name
            ]
            for name in "iu"
        }
    own = {name: np.mean(held, axis=0) for name, held in images.items()}
    assert start.db == pytest.approx(0.5 * (own["i"] + own["u"]), abs=1e-3)
    assert start.class_means_db is not None and list(start.class_means_db) == ["i", "u"]
    assert start.class_means_db["u"] == pytest.approx(own["u"], abs=1e-3)
    median_s = float(np.median([one.token.duration_s for one in tokens]))
    assert start.tmax_s - start.tmin_s == pytest.approx(median_s)
    assert start.time_edges_s[[0, -1]] == pytest.approx([-0.096, 0.096])
    assert f"{len(tokens)} tokens of /i/, /u/ in speech.wav" in start.words


def test_tokens_that_cannot_be_read_are_left_out(speech, tmp_path):
    (tmp_path / "no.wav").write_text("no sound")
    bad = Labelled(Token(tmp_path / "no.wav", "phones", 0, 0.1, 0.2, "i"), "i")
    good = Labelled(Token(speech.wav, "phones", 0, 0.465, 0.567, "i"), "i")
    assert "1 tokens" in start_at_mean([bad, good], SPEC, ("i",), "here").words
    with pytest.raises(ConfigError, match="here: no token of the model's classes can be read"):
        start_at_mean([bad], SPEC, ("i",), "here")
    wide = FeatureSpec(rows=32, columns=32, f_max_hz=11025)
    with pytest.raises(ConfigError, match="the sampling rate would become a cue"):
        start_at_mean([good], wide, ("i",), "here")


def test_few_of_each_class_are_spread_over_the_whole():
    tokens = [token(at) for at in range(100)] + [token(at, "u", "b.wav") for at in range(3)]
    chosen = spread(tokens, 5)
    assert [one.token.index for one in chosen if one.name == "i"] == [0, 25, 50, 74, 99]
    assert [one.token.index for one in chosen if one.name == "u"] == [0, 1, 2]


def test_the_floor_and_a_token(speech):
    floor = start_at_floor(SPEC)
    assert (floor.db == SPEC.db_min).all() and floor.kind == "floor"
    one = Token(speech.wav, "phones", 0, 0.465, 0.567, "IY1")
    with Recording(speech.wav) as recording:
        seen = token_input(recording, one.tmin_s, one.tmax_s, SPEC)
    start = start_of_token(seen, one)
    assert start.db is seen.db and start.time_edges_s is seen.time_edges_s
    assert start.words == "“IY1” at 0.465 s of speech.wav"
    columns = np.flatnonzero(start.middle)
    centres_s = start.time_edges_s[columns] + 0.003
    assert centres_s.min() >= 0.465 + 0.034 and centres_s.max() < 0.567 - 0.034


def test_a_corpus_gives_the_tokens_of_the_classes(speech, tmp_path):
    from vowelscope.core.corpus import build_corpus
    from vowelscope.core.phones import load_class_map

    out = tmp_path / "corpus.parquet"
    build_corpus([speech.wav.parent], load_class_map("vowels5"), out, val=0, test=0)
    tokens = corpus_tokens(out, ("i", "u"))
    assert {one.name for one in tokens} == {"i", "u"}
    assert all(one.token.recording == speech.wav for one in tokens)
    with pytest.raises(CorpusError, match="no token has a class of the model"):
        corpus_tokens(out, ("y",))
