"""A second model that explains the same token, on the same time axis."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from vowelscope.app.explaining import Explaining
from vowelscope.app.jobs import Jobs
from vowelscope.app.linking import Linking
from vowelscope.app.session import Session
from vowelscope.app.shown import OVERLAYS
from vowelscope.app.workbench import LONGEST_EXPLAINED_S, Workbench
from vowelscope.core.errors import UserError
from vowelscope.core.phones import ClassMap
from vowelscope.core.translation import tr

if TYPE_CHECKING:
    from vowelscope.explain.base import Explanation

_NICENESS = 5


class SecondModel(QObject):
    """Holds the second model, and a session that shows the first one's recording with its maps.

    Attributes
    ----------
    peer
        The recording, visible part, cursor and selection of the window's session, but the second
        model's explanation, map and frequency axis. It has no tiers to select in.
    """

    model_changed = Signal()
    status_changed = Signal(str)
    """Why there is no explanation just now, in one sentence, or ""."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = bench.session
        self.peer = Session(self)
        # Its own, so that neither view waits for, or takes back, what the other asks.
        self.jobs = Jobs(self, threads=2, processes=0, niceness=_NICENESS)
        self.explaining = Explaining(self.jobs, None, self)
        self.class_map: ClassMap | None = None
        self._shown = False
        self._label: str | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._explain)
        self.peer.opacity = self._session.opacity
        self.linking = Linking(self._session, self.peer, self, first_leads=True)
        self._connect()

    def _connect(self) -> None:
        session, peer = self._session, self.peer
        session.recording_changed.connect(self._take)
        session.textgrid_changed.connect(self._on_textgrid)
        session.channel_changed.connect(self._on_channel)
        session.interval_changed.connect(self._soon.start)
        session.playing_changed.connect(self._on_playing)
        session.overlays_changed.connect(self._on_overlays)
        session.frequency_changed.connect(self._on_frequency)
        peer.message.connect(session.message)
        peer.note.connect(session.note)
        self.jobs.failed.connect(session.message)
        self.explaining.ready.connect(self._on_ready)
        self.explaining.failed.connect(self._on_failed)
        self.explaining.busy_changed.connect(self._on_busy)
        self.explaining.model_changed.connect(self._on_model)
        self._on_overlays()
        self._on_frequency()

    @property
    def is_busy(self) -> bool:
        """True while something that is to be seen is still computed."""
        return self._shown and (self.explaining.busy or self._soon.isActive())

    def set_model(self, folder: Path) -> None:
        """Load and check the model of a folder; what cannot be used is said and changes nothing."""
        self.explaining.set_model(folder)

    def set_shown(self, shown: bool) -> None:
        """Explain only while somebody looks."""
        if shown != self._shown:
            self._shown = shown
            self._take()

    def close(self) -> None:
        """Stop all that runs."""
        self._soon.stop()
        self.linking.close()
        self.jobs.shutdown()

    def _take(self) -> None:
        """Show the recording that the window shows; none while nobody looks."""
        session, peer = self._session, self.peer
        peer.recording = session.recording if self._shown else None
        peer.textgrid = session.textgrid
        peer.channel, peer.view, peer.cursor_s = session.channel, session.view, session.cursor_s
        peer.selection, peer.explanation = session.selection, None
        for signal in (
            peer.recording_changed,
            peer.channel_changed,
            peer.view_changed,
            peer.cursor_changed,
            peer.selection_changed,
            peer.explanation_changed,
        ):
            signal.emit()
        self._soon.start()

    def _on_textgrid(self) -> None:
        # For the ends of what can be scrolled to alone.
        self.peer.textgrid = self._session.textgrid

    def _on_channel(self) -> None:
        self.peer.set_channel(self._session.channel)
        self._soon.start()

    def _on_playing(self) -> None:
        self.peer.set_playing(self._session.playing_s)

    def _on_overlays(self) -> None:
        for name in OVERLAYS:
            self.peer.set_overlay(name, name in self._session.overlays)

    def _on_frequency(self) -> None:
        self.peer.set_frequency(replace(self.peer.frequency, scale=self._session.frequency.scale))

    def _explain(self) -> None:
        session = self._session
        interval, recording = session.selected_interval, session.recording
        if not self._shown or self.explaining.model is None:
            return
        if interval is None or recording is None or not interval.text.strip():
            self._drop(tr("Click a labelled interval in a tier."))
            return
        if interval.duration_s > LONGEST_EXPLAINED_S:
            self._drop(
                tr("A model is asked about intervals of up to {longest_s:g} s.").format(
                    longest_s=LONGEST_EXPLAINED_S
                )
            )
            return
        held, span = self.peer.explanation, (interval.tmin_s, interval.tmax_s)
        if held is not None and (held.tmin_s, held.tmax_s) != span:
            self.peer.set_explanation(None)
        self._label = interval.text
        self.explaining.explain(recording, *span, session.channel)

    def _drop(self, why: str) -> None:
        self.explaining.cancel()
        self.peer.set_explanation(None)
        self.status_changed.emit(why)

    def _on_ready(self, explanation: Explanation) -> None:
        label_class = None
        if self.class_map is not None and self._label is not None:
            label_class = self.class_map.class_of(self._label)
        self.status_changed.emit("")
        self.peer.set_explanation(explanation, label_class)

    def _on_failed(self, sentence: str) -> None:
        self._session.message.emit(sentence)
        self.status_changed.emit(sentence if self.peer.explanation is None else "")

    def _on_busy(self, busy: bool) -> None:
        if busy and self.peer.explanation is None:
            loading = self.explaining.model is None
            self.status_changed.emit(
                tr("Loading the model…") if loading else tr("Asking the model…")
            )

    def _on_model(self) -> None:
        model = self.explaining.model
        if model is None:
            return
        try:
            self.class_map = model.class_map()
        except UserError as error:
            self.class_map = None
            self._session.message.emit(str(error))
        self.peer.set_explanation(None)
        self.peer.set_f_max(model.card.features.f_max_hz)
        self.model_changed.emit()
        self._soon.start()
