"""How much of its time a network that trains waits for images.

A small corpus of synthetic speech is trained on with the loop's own steps, and then the same
network takes the same steps on one constant tensor. Both are repeated in turns; the figures are
medians, and the exit status is 1 where the loop reaches less than 95 % of the constant tensor.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

ROUNDS = 5
GOAL = 0.95
# Network, columns, images at once: what a processor trains in a moment, and the paper's network.
CASES = (("resnet18", 224, 32, 4), ("resnet101", 224, 16, 2))
WARM_UP = 1


def images_per_s(work, stage, fed: bool, steps: int) -> float:
    """Images a second of some steps, after `WARM_UP` others."""
    from vowelscope_training.network import build
    from vowelscope_training.steps import _batches, _Passes

    torch.manual_seed(1)
    bare = build(stage.architecture, len(work.tokens.classes)).to(memory_format=torch.channels_last)
    model, optimiser = work.accelerator.prepare(bare, torch.optim.AdamW(bare.parameters(), lr=1e-5))
    model.train()
    passes = _Passes(work, model, bare)
    batches = _batches(work, stage, 0, 0)
    constant = next(batches)
    if not fed:
        batches.close()
    start_s = 0.0
    for step in range(steps + WARM_UP):
        if step == WARM_UP:
            _wait(work)
            start_s = time.perf_counter()
        micros = next(batches) if fed else constant
        optimiser.zero_grad()
        passes.run(micros, "")
        optimiser.step()
    _wait(work)
    spent_s = time.perf_counter() - start_s
    batches.close()
    return steps * work.config.batch / spent_s


def _wait(work) -> None:
    if work.accelerator.device.type == "cuda":
        torch.cuda.synchronize()


def main() -> int:
    """Print a table; 1 if the goal is missed."""
    from accelerate import Accelerator

    from vowelscope.core.corpus import build_corpus
    from vowelscope.core.phones import load_class_map
    from vowelscope_training.config import load_config
    from vowelscope_training.data import load_tokens
    from vowelscope_training.settings import Stage
    from vowelscope_training.steps import Work
    from vowelscope_training.synthesise import synthesise

    if shutil.which("flite") is None:
        print("flite is not installed")
        return 0
    accelerator = Accelerator()
    worst = 1.0
    print(f"on {accelerator.device}, {torch.get_num_threads()} threads; medians of {ROUNDS}")
    print(f"{'network':<10} {'batch':>5} {'constant':>10} {'fed':>10} {'ratio':>6}   images/s")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        synthesise(root / "spoken", 12, seed=7)
        build_corpus([root / "spoken"], load_class_map("vowels5"), root / "c.parquet", seed=3)
        for architecture, columns, batch, steps in CASES:
            stage = Stage(architecture, columns, 1e-5, steps=10**6, mixup=0.2)
            config = load_config("vowels-8k", batch=batch)
            config = config.__class__(**{**vars(config), "stages": (stage,)})
            tokens = load_tokens(
                root / "c.parquet",
                load_class_map("vowels5").classes,
                config.features,
                config.augment.shift_columns,
                root / "features",
            )
            work = Work(accelerator, tokens, config, root, None, None)
            steps *= 10 if accelerator.device.type == "cuda" else 1
            rates = {True: [], False: []}
            for _ in range(ROUNDS):
                for fed in (False, True):
                    rates[fed].append(images_per_s(work, stage, fed, steps))
            constant, fed = (statistics.median(rates[fed]) for fed in (False, True))
            # Pairs next to each other in time: what else the machine does meets both alike.
            ratio = float(np.median(np.array(rates[True]) / np.array(rates[False])))
            worst = min(worst, ratio)
            print(f"{architecture:<10} {batch:>5} {constant:>10.2f} {fed:>10.2f} {ratio:>6.3f}")
    return 0 if worst >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
