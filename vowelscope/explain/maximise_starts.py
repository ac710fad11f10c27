"""Where activation maximisation begins: a token, the mean of many, or the noise floor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vowelscope.core.audio import Recording
from vowelscope.core.errors import ConfigError, CorpusError, FeatureError, UserError
from vowelscope.core.features import FeatureSpec, Floats, ModelInput, token_input
from vowelscope.core.labels import display_label
from vowelscope.core.tokens import Token
from vowelscope.core.translation import tr
from vowelscope.explain.interventions import Progress
from vowelscope.explain.maximise_settings import Doubles, StartKind

MOST_A_CLASS = 60
"""Tokens of a class that a mean is taken of; more make it no smoother than the eye can see."""
FLOOR_TOKEN_S = 0.15
"""Length of the token that a start at the noise floor stands for."""


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Where the ascent begins, on the axes of a model input.

    Attributes
    ----------
    kind, words
        What it is; in words, with its file or count.
    db
        float32 (rows, columns) in dB re the spec's reference.
    spec
        Of the model.
    time_edges_s
        (columns + 1,); of a token in seconds of its recording, else from the token's middle.
    tmin_s, tmax_s
        The token on that axis.
    class_means_db
        For each class the mean of its tokens, where the start is their mean.
    anchor_db
        What `MaximiseSettings.nearness` holds to; None is the start itself.
    """

    kind: StartKind
    words: str
    db: Floats
    spec: FeatureSpec
    time_edges_s: Doubles
    tmin_s: float
    tmax_s: float
    class_means_db: dict[str, Floats] | None = None
    anchor_db: Floats | None = None

    @property
    def free(self) -> npt.NDArray[np.bool_]:
        """(columns,): those that may change. A model that masks the context sees no others."""
        return self.inside if self.masks else np.ones(self.db.shape[1], dtype=bool)

    @property
    def masks(self) -> bool:
        """Whether the model's inputs have nothing outside the token."""
        return self.spec.time_rule == "fixed" and self.spec.context == "mask"

    @property
    def inside(self) -> npt.NDArray[np.bool_]:
        """(columns,): those of the token."""
        centres_s = 0.5 * (self.time_edges_s[1:] + self.time_edges_s[:-1])
        found: npt.NDArray[np.bool_] = (centres_s >= self.tmin_s) & (centres_s < self.tmax_s)
        return found

    @property
    def middle(self) -> npt.NDArray[np.bool_]:
        """(columns,): the middle third of the token."""
        third_s = (self.tmax_s - self.tmin_s) / 3
        centres_s = 0.5 * (self.time_edges_s[1:] + self.time_edges_s[:-1])
        found = (centres_s >= self.tmin_s + third_s) & (centres_s < self.tmax_s - third_s)
        if not found.any():
            found = np.zeros_like(found)
            found[int(np.abs(centres_s - 0.5 * (self.tmin_s + self.tmax_s)).argmin())] = True
        return found

    @property
    def ceiling_db(self) -> Doubles:
        """(columns,): the upper bound. Re the token's maximum no pixel of it is above 0 dB."""
        top = np.full(self.db.shape[1], self.spec.db_max)
        if self.spec.reference == "token":
            top[self.inside] = min(0.0, self.spec.db_max)
        return top

    def input_of(self, db: Floats) -> ModelInput:
        """A picture on these axes as a model input."""
        return ModelInput(db, self.spec.freq_edges_hz, self.time_edges_s, self.spec)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A token and its class."""

    token: Token
    name: str


def start_of_token(seen: ModelInput, token: Token) -> Start:
    """Begin at a token's own model input."""
    label = display_label(token.label.strip()) or tr("no label")
    return Start(
        kind="token",
        words=tr("“{label}” at {time_s:.3f} s of {name}").format(
            label=label, time_s=token.tmin_s, name=token.recording.name
        ),
        db=seen.db,
        spec=seen.spec,
        time_edges_s=seen.time_edges_s,
        tmin_s=token.tmin_s,
        tmax_s=token.tmax_s,
    )


def start_at_floor(spec: FeatureSpec, token_s: float = FLOOR_TOKEN_S) -> Start:
    """Begin with every pixel at the lower bound of the model's range, which is silence."""
    half_s = 0.5 * token_s
    return Start(
        kind="floor",
        words=tr("the noise floor, {level:g} dB").format(level=spec.db_min),
        db=np.full((spec.rows, spec.columns), spec.db_min, dtype=np.float32),
        spec=spec,
        time_edges_s=spec.time_edges_s(-half_s, half_s),
        tmin_s=-half_s,
        tmax_s=half_s,
    )


