"""What the chart of a corpus says in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vowelscope.app.corpus_charting import MOST_TRACKS
from vowelscope.core.point_picture import PointPicture
from vowelscope.core.translation import tr
from vowelscope.core.vowel_chart import ELLIPSE_SHARE
from vowelscope.explain.browse_orders import NOT_ASKED
from vowelscope.explain.corpus_chart import CorpusChart

if TYPE_CHECKING:
    from vowelscope.explain.browse import Browsed


def chart_words(chart: CorpusChart, picture: PointPicture, selection: npt.NDArray[np.int64]) -> str:
    """How many tokens are drawn and how, and how many could not be."""
    choice = chart.choice
    parts = [tr("{n} tokens in their middle.").format(n=f"{len(chart):,}")]
    if chart.undefined:
        text = tr("Not drawn, without {y} or {x} there: {n}.")
        parts.append(text.format(n=f"{chart.undefined:,}", y=choice.y, x=choice.x))
    in_view = f"{picture.in_view:,}"
    if picture.cell_px:
        text = tr(
            "{n} in view, too many for dots: a square of {side} pixels has the mean of their "
            "colours, the fuller the more tokens ({most} at most)."
        )
        most = f"{picture.fullest:,}"
        parts.append(text.format(n=in_view, side=picture.cell_px, most=most))
    elif picture.in_view < len(chart):
        parts.append(tr("{n} of them in view.").format(n=in_view))
    drawn = min(len(selection), MOST_TRACKS)
    numbers = chart.at(selection[:drawn])
    gaps = int((~np.isfinite(chart.tracks[numbers]).all(axis=(1, 2))).sum())
    if len(numbers):
        parts.append(tr("Line: the selected token from 20 to 80 %, with a dot at its end."))
    if len(selection) > drawn:
        parts.append(tr("Lines of the first {n} selected only.").format(n=drawn))
    if len(numbers) < drawn:
        text = tr("Selected but not in the chart: {n}.")
        parts.append(text.format(n=f"{drawn - len(numbers):,}"))
    if gaps:
        parts.append(tr("Lines with a gap where a formant is missing: {n}.").format(n=f"{gaps:,}"))
    if chart.ellipses:
        share = f"{100 * ELLIPSE_SHARE:.0f}"
        text = tr("Ellipses hold {share} % of a normal distribution.")
        parts.append(text.format(share=share))
    return " ".join(parts)


def token_words(browsed: Browsed, place: int) -> str:
    """One line on a token."""
    texts, classes = browsed.texts, browsed.plan.classes
    y, said = int(browsed.y[place]), int(browsed.said[place])
    label = f"/{classes[y]}/" if y != NOT_ASKED else str(texts["label"][place])
    formants = ", ".join(
        f"F{at + 1} {value:.0f}" if np.isfinite(value) else f"F{at + 1} –"
        for at, value in enumerate(browsed.formants_hz[place, 1, :3])
    )
    length_ms = 1000 * (browsed.tmax_s[place] - browsed.tmin_s[place])
    return (
        f"{texts['word'][place]} {label} → /{classes[said]}/ {browsed.probability[place]:.2f}; "
        f"{formants} Hz; {length_ms:.0f} ms; "
        f"{Path(str(texts['recording'][place])).name} {browsed.tmin_s[place]:.3f} s"
    )
