"""What ``vowelscope explain`` adds on request: ledger, tuning, other methods."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from vowelscope.core.errors import ConfigError

if TYPE_CHECKING:
    from vowelscope.core.acoustics_settings import PitchSettings
    from vowelscope.core.measure_formants import FormantRoad
    from vowelscope.core.tokens import Token
    from vowelscope.explain.bands import Tracks
    from vowelscope.explain.base import Explanation
    from vowelscope.explain.explainers import Attribution, Explainer
    from vowelscope.explain.ledger import Ledger
    from vowelscope.explain.model import Model
    from vowelscope.explain.runtime import Runs
    from vowelscope.explain.tuning import Lamp, Tuning


@Parameter(name="*")
@dataclass(frozen=True)
class More:
    """Options of the ledger, the tuning and the methods.

    Parameters
    ----------
    ledger
        Split each class's logit over bands that follow f0 and the formants.
    tuning
        Take bands of frequencies away and ask the model again; the first time with a model, also
        test whether its maps depend on what it learnt.
    method
        Other methods, side by side, with commas between: cam, grad-cam, grad-cam++, layercam,
        hirescam, score-cam, integrated-gradients, gradient-input, occlusion, occlusion-bands,
        rise, and those of installed packages. A stage of the network is chosen as in layercam:2.
    against
        Ledger, tuning and methods for the contrast with this class.
    half_width
        Half width of the bands of F1 to F4 in the ledger (Hz).
    f0_half_width
        Half width of the band of f0 in the ledger (Hz).
    fill
        What stands in the place of a band that the tuning takes away: its mean, the noise floor,
        or what lies between its neighbours.
    step_erb
        Step of the tuning's bands on the ERB scale.
    width_erb
        Width of the tuning's bands on the ERB scale.
    """

    ledger: Annotated[bool, Parameter(negative="")] = False
    tuning: Annotated[bool, Parameter(negative="")] = False
    method: str | None = None
    against: str | None = None
    half_width: float = 200.0
    f0_half_width: float = 50.0
    fill: Literal["mean", "floor", "neighbours"] = "mean"
    step_erb: float = 1.0
    width_erb: float = 2.0

    @property
    def wanted(self) -> bool:
        """Whether there is anything to do."""
        return self.ledger or self.tuning or self.method is not None

    @property
    def method_names(self) -> list[str]:
        """The methods that were asked for, in order."""
        return [] if self.method is None else [name.strip() for name in self.method.split(",")]

    def check(self, model: Model, of: str | None) -> None:
        """Refuse what cannot be done, before anything is computed.

        Raises
        ------
        ConfigError
            One sentence.
        """
        from vowelscope.explain.bands import BandSettings
        from vowelscope.explain.explainers import parse_method
        from vowelscope.explain.tuning import TuningSettings

        BandSettings(self.half_width, self.f0_half_width)
        TuningSettings(self.fill, self.step_erb, self.width_erb)
        for name in self.method_names:
            parse_method(name)
        if self.against is None:
            return
        if not self.wanted:
            raise ConfigError("--against needs --ledger, --tuning or --method.")
        if self.against not in model.card.classes:
            raise ConfigError(
                f"the model {model.card.name} has no class {self.against!r}; it has "
                f"{', '.join(model.card.classes)}."
            )
        if self.against == of:
            raise ConfigError(f"{of!r} cannot be contrasted with itself.")


@dataclass
class Found:
    """What was found out about one token."""

    of: str
    against: str | None
    ledger: Ledger | None = None
    tuning: Tuning | None = None
    lamp: Lamp | None = None
    attributions: list[Attribution] = field(default_factory=list)


class MoreAsked:
    """Does what `More` asks for, token by token.

    Parameters
    ----------
    options
        Checked already.
    others
        Gives the tokens around one whose tracks its ledger is held against.
    road, pitch
        How formants and pitch are found.
    """

    def __init__(
        self,
        options: More,
        model: Model,
        runtime: Runs,
        others: Callable[[Token], list[Token]],
        road: FormantRoad,
        pitch: PitchSettings,
    ) -> None:
        self._options = options
        self._model = model
        self._runtime = runtime
        self._others = others
        self._road = road
        self._pitch = pitch
        self._tracks: dict[int, Tracks] = {}
        self._explainers: dict[str, Explainer] = {}

    def of(
        self, token: Token, explanation: Explanation, of: str | None, duration_s: float
    ) -> Found:
        """Ledger and tuning of one token, for the class `of` or the predicted one."""
        name = of or explanation.predicted
        against = self._options.against
        found = Found(name, None if against == name else against)
        if self._options.ledger:
            found.ledger = self._ledger(token, explanation, duration_s)
        if self._options.tuning:
            found.tuning, found.lamp = self._tuning(explanation, found)
        for text in self._options.method_names:
            found.attributions.append(self._attribution(text, explanation, found))
        return found

    def _attribution(self, text: str, explanation: Explanation, found: Found) -> Attribution:
        from vowelscope.explain.explainers import attribute, open_explainer

        if text not in self._explainers:
            self._explainers[text] = open_explainer(text, self._model, self._runtime)
        with _bar(text) as progress:
            return attribute(
                text, self._explainers[text], explanation, found.of, found.against, progress
            )

    def _ledger(self, token: Token, explanation: Explanation, duration_s: float) -> Ledger:
        from vowelscope.explain.bands import BandSettings
        from vowelscope.explain.ledger import make_ledger

        return make_ledger(
            explanation,
            self._tracks_of(token),
            BandSettings(self._options.half_width, self._options.f0_half_width),
            [self._tracks_of(other) for other in self._others(token)],
            duration_s,
        )

    def _tracks_of(self, token: Token) -> Tracks:
        from vowelscope.explain.bands import road_tracks

        known = self._tracks.get(token.index)
        if known is None:
            (known,) = road_tracks([token], self._road, self._pitch)
            self._tracks[token.index] = known
        return known

    def _tuning(self, explanation: Explanation, found: Found) -> tuple[Tuning, Lamp]:
        from vowelscope.explain.randomised import randomised
        from vowelscope.explain.tuning import TuningSettings, lamp, spectral_tuning

        options = self._options
        with _bar("Testing the model on random weights (once)") as progress:
            test = randomised(self._model, progress)
        settings = TuningSettings(options.fill, options.step_erb, options.width_erb)
        with _bar("Taking bands away") as progress:
            tuning = spectral_tuning(explanation, self._runtime, settings, progress)
        return tuning, lamp(tuning.agreement(found.of, found.against), test)


def values_of(found: Found) -> dict[str, Any]:
    """The fields ``ledger`` and ``tuning`` of a line of ``explanations.jsonl``."""
    values: dict[str, Any] = {}
    if found.ledger is not None:
        values["ledger"] = _ledger_values(found.ledger, found)
    if found.tuning is not None and found.lamp is not None:
        values["tuning"] = _tuning_values(found.tuning, found.lamp, found)
    if found.attributions:
        values["methods"] = [_method_values(one) for one in found.attributions]
    return values


def add_to_figure(figure: Any, explanation: Explanation, found: Found) -> None:
    """Draw what was found beside the map."""
    from vowelscope.explain.figure_more import add_ledger, add_tuning

    if found.tuning is not None and found.lamp is not None:
        add_tuning(figure, explanation, found.tuning, found.lamp, found.of, found.against)
    if found.ledger is not None:
        add_ledger(figure, found.ledger, found.of, found.against)


def draw_methods(explanation: Explanation, found: Found, label: str, title: str) -> Any:
    """The methods side by side, as a figure."""
    from vowelscope.explain.figure_methods import draw_methods as draw

    return draw(explanation, found.attributions, label, title)


def _method_values(found: Attribution) -> dict[str, Any]:
    return {
        "method": found.method,
        "title": found.title,
        "of": found.of,
        "against": found.against,
        "values": [_rounded(row) for row in found.values],
        "standard_errors": (
            None if found.errors is None else [_rounded(row) for row in found.errors]
        ),
        "freqs_hz": _rounded(found.freq_edges_hz),
        "times_s": _rounded(found.time_edges_s),
        "unit": found.unit,
        "signed": found.signed,
        "caveat": found.caveat,
        "warnings": list(found.warnings),
    }


def _ledger_values(ledger: Ledger, found: Found) -> dict[str, Any]:
    from vowelscope.explain.ledger import ROWS

    rows = ledger.rows(found.of, found.against)
    return {
        "rows": list(ROWS),
        "logits": {name: _rounded(ledger.parts_of(name)) for name in ledger.classes},
        "of": found.of,
        "against": found.against,
        "of_logits": _rounded(ledger.parts_of(found.of, found.against)),
        "area": [None if row.area is None else round(row.area, 6) for row in rows],
        "place_swapped": [_short(row.place_swapped) for row in rows],
        "place_shifted": [_short(row.place_shifted) for row in rows],
        "n_swapped": len(ledger.swapped),
        "n_shifted": len(ledger.shifted),
        "resolvable": [row.resolvable for row in rows],
        "notes": [row.note for row in rows],
        "formant_half_width_hz": ledger.settings.formant_half_hz,
        "f0_half_width_hz": ledger.settings.f0_half_hz,
    }


def _tuning_values(tuning: Tuning, lamp: Lamp, found: Found) -> dict[str, Any]:
    agreement = tuning.agreement(found.of, found.against)
    of = (found.of, found.against)
    return {
        "of": found.of,
        "against": found.against,
        "fill": tuning.settings.fill,
        "bands_hz": [_rounded(band) for band in tuning.bands_hz],
        "stop": _rounded(tuning.of(tuning.stop, *of)),
        "alone": _rounded(tuning.of(tuning.alone, *of)),
        "controls": [_rounded(line) for line in tuning.of(tuning.controls, *of)],
        "rows_hz": [_rounded(band) for band in tuning.rows_hz],
        "rows_stop": _rounded(tuning.of(tuning.rows_stop, *of)),
        "profile": _rounded(tuning.of(tuning.profile, *of)),
        "rank_correlation": _short(agreement.rho),
        "interval_95": [_short(agreement.low), _short(agreement.high)],
        "lamp": lamp.colour,
        "reasons": list(lamp.reasons),
    }


def _rounded(values: Any) -> list[float | None]:
    return [_short(float(value), 6) for value in values]


def _short(value: float | None, digits: int = 4) -> float | None:
    """Rounded; None for what JSON has no number for."""
    return None if value is None or value != value else round(value, digits)


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal that appears with the first step; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
