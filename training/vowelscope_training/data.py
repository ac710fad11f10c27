"""Tokens of a corpus as memory-mapped dB images, how they are drawn, and what is done to them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vowelscope.core.audio import Recording
from vowelscope.core.corpus import corpus_info, read_corpus
from vowelscope.core.errors import CorpusError, FeatureError
from vowelscope.core.features import FeatureSpec, token_input
from vowelscope_training.config import Augment, Config, Stage

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class TokenSet:
    """The tokens of a corpus.

    Attributes
    ----------
    rows
        One dict a token, the corpus manifest's columns.
    db
        float16 (tokens, rows, columns + 2 × extra), memory-mapped.
    y
        int64 (tokens,), index into `classes`.
    split
        "train", "val" or "test" of each token.
    train_only
        True where the token's set has no held-out part.
    """

    rows: list[dict[str, Any]]
    db: npt.NDArray[np.float16]
    y: npt.NDArray[np.int64]
    split: npt.NDArray[np.str_]
    sets: npt.NDArray[np.str_]
    train_only: npt.NDArray[np.bool_]
    classes: tuple[str, ...]
    extra: int
    info: dict[str, Any]
    refused: list[str]


def load_tokens(
    corpus: Path,
    classes: tuple[str, ...],
    spec: FeatureSpec,
    extra: int,
    cache: Path,
    progress: Callable[[int, int], None] | None = None,
) -> TokenSet:
    """Read a corpus and make, or find again, the images of its tokens.

    Parameters
    ----------
    extra
        Columns beyond the window at each end, for time shifts.
    cache
        Folder for the images; named by a digest of corpus and features, written atomically.

    Raises
    ------
    CorpusError
        The corpus cannot be read, or no token of it can be used.
    """
    table = read_corpus(corpus)
    rows = table.to_pylist()
    key = json.dumps([spec.to_dict(), extra, _digest(corpus)], sort_keys=True)
    folder = cache / hashlib.sha256(key.encode()).hexdigest()[:16]
    if not (folder / "refused.json").exists():
        _make_images(rows, spec, extra, folder, progress)
    refused: dict[str, str] = json.loads((folder / "refused.json").read_text(encoding="utf-8"))
    db = np.load(folder / "db.npy", mmap_mode="r")
    keep = [
        i
        for i, row in enumerate(rows)
        if str(i) not in refused and row["class"] in classes and row["balanced"]
    ]
    if not keep:
        raise CorpusError(f"{corpus}: none of its {len(rows)} tokens can be used.")
    if len(keep) < len(rows):
        db = db[keep]
        rows = [rows[i] for i in keep]
    sets = np.array([row["set"] for row in rows])
    split = np.array([row["split"] for row in rows])
    held = {s for s, part in zip(sets, split, strict=True) if part != "train"}
    return TokenSet(
        rows=rows,
        db=db,
        y=np.array([classes.index(row["class"]) for row in rows]),
        split=split,
        sets=sets,
        train_only=np.array([s not in held for s in sets]),
        classes=classes,
        extra=extra,
        info=corpus_info(table),
        refused=sorted(set(refused.values())),
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _make_images(
    rows: list[dict[str, Any]],
    spec: FeatureSpec,
    extra: int,
    folder: Path,
    progress: Callable[[int, int], None] | None,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / "db.npy.draft"
    shape = (len(rows), spec.rows, spec.columns + 2 * extra)
    out = np.lib.format.open_memmap(draft, mode="w+", dtype=np.float16, shape=shape)
    by_recording: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        by_recording.setdefault(row["recording"], []).append(index)
    jobs = [
        (path, index, [(rows[i]["tmin_s"], rows[i]["tmax_s"]) for i in index], spec, extra)
        for path, index in by_recording.items()
    ]
    refused: dict[str, str] = {}
    done = 0
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for which, images, reasons in pool.map(_images_of, jobs, chunksize=8):
            for i, image, reason in zip(which, images, reasons, strict=True):
                if image is None:
                    refused[str(i)] = reason
                else:
                    out[i] = image
            done += len(which)
            if progress is not None:
                progress(done, len(rows))
    out.flush()
    del out
    draft.replace(folder / "db.npy")
    (folder / "refused.json").write_text(json.dumps(refused), encoding="utf-8")


def _images_of(
    job: tuple[str, list[int], list[tuple[float, float]], FeatureSpec, int],
) -> tuple[list[int], list[npt.NDArray[np.float16] | None], list[str]]:
    path, index, spans, spec, extra = job
    images: list[npt.NDArray[np.float16] | None] = []
    reasons = []
    with Recording(path) as recording:
        for tmin_s, tmax_s in spans:
            try:
                made = token_input(recording, tmin_s, tmax_s, spec, extra_columns=extra)
            except FeatureError as error:
                images.append(None)
                reasons.append(f"{path}: {error}")
            else:
                images.append(made.db.astype(np.float16))
                reasons.append("")
    return index, images, reasons


def draw(tokens: TokenSet, stage: Stage, config: Config, step: int) -> npt.NDArray[np.int64]:
    """Indices of one batch of training tokens, as the preset's `sampling` says.

    The draw depends on (seed, step) alone, so a run that goes on from a checkpoint sees what the
    unbroken run would have seen. `step` counts over all stages.
    """
    if config.sampling == "shuffled":
        return _shuffled(tokens, config.batch, config.seed, step)
    return _balanced(tokens, stage, config.batch, config.seed, step)


def _shuffled(tokens: TokenSet, batch: int, seed: int, step: int) -> npt.NDArray[np.int64]:
    """Each token once an epoch; a batch at the border of two epochs has tokens of both."""
    pool = np.flatnonzero(tokens.split == "train")
    first = step * batch
    epochs = range(first // len(pool), (first + batch - 1) // len(pool) + 1)
    orders = [np.random.default_rng([seed, epoch, 4]).permutation(pool) for epoch in epochs]
    start = first - epochs[0] * len(pool)
    return np.concatenate(orders)[start : start + batch]


def _balanced(
    tokens: TokenSet, stage: Stage, batch: int, seed: int, step: int
) -> npt.NDArray[np.int64]:
    """Classes equally often, sets as the stage says."""
    rng = np.random.default_rng([seed, step, 1])
    pools = []
    for train_only in (False, True):
        pool = (tokens.split == "train") & (tokens.train_only == train_only)
        pools.append([np.flatnonzero(pool & (tokens.y == k)) for k in range(len(tokens.classes))])
    picks = []
    labels = np.arange(batch) % len(tokens.classes)
    for label in rng.permutation(labels):
        first = int(rng.random() < stage.synthetic)
        for which in (first, 1 - first):
            if len(pools[which][label]):
                picks.append(int(rng.choice(pools[which][label])))
                break
    return np.array(picks, dtype=np.int64)


def augment(
    db: npt.NDArray[np.float16],
    columns: int,
    spec: FeatureSpec,
    how: Augment,
    seed: int,
    step: int,
) -> Floats:
    """Cut `columns` from each image near its middle, and change level, tilt, noise and gaps.

    Nothing moves or scales frequency. Noise is added as power, as sound adds: an exponentially
    distributed power in each cell (the spectrum of Gaussian noise) at a random level.

    Parameters
    ----------
    db
        float16 (n, rows, columns + 2 × extra), dB.

    Returns
    -------
    numpy.ndarray
        float32 (n, rows, columns), dB, within the spec's bounds.
    """
    rng = np.random.default_rng([seed, step, 2])
    n, rows, width = db.shape
    room = (width - columns) // 2
    shift = min(how.shift_columns, room)
    octaves = np.log2(np.maximum(0.5 * (spec.freq_edges_hz[1:] + spec.freq_edges_hz[:-1]), 125.0))
    octaves = (octaves - octaves.mean()) / (octaves.max() - octaves.min())
    out = np.empty((n, rows, columns), dtype=np.float32)
    for i in range(n):
        start = room + int(rng.integers(-shift, shift + 1)) if shift else room
        image = db[i, :, start : start + columns].astype(np.float32)
        image += rng.uniform(-how.gain_db, how.gain_db)
        image += (rng.uniform(-how.tilt_db, how.tilt_db) * octaves[:, None]).astype(np.float32)
        if rng.random() < how.noise_chance:
            level_db = rng.uniform(how.noise_low_db, how.noise_high_db)
            noise = rng.exponential(size=image.shape).astype(np.float32) * 10 ** (level_db / 10)
            image = 10 * np.log10(10 ** (image / 10) + noise)
        if how.mask_rows and rng.random() < how.mask_chance:
            height = int(rng.integers(1, how.mask_rows + 1))
            low = int(rng.integers(0, rows - height))
            image[low : low + height] = image[low : low + height].mean()
        out[i] = image
    return np.clip(out, spec.db_min, spec.db_max)


def mix(
    image: Floats, alpha: float, seed: int, step: int
) -> tuple[Floats, npt.NDArray[np.int64], Floats]:
    """Mix each image with another of its batch, in dB.

    Returns
    -------
    mixed, partner, share
        (n, rows, columns); index of the other image (n,); share of the first one (n,), which is
        0.5 at least.
    """
    rng = np.random.default_rng([seed, step, 3])
    partner = rng.permutation(len(image))
    drawn = rng.beta(alpha, alpha, len(image))
    share = np.maximum(drawn, 1.0 - drawn).astype(np.float32)
    weight = share[:, None, None]
    return weight * image + (1.0 - weight) * image[partner], partner, share


def plain(tokens: TokenSet, index: npt.NDArray[np.int64], spec: FeatureSpec) -> Floats:
    """The images as window and command line see them: whole, unchanged, (n, rows, columns)."""
    cut = tokens.db[index, :, tokens.extra : tokens.extra + spec.columns]
    return cut.astype(np.float32)
