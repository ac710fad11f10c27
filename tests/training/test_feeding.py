from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from vowelscope_training import feeding, loop, steps
from vowelscope_training.batches import MicroBatch
from vowelscope_training.config import load_config
from vowelscope_training.feeding import feed

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="workers are forked")

CPU = torch.device("cpu")


def made(step):
    x = np.full((2, 3, 4, 5), step, dtype=np.float32)
    label = np.array([step, step + 1])
    return [MicroBatch(x, label, label[::-1].copy(), np.ones(2, dtype=np.float32), 2)]


def steps_of(batches):
    return [int(np.asarray(micros[0].x)[0, 0, 0, 0]) for micros in batches]


def test_workers_give_what_threads_give_in_order():
    faults = []
    told = [list(feed(made, range(3, 20), CPU, 1, faults.append, on)) for on in (True, False)]
    assert [steps_of(batches) for batches in told] == [list(range(3, 20))] * 2
    assert not faults
    for ours, theirs in zip(*told, strict=True):
        assert isinstance(ours[0].x, torch.Tensor) and ours[0].of == theirs[0].of == 2
        for name in ("x", "y", "other", "weight"):
            np.testing.assert_array_equal(getattr(ours[0], name), getattr(theirs[0], name))


@pytest.mark.parametrize("end", ["killed", "stuck"])
def test_threads_go_on_where_a_worker_is_killed_or_stuck(end, monkeypatch):
    monkeypatch.setattr(feeding, "WAIT_S", 1.0)
    main = os.getpid()

    def make(step):
        if step == 5 and os.getpid() != main:
            if end == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(30)
        return made(step)

    faults = []
    assert steps_of(feed(make, range(9), CPU, 1, faults.append, True)) == list(range(9))
    (reason,) = faults
    assert "worker" in reason and ("died" if end == "killed" else "gave nothing for 1 s") in reason


def test_a_fault_of_the_images_is_not_swallowed():
    def make(step):
        if step == 2:
            raise RuntimeError("the image is torn")
        return made(step)

    batches = feed(make, range(4), CPU, 1, lambda _reason: None, True)
    assert steps_of([next(batches), next(batches)]) == [0, 1]
    with pytest.raises(RuntimeError, match="torn"):
        next(batches)


def test_batches_left_unused_leave_no_worker_behind():
    batches = feed(made, range(1000), CPU, 1, lambda _reason: None, True)
    next(batches)
    batches.close()
    assert not torch.multiprocessing.active_children()


def test_a_run_fed_by_workers_is_the_run_fed_by_threads(corpus, preset, tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "_SETTLING_BATCHES", 1)
    config = load_config(str(preset))
    config = replace(config, stages=(replace(config.stages[0], steps=2),))
    weights = []
    for on in (False, True):
        monkeypatch.setattr(steps, "feed", partial(feed, workers=on))
        assert loop.train(corpus, config, tmp_path / str(on))
        weights.append(load_file(tmp_path / str(on) / "average.safetensors"))
    assert weights[0].keys() == weights[1].keys()
    for key, value in weights[0].items():
        np.testing.assert_array_equal(value, weights[1][key])
