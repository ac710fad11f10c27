"""A finished run -> a model folder: stored small, tested as stored, with its card."""

from __future__ import annotations

import datetime
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vowelscope import __version__
from vowelscope.core.errors import ConfigError
from vowelscope.core.features import normalise
from vowelscope.core.phones import load_class_map
from vowelscope.explain.card import DataSource, ModelCard, Storage
from vowelscope.explain.gridding import alternation, grid_words, ratios_of
from vowelscope.explain.model import load_model, save_model
from vowelscope.explain.quantise import Comparison, compare
from vowelscope.explain.runtime import Runs, open_runtime
from vowelscope_training.baselines import predictions
from vowelscope_training.config import Config, load_run
from vowelscope_training.data import TokenSet, load_tokens, plain
from vowelscope_training.evaluate import by_set
from vowelscope_training.loop import SOURCE_NAME
from vowelscope_training.uncertainty import probabilities

LEAST_AGREEMENT = 0.995
LEAST_R = 0.999

CREDITS = {
    "ljspeech": ("public domain", "LJ Speech (Keith Ito, Linda Johnson); MFA alignments, MIT"),
    "prompts": ("CC-BY-SA-3.0", "Asterisk core sounds (Digium; voice of Allison Smith)"),
    "synth": ("flite licence (BSD-like)", "Synthetic: flite's voices slt and rms"),
}
"""Licence and credit of the sets of our own corpora, by the set's name."""

Progress = Callable[[str], None]


def pack(
    run: Path,
    out: Path,
    name: str,
    command: str,
    extra: tuple[Path, ...] = (),
    storage: Storage | None = None,
    say: Progress = print,
) -> dict[str, Any]:
    """Write the model folder of a finished run and return its results.

    int8 is taken if it leaves the predictions of `LEAST_AGREEMENT` of the held-out tokens and the
    maps of each at r of `LEAST_R` or more, half precision otherwise. All results are those of the
    stored weights in the runtime that the program uses.

    Parameters
    ----------
    extra
        More corpora, all of whose tokens are tested, each under its file's stem.
    storage
        Take this storage whatever it does.

    Raises
    ------
    ConfigError
        The run is not finished.
    """
    config, corpus = load_run(run)
    classes = load_class_map(config.classes).classes
    state = _average(run)
    tokens = load_tokens(
        corpus, classes, config.features, config.augment.shift_columns, run / "features"
    )
    test = np.flatnonzero(tokens.split == "test")
    images = normalise(plain(tokens, test, config.features), config.features)
    card = ModelCard(
        name=name,
        architecture=config.architecture,
        dilated_stage4=config.dilated,
        classes=classes,
        class_map=config.classes,
        features=config.features,
        started_from=_started_from(config, run),
        data=_sources(tokens),
        split_hash=tokens.info["split"]["hash"],
        seed=config.seed,
        command=command,
        created=datetime.datetime.now(datetime.UTC).date().isoformat(),
        version=__version__,
    )
    chosen, change = storage or "int8", None
    with tempfile.TemporaryDirectory() as temporary:
        whole = Path(temporary) / "float32"
        save_model(whole, state, card, storage="float32")
        reference = open_runtime(load_model(whole))
        tries: tuple[Storage, ...] = (storage,) if storage else ("int8", "float16")
        for chosen in tries:
            small = Path(temporary) / chosen
            save_model(small, state, card, storage=chosen)
            change = compare(reference, open_runtime(load_model(small)), images)
            say(f"{chosen}: agreement {change.agree:.4f}, CAM r >= {change.r_min:.5f}")
            if change.agree >= LEAST_AGREEMENT and change.r_min >= LEAST_R:
                break
        runtime = open_runtime(load_model(small))
        logits, maps = _run_all(runtime, images)
        results = _results(tokens, test, logits, say)
        results["alternation"] = _alternation(maps, tokens.y[test])
        write_predictions(run, tokens, test, logits)
        for path in extra:
            results["sets"][path.stem] = _extra(path, run, runtime, config, classes)
    results["storage"] = _storage(change)
    if config.guide.active:
        results["guide"] = config.to_dict()["guide"]
    card = ModelCard(**{**_fields(card), "results": results})
    save_model(out, state, card, storage=chosen)
    return results


def _fields(card: ModelCard) -> dict[str, Any]:
    return {key: getattr(card, key) for key in card.__dataclass_fields__}


def _average(run: Path) -> dict[str, npt.NDArray[np.float32]]:
    from safetensors.numpy import load_file

    path = run / "average.safetensors"
    if not path.exists():
        raise ConfigError(f"{run}: the run is not finished: there is no average.safetensors.")
    return {
        key: value.astype(np.float32)
        for key, value in load_file(path).items()
        if not key.endswith("num_batches_tracked")
    }


def _started_from(config: Config, run: Path) -> str:
    path = run / SOURCE_NAME
    source = path.read_text(encoding="utf-8").strip() if path.exists() else config.start
    depths = list(dict.fromkeys(stage.architecture for stage in config.stages))
    if len(depths) == 1:
        return source
    return f"{source}, grown from {' to '.join(depths)} by identity blocks"


