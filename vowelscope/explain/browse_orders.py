"""The orders in which tokens are browsed; apart from `browse`, which takes long to import."""

from __future__ import annotations

from typing import Literal

Order = Literal["corpus", "doubt", "label", "formants", "word", "class", "predicted", "duration"]

ORDERS: tuple[Order, ...] = (
    "doubt",
    "label",
    "formants",
    "corpus",
    "word",
    "class",
    "predicted",
    "duration",
)
"""``doubt``: predictions of the least probability first; ``label``: those that differ from the
label, the most certain first; ``formants``: those that differ from what a discriminant analysis of
the formants says, the most certain first."""

NOT_ASKED = -1
