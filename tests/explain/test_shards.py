from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from vowelscope.cli import main
from vowelscope.core.acoustics import vowel_formants
from vowelscope.core.audio import Recording
from vowelscope.core.corpus import build_corpus, read_corpus
from vowelscope.core.errors import ConfigError
from vowelscope.core.phones import load_class_map
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.corpus_run import explain_corpus
from vowelscope.explain.model import load_model, save_model
from vowelscope.explain.runtime import open_runtime
from vowelscope.explain.shards import (
    claim,
    make_plan,
    maps_of,
    missing,
    read_plan,
    read_shards,
    shard_path,
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Path:
    pytest.importorskip("vowelscope_training")
    import shutil

    if shutil.which("flite") is None:
        pytest.skip("flite is not installed")
    from vowelscope_training.synthesise import synthesise

    folder = tmp_path_factory.mktemp("corpus")
    synthesise(folder / "spoken", 6, seed=5)
    path = folder / "corpus.parquet"
    build_corpus([folder / "spoken"], load_class_map("vowels5"), path, seed=3, jobs=1)
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory, random_state, card) -> Path:
    folder = tmp_path_factory.mktemp("model") / "tiny"
    save_model(folder, random_state(), card, storage="float32")
    return folder


@pytest.fixture(scope="module")
def whole(corpus, model, tmp_path_factory) -> tuple[Path, pa.Table]:
    """All of it, explained by one process."""
    out = tmp_path_factory.mktemp("whole") / "out"
    plan = make_plan(corpus, model, shard_tokens=16, batch=4)
    seen: list[tuple[int, int]] = []
    assert explain_corpus(plan, out, 1, lambda *at: seen.append(at)) == plan.tokens
    assert seen[0] == (0, plan.tokens) and seen[-1] == (plan.tokens, plan.tokens)
    assert len(seen) == plan.shards + 1 and plan.shards > 3
    return out, pa.concat_tables(read_shards(out))


def test_every_token_is_there_once_with_what_the_model_says_of_it(corpus, model, whole) -> None:
    out, table = whole
    plan = read_plan(out)
    rows = table.to_pylist()
    tokens = read_corpus(corpus).to_pylist()
    assert [row["row"] for row in rows] == list(range(len(tokens)))
    assert [(r["recording"], r["tmin_s"]) for r in rows] == [
        (t["recording"], t["tmin_s"]) for t in tokens
    ]
    held = load_model(model)
    explainer = CamExplainer(held, open_runtime(held, threads=1))
    for row in (rows[0], rows[17], rows[-1]):
        with Recording(row["recording"]) as recording:
            said = explainer.explain(recording, row["tmin_s"], row["tmax_s"])
        np.testing.assert_allclose(row["logits"], said.logits, atol=1e-5)
        shape = (len(plan.classes), *plan.cells)
        np.testing.assert_allclose(np.reshape(row["map"], shape), said.maps, atol=1e-4)
        assert row["predicted"] == said.predicted
        assert plan.freq_edges_hz == pytest.approx(said.freq_edges_hz)
        span = [(row["tmin_s"], row["tmax_s"])]
        f2_hz = vowel_formants(row["recording"], span, (0.5,))[0, 0, 1]
        assert row["f2_50_hz"] == pytest.approx(f2_hz)
    assert maps_of(table, plan).shape == (len(rows), *shape)


def test_two_processes_give_the_same_numbers(corpus, model, whole, tmp_path) -> None:
    plan = make_plan(corpus, model, shard_tokens=16, batch=4)
    explain_corpus(plan, tmp_path / "out", 2)
    assert pa.concat_tables(read_shards(tmp_path / "out")).equals(whole[1])


def test_a_gpu_gives_the_same_numbers(corpus, model, whole, tmp_path, monkeypatch) -> None:
    """The road to the GPU, on the processor where there is none."""
    import torch

    from vowelscope.explain import shards, torch_runtime

    real, asked = torch_runtime.TorchRuntime, []

    def opened(held, device):
        asked.append(device)
        return real(held, device if torch.cuda.is_available() else "cpu")

    monkeypatch.setattr(torch_runtime, "TorchRuntime", opened)
    plan = make_plan(corpus, model, shard_tokens=16, batch=4)
    explain_corpus(plan, tmp_path / "out", 1, device="cuda")
    shards._explainer.cache_clear()
    assert asked == ["cuda"]
    table, expected = pa.concat_tables(read_shards(tmp_path / "out")), whole[1]
    for name in ("map", "logits"):
        np.testing.assert_allclose(
            np.stack(table.column(name).to_numpy()),
            np.stack(expected.column(name).to_numpy()),
            atol=1e-4,
        )
    for name in ("row", "predicted", "f2_50_hz", "f0_hz"):
        assert table.column(name).equals(expected.column(name))


