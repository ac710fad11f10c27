"""Formants set by hand: what lies under the mouse, and what a drag or a key makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from vowelscope.app.ceilings import Ceilings
from vowelscope.app.workbench import Workbench
from vowelscope.core.acoustics import FormantTrack, visible
from vowelscope.core.hand_points import HIGHEST_FORMANT, LONGEST_REACH_S, HandPoint
from vowelscope.core.textgrid import IntervalTier
from vowelscope.core.tokens import phone_tier
from vowelscope.core.translation import tr
from vowelscope.core.vowels import vowel_symbols

_WIDEST_S = 1.5
_NARROWEST_S = 0.4
_AROUND = 2.0
"""A vowel that one goes on to fills half of the view at most."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A formant of one frame that can be taken.

    Attributes
    ----------
    time_s, freq_hz
        Where it is.
    formant
        Its number, from 1.
    by_hand
        Whether it was set by hand.
    is_candidate
        It belongs to another ceiling than that which counts.
    """

    time_s: float
    formant: int
    freq_hz: float
    by_hand: bool = False
    is_candidate: bool = False


class Repairing(QObject):
    """The mode in which formants are corrected, and the steps of it."""

    changed = Signal()
    """The mode was switched."""
    tracks_changed = Signal()
    """The selected token has other formants."""

    def __init__(self, bench: Workbench, ceilings: Ceilings) -> None:
        super().__init__(ceilings)
        self._bench = bench
        self._session = bench.session
        self._ceilings = ceilings
        self.is_on = False
        self._symbols: tuple[IntervalTier | None, tuple[str | None, ...]] = (None, ())
        ceilings.changed.connect(self.tracks_changed)

    def set_on(self, on: bool) -> None:
        """Switch the mode; the formants are shown with it."""
        if on != self.is_on:
            self.is_on = on
            if on:
                self._session.set_overlay("formants", True)
            self.changed.emit()

    def raw_between(self, start_s: float, stop_s: float) -> FormantTrack | None:
        """Praat's formants as they are drawn: within the selected token at its own ceiling."""
        usual = self._bench.analysis.raw_formants_between(start_s, stop_s)
        found, track = self._ceilings.found, self._ceilings.track
        if found is None or track is None:
            return usual
        inside = (track.times_s >= max(found.tmin_s, start_s)) & (
            track.times_s <= min(found.tmax_s, stop_s)
        )
        own = _frames(track, inside)
        if usual is None:
            return own
        before = _frames(usual, usual.times_s < found.tmin_s)
        after = _frames(usual, usual.times_s > found.tmax_s)
        return _joined([before, own, after])

    def words_at(self, time_s: float) -> str:
        """F1 to F4 of the frame that is drawn nearest to a time, those by hand with a mark."""
        step_s = self._bench.settings.formant.step_s
        raw = self.raw_between(time_s - step_s, time_s + step_s)
        if raw is None or not len(raw.times_s):
            return ""
        track = self._bench.choices.drawn_points.on(raw, self._session.channel)
        row = int(np.abs(track.times_s - time_s).argmin())
        by_hand = () if track.by_hand is None else np.flatnonzero(track.by_hand[row])
        said = [
            f"F{at + 1} {hz:,.0f}{'◇' if at in by_hand else ''}"
            for at, hz in enumerate(track.freqs_hz[row, :4])
            if np.isfinite(hz)
        ]
        return f"   ·   {'  '.join(said)} Hz" if said and visible(track)[row] else ""

    def dots_near(self, time_s: float, reach_s: float) -> list[Dot]:
        """All that is drawn near a time: formants first, then those of other ceilings."""
        start_s, stop_s = time_s - reach_s, time_s + reach_s
        raw = self.raw_between(start_s, stop_s)
        dots: list[Dot] = []
        if raw is not None:
            track = self._bench.choices.points.on(raw, self._session.channel)
            found = self._ceilings.found
            drawn = visible(track)
            if found is not None and self._ceilings.track is not None:
                # Within the token with a ceiling of its own, weak frames are drawn too.
                drawn |= (track.times_s >= found.tmin_s) & (track.times_s <= found.tmax_s)
            dots += _dots(track, drawn)
        found, index = self._ceilings.found, self._ceilings.index
        for at, item in enumerate(() if found is None else found.items):
            if at != index:
                for row in np.flatnonzero(np.abs(item.times_s - time_s) <= reach_s):
                    dots += [
                        Dot(float(item.times_s[row]), n, float(hz), is_candidate=True)
                        for n, hz in enumerate(item.freqs_hz[row, :HIGHEST_FORMANT], start=1)
                        if np.isfinite(hz)
                    ]
        return dots

    def hand_near(self, time_s: float, reach_s: float) -> list[Dot]:
        """What was set by hand near a time; what was called undefined, where Praat has it."""
        channel, start_s, stop_s = self._session.channel, time_s - reach_s, time_s + reach_s
        raw = self.raw_between(start_s, stop_s)
        dots = []
        for point in self._bench.choices.points.between(channel, start_s, stop_s):
            hz = point.freq_hz
            if hz is None and raw is not None and len(raw.times_s):
                at = int(np.abs(raw.times_s - point.time_s).argmin())
                column = point.formant - 1
                hz = float(raw.freqs_hz[at, column]) if column < raw.freqs_hz.shape[1] else None
            if hz is not None and np.isfinite(hz):
                dots.append(Dot(point.time_s, point.formant, hz, by_hand=True))
        return dots

    def frame_times_s(self, start_s: float, stop_s: float) -> list[float]:
        """Times of the frames that are drawn between two times."""
        raw = self.raw_between(start_s, stop_s)
        return [] if raw is None else [float(x) for x in raw.times_s if start_s <= x <= stop_s]

    def point(self, time_s: float, formant: int, freq_hz: float | None) -> HandPoint:
        """A formant at a frame, for `set` and `preview`."""
        reach_s = min(self._bench.settings.formant.step_s / 2, LONGEST_REACH_S)
        return HandPoint(time_s, formant, freq_hz, reach_s, self._session.channel)

    def preview(self, points: Iterable[HandPoint]) -> None:
        """Show what a drag would set."""
        choices = self._bench.choices
        choices.preview(choices.points.with_points(points))

    def let_go(self) -> None:
        """Show what is set alone."""
        self._bench.choices.preview(None)

    def set(self, points: Sequence[HandPoint], text: str, merged: object = None) -> bool:
        """Set formants by hand as one step; false, with a sentence, where that is refused.

        Steps in a row with the same `merged` are one.
        """
        choices = self._bench.choices
        done = choices.set_points(choices.points.with_points(points), text, merged)
        choices.preview(None)
        return done

    def restore(self, time_s: float, formant: int) -> None:
        """Have Praat's value again for one formant of one frame."""
        half_s = self._bench.settings.formant.step_s / 2
        choices, channel = self._bench.choices, self._session.channel
        points = choices.points.without(channel, time_s - half_s, time_s + half_s, formant)
        if not choices.set_points(points, tr("Restore F{formant}").format(formant=formant)):
            self._session.note.emit(
                tr("F{formant} was not set by hand here.").format(formant=formant)
            )

    def forget(self) -> None:
        """Have Praat's values again in the selected interval, or the selection."""
        session, choices = self._session, self._bench.choices
        interval = session.selected_interval
        span = session.selection or (interval and (interval.tmin_s, interval.tmax_s))
        if not span:
            session.note.emit(tr("Select an interval or a stretch of time first."))
            return
        if not choices.set_points(
            choices.points.without(session.channel, *span), tr("Restore formants")
        ):
            session.note.emit(tr("No formant was set by hand here."))

    def go(self, step: int) -> None:
        """Select the next (1) or previous (-1) vowel of the tier, in the middle of the view."""
        session, textgrid = self._session, self._session.textgrid
        if textgrid is None:
            session.note.emit(tr("There is no TextGrid."))
            return
        tier = session.selected_tier
        if not isinstance(tier, IntervalTier) or not any(self._vowels(tier)):
            tier = phone_tier(textgrid) or tier
        if not isinstance(tier, IntervalTier):
            session.note.emit(tr("Select a tier of vowels first."))
            return
        tier_index = next(i for i, other in enumerate(textgrid.tiers) if other is tier)
        at = session.item_index if session.tier_index == tier_index else None
        if at is None:
            at = tier.index_at(session.cursor_s) or 0
            at -= step if step > 0 else 0
        vowels = self._vowels(tier)
        at += step
        while 0 <= at < len(vowels) and vowels[at] is None:
            at += step
        if not 0 <= at < len(vowels):
            where = tr("after") if step > 0 else tr("before")
            session.note.emit(
                tr("There is no vowel {where} this place in “{name}”.").format(
                    where=where, name=tier.name
                )
            )
            return
        interval = tier.intervals[at]
        session.select_item(tier_index, at)
        width_s = min(session.view[1] - session.view[0], _WIDEST_S)
        width_s = max(width_s, _AROUND * interval.duration_s, _NARROWEST_S)
        session.set_view(interval.midpoint_s - width_s / 2, interval.midpoint_s + width_s / 2)

    def _vowels(self, tier: IntervalTier) -> tuple[str | None, ...]:
        if self._symbols[0] is not tier:
            labels = [interval.text for interval in tier.intervals]
            once = sorted(set(labels))
            of_label = dict(zip(once, vowel_symbols(once), strict=True))
            class_map = self._bench.class_map
            if class_map is not None:
                classes = {x: class_map.class_of(x) for x in once if x.strip()}
                of_label = {x: of_label[x] or classes.get(x) for x in once}
            self._symbols = tier, tuple(of_label[label] for label in labels)
        return self._symbols[1]


