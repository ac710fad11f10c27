"""What a trained network is worth: scores for each set and part, beside a formant baseline."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.metrics import confusion_matrix, f1_score

from vowelscope.core.features import FeatureSpec, normalise
from vowelscope_training.data import TokenSet, plain

Ints = npt.NDArray[np.int64]


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


def by_set(tokens: TokenSet, index: Ints, predicted: Ints) -> dict[str, Any]:
    """`scores` for each set of the tokens `index`, and within it for stressed and unstressed."""
    result: dict[str, Any] = {}
    stress = np.array([-1 if (s := tokens.rows[i]["stress"]) is None else s for i in index])
    for name in sorted(set(tokens.sets[index])):
        here = tokens.sets[index] == name
        result[name] = scores(tokens.y[index][here], predicted[here], tokens.classes)
        for word, part in (("stressed", stress > 0), ("unstressed", stress == 0)):
            if (here & part).any():
                result[name][word] = scores(
                    tokens.y[index][here & part], predicted[here & part], tokens.classes
                )
    return result


def formant_baseline(tokens: TokenSet, train: Ints, test: Ints) -> Ints:
    """QDA on Praat's F1-F3 at 20, 50 and 80 %, fitted on `train`; its predictions for `test`.

    A formant that Praat does not give is replaced by the mean of the training tokens.
    """
    from vowelscope.core.acoustics import formants_at

    points = np.array([0.2, 0.5, 0.8])
    values = np.full((len(tokens.rows), 9), np.nan)
    by_recording: dict[str, list[int]] = {}
    for i in np.concatenate([train, test]):
        by_recording.setdefault(tokens.rows[i]["recording"], []).append(int(i))
    for path, index in by_recording.items():
        times_s = np.concatenate(
            [tokens.rows[i]["tmin_s"] + points * tokens.rows[i]["duration_s"] for i in index]
        )
        values[index] = formants_at(path, times_s)[:, :3].reshape(len(index), 9)
    mean = np.nanmean(values[train], axis=0)
    values = np.where(np.isnan(values), mean, values)
    model = QuadraticDiscriminantAnalysis(reg_param=1e-3)
    model.fit(values[train], tokens.y[train])
    return np.asarray(model.predict(values[test]), dtype=np.int64)
