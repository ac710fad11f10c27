"""What the menu File does: dialogs, recent files, and the question before anything is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from vowelscope.app.workbench import Workbench
from vowelscope.core.errors import UserError
from vowelscope.core.translation import tr
from vowelscope.resources import resource
from vowelscope.ui.label_bar import LabelBar

AUDIO_SUFFIXES = (
    "wav",
    "flac",
    "aiff",
    "aif",
    "aifc",
    "ogg",
    "opus",
    "mp3",
    "au",
    "caf",
    "w64",
    "rf64",
    "nist",
    "sph",
)


class FileVerbs(QObject):
    """Opening and saving."""

    def __init__(self, bench: Workbench, label_bar: LabelBar, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._session = bench.session
        self._label_bar = label_bar
        self._window = window
        self.recent = QMenu(tr("Open &recent"), window)
        self.recent.aboutToShow.connect(self._fill_recent)
        self.recent.triggered.connect(self._on_recent)

    def open(self) -> None:
        """Ask for a recording and open it with the TextGrid beside it."""
        kinds = " ".join(f"*.{suffix} *.{suffix.upper()}" for suffix in AUDIO_SUFFIXES)
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            tr("Open recording"),
            self._folder(),
            tr("Recordings ({kinds});;All files (*)").format(kinds=kinds),
        )
        if path:
            self.open_paths([Path(path)])

    def open_textgrid(self) -> None:
        """Ask for a TextGrid and show it over the recording that is open."""
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            tr("Open TextGrid"),
            self._folder(),
            tr("TextGrids (*.TextGrid *.textgrid);;All files (*)"),
        )
        if path:
            self.open_paths([Path(path)])

    def demo(self) -> None:
        """Open the sample that comes with the program."""
        self.open_paths([resource("sample", "sample.wav")])

    def open_paths(self, paths: list[Path]) -> None:
        """Open dropped or chosen files: a recording, a TextGrid, or one of each."""
        grids = [path for path in paths if path.suffix.lower() == ".textgrid"]
        audio = [path for path in paths if path not in grids]
        if not paths or not self.may_go_on():
            return
        grid = grids[0] if grids else None
        if audio:
            self._bench.open(audio[0], grid)
        elif grid is not None and self._session.recording is not None:
            self._bench.open(self._session.recording.path, grid, keep_view=True)
        elif grid is not None:
            self._bench.open_beside(grid)

    def save(self) -> bool:
        """Save the TextGrid to its file in the background; True where that has begun."""
        return self._guarded_save(self._bench.begin_save)

    def save_now(self) -> bool:
        """Save the TextGrid to its file and wait; True where that was done."""
        return self._guarded_save(self._bench.save)

    def save_as(self) -> bool:
        """Ask where to save the TextGrid."""
        self._label_bar.commit()
        document = self._session.document
        if document is None:
            self._session.message.emit(tr("There is no TextGrid to save."))
            return False
        path, _ = QFileDialog.getSaveFileName(
            self._window, tr("Save TextGrid as"), str(document.path), tr("TextGrids (*.TextGrid)")
        )
        if not path:
            return False
        try:
            self._bench.begin_save(Path(path))
        except UserError as error:
            self._session.message.emit(str(error))
            return False
        return True

    def backups(self) -> None:
        """Show the copies of what the TextGrid was before it was saved over."""
        document, backups = self._session.document, self._bench.keeping.backups
        folder = backups.folder
        if document is not None and backups.folder_of(document.path).is_dir():
            folder = backups.folder_of(document.path)
        if not folder.is_dir():
            self._session.note.emit(
                tr("There is no backup yet: the first save over a file makes one.")
            )
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
        self._session.note.emit(tr("Backups are in {folder}.").format(folder=folder))

    def close(self) -> None:
        """Close the window."""
        self._window.close()

    def may_go_on(self) -> bool:
        """Ask what to do with unsaved changes; False where the user would rather stay."""
        self._label_bar.commit()
        self._bench.keeping.finish()
        if not self._session.is_modified or self._session.document is None:
            return True
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Unsaved changes"))
        box.setText(
            tr("{name} has changes that are not saved.").format(
                name=self._session.document.path.name
            )
        )
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        if answer == buttons.Save:
            return self.save_now()
        if answer == buttons.Discard:
            self._bench.forget_edits()
            return True
        return False

    def _guarded_save(self, save: Callable[[], None]) -> bool:
        self._label_bar.commit()
        if self._session.textgrid is None:
            self._session.message.emit(tr("There is no TextGrid to save."))
            return False
        # What the file is while it is written says nothing of other programs.
        if not self._bench.keeping.is_saving and not self._may_overwrite():
            return False
        try:
            save()
        except UserError as error:
            self._session.message.emit(str(error))
            return False
        return True

    def _may_overwrite(self) -> bool:
        """Ask before a save would lose what another program wrote, or what Praat left out."""
        document = self._session.document
        if document is None:
            return False
        name = document.path.name
        if self._session.is_changed_outside:
            why = tr(
                "{name} was changed by another program after it was opened here. "
                "Saving replaces what that program wrote."
            ).format(name=name)
        elif document.warnings:
            first = document.warnings[0]
            more = (
                tr(" (and {value} more)").format(value=len(document.warnings) - 1)
                if document.warnings[1:]
                else ""
            )
            why = tr(
                "When {name} was read, something was left out: {first}{more} Saving makes it so."
            ).format(name=name, first=first, more=more)
        else:
            return True
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(tr("Save TextGrid"))
        box.setText(why)
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Cancel)
        box.setDefaultButton(buttons.Cancel)
        return box.exec() == buttons.Save

    def _folder(self) -> str:
        recording = self._session.recording
        return str(recording.path.parent if recording is not None else Path.home())

    def _fill_recent(self) -> None:
        self.recent.clear()
        for entry in self._bench.settings.recent:
            action = self.recent.addAction(entry.audio)
            action.setData((entry.audio, entry.textgrid))
        if self.recent.isEmpty():
            self.recent.addAction(tr("(none yet)")).setEnabled(False)

    def _on_recent(self, action: QAction) -> None:
        audio, textgrid = action.data()
        self.open_paths([Path(audio), *([Path(textgrid)] if textgrid else [])])
