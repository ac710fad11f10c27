"""What a model is, in words for the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vowelscope.core.translation import tr

if TYPE_CHECKING:
    from vowelscope.explain.model import Model


def describe_model(model: Model) -> str:
    """Name, classes, what it sees and its hash, in four lines."""
    card, features = model.card, model.card.features
    shown_ms = 1000 * features.column_s * features.columns
    rule = (
        tr("{shown_ms:.0f} ms around the middle of the interval").format(shown_ms=shown_ms)
        if features.time_rule == "fixed"
        else tr("the interval stretched to the width of the picture")
    )
    return tr(
        "{name} ({architecture})\nClasses: {join}\nSees 0–{f_max_hz:,.0f} "
        "Hz, {rule}\nWeights: SHA-256 {value}…"
    ).format(
        name=card.name,
        architecture=card.architecture,
        join=" ".join(f"/{name}/" for name in card.classes),
        f_max_hz=features.f_max_hz,
        rule=rule,
        value=model.weights_sha256[:12],
    )
