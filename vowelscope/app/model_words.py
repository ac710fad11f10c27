"""What a model is, in words for the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vowelscope.explain.model import Model


def describe_model(model: Model) -> str:
    """Name, classes, what it sees and its hash, in four lines."""
    card, features = model.card, model.card.features
    shown_ms = 1000 * features.column_s * features.columns
    rule = (
        f"{shown_ms:.0f} ms around the middle of the interval"
        if features.time_rule == "fixed"
        else "the interval stretched to the width of the picture"
    )
    return (
        f"{card.name} ({card.architecture})\n"
        f"Classes: {' '.join(f'/{name}/' for name in card.classes)}\n"
        f"Sees 0–{features.f_max_hz:,.0f} Hz, {rule}\n"
        f"Weights: SHA-256 {model.weights_sha256[:12]}…"
    )
