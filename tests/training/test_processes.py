"""Several processes train what one does."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from safetensors.numpy import load_file

PRESET = """
name = "pair"
batch = 12
micro_batch = 3
[features]
rows = 32
columns = 32
column_s = 0.003
[augment]
shift_columns = 2
mask_rows = 4
[guide]
bands_hz = [[200, 3500]]
mask_chance = 0.5
penalty = 0.1
[[stages]]
architecture = "resnet18"
columns = 32
steps = 6
lr = 1e-3
mixup = 0.2
"""


def run_by(processes, corpus, preset, run):
    program = ["-m", "vowelscope_training", "train", str(corpus), "--preset", str(preset)]
    if processes > 1:
        program = [
            "-m",
            "torch.distributed.run",
            f"--nproc-per-node={processes}",
            "--master-addr=127.0.0.1",
            "--master-port=0",
            "--rdzv-backend=c10d",
            "--rdzv-endpoint=127.0.0.1:0",
            *program,
        ]
    done = subprocess.run(
        [sys.executable, *program, "-o", str(run)],
        capture_output=True,
        text=True,
        timeout=240,
        env=os.environ
        | {"OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true", "CUDA_VISIBLE_DEVICES": ""},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.mark.slow
def test_several_processes_end_with_the_weights_of_one_bit_for_bit(corpus, tmp_path):
    """Of two processes each has two micro-batches of a step, and Adam makes much of a last bit."""
    preset, lr = tmp_path / "pair.toml", 1e-3
    preset.write_text(PRESET)
    told = {count: run_by(count, corpus, preset, tmp_path / str(count)) for count in (1, 2)}
    expected = load_file(tmp_path / "1" / "average.safetensors")
    for count, said in told.items():
        assert next(e["processes"] for e in said if e["event"] == "data") == count
        losses = [e["loss"] for e in said if e["event"] == "step"]
        assert len(losses) == 6 and losses == [e["loss"] for e in told[1] if e["event"] == "step"]
        got = load_file(tmp_path / str(count) / "average.safetensors")
        assert expected.keys() == got.keys()
        furthest = max(float(np.abs(expected[key] - got[key]).max()) for key in expected)
        print(f"{count} processes: furthest apart {furthest:.1e}")
        assert all(np.array_equal(expected[key], got[key]) for key in expected)
    # The ends are alike because of what was learned, not because little was.
    steps = load_file(tmp_path / "1" / "checkpoint.safetensors")
    assert float(np.abs(steps["model.bn1.weight"] - 1).max()) > 2 * lr
