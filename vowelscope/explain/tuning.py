"""Spectral tuning: what each band of frequencies does to the logits, beside what the map says.

Band-stop: the change of the logits when a band is taken out. Band-pass: what the band alone adds to
an input in which all is filled. Bands are steps on the ERB scale; since those widen with frequency,
each stands against control bands of the same width in Hz elsewhere.

Whether map and intervention agree is asked at the resolution of the map: one band-stop for each of
its rows, compared by rank with what the row gives to the logit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import ConfigError
from vowelscope.core.features import Floats
from vowelscope.core.translation import tr
from vowelscope.explain.base import Explanation
from vowelscope.explain.interventions import (
    FILLS,
    Fill,
    Progress,
    band_pass,
    band_stop,
    control_bands,
    erb_bands,
    run_all,
)
from vowelscope.explain.randomised import Randomised
from vowelscope.explain.ranks import RankCorrelation, rank_correlation
from vowelscope.explain.runtime import Runs

Doubles = npt.NDArray[np.float64]
Colour = Literal["green", "yellow", "red"]

LEAST_ROWS = 5
"""A map of fewer rows is too coarse for a rank correlation."""
ALIKE, MUCH_ALIKE = 0.5, 0.7
"""Similarity to maps of random weights from which the lamp is yellow, and red."""
STRONG = 0.98
"""Place among random classifiers above which a map is stronger than chance."""


@dataclass(frozen=True, slots=True)
class TuningSettings:
    """How the sweep is done.

    Attributes
    ----------
    fill
        What stands in the place of what is taken away; see `vowelscope.explain.interventions`.
    step_erb, width_erb
        Distance and width of the bands on the ERB scale.
    controls
        Control bands of equal width for each band.

    Raises
    ------
    ConfigError
        A value out of range.
    """

    fill: Fill = "mean"
    step_erb: float = 1.0
    width_erb: float = 2.0
    controls: int = 3

    def __post_init__(self) -> None:
        if self.fill not in FILLS:
            raise ConfigError(
                tr("no fill {fill!r}; there are {names}.").format(
                    fill=self.fill, names=", ".join(FILLS)
                )
            )
        if not 0 <= self.controls <= 50:
            raise ConfigError(
                tr("{controls} control bands: must lie within 0-50.").format(controls=self.controls)
            )
        erb_bands(8000.0, self.step_erb, self.width_erb)


@dataclass(frozen=True, slots=True, eq=False)
class Tuning:
    """Spectral tuning of one token, for all classes; made by `spectral_tuning`.

    Attributes
    ----------
    classes
        In the order of the logits.
    logits
        (k,) of the input as it is.
    bands_hz
        (bands, 2) edges in Hz.
    stop
        (bands, k): change of the logits when the band is taken out.
    alone
        (bands, k): logits of the band alone less those of an input with nothing in it.
    controls
        (bands, controls, k): change when a band of equal width elsewhere is taken out; NaN where
        none fits.
    rows_hz
        (rows, 2) edges of the map's rows in Hz.
    rows_stop
        (rows, k): change of the logits when a row of the map is taken out.
    profile
        (rows, k): what each row of the map gives to the logit; adds up to logit less bias.
    settings
        How it was done.
    """

    classes: tuple[str, ...]
    logits: Doubles
    bands_hz: Doubles
    stop: Doubles
    alone: Doubles
    controls: Doubles
    rows_hz: Doubles
    rows_stop: Doubles
    profile: Doubles
    settings: TuningSettings

    def of(self, values: Doubles, name: str, against: str | None = None) -> Doubles:
        """One class's part of an array whose last axis is the classes, or a contrast's.

        Raises
        ------
        ConfigError
            There is no such class.
        """
        chosen: Doubles = values[..., self._index(name)]
        if against is not None:
            chosen = chosen - values[..., self._index(against)]
        return chosen

    def agreement(self, name: str, against: str | None = None) -> RankCorrelation:
        """Rank correlation, over the map's rows, of what a row gives and what its loss costs."""
        return rank_correlation(
            self.of(self.profile, name, against), -self.of(self.rows_stop, name, against)
        )

    def _index(self, name: str) -> int:
        if name not in self.classes:
            raise ConfigError(
                tr("there is no class {name!r}; there are {names}.").format(
                    name=name, names=", ".join(self.classes)
                )
            )
        return self.classes.index(name)


@dataclass(frozen=True, slots=True)
class Lamp:
    """How far a map may be believed: a colour and the reasons, each a sentence."""

    colour: Colour
    reasons: tuple[str, ...]


