from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
import soundfile as sf

from vowelscope.cli import main
from vowelscope.core.features import FeatureSpec
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid
from vowelscope.explain.card import ModelCard
from vowelscope.explain.model import load_model, save_model
from vowelscope.explain.resnet import state_shapes

PROGRAM = "import sys; from vowelscope.cli import main; raise SystemExit(main(sys.argv[1:]))"


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
def model_copy(model, tmp_path):
    return shutil.copytree(model, tmp_path / "model")


@pytest.fixture
def explain(speech, model, tmp_path, capsys):
    """Run the command on the speech fixture; a keyword changes an option, None drops it."""

    def run(*more, audio=None, textgrid=None, **options):
        given = {"tier": "phones", "model": model, "out": tmp_path / "out"} | options
        words = ["explain", audio or speech.wav, textgrid or speech.textgrid, *more]
        for name, value in given.items():
            if value is not None:
                words += [f"--{name}", value]
        status = main([str(word) for word in words])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def _lines(folder):
    text = (folder / "explanations.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _grid(path, end_s, *intervals, tier="phones"):
    """A TextGrid of one tier with these (tmin, tmax, label), the gaps filled."""
    parts, at = [], 0.0
    for tmin_s, tmax_s, label in (*intervals, (end_s, end_s, "")):
        if tmin_s > at:
            parts.append(Interval(at, tmin_s, ""))
        if tmax_s > tmin_s:
            parts.append(Interval(tmin_s, tmax_s, label))
        at = tmax_s
    write_textgrid(path, TextGrid(0, end_s, (IntervalTier(tier, 0, end_s, tuple(parts)),)))
    return path


def test_one_token_gives_a_picture_and_a_line(explain, speech, model, tmp_path):
    status, out, err = explain(at=0.5)
    assert (status, out) == (0, "")
    assert "1 explained" in err
    (line,) = _lines(tmp_path / "out")
    loaded = load_model(model)
    assert line["audio"] == str(speech.wav)
    assert (line["tier"], line["label"], line["class"], line["word"]) == (
        "phones",
        "IY1",
        "i",
        "see",
    )
    assert line["tmin_s"] < 0.5 < line["tmax_s"]
    assert line["classes"] == ["i", "æ", "ɝ", "ɑ", "u"]
    assert line["model_hash"] == loaded.weights_sha256
    maps, bias, logits = (np.array(line[name]) for name in ("map", "bias", "logits"))
    assert maps.shape == (5, 2, 2)
    assert np.abs(maps.mean(axis=(1, 2)) + bias - logits).max() < 1e-5
    assert line["predicted"] == line["classes"][int(logits.argmax())]
    assert np.allclose(line["probabilities"], np.exp(logits) / np.exp(logits).sum(), atol=1e-6)
    assert line["freqs_hz"] == [0, 4000, 8000]
    middle_s = (line["tmin_s"] + line["tmax_s"]) / 2
    assert np.allclose(line["times_s"], [middle_s - 0.112, middle_s, middle_s + 0.112])
    assert line["warnings"] == []
    picture = (tmp_path / "out" / line["figure"]).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "explanations.jsonl",
        line["figure"],
    ]


def test_mean_formants_are_praat_s(explain, speech, tmp_path):
    import parselmouth

    explain("--no-figures", at=0.5)
    (line,) = _lines(tmp_path / "out")
    sound = parselmouth.Sound(str(speech.wav))
    praat = parselmouth.praat.call(sound, "To Formant (burg)", 0, 5, 5500, 0.025, 50)
    for number in (1, 2, 3, 4):
        mean_hz = parselmouth.praat.call(
            praat, "Get mean", number, line["tmin_s"], line["tmax_s"], "hertz"
        )
        assert line[f"f{number}_hz"] == pytest.approx(mean_hz, abs=0.1)
    assert "figure" not in line


def test_a_label_without_stress_is_of_every_stress(explain, tmp_path):
    assert explain("--no-figures", label="IY")[0] == 0
    assert [line["label"] for line in _lines(tmp_path / "out")] == ["IY1", "IY1"]
    assert explain("--no-figures", label="S")[0] == 0
    assert {line["class"] for line in _lines(tmp_path / "out")} == {None}


