"""Which tokens of an explained corpus are suspects by a rule, and what is said of each."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import ConfigError
from vowelscope.core.suspects import Suspect
from vowelscope.core.tables import Kind
from vowelscope.explain.browse import NOT_ASKED, Browsed, Flags

__all__ = ["COLUMNS", "Rules", "choose", "class_number", "suspect_rows", "suspects_of"]

Places = npt.NDArray[np.int64]

COLUMNS: dict[str, Kind] = {
    "textgrid": "text",
    "recording": "text",
    "tier": "text",
    "interval": "integer",
    "tmin_s": "number",
    "tmax_s": "number",
    "word": "text",
    "label": "text",
    "class": "text",
    "predicted": "text",
    "probability": "number",
    "margin_logits": "number",
    "by_formants": "text",
    "f1_hz": "number",
    "f2_hz": "number",
    "part": "text",
    "suspect": "text",
}
"""Columns of `suspect_rows`; ``interval`` counts from 1, ``suspect`` is what the tier gets."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What makes a token a suspect; of several rules, all must hold.

    Attributes
    ----------
    against_label, against_formants
        The prediction differs from the label's class, or from what a discriminant analysis of the
        formants says (see `Browsed.by_formants`).
    doubt
        `Browsed.doubt` is above this, 0 to 1.
    label, predicted
        Numbers of classes: one or both, which together are a cell of the confusion matrix.
    text, part
        As in `Browsed.matching`.
    """

    against_label: bool = False
    against_formants: bool = False
    doubt: float | None = None
    label: int | None = None
    predicted: int | None = None
    text: str = ""
    part: str = ""


def choose(browsed: Browsed, rules: Rules) -> Flags:
    """Which tokens the rules choose.

    Raises
    ------
    ConfigError
        `doubt` is not within 0-1, or the formants have no opinion on any token.
    """
    chosen = browsed.matching(rules.text, rules.label, rules.predicted, rules.part)
    if rules.against_label:
        chosen &= browsed.differs_from_label
    if rules.against_formants:
        if (browsed.by_formants == NOT_ASKED).all():
            raise ConfigError(
                f"{browsed.out}: the formants name no class, as too few tokens of the training "
                "part are labelled."
            )
        chosen &= browsed.differs_from_formants
    if rules.doubt is not None:
        if not 0.0 <= rules.doubt < 1.0:
            raise ConfigError(f"A doubt of {rules.doubt:g}: it must be 0 or more and less than 1.")
        chosen &= browsed.doubt > rules.doubt
    return chosen


def class_number(browsed: Browsed, name: str) -> int:
    """The number of a class of the model.

    Raises
    ------
    ConfigError
        There is none of that name.
    """
    classes = browsed.plan.classes
    if name not in classes:
        raise ConfigError(
            f"{browsed.out}: there is no class {name!r} in it; it has {', '.join(classes)}."
        )
    return classes.index(name)


def _text(browsed: Browsed, at: int) -> str:
    """Label, prediction and its probability."""
    classes = browsed.plan.classes
    y, said = int(browsed.y[at]), int(browsed.said[at])
    label = classes[y] if y >= 0 else str(browsed.texts["label"][at])
    return f"{label}→{classes[said]} {browsed.probability[at]:.2f}"


def suspects_of(browsed: Browsed, places: Places) -> dict[Path, list[Suspect]]:
    """Some tokens by TextGrid, each with label, prediction and its probability."""
    files: dict[Path, list[Suspect]] = {}
    # Links to one file are one file.
    real: dict[str, Path] = {}
    for at in places:
        name = str(browsed.texts["textgrid"][at])
        if name not in real:
            real[name] = Path(os.path.realpath(name))
        times_s = float(browsed.tmin_s[at]), float(browsed.tmax_s[at])
        found = files.setdefault(real[name], [])
        found.append(Suspect(str(browsed.texts["tier"][at]), *times_s, _text(browsed, int(at))))
    return files


def suspect_rows(browsed: Browsed, places: Places) -> list[dict[str, Any]]:
    """Some tokens as rows of a table with the columns `COLUMNS`, times in seconds."""
    classes, texts = browsed.plan.classes, browsed.texts
    return [
        {
            "textgrid": str(texts["textgrid"][at]),
            "recording": str(texts["recording"][at]),
            "tier": str(texts["tier"][at]),
            "interval": int(browsed.index[at]) + 1,
            "tmin_s": round(float(browsed.tmin_s[at]), 6),
            "tmax_s": round(float(browsed.tmax_s[at]), 6),
            "word": str(texts["word"][at]),
            "label": str(texts["label"][at]),
            "class": _named(classes, int(browsed.y[at])),
            "predicted": _named(classes, int(browsed.said[at])),
            "probability": round(float(browsed.probability[at]), 4),
            "margin_logits": round(float(browsed.margin[at]), 4),
            "by_formants": _named(classes, int(browsed.by_formants[at])),
            "f1_hz": _rounded(float(browsed.f1_hz[at])),
            "f2_hz": _rounded(float(browsed.f2_hz[at])),
            "part": str(texts["split"][at]),
            "suspect": _text(browsed, int(at)),
        }
        for at in places
    ]


def _named(classes: tuple[str, ...], number: int) -> str | None:
    return None if number == NOT_ASKED else classes[number]


def _rounded(value_hz: float) -> float | None:
    return round(value_hz, 1) if np.isfinite(value_hz) else None
