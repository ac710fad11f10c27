"""A maximised picture as files: a figure, its sound and that of the start, and every number."""

from __future__ import annotations

import io
import json
import textwrap
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import soundfile
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import UserError
from vowelscope.core.features import Floats
from vowelscope.core.one_cue import Piece
from vowelscope.explain.maximise_formants import FormantAnswer
from vowelscope.explain.maximise_study import Study

NAME = "maximised"
_SIZE_IN = (11.0, 9.4)
_GREY, _FORMANT, _BOUNDS = "#404040", "#c00000", "#0072b2"
_START, _RESULT, _ADDED, _CONTROL = "#808080", "#000000", "#d55e00", "#56b4e9"


def save_study(out: Path, study: Study, title: str = "") -> list[Path]:
    """Write ``maximised.svg``, ``.png``, ``.wav`` and ``.json``, and ``start.wav`` into a folder.

    Parameters
    ----------
    out
        Made where it is missing.
    title
        What stands above the figure.

    Returns
    -------
    list of Path
        What was written; of a silent picture there is no sound.

    Raises
    ------
    UserError
        Something cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{out}: the folder cannot be made ({error.strerror or error}).") from error
    written = []

    def write(name: str, data: bytes) -> None:
        write_bytes(out / name, data)
        written.append(out / name)

    figure = draw_study(study, title)
    for kind in ("svg", "png"):
        write(f"{NAME}.{kind}", _bytes_of(figure, kind))
    for name, sound in ((NAME, study.sound), ("start", study.start_sound)):
        if sound is not None:
            write(f"{name}.wav", _wav(sound.piece))
    text = json.dumps(study.values(), ensure_ascii=False, allow_nan=False)
    write(f"{NAME}.json", f"{text}\n".encode())
    return written


def draw_study(study: Study, title: str = "") -> Figure:
    """Start, picture and difference; spectra at mid-time; the score over the steps; what it is."""
    found = study.found
    start = found.start
    figure = Figure(figsize=_SIZE_IN, dpi=120)
    FigureCanvasAgg(figure)
    words: dict[str, Any] = {"parse_math": False, "color": _GREY}
    figure.text(0.06, 0.97, f"Activation maximisation: {found.name}", fontsize=13, **words)
    model = f"model {found.model_name} ({found.model_hash[:8]})"
    head = "  ·  ".join(part for part in (title, f"from {start.words}", model) if part)
    figure.text(0.06, 0.949, head, fontsize=8, **words)
    unit = "dB re the token's maximum" if start.spec.reference == "token" else "dB re full scale"
    bottom, height, width = 0.60, 0.31, 0.235
    limit = float(np.percentile(np.abs(found.image_db - start.db), 99.5)) or 1.0
    for at, (name, db) in enumerate(
        (("Start", start.db), ("Picture", found.image_db), ("Difference", None))
    ):
        left = 0.06 + 0.315 * at
        axes = figure.add_axes((left, bottom, width, height))
        image = _image(
            axes, study, found.image_db - start.db if db is None else db, db is None, limit
        )
        bar = figure.colorbar(
            image, cax=figure.add_axes((left + width + 0.008, bottom, 0.01, height))
        )
        bar.ax.tick_params(labelsize=7, pad=1)
        if at:
            axes.set_ylabel("")
        axes.set_title(f"{name} ({'dB' if db is None else unit})", fontsize=9)
    _spectra(figure.add_axes((0.06, 0.30, 0.45, 0.235)), study)
    _curve(figure.add_axes((0.61, 0.30, 0.36, 0.235)), study)
    said = "\n".join(textwrap.fill(one, 190) for one in study.sentences())
    figure.text(0.06, 0.245, said, fontsize=7.2, va="top", linespacing=1.35, **words)
    return figure


def _image(axes: Any, study: Study, db: Floats, signed: bool, limit: float) -> Any:
    start = study.found.start
    times_s, freqs_hz = start.time_edges_s, start.spec.freq_edges_hz
    low, high = (-limit, limit) if signed else (start.spec.db_min, start.spec.db_max)
    image = axes.imshow(
        db,
        cmap="PuOr_r" if signed else "gray_r",
        vmin=low,
        vmax=high,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        extent=(times_s[0], times_s[-1], freqs_hz[0], freqs_hz[-1]),
    )
    for time_s in (start.tmin_s, start.tmax_s):
        axes.axvline(time_s, color=_BOUNDS, linestyle=(0, (4, 2)), linewidth=1.0)
    if study.answer is not None:
        for number, mean_hz in enumerate(study.answer.formants.means_hz, start=1):
            axes.axhline(mean_hz, color=_FORMANT, linestyle=(0, (1, 1.5)), linewidth=0.9)
            at = (float(times_s[-1]), mean_hz)
            axes.annotate(f"F{number}", at, fontsize=7, color=_FORMANT, ha="right", va="bottom")
    axes.set_xlim(times_s[0], times_s[-1])
    axes.set_ylim(freqs_hz[0], freqs_hz[-1])
    axes.set_xlabel("Time (s)", fontsize=8)
    axes.set_ylabel("Frequency (Hz)", fontsize=8)
    axes.tick_params(labelsize=7)
    axes.locator_params(axis="x", nbins=5)
    return image


def _spectra(axes: Any, study: Study) -> None:
    """Smooth spectra of the middle third of the token, and what was added to it."""
    found = study.found
    start = found.start
    freqs_hz = 0.5 * (start.spec.freq_edges_hz[1:] + start.spec.freq_edges_hz[:-1])
    middle = start.middle
    for name, colour, db in (
        ("start", _START, start.db),
        ("picture", _RESULT, found.image_db),
    ):
        axes.plot(freqs_hz, db[:, middle].mean(axis=1), color=colour, linewidth=1.1, label=name)
    axes.set_ylim(start.spec.db_min - 2, start.spec.db_max + 2)
    axes.set_ylabel("Level at mid-time (dB)", fontsize=8)
    right = axes.twinx()
    added = (found.image_db - start.db)[:, middle].mean(axis=1)
    right.plot(freqs_hz, added, color=_ADDED, linewidth=1.1)
    axes.plot([], [], color=_ADDED, label="added (right)")
    if study.control is not None:
        other = (study.control.image_db - start.db)[:, middle].mean(axis=1)
        right.plot(freqs_hz, other, color=_CONTROL, linewidth=0.9)
        axes.plot([], [], color=_CONTROL, label="added with random weights (right)")
    right.axhline(0.0, color=_GREY, linewidth=0.4)
    right.set_ylabel("Added (dB)", fontsize=8)
    right.tick_params(labelsize=7)
    if study.answer is not None:
        _formant_bands(axes, study.answer)
    axes.set_xlim(0, float(start.spec.f_max_hz))
    axes.set_xlabel("Frequency (Hz); red: F1 to F3 of the class and their range", fontsize=8)
    axes.tick_params(labelsize=7)
    axes.legend(fontsize=7, loc="lower left", ncols=2, frameon=False)


def _formant_bands(axes: Any, answer: FormantAnswer) -> None:
    one = answer.formants
    for low, mean, high in zip(one.low_hz, one.means_hz, one.high_hz, strict=True):
        axes.axvspan(low, high, color=_FORMANT, alpha=0.12, linewidth=0)
        axes.axvline(mean, color=_FORMANT, linestyle=(0, (1, 1.5)), linewidth=0.9)


def _curve(axes: Any, study: Study) -> None:
    found = study.found
    steps = np.arange(found.scores.shape[1])
    if study.control is not None:
        for row in study.control.scores:
            axes.plot(steps, row, color=_CONTROL, linewidth=0.8)
    for at, row in enumerate(found.scores):
        shown = at == found.best
        axes.plot(steps, row, color=_RESULT if shown else _START, linewidth=1.2 if shown else 0.8)
    axes.set_xlabel(
        "Step (black: the picture shown; grey: other starts; blue: control)", fontsize=8
    )
    axes.set_ylabel(f"{found.name} (logits)", fontsize=8, parse_math=False)
    axes.tick_params(labelsize=7)


def _wav(piece: Piece) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, piece.samples, piece.rate_hz, format="WAV", subtype="FLOAT")
    return buffer.getvalue()


def _bytes_of(figure: Figure, kind: str) -> bytes:
    buffer = io.BytesIO()
    creator = "Software" if kind == "png" else "Creator"
    with matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": "vowelscope"}):
        figure.savefig(buffer, format=kind, metadata={creator: "vowelscope"})
    return buffer.getvalue()
