"""A sweep of one cue as files: a table, a picture, and the sound of each step."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import soundfile
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import UserError
from vowelscope.core.one_cue import CUE_UNITS
from vowelscope.core.tables import kinds_of, write_table
from vowelscope.core.translation import tr
from vowelscope.core.vowel_chart import CLASS_COLOURS, classes_in_order
from vowelscope.explain.cue_sweep import CueSweep, cue_table


def save_sweep(out: Path, sweep: CueSweep, title: str) -> None:
    """Write ``cue.csv``, ``cue.png`` and a WAV file for each step into a folder.

    Parameters
    ----------
    out
        Made where it is missing.
    title
        What stands above the picture.

    Raises
    ------
    UserError
        Something cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            tr("{out}: the folder cannot be made ({why}).").format(
                out=out, why=error.strerror or error
            )
        ) from error
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
    write_bytes(out / "cue.png", _picture(sweep, title))


def _picture(sweep: CueSweep, title: str) -> bytes:
    figure = Figure(figsize=(6.4, 4.2), dpi=120)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.1, 0.13, 0.8, 0.76))
    own = sweep.original_probabilities
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
    axes.set_title(title, fontsize=9, parse_math=False)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