def test_all_are_those_of_a_known_class(explain, speech, tmp_path):
    status, _, err = explain("--all", "--no-figures")
    lines = _lines(tmp_path / "out")
    assert status == 0
    assert all(line["class"] in line["classes"] for line in lines)
    assert [line["tmin_s"] for line in lines] == sorted(line["tmin_s"] for line in lines)
    from vowelscope.core.phones import load_class_map
    from vowelscope.core.textgrid_io import read_textgrid

    tier = read_textgrid(speech.textgrid).textgrid.tiers[1]
    labels = [item.text for item in tier.intervals if item.text.strip()]
    known = [label for label in labels if load_class_map("vowels5").class_of(label)]
    assert [line["label"] for line in lines] == known
    assert f"{len(labels) - len(known)} with other labels skipped" in err


def test_an_unlabelled_interval_can_be_explained(explain, tmp_path):
    assert explain(at=0.01)[0] == 0
    (line,) = _lines(tmp_path / "out")
    assert (line["label"], line["class"]) == ("", None)


def test_json_goes_to_standard_output_alone(explain, tmp_path):
    status, out, _ = explain("--json", at=0.5, out=None)
    assert status == 0
    assert json.loads(out)["label"] == "IY1"
    assert not (tmp_path / "out").exists()


def test_the_tier_of_phones_is_found_by_its_name(explain, tmp_path):
    assert explain("--no-figures", at=0.5, tier=None)[0] == 0
    assert _lines(tmp_path / "out")[0]["tier"] == "phones"


def test_a_channel_is_counted_from_one(explain, speech, tmp_path):
    samples, rate_hz = sf.read(speech.wav)
    sf.write(tmp_path / "two.wav", np.stack([0 * samples, samples], axis=1), rate_hz)
    explain("--no-figures", at=0.5)
    (alone,) = _lines(tmp_path / "out")
    explain("--no-figures", at=0.5, audio=tmp_path / "two.wav", channel=2)
    (second,) = _lines(tmp_path / "out")
    assert second["logits"] == alone["logits"]
    assert second["channel"] == 2
    status, _, err = explain(at=0.5, audio=tmp_path / "two.wav", channel=3)
    assert (status, err.strip().endswith("there is no channel 3 (it has 2).")) == (2, True)


def test_a_range_that_is_not_filled_is_a_warning(explain, tone_wav, tmp_path):
    grid = _grid(tmp_path / "a.TextGrid", 1.0, (0.4, 0.6, "AE1"))
    assert explain(audio=tone_wav(700, rate_hz=8000), textgrid=grid, at=0.5)[0] == 0
    (line,) = _lines(tmp_path / "out")
    assert any("nothing above 4000 Hz" in note for note in line["warnings"])


def test_a_sound_too_short_for_praat_has_no_formants(explain, tone_wav, tmp_path):
    grid = _grid(tmp_path / "a.TextGrid", 0.03, (0.005, 0.025, "AE1"))
    assert explain(audio=tone_wav(700, duration_s=0.03), textgrid=grid, at=0.01)[0] == 0
    (line,) = _lines(tmp_path / "out")
    assert [line[f"f{n}_hz"] for n in (1, 2, 3, 4)] == [None] * 4
    assert any(note.startswith("No formants:") for note in line["warnings"])


def test_a_longer_textgrid_is_a_warning_until_a_token_lies_beyond(explain, tone_wav, tmp_path):
    grid = _grid(tmp_path / "a.TextGrid", 3.0, (0.4, 0.6, "AE1"), (0.9, 1.2, "IY1"))
    status, _, err = explain("--no-figures", audio=tone_wav(700), textgrid=grid, at=0.5)
    assert status == 0
    note = "the TextGrid ends at 3.000 s, but the recording lasts 1.000 s."
    assert note in err
    assert any(note in warning for warning in _lines(tmp_path / "out")[0]["warnings"])
    for which in (["--at", "1.1"], ["--label", "IY1"], ["--all"]):
        status, _, err = explain(*which, audio=tone_wav(700), textgrid=grid)
        assert status == 2
        assert "'IY1' at 0.900-1.200 s goes beyond the recording, which lasts 1.000 s" in err


