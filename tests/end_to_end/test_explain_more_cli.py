"""`vowelscope explain --ledger --tuning`, as a user calls it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from vowelscope.cli import main
from vowelscope.core.features import FeatureSpec
from vowelscope.explain.card import ModelCard
from vowelscope.explain.model import save_model
from vowelscope.explain.resnet import state_shapes


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A ResNet-18 of random weights that reads 64×64; not to be changed."""
    rng = np.random.default_rng(1)
    state = {}
    for key, shape in state_shapes("resnet18", 5).items():
        spread = np.sqrt(2 / np.prod(shape[1:])) if len(shape) > 1 else 0.1
        state[key] = spread * rng.standard_normal(shape, dtype=np.float32)
        if len(shape) == 1 and not key.endswith(("bias", "mean")):
            state[key] = np.ones(shape, np.float32)
    spec = FeatureSpec(rows=64, columns=64, column_s=0.0035)
    card = ModelCard("tiny", "resnet18", ("i", "æ", "ɝ", "ɑ", "u"), "vowels5", spec)
    return save_model(tmp_path_factory.mktemp("m") / "model", state, card, "float16").folder


@pytest.fixture
def explain(speech, model, tmp_path, capsys):
    """Run the command on the speech fixture; gives the status, the lines and standard error."""

    def run(*more):
        words = ["explain", speech.wav, speech.textgrid, "--tier", "phones", "--model", model]
        status = main([str(word) for word in [*words, "-o", tmp_path / "out", *more]])
        written = tmp_path / "out" / "explanations.jsonl"
        lines = written.read_text(encoding="utf-8").splitlines() if written.exists() else []
        return status, [json.loads(line) for line in lines], capsys.readouterr().err

    return run


def test_the_ledger_adds_up_to_each_logit(explain):
    status, lines, _ = explain("--label", "IY", "--ledger", "--no-figures", "--half-width", "300")
    assert status == 0
    assert len(lines) == 2
    for line in lines:
        ledger = line["ledger"]
        for name, logit in zip(line["classes"], line["logits"], strict=True):
            assert sum(ledger["logits"][name]) == pytest.approx(logit, abs=1e-4)
        assert ledger["of"] == line["predicted"]
        assert ledger["of_logits"] == ledger["logits"][line["predicted"]]
        assert len(ledger["rows"]) == len(ledger["notes"]) == len(ledger["resolvable"]) == 12
        assert ledger["formant_half_width_hz"] == 300
        # Cells are 4,000 Hz tall.
        assert ledger["resolvable"][ledger["rows"].index("F2")] is False
        assert "4,000 Hz tall" in ledger["notes"][ledger["rows"].index("F2")]
    assert "tuning" not in lines[0]


def test_the_ceiling_counts_for_ledger_and_line_alike(explain, speech):
    _, (plain,), _ = explain("--at", "0.5", "--ledger", "--no-figures")
    assert (plain["ceiling_hz"], plain["ceiling_by"]) == (5500, "fixed")
    sidecar = speech.textgrid.with_suffix(".vowelscope.json")
    sidecar.write_text(
        '{"version": 2, "formant_points": [], "formant_ceilings": [{"tier": "phones", '
        '"time_s": 0.5, "ceiling_hz": 4321, "channel": null}]}'
    )
    _, (chosen,), _ = explain("--at", "0.5", "--ledger", "--no-figures", "--ceiling", "auto")
    assert (chosen["ceiling_hz"], chosen["ceiling_by"]) == (4321, "hand")
    assert chosen["f3_hz"] != plain["f3_hz"] and chosen["ceiling_error_bark"] > 0
    assert chosen["ledger"]["area"] != plain["ledger"]["area"]
    words = ("--at", "0.5", "--ledger", "--no-figures", "--ceiling", "auto", "--no-hand")
    _, (found,), _ = explain(*words)
    assert found["ceiling_by"] == "token" and found["ceiling_hz"] % 150 == 4000 % 150


