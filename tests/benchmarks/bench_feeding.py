"""How much of its time a network that trains waits for images.

A small corpus of synthetic speech is trained on with the loop's own steps, and then the same
network takes the same steps on one constant tensor. Both are repeated in turns; the figures are
medians, and the exit status is 1 where the loop reaches less than 95 % of the constant tensor.
A corpus may be given, for a machine without flite.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

ROUNDS = 9
GOAL = 0.95
# Network, columns, images and steps: what a processor trains in moments, and the paper's network.
CASES = (("resnet18", 64, 8, 4), ("resnet101", 64, 4, 2))
CUDA_CASES = (("resnet18", 224, 32, 40), ("resnet101", 224, 32, 20))


class Case:
    """A network, its optimiser, and one constant batch beside those that the loop makes."""

    def __init__(self, work, stage) -> None:
        from vowelscope_training.network import build
        from vowelscope_training.steps import _Passes

        torch.manual_seed(1)
        self._work, self._stage = work, stage
        bare = build(stage.architecture, len(work.tokens.classes))
        bare = bare.to(memory_format=torch.channels_last)
        optimiser = torch.optim.AdamW(bare.parameters(), lr=1e-5)
        model, self._optimiser = work.accelerator.prepare(bare, optimiser)
        model.train()
        self._passes = _Passes(work, model, bare)
        self._next_step = 0

    def run(self, fed: bool, steps: int) -> tuple[float, float, float]:
        """Seconds, seconds of processor time, and seconds of waiting for images, of some steps."""
        from vowelscope_training.steps import _batches

        batches = _batches(self._work, self._stage, self._next_step, 0)
        self._next_step += 1
        constant = next(batches)
        if not fed:
            batches.close()
        self._step(constant)
        _wait(self._work)
        waited_s, start_s, start_cpu_s = 0.0, time.perf_counter(), time.process_time()
        for _ in range(steps):
            asked_s = time.perf_counter()
            micros = next(batches) if fed else constant
            waited_s += time.perf_counter() - asked_s
            self._step(micros)
        _wait(self._work)
        spent = time.perf_counter() - start_s, time.process_time() - start_cpu_s, waited_s
        batches.close()
        return spent

    def _step(self, micros) -> None:
        self._optimiser.zero_grad()
        self._passes.run(micros, "")
        self._optimiser.step()


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

    given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if given is None and shutil.which("flite") is None:
        print("flite is not installed")
        return 0
    accelerator = Accelerator()
    on_gpu = accelerator.device.type == "cuda"
    name = torch.cuda.get_device_name() if on_gpu else f"{torch.get_num_threads()} threads"
    worst = 1.0
    print(f"on {accelerator.device}, {name}; medians of {ROUNDS}")
    print(f"{'':<16} {'images/s':^21} {'fed / constant':^17}")
    heads = f"{'constant':>10} {'fed':>10} {'time':>6} {'processor':>10} {'waited':>8}"
    print(f"{'network':<10} {'batch':>5} {heads}")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        corpus = given or root / "c.parquet"
        if given is None:
            synthesise(root / "spoken", 12, seed=7)
            build_corpus([root / "spoken"], load_class_map("vowels5"), corpus, seed=3)
        for architecture, columns, batch, steps in CUDA_CASES if on_gpu else CASES:
            stage = Stage(architecture, columns, 1e-5, steps=10**6, mixup=0.2)
            config = load_config("vowels-8k", batch=batch)
            config = config.__class__(**{**vars(config), "stages": (stage,)})
            tokens = load_tokens(
                corpus,
                load_class_map("vowels5").classes,
                config.features,
                config.augment.shift_columns,
                root / "features",
            )
            work = Work(accelerator, tokens, config, root, None, None)
            case = Case(work, stage)
            spent = {True: [], False: []}
            for number in range(ROUNDS):
                for fed in (False, True) if number % 2 else (True, False):
                    spent[fed].append(case.run(fed, steps))
            fed, constant = (np.array(spent[which]) for which in (True, False))
            rate, most = (steps * batch / np.median(part[:, 0]) for part in (fed, constant))
            # Of pairs next to each other in time: what else the machine does meets both alike.
            ratio, cpu, _ = np.median(constant / np.maximum(fed, 1e-9), axis=0)
            waited = np.median(fed[:, 2] / fed[:, 0])
            worst = min(worst, 1.0 - float(waited))
            print(
                f"{architecture:<10} {batch:>5} {most:>10.2f} {rate:>10.2f} {ratio:>6.3f} "
                f"{cpu:>10.3f} {waited:>8.2%}",
                flush=True,
            )
    return 0 if worst >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
