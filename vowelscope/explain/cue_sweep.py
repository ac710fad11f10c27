"""What the model says while one cue of a token is moved in steps.

The token is resynthesised (`vowelscope.core.one_cue`) and read again by the one feature road; the
recording's own sound and the resynthesis without a change stand beside it, since a resynthesis is a
change of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from vowelscope.core.acoustics_settings import FormantSettings, PitchSettings
from vowelscope.core.audio import Recording
from vowelscope.core.errors import AnalysisError, ConfigError
from vowelscope.core.measure_formants import FormantRoad
from vowelscope.core.one_cue import CUE_UNITS, Cue, Piece, measured_hz, moved, piece_of
from vowelscope.core.tokens import Token
from vowelscope.core.translation import tr
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.interventions import BATCH, Progress

Doubles = npt.NDArray[np.float64]

MOST_STEPS = 101


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One resynthesis.

    Attributes
    ----------
    amount
        By how much the cue was moved, in `CUE_UNITS`.
    piece
        What it sounds like; None where it cannot be made.
    formants_hz
        Mean F1 to F4 of the token's middle half, as Praat measures them then, (4,).
    why_not
        Why there is none, in one sentence, or "".
    """

    amount: float
    piece: Piece | None
    formants_hz: Doubles
    why_not: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CueSweep:
    """A cue against what the model says; made by `ask`.

    Attributes
    ----------
    cue
        Which one was moved.
    classes
        In the order of the logits.
    steps
        Those that could be made, by rising amount.
    left_out
        Those that could not.
    logits
        (steps, k).
    original
        (k,): logits of the recording's own sound.
    """

    cue: Cue
    classes: tuple[str, ...]
    steps: tuple[Step, ...]
    left_out: tuple[Step, ...]
    logits: Doubles
    original: Doubles

    @property
    def amounts(self) -> Doubles:
        """(steps,) in `CUE_UNITS`."""
        return np.array([step.amount for step in self.steps])

    @property
    def probabilities(self) -> Doubles:
        """Softmax of the logits, (steps, k)."""
        return softmax(self.logits)

    @property
    def original_probabilities(self) -> Doubles:
        """Of the recording's own sound, (k,)."""
        return softmax(self.original)

    def switches(self) -> list[tuple[float, str, str]]:
        """Where the likeliest class changes: (amount, class before, class after).

        Between two steps the logits are taken to run straight.
        """
        found = []
        best = self.logits.argmax(axis=1)
        for at in range(len(best) - 1):
            first, second = int(best[at]), int(best[at + 1])
            if first == second:
                continue
            ahead = self.logits[at, first] - self.logits[at, second]
            behind = self.logits[at + 1, second] - self.logits[at + 1, first]
            share = ahead / (ahead + behind) if ahead + behind > 0 else 0.5
            low, high = self.amounts[at : at + 2]
            found.append(
                (float(low + share * (high - low)), self.classes[first], self.classes[second])
            )
        return found


