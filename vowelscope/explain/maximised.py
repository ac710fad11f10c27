"""What activation maximisation gives, in numbers and in words; no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import ConfigError
from vowelscope.core.features import Floats
from vowelscope.core.translation import tr
from vowelscope.explain.maximise_settings import Doubles, MaximiseSettings
from vowelscope.explain.maximise_starts import Start

ALIKE = 0.7
"""Mean correlation of the changes of two restarts above which they are the same picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Maximised:
    """Pictures that raise a class's logit, or the difference of two.

    Attributes
    ----------
    of, against
        The class, or the contrast of two.
    classes
        In the order of the logits.
    start, settings
        Where it began, and how.
    images_db
        float32 (restarts, rows, columns) in dB.
    scores
        (restarts, steps): the logit or contrast at each step, of the picture as it was shifted.
    start_logits, logits
        (k,) of the start, (restarts, k) of the pictures.
    model_name, model_hash
        Which model it was; "random weights" for the control.
    """

    of: str
    against: str | None
    classes: tuple[str, ...]
    start: Start
    settings: MaximiseSettings
    images_db: Floats
    scores: Doubles
    start_logits: Doubles
    logits: Doubles
    model_name: str
    model_hash: str

    @property
    def name(self) -> str:
        """The class or contrast as it is written on the screen."""
        return f"/{self.of}/" if self.against is None else f"/{self.of}/ − /{self.against}/"

    @property
    def best(self) -> int:
        """The restart with the highest score: the one that is shown and heard."""
        return int(self.score_of(self.logits).argmax())

    @property
    def image_db(self) -> Floats:
        """Its picture, (rows, columns)."""
        chosen: Floats = self.images_db[self.best]
        return chosen

    @property
    def changes_db(self) -> Floats:
        """What each restart added to the start, (restarts, rows, columns)."""
        return self.images_db - self.start.db

    def score_of(self, logits: Doubles) -> Doubles:
        """The logit or contrast, from logits (..., k)."""
        score: Doubles = logits @ class_weights(self.classes, self.of, self.against)
        return score

    def probability_of(self, logits: Doubles) -> Doubles:
        """Softmax probability of the class `of`, from logits (..., k)."""
        raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
        shares: Doubles = raised / raised.sum(axis=-1, keepdims=True)
        return shares[..., self.classes.index(self.of)]

    @property
    def distances_db(self) -> Doubles:
        """RMS distance of each picture from the start over the pixels that may change."""
        changes = self.changes_db[:, :, self.start.free].astype(np.float64)
        distances: Doubles = np.sqrt(np.square(changes).mean(axis=(1, 2)))
        return distances

    @property
    def agreement(self) -> float:
        """Mean correlation of the changes of every two restarts; NaN for one alone."""
        flat = self.changes_db[:, :, self.start.free].reshape(len(self.images_db), -1)
        return mean_correlation(flat)

    @property
    def spread_db(self) -> float:
        """Standard deviation between restarts (n − 1), RMS over pixels; NaN for one alone."""
        if len(self.images_db) < 2:
            return float("nan")
        spread = self.images_db[:, :, self.start.free].astype(np.float64).std(axis=0, ddof=1)
        return float(np.sqrt(np.square(spread).mean()))

    @property
    def likeness(self) -> float:
        """Correlation of the change with what real tokens of the class have over the start.

        Of a contrast: with the mean of one class less that of the other. NaN where the start is
        no mean of tokens.
        """
        means = self.start.class_means_db
        if means is None or self.of not in means:
            return float("nan")
        if self.against is not None and self.against not in means:
            return float("nan")
        other = self.start.db if self.against is None else means[self.against]
        real = (means[self.of] - other)[:, self.start.free].ravel()
        own = self.changes_db[self.best][:, self.start.free].ravel()
        return mean_correlation(np.stack([real, own]))

    @property
    def loudest_db(self) -> float:
        """The highest level of the picture within the token."""
        return float(self.image_db[:, self.start.inside].max(initial=self.start.spec.db_min))

    def sentences(self) -> tuple[str, ...]:
        """What was found, each a sentence, the caveat first."""
        before, after = self.score_of(self.start_logits), self.score_of(self.logits[self.best])
        found = [
            caveat(),
            tr(
                "{name}: {before:+.1f} → {after:+.1f} logits, p(/{of}/) {low:.3f} → {high:.3f}; "
                "{distance:.1f} dB from the start (RMS)."
            ).format(
                name=self.name,
                before=before,
                after=after,
                of=self.of,
                low=self.probability_of(self.start_logits),
                high=self.probability_of(self.logits[self.best]),
                distance=self.distances_db[self.best],
            ),
        ]
        found += self._sentences_of_restarts()
        if np.isfinite(self.likeness):
            found.append(
                tr(
                    "What it added correlates {likeness:+.2f} with what real tokens of the class "
                    "have over the start."
                ).format(likeness=self.likeness)
            )
        if self.start.spec.reference == "token" and self.loudest_db < -1.0:
            found.append(
                tr(
                    "Its loudest pixel lies at {level:.0f} dB. That of a recording lies at 0 dB by "
                    "definition, so no recording gives this picture."
                ).format(level=self.loudest_db)
            )
        return tuple(found)

    def _sentences_of_restarts(self) -> list[str]:
        if len(self.images_db) < 2:
            return [tr("One start alone: whether another gives the same picture is not known.")]
        words = (
            tr("{count} starts give about the same picture")
            if self.agreement >= ALIKE
            else tr("{count} starts give different pictures")
        )
        scores = self.score_of(self.logits)
        numbers = tr(
            "(correlation of what they added {agreement:.2f}, spread {spread:.1f} dB, "
            "{low:+.1f} to {high:+.1f} logits)"
        ).format(
            agreement=self.agreement, spread=self.spread_db, low=scores.min(), high=scores.max()
        )
        return [f"{words} {numbers}.".format(count=len(self.images_db))]

    def _settings(self) -> dict[str, Any]:
        kind = self.start.kind
        used = {
            "nearness": self.settings.nearness_of(kind),
            "step_db": self.settings.step_of(kind),
        }
        return asdict(self.settings) | used

    def values(self) -> dict[str, Any]:
        """All but the pictures, as plain values for JSON."""
        start = self.start
        return {
            "of": self.of,
            "against": self.against,
            "classes": list(self.classes),
            "model": self.model_name,
            "model_hash": self.model_hash,
            "start": {"kind": start.kind, "words": start.words},
            "tmin_s": start.tmin_s,
            "tmax_s": start.tmax_s,
            "settings": self._settings(),
            "features": start.spec.to_dict(),
            "start_logits": rounded(self.start_logits),
            "logits": [rounded(row) for row in self.logits],
            "start_probability": float(self.probability_of(self.start_logits)),
            "probabilities": rounded(self.probability_of(self.logits), 6),
            "scores": [rounded(row) for row in self.scores],
            "shown": self.best,
            "distances_db": rounded(self.distances_db),
            "agreement": _number(self.agreement),
            "spread_db": _number(self.spread_db),
            "likeness": _number(self.likeness),
            "loudest_db": self.loudest_db,
            "sentences": list(self.sentences()),
        }


