"""``vowelscope maximise``: what a model scores highest near a start, seen and heard."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from vowelscope.commands.corpus import _Progress
from vowelscope.commands.cue import token_of
from vowelscope.core.errors import ConfigError

if TYPE_CHECKING:
    from vowelscope.explain.class_formants import ClassFormants
    from vowelscope.explain.maximise_starts import Labelled, Start
    from vowelscope.explain.model import Model


@Parameter(name="*")
@dataclass(frozen=True)
class Ascent:
    """How the picture is changed.

    Parameters
    ----------
    steps
        Gradient steps.
    restarts
        How often it is begun; each but the first begins a little away from the start.
    smoothness
        Price of roughness, in logits a dB between neighbouring pixels.
    nearness
        Price of distance, in logits a (10 dB)²; by default 2, and 0.05 from the noise floor.
    detail
        Finest detail in frequency (Hz): changes are a smooth spectral envelope; 0 lets every row
        move by itself.
    blur
        Blur in time (s), standard deviation.
    jitter
        The picture is shifted in time by up to this at each step (s).
    seed
        Of noise and shifts: the same seed gives the same picture.
    control
        Do the same with a network of random weights, which takes as long again.
    """

    steps: int = 100
    restarts: int = 3
    smoothness: float = 2.0
    nearness: float | None = None
    detail: float = 150.0
    blur: float = 0.008
    jitter: float = 0.008
    seed: int = 1
    control: bool = True


def maximise(
    class_: Annotated[str, Parameter(name="CLASS")],
    /,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    against: str | None = None,
    from_: Annotated[Path | None, Parameter(name="--from")] = None,
    at: float | None = None,
    textgrid: Path | None = None,
    tier: str | None = None,
    channel: int | None = None,
    mean: Path | None = None,
    model: Path | None = None,
    ceiling: float = 5500.0,
    ascent: Ascent | None = None,
) -> int:
    """Change a spectrogram until the model scores a class highest, and listen to it.

    It begins at a token (--from and --at), at the mean of a corpus's tokens (--mean), or at the
    noise floor. With both, it begins at the token and is held near the mean. Writes
    ``maximised.svg`` and ``.png``, ``maximised.wav`` and ``start.wav`` (Griffin-Lim), and
    ``maximised.json`` with every number into the folder OUT. What comes out is not what a speaker
    says: it is what this network would score highest.

    Parameters
    ----------
    class_
        The class whose logit is raised.
    out
        Folder for what is written; made where it is missing.
    against
        Raise the difference from this class instead.
    from_
        A recording with a token to begin at.
    at
        A time (s) in the token's interval.
    textgrid
        The recording's TextGrid; by default the one of the same name beside it.
    tier
        Name of the interval tier; by default the tier of phones.
    channel
        Channel of the recording, counted from 1; by default the mean of all.
    mean
        A corpus (Parquet) whose mean over classes is the start, and whose formants are asked about;
        without it they are Peterson and Barney's.
    model
        Folder or name of the model; by default the one that comes with the program.
    ceiling
        Formant ceiling for the corpus's formants (Hz).
    ascent
        Steps, restarts, prices and seed.
    """
    from vowelscope.explain.cam import CamExplainer
    from vowelscope.explain.maximise_files import save_study
    from vowelscope.explain.maximise_settings import MaximiseSettings
    from vowelscope.explain.maximise_starts import corpus_tokens
    from vowelscope.explain.maximise_study import study
    from vowelscope.explain.maximised import class_weights
    from vowelscope.explain.model import load_model
    from vowelscope.explain.model_store import find_model

    asked = ascent or Ascent()
    settings = MaximiseSettings(
        steps=asked.steps,
        restarts=asked.restarts,
        smoothness=asked.smoothness,
        nearness=asked.nearness,
        detail_hz=asked.detail,
        blur_s=asked.blur,
        jitter_s=asked.jitter,
        seed=asked.seed,
    )
    if (from_ is None) != (at is None):
        raise ConfigError("--from and --at go together: a recording, and a time in it.")
    loaded = load_model(find_model(model))
    classes = loaded.card.classes
    class_weights(classes, class_, against)
    tokens = [] if mean is None else corpus_tokens(mean, classes)
    begin = _start(loaded, from_, at, textgrid, tier, channel, mean, tokens)
    formants = _formants(tokens, class_, mean, ceiling)
    with _Progress("Maximising") as progress:
        done = study(
            CamExplainer(loaded),
            begin,
            class_,
            against,
            settings,
            formants,
            asked.control,
            progress.update,
        )
    written = save_study(out, done)
    for sentence in done.sentences():
        print(sentence)
    names = ", ".join(path.name for path in written)
    print(f"{out}: {names}", file=sys.stderr)
    return 0


def _start(
    model: Model,
    audio: Path | None,
    at_s: float | None,
    textgrid: Path | None,
    tier: str | None,
    channel: int | None,
    mean: Path | None,
    tokens: list[Labelled],
) -> Start:
    from vowelscope.core.audio import Recording
    from vowelscope.core.features import token_input
    from vowelscope.explain.maximise_starts import (
        start_at_floor,
        start_at_mean,
        start_of_token,
    )

    spec = model.card.features
    held = None
    if mean is not None:
        with _Progress("Reading") as progress:
            held = start_at_mean(
                tokens, spec, model.card.classes, mean.name, progress=progress.update
            )
    if audio is None or at_s is None:
        return held or start_at_floor(spec)
    path = textgrid or audio.with_suffix(".TextGrid")
    token = token_of(audio, path, tier, at_s, channel)
    with Recording(audio) as recording:
        seen = token_input(
            recording,
            token.tmin_s,
            token.tmax_s,
            spec,
            channel=None if channel is None else channel - 1,
            allow_unfilled=True,
        )
    for warning in seen.warnings:
        print(f"vowelscope: {warning}", file=sys.stderr)
    begin = start_of_token(seen, token)
    return begin if held is None else replace(begin, anchor_db=held.db)


def _formants(
    tokens: list[Labelled], name: str, mean: Path | None, ceiling_hz: float
) -> ClassFormants | None:
    """Those of the corpus, or of the published table; None where nobody knows them."""
    from vowelscope.core.acoustics_settings import FormantSettings
    from vowelscope.core.measure_formants import FormantRoad
    from vowelscope.explain.class_formants import measured_formants, table_formants

    measured = None
    if mean is not None:
        road = FormantRoad(FormantSettings(ceiling_hz=ceiling_hz))
        measured = measured_formants(tokens, name, road, mean.name)
    return measured or table_formants(name)
