"""The rows of the table of preferences that are about explanations."""

from __future__ import annotations

from vowelscope.app.explain_settings import TUNING_FILLS
from vowelscope.app.preference import Preference
from vowelscope.core.translation import tr

_GROUP = tr("Explanations")

FILL_NAMES = (
    tr("Its own mean"),
    tr("The noise floor"),
    tr("What lies between its neighbours"),
)
"""In the order of `TUNING_FILLS`."""

EXPLANATIONS: tuple[Preference, ...] = (
    Preference(
        "explain.formant_half_hz",
        _GROUP,
        tr("Half width of the bands of F1 to F4"),
        tr("In the formant ledger: a band reaches so far to either side of its track."),
        "Hz",
    ),
    Preference(
        "explain.f0_half_hz",
        _GROUP,
        tr("Half width of the band of f0"),
        tr("In the formant ledger."),
        "Hz",
    ),
    Preference(
        "explain.tuning_fill",
        _GROUP,
        tr("What stands for a band that is taken away"),
        tr("In the spectral tuning. A finding that depends on it is no finding."),
        choices=tuple(zip(TUNING_FILLS, FILL_NAMES, strict=True)),
    ),
)
