"""One whole question: maximise, control, formants, and the sound of what came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vowelscope.core.errors import AnalysisError, ConfigError
from vowelscope.core.features import Floats, token_input
from vowelscope.core.inversion import sound_of
from vowelscope.core.one_cue import Piece
from vowelscope.core.translation import tr
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.class_formants import ClassFormants
from vowelscope.explain.interventions import Progress
from vowelscope.explain.maximise_formants import FormantAnswer, ask_formants
from vowelscope.explain.maximise_settings import Doubles, MaximiseSettings
from vowelscope.explain.maximise_starts import Start
from vowelscope.explain.maximised import Maximised, mean_correlation, rounded

CAREFUL_R = 0.9
"""Correlation of a picture with that of its sound below which the sound is another picture's."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A picture as sound, analysed again.

    Attributes
    ----------
    piece
        What is played.
    db
        What the feature road makes of it, (rows, columns).
    correlation
        Of that with the picture, over the pixels that may change.
    logits
        (k,): what the model says of the sound.
    """

    piece: Piece
    db: Floats
    correlation: float
    logits: Doubles


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """What `study` gives.

    Attributes
    ----------
    found, control
        With the model, and with random weights (None where that was not asked).
    answer
        Whether it is the formants; None where the class's are not known.
    sound, start_sound
        None where the picture is silent.
    """

    found: Maximised
    control: Maximised | None
    answer: FormantAnswer | None
    sound: Heard | None
    start_sound: Heard | None

    def sentences(self) -> tuple[str, ...]:
        """Everything that was found, each a sentence."""
        said = list(self.found.sentences())
        if self.sound is not None:
            words = tr(
                "Its sound, analysed again, gives {score:+.1f} logits and p(/{of}/) {share:.3f}; "
                "that spectrogram correlates {r:.2f} with the picture."
            ).format(
                score=self.found.score_of(self.sound.logits),
                of=self.found.of,
                share=self.found.probability_of(self.sound.logits),
                r=self.sound.correlation,
            )
            if self.sound.correlation < CAREFUL_R:
                words += " " + tr("No sound has this picture: what you hear is only near it.")
            said.append(words)
        if self.control is not None:
            before, after = self.control.start_logits, self.control.logits[self.control.best]
            said.append(
                tr(
                    "With random weights the same ascent goes {before:+.1f} → {after:+.1f} logits."
                ).format(before=self.control.score_of(before), after=self.control.score_of(after))
            )
        if self.answer is not None:
            said += self.answer.sentences()
        return tuple(said)

    def values(self) -> dict[str, Any]:
        """As plain values for JSON, with the pictures that are shown."""
        found = self.found
        return found.values() | {
            "sentences": list(self.sentences()),
            "freqs_hz": rounded(found.start.spec.freq_edges_hz, 3),
            "times_s": rounded(found.start.time_edges_s, 6),
            "start_db": [rounded(row, 2) for row in found.start.db],
            "image_db": [rounded(row, 2) for row in found.image_db],
            "sound": None if self.sound is None else _plain(self.sound, found),
            "start_sound": None if self.start_sound is None else _plain(self.start_sound, found),
            "control": None if self.control is None else self.control.values(),
            "formants": None if self.answer is None else self.answer.values(),
        }


def study(
    engine: CamExplainer,
    start: Start,
    of: str,
    against: str | None = None,
    settings: MaximiseSettings | None = None,
    formants: ClassFormants | None = None,
    control: bool = True,
    progress: Progress | None = None,
) -> Study:
    """Maximise a class or contrast, and ask what came out.

    Parameters
    ----------
    engine
        The model, and what runs it for the sounds.
    formants
        Where the class has F1 to F3, if that is known.
    control
        Whether the same is done with random weights, which takes as long again.
    progress
        Called with the steps done and all of them; what it raises ends the work.

    Raises
    ------
    ConfigError
        The model has no such class, or PyTorch is not installed.
    """
    try:
        from vowelscope.explain.maximise import maximise, maximise_control
    except ImportError as error:
        # The packaged program comes without PyTorch, which is nine tenths of an installation.
        raise ConfigError(
            tr("activation maximisation needs {package}, which is not installed here.").format(
                package=error.name or "PyTorch"
            )
        ) from error
    settings = settings or MaximiseSettings()
    total = settings.steps * (2 if control else 1)

    def later(done: int, _total: int) -> None:
        if progress is not None:
            progress(settings.steps + done, total)

    def first(done: int, _total: int) -> None:
        if progress is not None:
            progress(done, total)

    found = maximise(engine.model, start, of, against, settings, first)
    other = None
    if control:
        other = maximise_control(engine.model, start, of, against, settings, later)
    images = (found.image_db, start.db)
    sounds = [
        None if piece is None else heard(engine, start, db, piece)
        for db, piece in zip(images, pieces_of(start, images), strict=True)
    ]
    answer = None if formants is None else ask_formants(found, formants, other)
    return Study(found, other, answer, *sounds)


def pieces_of(start: Start, images: Sequence[Floats]) -> list[Piece | None]:
    """Pictures on a start's axes as sounds; None for one that is silent everywhere."""
    made: list[Piece | None] = []
    for db in images:
        try:
            made.append(sound_of(db, start.spec, start.time_edges_s, start.tmin_s, start.tmax_s))
        except AnalysisError:
            made.append(None)
    return made


def heard(engine: CamExplainer, start: Start, db: Floats, piece: Piece) -> Heard:
    """What the feature road and the model make of the sound of a picture."""
    again = token_input(piece, piece.tmin_s, piece.tmax_s, start.spec)
    logits, _ = engine.runtime.run(again.image()[None])
    free = start.free
    both = np.stack([db[:, free].ravel(), again.db[:, free].ravel()])
    return Heard(piece, again.db, mean_correlation(both), logits[0].astype(np.float64))


def _plain(sound: Heard, found: Maximised) -> dict[str, Any]:
    r = sound.correlation
    return {
        "logits": rounded(sound.logits),
        "score": float(found.score_of(sound.logits)),
        "probability": float(found.probability_of(sound.logits)),
        "correlation": r if np.isfinite(r) else None,
        "rate_hz": sound.piece.rate_hz,
        "tmin_s": sound.piece.tmin_s,
        "tmax_s": sound.piece.tmax_s,
    }
