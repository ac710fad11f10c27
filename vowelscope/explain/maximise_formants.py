"""Is it the formants? Peaks of a maximised picture against where a class has F1 to F3.

A spectrum is the mean over the middle third of the token, made smooth by cosines no finer than
`DETAIL_HZ`, so that the harmonics of the voice are no peaks. A formant is met where a peak lies
within the class's range of it; one peak meets one formant. A picture has peaks of its start, so
the answer rests on the peaks of what was *added* to the start. How many formants they would meet by
chance is asked of the same peaks shifted along the ERB scale, as a whole and round its end; the
control is what a network of random weights adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from vowelscope.core.features import FeatureSpec, Floats
from vowelscope.core.translation import tr
from vowelscope.explain.class_formants import FORMANTS, ClassFormants
from vowelscope.explain.interventions import erb_number, erb_to_hz
from vowelscope.explain.maximise_settings import Doubles, cosines, waves_of
from vowelscope.explain.maximised import Maximised, rounded

Verdict = Literal["holds", "does not", "no verdict", "not resolvable"]

DETAIL_HZ = 150.0
"""Half period of the finest cosine: two peaks of such a spectrum are twice that apart at least."""
PROMINENCE_DB = 3.0
_LOWEST_HZ = 150.0
"""Below, it is f0 and what pre-emphasis leaves of the floor."""
_BANDWIDTH = 1.3
"""-3 dB bandwidth of the Gaussian window times its effective length."""
_SHIFTS = 400
_CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class Met:
    """One formant and the peak nearest to it.

    Attributes
    ----------
    formant
        1 to 3.
    peak_hz
        The peak that meets it, else the nearest; NaN where there is none.
    resolvable
        False where the picture could not show it apart; `why_not` says why.
    met
        Whether the peak lies within the class's range, and meets no other formant.
    """

    formant: int
    peak_hz: float
    resolvable: bool
    met: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PeakFinding:
    """The peaks of one spectrum against the formants of a class.

    Attributes
    ----------
    spectrum_db
        (rows,): smooth spectrum at mid-time.
    peaks_hz
        Its peaks, rising.
    met
        Of F1 to F3.
    hits
        How many resolvable formants are met.
    chance
        Formants that the same peaks meet when shifted, on average.
    place
        Share of the shifts that meet as many or more.
    """

    spectrum_db: Doubles
    peaks_hz: Doubles
    met: tuple[Met, ...]
    hits: int
    chance: float
    place: float

    @property
    def asked(self) -> int:
        """How many are resolvable."""
        return sum(one.resolvable for one in self.met)


@dataclass(frozen=True, slots=True, eq=False)
class FormantAnswer:
    """Whether what was added has its peaks where the class has its formants.

    Attributes
    ----------
    formants
        What was asked about.
    resolution_hz
        Two peaks nearer than this are one.
    added
        Of what was added to the start, where that is above 0 dB.
    result, start
        Of the picture and of what it began with.
    control
        Of what the network of random weights added; None where that was not run.
    """

    formants: ClassFormants
    resolution_hz: float
    added: PeakFinding
    result: PeakFinding
    start: PeakFinding
    control: PeakFinding | None

    @property
    def verdict(self) -> Verdict:
        """Holds only above chance and above the control; "does not" where none is met."""
        if not self.added.asked:
            return "not resolvable"
        if not self.added.hits:
            return "does not"
        if self.control is None or self.added.place >= _CHANCE:
            return "no verdict"
        return "holds" if self.added.hits > self.control.hits else "no verdict"

    def sentences(self) -> tuple[str, ...]:
        """The answer, each a sentence."""
        added = self.added
        found = [
            tr(
                "Is it the formants? {verdict}: what was added has peaks at {peaks} Hz and meets "
                "{hits} of {asked} resolvable formants ({formants}; {source}); by chance "
                "{chance:.1f} (place {place:.2f})."
            ).format(
                verdict=_verdict_words(self.verdict),
                peaks=_listed(added.peaks_hz),
                hits=added.hits,
                asked=added.asked,
                formants=_formants(self.formants.means_hz),
                source=self.formants.source,
                chance=added.chance,
                place=added.place,
            ),
            tr("The picture itself meets {hits} (peaks at {peaks} Hz), its start {start}.").format(
                hits=self.result.hits, peaks=_listed(self.result.peaks_hz), start=self.start.hits
            ),
        ]
        if self.control is None:
            found.append(tr("The control, a network of random weights, was not run."))
        else:
            words = tr("What a network of random weights adds meets {hits} (peaks at {peaks} Hz).")
            found.append(words.format(hits=self.control.hits, peaks=_listed(self.control.peaks_hz)))
        found += [one.why_not for one in added.met if not one.resolvable]
        return tuple(found)

    def values(self) -> dict[str, Any]:
        """As plain values for JSON."""
        parts = {
            "added": self.added,
            "result": self.result,
            "start": self.start,
            "control": self.control,
        }
        return {
            "verdict": self.verdict,
            "resolution_hz": self.resolution_hz,
            "formants": asdict(self.formants),
            **{name: None if part is None else _plain(part) for name, part in parts.items()},
            "sentences": list(self.sentences()),
        }


def ask_formants(
    found: Maximised, formants: ClassFormants, control: Maximised | None = None
) -> FormantAnswer:
    """Compare the peaks of picture, start and control with a class's formants."""
    spec, middle = found.start.spec, found.start.middle
    resolution_hz = resolution_of(spec)

    def of(db: Floats, added: bool = False) -> PeakFinding:
        spectrum_db = db[:, middle].mean(axis=1)
        return peak_finding(spectrum_db, spec, formants, resolution_hz, 0.0 if added else None)

    return FormantAnswer(
        formants,
        resolution_hz,
        of(found.image_db - found.start.db, added=True),
        of(found.image_db),
        of(found.start.db),
        None if control is None else of(control.image_db - control.start.db, added=True),
    )


