"""``vowelscope cue``: one cue of one token moved in steps, heard and asked about."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from vowelscope.core.errors import ConfigError, TextGridError
from vowelscope.core.one_cue import CUE_UNITS, Cue

if TYPE_CHECKING:
    from vowelscope.core.tokens import Token


def cue(
    audio: Path,
    textgrid: Path,
    /,
    *,
    at: float,
    cue: Cue,
    low: Annotated[float, Parameter(name="--from")],
    high: Annotated[float, Parameter(name="--to")],
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    steps: int = 11,
    tier: str | None = None,
    model: Path | None = None,
    channel: int | None = None,
    ceiling: float = 5500.0,
) -> int:
    """Move one cue of a token in steps, through Praat, and ask the model about each.

    Writes ``cue.csv`` (what Praat measures then, logits, probabilities), ``cue.png``
    (probabilities against the cue) and a WAV file for each step into the folder OUT. All else of
    the token, and the sound around it, stays as it is.

    Parameters
    ----------
    audio
        The recording.
    textgrid
        Its TextGrid.
    at
        A time (s) in the interval.
    cue
        F1, F2 or F3 (Hz), f0 (semitones), duration (%) or level (dB).
    low
        The smallest change, in the cue's unit; 0 is the token as it is.
    high
        The largest change.
    out
        Folder for what is written; made where it is missing.
    steps
        How many, from the smallest change to the largest.
    tier
        Name of the interval tier; by default the tier of phones.
    model
        Folder or name of the model; by default the one that comes with the program.
    channel
        Channel of the recording, counted from 1; by default the mean of all.
    ceiling
        Formant ceiling of the resynthesis (Hz).
    """
    from vowelscope.core.acoustics_settings import FormantSettings, PitchSettings
    from vowelscope.core.labels import display_label
    from vowelscope.core.measure_formants import FormantRoad
    from vowelscope.explain.cam import CamExplainer
    from vowelscope.explain.cue_files import save_sweep
    from vowelscope.explain.cue_sweep import amounts_between, ask, sweep_recording
    from vowelscope.explain.model import load_model
    from vowelscope.explain.model_store import find_model

    amounts: list[dict[Cue, float]] = [{cue: float(x)} for x in amounts_between(low, high, steps)]
    token = token_of(audio, textgrid, tier, at, channel)
    road = FormantRoad(
        FormantSettings(ceiling_hz=ceiling), channel=None if channel is None else channel - 1
    )
    engine = CamExplainer(load_model(find_model(model)))
    edges_s = engine.model.card.features.time_edges_s(token.tmin_s, token.tmax_s)
    beside_s = max(token.tmin_s - float(edges_s[0]), float(edges_s[-1]) - token.tmax_s, 0.0)
    piece, _, made = sweep_recording(token, beside_s, road, PitchSettings(), amounts)
    sweep = ask(engine, piece, cue, made)
    label = display_label(token.label.strip()) or "no label"
    save_sweep(out, sweep, f"{audio.name}, {label} at {token.tmin_s:.3f} s")
    for step in sweep.left_out:
        print(f"vowelscope: {cue} {step.amount:+g}: {step.why_not}", file=sys.stderr)
    unit = CUE_UNITS[cue]
    where = [f"{before} → {after} at {x:+.4g} {unit}" for x, before, after in sweep.switches()]
    print(
        f"{len(sweep.steps)} steps of {cue} in {out}; the likeliest class "
        + (f"changes: {'; '.join(where)}." if where else "is the same everywhere."),
        file=sys.stderr,
    )
    return 0


def token_of(audio: Path, path: Path, name: str | None, at_s: float, channel: int | None) -> Token:
    """The token at a time of a recording.

    Parameters
    ----------
    path
        Its TextGrid.
    name
        Of the tier; None for the tier of phones.
    channel
        Counted from 1; it is checked.

    Raises
    ------
    ConfigError, TextGridError
        There is no such channel, tier or interval.
    """
    from vowelscope.core.audio import Recording
    from vowelscope.core.textgrid import IntervalTier
    from vowelscope.core.textgrid_io import read_textgrid
    from vowelscope.core.tokens import phone_tier, token_at

    with Recording(audio) as recording:
        if channel is not None and not 1 <= channel <= recording.n_channels:
            raise ConfigError(
                f"{audio}: there is no channel {channel} (it has {recording.n_channels})."
            )
    grid = read_textgrid(path).textgrid
    at = None if name is None else grid.tier_index(name)
    tier = phone_tier(grid) if name is None else None if at is None else grid.tiers[at]
    if not isinstance(tier, IntervalTier):
        names = ", ".join(repr(other.name) for other in grid.tiers)
        raise TextGridError(f"{path}: choose an interval tier with --tier ({names}).")
    index = tier.index_at(at_s)
    if index is None:
        raise TextGridError(f"{path}: the tier {tier.name!r} has no interval at {at_s:g} s.")
    return token_at(audio, tier, index)