def test_a_gpu_that_is_not_there_is_said_before_anything_is_written(
    corpus, model, tmp_path, capsys
) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    words = ["corpus", "explain", str(corpus), "--model", str(model), "--device", "cuda"]
    assert main([*words, "-o", str(tmp_path / "out")]) == 2
    assert "torch finds no CUDA GPU here" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


_RUN = """
import sys
from pathlib import Path
from vowelscope.explain.corpus_run import explain_corpus
from vowelscope.explain.shards import make_plan
if __name__ == "__main__":
    plan = make_plan(Path(sys.argv[1]), Path(sys.argv[2]), shard_tokens=16, batch=4)
    explain_corpus(plan, Path(sys.argv[3]), 1)
"""


def test_killed_and_started_again_no_token_is_twice_or_missing(
    corpus, model, whole, tmp_path
) -> None:
    out, script = tmp_path / "out", tmp_path / "run.py"
    script.write_text(_RUN)
    words = [sys.executable, str(script), str(corpus), str(model), str(out)]
    run = subprocess.Popen(words)
    deadline_s = time.monotonic() + 120
    while not shard_path(out, 1).exists():
        assert run.poll() is None and time.monotonic() < deadline_s
        time.sleep(0.005)
    run.send_signal(signal.SIGKILL)
    run.wait()
    plan = read_plan(out)
    left = missing(out, plan)
    assert left
    with pytest.raises(ConfigError, match=f"{len(left)} of {plan.shards} shards are missing"):
        next(read_shards(out))
    before = {path: path.stat().st_mtime_ns for path in out.glob("shard-*")}
    assert explain_corpus(plan, out, 1) == sum(len(plan.rows_of(n)) for n in left)
    assert all(path.stat().st_mtime_ns == at for path, at in before.items())
    assert pa.concat_tables(read_shards(out)).equals(whole[1])


def test_a_cluster_of_two_gives_the_same_though_one_is_killed(
    corpus, model, whole, tmp_path
) -> None:
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
    )
    with cluster, distributed.Client(cluster) as client:
        victim = client.submit(os.getpid, pure=False).result()
        out = tmp_path / "out"
        plan = make_plan(corpus, model, shard_tokens=16, batch=4)
        killed = []

        def watch(done: int, _total: int) -> None:
            if done and not killed:
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)

        assert explain_corpus(plan, out, 1, watch, cluster.scheduler_address) == plan.tokens
    assert killed
    assert pa.concat_tables(read_shards(out)).equals(whole[1])


def test_no_scheduler_is_a_sentence(corpus, model, tmp_path, monkeypatch) -> None:
    pytest.importorskip("distributed")
    plan = make_plan(corpus, model)
    with pytest.raises(ConfigError, match="no Dask scheduler answers there"):
        explain_corpus(plan, tmp_path, 1, scheduler="nonsense")


def test_a_folder_of_another_run_is_refused(corpus, model, tmp_path) -> None:
    plan = make_plan(corpus, model)
    claim(tmp_path, replace(plan, model_sha256="0" * 64))
    with pytest.raises(ConfigError, match="of another model; choose another folder"):
        explain_corpus(plan, tmp_path, 1)
    (tmp_path / "explain.json").write_text("{")
    with pytest.raises(ConfigError, match=r"explain\.json: the file is damaged"):
        read_plan(tmp_path)


def test_a_recording_that_is_gone_is_a_note_and_the_rest_goes_on(corpus, model, tmp_path) -> None:
    table = read_corpus(corpus)
    rows = table.to_pylist()
    gone = rows[0]["recording"]
    for row in rows:
        if row["recording"] == gone:
            row["recording"] = str(tmp_path / "gone.wav")
    import pyarrow.parquet as pq

    path = tmp_path / "other.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)
    plan = make_plan(path, model, shard_tokens=16)
    explain_corpus(plan, tmp_path / "out", 1)
    made = pa.concat_tables(read_shards(tmp_path / "out")).to_pylist()
    lost = [row for row in made if row["logits"] is None]
    assert len(lost) == sum(row["recording"] == str(tmp_path / "gone.wav") for row in rows) > 0
    assert all("gone.wav" in row["note"] and row["f1_50_hz"] is None for row in lost)
    table = pa.Table.from_pylist(made)
    assert len(maps_of(table, plan)) == len(made) - len(lost)