def spectral_tuning(
    explanation: Explanation,
    runtime: Runs,
    settings: TuningSettings | None = None,
    progress: Progress | None = None,
) -> Tuning:
    """Sweep bands over one token's model input.

    Parameters
    ----------
    explanation
        Of a method whose maps add up to the logit, such as ``cam``.
    runtime
        What runs the same model.
    progress
        Called with the passes done and all of them; what it raises ends the sweep.
    """
    settings = settings or TuningSettings()
    seen, fill = explanation.input, settings.fill
    f_max_hz = float(seen.freq_edges_hz[-1])
    bands = erb_bands(f_max_hz, settings.step_erb, settings.width_erb)
    controls = control_bands(bands, f_max_hz, settings.controls)
    fits = np.isfinite(controls[..., 0])
    edges_hz = explanation.freq_edges_hz
    rows_hz = np.stack([edges_hz[:-1], edges_hz[1:]], axis=1)
    inputs: list[Callable[[], Floats]] = [lambda: seen.db]
    inputs += [partial(band_stop, seen, (0.0, f_max_hz), fill)]
    inputs += [partial(band_stop, seen, band, fill) for band in rows_hz]
    inputs += [partial(band_stop, seen, band, fill) for band in bands]
    inputs += [partial(band_pass, seen, band, fill) for band in bands]
    inputs += [partial(band_stop, seen, band, fill) for band in controls[fits]]
    found = run_all(runtime, inputs, seen, progress)
    base, empty = found[0], found[1]
    n_rows, n = len(rows_hz), len(bands)
    by_row, stopped, passed, elsewhere = np.split(found[2:], np.cumsum([n_rows, n, n]))
    against = np.full((*controls.shape[:2], len(base)), np.nan)
    against[fits] = elsewhere - base
    cells = explanation.maps.astype(np.float64)
    return Tuning(
        classes=explanation.classes,
        logits=base,
        bands_hz=bands,
        stop=stopped - base,
        alone=passed - empty,
        controls=against,
        rows_hz=rows_hz,
        rows_stop=by_row - base,
        profile=(cells.mean(axis=2) / cells.shape[1]).T,
        settings=settings,
    )


def lamp(agreement: RankCorrelation, test: Randomised | None) -> Lamp:
    """Green only if the map agrees with the intervention *and* depends on what was learnt.

    Parameters
    ----------
    agreement
        From `Tuning.agreement`.
    test
        From `vowelscope.explain.randomised`; None where it was not done.
    """
    found = [_of_agreement(agreement), *_of_test(test)]
    order: tuple[Colour, ...] = ("green", "yellow", "red")
    worst = max((colour for colour, _ in found), key=order.index)
    reasons = tuple(words for colour, words in found if worst == "green" or colour != "green")
    return Lamp(worst, reasons)


def _of_agreement(agreement: RankCorrelation) -> tuple[Colour, str]:
    if agreement.n < LEAST_ROWS:
        return "yellow", tr(
            "The map has {n} rows: too few to ask whether it agrees with taking bands away."
        ).format(n=agreement.n)
    if not np.isfinite(agreement.rho):
        return "red", tr(
            "Taking bands away, or the map, is the same in every row: nothing to agree."
        )
    numbers = tr(
        "rank correlation {rho:+.2f}, 95 % interval {low:+.2f} to {high:+.2f}, {n} rows"
    ).format(rho=agreement.rho, low=agreement.low, high=agreement.high, n=agreement.n)
    if agreement.high < 0:
        return "red", tr("The map and taking bands away disagree ({numbers}).").format(
            numbers=numbers
        )
    if agreement.rho <= 0:
        return "red", tr(
            "Nothing shows that the map and taking bands away agree ({numbers})."
        ).format(numbers=numbers)
    if not agreement.low > 0:
        return "yellow", tr(
            "Whether the map and taking bands away agree is open ({numbers}: it holds 0)."
        ).format(numbers=numbers)
    return "green", tr("The map and taking bands away agree ({numbers}).").format(numbers=numbers)


def _of_test(test: Randomised | None) -> list[tuple[Colour, str]]:
    if test is None:
        return [("yellow", tr("Whether the map depends on the learnt weights was not tested."))]
    worst = max(test.similarity)
    stage = test.stages[test.similarity.index(worst)]
    numbers = tr("mean |rank correlation| {worst:.2f} at most, after {stage}").format(
        worst=worst, stage=stage
    )
    if worst > MUCH_ALIKE:
        alike: tuple[Colour, str] = "red", tr("With random weights the map stays much the same")
    elif worst > ALIKE:
        alike = "yellow", tr("With random weights the map stays rather alike")
    else:
        alike = "green", tr("The map changes when the weights are randomised")
    if test.strength_place < STRONG:
        strong: tuple[Colour, str] = (
            "red",
            tr("The maps are no stronger than those of random weights"),
        )
    else:
        strong = "green", tr("The maps are stronger than those of random weights")
    place = tr("place {place:.2f} among random classifiers").format(place=test.strength_place)
    return [(alike[0], f"{alike[1]} ({numbers})."), (strong[0], f"{strong[1]} ({place}).")]
