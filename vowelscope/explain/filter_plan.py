"""Which tokens of a corpus are shown to which filters of a model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vowelscope import __version__
from vowelscope.core.corpus import read_corpus
from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr
from vowelscope.explain.model import load_model
from vowelscope.explain.plans import Cut, read_plan_file, sha256_of
from vowelscope.explain.resnet import n_filters, receptive_field, stage_stride
from vowelscope.explain.shards import BATCH, PLAN_NAME, SHARD_TOKENS, read_plan, read_shards

FILTERS_NAME = "filters.json"
Pool = Literal["mean", "peak"]


@dataclass(frozen=True, slots=True)
class FilterPlan(Cut):
    """Which tokens are shown to which filters, and how they are cut into shards.

    Attributes
    ----------
    corpus
        Absolute path of a corpus file, or of a finished folder of `explain_corpus`.
    corpus_sha256
        Of that file, or of that folder's plan.
    model, model_name, model_sha256
        Absolute path, name, hash of the weights.
    stage, filters
        1 to 4, or 0 for the first layer; how many filters it has.
    untrained
        Whether all weights were drawn anew: what such a network's filters follow needs no learning.
    pool
        What counts of a filter's activations in a token: their mean over the cells, which for
        stage 4 is what the classifier reads, or the largest.
    cells
        Rows and columns of the stage's maps.
    cell_px, sees_px
        Pixels of the input that a cell is drawn over, and that it can see, in each direction.
    tokens, shard_tokens, batch
        Tokens in all, a shard, and a forward pass.
    classes
        Of the model.
    version
        Of the program.
    """

    corpus: str
    corpus_sha256: str
    model: str
    model_name: str
    model_sha256: str
    stage: int
    filters: int
    untrained: bool
    pool: Pool
    cells: tuple[int, int]
    cell_px: int
    sees_px: int
    tokens: int
    shard_tokens: int
    batch: int
    classes: tuple[str, ...]
    version: str


def plan_filters(
    corpus: Path,
    model: Path | None,
    stage: int = 4,
    pool: Pool = "mean",
    untrained: bool = False,
    shard_tokens: int = SHARD_TOKENS,
    batch: int = BATCH,
) -> FilterPlan:
    """Look at a corpus and a model.

    Parameters
    ----------
    corpus
        What `build_corpus` wrote, or a folder that `explain_corpus` filled: its formants are taken
        over.
    untrained
        Ask a network of the model's shape and random weights instead.
    model
        A model folder; None for the one that explained `corpus`, which must be such a folder then.

    Raises
    ------
    ConfigError, CorpusError, ModelError
        One of them cannot be used, or there is no such stage.
    """
    if stage not in range(5):
        raise ConfigError(
            tr("stage {stage}: there are 1-4, and 0, the first layer.").format(stage=stage)
        )
    if corpus.is_dir():
        explained = read_plan(corpus)
        next(iter(read_shards(corpus, ["row"])), None)
        tokens, listed = explained.tokens, corpus / PLAN_NAME
        model = Path(explained.model) if model is None else model
    else:
        tokens, listed = read_corpus(corpus).num_rows, corpus
    if model is None:
        raise ConfigError(tr("{corpus}: a corpus names no model; say which.").format(corpus=corpus))
    held = load_model(model)
    card = held.card
    step = stage_stride(stage, card.dilated_stage4)
    spec = card.features
    return FilterPlan(
        corpus=str(corpus.absolute()),
        corpus_sha256=sha256_of(listed),
        model=str(model.absolute()),
        model_name=card.name,
        model_sha256=held.weights_sha256,
        stage=stage,
        filters=n_filters(card.architecture, stage),
        untrained=untrained,
        pool=pool,
        cells=(-(-spec.rows // step), -(-spec.columns // step)),
        cell_px=step,
        sees_px=receptive_field(card.architecture, stage, card.dilated_stage4),
        tokens=tokens,
        shard_tokens=shard_tokens,
        batch=batch,
        classes=card.classes,
        version=__version__,
    )


def read_filter_plan(out: Path) -> FilterPlan:
    """The plan of a folder of filters.

    Raises
    ------
    ConfigError
        There is none, or it is damaged.
    """
    path = out / FILTERS_NAME
    if not path.is_file():
        raise ConfigError(
            tr("{out}: this folder holds no filters (there is no {name}).").format(
                out=out, name=FILTERS_NAME
            )
        )
    return read_plan_file(path, FilterPlan)