def softmax(logits: Doubles) -> Doubles:
    """Probabilities along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: Doubles = raised / raised.sum(axis=-1, keepdims=True)
    return probabilities


def amounts_between(low: float, high: float, steps: int) -> Doubles:
    """Evenly spaced amounts from low to high, with 0 among them where it lies between.

    Raises
    ------
    ConfigError
        Fewer than 2 steps, too many, or the ends out of order.
    """
    if not 2 <= steps <= MOST_STEPS:
        raise ConfigError(
            tr("{steps} steps: must lie within 2-{most_steps}.").format(
                steps=steps, most_steps=MOST_STEPS
            )
        )
    if not low < high:
        raise ConfigError(
            tr("from {low:g} to {high:g}: the second must be the larger.").format(
                low=low, high=high
            )
        )
    amounts = np.linspace(low, high, steps)
    if low <= 0 <= high:
        # The step nearest to 0 is 0: the control of what the resynthesis itself does.
        amounts[np.abs(amounts).argmin()] = 0.0
    return amounts


def resynthesise(
    piece: Piece,
    cue: Cue,
    amounts: Sequence[float],
    formant: FormantSettings,
    pitch: PitchSettings,
) -> list[Step]:
    """Move a cue by each amount; what cannot be made says why.

    Raises
    ------
    ConfigError
        There is no such cue, or an amount is out of range.
    """
    return [_step(piece, {cue: float(amount)}, formant, pitch) for amount in amounts]


def ask(
    engine: CamExplainer,
    piece: Piece,
    cue: Cue,
    steps: Sequence[Step],
    progress: Progress | None = None,
) -> CueSweep:
    """Ask the model about the original and about each step.

    Parameters
    ----------
    piece
        The token as it is.
    progress
        Called with the inputs done and all of them; what it raises ends the work.

    Raises
    ------
    AnalysisError
        None of the steps could be made.
    """
    made = [(step, step.piece) for step in steps if step.piece is not None]
    if not made:
        raise AnalysisError(steps[0].why_not if steps else "there are no steps.")
    pieces = [piece, *(changed for _, changed in made)]
    logits: list[Doubles] = []
    for start in range(0, len(pieces), BATCH):
        if progress is not None:
            progress(start, len(pieces))
        batch = pieces[start : start + BATCH]
        inputs = [engine.input_of(one, one.tmin_s, one.tmax_s) for one in batch]
        found, _ = engine.runtime.run(np.stack([item.image() for item in inputs]))
        logits += list(found.astype(np.float64))
    if progress is not None:
        progress(len(pieces), len(pieces))
    return CueSweep(
        cue=cue,
        classes=engine.model.card.classes,
        steps=tuple(step for step, _ in made),
        left_out=tuple(step for step in steps if step.piece is None),
        logits=np.array(logits[1:]),
        original=logits[0],
    )


def cue_table(sweep: CueSweep) -> list[dict[str, float | str | None]]:
    """One row a step: amount, measured formants, logits and probabilities."""
    rows: list[dict[str, float | str | None]] = []
    for at, step in enumerate(sweep.steps):
        row: dict[str, float | str | None] = {
            "cue": sweep.cue,
            "amount": round(step.amount, 6),
            "unit": CUE_UNITS[sweep.cue],
            "predicted": sweep.classes[int(sweep.logits[at].argmax())],
        }
        for number, value in enumerate(step.formants_hz, start=1):
            row[f"F{number}_hz"] = None if np.isnan(value) else round(float(value), 2)
        for name, logit, share in zip(
            sweep.classes, sweep.logits[at], sweep.probabilities[at], strict=True
        ):
            row[f"logit {name}"] = round(float(logit), 6)
            row[f"p {name}"] = round(float(share), 6)
        rows.append(row)
    return rows


def sweep_recording(
    token: Token,
    around_s: float,
    road: FormantRoad,
    pitch: PitchSettings,
    amounts: Sequence[Mapping[Cue, float]],
) -> tuple[Piece, Doubles, list[Step]]:
    """Cut a token out of its recording and move cues by each of several amounts.

    Parameters
    ----------
    around_s
        What the model reads beside the token, in seconds.
    road
        How the formants of the token are found; its ceiling is that of the resynthesis.
    amounts
        For each step its cues; the first of them is a step's `Step.amount`.

    Returns
    -------
    piece, original_hz, steps
        The token as it is, its own F1 to F4 as measured (4,), and the steps.

    Raises
    ------
    UserError
        The recording cannot be read, or the token is too short.
    """
    formant = replace(road.formant, ceiling_hz=road.ceiling(token).ceiling_hz)
    with Recording(token.recording) as recording:
        piece = piece_of(recording, token.tmin_s, token.tmax_s, around_s, road.channel)
    steps = [_step(piece, one, formant, pitch) for one in amounts]
    return piece, measured_hz(piece, formant), steps


def _step(
    piece: Piece, amounts: Mapping[Cue, float], formant: FormantSettings, pitch: PitchSettings
) -> Step:
    amount = float(next(iter(amounts.values())))
    try:
        changed = moved(piece, amounts, formant, pitch)
    except AnalysisError as error:
        return Step(amount, None, np.full(4, np.nan), str(error))
    return Step(amount, changed, measured_hz(changed, formant))
