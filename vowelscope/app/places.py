"""Where the cursor or the selection is, in terms of tokens; and how formants are found there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from vowelscope.core.measure_ceilings import AutomaticCeiling
from vowelscope.core.measure_formants import FormantRoad
from vowelscope.core.measure_log import Place
from vowelscope.core.textgrid import IntervalTier, Tier
from vowelscope.core.tokens import Token, token_at, word_tier

if TYPE_CHECKING:
    from vowelscope.app.workbench import Workbench


def formant_road(bench: Workbench, tier: Tier | None) -> FormantRoad:
    """How formants are found now, for the intervals of a tier."""
    session, settings = bench.session, bench.settings
    automatic = None
    if settings.ceiling_scope != "fixed":
        survey = bench.choices.survey(tier) if settings.ceiling_scope == "file" else ()
        scope = cast(Literal["token", "file"], settings.ceiling_scope)
        automatic = AutomaticCeiling(scope, chosen=bench.choices.ceilings, survey=survey)
    return FormantRoad(settings.formant, automatic, bench.choices.points, session.channel)


def place_here(bench: Workbench) -> Place:
    """The selection, or the cursor where nothing is selected; there must be a recording."""
    session = bench.session
    assert session.recording is not None
    tier, selection = session.selected_tier, session.selection
    start_s, stop_s = selection or (session.cursor_s, session.cursor_s)
    path = session.recording.path.absolute()
    token = Token(path, "" if tier is None else tier.name, -1, start_s, stop_s, "")
    within = token
    if isinstance(tier, IntervalTier) and session.textgrid is not None:
        index = tier.index_at(0.5 * (start_s + stop_s))
        if index is not None:
            within = token_at(path, tier, index, word_tier(session.textgrid))
            if selection is None:
                start_s, stop_s = within.tmin_s, within.tmax_s
            token = Token(
                path,
                tier.name,
                index,
                start_s,
                stop_s,
                within.label,
                within.left,
                within.right,
                within.word,
            )
    known = bench.class_map is not None and token.label.strip()
    label_class = bench.class_map.class_of(token.label) if known and bench.class_map else None
    return Place(token, session.cursor_s if selection is None else None, label_class, within)