def caveat() -> str:
    """What a maximised picture may not be taken for."""
    return tr(
        "Not what a speaker says, and not the vowel's best example: it is what this network would "
        "score highest near the start, under these priors. The network has never seen such a "
        "picture, and its probability of it is no confidence."
    )


def class_weights(classes: Sequence[str], of: str, against: str | None) -> Doubles:
    """What each logit counts, (k,): +1 for the class, −1 for the one it is contrasted with.

    Raises
    ------
    ConfigError
        There is no such class, or a class is contrasted with itself.
    """
    weights = np.zeros(len(classes))
    for name, sign in ((of, 1.0), (against, -1.0)):
        if name is None:
            continue
        if name not in classes:
            raise ConfigError(
                tr("the model has no class {name!r}; it has {names}.").format(
                    name=name, names=", ".join(classes)
                )
            )
        weights[list(classes).index(name)] += sign
    if not weights.any():
        raise ConfigError(tr("{name!r} cannot be contrasted with itself.").format(name=of))
    return weights


def mean_correlation(rows: npt.NDArray[np.floating]) -> float:
    """Mean of Pearson's r over every two rows of (n, m); NaN where none can be taken."""
    centred = rows.astype(np.float64) - rows.mean(axis=1, keepdims=True, dtype=np.float64)
    lengths = np.linalg.norm(centred, axis=1)
    if len(rows) < 2 or not (lengths > 0).all():
        return float("nan")
    found = (centred @ centred.T) / np.outer(lengths, lengths)
    return float(found[np.triu_indices(len(rows), 1)].mean())


def rounded(values: npt.ArrayLike, digits: int = 4) -> list[float]:
    """A vector as plain numbers."""
    return [round(float(value), digits) for value in np.asarray(values, dtype=np.float64)]


def _number(value: float) -> float | None:
    return round(value, 4) if np.isfinite(value) else None
