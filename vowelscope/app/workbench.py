"""One window's session and all that works for it: jobs, player, analysis, explanations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from vowelscope.app.analysis import KINDS, Analysis
from vowelscope.app.editing_settings import EditingSettings
from vowelscope.app.explaining import Explaining
from vowelscope.app.files import Opened, find_audio, read_files
from vowelscope.app.formant_choices import FormantChoices
from vowelscope.app.jobs import Jobs
from vowelscope.app.keeping import Keeping
from vowelscope.app.model_words import describe_model
from vowelscope.app.player import Player
from vowelscope.app.restoring import Restoring
from vowelscope.app.session import Session
from vowelscope.app.settings import Settings, SettingsFile, state_folder
from vowelscope.app.shown import LONGEST_TRACKED_S
from vowelscope.core.errors import UserError
from vowelscope.core.phones import ClassMap
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.textgrid_io import Document, FileStyle
from vowelscope.core.translation import tr
from vowelscope.explain.neighbours import LONGEST_S

if TYPE_CHECKING:
    from vowelscope.explain.base import Explanation

LONGEST_EXPLAINED_S = LONGEST_S
_NICENESS = 5


class Workbench(QObject):
    """Connects the parts; a selected labelled interval is explained, and so on.

    Parameters
    ----------
    model
        Folder of the model; None takes the settings' one, or the one in the box.
    settings_file
        Where settings are kept.
    only_looks
        For a picture: takes no file for itself and offers no lost edits.
    """

    status_changed = Signal(str)
    """Why there is no explanation just now, in one sentence, or ""."""
    model_changed = Signal(str)
    """What the model is, in some lines."""
    theme_changed = Signal()
    settings_changed = Signal()
    opened = Signal()
    """The newest `open` has come to its end, well or not."""

    def __init__(
        self,
        model: Path | None = None,
        settings_file: SettingsFile | None = None,
        parent: QObject | None = None,
        only_looks: bool = False,
    ) -> None:
        super().__init__(parent)
        self._only_looks = only_looks
        self._settings_file = settings_file or SettingsFile()
        self.settings: Settings = self._settings_file.load()
        self._saved_settings = self.settings
        self.theme = self.settings.theme
        folder = model or (Path(self.settings.model) if self.settings.model else None)
        self.session = Session(self)
        self.jobs = Jobs(self, niceness=_NICENESS)
        self.player = Player(self)
        self.choices = FormantChoices(self.session, self.jobs, self)
        self.analysis = Analysis(self.jobs, self)
        self.explaining = Explaining(self.jobs, folder, self)
        self.keeping = Keeping(self.session, state_folder(), self)
        self.recovery = self.keeping.recovery
        self.restoring = Restoring(self.session, self.jobs, self.recovery, self)
        self.class_map: ClassMap | None = None
        self.is_opening = False
        self._keep_view: tuple[float, float] | None = None
        self._asked_label: str | None = None
        self._explained: tuple[object, ...] | None = None
        self._chosen_model: str | None = None
        self._from_settings = model is None and bool(self.settings.model)
        self._use_settings()
        self._connect()

    def _use_settings(self) -> None:
        settings, session = self.settings, self.session
        session.overlays = frozenset(settings.overlays)
        session.opacity = settings.opacity
        session.frequency = settings.spectrogram.axis
        self.analysis.set_settings(settings.formant, settings.pitch, settings.intensity)
        self.analysis.set_wanted(session.overlays & set(KINDS))
        self.player.set_device(settings.device or None)

    def _connect(self) -> None:
        session = self.session
        # A click that only starts a drag must not start a forward pass; neither must a held key.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._explain_selected)
        session.interval_changed.connect(self._soon.start)
        session.channel_changed.connect(self._on_channel)
        session.recording_changed.connect(self._on_recording)
        session.overlays_changed.connect(self._on_overlays)
        session.opacity_changed.connect(self._on_opacity)
        self.explaining.ready.connect(self._on_explanation)
        self.explaining.failed.connect(self._on_explaining_failed)
        self.explaining.busy_changed.connect(self._on_busy)
        self.explaining.model_changed.connect(self._on_model)
        self.analysis.failed.connect(session.message)
        for signal in (self.choices.changed, self.choices.previewed):
            signal.connect(self._on_choices)
        self.restoring.wants_file.connect(self._on_wants_file)

    @property
    def only_looks(self) -> bool:
        """True where the window is made for a picture alone."""
        return self._only_looks

    @property
    def model_f_max_hz(self) -> float | None:
        """The highest frequency that the model reads, or None before it is loaded."""
        model = self.explaining.model
        return None if model is None else model.card.features.f_max_hz

    @property
    def is_settled(self) -> bool:
        """True when nothing that a picture of the window should show is still computed."""
        if self.is_opening or self.explaining.busy or self._soon.isActive():
            return False
        start_s, stop_s = self.session.view
        if self.session.recording is None or stop_s - start_s > LONGEST_TRACKED_S:
            return True
        return all(
            self.analysis.is_complete(kind, start_s, stop_s)
            for kind in self.session.overlays & set(KINDS)
        )

    def start(self) -> None:
        """Say what was wrong with the settings; load the model. Call after the first paint."""
        for sentence in self._settings_file.warnings:
            self.session.message.emit(sentence)
        self.explaining.load()
        if not self._only_looks:
            self.restoring.look()

    def open(
        self,
        audio: Path,
        textgrid: Path | None = None,
        keep_view: bool = False,
        instead: Document | None = None,
    ) -> None:
        """Open a recording in the background; what cannot be opened changes nothing.

        `instead` is shown in the place of what `textgrid` holds: see `read_files`.
        """
        self.is_opening = True
        self._keep_view = self.session.view if keep_view else None
        self.jobs.submit(
            "open",
            read_files,
            audio,
            textgrid,
            instead,
            on_done=self._on_opened,
            on_error=self._on_not_opened,
        )

    def open_beside(self, textgrid: Path) -> None:
        """Open a TextGrid and the recording of its stem."""
        audio = find_audio(textgrid)
        if audio is None:
            self.session.message.emit(
                tr(
                    "{name}: there is no recording of that name beside it; open a recording first."
                ).format(name=textgrid.name)
            )
            return
        self.open(audio, textgrid)

    def begin_textgrid(self, textgrid: TextGrid) -> None:
        """Show a new TextGrid over a recording that has none; a save puts it beside that."""
        recording = self.session.recording
        if recording is None or self.session.textgrid is not None:
            return
        path = recording.path.with_suffix(".TextGrid")
        refused = self.keeping.take(path)
        self.session.begin_textgrid(Document(path, textgrid, FileStyle()), bool(refused))
        if refused:
            self.session.message.emit(refused)

    def _on_wants_file(self, audio: Path, textgrid: Path, instead: Document | None) -> None:
        self.open(audio, textgrid, instead=instead)

    def set_theme(self, name: str) -> None:
        """Remember ``system``, ``light`` or ``dark``."""
        self.theme = name
        self._remember(replace(self.settings, theme=name))
        self.theme_changed.emit()

    def set_editing(self, editing: EditingSettings) -> None:
        """Remember what the editor's tools were told."""
        self._remember(replace(self.settings, editing=editing))

    def change(self, **changes: Any) -> None:
        """Remember other `Settings`, by name; those of the sound are used at once."""
        self._remember(replace(self.settings, **changes))
        now = self.settings
        self.analysis.set_settings(now.formant, now.pitch, now.intensity)
        self.settings_changed.emit()

    def use_model(self, folder: Path | None) -> None:
        """Explain with the model of `folder` (None: the one in the box), and remember it.

        It is remembered once it has passed every check; until then the one before is in use.
        """
        self._chosen_model = "" if folder is None else str(folder.absolute())
        self.explaining.set_model(folder)

    def shutdown(self) -> None:
        """Stop all that runs; unsaved edits were asked about before."""
        self._remember(self.settings)
        self.player.shutdown()
        self.keeping.close()
        self.choices.flush()
        self.jobs.shutdown()
        if self.session.recording is not None:
            self.session.recording.close()

    def _remember(self, settings: Settings) -> None:
        self.settings = settings
        if settings == self._saved_settings:
            return
        self._saved_settings = settings
        try:
            self._settings_file.save(settings)
        except UserError as error:
            self.session.message.emit(str(error))

    def _on_opened(self, opened: Opened) -> None:
        self.is_opening = False
        document = opened.document
        path = None if document is None or self._only_looks else document.path
        refused = self.keeping.take(path)
        self.session.adopt(opened, read_only=bool(refused))
        if refused:
            self.session.message.emit(" ".join(filter(None, (refused, opened.notice))))
        if self._keep_view is not None:
            self.session.set_view(*self._keep_view)
        on_disk = document is not None and document.path.is_file()
        self._remember(
            self.settings.with_recent(
                opened.recording.path, document.path if document is not None and on_disk else None
            )
        )
        self.opened.emit()
        if not self._only_looks:
            self.restoring.on_opened()

    def _on_not_opened(self, sentence: str) -> None:
        self.is_opening = False
        self.session.message.emit(sentence)
        self.opened.emit()
        if not self._only_looks:
            self.restoring.on_opened()

    def save(self, path: Path | None = None) -> None:
        """Save the TextGrid and wait; see `Keeping.save`."""
        self.keeping.save(path)

    def begin_save(self, path: Path | None = None) -> None:
        """Save the TextGrid in the background; see `Keeping.begin_save`."""
        self.keeping.begin_save(path)

    def forget_edits(self) -> None:
        """The unsaved edits are given up."""
        self.keeping.forget_edits()

    def _on_recording(self) -> None:
        self._explained = None
        self.explaining.cancel()
        self.analysis.set_recording(self.session.recording, self.session.channel)
        self.analysis.request(*self.session.view)

    def _on_channel(self) -> None:
        self._explained = None
        self.analysis.set_recording(self.session.recording, self.session.channel)
        self.analysis.request(*self.session.view)
        self._soon.start()

    def _on_choices(self) -> None:
        self.analysis.set_hand(self.choices.drawn_points)

    def _on_overlays(self) -> None:
        overlays = self.session.overlays
        self.analysis.set_wanted(overlays & set(KINDS))
        self._remember(replace(self.settings, overlays=tuple(sorted(overlays))))

    def _on_opacity(self, opacity: float) -> None:
        # The file is written at the next other change or at the end: a slider moves often.
        self.settings = replace(self.settings, opacity=opacity)

    # Explanations

    def _explain_selected(self) -> None:
        session = self.session
        interval, recording = session.selected_interval, session.recording
        if interval is None or recording is None or not interval.text.strip():
            self._drop("")
            return
        if interval.duration_s > LONGEST_EXPLAINED_S:
            self._drop(
                tr(
                    "This interval lasts {duration_s:.2f} s; the model is asked about "
                    "intervals of up to {LONGEST_EXPLAINED_S:g} s."
                ).format(duration_s=interval.duration_s, LONGEST_EXPLAINED_S=LONGEST_EXPLAINED_S)
            )
            return
        wanted = (recording, interval.tmin_s, interval.tmax_s, session.channel)
        self._asked_label = interval.text
        if wanted == self._explained and session.explanation is not None:
            session.set_explanation(session.explanation, self._class_of(interval.text))
            return
        self._explained = wanted
        session.set_explanation(None)
        self.explaining.explain(*wanted)

    def _drop(self, why: str) -> None:
        self._explained = None
        self.explaining.cancel()
        self.session.set_explanation(None)
        self.status_changed.emit(why)

    def _class_of(self, label: str | None) -> str | None:
        if self.class_map is None or label is None:
            return None
        return self.class_map.class_of(label)

    def _on_explanation(self, explanation: Explanation) -> None:
        self.status_changed.emit("")
        self.session.set_explanation(explanation, self._class_of(self._asked_label))

    def _on_explaining_failed(self, sentence: str) -> None:
        if self.explaining.model is None and self._from_settings:
            self._from_settings = False
            self.session.message.emit(
                tr("{sentence} The model in the box is used.").format(sentence=sentence)
            )
            self.explaining.set_model(None)
            return
        if self._chosen_model is not None:
            # The model before goes on to be used, and what it said still holds.
            self._chosen_model = None
            self.session.message.emit(sentence)
            return
        self._explained = None
        self.session.set_explanation(None)
        self.status_changed.emit(sentence)
        self.session.message.emit(sentence)

    def _on_busy(self, busy: bool) -> None:
        if busy and self.session.explanation is None:
            loading = self.explaining.model is None
            self.status_changed.emit(
                tr("Loading the model…") if loading else tr("Asking the model…")
            )

    def _on_model(self) -> None:
        model = self.explaining.model
        if model is None:
            return
        if self._chosen_model is not None:
            chosen, self._chosen_model = self._chosen_model, None
            self._remember(replace(self.settings, model=chosen))
        try:
            self.class_map = model.class_map()
        except UserError as error:
            self.class_map = None
            self.session.message.emit(str(error))
        self.model_changed.emit(describe_model(model))
        if self.session.recording is not None:
            self._explained = None
            self._soon.start()
