"""Tokens a second of ``corpus explain`` beside a plain loop of torch, on the same cores.

The loop is what one would write: torchvision's ResNet-101 in inference mode, one token at a time,
its input made by the same road, the map from the last feature map. Goal: >= 1.9 times as fast.
Each shard is a recording of 21 tokens. Both start after model and network are open; medians of
three runs. Formants and pitch, which ``corpus explain`` adds, are counted in for it and left out of
the loop.

Run as a script; the exit status is 1 where the goal is missed.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from pathlib import Path

GOAL = 1.9
RUNS = 3
TOKENS = 64


def main() -> int:
    """Measure, print, and say by the exit status whether the goal is met."""
    from vowelscope.core.corpus import build_corpus, read_corpus
    from vowelscope.core.phones import load_class_map
    from vowelscope.resources import resource

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spoken = folder / "spoken"
        spoken.mkdir()
        for number in range(12):
            for ending in ("wav", "TextGrid"):
                held = resource("sample", f"sample.{ending}").read_bytes()
                (spoken / f"copy{number}.{ending}").write_bytes(held)
        corpus = folder / "corpus.parquet"
        build_corpus([spoken], load_class_map("vowels5"), corpus, jobs=1)
        tokens = read_corpus(corpus).to_pylist()[:TOKENS]
        ours = _ours(corpus, folder, cores or 1)
        theirs = _theirs(tokens)
    ratio = ours / theirs
    print(
        f"corpus explain: {ours:.2f} tokens/s ({cores} processes), torch one by one: "
        f"{theirs:.2f} tokens/s; ratio {ratio:.2f} (goal {GOAL})"
    )
    print(json.dumps({"ours": ours, "theirs": theirs, "ratio": ratio}))
    return 0 if ratio >= GOAL else 1


def _ours(corpus: Path, folder: Path, cores: int) -> float:
    """Tokens a second from the first shard to the last, processes being open."""
    from vowelscope.explain.corpus_run import explain_corpus
    from vowelscope.explain.shards import make_plan
    from vowelscope.resources import resource

    plan = make_plan(corpus, resource("models", "vowels5"), shard_tokens=21)
    rates = []
    for run in range(RUNS):
        at: list[tuple[int, float]] = []

        def note(done: int, _total: int, at: list[tuple[int, float]] = at) -> None:
            at.append((done, time.monotonic()))

        explain_corpus(plan, folder / f"out{run}", cores, note)
        # The first shard of each process holds its start.
        (first, began_s), (last, ended_s) = at[cores], at[-1]
        rates.append((last - first) / (ended_s - began_s))
    return statistics.median(rates)


def _theirs(tokens: list[dict[str, object]]) -> float:
    import torch
    import torchvision

    from vowelscope.core.audio import Recording
    from vowelscope.core.features import token_input
    from vowelscope.explain.model import load_model
    from vowelscope.resources import resource

    model = load_model(resource("models", "vowels5"))
    network = torchvision.models.resnet101(weights=None, num_classes=len(model.card.classes))
    state = {key: torch.from_numpy(value) for key, value in model.state().items()}
    network.load_state_dict(state, strict=False)
    network.eval()
    kept = {}
    network.layer4.register_forward_hook(lambda _m, _i, out: kept.update(last=out))
    rates = []
    with torch.inference_mode():
        for _ in range(RUNS):
            began_s = time.monotonic()
            for row in tokens[:24]:
                with Recording(str(row["recording"])) as recording:
                    held = token_input(
                        recording,
                        float(str(row["tmin_s"])),
                        float(str(row["tmax_s"])),
                        model.card.features,
                        allow_unfilled=True,
                    )
                network(torch.from_numpy(held.image())[None])
                torch.einsum("nchw,kc->nkhw", kept["last"], network.fc.weight)
            rates.append(24 / (time.monotonic() - began_s))
    return statistics.median(rates)


if __name__ == "__main__":
    raise SystemExit(main())