def _sources(tokens: TokenSet) -> tuple[DataSource, ...]:
    sources = []
    for name in sorted(set(tokens.sets)):
        licence, credit = CREDITS.get(name, ("", ""))
        count = int(((tokens.sets == name) & (tokens.split == "train")).sum())
        sources.append(DataSource(name=str(name), tokens=count, licence=licence, credit=credit))
    return tuple(sources)


def _run_all(
    runtime: Runs, images: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    parts = [runtime.run(images[i : i + 8]) for i in range(0, len(images), 8)]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _alternation(
    maps: npt.NDArray[np.float32], y: npt.NDArray[np.int64]
) -> dict[str, float | None]:
    """Whether the maps follow a grid (decision 0021); None where it cannot be said."""
    ratios = zip(("rows", "columns"), alternation(maps, y), strict=True)
    return {key: round(ratio, 3) if np.isfinite(ratio) else None for key, ratio in ratios}


def _results(
    tokens: TokenSet,
    test: npt.NDArray[np.int64],
    logits: npt.NDArray[np.float32],
    say: Progress,
) -> dict[str, Any]:
    """Scores of each set; the baselines are fitted on the training part of all real sets."""
    sets = by_set(tokens, test, logits.argmax(1).astype(np.int64), probabilities(logits))
    real = np.flatnonzero((tokens.split == "train") & ~tokens.train_only)
    say(f"baselines: measuring {len(real) + len(test)} tokens in Praat")
    for baseline, predicted in predictions(tokens, real, test).items():
        for name, values in by_set(tokens, test, predicted).items():
            sets[name].setdefault("baselines", {})[baseline] = {
                key: values[key] for key in ("accuracy", "macro_f1", "intervals")
            }
    return {"part": "test", "split_by": tokens.info["split"]["by"], "sets": sets}


def _extra(
    path: Path, run: Path, runtime: Runs, config: Config, classes: tuple[str, ...]
) -> dict[str, Any]:
    tokens = load_tokens(
        path, classes, config.features, config.augment.shift_columns, run / "features"
    )
    every = np.arange(len(tokens.rows))
    images = normalise(plain(tokens, every, config.features), config.features)
    logits, _ = _run_all(runtime, images)
    return by_set(tokens, every, logits.argmax(1).astype(np.int64), probabilities(logits))


def write_predictions(
    run: Path,
    tokens: TokenSet,
    index: npt.NDArray[np.int64],
    logits: npt.NDArray[np.float32],
) -> None:
    """Leave what the network said of each held-out token in RUN/predictions.parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kept = ("recording", "textgrid", "set", "utterance", "tier", "index", "tmin_s", "tmax_s")
    columns: dict[str, Any] = {
        key: [tokens.rows[i][key] for i in index] for key in (*kept, "label", "word", "stress")
    }
    columns["class"] = [tokens.classes[k] for k in tokens.y[index]]
    columns["predicted"] = [tokens.classes[k] for k in logits.argmax(1)]
    for k, name in enumerate(tokens.classes):
        columns[f"logit {name}"] = logits[:, k]
    pq.write_table(pa.table(columns), run / "predictions.parquet")


def _storage(change: Comparison | None) -> dict[str, float]:
    if change is None:
        return {}
    return {
        "same_predictions": round(change.agree, 5),
        "cam_r_min": round(change.r_min, 6),
        "cam_r_median": round(change.r_median, 6),
    }


def table(results: dict[str, Any]) -> str:
    """The results as lines of text: each set with its intervals, and each baseline beside it."""
    lines = [f"{'set':<32}{'tokens':>7}{'accuracy':>10}{'95 %':>14}{'macro-F1':>10}{'95 %':>14}"]

    def line(name: str, scores: dict[str, Any], tokens: int | str) -> None:
        held = scores.get("intervals", {})
        lines.append(
            f"{name:<32}{tokens:>7}{scores['accuracy']:>10.3f}{_span(held.get('accuracy')):>14}"
            f"{scores['macro_f1']:>10.3f}{_span(held.get('macro_f1')):>14}"
        )

    def whole(name: str, scores: dict[str, Any]) -> None:
        line(name, scores, sum(scores["counts"].values()))
        for part in ("stressed", "unstressed"):
            if part in scores:
                line(f"  {part}", scores[part], sum(scores[part]["counts"].values()))
        for baseline, values in scores.get("baselines", {}).items():
            line(f"  {baseline}", values, "")

    for name, scores in results["sets"].items():
        if "counts" in scores:
            whole(name, scores)
            continue
        for inner, values in scores.items():
            whole(f"{name}/{inner}" if inner != name else name, values)
    lines += grid_words(*ratios_of(results.get("alternation")))
    return "\n".join(lines)


def _span(ends: list[float | None] | None) -> str:
    if not ends or ends[0] is None or ends[1] is None:
        return ""
    return f"{ends[0]:.3f}-{ends[1]:.3f}"


def write_results(run: Path, results: dict[str, Any]) -> None:
    """Leave the results in the run's folder as results.json."""
    path = run / "results.json"
    path.write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")
