"""A figure for print: waveform, spectrogram with what lies over it, and tiers, above each other.

Lines and letters are shapes that can be enlarged; the spectrogram is one picture among them.
Letters are of fonts that come with the drawing library, hold the International Phonetic Alphabet
and are put into the file. Sizes are in millimetres and points, so that a figure needs no scaling.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.patheffects import Normal, Stroke
from matplotlib.textpath import TextPath

from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import ConfigError
from vowelscope.core.frequency_axis import SCALE_UNITS
from vowelscope.core.labels import display_label
from vowelscope.core.textgrid import IntervalTier, PointTier, TextGrid, Tier
from vowelscope.core.translation import tr
from vowelscope.explain.figure import signed_colours
from vowelscope.explain.figure_content import (
    MM_PER_INCH,
    CamLayer,
    FigureContent,
    FigureSpec,
    gather,
)

FORMATS = {".svg": "svg", ".pdf": "pdf", ".png": "png"}
_FONTS = {
    "sans": ("DejaVu Sans",),
    "serif": ("Charis SIL", "Charis", "Doulos SIL", "DejaVu Serif"),
}
_INK, _GREY = "#000000", "#404040"
_BOUNDARY = "#0a3dc2"
_FORMANT = "#d00000"
_PITCH, _INTENSITY = "#0030c0", "#2f6a00"
_TICK_EM = 1.7
"""Numbers of a stretched frequency axis are no nearer."""
_SCALE_EM, _BAR_EM = 4.6, 7.2
"""Room at the right for a second axis, and for the colours of the map."""
_SMALLEST = 0.7
"""How far a label may shrink to fit its interval."""


def make_figure(
    audio: Path,
    textgrid: TextGrid | None,
    spec: FigureSpec,
    cam: CamLayer | None,
    out: Path,
) -> str:
    """Measure, draw and write a figure.

    Returns
    -------
    str
        One sentence: where it is, and what had no room in it.

    Raises
    ------
    UserError
        It cannot be made or written.
    """
    if out.suffix.lower() not in FORMATS:
        raise ConfigError(tr("{name}: a figure ends in .svg, .pdf or .png.").format(name=out.name))
    figure, left_out = draw_clean(gather(audio, textgrid, spec, cam), spec)
    save_clean(figure, spec, out)
    sentence = f"The figure is in {out}"
    if left_out:
        labels = "label" if left_out == 1 else "labels"
        sentence += f"; {left_out} {labels} had no room: make it wider or its letters smaller"
    return f"{sentence}."


def draw_clean(content: FigureContent, spec: FigureSpec) -> tuple[Figure, int]:
    """Draw a figure.

    Returns
    -------
    figure, left_out
        The figure, with a canvas of its own; and how many labels found no room.

    Raises
    ------
    ConfigError
        The figure is too small for its layers and letters.
    """
    with matplotlib.rc_context(_style(spec)):
        return _Page(content, spec).draw()


def save_clean(figure: Figure, spec: FigureSpec, path: Path) -> None:
    """Write it as SVG, PDF or PNG, by the file's ending, in one step."""
    kind = FORMATS[path.suffix.lower()]
    buffer = io.BytesIO()
    creator = "Software" if kind == "png" else "Creator"
    # In an SVG letters are shapes, for a reader may lack the font; a PDF holds the font itself.
    with matplotlib.rc_context(_style(spec) | {"pdf.fonttype": 42, "svg.fonttype": "path"}):
        figure.savefig(buffer, format=kind, dpi=spec.dpi, metadata={creator: "vowelscope"})
    write_bytes(path, buffer.getvalue())


def _style(spec: FigureSpec) -> dict[str, Any]:
    return {
        "font.family": list(_families(spec.typeface)),
        "font.size": spec.font_pt,
        "axes.linewidth": 0.6,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
        "axes.labelsize": spec.font_pt,
        "xtick.labelsize": 0.9 * spec.font_pt,
        "ytick.labelsize": 0.9 * spec.font_pt,
        "text.parse_math": False,
    }


def _families(typeface: str) -> tuple[str, ...]:
    there = {font.name for font in fontManager.ttflist}
    return tuple(name for name in _FONTS[typeface] if name in there) or ("DejaVu Sans",)