def resolution_of(spec: FeatureSpec) -> float:
    """Two peaks of a mid-time spectrum nearer than this are one, in Hz."""
    row_hz = spec.f_max_hz / spec.rows
    return max(2.0 * DETAIL_HZ, _BANDWIDTH / spec.window_s, 4.0 * row_hz)


def peak_finding(
    spectrum_db: npt.NDArray[np.floating],
    spec: FeatureSpec,
    formants: ClassFormants,
    resolution_hz: float,
    least_db: float | None = None,
) -> PeakFinding:
    """The peaks of a spectrum, (rows,) in dB, against a class's formants.

    Parameters
    ----------
    least_db
        Peaks below are none; None for no such bound.
    """
    smooth = smooth_spectrum(spectrum_db, spec)
    peaks_hz = _peaks(smooth, spec, least_db)
    where = [_why_not(n, formants, spec, resolution_hz) for n in range(FORMANTS)]
    asked = [n for n in range(FORMANTS) if not where[n]]
    own = _matched(peaks_hz, formants, range(FORMANTS))
    met = tuple(
        Met(n + 1, own.get(n, _nearest(peaks_hz, formants.means_hz[n])), not why, n in own, why)
        for n, why in enumerate(where)
    )
    hits = len(_matched(peaks_hz, formants, asked))
    low, high = erb_number(_LOWEST_HZ), erb_number(spec.f_max_hz)
    at = erb_number(peaks_hz) - low
    counts = []
    for shift in (np.arange(_SHIFTS) + 0.5) / _SHIFTS * (high - low):
        moved_hz = np.sort(erb_to_hz(low + (at + shift) % (high - low)))
        counts.append(len(_matched(moved_hz, formants, asked)))
    shifted = np.array(counts)
    return PeakFinding(
        smooth, peaks_hz, met, hits, float(shifted.mean()), float((shifted >= hits).mean())
    )


