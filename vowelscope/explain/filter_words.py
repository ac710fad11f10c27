"""What is said of a filter, and its tokens as the network sees them; no drawing."""

from __future__ import annotations

from typing import Any

from vowelscope.core.audio import Recording
from vowelscope.core.features import FeatureSpec, ModelInput, token_input
from vowelscope.core.translation import tr
from vowelscope.explain.filter_shards import MEASURES, FilterPlan
from vowelscope.explain.filter_table import MEASURE_NAMES


def seen_by_network(row: dict[str, Any], spec: FeatureSpec) -> ModelInput:
    """The model input of a token of `FilterTable.top`.

    Raises
    ------
    UserError
        Its recording cannot be read any more.
    """
    with Recording(row["recording"]) as recording:
        return token_input(recording, row["tmin_s"], row["tmax_s"], spec, allow_unfilled=True)


def stage_name(stage: int) -> str:
    """In words."""
    return tr("stage {number}").format(number=stage) if stage else tr("the first layer")


def _named(measure: str) -> str:
    return tr("duration") if measure == "duration" else measure


def filter_words(row: dict[str, Any]) -> str:
    """The numbers of a filter, a row of `FilterTable.filters`, in some sentences."""
    number = row["filter"]
    if row["silent_share"] == 1.0:
        return tr("Filter {number} never fires on this corpus.").format(number=number)
    if row["class"] is None:
        text = tr("Filter {number}.").format(number=number)
    elif row["tells_classes"]:
        text = tr("Filter {number} tells /{name}/ best (d′ {value:.2f}).").format(
            number=number, name=row["class"], value=row["d_prime"]
        )
    else:
        text = tr("Filter {number} tells no class beyond chance.").format(number=number)
    if row["top_share"] is not None:
        text += " " + tr("{share:.0f} % of its top tokens are /{name}/.").format(
            share=100 * row["top_share"], name=row["top_class"]
        )
    within = [
        f"{_named(MEASURE_NAMES[name])} {row[f'within_{name}']:+.2f}"
        for name in MEASURES
        if row[f"within_{name}"] is not None
    ]
    if within and row["follows"]:
        text += " " + tr("Within class and speaker: {numbers}; it follows {name} most.").format(
            numbers=", ".join(within), name=_named(row["follows"])
        )
    elif within:
        text += " " + tr("Within class and speaker: {numbers}; all within chance.").format(
            numbers=", ".join(within)
        )
    if row["speaks_for"] is not None:
        text += " " + tr("It raises /{name}/ most, by {value:.2g} logits a unit.").format(
            name=row["speaks_for"], value=row["weight"]
        )
    return text


def caveat(plan: FilterPlan) -> str:
    """What top tokens and correlations may not be taken for."""
    side_px = max(plan.cells) * plan.cell_px
    if plan.sees_px >= side_px:
        sees = tr("the whole input")
    else:
        sees = tr("{side} × {side} pixels").format(side=plan.sees_px)
    return tr(
        "The framed cell is where the filter fired most; it can see {sees}, so what it fires on "
        "need not lie inside. Top tokens are the few that fire it most, not all that do, and they "
        "come from this corpus alone. A filter that goes with a formant may follow what goes with "
        "that formant, such as the neighbouring sounds, and need not be used for the answer."
    ).format(sees=sees)
