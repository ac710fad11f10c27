"""What a figure for print shows of a recording: its choices, and what is measured for them.

No drawing: `vowelscope.explain.clean_figure` does that. Everything is computed by the functions
that the window uses, so that the figure's axes and values are the window's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vowelscope.core.acoustics import (
    FormantSettings,
    FormantTrack,
    IntensitySettings,
    IntensityTrack,
    PitchSettings,
    PitchTrack,
    formants,
    intensity,
    pitch,
    visible,
)
from vowelscope.core.audio import Recording
from vowelscope.core.errors import ConfigError
from vowelscope.core.hand_points import HandPoints
from vowelscope.core.peaks import Peaks
from vowelscope.core.spectrogram import SpectrogramImage, SpectrogramSettings, spectrogram
from vowelscope.core.textgrid import TextGrid, Tier
from vowelscope.core.translation import tr

Doubles = npt.NDArray[np.float64]

LAYERS = ("waveform", "spectrogram", "formants", "pitch", "intensity", "cam", "tiers")
"""From the top down, and from the back to the front."""

MM_PER_INCH = 25.4
LONGEST_TRACKED_S = 60.0
"""Formants, pitch and intensity are drawn of up to this much: a figure has no room for more."""
_SAMPLES_APART = 2.0
_MOST_COLUMNS, _MOST_ROWS = 6000, 1200


@dataclass(frozen=True, slots=True)
class FigureSpec:
    """Which part of a recording a figure shows, of which layers it is made, and its size.

    Attributes
    ----------
    start_s, stop_s
        The part, in seconds.
    layers
        Some of `LAYERS`.
    tiers
        0-based indices of the tiers that are drawn; None for all.
    channel
        0-based channel that is analysed, or None for the mean of all.
    spectrogram, formant, pitch, intensity
        Settings of the analyses; the frequency axis is linear, in Hz.
    intensity_db
        Ends of the intensity axis, in dB.
    width_mm, height_mm
        Size of the whole figure.
    dpi
        Pixels an inch: of a PNG, and of the spectrogram within a PDF or SVG.
    font_pt
        Size of labels and numbers, in points.
    typeface
        ``sans`` or ``serif``; both hold the International Phonetic Alphabet.
    dot_mm
        Diameter of the formant dots.
    hand
        Formants that were set by hand, in the place of Praat's.

    Raises
    ------
    ConfigError
        A value out of range, or no layer at all.
    """

    start_s: float
    stop_s: float
    layers: tuple[str, ...] = ("waveform", "spectrogram", "formants", "tiers")
    tiers: tuple[int, ...] | None = None
    channel: int | None = None
    spectrogram: SpectrogramSettings = field(default_factory=SpectrogramSettings)
    formant: FormantSettings = field(default_factory=FormantSettings)
    pitch: PitchSettings = field(default_factory=PitchSettings)
    intensity: IntensitySettings = field(default_factory=IntensitySettings)
    intensity_db: tuple[float, float] = (50.0, 100.0)
    width_mm: float = 160.0
    height_mm: float = 100.0
    dpi: int = 300
    font_pt: float = 9.0
    typeface: str = "sans"
    dot_mm: float = 0.7
    hand: HandPoints = field(default_factory=HandPoints)

    def __post_init__(self) -> None:
        unknown = [name for name in self.layers if name not in LAYERS]
        if unknown:
            raise ConfigError(
                tr("a figure has no layer {unknown!r}; there are {names}.").format(
                    unknown=unknown[0], names=", ".join(LAYERS)
                )
            )
        for holds, sentence in (
            (self.layers, tr("a figure needs a layer at least.")),
            (
                self.stop_s > self.start_s,
                tr("a figure must end after it begins, not {start_s:g}-{stop_s:g} s.").format(
                    start_s=self.start_s, stop_s=self.stop_s
                ),
            ),
            (
                30 <= self.width_mm <= 2000 and 20 <= self.height_mm <= 2000,
                tr(
                    "a figure of {width_mm:g} × {height_mm:g} mm: it must lie within 30 × 20 "
                    "and 2000 × 2000 mm."
                ).format(width_mm=self.width_mm, height_mm=self.height_mm),
            ),
            (
                50 <= self.dpi <= 1200,
                tr("{dpi} dpi: must lie within 50-1200 dpi.").format(dpi=self.dpi),
            ),
            (
                4 <= self.font_pt <= 40,
                tr("letters of {font_pt:g} pt: must lie within 4-40 pt.").format(
                    font_pt=self.font_pt
                ),
            ),
            (
                self.typeface in ("sans", "serif"),
                tr("typeface {typeface!r}: sans or serif.").format(typeface=self.typeface),
            ),
            (
                0.1 <= self.dot_mm <= 5,
                tr("dots of {dot_mm:g} mm: must lie within 0.1-5 mm.").format(dot_mm=self.dot_mm),
            ),
            (
                self.width_mm * self.height_mm * (self.dpi / MM_PER_INCH) ** 2 <= 2e8,
                tr(
                    "{width_mm:g} × {height_mm:g} mm at {dpi} dpi are more than 200 million pixels."
                ).format(width_mm=self.width_mm, height_mm=self.height_mm, dpi=self.dpi),
            ),
        ):
            if not holds:
                raise ConfigError(sentence)

    @property
    def has_frequencies(self) -> bool:
        """Whether there is a panel with a frequency axis."""
        return any(name in self.layers for name in LAYERS[1:6])


@dataclass(frozen=True, slots=True, eq=False)
class CamLayer:
    """One signed map, as a figure draws it.

    Attributes
    ----------
    cells
        (rows, columns) in logits; row 0 is the lowest frequency.
    freq_edges_hz, time_edges_s
        Edges of the cells.
    tmin_s, tmax_s
        The interval that was explained.
    title
        Whose map it is, such as ``/i/``.
    """

    cells: npt.NDArray[np.float32]
    freq_edges_hz: Doubles
    time_edges_s: Doubles
    tmin_s: float
    tmax_s: float
    title: str


@dataclass(frozen=True, slots=True, eq=False)
class FigureContent:
    """What is drawn; None for what is not.

    Attributes
    ----------
    wave
        Times (n,) in seconds and values (n, channels), full scale 1.
    levels_db
        What is white and what is black in `image`.
    dots
        Times and frequencies of the formant dots, (n,) each.
    """

    wave: tuple[Doubles, npt.NDArray[np.float32]] | None = None
    image: SpectrogramImage | None = None
    levels_db: tuple[float, float] = (0.0, 1.0)
    dots: tuple[Doubles, Doubles] | None = None
    pitch: PitchTrack | None = None
    intensity: IntensityTrack | None = None
    cam: CamLayer | None = None
    tiers: tuple[Tier, ...] = ()


def gather(
    audio: Path, textgrid: TextGrid | None, spec: FigureSpec, cam: CamLayer | None = None
) -> FigureContent:
    """Measure what a figure shows.

    Parameters
    ----------
    audio
        The recording.
    textgrid
        Its tiers, if there are any.
    cam
        The map; drawn where `spec` names the layer.

    Raises
    ------
    ConfigError
        The part lies outside the recording, is too long for its tracks, or a layer has nothing.
    AudioError, AnalysisError
        The recording cannot be read or analysed.
    """
    with Recording(audio) as recording:
        if not 0 <= spec.start_s < recording.duration_s:
            raise ConfigError(
                tr(
                    "{name}: a figure from {start_s:g} s is outside the recording, which "
                    "lasts {duration_s:.3f} s."
                ).format(name=audio.name, start_s=spec.start_s, duration_s=recording.duration_s)
            )
        spec = replace(spec, stop_s=min(spec.stop_s, recording.duration_s))
        _check(spec, textgrid, cam)
        image, levels = None, (0.0, 1.0)
        if "spectrogram" in spec.layers:
            image = _image(recording, spec)
            levels = _levels(image, spec)
        return FigureContent(
            wave=_wave(recording, spec) if "waveform" in spec.layers else None,
            image=image,
            levels_db=levels,
            dots=_dots(audio, spec) if "formants" in spec.layers else None,
            pitch=_pitch(audio, spec) if "pitch" in spec.layers else None,
            intensity=_intensity(audio, spec) if "intensity" in spec.layers else None,
            cam=cam if "cam" in spec.layers else None,
            tiers=_tiers(textgrid, spec) if "tiers" in spec.layers else (),
        )


def _check(spec: FigureSpec, textgrid: TextGrid | None, cam: CamLayer | None) -> None:
    tracks = [name for name in ("formants", "pitch", "intensity") if name in spec.layers]
    if tracks and spec.stop_s - spec.start_s > LONGEST_TRACKED_S:
        raise ConfigError(
            tr(
                "a figure of {value:.1f} s is too long for {tracks}: "
                "{longest_tracked_s:g} s at most."
            ).format(
                value=spec.stop_s - spec.start_s,
                tracks=tracks[0],
                longest_tracked_s=LONGEST_TRACKED_S,
            )
        )
    if "cam" in spec.layers and cam is None:
        raise ConfigError(tr("there is no class activation map to draw: no interval is explained."))
    if "tiers" in spec.layers and (textgrid is None or not textgrid.tiers):
        raise ConfigError(tr("there are no tiers to draw."))


def _pixels(size_mm: float, spec: FigureSpec, most: int) -> int:
    return int(min(max(size_mm / MM_PER_INCH * spec.dpi, 100), most))


def _image(recording: Recording, spec: FigureSpec) -> SpectrogramImage:
    return spectrogram(
        recording,
        spec.start_s,
        spec.stop_s,
        replace(spec.spectrogram, scale="hz"),  # the axis stretches the picture
        columns=_pixels(spec.width_mm, spec, _MOST_COLUMNS),
        rows=_pixels(spec.height_mm, spec, _MOST_ROWS),
        channel=spec.channel,
    )


def _levels(image: SpectrogramImage, spec: FigureSpec) -> tuple[float, float]:
    top_db = spec.spectrogram.maximum_db
    if top_db is None:
        top_db = round(2.0 * float(image.db.max())) / 2.0
    return top_db - spec.spectrogram.dynamic_range_db, top_db


def _wave(recording: Recording, spec: FigureSpec) -> tuple[Doubles, npt.NDArray[np.float32]]:
    columns = 2 * _pixels(spec.width_mm, spec, _MOST_COLUMNS)
    rate_hz = recording.rate_hz
    if (spec.stop_s - spec.start_s) * rate_hz < _SAMPLES_APART * columns:
        first = max(int(spec.start_s * rate_hz), 0)
        samples = recording.read_frames(first, int(np.ceil(spec.stop_s * rate_hz)) + 1)
        return (first + np.arange(len(samples))) / rate_hz, samples
    peaks = Peaks(recording)
    edges = peaks.edges(spec.start_s, spec.stop_s, columns // 2)
    lowest, highest = peaks.peaks(spec.start_s, spec.stop_s, columns // 2)
    values = np.stack([lowest, highest], axis=1).reshape(2 * len(lowest), -1)
    return np.repeat(0.5 * (edges[1:] + edges[:-1]) / rate_hz, 2), values


def _dots(audio: Path, spec: FigureSpec) -> tuple[Doubles, Doubles]:
    track: FormantTrack = formants(
        audio, spec.formant, spec.start_s, spec.stop_s, spec.channel, hand=spec.hand
    )
    kept = visible(track)
    freqs_hz = track.freqs_hz[kept]
    times_s = np.broadcast_to(track.times_s[kept, None], freqs_hz.shape)
    held = np.isfinite(freqs_hz) & (freqs_hz <= spec.spectrogram.f_max_hz)
    return times_s[held], freqs_hz[held]


def _pitch(audio: Path, spec: FigureSpec) -> PitchTrack:
    return pitch(audio, spec.pitch, spec.start_s, spec.stop_s, spec.channel)


def _intensity(audio: Path, spec: FigureSpec) -> IntensityTrack:
    return intensity(audio, spec.intensity, spec.start_s, spec.stop_s, spec.channel)


def _tiers(textgrid: TextGrid | None, spec: FigureSpec) -> tuple[Tier, ...]:
    tiers = () if textgrid is None else textgrid.tiers
    chosen = range(len(tiers)) if spec.tiers is None else spec.tiers
    found = tuple(tiers[index] for index in chosen if 0 <= index < len(tiers))
    if not found:
        raise ConfigError(tr("none of the tiers of the TextGrid is chosen for the figure."))
    return found
