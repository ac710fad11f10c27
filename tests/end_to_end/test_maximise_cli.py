"""`vowelscope maximise`, as a user calls it."""

from __future__ import annotations

import json

import pytest

from vowelscope.cli import main

FEW = ("--steps", "2", "--restarts", "1", "--no-control")


@pytest.fixture
def raise_class(tiny_model_folder, tmp_path, capsys):
    """Run the command with a tiny model."""

    def run(*words):
        out = tmp_path / "out"
        status = main(
            [str(x) for x in ("maximise", *words, "--model", tiny_model_folder, "-o", out)]
        )
        path = out / "maximised.json"
        held = json.loads(path.read_text("utf-8")) if path.exists() else None
        said = capsys.readouterr()
        return status, held, said.out, said.err

    return run


def test_from_a_token_with_everything_written(raise_class, speech, tmp_path):
    status, held, out, err = raise_class(
        "i", "--against", "u", "--from", speech.wav, "--at", "0.5", *FEW
    )
    assert status == 0, err
    assert out.startswith("Not what a speaker says") and "/i/ − /u/: " in out
    assert "maximised.svg, maximised.png, maximised.wav, start.wav, maximised.json" in err
    assert held["start"]["kind"] == "token" and held["against"] == "u"
    assert "Peterson and Barney" in held["formants"]["formants"]["source"]


def test_from_a_corpus_s_mean_and_held_near_it(raise_class, speech, tmp_path):
    corpus = tmp_path / "c.parquet"
    assert main(["corpus", "build", str(speech.wav.parent), "-o", str(corpus)]) == 0
    status, held, out, err = raise_class("i", "--mean", corpus, *FEW)
    assert status == 0, err
    assert held["start"]["kind"] == "mean" and "tokens of /i/" in held["start"]["words"]
    assert held["likeness"] is not None and "real tokens of the class" in out
    status, held, _, err = raise_class(
        "i", "--mean", corpus, "--from", speech.wav, "--at", "0.5", *FEW
    )
    assert status == 0 and held["start"]["kind"] == "token", err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("y",), "no class 'y'; it has i, æ, ɝ, ɑ, u"),
        (("i", "--against", "i"), "cannot be contrasted with itself"),
        (("i", "--at", "0.5"), "--from and --at go together"),
        (("i", "--steps", "0"), "steps = 0: must lie within 1-2000"),
        (("i", "--mean", "none.parquet"), "none.parquet: there is no such corpus"),
    ],
)
def test_what_cannot_be_is_one_sentence(raise_class, words, sentence):
    status, held, _, err = raise_class(*words)
    assert (status, held) == (2, None)
    assert sentence in err and "Traceback" not in err