def smooth_spectrum(spectrum_db: npt.NDArray[np.floating], spec: FeatureSpec) -> Doubles:
    """A spectrum as a sum of cosines no finer than `DETAIL_HZ`, (rows,) in dB."""
    basis = cosines(spec.rows, waves_of(spec.f_max_hz, spec.rows, DETAIL_HZ))
    smooth: Doubles = basis @ (spectrum_db.astype(np.float64) @ basis)
    return smooth


def _peaks(smooth: Doubles, spec: FeatureSpec, least_db: float | None) -> Doubles:
    from scipy.signal import find_peaks

    at, _ = find_peaks(smooth, height=least_db, prominence=PROMINENCE_DB)
    rows_hz = 0.5 * (spec.freq_edges_hz[1:] + spec.freq_edges_hz[:-1])
    # The top of the parabola through a peak and its neighbours lies between rows.
    before, here, after = smooth[at - 1], smooth[at], smooth[at + 1]
    share = 0.5 * (before - after) / (before - 2 * here + after)
    found: Doubles = rows_hz[at] + share * (rows_hz[1] - rows_hz[0])
    return found[found >= _LOWEST_HZ]


def _matched(peaks_hz: Doubles, formants: ClassFormants, asked: Iterable[int]) -> dict[int, float]:
    """Formants (from 0) and the peaks that meet them; each takes the lowest that is left.

    Ranges and peaks rise together, so no other choice meets more.
    """
    found: dict[int, float] = {}
    after_hz = -np.inf
    for n in asked:
        # Half of what a smooth spectrum can be off by is added on both sides.
        low, high = formants.low_hz[n] - DETAIL_HZ / 2, formants.high_hz[n] + DETAIL_HZ / 2
        inside = peaks_hz[(peaks_hz >= low) & (peaks_hz <= high) & (peaks_hz > after_hz)]
        if len(inside):
            found[n] = after_hz = float(inside[0])
    return found


def _nearest(peaks_hz: Doubles, mean_hz: float) -> float:
    return float(peaks_hz[np.abs(peaks_hz - mean_hz).argmin()]) if len(peaks_hz) else float("nan")


def _why_not(n: int, formants: ClassFormants, spec: FeatureSpec, resolution_hz: float) -> str:
    """Why a formant cannot be told apart in a picture, or ""."""
    mean_hz = formants.means_hz[n]
    if mean_hz > spec.f_max_hz - 0.5 * resolution_hz:
        words = tr("F{number} is not resolvable: it lies at the top of the model's range.")
        return words.format(number=n + 1)
    for other, other_hz in enumerate(formants.means_hz):
        if other != n and abs(other_hz - mean_hz) < resolution_hz:
            words = tr(
                "F{number} is not resolvable: F{other} is {distance:.0f} Hz away, and nearer than "
                "{resolution:.0f} Hz they are one peak."
            )
            return words.format(
                number=n + 1,
                other=other + 1,
                distance=abs(other_hz - mean_hz),
                resolution=resolution_hz,
            )
    return ""


def _plain(part: PeakFinding) -> dict[str, Any]:
    return {
        "peaks_hz": rounded(part.peaks_hz, 1),
        "hits": part.hits,
        "asked": part.asked,
        "chance": round(part.chance, 4),
        "place": round(part.place, 4),
        "met": [
            asdict(one) | {"peak_hz": None if np.isnan(one.peak_hz) else round(one.peak_hz, 1)}
            for one in part.met
        ],
        "spectrum_db": rounded(part.spectrum_db, 2),
    }


def _verdict_words(verdict: Verdict) -> str:
    return {
        "holds": tr("It holds"),
        "does not": tr("It does not"),
        "no verdict": tr("No verdict"),
        "not resolvable": tr("Not resolvable"),
    }[verdict]


def _listed(values_hz: Doubles) -> str:
    return ", ".join(f"{value:,.0f}" for value in values_hz) or "–"


def _formants(values_hz: Sequence[float]) -> str:
    return "F1–F3 " + " / ".join(f"{value:,.0f}" for value in values_hz) + " Hz"
