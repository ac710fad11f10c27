"""``vowelscope figure``: a part of a recording as a figure for print."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from vowelscope.core.errors import ConfigError, TextGridError

if TYPE_CHECKING:
    from vowelscope.core.textgrid import IntervalTier, TextGrid
    from vowelscope.explain.figure_content import CamLayer

_SIZE = re.compile(r"([0-9.]+)[x×]([0-9.]+)\s*(mm|cm|in)")
_MM = {"mm": 1.0, "cm": 10.0, "in": 25.4}


def figure(
    audio: Path,
    textgrid: Path | None = None,
    /,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    from_: Annotated[float, Parameter(name="--from")] = 0.0,
    to: float | None = None,
    layers: str = "waveform,spectrogram,formants,tiers",
    tiers: str | None = None,
    cam_at: float | None = None,
    cam_tier: str | None = None,
    of: str | None = None,
    model: Path | None = None,
    channel: int | None = None,
    size: str = "160x100mm",
    dpi: int = 300,
    font_size: float = 9.0,
    typeface: Literal["sans", "serif"] = "sans",
    min_frequency: float = 0.0,
    max_frequency: float = 5000.0,
    scale: Literal["hz", "mel", "bark", "erb"] = "hz",
    dynamic_range: float = 70.0,
    spectrogram_window: float = 0.005,
    ceiling: float = 5500.0,
    pitch_floor: float = 75.0,
    pitch_ceiling: float = 500.0,
) -> int:
    """Draw a part of a recording as a figure for print, with axes in seconds and Hz.

    In PDF and SVG, lines and letters can be enlarged without loss, and the letters, those of the
    IPA too, need no font on the reader's machine; the spectrogram is one picture among them.

    Parameters
    ----------
    audio
        The recording.
    textgrid
        Its TextGrid; without one, the file of the same stem beside it, if there is one.
    out
        The file to write; it ends in .pdf, .svg or .png.
    from_
        Start of the part (s).
    to
        End of the part (s); by default the end of the recording.
    layers
        Some of waveform, spectrogram, formants, pitch, intensity, cam, tiers, with commas.
    tiers
        Names of the tiers to draw, with commas; by default all.
    cam_at
        The class activation map is that of the interval that holds this time (s).
    cam_tier
        Name of the tier of that interval; by default the tier of phones.
    of
        The class whose map it is; by default the predicted one.
    model
        Folder or name of the model; by default the one that comes with the program.
    channel
        Channel that is analysed, counted from 1; by default the mean of all.
    size
        Width and height with their unit, such as 160x100mm or 6.3x4in.
    dpi
        Pixels an inch: of a PNG, and of the spectrogram in it.
    font_size
        Size of the letters (pt).
    typeface
        sans or serif.
    min_frequency
        Bottom of the frequency axis (Hz).
    max_frequency
        Top of the frequency axis (Hz).
    scale
        Spacing of the frequency axis: hz, mel, bark or erb; its numbers are Hz.
    dynamic_range
        How far below the loudest part something is still drawn (dB).
    spectrogram_window
        Effective length of the window (s): 0.005 is broad-band, 0.03 narrow-band.
    ceiling
        Formant ceiling (Hz).
    pitch_floor
        Lowest pitch (Hz).
    pitch_ceiling
        Highest pitch (Hz).
    """
    from vowelscope.core.acoustics_settings import FormantSettings, PitchSettings
    from vowelscope.core.audio import Recording
    from vowelscope.core.sidecar import read_sidecar
    from vowelscope.core.spectrogram import SpectrogramSettings
    from vowelscope.explain.figure_content import FigureSpec

    chosen = tuple(name.strip() for name in layers.split(",") if name.strip())
    width_mm, height_mm = _size_mm(size)
    grid = _textgrid(audio, textgrid) if {"tiers", "cam"} & set(chosen) else None
    with Recording(audio) as recording:
        stop_s, channels = recording.duration_s, recording.n_channels
    if channel is not None and not 1 <= channel <= channels:
        raise ConfigError(f"{audio}: there is no channel {channel} (it has {channels}).")
    spec = FigureSpec(
        from_,
        stop_s if to is None else to,
        chosen,
        _tier_indices(grid, tiers) if "tiers" in chosen else None,
        None if channel is None else channel - 1,
        spectrogram=SpectrogramSettings(
            max_frequency,
            spectrogram_window,
            dynamic_range,
            scale=scale,
            f_min_hz=min_frequency,
        ),
        formant=FormantSettings(ceiling_hz=ceiling),
        pitch=PitchSettings(pitch_floor, pitch_ceiling),
        width_mm=width_mm,
        height_mm=height_mm,
        dpi=dpi,
        font_pt=font_size,
        typeface=typeface,
        hand=read_sidecar(textgrid or audio).points,
    )
    cam = None
    if "cam" in chosen:
        tier, at_s = _explained(grid, cam_tier, cam_at)
        cam = _cam(audio, tier, at_s, model, of, spec.channel)
    # The drawing library takes long to import: only once all that was asked for can be done.
    from vowelscope.explain.clean_figure import make_figure

    print(make_figure(audio, grid, spec, cam, out), file=sys.stderr)
    return 0


def _size_mm(text: str) -> tuple[float, float]:
    found = _SIZE.fullmatch(text.strip().lower())
    try:
        if found is not None:
            factor = _MM[found[3]]
            return float(found[1]) * factor, float(found[2]) * factor
    except ValueError:
        pass
    raise ConfigError(f"--size {text}: must be WIDTHxHEIGHT with mm, cm or in, such as 160x100mm.")


def _textgrid(audio: Path, path: Path | None) -> TextGrid:
    from vowelscope.core.textgrid_io import read_textgrid

    if path is None:
        path = next(
            (beside for beside in (audio.with_suffix(".TextGrid"),) if beside.is_file()), None
        )
    if path is None:
        raise ConfigError(f"{audio}: there is no TextGrid beside it; name one, or leave tiers out.")
    return read_textgrid(path).textgrid


def _names(grid: TextGrid) -> str:
    return ", ".join(repr(tier.name) for tier in grid.tiers)


def _tier_indices(grid: TextGrid | None, names: str | None) -> tuple[int, ...] | None:
    if names is None or grid is None:
        return None
    indices = []
    for name in (part.strip() for part in names.split(",")):
        index = grid.tier_index(name)
        if index is None:
            raise TextGridError(f"--tiers: there is no tier {name!r}; there are {_names(grid)}.")
        indices.append(index)
    return tuple(indices)


def _explained(
    grid: TextGrid | None, name: str | None, at_s: float | None
) -> tuple[IntervalTier, float]:
    from vowelscope.core.textgrid import IntervalTier
    from vowelscope.core.tokens import phone_tier

    assert grid is not None
    if at_s is None:
        raise ConfigError("say of which interval the class activation map is: --cam-at SECONDS.")
    if name is None:
        tier = phone_tier(grid)
        if tier is None:
            raise TextGridError(
                f"no tier of phones by its name; choose one with --cam-tier ({_names(grid)})."
            )
        return tier, at_s
    index = grid.tier_index(name)
    found = None if index is None else grid.tiers[index]
    if not isinstance(found, IntervalTier):
        raise TextGridError(f"--cam-tier: there is no interval tier {name!r} ({_names(grid)}).")
    return found, at_s


def _cam(
    audio: Path,
    tier: IntervalTier,
    at_s: float,
    folder: Path | None,
    of: str | None,
    channel: int | None,
) -> CamLayer:
    from vowelscope.core.audio import Recording
    from vowelscope.explain.cam import CamExplainer
    from vowelscope.explain.figure_content import CamLayer
    from vowelscope.explain.model import load_model
    from vowelscope.explain.model_store import find_model
    from vowelscope.explain.runtime import open_runtime

    index = tier.index_at(at_s)
    if index is None:
        raise TextGridError(
            f"--cam-at {at_s:g}: the tier {tier.name!r} has no interval there; it covers "
            f"{tier.tmin_s:g}-{tier.tmax_s:g} s."
        )
    interval = tier.intervals[index]
    model = load_model(find_model(folder))
    with Recording(audio) as recording:
        explainer = CamExplainer(model, open_runtime(model))
        explanation = explainer.explain(recording, interval.tmin_s, interval.tmax_s, channel)
    name = of or explanation.predicted
    return CamLayer(
        explanation.map_of(name),
        explanation.freq_edges_hz,
        explanation.time_edges_s,
        explanation.tmin_s,
        explanation.tmax_s,
        f"/{name}/",
    )
