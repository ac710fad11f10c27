"""The columns of the corpus browser's table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vowelscope.core.translation import tr
from vowelscope.explain.browse_orders import NOT_ASKED

if TYPE_CHECKING:
    from vowelscope.explain.browse import Browsed

MARK = 11
"""The column of the marks."""

WIDEST = ("somewhat", "/ɝ/ label", "Predicted", "0.000 p", "Formants say", "00000 Hz", "00000 Hz",
          "0000 ms", "00000.000", "train x", "", "Mark x")  # fmt: skip


def headers() -> tuple[str, ...]:
    """Names of the columns, as `vowelscope.ui.rows.RowsModel` wants them."""
    return (
        tr("Word"),
        tr("Label"),
        tr("Predicted"),
        " p",
        tr("Formants say"),
        " F1 (Hz)",
        " F2 (Hz)",
        " ms",
        " " + tr("Start (s)"),
        tr("Part"),
        tr("Recording"),
        tr("Mark"),
    )


def orders() -> tuple[str, ...]:
    """Name of each of `vowelscope.explain.browse_orders.ORDERS`."""
    return (
        tr("Doubt"),
        tr("Prediction against label"),
        tr("Prediction against formants"),
        tr("Corpus"),
        tr("Word"),
        tr("Class of the label"),
        tr("Predicted class"),
        tr("Duration"),
    )


def class_name(browsed: Browsed, number: int) -> str:
    """A class in slashes."""
    return "–" if number == NOT_ASKED else f"/{browsed.plan.classes[number]}/"


def cell(browsed: Browsed, marked: npt.NDArray[np.bool_], at: int, column: int) -> str:
    """The text of a cell for the token at a place."""
    texts = browsed.texts
    match column:
        case 0:
            return str(texts["word"][at])
        case 1:
            return class_name(browsed, int(browsed.y[at]))
        case 2:
            return class_name(browsed, int(browsed.said[at]))
        case 3:
            return f"{browsed.probability[at]:.3f}"
        case 4:
            return class_name(browsed, int(browsed.by_formants[at]))
        case 5 | 6:
            value_hz = browsed.formants_hz[at, 1, column - 5]
            return f"{value_hz:.0f}" if np.isfinite(value_hz) else "–"
        case 7:
            return f"{1000 * (browsed.tmax_s[at] - browsed.tmin_s[at]):.0f}"
        case 8:
            return f"{browsed.tmin_s[at]:.3f}"
        case 9:
            return str(texts["split"][at])
        case 11:
            return "●" if marked[at] else ""
    return Path(str(texts["recording"][at])).name
