"""``vowelscope cue``: one cue of one token moved in steps, heard and asked about."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from vowelscope.core.errors import ConfigError, TextGridError, UserError
from vowelscope.core.one_cue import CUE_UNITS, Cue

if TYPE_CHECKING:
    from vowelscope.core.tokens import Token
    from vowelscope.explain.cue_sweep import CueSweep


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
        Folder of the model; by default the one that comes with the program.
    channel
        Channel of the recording, counted from 1; by default the mean of all.
    ceiling
        Formant ceiling of the resynthesis (Hz).
    """
    from vowelscope.core.acoustics_settings import FormantSettings, PitchSettings
    from vowelscope.core.measure_formants import FormantRoad
    from vowelscope.explain.cam import CamExplainer
    from vowelscope.explain.cue_sweep import amounts_between, ask, sweep_recording
    from vowelscope.explain.model import load_model
    from vowelscope.resources import resource

    amounts: list[dict[Cue, float]] = [{cue: float(x)} for x in amounts_between(low, high, steps)]
    token = _token(audio, textgrid, tier, at, channel)
    road = FormantRoad(
        FormantSettings(ceiling_hz=ceiling), channel=None if channel is None else channel - 1
    )
    engine = CamExplainer(load_model(resource("models", "vowels5") if model is None else model))
    edges_s = engine.model.card.features.time_edges_s(token.tmin_s, token.tmax_s)
    beside_s = max(token.tmin_s - float(edges_s[0]), float(edges_s[-1]) - token.tmax_s, 0.0)
    piece, _, made = sweep_recording(token, beside_s, road, PitchSettings(), amounts)
    sweep = ask(engine, piece, cue, made)
    _write(out, sweep, token)
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


def _token(audio: Path, path: Path, name: str | None, at_s: float, channel: int | None) -> Token:
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


def _write(out: Path, sweep: CueSweep, token: Token) -> None:
    import io

    import soundfile

    from vowelscope.core.atomic import write_bytes
    from vowelscope.core.tables import kinds_of, write_table
    from vowelscope.explain.cue_sweep import cue_table

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{out}: the folder cannot be made ({error.strerror or error}).") from error
    rows: list[dict[str, Any]] = [dict(row) for row in cue_table(sweep)]
    for number, (row, step) in enumerate(zip(rows, sweep.steps, strict=True), start=1):
        assert step.piece is not None
        name = f"{sweep.cue}-{number:02d}.wav"
        buffer = io.BytesIO()
        soundfile.write(
            buffer, step.piece.samples, step.piece.rate_hz, format="WAV", subtype="FLOAT"
        )
        write_bytes(out / name, buffer.getvalue())
        row["sound"] = name
        row["sound_tmin_s"], row["sound_tmax_s"] = (
            round(step.piece.tmin_s, 6),
            round(step.piece.tmax_s, 6),
        )
    write_table(out / "cue.csv", rows, kinds_of(rows))
    write_bytes(out / "cue.png", _picture(sweep, token))


def _picture(sweep: CueSweep, token: Token) -> bytes:
    import io

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from vowelscope.core.labels import display_label
    from vowelscope.core.vowel_chart import CLASS_COLOURS, classes_in_order
    from vowelscope.explain.cue_sweep import softmax

    figure = Figure(figsize=(6.4, 4.2), dpi=120)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.1, 0.13, 0.8, 0.76))
    own = softmax(sweep.original)
    order = classes_in_order(sweep.classes)
    for at, name in enumerate(sweep.classes):
        colour = CLASS_COLOURS[order.index(name) % len(CLASS_COLOURS)]
        shares = sweep.probabilities[:, at]
        axes.plot(sweep.amounts, shares, marker=".", color=colour)
        axes.plot([0.0], [own[at]], "o", mfc="none", mec=colour, ms=9)
        axes.annotate(
            f"/{name}/",
            (float(sweep.amounts[-1]), float(shares[-1])),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            parse_math=False,
        )
    for amount, _, _ in sweep.switches():
        axes.axvline(amount, color="#808080", linestyle="--", linewidth=0.8)
    axes.set_ylim(-0.02, 1.04)
    axes.set_xlabel(f"{sweep.cue} ({CUE_UNITS[sweep.cue]}); rings: the recording's own sound")
    axes.set_ylabel("Probability")
    label = display_label(token.label.strip())
    axes.set_title(
        f"{token.recording.name}, {label or 'no label'} at {token.tmin_s:.3f} s",
        fontsize=9,
        parse_math=False,
    )
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
