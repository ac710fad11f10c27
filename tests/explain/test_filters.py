"""Filters with planted kernels on a planted corpus: tones fire one, clicks the other."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import soundfile as sf

from vowelscope.cli import main
from vowelscope.core.corpus import build_corpus
from vowelscope.core.errors import ConfigError
from vowelscope.core.phones import load_class_map
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid
from vowelscope.explain import filter_shards
from vowelscope.explain.filter_plan import plan_filters
from vowelscope.explain.filter_report import worth_showing, write_filter_report
from vowelscope.explain.filter_shards import ask_filters, pooled_path, read_pooled
from vowelscope.explain.filter_table import make_table, read_table
from vowelscope.explain.filter_words import filter_words
from vowelscope.explain.model import load_model, save_model
from vowelscope.explain.resnet import receptive_field
from vowelscope.explain.runtime import open_stage
from vowelscope.explain.torch_runtime import build_network

RATE_HZ = 16000
TONE_HZ = 2000.0
ROW, COLUMN = np.indices((7, 7))


def _sound(kind: str, rng: np.random.Generator) -> np.ndarray:
    times_s = np.arange(round(0.2 * RATE_HZ)) / RATE_HZ
    if kind == "UW1":
        return 0.3 * np.sin(2 * np.pi * TONE_HZ * times_s)
    wave = 1e-3 * rng.standard_normal(len(times_s))
    wave[:: round(0.03 * RATE_HZ)] = 0.8
    return wave


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    """Eight recordings of four tokens: tones are /u/, clicks are /i/."""
    folder = tmp_path_factory.mktemp("planted")
    rng = np.random.default_rng(1)
    for number in range(8):
        pieces, held, at = [], [], 0.0
        for kind in ("UW1", "IY1", "UW1", "IY1"):
            quiet = 1e-3 * rng.standard_normal(round(0.1 * RATE_HZ))
            pieces += [quiet, _sound(kind, rng)]
            held += [Interval(at, at + 0.1, ""), Interval(at + 0.1, at + 0.3, kind)]
            at += 0.3
        sf.write(folder / f"r{number}.wav", np.concatenate(pieces), RATE_HZ)
        tier = IntervalTier("phones", 0.0, at, tuple(held))
        write_textgrid(folder / f"r{number}.TextGrid", TextGrid(0.0, at, (tier,)))
    path = folder / "corpus.parquet"
    build_corpus([folder], load_class_map("vowels5"), path, seed=1, jobs=1)
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory, random_state, card) -> Path:
    """Filter 0 of the first layer has horizontal stripes, 1 vertical ones, 2 never fires."""
    state = random_state()
    for part, value in (("weight", 1), ("running_var", 1), ("bias", 0), ("running_mean", 0)):
        state[f"bn1.{part}"][:3] = value
    stripes = [np.cos(np.pi / 2 * (at - 3)) for at in (ROW, COLUMN)]
    for at, kernel in enumerate(stripes):
        state["conv1.weight"][at] = (kernel - kernel.mean()) / 20
    state["conv1.weight"][2] = 0
    folder = tmp_path_factory.mktemp("model") / "planted"
    save_model(folder, state, card, storage="float32")
    return folder


@pytest.fixture(scope="module")
def made(corpus, model, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("made") / "filters"
    plan = plan_filters(corpus, model, stage=0, shard_tokens=8, batch=4)
    assert ask_filters(plan, out) == 32
    write_filter_report(make_table(out, top=5), each=1)
    return out


def test_the_planted_tokens_are_found_and_the_place_in_them(made) -> None:
    table = read_table(made)
    tones, clicks, silent = (table.filters[at] for at in range(3))
    assert (tones["top_class"], tones["top_share"], tones["class"]) == ("u", 1.0, "u")
    assert (clicks["top_class"], clicks["top_share"], clicks["class"]) == ("i", 1.0, "i")
    assert tones["tells_classes"] and clicks["tells_classes"] and tones["d_prime"] > 3
    assert silent["silent_share"] == 1 and silent["top_class"] is None
    assert not silent["tells_classes"] and silent["rho_f1_50_hz"] is None
    assert filter_words(silent) == ("Filter 2 never fires on this corpus.",)
    assert filter_words(tones)[0].startswith("Filter 0 tells /u/ best (d′ ")
    assert [row["rank"] for row in table.top[0]] == [1, 2, 3, 4, 5]
    for row in table.top[0]:
        assert row["label"] == "UW1"
        # The cell is 250 Hz high; a line fires the middle of a kernel, which lies at its edge.
        assert row["low_hz"] - 250 <= TONE_HZ <= row["high_hz"] + 250
        assert row["high_hz"] - row["low_hz"] == pytest.approx(250)
        assert row["stop_s"] - row["start_s"] == pytest.approx(0.007)
        assert row["tmin_s"] - 0.02 < row["start_s"] < row["tmax_s"] + 0.02
    for row in table.top[1]:
        apart = np.abs(row["start_s"] - row["tmin_s"] - 0.03 * np.arange(7)).min()
        assert row["label"] == "IY1" and apart < 0.02
    values = [row["activation"] for row in table.top[0]]
    assert values == sorted(values, reverse=True) and values[-1] > 0
    shown = worth_showing(table, 64)
    assert 0 in shown["tell /u/ from the others"] and 1 in shown["tell /i/ from the others"]
    held = table.findings
    assert (held["tokens"], held["utterances"], held["filters"]) == (32, 8, 64)
    assert held["class_tokens"]["u"] == held["class_tokens"]["i"] == 16
    assert held["silent"] >= 1 and held["measures"]["duration"]["rho_filters"] is None
    page = (made / "filters.html").read_text()
    assert "What fires the filters of the first layer" in page and "Is it the formants?" in page
    assert "can see 7 × 7 pixels" in page


@pytest.mark.parametrize("architecture", ["resnet18", "resnet50"])
def test_what_the_stages_give_is_what_torch_gives(
    architecture, random_state, card, images, tmp_path
) -> None:
    from dataclasses import replace

    import torch

    dilated = architecture == "resnet50"
    made = replace(card, architecture=architecture, dilated_stage4=dilated)
    model = save_model(tmp_path / "m", random_state(architecture), made)
    network = build_network(model)
    parts = list(network.children())
    images = images[:2]
    for stage, last in ((4, 8),) if dilated else ((0, 3), (1, 5), (2, 6), (4, 8)):
        mean, peak, place = open_stage(model, stage, threads=2).run(images)
        with torch.inference_mode():
            held = torch.nn.Sequential(*parts[:last])(torch.from_numpy(images)).flatten(2).numpy()
        assert mean.shape == peak.shape == place.shape == (2, held.shape[1])
        scale = np.abs(held).max()
        np.testing.assert_allclose(mean, held.mean(axis=2), atol=1e-5 * scale)
        np.testing.assert_allclose(peak, held.max(axis=2), atol=1e-5 * scale)
        at = np.take_along_axis(held, place[..., None], axis=2)[..., 0]
        np.testing.assert_allclose(at, held.max(axis=2), atol=1e-5 * scale)


@pytest.mark.parametrize(
    ("architecture", "stage"), [("resnet18", 1), ("resnet18", 2), ("resnet50", 1)]
)
def test_the_receptive_field_is_what_a_cell_can_see(
    architecture, stage, random_state, card
) -> None:
    import torch
    import torchvision

    network = getattr(torchvision.models, architecture)(weights=None).eval()
    for parameter in network.parameters():
        torch.nn.init.constant_(parameter, 0.05)
    until = torch.nn.Sequential(*list(network.children())[: 4 + stage])
    # Softly, so that every pixel in reach counts: the largest of a window hides the others.
    until[3] = torch.nn.AvgPool2d(3, 2, 1)
    image = torch.ones(1, 3, 192, 192, requires_grad=True)
    given = until(image)
    given[0, 0, given.shape[2] // 2, given.shape[3] // 2].backward()
    assert image.grad is not None
    seen = image.grad[0, 0].abs().sum(dim=1).nonzero()
    side = int(seen.max() - seen.min()) + 1
    assert side == receptive_field(architecture, stage, False)


def test_a_stopped_run_goes_on_and_two_processes_give_the_same(
    corpus, model, made, tmp_path
) -> None:
    class Stop(Exception):
        pass

    def stop(done: int, _total: int) -> None:
        if done >= 8:
            raise Stop

    plan, out = plan_filters(corpus, model, stage=0, shard_tokens=8, batch=4), tmp_path / "out"
    with pytest.raises(Stop):
        ask_filters(plan, out, 1, stop)
    assert [pooled_path(out, n).exists() for n in range(4)] == [True, False, False, False]
    with pytest.raises(ConfigError, match="3 of 4 shards are missing; run the same"):
        read_pooled(out)
    assert ask_filters(plan, out, 2) == 24
    first, second = read_pooled(made), read_pooled(out)
    assert (first.values == second.values).all() and (first.places == second.places).all()
    assert first.rows == second.rows
    other = plan_filters(corpus, model, stage=1, shard_tokens=8, batch=4)
    with pytest.raises(ConfigError, match="activations of another stage; choose another folder"):
        ask_filters(other, out)


def test_the_command_on_a_corpus_that_was_explained(corpus, model, tmp_path, capsys) -> None:
    explained, out = tmp_path / "explained", tmp_path / "filters"
    words = ["--model", str(model), "--jobs", "1"]
    assert main(["corpus", "explain", str(corpus), "-o", str(explained), *words]) == 0
    words = ["corpus", "filters", str(explained), "-o", str(out), "--jobs", "1"]
    assert main([*words, "--part", "train", "--pool", "peak", "--shown", "0"]) == 0
    said = capsys.readouterr().out
    assert "512 filters of stage 4" in said and "F1" in said
    rows = pq.read_table(out / "filters.parquet").to_pylist()
    assert len(rows) == 512 and "within_f2_50_hz" in rows[0] and rows[0]["speaks_for"] is None
    held = json.loads((out / "findings.json").read_text())
    counted = pq.read_table(corpus).column("split").to_pylist().count("train")
    assert held["part"] == "train" and held["tokens"] == counted < 32
    taken = pq.read_table(pooled_path(out, 0), columns=["f1_50_hz", "f0_hz"])
    measured = pq.read_table(explained / "shard-00000.parquet", columns=["f1_50_hz", "f0_hz"])
    assert taken.equals(measured)


def test_the_control_is_another_network_of_the_same_shape(corpus, model, made, tmp_path, capsys):
    out = tmp_path / "out"
    words = [
        "corpus",
        "filters",
        str(corpus),
        "--model",
        str(model),
        "--stage",
        "0",
        "-o",
        str(out),
    ]
    assert main([*words, "--control", "--jobs", "1", "--shown", "0"]) == 0
    said = capsys.readouterr().out
    assert "F1" in said and ("untrained" in said or "too few" in said)
    learnt, random = read_pooled(out), read_pooled(out / "untrained")
    assert (learnt.values == read_pooled(made).values).all()
    assert random.plan.untrained and random.values.shape == learnt.values.shape
    shown = np.corrcoef(random.values[:, 0], learnt.values[:, 0])[0, 1]
    assert random.values[:, 2].std() > 0 and abs(shown) < 0.999, "filter 2 is silent no more"
    assert "untrained: within class and speaker" in (out / "filters.html").read_text()
    plan = plan_filters(corpus, model, stage=0, untrained=True)
    with pytest.raises(ConfigError, match="activations of another kind of weights"):
        ask_filters(plan, out)


def test_stage_4_says_which_class_a_filter_raises(corpus, model, tmp_path) -> None:
    plan = plan_filters(corpus, model, stage=4)
    assert (plan.filters, plan.cells, plan.cell_px) == (512, (2, 2), 32)
    ask_filters(plan, tmp_path / "out")
    table = make_table(tmp_path / "out")
    weights = load_model(model).state()["fc.weight"]
    for row in table.filters[::50]:
        relative = weights[:, row["filter"]] - weights[:, row["filter"]].mean()
        assert row["speaks_for"] == plan.classes[int(relative.argmax())]
        assert row["weight"] == pytest.approx(float(relative.max()), abs=1e-6)


def test_what_is_damaged_or_gone_is_one_sentence(
    corpus, model, made, tmp_path, capsys, monkeypatch
) -> None:
    import shutil

    words = ["--model", str(model), "-o", str(tmp_path / "out")]
    assert main(["corpus", "filters", str(corpus), *words, "--stage", "7"]) == 2
    assert "stage 7: there are 1-4, and 0, the first layer." in capsys.readouterr().err
    assert main(["corpus", "filters", str(tmp_path / "none.parquet"), *words]) == 2
    assert "none.parquet" in capsys.readouterr().err
    assert main(["corpus", "filters", str(tmp_path), "-o", str(tmp_path / "out")]) == 2
    assert "holds no explanations" in capsys.readouterr().err
    with pytest.raises(ConfigError, match="holds no filters"):
        read_table(tmp_path)
    copy = Path(shutil.copytree(made, tmp_path / "copy"))
    (copy / "top.parquet").write_bytes(b"nothing")
    with pytest.raises(ConfigError, match=r"top\.parquet: the file is damaged"):
        read_table(copy)
    (copy / "top.parquet").unlink()
    with pytest.raises(ConfigError, match=r"there is no top\.parquet; run the same"):
        read_table(copy)
    pooled_path(copy, 1).write_bytes(pooled_path(copy, 1).read_bytes()[:500])
    with pytest.raises(ConfigError, match=r"pooled-00001\.parquet: the file is damaged"):
        make_table(copy)
    (copy / "filters.json").write_text("[1]")
    with pytest.raises(ConfigError, match=r"filters\.json: the file is damaged"):
        read_pooled(copy)
    with pytest.raises(ConfigError, match="the part 'nothing' of the corpus has no token"):
        make_table(made, part="nothing")


def test_a_recording_that_is_gone_is_left_out(corpus, model, tmp_path, capsys) -> None:
    table = pq.read_table(corpus)
    rows = table.to_pylist()
    path = corpus.with_name("other.parquet")  # recordings are named as they lie beside it
    words = ["corpus", "filters", str(path), "--model", str(model), "--stage", "0", "--jobs", "1"]
    words += ["--shown", "0"]
    for count, status in ((4, 1), (32, 2)):
        for row in rows[:count]:
            row["recording"] = "gone.wav"
        pq.write_table(type(table).from_pylist(rows, schema=table.schema), path)
        out = tmp_path / f"out{count}"
        assert main([*words, "-o", str(out)]) == status
        said = capsys.readouterr()
        assert "gone.wav: there is no such file" in said.err
    assert "not one of 32 tokens could be shown" in said.err
    assert filter_shards.read_pooled(tmp_path / "out4").left_out == 4
    assert "4 could not be shown" in (tmp_path / "out4" / "filters.html").read_text()
