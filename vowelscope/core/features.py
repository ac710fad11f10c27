"""The one road from a waveform to a model input, with the axes in Hz and s that belong to it.

Training, the window, the command line and the reports all call `token_input`; nothing else in
the project makes a network's input. The steps, in order:

1. resample the stretch around the token to twice the model's upper frequency, so that recordings
   of every sampling rate arrive with the same band edge;
2. short-time spectra in a Gaussian window (Praat manual, "Sound: To Spectrogram..."), one at the
   centre of each column, read at the centre of each row;
3. dB, with pre-emphasis per octave; fixed bounds, below either full scale or the token's maximum;
4. rows × columns, row 0 the *lowest* frequency; values 0-1 between the bounds, replicated to three
   channels and normalised as ImageNet was.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
import soxr

from vowelscope.core.errors import FeatureError
from vowelscope.core.translation import tr

Floats = npt.NDArray[np.float32]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

_MARGIN_S = 0.05
"""Read beyond the window at both ends, so that the resampler's transient falls outside it."""

_SILENCE_POWER = 1e-12
"""-120 dB re full scale: what digital silence reads, instead of minus infinity."""


class Source(Protocol):
    """What a model input can be cut from; `vowelscope.core.audio.Recording` is one."""

    rate_hz: int

    def read(self, start_s: float, stop_s: float, channel: int | None = None) -> Floats:
        """Samples between two times, clipped to what there is."""
        ...

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        ...


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """Everything that decides a model input; part of a model's card.

    Attributes
    ----------
    f_max_hz
        Upper edge of the top row; the lower edge of row 0 is 0 Hz.
    rows, columns
        Size of the image.
    window_s
        Effective length of the Gaussian window in seconds (its physical length is twice that,
        as in Praat); its -3 dB bandwidth is about 1.3 / window_s Hz.
    pre_emphasis_db_per_octave
        Added to each row relative to 1,000 Hz (rows below 50 Hz get what 50 Hz gets).
    reference
        ``full_scale``: dB re a full-scale sine. ``token``: dB re the token's own maximum after
        pre-emphasis, so that recording level drops out.
    db_min, db_max
        Bounds in dB re the reference, mapped to 0 and 1 and clipped.
    time_rule
        ``fixed``: `column_s` seconds a column with the token's midpoint in the middle.
        ``stretch``: the token's whole length over all columns.
    column_s
        Seconds a column under ``fixed``.
    context
        Under ``fixed``: ``keep`` shows what surrounds the token, ``mask`` sets the columns
        outside it to `db_min`.
    """

    f_max_hz: float = 8000.0
    rows: int = 224
    columns: int = 224
    window_s: float = 0.010
    pre_emphasis_db_per_octave: float = 6.0
    reference: Literal["full_scale", "token"] = "token"
    db_min: float = -70.0
    db_max: float = 5.0
    time_rule: Literal["fixed", "stretch"] = "fixed"
    column_s: float = 0.001
    context: Literal["keep", "mask"] = "keep"

    def __post_init__(self) -> None:
        if not 200 <= self.f_max_hz <= 48000:
            raise FeatureError(
                tr("f_max_hz = {f_max_hz:g}: must lie within 200-48,000 Hz.").format(
                    f_max_hz=self.f_max_hz
                )
            )
        if self.rows < 8 or self.columns < 8:
            raise FeatureError(
                tr("{rows} x {columns}: an input needs 8 x 8 at least.").format(
                    rows=self.rows, columns=self.columns
                )
            )
        if not 0.001 <= self.window_s <= 0.1:
            raise FeatureError(
                tr("window_s = {window_s:g}: must lie within 0.001-0.1 s.").format(
                    window_s=self.window_s
                )
            )
        if not self.db_min < self.db_max:
            raise FeatureError(
                tr("db_min {db_min:g} must lie below db_max {db_max:g}.").format(
                    db_min=self.db_min, db_max=self.db_max
                )
            )
        if self.reference not in ("full_scale", "token"):
            raise FeatureError(
                tr("reference = {reference!r}: full_scale or token.").format(
                    reference=self.reference
                )
            )
        if self.time_rule not in ("fixed", "stretch"):
            raise FeatureError(
                tr("time_rule = {time_rule!r}: fixed or stretch.").format(time_rule=self.time_rule)
            )
        if self.context not in ("keep", "mask"):
            raise FeatureError(
                tr("context = {context!r}: keep or mask.").format(context=self.context)
            )
        if self.time_rule == "fixed" and not 1e-5 <= self.column_s <= 0.1:
            raise FeatureError(
                tr("column_s = {column_s:g}: must lie within 1e-5-0.1 s.").format(
                    column_s=self.column_s
                )
            )

    @property
    def rate_hz(self) -> float:
        """Sampling rate at which the spectra are taken: twice `f_max_hz`."""
        return 2 * self.f_max_hz

    @property
    def freq_edges_hz(self) -> npt.NDArray[np.float64]:
        """Edges of the rows in Hz, shape (rows + 1,), rising from 0."""
        return np.linspace(0.0, self.f_max_hz, self.rows + 1)

    def time_edges_s(self, tmin_s: float, tmax_s: float) -> npt.NDArray[np.float64]:
        """Edges of the columns in seconds of the recording, shape (columns + 1,)."""
        if self.time_rule == "stretch":
            return np.linspace(tmin_s, tmax_s, self.columns + 1)
        return _fixed_edges_s(tmin_s, tmax_s, self.columns, self.column_s)

    def to_dict(self) -> dict[str, Any]:
        """As plain values, for a card."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> FeatureSpec:
        """Read back what `to_dict` gave.

        Raises
        ------
        FeatureError
            An unknown name, a wrong type, or a value out of range.
        """
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise FeatureError(
                tr("unknown feature parameter {names}.").format(names=", ".join(unknown))
            )
        try:
            return cls(**values)
        except TypeError as error:
            raise FeatureError(
                tr("feature parameters of the wrong type ({error}).").format(error=error)
            ) from error


@dataclass(frozen=True, slots=True, eq=False)
class ModelInput:
    """A token as the network sees it, before normalisation.

    Attributes
    ----------
    db
        float32 (rows, columns), dB re the spec's reference, clipped to its bounds; row 0 is the
        lowest frequency.
    freq_edges_hz, time_edges_s
        Edges of rows and columns: (rows + 1,) in Hz, (columns + 1,) in seconds of the recording.
    warnings
        Plain sentences, such as that the recording does not fill the frequency range.
    """

    db: Floats
    freq_edges_hz: npt.NDArray[np.float64]
    time_edges_s: npt.NDArray[np.float64]
    spec: FeatureSpec
    warnings: tuple[str, ...] = ()

    def image(self) -> Floats:
        """The normalised image, float32 (3, rows, columns)."""
        return normalise(self.db, self.spec)


def normalise(db: Floats, spec: FeatureSpec) -> Floats:
    """Bounds to 0-1, three equal channels, ImageNet's mean and standard deviation.

    Parameters
    ----------
    db
        float (..., rows, columns) in dB re the spec's reference.

    Returns
    -------
    numpy.ndarray
        float32 (..., 3, rows, columns).
    """
    unit = np.clip((db - spec.db_min) / (spec.db_max - spec.db_min), 0.0, 1.0)
    channels = [(unit - m) / s for m, s in zip(IMAGENET_MEAN, IMAGENET_STD, strict=True)]
    return np.stack(channels, axis=-3).astype(np.float32)


def token_input(
    source: Source,
    tmin_s: float,
    tmax_s: float,
    spec: FeatureSpec,
    *,
    channel: int | None = None,
    allow_unfilled: bool = False,
    extra_columns: int = 0,
) -> ModelInput:
    """The model input of the interval `tmin_s`-`tmax_s` of a recording.

    Parameters
    ----------
    channel
        0-based channel, or None for the mean of all.
    allow_unfilled
        A recording sampled below twice `spec.f_max_hz` leaves the top rows empty. False refuses
        it; True goes on and says so in `warnings`.
    extra_columns
        More columns at both ends (time rule ``fixed`` only), from which training cuts its time
        shifts without another road.

    Raises
    ------
    FeatureError
        The interval is empty or outside the recording, or the recording cannot fill the range.
    """
    if not tmax_s > tmin_s:
        raise FeatureError(
            tr("the interval {tmin_s:.4f}-{tmax_s:.4f} s has no length.").format(
                tmin_s=tmin_s, tmax_s=tmax_s
            )
        )
    if tmin_s >= source.duration_s or tmax_s <= 0:
        raise FeatureError(
            tr(
                "the interval {tmin_s:.4f}-{tmax_s:.4f} s lies outside the recording "
                "(0-{duration_s:.4f} s)."
            ).format(tmin_s=tmin_s, tmax_s=tmax_s, duration_s=source.duration_s)
        )
    warnings = _range_warnings(source, spec, allow_unfilled)
    edges_s = spec.time_edges_s(tmin_s, tmax_s)
    if extra_columns:
        if spec.time_rule != "fixed":
            raise FeatureError(tr("extra columns exist under the time rule 'fixed' only."))
        count = spec.columns + 2 * extra_columns
        edges_s = _fixed_edges_s(tmin_s, tmax_s, count, spec.column_s)
    centres_s = 0.5 * (edges_s[1:] + edges_s[:-1])
    power = _power(source, centres_s, spec, channel)
    db = 10.0 * np.log10(np.maximum(power, _SILENCE_POWER)) + pre_emphasis_db(spec)[:, None]
    inside = (centres_s >= tmin_s) & (centres_s < tmax_s)
    if spec.reference == "token":
        held = db[:, inside] if inside.any() else db
        db = db - held.max()
    if spec.time_rule == "fixed" and spec.context == "mask":
        db[:, ~inside] = spec.db_min
    clipped = np.clip(db, spec.db_min, spec.db_max).astype(np.float32)
    return ModelInput(clipped, spec.freq_edges_hz, edges_s, spec, warnings)


def _fixed_edges_s(
    tmin_s: float, tmax_s: float, columns: int, column_s: float
) -> npt.NDArray[np.float64]:
    """Edges of `columns` columns of `column_s` seconds about the middle of an interval."""
    steps = np.arange(columns + 1, dtype=np.float64) - columns / 2
    edges_s: npt.NDArray[np.float64] = 0.5 * (tmin_s + tmax_s) + column_s * steps
    return edges_s


def _range_warnings(source: Source, spec: FeatureSpec, allow_unfilled: bool) -> tuple[str, ...]:
    if source.rate_hz >= spec.rate_hz:
        return ()
    text = tr(
        "sampled at {rate_hz} Hz, the recording holds nothing above {top_hz:g} Hz, but the model "
        "reads 0-{f_max_hz:g} Hz"
    ).format(rate_hz=source.rate_hz, top_hz=source.rate_hz / 2, f_max_hz=spec.f_max_hz)
    if not allow_unfilled:
        raise FeatureError(tr("{text}: the sampling rate would become a cue.").format(text=text))
    return (tr("{text}: what it says may rest on the empty band.").format(text=text),)


def _power(
    source: Source, centres_s: npt.NDArray[np.float64], spec: FeatureSpec, channel: int | None
) -> npt.NDArray[np.float64]:
    """Power re a full-scale sine at each row and column centre, (rows, columns)."""
    rate_hz = spec.rate_hz
    half = max(round(spec.window_s * rate_hz), 4)
    window = gaussian_window(2 * half + 1)
    reach_s = half / rate_hz + _MARGIN_S
    # On the recording's own sample grid, so that the cut does not shift what is cut.
    first = int(np.floor((centres_s[0] - reach_s) * source.rate_hz))
    last = int(np.ceil((centres_s[-1] + reach_s) * source.rate_hz)) + 1
    samples = _read_padded(source, first, last, channel)
    if source.rate_hz != rate_hz:
        samples = soxr.resample(samples, source.rate_hz, rate_hz, quality="HQ")
    middle = np.rint((centres_s - first / source.rate_hz) * rate_hz).astype(np.int64)
    offsets = np.arange(-half, half + 1)
    index = np.clip(middle[:, None] + offsets[None, :], 0, len(samples) - 1)
    frames = samples[index] * window.astype(np.float32)
    n_fft = 1 << int(np.ceil(np.log2(max(4 * half, 4 * spec.rows))))
    spectrum = np.fft.rfft(frames, n_fft, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2) / (window.sum() / 2) ** 2
    row_centres_hz = 0.5 * (spec.freq_edges_hz[1:] + spec.freq_edges_hz[:-1])
    at = row_centres_hz * n_fft / rate_hz
    low = np.minimum(at.astype(np.int64), power.shape[1] - 2)
    share = at - low
    rows: npt.NDArray[np.float64] = (
        power[:, low] * (1.0 - share) + power[:, low + 1] * share
    ).T.astype(np.float64)
    return rows


def gaussian_window(length: int) -> npt.NDArray[np.float64]:
    """Praat's Gaussian window over its physical length (edges brought to zero).

    Source: Praat manual, "Sound: To Spectrogram...": physical length twice the effective one.
    """
    middle = (length - 1) / 2
    phase = (np.arange(length) - middle) / (length + 1)
    edge = np.exp(-12.0)
    window: npt.NDArray[np.float64] = (np.exp(-48.0 * phase**2) - edge) / (1.0 - edge)
    return window


def _read_padded(source: Source, first: int, last: int, channel: int | None) -> Floats:
    """Samples `first` to `last` of the recording, zeros where it has none."""
    start_s = max(first, 0) / source.rate_hz
    stop_s = max(last, 0) / source.rate_hz
    held = source.read(start_s, stop_s, channel)
    out = np.zeros(last - first, dtype=np.float32)
    at = max(-first, 0)
    out[at : at + len(held)] = held[: len(out) - at]
    return out


def pre_emphasis_db(spec: FeatureSpec) -> npt.NDArray[np.float64]:
    """What pre-emphasis adds to each row, (rows,) in dB."""
    centres_hz = 0.5 * (spec.freq_edges_hz[1:] + spec.freq_edges_hz[:-1])
    octaves = np.log2(np.maximum(centres_hz, 50.0) / 1000.0)
    emphasis: npt.NDArray[np.float64] = spec.pre_emphasis_db_per_octave * octaves
    return emphasis