def _dots(track: FormantTrack, drawn: npt.NDArray[np.bool_]) -> list[Dot]:
    by_hand = track.by_hand
    return [
        Dot(
            float(time_s),
            column + 1,
            float(track.freqs_hz[row, column]),
            by_hand is not None and bool(by_hand[row, column]),
        )
        for row, time_s in enumerate(track.times_s)
        for column in range(min(track.freqs_hz.shape[1], HIGHEST_FORMANT))
        if drawn[row] and np.isfinite(track.freqs_hz[row, column])
    ]


def _frames(track: FormantTrack, held: np.ndarray) -> FormantTrack:
    return replace(
        track,
        times_s=track.times_s[held],
        freqs_hz=track.freqs_hz[held],
        bandwidths_hz=track.bandwidths_hz[held],
        intensity_db=track.intensity_db[held],
        reference_db=track.reference_db[held],
    )


def _joined(tracks: Sequence[FormantTrack]) -> FormantTrack:
    return replace(
        tracks[0],
        times_s=np.concatenate([x.times_s for x in tracks]),
        freqs_hz=np.concatenate([x.freqs_hz for x in tracks]),
        bandwidths_hz=np.concatenate([x.bandwidths_hz for x in tracks]),
        intensity_db=np.concatenate([x.intensity_db for x in tracks]),
        reference_db=np.concatenate([x.reference_db for x in tracks]),
    )
