"""What is played and how: once or in a loop, at what speed, which cells or band of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from vowelscope.app.workbench import Workbench
from vowelscope.core.band_filter import Cells, band_cells
from vowelscope.core.errors import UserError
from vowelscope.core.passages import Passage, Rendered, Selection
from vowelscope.core.playback import PlaybackError
from vowelscope.core.rendering import Rendering, render
from vowelscope.core.translation import tr

SHORTEST_LOOP_S = 0.01
SPEEDS = {1.0: tr("full speed"), 0.75: tr("three quarters of the speed"), 0.5: tr("half speed")}
SPEEDS[0.25] = tr("a quarter of the speed")
_KEY = "listening"
_SOON_MS = 50
_LONG_S = 10.0


@dataclass(frozen=True, slots=True)
class Part:
    """What of a stretch is heard: everything, the strongest cells, a band; or all but that."""

    kind: Literal["everything", "cells", "band"] = "everything"
    all_but: bool = False


EVERYTHING = Part()


class Listening(QObject):
    """Plays stretches of the session's recording.

    While it loops, another selection, other channels, another map or speed take effect at the
    next pass. What must be made first (slower, filtered) is made in the background.
    """

    loop_changed = Signal(bool)
    speed_changed = Signal(float)
    cells_changed = Signal(object, bool)
    """The `Cells` of the map that were played last, and whether all but they were; None for none,
    and once another map or interval is shown."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = session = bench.session
        self._player = bench.player
        self.loop = False
        self.speed = 1.0
        self._stretch = (0.0, 0.0)
        self._part = EVERYTHING
        self._passage: Passage | None = None
        self._request: int | None = None
        self._text = ""
        self._cells: Cells | None = None
        self._made_of: Cells | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._renew)
        for signal in (session.selection_changed, session.heard_changed):
            signal.connect(self._on_change)
        for signal in (session.map_changed, session.explanation_changed):
            signal.connect(self._on_map)
        session.recording_changed.connect(self._on_recording)

    @property
    def is_active(self) -> bool:
        """True while something plays or is made to be played."""
        return self._player.is_playing or self._bench.jobs.is_pending(_KEY)

    def play(self, start_s: float, stop_s: float, part: Part = EVERYTHING) -> None:
        """Play `start_s` to `stop_s` (seconds), or what `part` says of it."""
        self.stop()
        self._set_cells(None)
        if self._session.recording is None:
            self._session.message.emit(tr("Open a recording first."))
            return
        self._stretch, self._part = (start_s, stop_s), part
        self._make(self._start, self._session.message.emit)

    def stop(self) -> None:
        """Stop at once, or give up what is being made."""
        self._soon.stop()
        self._bench.jobs.cancel(_KEY)
        if self._player.is_playing:
            self._player.stop()
        self._request = None

    def set_loop(self, loop: bool) -> None:
        """Play again and again, or end with the pass that is heard."""
        if loop == self.loop:
            return
        self.loop = loop
        self.loop_changed.emit(loop)
        if self._is_mine:
            self._player.follow(self._passage if self._loops(self._passage) else None)

    def set_speed(self, speed: float) -> None:
        """Play at 0.25 to 1 of the speed from the next time on, with the pitch kept."""
        if speed != self.speed:
            self.speed = speed
            self.speed_changed.emit(speed)
            self._on_change()

    @property
    def _is_mine(self) -> bool:
        return self._request is not None and self._player.request == self._request

    def _loops(self, passage: Passage | None) -> bool:
        if not self.loop or passage is None:
            return False
        if passage.n_frames >= SHORTEST_LOOP_S * passage.rate_hz:
            return True
        self._session.note.emit(
            tr("What is shorter than {value:.0f} ms is not looped.").format(
                value=1000 * SHORTEST_LOOP_S
            )
        )
        return False

    def _make(self, on_done: Callable[[Any], None], on_error: Callable[[str], None]) -> None:
        try:
            wanted, self._text = self._wanted()
        except UserError as error:
            on_error(str(error))
            return
        if isinstance(wanted, Selection):
            on_done(wanted)
            return
        length_s = self._stretch[1] - self._stretch[0]
        if length_s > _LONG_S:
            self._session.note.emit(
                tr("Preparing {length_s:.0f} s; Esc gives it up.").format(length_s=length_s)
            )
        # Praat's overlap-add holds the interpreter's lock, so it must not run in this process.
        submit = self._bench.jobs.submit if wanted.speed == 1 else self._bench.jobs.submit_process
        submit(_KEY, render, wanted, on_done=on_done, on_error=on_error)

    def _wanted(self) -> tuple[Selection | Rendering, str]:
        session, (start_s, stop_s), part = self._session, self._stretch, self._part
        recording = session.recording
        assert recording is not None
        channels = session.heard_channels
        text = (
            ""
            if self.speed == 1
            else tr("At {get}").format(get=SPEEDS.get(self.speed, f"{self.speed:g}"))
        )
        if part.kind == "everything" and self.speed == 1:
            self._made_of = None
            return Selection(recording, start_s, stop_s, channels), text
        cells = self._made_of = None
        if part.kind == "cells":
            cells, where = self._strongest(start_s, stop_s)
            self._made_of = cells
            text = f"{where}{'; ' + text[:1].lower() + text[1:] if text else ''}"
        elif part.kind == "band":
            cells, where = self._band(start_s, stop_s, recording.nyquist_hz)
            text = f"{where}{'; ' + text[:1].lower() + text[1:] if text else ''}"
        pitch = self._bench.settings.pitch
        rendering = Rendering(
            recording.path,
            start_s,
            stop_s,
            channels,
            self.speed,
            cells,
            part.all_but,
            pitch.floor_hz,
            pitch.ceiling_hz,
        )
        return rendering, text

    def _strongest(self, start_s: float, stop_s: float) -> tuple[Cells, str]:
        from vowelscope.explain.strongest import describe_cells, strongest_cells

        explanation, shown = self._session.explanation, self._session.shown_map()
        if explanation is None or shown is None:
            raise PlaybackError(
                tr("There is no map: select a labelled interval and wait for its map.")
            )
        title, values = shown
        times_s, freqs_hz = explanation.time_edges_s, explanation.freq_edges_hz
        share = self._bench.settings.sound.cell_share
        chosen = strongest_cells(values, times_s, start_s, stop_s, share)
        if not chosen.any():
            raise PlaybackError(
                tr("No cell between {start_s:.3f} and {stop_s:.3f} s speaks for {title}.").format(
                    start_s=start_s, stop_s=stop_s, title=title
                )
            )
        inside = (times_s[:-1] < stop_s) & (times_s[1:] > start_s)
        positive = float(np.maximum(values[:, inside], 0).sum())
        held = 100 * float(values[chosen].sum()) / positive
        what = tr("All but") if self._part.all_but else tr("Heard:")
        where = describe_cells(chosen, freqs_hz, times_s)
        text = tr("{what} {where} ({held:.0f} % of what speaks for {title})").format(
            what=what, where=where, held=held, title=title
        )
        return Cells(freqs_hz, times_s, chosen), text

    def _band(self, start_s: float, stop_s: float, nyquist_hz: float) -> tuple[Cells, str]:
        sound = self._bench.settings.sound
        low_hz, high_hz = sound.band_low_hz, sound.band_high_hz
        if low_hz >= nyquist_hz:
            raise PlaybackError(
                tr(
                    "The recording reaches up to {nyquist_hz:,.0f} Hz: nothing is "
                    "above {low_hz:,.0f}."
                ).format(nyquist_hz=nyquist_hz, low_hz=low_hz)
            )
        what = tr("All but") if self._part.all_but else tr("Heard:")
        # Beyond both ends, so that the gate of the cell does not shorten what is selected.
        cells = band_cells(low_hz, high_hz, start_s - 1, stop_s + 1)
        return cells, f"{what} {low_hz:,.0f}–{high_hz:,.0f} Hz"

    def _set_cells(self, cells: Cells | None) -> None:
        if cells is not self._cells:
            self._cells = cells
            self.cells_changed.emit(cells, self._part.all_but)

    def _start(self, passage: Selection | Rendered) -> None:
        self._passage = passage
        self._set_cells(self._made_of)
        self._request = self._player.play_passage(passage, self._loops(passage))
        if self._text:
            self._session.note.emit(f"{self._text}.")

    def _on_change(self) -> None:
        if self.loop and self._is_mine:
            self._soon.start()

    def _on_map(self) -> None:
        if not (self.loop and self._is_mine):
            self._set_cells(None)
        self._on_change()

    def _renew(self) -> None:
        """While it loops: have the next pass follow what was changed."""
        if not (self.loop and self._is_mine) or self._session.recording is None:
            return
        if self._part.kind == "cells" and self._session.explanation is None:
            return  # it comes soon, and this is called again
        if self._session.selection is not None:
            self._stretch = self._session.selection
        self._make(self._follow, self._session.note.emit)

    def _follow(self, passage: Selection | Rendered) -> None:
        if not self._is_mine:
            return
        self._passage = passage
        self._set_cells(self._made_of)
        self._player.follow(passage if self._loops(passage) else None)
        if self._text:
            self._session.note.emit(f"{self._text}.")

    def _on_recording(self) -> None:
        self.stop()
        self._session.set_heard(None)