def test_ledger_and_tuning_of_a_contrast_are_drawn(explain, tmp_path):
    status, (line,), _ = explain(
        "--at", "0.5", "--of", "i", "--against", "u", "--ledger", "--tuning", "--step-erb", "4",
        "--width-erb", "4", "--fill", "floor",
    )  # fmt: skip
    assert status == 0
    logits = dict(zip(line["classes"], line["logits"], strict=True))
    contrast = logits["i"] - logits["u"]
    assert sum(line["ledger"]["of_logits"]) == pytest.approx(contrast, abs=1e-4)
    tuning = line["tuning"]
    assert (tuning["of"], tuning["against"], tuning["fill"]) == ("i", "u", "floor")
    bands = len(tuning["bands_hz"])
    assert bands > 5
    assert len(tuning["stop"]) == len(tuning["alone"]) == len(tuning["controls"]) == bands
    assert tuning["bands_hz"][0][0] == pytest.approx(0, abs=1e-3)
    assert tuning["bands_hz"][-1][1] == pytest.approx(8000)
    assert tuning["rows_hz"] == [[0, 4000], [4000, 8000]]
    # Two rows only, and random weights.
    assert tuning["lamp"] == "red"
    assert any("no stronger than those of random weights" in words for words in tuning["reasons"])
    picture = (tmp_path / "out" / line["figure"]).read_bytes()
    width = int.from_bytes(picture[16:20], "big")
    assert width > 1600


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--against", "u"], "--against needs --ledger, --tuning or --method"),
        (["--ledger", "--against", "y"], "has no class 'y'"),
        (["--ledger", "--of", "u", "--against", "u"], "'u' cannot be contrasted with itself"),
        (["--ledger", "--half-width", "0"], "half width of the band of a formant = 0 Hz"),
        (["--ledger", "--f0-half-width", "-3"], "half width of the band of f0 = -3 Hz"),
        (["--tuning", "--step-erb", "0"], "step of 0 ERB: must lie within 0.25-10 ERB"),
        (["--tuning", "--fill", "zero"], "fill"),
        (["--ledger", "--ceiling", "high"], "--ceiling high: must be a number of Hz, auto"),
        (["--ledger", "--ceiling", "100"], "formant ceiling = 100 Hz"),
    ],
)
def test_bad_options(explain, tmp_path, words, sentence):
    status, lines, err = explain("--at", "0.5", *words)
    assert (status, lines) == (2, [])
    assert sentence in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


def test_methods_side_by_side(explain, tmp_path):
    status, lines, _ = explain(
        "--at",
        "0.5",
        "--method",
        "cam, layercam:2,occlusion-bands,rise",
        "--of",
        "i",
        "--against",
        "u",
    )
    assert status == 0
    (line,) = lines
    cam, layer, bands, rise = line["methods"]
    names = [one["method"] for one in line["methods"]]
    assert names == ["cam", "layercam:2", "occlusion-bands", "rise"]
    assert np.shape(rise["standard_errors"]) == np.shape(rise["values"]) == (2, 2)
    assert np.min(rise["standard_errors"]) > 0 and cam["standard_errors"] is None
    assert np.shape(cam["values"]) == (2, 2) and np.shape(layer["values"]) == (8, 8)
    apart = np.array(line["map"][0]) - np.array(line["map"][4])
    assert cam["values"] == pytest.approx(apart, abs=1e-4)
    assert len(bands["freqs_hz"]) == len(bands["values"]) + 1
    assert all(one["unit"] and one["caveat"].endswith(".") for one in line["methods"])
    assert layer["signed"] is False and np.min(layer["values"]) >= 0
    picture = tmp_path / "out" / (line["figure"].removesuffix(".png") + "-methods.png")
    import struct

    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    assert width > 1400 and 900 < height < 1300, "two rows of three"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--method", "magic"), "no explainer 'magic'; there are cam, grad-cam"),
        (("--method", "cam:2"), "cam has no stage"),
        (("--method", "score-cam", "--of", "i", "--against", "u"), "it has no contrast"),
    ],
)
def test_a_method_that_cannot_be_is_one_sentence(explain, words, said):
    status, lines, error = explain("--at", "0.5", *words)
    assert (status, lines) == (2, [])
    assert said in error and error.count("\n") == 1 and "Traceback" not in error
