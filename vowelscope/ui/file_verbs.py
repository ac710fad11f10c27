"""What the menu File does: dialogs, recent files, and the question before anything is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox, QWidget

from vowelscope.app.workbench import Workbench
from vowelscope.core.errors import UserError
from vowelscope.core.interchange import is_foreign, write_annotations
from vowelscope.core.translation import tr
from vowelscope.resources import resource
from vowelscope.ui.label_bar import LabelBar
from vowelscope.ui.save_formats import OPEN_FILTER, SAVE_FORMATS, SaveFormat, chosen_format

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
        self._exported = ""
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
            OPEN_FILTER,
        )
        if path:
            self.open_paths([Path(path)])

    def demo(self) -> None:
        """Open the sample that comes with the program."""
        self.open_paths([resource("sample", "sample.wav")])

    def open_paths(self, paths: list[Path]) -> None:
        """Open dropped or chosen files: a recording, a TextGrid or the like, or one of each."""
        grids = [x for x in paths if x.suffix.lower() == ".textgrid" or is_foreign(x)]
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
        chosen, words = QFileDialog.getSaveFileName(
            self._window,
            tr("Save TextGrid as"),
            str(document.path),
            ";;".join(kind.words for kind in SAVE_FORMATS),
        )
        if not chosen:
            return False
        path, kind = chosen_format(Path(chosen), words)
        if path != Path(chosen) and path.exists() and not self._may_replace(path):
            return False
        if kind.suffix != ".TextGrid":
            self._export(path, kind)
            return True
        try:
            self._bench.keeping.begin_save(path, kind.style(document.style))
        except UserError as error:
            self._session.message.emit(str(error))
            return False
        return True

    def _export(self, path: Path, kind: SaveFormat) -> None:
        """Write another program's file in the background; the TextGrid stays what is open."""
        session = self._session
        assert session.textgrid is not None and session.recording is not None
        tier = None if kind.all_tiers or session.selected_tier is None else session.selected_tier
        self._exported = path.name
        self._bench.jobs.submit(
            ("export annotations", id(self)),
            write_annotations,
            path,
            session.textgrid,
            None if tier is None else tier.name,
            session.recording.rate_hz,
            on_done=self._on_exported,
            on_error=session.message.emit,
        )

    def _on_exported(self, _: object) -> None:
        self._session.note.emit(
            tr("Wrote {name}; the TextGrid is still what is open.").format(name=self._exported)
        )

    def _may_replace(self, path: Path) -> bool:
        """Ask, where the dialog could not: the name was completed after it."""
        buttons = QMessageBox.StandardButton
        sentence = tr("{name} is there already. Replace it?").format(name=path.name)
        answer = QMessageBox.question(
            self._window, tr("Save TextGrid as"), sentence, buttons.Yes | buttons.No, buttons.No
        )
        return answer == buttons.Yes

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

    def quit(self) -> None:
        """Close every window; one that would rather stay keeps the program open."""
        QApplication.closeAllWindows()

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
