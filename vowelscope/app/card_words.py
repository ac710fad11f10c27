"""The card of a model in words: what it was made from and what it can do."""

from __future__ import annotations

from typing import Any

from vowelscope.core.translation import in_language, tr
from vowelscope.explain.card import ModelCard
from vowelscope.explain.gridding import grid_words, ratios_of


def card_text(card: ModelCard) -> str:
    """The card as plain text, paragraph by paragraph, to be read from the top to the end."""
    features = card.features
    shown_ms = 1000 * features.column_s * features.columns
    rule = (
        tr("{shown_ms:.0f} ms around the middle of the interval").format(shown_ms=shown_ms)
        if features.time_rule == "fixed"
        else tr("the interval stretched to the width of the picture")
    )
    parts = [
        tr("{name}: {architecture}, {storage} weights.").format(
            name=card.name, architecture=card.architecture, storage=card.storage
        ),
        tr("Classes: {join} (class map {name}).").format(
            join=" ".join(f"/{name}/" for name in card.classes), name=card.class_map
        ),
        tr("Sees 0-{f_max_hz:,.0f} Hz, {rule}.").format(f_max_hz=features.f_max_hz, rule=rule),
        tr("Started from: {source}.").format(source=card.started_from or tr("not said")),
        tr("Trained on:") + "".join(f"\n  {line}" for line in _data(card)),
        *_results(card.results),
        *_grid(card.results),
        tr("Made {created} by vowelscope {version}: {command}").format(
            created=card.created or "?", version=card.version or "?", command=card.command or "?"
        ),
        tr("Weights: SHA-256 {value}").format(value=card.weights_sha256),
    ]
    return "\n\n".join(parts)


def _data(card: ModelCard) -> list[str]:
    lines = []
    for source in card.data:
        licence = source.licence or tr("licence not said")
        credit = f" — {source.credit}" if source.credit else ""
        lines.append(
            tr("{name}: {tokens:,} tokens, {licence}{credit}").format(
                name=source.name, tokens=source.tokens, licence=licence, credit=credit
            )
        )
    return lines or [tr("not said")]


def _results(results: Any) -> list[str]:
    """A paragraph for each set of held-out tokens; a card's results are free, so all is asked."""
    sets = results.get("sets") if isinstance(results, dict) else None
    if not isinstance(sets, dict) or not sets:
        return [tr("No scores are on its card.")]
    parts = []
    for name, scores in sets.items():
        if not isinstance(scores, dict):
            continue
        inner = {name: scores} if "accuracy" in scores else scores
        for own, held in inner.items():
            if isinstance(held, dict) and _is_number(held.get("accuracy")):
                title = own if own == name else f"{name}, {own}"
                parts.append(_scores(title, held, results))
    return parts or [tr("No scores are on its card.")]


def _scores(name: str, held: dict[str, Any], results: dict[str, Any]) -> str:
    counts = held.get("counts")
    tokens = sum(counts.values()) if isinstance(counts, dict) else 0
    said = tr("On {tokens:,} held-out tokens of {name}: accuracy {accuracy:.1f} %").format(
        tokens=tokens, name=name, accuracy=100 * held["accuracy"]
    )
    if _is_number(held.get("macro_f1")):
        said += tr(", macro-F1 {f1:.3f}").format(f1=held["macro_f1"])
    if results.get("split_by"):
        said += tr(", split by {by}").format(by=results["split_by"])
    lines = [said + "."]
    baselines = held.get("baselines")
    for title, values in (baselines if isinstance(baselines, dict) else {}).items():
        if isinstance(values, dict) and _is_number(values.get("accuracy")):
            lines.append(f"  {title}: {100 * values['accuracy']:.1f} %")
    return "\n".join(lines)


def _grid(results: Any) -> list[str]:
    """Whether the maps follow a grid, where the card says so."""
    held = results.get("alternation") if isinstance(results, dict) else None
    text = " ".join(in_language(one) for one in grid_words(*ratios_of(held)))
    return [text] if text else []


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