class _Page:
    """Places the panels in inches, then fills them."""

    def __init__(self, content: FigureContent, spec: FigureSpec) -> None:
        self._content, self._spec = content, spec
        self._em_in = spec.font_pt / 72.0
        self._font = FontProperties(family=list(_families(spec.typeface)), size=spec.font_pt)
        self._size_in = (spec.width_mm / MM_PER_INCH, spec.height_mm / MM_PER_INCH)
        self._figure = Figure(figsize=self._size_in, dpi=spec.dpi)
        FigureCanvasAgg(self._figure)
        self._left_out = 0
        self._scales: list[str] = [name for name in ("pitch", "intensity") if name in spec.layers]
        names = [self._width_in(display_label(tier.name)) for tier in content.tiers]
        em = self._em_in
        self._left_in = max([5.0 * em, *(width + 1.2 * em for width in names)])
        self._left_in = min(self._left_in, 0.3 * self._size_in[0])
        right = 1.0 + _SCALE_EM * len(self._scales) + (_BAR_EM if content.cam is not None else 0.0)
        self._right_in = right * em

    def draw(self) -> tuple[Figure, int]:
        spec, content, em = self._spec, self._content, self._em_in
        tier_in, gap_in = 1.9 * em, 0.7 * em
        shares = {}
        if content.wave is not None:
            shares["wave"] = 1.0
        if spec.has_frequencies:
            shares["frequency"] = 2.8
        fixed_in = (0.8 + 3.1) * em + tier_in * len(content.tiers) + gap_in * len(shares)
        free_in = self._size_in[1] - fixed_in
        width_in = self._size_in[0] - self._left_in - self._right_in
        needed_in = 2.5 * em * sum(shares.values()) if shares else 0.0
        if free_in < needed_in or width_in < 6 * em:
            raise ConfigError(
                tr(
                    "a figure of {width_mm:g} × {height_mm:g} mm is too small for its layers "
                    "with letters of {font_pt:g} pt; it needs {value:.0f} × {value2:.0f} mm "
                    "at least."
                ).format(
                    width_mm=spec.width_mm,
                    height_mm=spec.height_mm,
                    font_pt=spec.font_pt,
                    value=(self._left_in + self._right_in + 6 * em) * MM_PER_INCH,
                    value2=(fixed_in + needed_in) * MM_PER_INCH,
                )
            )
        if not shares:
            tier_in = (self._size_in[1] - 3.9 * em) / len(content.tiers)
        top_in = self._size_in[1] - 0.8 * em
        panels: list[Any] = []
        for name, share in shares.items():
            height_in = free_in * share / sum(shares.values())
            axes = self._panel(top_in, height_in)
            (self._fill_wave if name == "wave" else self._fill_frequencies)(axes)
            panels.append(axes)
            top_in -= height_in + gap_in
        for tier in content.tiers:
            axes = self._panel(top_in, tier_in)
            self._fill_tier(axes, tier, tier_in)
            panels.append(axes)
            top_in -= tier_in
        for axes in panels:
            axes.set_xlim(spec.start_s, spec.stop_s)
            axes.tick_params(labelbottom=axes is panels[-1], bottom=axes is panels[-1])
        panels[-1].set_xlabel("Time (s)")
        return self._figure, self._left_out

    def _panel(self, top_in: float, height_in: float) -> Any:
        width_in, total_in = self._size_in
        return self._figure.add_axes(
            (
                self._left_in / width_in,
                (top_in - height_in) / total_in,
                (width_in - self._left_in - self._right_in) / width_in,
                height_in / total_in,
            )
        )

    def _width_in(self, text: str, share: float = 1.0) -> float:
        if not text.strip():
            return 0.0
        path = TextPath((0, 0), text, size=share * self._spec.font_pt, prop=self._font)
        return float(path.get_extents().width) / 72.0

    def _fill_wave(self, axes: Any) -> None:
        assert self._content.wave is not None
        times_s, values = self._content.wave
        loudest = float(np.abs(values).max(initial=0.0)) or 1.0
        count = values.shape[1]
        for channel in range(count):
            axes.plot(times_s, 0.92 * values[:, channel] / loudest - 2 * channel, _INK, lw=0.4)
        axes.set_ylim(-2 * count + 1, 1)
        if count == 1:
            axes.set_yticks([0.92, 0, -0.92], [f"{loudest:.2g}", "0", f"−{loudest:.2g}"])
        else:
            axes.set_yticks([-2 * n for n in range(count)], [f"ch {n + 1}" for n in range(count)])

    def _fill_frequencies(self, axes: Any) -> None:
        content, spec = self._content, self._spec
        axis = spec.spectrogram.axis
        if axis.scale != "hz":
            axes.set_yscale("function", functions=(axis.place, axis.hz))
        if content.image is not None:
            image = content.image
            axes.imshow(
                image.db,
                cmap="gray_r",
                vmin=content.levels_db[0],
                vmax=content.levels_db[1],
                origin="lower",
                aspect="auto",
                interpolation="none",
                extent=(*image.time_edges_s[[0, -1]], *image.freq_edges_hz[[0, -1]]),
            )
        axes.set_ylim(axis.low_hz, axis.high_hz)
        unit = "" if axis.scale == "hz" else f", {SCALE_UNITS[axis.scale]} scale"
        axes.set_ylabel(f"Frequency (Hz{unit})")
        if axis.scale != "hz":
            height_in = axes.get_position().height * self._size_in[1]
            axes.set_yticks(axis.round_hz(min(_TICK_EM * self._em_in / height_in, 1.0)))
        if content.cam is not None:
            self._fill_cam(axes, content.cam)
        if content.dots is not None:
            points = spec.dot_mm / MM_PER_INCH * 72.0
            axes.scatter(
                *content.dots,
                s=points**2,
                c=_FORMANT,
                edgecolors="white",
                linewidths=0.25,
                zorder=4,
            )
        if content.pitch is not None:
            track = content.pitch
            ends = (track.settings.floor_hz, track.settings.ceiling_hz)
            self._scale(axes, "pitch", "Pitch (Hz)", ends, (track.times_s, track.f0_hz), _PITCH)
        if content.intensity is not None:
            level = content.intensity
            lines = (level.times_s, level.level_db)
            ends = spec.intensity_db
            self._scale(axes, "intensity", "Intensity (dB)", ends, lines, _INTENSITY)

    def _scale(
        self, axes: Any, name: str, title: str, ends: tuple[float, float], lines: Any, colour: str
    ) -> None:
        other = axes.twinx()
        other.spines["right"].set_position(
            ("outward", 72.0 * _SCALE_EM * self._em_in * self._scales.index(name))
        )
        (line,) = other.plot(*lines, color=colour, linewidth=1.1)
        line.set_path_effects([Stroke(linewidth=2.4, foreground="white"), Normal()])
        other.set_ylim(*ends)
        other.set_ylabel(title, color=colour)
        other.tick_params(axis="y", colors=colour)

    def _fill_cam(self, axes: Any, cam: CamLayer) -> None:
        limit = float(np.abs(cam.cells).max(initial=0.0)) or 1.0
        mesh = axes.pcolormesh(
            cam.time_edges_s,
            cam.freq_edges_hz,
            cam.cells,
            cmap=signed_colours(),
            vmin=-limit,
            vmax=limit,
            shading="flat",
            edgecolors=_GREY,
            linewidth=0.25,
            zorder=2,
        )
        for time_s in (cam.tmin_s, cam.tmax_s):
            axes.axvline(time_s, color=_BOUNDARY, linestyle=(0, (4, 2)), linewidth=0.8, zorder=3)
        box, (width_in, _) = axes.get_position(), self._size_in
        left_in = width_in - (_BAR_EM - 0.4) * self._em_in
        bar = self._figure.colorbar(
            mesh,
            cax=self._figure.add_axes(
                (left_in / width_in, box.y0, 0.9 * self._em_in / width_in, box.height)
            ),
        )
        bar.set_label(f"For (+) or against (−) {cam.title}\n(logits a cell)")
        bar.outline.set_linewidth(0.5)

    def _fill_tier(self, axes: Any, tier: Tier, height_in: float) -> None:
        spec = self._spec
        axes.set_ylim(0, 1)
        axes.set_yticks([0.5], [self._fitting(display_label(tier.name), self._left_in)])
        axes.tick_params(left=False)
        inch_per_s = axes.get_position().width * self._size_in[0] / (spec.stop_s - spec.start_s)
        if isinstance(tier, IntervalTier):
            for _, interval in tier.between(spec.start_s, spec.stop_s):
                first = max(interval.tmin_s, spec.start_s)
                last = min(interval.tmax_s, spec.stop_s)
                if interval.tmin_s > max(spec.start_s, tier.tmin_s):
                    axes.axvline(interval.tmin_s, color=_BOUNDARY, linewidth=0.6)
                if interval.tmax_s < min(spec.stop_s, tier.tmax_s):
                    axes.axvline(interval.tmax_s, color=_BOUNDARY, linewidth=0.6)
                self._label(axes, 0.5 * (first + last), interval.text, (last - first) * inch_per_s)
        elif isinstance(tier, PointTier):
            share = 0.5 * self._em_in / height_in
            for _, point in tier.between(spec.start_s, spec.stop_s):
                for ends in ((0, 0.5 - share), (0.5 + share, 1)):
                    axes.plot([point.time_s] * 2, ends, color=_BOUNDARY, linewidth=0.6)
                self._label(axes, point.time_s, point.text, np.inf)

    def _label(self, axes: Any, time_s: float, text: str, room_in: float) -> None:
        label = display_label(text).strip().replace("\n", " ")
        if not label:
            return
        wanted_in = self._width_in(label)
        share = min(1.0, max(room_in - 0.15 * self._em_in, 0.0) / wanted_in) if wanted_in else 1.0
        if share < _SMALLEST:
            self._left_out += 1
            return
        axes.text(
            time_s,
            0.5,
            label,
            fontsize=share * self._spec.font_pt,
            ha="center",
            va="center_baseline",
            clip_on=True,
        )

    def _fitting(self, text: str, room_in: float) -> str:
        while len(text) > 2 and self._width_in(text, 0.9) > room_in - self._em_in:
            text = text.rstrip("…")[:-1] + "…"
        return text
