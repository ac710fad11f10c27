"""What is said of a filter, and its tokens as the network sees them; no drawing."""

from __future__ import annotations

from typing import Any

from vowelscope.core.audio import Recording
from vowelscope.core.features import FeatureSpec, ModelInput, token_input
from vowelscope.core.translation import Said, said
from vowelscope.explain.filter_plan import FilterPlan
from vowelscope.explain.filter_shards import MEASURES
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


def stage_name(stage: int) -> Said:
    """In words."""
    return said("stage {number}", number=stage) if stage else said("the first layer")


def _named(measure: str) -> str:
    return said("duration") if measure == "duration" else measure


def filter_words(row: dict[str, Any]) -> tuple[Said, ...]:
    """The numbers of a filter, a row of `FilterTable.filters`, in some sentences."""
    number = row["filter"]
    if row["silent_share"] == 1.0:
        return (said("Filter {number} never fires on this corpus.", number=number),)
    text: list[Said] = []
    if row["class"] is None:
        text.append(said("Filter {number}.", number=number))
    elif row["tells_classes"]:
        text.append(
            said(
                "Filter {number} tells /{name}/ best (d′ {value:.2f}).",
                number=number,
                name=row["class"],
                value=row["d_prime"],
            )
        )
    else:
        text.append(said("Filter {number} tells no class beyond chance.", number=number))
    if row["top_share"] is not None:
        share, name = 100 * row["top_share"], row["top_class"]
        text.append(said("{share:.0f} % of its top tokens are /{name}/.", share=share, name=name))
    within = tuple(
        said("{name} {value:+.2f}", name=_named(MEASURE_NAMES[name]), value=row[f"within_{name}"])
        for name in MEASURES
        if row[f"within_{name}"] is not None
    )
    if within and row["follows"]:
        text.append(
            said(
                "Within class and speaker: {numbers}; it follows {name} most.",
                numbers=within,
                name=_named(row["follows"]),
            )
        )
    elif within:
        text.append(said("Within class and speaker: {numbers}; all within chance.", numbers=within))
    if row["speaks_for"] is not None:
        text.append(
            said(
                "It raises /{name}/ most, by {value:.2g} logits a unit.",
                name=row["speaks_for"],
                value=row["weight"],
            )
        )
    return tuple(text)


def caveat(plan: FilterPlan) -> Said:
    """What top tokens and correlations may not be taken for."""
    side_px = max(plan.cells) * plan.cell_px
    if plan.sees_px >= side_px:
        sees = said("the whole input")
    else:
        sees = said("{side} × {side} pixels", side=plan.sees_px)
    return said(
        "The framed cell is where the filter fired most; it can see {sees}, so what it fires on "
        "need not lie inside. Top tokens are the few that fire it most, not all that do, and they "
        "come from this corpus alone. A filter that goes with a formant may follow what goes with "
        "that formant, such as the neighbouring sounds, and need not be used for the answer.",
        sees=sees,
    )
