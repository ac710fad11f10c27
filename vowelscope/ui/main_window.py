"""The window: puts the views, docks, menus and bars together, and nothing else."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QMainWindow,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.shown import OVERLAYS
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import language, tr
from vowelscope.ui.about import show_about
from vowelscope.ui.actions import TABLE, fill_menus, make_actions
from vowelscope.ui.beside import BesideVerbs
from vowelscope.ui.ceiling_tools import CeilingTools
from vowelscope.ui.changed_bar import ChangedBar
from vowelscope.ui.channel_menu import ChannelMenu
from vowelscope.ui.corpus_tools import CorpusTools
from vowelscope.ui.edit_verbs import EditVerbs
from vowelscope.ui.editing_tools import EditingTools
from vowelscope.ui.explain_tools import ExplainTools
from vowelscope.ui.file_verbs import FileVerbs
from vowelscope.ui.grid_editing import GridEditing
from vowelscope.ui.inspector import Inspector
from vowelscope.ui.label_bar import LabelBar
from vowelscope.ui.measuring_tools import MeasuringTools
from vowelscope.ui.notice import Notice
from vowelscope.ui.offer_bar import OfferBar
from vowelscope.ui.overlay import CamOverlay
from vowelscope.ui.palette import ActionPalette
from vowelscope.ui.play_tools import PlayTools
from vowelscope.ui.query_verbs import QueryVerbs
from vowelscope.ui.repair_tools import RepairTools
from vowelscope.ui.ruler import Ruler, TimeScrollBar
from vowelscope.ui.second_model_tools import SecondModelTools
from vowelscope.ui.show_verbs import ShowVerbs
from vowelscope.ui.spectrogram import SpectrogramView
from vowelscope.ui.theme import palette_of, theme_for
from vowelscope.ui.tier_field import TierField
from vowelscope.ui.tiers import TiersView
from vowelscope.ui.tracks import TracksOverlay
from vowelscope.ui.training_tools import TrainingTools
from vowelscope.ui.view_tools import ViewTools
from vowelscope.ui.view_verbs import SelectVerbs, ViewVerbs
from vowelscope.ui.waveform import WaveformView
from vowelscope.ui.window_tools import WindowTools


class MainWindow(QMainWindow):
    """Assembly of one window over one `Workbench`."""

    fault = Signal(str)
    """A sentence from the error hooks, emitted on any thread."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self.bench = bench
        self.session = bench.session
        self.setAcceptDrops(True)
        self.editor = self._make_editor()
        self.inspector = Inspector(self.session)
        dock = QDockWidget(tr("Inspector"), self)
        dock.setObjectName("inspector")
        kinds = QDockWidget.DockWidgetFeature
        dock.setFeatures(kinds.DockWidgetMovable | kinds.DockWidgetFloatable)
        dock.setWidget(self.inspector)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        self.resizeDocks([dock], [330], Qt.Orientation.Horizontal)
        views = (self.spectrogram, self.tracks)
        self.measuring = MeasuringTools(bench, views, self.editor, dock, self)
        self.explaining = ExplainTools(bench, self.editor, dock, self)
        self.second_model = SecondModelTools(bench, self.splitter, self.editor, dock, self)
        self.training = TrainingTools(bench, self.measuring.log_dock, self.editor, self)
        self._make_actions()
        self._read_out = QLabel()
        self._read_out.setAccessibleName(tr("What lies under the mouse"))
        self.statusBar().addPermanentWidget(self._read_out)
        self.statusBar().addPermanentWidget(self.playing.meter)
        self._connect()
        self.resize(1400, 900)
        self.tools.restore()
        self.apply_theme()
        self._on_title()
        self.editor.setFocus()

    def _make_editor(self) -> QWidget:
        session, bench = self.session, self.bench
        self.label_bar = LabelBar(session)
        self.notice = Notice()
        self.offer_bar = OfferBar(bench.restoring)
        self.changed_bar = ChangedBar(bench)
        self.ruler = Ruler(session)
        self.waveform = WaveformView(session, bench.jobs)
        self.spectrogram = SpectrogramView(session, bench.jobs, bench.settings.spectrogram)
        self.overlay = CamOverlay(session, self.spectrogram)
        self.tracks = TracksOverlay(session, bench.analysis, self.spectrogram)
        self.ceilings = CeilingTools(bench, self.spectrogram, self.tracks, self)
        self.repair = RepairTools(bench, self.ceilings.ceilings, self.spectrogram, self)
        self.overlay.formants_at = self.repair.repairing.words_at
        self.looks = ViewTools(
            bench, self.waveform, self.spectrogram, (self.tracks, self.ceilings.overlay), self
        )
        self.tiers = TiersView(session)
        self.grid_editing = GridEditing(bench, self.label_bar, self.tiers, self.spectrogram, self)
        self.length_bar = self.grid_editing.length_bar
        self.scroll_bar = TimeScrollBar(session)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setObjectName("views")
        self.splitter.setChildrenCollapsible(False)
        for view, share in ((self.waveform, 2), (self.spectrogram, 5), (self.tiers, 2)):
            self.splitter.addWidget(view)
            self.splitter.setStretchFactor(self.splitter.count() - 1, share)
        editor = QWidget()
        editor.setObjectName("editor")
        editor.setAccessibleName(tr("Editor: waveform, spectrogram and tiers"))
        editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(editor)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        bars = (self.offer_bar, self.changed_bar, self.length_bar, self.notice, self.label_bar)
        for widget in (*bars, self.ruler):
            column.addWidget(widget)
        column.addWidget(self.splitter, 1)
        column.addWidget(self.scroll_bar)
        self.setCentralWidget(editor)
        return editor

    def _make_actions(self) -> None:
        session, bench = self.session, self.bench
        self.file_verbs = FileVerbs(bench, self.label_bar, self)
        self.changed_bar.may_go_on = self.file_verbs.may_go_on
        self.changed_bar.reload.pressed.connect(self.label_bar.commit)
        self.editing = EditingTools(bench, self.label_bar, self.editor, self)
        self.measuring.shade_by(self.editing.queue)
        self.tier_field = TierField(session, self.tiers, self.label_bar, self.editor)
        self.playing = PlayTools(bench, self.spectrogram, self.file_verbs.open_paths, self)
        self.editing.correcting.play_wanted.connect(self.playing.listening.play)
        views = (self.ruler, self.waveform, self.spectrogram, self.tiers)
        self.tools = WindowTools(bench, views, self.splitter, self)
        self.beside = BesideVerbs(bench, self)
        play = self.playing.listening.play
        self.corpus = CorpusTools(bench, self.file_verbs.open_paths, play, self)
        verbs = {
            **self.editing.verbs,
            **self.grid_editing.verbs,
            **self.measuring.verbs,
            **self.training.verbs,
            **self.explaining.verbs,
            **self.second_model.verbs,
            **self.corpus.verbs,
            **self.ceilings.verbs,
            **self.repair.verbs,
            **self.looks.verbs,
            "file": self.file_verbs,
            "beside": self.beside,
            **self.tools.verbs,
            "edit": EditVerbs(session, self.label_bar, self),
            "view": ViewVerbs(session, self),
            "select": SelectVerbs(session, self),
            **self.playing.verbs,
            "query": QueryVerbs(bench, self),
            "show": ShowVerbs(bench, self),
            "window": self,
        }
        self.actions_by_id = make_actions(self, self.editor, verbs)
        self.grid_editing.bind(self.actions_by_id)
        self.ceilings.bind(self.actions_by_id)
        self.repair.bind(self.actions_by_id)
        self.looks.bind(self.actions_by_id)
        self.beside.bind(self.actions_by_id)
        menus = fill_menus(self.menuBar(), self.actions_by_id)
        menus["&File"].insertMenu(self.actions_by_id["file.demo"], self.file_verbs.recent)
        self.editing.bind(TABLE, self.actions_by_id)
        self.playing.bind(self.actions_by_id, menus)
        menus["&View"].addMenu(ChannelMenu(session, self))
        group = QActionGroup(self)
        for name in ("system", "light", "dark"):
            group.addAction(self.actions_by_id[f"show.theme_{name}"])

    def _connect(self) -> None:
        session, bench = self.session, self.bench
        session.message.connect(self.say)
        session.note.connect(self.mention)
        self.fault.connect(self.say)
        bench.jobs.failed.connect(self.say)
        bench.status_changed.connect(self.inspector.set_status)
        bench.model_changed.connect(self.inspector.set_model)
        bench.theme_changed.connect(self.apply_theme)
        QApplication.styleHints().colorSchemeChanged.connect(self.apply_theme)
        self.spectrogram.hovered_at.connect(self.overlay.show_read_out)
        self.overlay.read_out.connect(self._read_out.setText)
        self.second_model.read_out.connect(self._read_out.setText)
        self.offer_bar.restore_wanted.connect(self._on_restore)
        self.label_bar.left_field.connect(self.editor.setFocus)
        for signal in (
            session.recording_changed,
            session.textgrid_changed,
            session.file_changed,
        ):
            signal.connect(self._on_title)
        session.modified_changed.connect(self._on_title)
        session.overlays_changed.connect(self._on_checks)
        session.frequency_changed.connect(self._on_checks)
        session.undo_stack.indexChanged.connect(self._on_undo)
        self._on_checks()
        self._on_undo()

    def say(self, sentence: str) -> None:
        """Show one sentence, in a bar over the views that does not stop the work."""
        self.notice.say(sentence)
        self.statusBar().showMessage(sentence, 15_000)

    def mention(self, sentence: str) -> None:
        """Show one sentence in the status bar alone."""
        self.notice.hide()
        self.statusBar().showMessage(sentence)

    def apply_theme(self) -> None:
        """Take the colours that the settings and the desktop ask for."""
        theme = theme_for(self.bench.theme)
        QApplication.setPalette(palette_of(theme))
        for part in (
            self.ruler,
            self.waveform,
            self.spectrogram,
            self.overlay,
            self.tracks,
            self.tiers,
            self.inspector,
            self.notice,
            self.offer_bar,
            self.length_bar,
            self.changed_bar,
            self.editing,
            self.measuring,
            self.training,
            self.explaining,
            self.corpus,
            self.second_model,
            self.ceilings,
            self.repair,
            self.looks,
            self.playing,
        ):
            part.set_theme(theme)
        self.actions_by_id[f"show.theme_{self.bench.theme}"].setChecked(True)

    def is_settled(self) -> bool:
        """True once all that was asked for is drawn."""
        drawn = self.spectrogram.is_ready and self.waveform.is_ready and self.tracks.is_drawn
        busy = self.ceilings.ceilings.is_busy or self.explaining.is_busy
        busy = busy or self.second_model.is_busy
        return drawn and self.bench.is_settled and not busy

    # Slots of actions that are about the window itself

    def palette_of_actions(self) -> None:
        """Find an action by its name."""
        dialog = ActionPalette(self.actions_by_id.values(), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def about(self) -> None:
        """Say what this program is."""
        show_about(self)

    def switch_pane(self) -> None:
        """Move the keyboard between the editor and the inspector."""
        inside = self.inspector.isAncestorOf(QApplication.focusWidget() or self)
        (self.editor if inside else self.inspector.chooser.whose).setFocus()

    # What follows from changes

    def _on_title(self) -> None:
        session = self.session
        name = "vowelscope"
        if session.recording is not None:
            name = session.recording.path.name
            if session.document is not None:
                name += f", {session.document.path.name}"
            name += "[*]" + (tr(" (read-only)") if session.is_read_only else "") + " — vowelscope"
        self.setWindowTitle(name)
        self.setWindowModified(session.is_modified)
        for verb in ("save", "save_as"):
            self.actions_by_id[f"file.{verb}"].setEnabled(session.textgrid is not None)

    def _on_restore(self) -> None:
        if self.bench.restoring.needs_no_file or self.file_verbs.may_go_on():
            self.bench.restoring.restore()

    def _on_undo(self) -> None:
        stack = self.session.undo_stack
        for verb, title, can, edit in (
            ("undo", tr("&Undo {edit}"), stack.canUndo(), stack.undoText()),
            ("redo", tr("&Redo {edit}"), stack.canRedo(), stack.redoText()),
        ):
            action = self.actions_by_id[f"edit.{verb}"]
            action.setEnabled(can)
            if language() == "en":
                edit = edit[:1].lower() + edit[1:]
            action.setText(title.format(edit=edit) if edit else tr(f"&{verb.capitalize()}"))

    def _on_checks(self) -> None:
        for name in OVERLAYS:
            self.actions_by_id[f"show.{name}"].setChecked(name in self.session.overlays)
        axis = self.session.frequency
        same = (axis.low_hz, axis.high_hz) == (0.0, self.bench.model_f_max_hz)
        self.actions_by_id["show.model_range"].setChecked(same)

    # Qt's own events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        urls = event.mimeData().urls()
        event.acceptProposedAction()
        self.file_verbs.open_paths([Path(url.toLocalFile()) for url in urls if url.isLocalFile()])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes; then stop all that runs."""
        if not self.file_verbs.may_go_on():
            event.ignore()
            return
        self.beside.closing()
        self.second_model.close()
        self.training.close()
        self.tools.close()
        self.bench.shutdown()
        # It speaks once more while it is destroyed, when there is nobody left to listen.
        self.session.undo_stack.blockSignals(True)
        event.accept()
