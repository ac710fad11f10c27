"""A ledger as rows of a table, with all that a reader must know of how it came about."""

from __future__ import annotations

from typing import Any

from vowelscope.explain.bands import Tracks
from vowelscope.explain.base import Explanation
from vowelscope.explain.ledger import Ledger

Row = dict[str, Any]


def ledger_table(
    ledger: Ledger,
    explanation: Explanation,
    of: str,
    against: str | None = None,
    tracks: Tracks | None = None,
    what: Row | None = None,
) -> list[Row]:
    """One row a band, from below f0 to the bias; the column ``logits`` adds up to the logit.

    Parameters
    ----------
    of, against
        The class, or the contrast.
    tracks
        The token's own, for the formant ceiling that they were found with.
    what
        Columns that stand first in every row: recording, tier, label.
    """
    found = None if tracks is None else tracks.formant_track
    return [
        {
            **(what or {}),
            "tmin_s": round(explanation.tmin_s, 6),
            "tmax_s": round(explanation.tmax_s, 6),
            "class": of,
            "against": against,
            "band": row.name,
            "logits": round(row.logits, 6),
            "area": None if row.area is None else round(row.area, 6),
            "place_swapped": row.place_swapped,
            "place_shifted": row.place_shifted,
            "n_swapped": len(ledger.swapped),
            "n_shifted": len(ledger.shifted),
            "resolvable": None if row.resolvable is None else ("no", "yes")[row.resolvable],
            "note": str(row.note) or None,
            "cell_hz": round(ledger.cell_hz, 3),
            "formant_half_width_hz": ledger.settings.formant_half_hz,
            "f0_half_width_hz": ledger.settings.f0_half_hz,
            "ceiling_hz": None if found is None else found.settings.ceiling_hz,
            "model": explanation.model_name,
            "model_hash": explanation.model_hash[:12],
        }
        for row in ledger.rows(of, against)
    ]
