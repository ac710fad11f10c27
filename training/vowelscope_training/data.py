"""Tokens of a corpus as memory-mapped dB images, how they are drawn, and what is done to them."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vowelscope.core.audio import Recording
from vowelscope.core.corpus import corpus_info, read_corpus
from vowelscope.core.errors import CorpusError, FeatureError
from vowelscope.core.features import FeatureSpec, token_input
from vowelscope.core.pools import worker_pool
from vowelscope_training.config import Augment, Config, Stage

Floats = npt.NDArray[np.float32]


class Images:
    """The images of some of the tokens, left where they are: on disk, mapped into memory.

    Parameters
    ----------
    mapped
        float16 (all tokens, rows, columns).
    keep
        Which of them, in order.
    """

    def __init__(self, mapped: npt.NDArray[np.float16], keep: npt.NDArray[np.int64]) -> None:
        self._mapped, self._keep = mapped, keep
        self.shape = (len(keep), *mapped.shape[1:])

    def __len__(self) -> int:
        return len(self._keep)

    def __getitem__(self, index: npt.NDArray[np.int64]) -> npt.NDArray[np.float16]:
        """Copies of the images of some tokens, (n, rows, columns)."""
        return np.asarray(self._mapped[self._keep[index]])


@dataclass(frozen=True, eq=False)
class TokenSet:
    """The tokens of a corpus.

    Attributes
    ----------
    rows
        One dict a token, the corpus manifest's columns.
    db
        Images, float16 (tokens, rows, columns + 2 × extra), memory-mapped.
    y
        int64 (tokens,), index into `classes`.
    split
        "train", "val" or "test" of each token.
    train_only
        True where the token's set has no held-out part.
    """

    rows: list[dict[str, Any]]
    db: Images
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
    shape = (len(rows), spec.rows, spec.columns + 2 * extra)
    held = _open_images(folder, shape)
    if held is None:
        try:
            _make_images(rows, shape, spec, extra, folder, progress)
        except OSError as error:
            raise CorpusError(
                f"{folder}: the images of the tokens cannot be written "
                f"({error.strerror or error}); they need {_mebibytes(shape)} MiB."
            ) from error
        held = _open_images(folder, shape)
    if held is None:
        raise CorpusError(f"{folder}: the images of the tokens cannot be read.")
    db, refused = held
    keep = [
        i
        for i, row in enumerate(rows)
        if str(i) not in refused and row["class"] in classes and row["balanced"]
    ]
    if not keep:
        raise CorpusError(f"{corpus}: none of its {len(rows)} tokens can be used.")
    rows = [rows[i] for i in keep]
    sets = np.array([row["set"] for row in rows])
    split = np.array([row["split"] for row in rows])
    tested = {s for s, part in zip(sets, split, strict=True) if part != "train"}
    return TokenSet(
        rows=rows,
        db=Images(db, np.array(keep, dtype=np.int64)),
        y=np.array([classes.index(row["class"]) for row in rows]),
        split=split,
        sets=sets,
        train_only=np.array([s not in tested for s in sets]),
        classes=classes,
        extra=extra,
        info=corpus_info(table),
        refused=sorted(set(refused.values())),
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _open_images(
    folder: Path, shape: tuple[int, ...]
) -> tuple[npt.NDArray[np.float16], dict[str, str]] | None:
    """The images of a folder and the reasons of those that are not; None unless all is there."""
    try:
        refused = json.loads((folder / "refused.json").read_text(encoding="utf-8"))
        db = np.load(folder / "db.npy", mmap_mode="r")
    except (OSError, ValueError):
        return None
    return (db, refused) if db.shape == shape and isinstance(refused, dict) else None


def _mebibytes(shape: tuple[int, ...]) -> str:
    return f"{2 * math.prod(shape) / 2**20:,.0f}"


def _reserve(path: Path) -> None:
    """Take the space on the disk now: a mapped page that finds none ends the process."""
    if hasattr(os, "posix_fallocate"):
        with path.open("rb+") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)


def _make_images(
    rows: list[dict[str, Any]],
    shape: tuple[int, ...],
    spec: FeatureSpec,
    extra: int,
    folder: Path,
    progress: Callable[[int, int], None] | None,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / "db.npy.draft"
    try:
        refused = _write_images(rows, shape, spec, extra, draft, progress)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    draft.replace(folder / "db.npy")
    told = folder / "refused.json.draft"
    told.write_text(json.dumps(refused), encoding="utf-8")
    told.replace(folder / "refused.json")


def _write_images(
    rows: list[dict[str, Any]],
    shape: tuple[int, ...],
    spec: FeatureSpec,
    extra: int,
    draft: Path,
    progress: Callable[[int, int], None] | None,
) -> dict[str, str]:
    """Write the images of all rows; the reasons of those that could not be made, by their index."""
    out = np.lib.format.open_memmap(draft, mode="w+", dtype=np.float16, shape=shape)
    _reserve(draft)
    by_recording: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        by_recording.setdefault(row["recording"], []).append(index)
    jobs = [
        (path, index, [(rows[i]["tmin_s"], rows[i]["tmax_s"]) for i in index], spec, extra)
        for path, index in by_recording.items()
    ]
    refused: dict[str, str] = {}
    done = 0
    with worker_pool(_cores()) as pool:
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
    return refused


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
    part: int = 0,
) -> Floats:
    """Cut `columns` from each image near its middle, and change level, tilt, noise and gaps.

    Nothing moves or scales frequency. Noise is added as power, as sound adds: an exponentially
    distributed power in each cell (the spectrum of Gaussian noise) at a random level.

    Parameters
    ----------
    db
        float16 (n, rows, columns + 2 × extra), dB.
    part
        Which part of the step's batch this is, if it is drawn in several.

    Returns
    -------
    numpy.ndarray
        float32 (n, rows, columns), dB, within the spec's bounds.
    """
    rng = np.random.default_rng([seed, step, 2, part] if part else [seed, step, 2])
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
    image: Floats, alpha: float, seed: int, step: int, part: int = 0
) -> tuple[Floats, npt.NDArray[np.int64], Floats]:
    """Mix each image with another of its batch, in dB.

    Returns
    -------
    mixed, partner, share
        (n, rows, columns); index of the other image (n,); share of the first one (n,), which is
        0.5 at least.
    """
    rng = np.random.default_rng([seed, step, 3, part] if part else [seed, step, 3])
    partner = rng.permutation(len(image))
    drawn = rng.beta(alpha, alpha, len(image))
    share = np.maximum(drawn, 1.0 - drawn).astype(np.float32)
    weight = share[:, None, None]
    return weight * image + (1.0 - weight) * image[partner], partner, share


def plain(tokens: TokenSet, index: npt.NDArray[np.int64], spec: FeatureSpec) -> Floats:
    """The images as window and command line see them: whole, unchanged, (n, rows, columns)."""
    cut = tokens.db[index][:, :, tokens.extra : tokens.extra + spec.columns]
    return cut.astype(np.float32)
