"""``vowelscope explain``: what the model looked at, one picture and one JSON line a token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from vowelscope.commands._explain_more import (
    More,
    MoreAsked,
    add_to_figure,
    draw_methods,
    values_of,
)
from vowelscope.commands._formants import FormantOptions
from vowelscope.commands._intervals import interval_tier, is_labelled
from vowelscope.core.errors import ConfigError, TextGridError, UserError

if TYPE_CHECKING:
    from vowelscope.commands._explain_more import Found
    from vowelscope.core.audio import Recording
    from vowelscope.core.measure_formants import FormantRoad
    from vowelscope.core.phones import ClassMap
    from vowelscope.core.textgrid import IntervalTier, TextGrid
    from vowelscope.core.tokens import Token
    from vowelscope.explain.base import Explanation
    from vowelscope.explain.model import Model
    from vowelscope.explain.record import TokenFormants
    from vowelscope.explain.runtime import Runs

BATCH = 8
LINES_NAME = "explanations.jsonl"

_TOLERANCE_S = 0.005
"""How far a TextGrid may differ from its recording without a word: what MP3 and rounding cost."""


def explain(
    audio: Path,
    textgrid: Path,
    /,
    *,
    tier: str | None = None,
    at: float | None = None,
    label: str | None = None,
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    model: Path | None = None,
    of: str | None = None,
    channel: int | None = None,
    device: Literal["cpu", "cuda"] = "cpu",
    figures: bool = True,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    json_: Annotated[bool, Parameter(name="--json", negative="")] = False,
    more: More | None = None,
    formants: FormantOptions | None = None,
) -> int:
    """Say what the model looked at: one picture and one JSON line a token.

    Writes a PNG for each token and all lines to ``explanations.jsonl`` in the folder OUT.
    Interrupted, it leaves what was finished.

    Parameters
    ----------
    audio
        The recording.
    textgrid
        Its TextGrid.
    tier
        Name of the interval tier; by default the tier of phones.
    at
        Explain the interval that holds this time (s), whatever its label.
    label
        Explain the intervals with this label; without a stress mark, of every stress.
    all_
        Explain every interval whose label belongs to one of the model's classes.
    model
        Folder or name of the model; by default the one that comes with the program.
    of
        The class whose map is drawn; by default the predicted one.
    channel
        Channel of the recording, counted from 1; by default the mean of all.
    device
        Where the model runs: cpu, or cuda for an NVIDIA GPU.
    figures
        Draw the pictures.
    out
        Folder for the pictures and the lines; made where it is missing.
    json_
        Print the lines.
    more
        Formant ledger, spectral tuning and other methods.
    formants
        How formants and pitch are found.
    """
    from vowelscope.explain.record import TokenFormants, record

    if out is None and not json_:
        raise ConfigError("nowhere to write to: give a folder with -o, or --json.")
    options = formants or FormantOptions()
    job = _prepare(audio, textgrid, tier, channel, options)
    loaded, class_map = _model(model, of, job)
    more = more or More()
    more.check(loaded, of)
    tokens = _choose(job, at, label, all_, loaded, class_map)
    if out is not None:
        _make_folder(out)
    lines: list[str] = []
    runtime = _runtime(loaded, device)
    others = partial(_others, job, class_map)
    asked = MoreAsked(more, loaded, runtime, others, job.road, options.pitch())
    try:
        for token, explanation in _explained(job, tokens, loaded, runtime):
            found = asked.of(token, explanation, of, job.recording.duration_s)
            heard = TokenFormants.of(token, explanation, job.road)
            values = record(
                token,
                explanation,
                _class_of(token.label, class_map, loaded),
                heard.means_hz(token.tmin_s, token.tmax_s),
                textgrid,
                job.channel,
                [*job.warnings, *([heard.note] if heard.note else [])],
            )
            span = token.tmin_s, token.tmax_s
            values |= heard.ceiling_values()
            values["formants_by_hand"] = list(job.road.hand.formants_in(job.channel, *span))
            values |= values_of(found)
            if out is not None and figures:
                values["figure"] = _draw(token, explanation, heard, of, out, found)
            lines.append(json.dumps(values, ensure_ascii=False, allow_nan=False))
            if json_:
                print(lines[-1], flush=True)
    finally:
        # Also after Ctrl-C or a fault half way: whatever was finished is there, and valid.
        if out is not None and lines:
            _write_lines(out, lines)
    _say_summary(job, lines, out)
    return 0


@dataclass
class _Job:
    """What the command works on, and what it has to say about it."""

    recording: Recording
    textgrid_path: Path
    textgrid: TextGrid
    tier: IntervalTier
    channel: int | None
    warnings: list[str]
    road: FormantRoad
    skipped: int = 0


def _prepare(
    audio: Path, path: Path, tier: str | None, channel: int | None, options: FormantOptions
) -> _Job:
    from vowelscope.core.audio import Recording
    from vowelscope.core.textgrid_io import read_textgrid

    recording = Recording(audio)
    if channel is not None and not 1 <= channel <= recording.n_channels:
        raise ConfigError(
            f"{audio}: there is no channel {channel} (it has {recording.n_channels})."
        )
    textgrid = read_textgrid(path).textgrid
    notes = []
    if abs(textgrid.tmax_s - recording.duration_s) > _TOLERANCE_S:
        notes.append(
            f"{path}: the TextGrid ends at {textgrid.tmax_s:.3f} s, but the recording lasts "
            f"{recording.duration_s:.3f} s."
        )
    index = None if channel is None else channel - 1
    found = interval_tier(path, textgrid, tier)
    road = options.road(path, found, recording.duration_s, index)
    return _Job(recording, path, textgrid, found, index, notes, road)


def _model(folder: Path | None, of: str | None, job: _Job) -> tuple[Model, ClassMap | None]:
    from vowelscope.explain.model import load_model
    from vowelscope.explain.model_store import find_model

    model = load_model(find_model(folder))
    if of is not None and of not in model.card.classes:
        raise ConfigError(
            f"the model {model.card.name} has no class {of!r}; it has "
            f"{', '.join(model.card.classes)}."
        )
    try:
        return model, model.class_map()
    except ConfigError as error:
        job.warnings.append(f"No label is compared with a prediction: {error}")
        return model, None


def _choose(
    job: _Job,
    at_s: float | None,
    label: str | None,
    every: bool,
    model: Model,
    class_map: ClassMap | None,
) -> list[Token]:
    """The tokens that were asked for, all within the recording."""
    from vowelscope.core.tokens import token_at, tokens_of, word_tier

    if [at_s is not None, label is not None, every].count(True) != 1:
        raise ConfigError("say which intervals to explain: one of --at, --label or --all.")
    path, tier, words = job.recording.path, job.tier, word_tier(job.textgrid)
    if at_s is not None:
        index = tier.index_at(at_s)
        if index is None:
            raise TextGridError(
                f"{job.textgrid_path}: the tier {tier.name!r} has no interval at {at_s:g} s; it "
                f"covers {tier.tmin_s:g}-{tier.tmax_s:g} s."
            )
        tokens = [token_at(path, tier, index, words)]
    else:
        tokens = list(tokens_of(path, tier, words))
        if label is not None:
            chosen = [token for token in tokens if is_labelled(token.label, label)]
            what = f"is labelled {label!r}"
        else:
            chosen = [t for t in tokens if _class_of(t.label, class_map, model) is not None]
            job.skipped = len(tokens) - len(chosen)
            what = f"belongs to a class of the model ({', '.join(model.card.classes)})"
        if not chosen:
            raise TextGridError(
                f"{job.textgrid_path}: no interval of the tier {tier.name!r} {what}."
            )
        tokens = chosen
    for token in tokens:
        if token.tmax_s > job.recording.duration_s + _TOLERANCE_S:
            raise TextGridError(
                f"{job.textgrid_path}: the interval {token.label!r} at {token.tmin_s:.3f}-"
                f"{token.tmax_s:.3f} s goes beyond the recording, which lasts "
                f"{job.recording.duration_s:.3f} s."
            )
    return tokens


def _class_of(label: str, class_map: ClassMap | None, model: Model) -> str | None:
    found = None if class_map is None else class_map.class_of(label)
    return found if found in model.card.classes else None


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{out}: the folder cannot be made ({error.strerror or error}).") from error


def _runtime(model: Model, device: Literal["cpu", "cuda"]) -> Runs:
    from vowelscope.explain.runtime import open_runtime

    return open_runtime(model, device)


def _others(job: _Job, class_map: ClassMap | None, token: Token) -> list[Token]:
    """The tokens around one whose tracks its ledger is held against."""
    from vowelscope.explain.neighbours import neighbours

    def is_known(label: str) -> bool:
        return class_map is not None and class_map.class_of(label) is not None

    return neighbours(job.recording.path, job.tier, token.index, is_known, job.recording.duration_s)


def _explained(
    job: _Job, tokens: list[Token], model: Model, runtime: Runs
) -> Iterator[tuple[Token, Explanation]]:
    from vowelscope.explain.cam import CamExplainer

    explainer = CamExplainer(model, runtime)
    spans = [(token.tmin_s, token.tmax_s) for token in tokens]
    with _progress(len(tokens)) as advance:
        explanations = explainer.explain_many(job.recording, spans, job.channel, BATCH)
        for pair in zip(tokens, explanations, strict=True):
            yield pair
            advance()


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    """A bar with an estimate, on a terminal, for more than one pass of the model."""
    if total <= BATCH:
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("Explaining"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


def _draw(
    token: Token,
    explanation: Explanation,
    heard: TokenFormants,
    of: str | None,
    out: Path,
    found: Found,
) -> str:
    """Write the picture and return its name."""
    from vowelscope.core.labels import display_label
    from vowelscope.explain.figure import draw, save_figure

    name = f"{token.recording.stem}-{token.index + 1:05d}.png"
    word = f", in “{display_label(token.word)}”" if token.word else ""
    times_s, freqs_hz = heard.dots()
    label = display_label(token.label.strip())
    title = f"{token.recording.name}, {token.tier} {token.index + 1}{word}"
    figure = draw(
        explanation,
        of,
        label=label,
        title=title,
        formant_times_s=times_s,
        formants_hz=freqs_hz,
    )
    add_to_figure(figure, explanation, found)
    save_figure(figure, out / name)
    if found.attributions:
        beside = draw_methods(explanation, found, label, title)
        save_figure(beside, out / f"{name.removesuffix('.png')}-methods.png")
    return name


def _write_lines(out: Path, lines: list[str]) -> None:
    from vowelscope.core.atomic import write_bytes

    write_bytes(out / LINES_NAME, "".join(f"{line}\n" for line in lines).encode())


def _say_summary(job: _Job, lines: list[str], out: Path | None) -> None:
    """What happened, on standard error: standard output is for --json."""
    import sys

    for note in job.warnings:
        print(f"vowelscope: {note}", file=sys.stderr)
    if out is None:
        return
    records = [json.loads(line) for line in lines]
    known = [record for record in records if record["class"] is not None]
    agree = sum(record["class"] == record["predicted"] for record in known)
    skipped = f"; {job.skipped} with other labels skipped" if job.skipped else ""
    print(
        f"{len(records)} explained in {out}, {agree} of {len(known)} predicted as labelled"
        f"{skipped}.",
        file=sys.stderr,
    )