def _bad_audio(kind, speech, path):
    data = speech.wav.read_bytes()
    contents = {"empty": b"", "truncated": data[:30], "text": b"this is no sound\n" * 40}
    if kind in contents:
        path.write_bytes(contents[kind])
    return path


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("missing", "there is no such file"),
        ("empty", "the file is empty"),
        ("truncated", "bad.wav"),
        ("text", "not a sound file"),
    ],
)
def test_bad_audio(explain, speech, tmp_path, kind, sentence):
    status, out, err = explain(at=0.5, audio=_bad_audio(kind, speech, tmp_path / "bad.wav"))
    assert (status, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "options", "sentence"),
    [
        ([], {}, "one of --at, --label or --all"),
        (["--all"], {"at": 0.5}, "one of --at, --label or --all"),
        (["--at", "0.5"], {"out": None}, "give a folder with -o, or --json"),
        (["--at", "99"], {}, "has no interval at 99 s; it covers 0-"),
        (["--label", "QQ"], {}, "no interval of the tier 'phones' is labelled 'QQ'"),
        (["--at", "0.5"], {"tier": "Phones"}, "no tier 'Phones'; it has 'words', 'phones'"),
        (["--at", "0.5"], {"of": "y"}, "has no class 'y'; it has i, æ, ɝ, ɑ, u"),
        (["--at", "0.5"], {"model": "/nowhere"}, "no such model folder"),
        (["--at", "0.5"], {"textgrid": "/nowhere.TextGrid"}, "/nowhere.TextGrid"),
        (["--all"], {"tier": "words"}, "belongs to a class of the model"),
    ],
)
def test_bad_requests(explain, tmp_path, words, options, sentence):
    status, out, err = explain(*words, **options)
    assert (status, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_point_tier_is_refused(explain, speech, tmp_path):
    points = PointTier("events", 0, 2, (Point(0.5, "x"),))
    write_textgrid(tmp_path / "p.TextGrid", TextGrid(0, 2, (points,)))
    status, _, err = explain(at=0.5, textgrid=tmp_path / "p.TextGrid", tier="events")
    assert status == 2
    assert "holds points, not intervals" in err


def test_out_is_a_file(explain, tmp_path):
    (tmp_path / "out").write_text("mine")
    status, _, err = explain(at=0.5)
    assert status == 2
    assert "the folder cannot be made" in err
    assert (tmp_path / "out").read_text() == "mine"


def _process(*words):
    command = [sys.executable, "-c", PROGRAM, "explain", *(str(word) for word in words)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)


@pytest.mark.parametrize("fault", ["hash", "pickle", "card"])
def test_a_bad_model_in_a_process_of_its_own(speech, model_copy, tmp_path, fault):
    weights = model_copy / "weights.safetensors"
    if fault == "hash":
        with weights.open("r+b") as file:
            file.seek(-40, os.SEEK_END)
            file.write(b"\x01")
    elif fault == "pickle":
        weights.write_bytes(pickle.dumps({"weights": [1.0] * 50}))
    else:
        (model_copy / "model.json").write_text('{"schema": 1')
    words = [speech.wav, speech.textgrid, "--at", 0.5, "--model", model_copy, "-o", tmp_path / "o"]
    run = _process(*words)
    sentence = {"hash": "its SHA-256 is", "pickle": "a Python pickle", "card": "not valid JSON"}
    assert run.returncode == 2
    assert sentence[fault] in run.stderr
    assert str(model_copy) in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stderr.count("\n") == 1
    assert run.stdout == ""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_ctrl_c_leaves_what_was_finished(model, tone_wav, tmp_path):
    intervals = [(0.05 + 0.1 * k, 0.15 + 0.1 * k, "IY1") for k in range(280)]
    grid = _grid(tmp_path / "a.TextGrid", 30.0, *intervals)
    words = [tone_wav(300, duration_s=30.0), grid, "--all", "--json"]
    words += ["--model", model, "-o", tmp_path / "out"]
    command = [sys.executable, "-c", PROGRAM, "explain", *(str(word) for word in words)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        seen = [process.stdout.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    printed = [json.loads(line) for line in (*seen, *out.splitlines())]
    written = _lines(tmp_path / "out")
    assert 3 <= len(written) < 280
    assert [line["tmin_s"] for line in written] == [line["tmin_s"] for line in printed]
    for line in written:
        assert (tmp_path / "out" / line["figure"]).read_bytes().endswith(b"IEND\xaeB`\x82")
    assert not list((tmp_path / "out").glob(".*"))


def test_a_forward_pass_takes_eight_tokens(explain, tone_wav, tmp_path, monkeypatch):
    from vowelscope.explain.runtime import Runtime

    sizes = []
    run = Runtime.run

    def counted(self, images):
        sizes.append(len(images))
        return run(self, images)

    monkeypatch.setattr(Runtime, "run", counted)
    intervals = [(0.05 + 0.1 * k, 0.15 + 0.1 * k, "IY1") for k in range(20)]
    grid = _grid(tmp_path / "a.TextGrid", 3.0, *intervals)
    wav = tone_wav(300, duration_s=3)
    assert explain("--all", "--no-figures", audio=wav, textgrid=grid)[0] == 0
    assert sizes == [8, 8, 4]
    assert len(_lines(tmp_path / "out")) == 20
