"""What a trained network is worth: scores for each set and part of the tokens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sklearn.metrics import confusion_matrix, f1_score

from vowelscope.core.features import FeatureSpec, normalise
from vowelscope_training.data import TokenSet, plain
from vowelscope_training.uncertainty import LEVEL, calibration, resample

Ints = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]


@torch.no_grad()
def predict(
    model: torch.nn.Module, tokens: TokenSet, index: Ints, spec: FeatureSpec, batch: int = 16
) -> npt.NDArray[np.float32]:
    """Logits (n, classes) for whole windows, in evaluation mode."""
    device = next(model.parameters()).device
    model.eval()
    parts = []
    for start in range(0, len(index), batch):
        image = normalise(plain(tokens, index[start : start + batch], spec), spec)
        parts.append(model(torch.from_numpy(image).to(device)).float().cpu().numpy())
    model.train()
    return np.concatenate(parts)


def scores(y: Ints, predicted: Ints, classes: tuple[str, ...]) -> dict[str, Any]:
    """Accuracy, macro-F1, confusion matrix (rows are labels) and counts.

    Classes that neither label nor prediction holds do not count into macro-F1.
    """
    there = sorted(set(y.tolist()) | set(predicted.tolist()))
    return {
        "accuracy": round(float((y == predicted).mean()), 4),
        "macro_f1": round(float(f1_score(y, predicted, labels=there, average="macro")), 4),
        "confusion": confusion_matrix(y, predicted, labels=range(len(classes))).tolist(),
        "counts": {name: int((y == k).sum()) for k, name in enumerate(classes)},
    }


def by_set(
    tokens: TokenSet, index: Ints, predicted: Ints, chances: Doubles | None = None
) -> dict[str, Any]:
    """`with_intervals` for each set of `index`, and `scores` of its stressed and unstressed."""
    result: dict[str, Any] = {}
    stress = np.array([-1 if (s := tokens.rows[i]["stress"]) is None else s for i in index])
    for name in sorted(set(tokens.sets[index])):
        here = tokens.sets[index] == name
        result[name] = with_intervals(
            tokens, index[here], predicted[here], None if chances is None else chances[here]
        )
        for word, part in (("stressed", stress > 0), ("unstressed", stress == 0)):
            if (here & part).any():
                result[name][word] = scores(
                    tokens.y[index][here & part], predicted[here & part], tokens.classes
                )
    return result


def with_intervals(
    tokens: TokenSet, index: Ints, predicted: Ints, chances: Doubles | None = None
) -> dict[str, Any]:
    """`scores` of some tokens with intervals over utterances, and calibration.

    Parameters
    ----------
    chances
        (n, classes) probabilities, in the order of `index`.
    """
    y = tokens.y[index]
    result = scores(y, predicted, tokens.classes)
    clusters = np.array([f"{tokens.sets[i]}\0{tokens.rows[i]['utterance']}" for i in index])
    drawn = resample(y, predicted, clusters, len(tokens.classes))
    result["intervals"] = {
        "level": LEVEL,
        "utterances": drawn.clusters,
        "accuracy": _rounded(drawn.accuracy()[1:]),
        "macro_f1": _rounded(drawn.macro_f1()[1:]),
    }
    result["recall"] = {
        name: _rounded(drawn.recall(k)) for k, name in enumerate(tokens.classes) if (y == k).any()
    }
    if chances is not None:
        result["calibration"] = calibration(y, chances)
    return result


def _rounded(values: Iterable[float]) -> list[float | None]:
    return [round(value, 4) if np.isfinite(value) else None for value in values]