def start_at_mean(
    tokens: Sequence[Labelled],
    spec: FeatureSpec,
    classes: Sequence[str],
    source: str,
    channel: int | None = None,
    progress: Progress | None = None,
) -> Start:
    """Begin at the mean of real tokens in dB, every class counting as much as another.

    Parameters
    ----------
    tokens
        Of the model's classes; of each class `MOST_A_CLASS` are taken, spread evenly. Those whose
        recording cannot be read or cannot fill the range are left out.
    source
        Where they are from, for the words.
    channel
        0-based, or None for the mean of all.
    progress
        Called with the tokens read and all of them; what it raises ends the work.

    Raises
    ------
    ConfigError
        No token can be used.
    """
    chosen = spread(tokens, MOST_A_CLASS)
    sums: dict[str, npt.NDArray[np.float64]] = {}
    counts: dict[str, int] = {}
    durations, why = [], ""
    for at, (one, seen) in enumerate(_inputs(chosen, spec, channel)):
        if progress is not None:
            progress(at, len(chosen))
        if isinstance(seen, UserError):
            why = why or str(seen)
            continue
        held = sums.setdefault(one.name, np.zeros(seen.db.shape))
        held += seen.db
        counts[one.name] = counts.get(one.name, 0) + 1
        durations.append(one.token.duration_s)
    if not counts:
        reason = f" ({why.rstrip('.')})" if why else ""
        raise ConfigError(
            tr("{source}: no token of the model's classes can be read{reason}.").format(
                source=source, reason=reason
            )
        )
    names = [name for name in classes if name in counts]
    means = {name: (sums[name] / counts[name]).astype(np.float32) for name in names}
    half_s = 0.5 * float(np.median(durations))
    return Start(
        kind="mean",
        words=tr("the mean of {count} tokens of {names} in {source}").format(
            count=sum(counts.values()), names=", ".join(f"/{x}/" for x in names), source=source
        ),
        db=np.stack(list(means.values())).mean(axis=0, dtype=np.float64).astype(np.float32),
        spec=spec,
        time_edges_s=spec.time_edges_s(-half_s, half_s),
        tmin_s=-half_s,
        tmax_s=half_s,
        class_means_db=means,
    )


def corpus_tokens(path: Path, classes: Sequence[str]) -> list[Labelled]:
    """The tokens of a corpus that have one of the classes.

    Raises
    ------
    CorpusError
        It cannot be read, or has none.
    """
    from vowelscope.core.manifest import read_corpus

    table = read_corpus(path).select(
        ["recording", "tier", "index", "tmin_s", "tmax_s", "label", "class"]
    )
    found = [
        Labelled(
            Token(
                Path(row["recording"]),
                row["tier"],
                row["index"],
                row["tmin_s"],
                row["tmax_s"],
                row["label"],
            ),
            row["class"],
        )
        for row in table.to_pylist()
        if row["class"] in classes
    ]
    if not found:
        raise CorpusError(f"{path}: no token has a class of the model ({', '.join(classes)}).")
    return found


def spread(tokens: Sequence[Labelled], most: int) -> list[Labelled]:
    """At most so many of each class, evenly from the whole, in the order of their recordings."""
    by_class: dict[str, list[Labelled]] = {}
    for one in tokens:
        by_class.setdefault(one.name, []).append(one)
    chosen = []
    for held in by_class.values():
        at = np.linspace(0, len(held) - 1, min(most, len(held))).round().astype(int)
        chosen += [held[index] for index in at]
    return sorted(chosen, key=lambda one: (str(one.token.recording), one.token.tmin_s))


def _inputs(
    tokens: Sequence[Labelled], spec: FeatureSpec, channel: int | None
) -> Iterable[tuple[Labelled, ModelInput | UserError]]:
    for path, group in groupby(tokens, key=lambda one: one.token.recording):
        held = list(group)
        try:
            recording = Recording(path)
        except UserError as error:
            yield from ((one, error) for one in held)
            continue
        with recording:
            for one in held:
                try:
                    seen = token_input(
                        recording, one.token.tmin_s, one.token.tmax_s, spec, channel=channel
                    )
                except FeatureError as error:
                    yield one, error
                else:
                    yield one, seen
