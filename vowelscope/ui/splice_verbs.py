"""What File → New recording does: each makes a new file and leaves what is open as it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QProgressDialog, QWidget

from vowelscope.app.splicing import Splicing
from vowelscope.app.workbench import Workbench
from vowelscope.core.edit_sound import Source
from vowelscope.core.errors import UserError
from vowelscope.core.translation import tr
from vowelscope.ui.ask import Answers, Ask, Field
from vowelscope.ui.concatenate_dialog import ConcatenateDialog
from vowelscope.ui.label_bar import LabelBar

_SHOWN_AFTER_MS = 1000


class SpliceVerbs(QObject):
    """Asks for a name, writes in the background, and opens the result where nothing is unsaved."""

    def __init__(self, bench: Workbench, label_bar: LabelBar, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._session = bench.session
        self._label_bar = label_bar
        self._window = window
        self.splicing = Splicing(bench, self)
        self.bar: QProgressDialog | None = None
        self.splicing.progressed.connect(self._on_progress)
        self.splicing.ended.connect(self._on_ended)

    def concatenate(self) -> None:
        """Choose recordings and put them one after the other."""
        if self._is_busy():
            return
        recording = self._session.recording
        dialog = ConcatenateDialog([] if recording is None else [recording.path], self._window)
        dialog.chosen.connect(self._on_chosen)
        dialog.open()

    def remove(self) -> None:
        """Take the selected time out."""
        source, selection = self._source(), self._session.selection
        if source is None:
            return
        if selection is None:
            self._session.message.emit(tr("Select a stretch of time first: it is left out."))
            return
        wav = self._ask(tr("Save the recording without the selected time as"), source, "cut")
        if wav is not None:
            self._begin(wav, lambda: self.splicing.remove(source, selection, wav))

    def silence(self) -> None:
        """Put silence in at the cursor."""
        source = self._source()
        if source is None:
            return
        at_s = self._session.cursor_s

        def done(answers: Answers) -> None:
            duration_s = float(answers["duration"])
            if not 0 < duration_s <= 3600 or not math.isfinite(duration_s):
                raise UserError(tr("The silence must last between 0 and 3,600 s."))
            wav = self._ask(tr("Save the recording with silence as"), source, "silence")
            if wav is not None:
                self._begin(wav, lambda: self.splicing.insert(source, at_s, duration_s, wav))

        text = tr("Silence is put in at the cursor ({at_s:.6f} s), in a new file.").format(
            at_s=at_s
        )
        Ask(
            tr("Silence"), text, [Field("duration", tr("&Duration (s)"), 1.0)], done, self._window
        ).open()

    def copy(self) -> None:
        """Copy the selected time."""
        if self._source() is None:
            return
        if not self.splicing.copy():
            self._session.message.emit(tr("Select a stretch of time first."))
            return
        assert self.splicing.clip is not None
        start_s, stop_s = self.splicing.clip[1]
        self._session.note.emit(
            tr(
                "Copied {value:.3f} s of sound and TextGrid: File → New recording "
                "→ With the copied time at the cursor…"
            ).format(value=stop_s - start_s)
        )

    def paste(self) -> None:
        """Put the copied time in at the cursor."""
        source = self._source()
        if source is None:
            return
        if self.splicing.clip is None:
            self._session.message.emit(
                tr("No time was copied yet: File → New recording → Copy the selected time.")
            )
            return
        at_s = self._session.cursor_s
        wav = self._ask(tr("Save the recording with the copied time as"), source, "pasted")
        if wav is not None:
            self._begin(wav, lambda: self.splicing.paste(source, at_s, wav))

    def _on_chosen(self, paths: list[Path], name: str) -> None:
        wav = self._named(name)
        if wav is not None:
            self._begin(wav, lambda: self.splicing.concatenate(paths, wav))

    def _source(self) -> Source | None:
        if self._is_busy():
            return None
        self._label_bar.commit()
        source = self.splicing.source()
        if source is None:
            self._session.message.emit(tr("Open a recording first."))
        return source

    def _is_busy(self) -> bool:
        if self.splicing.is_busy:
            self._session.note.emit(
                tr("Another recording is being written; wait for it, or cancel.")
            )
        return self.splicing.is_busy

    def _ask(self, title: str, source: Source, word: str) -> Path | None:
        path = source.audio.with_name(f"{source.audio.stem}_{word}.wav")
        name, _ = QFileDialog.getSaveFileName(
            self._window, title, str(path), tr("WAV files (*.wav)")
        )
        return self._named(name) if name else None

    def _named(self, name: str) -> Path | None:
        """The file to write; asks where the TextGrid beside it would be replaced."""
        wav = Path(name)
        wav = wav if wav.suffix else wav.with_suffix(".wav")
        grid = wav.with_suffix(".TextGrid")
        if not grid.exists():
            return wav
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            tr("New recording"),
            tr("{name} is there already. Replace it?").format(name=grid.name),
            buttons.Yes | buttons.No,
            buttons.No,
        )
        return wav if answer == buttons.Yes else None

    def _begin(self, wav: Path, work: Callable[[], None]) -> None:
        bar = QProgressDialog(
            tr("Writing {name}…").format(name=wav.name), tr("Cancel"), 0, 1000, self._window
        )
        bar.setWindowTitle(tr("New recording"))
        bar.setAccessibleName(tr("How much is written"))
        bar.setWindowModality(Qt.WindowModality.NonModal)
        bar.setMinimumDuration(_SHOWN_AFTER_MS)
        bar.setAutoClose(False)
        bar.setAutoReset(False)
        bar.canceled.connect(self._on_cancel)
        self.bar, self._name = bar, wav.name
        bar.setValue(0)
        work()

    def _on_progress(self, share: float, left_s: float) -> None:
        if self.bar is not None:
            self.bar.setLabelText(
                tr("Writing {name}… about {left_s:.0f} s left").format(
                    name=self._name, left_s=left_s
                )
            )
            self.bar.setValue(min(round(1000 * share), 999))

    def _on_cancel(self) -> None:
        self.splicing.cancel()

    def _on_ended(self, wav: str) -> None:
        if self.bar is not None:
            bar, self.bar = self.bar, None
            bar.canceled.disconnect(self._on_cancel)
            bar.close()
            bar.deleteLater()
        if not wav:
            return
        if self._session.is_modified:
            self._session.note.emit(
                tr("Written: {wav}. File → Open recording… opens it.").format(wav=wav)
            )
        else:
            self._bench.open(Path(wav))
