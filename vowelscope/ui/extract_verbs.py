"""Saving the selected part of recording and TextGrid as files of their own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from vowelscope.app.jobs import CancelToken
from vowelscope.app.workbench import Workbench
from vowelscope.core.audio import Recording
from vowelscope.core.edit_extract import extract_part
from vowelscope.core.sidecar import Sidecar, sidecar_path, write_sidecar
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.textgrid_io import FileStyle
from vowelscope.core.translation import tr
from vowelscope.ui.label_bar import LabelBar

_KEY = "extract"


class ExtractVerbs(QObject):
    """Asks for a name and writes in the background, telling how far it is."""

    def __init__(self, bench: Workbench, label_bar: LabelBar, window: QWidget) -> None:
        super().__init__(window)
        self._session = bench.session
        self._jobs = bench.jobs
        self._choices = bench.choices
        self._label_bar = label_bar
        self._window = window
        self._saved = ""

    def selection(self) -> None:
        """Ask where to save the selected part."""
        self._label_bar.commit()
        session = self._session
        if session.recording is None:
            session.message.emit(tr("Open a recording first."))
            return
        if session.selection is None:
            session.message.emit(tr("Select a stretch of time first: it becomes the part."))
            return
        start_s, stop_s = session.selection
        source = session.recording.path
        name = f"{source.stem}_{round(1000 * start_s)}-{round(1000 * stop_s)}ms.wav"
        chosen, _ = QFileDialog.getSaveFileName(
            self._window,
            tr("Extract selection as"),
            str(source.with_name(name)),
            tr("WAV files (*.wav)"),
        )
        if chosen:
            wav = Path(chosen)
            self.save(wav if wav.suffix else wav.with_suffix(".wav"))

    def save(self, wav: Path) -> None:
        """Write the selected part to `wav`, and that of the TextGrid beside it."""
        session = self._session
        if session.recording is None or session.selection is None:
            return
        textgrid = session.textgrid
        grid_path = None if textgrid is None else wav.with_suffix(".TextGrid")
        if grid_path is not None and grid_path.exists() and not self._may_replace(grid_path):
            return
        start_s, stop_s = session.selection
        self._saved = (
            wav.name
            if grid_path is None
            else tr("{name} and {name2}").format(name=wav.name, name2=grid_path.name)
        )
        session.note.emit(tr("Saving {saved}…").format(saved=self._saved))
        self._jobs.submit(
            _KEY,
            _extract,
            session.recording,
            textgrid,
            start_s,
            stop_s,
            wav,
            grid_path,
            None if session.document is None else session.document.style,
            self._choices.sidecar,
            on_done=self._on_done,
            on_error=session.message.emit,
            on_progress=self._on_progress,
            pass_token=True,
        )

    def _may_replace(self, path: Path) -> bool:
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self._window,
            tr("Extract selection"),
            tr("{name} is there already. Replace it?").format(name=path.name),
            buttons.Yes | buttons.No,
            buttons.No,
        )
        return answer == buttons.Yes

    def _on_progress(self, share: float) -> None:
        self._session.note.emit(
            tr("Saving {saved}: {value:.0f} %").format(saved=self._saved, value=100 * share)
        )

    def _on_done(self, part: tuple[float, float]) -> None:
        start_s, stop_s = part
        self._session.note.emit(
            tr("Saved {saved} ({start_s:.6f}–{stop_s:.6f} s).").format(
                saved=self._saved, start_s=start_s, stop_s=stop_s
            )
        )


def _extract(
    token: CancelToken,
    recording: Recording,
    textgrid: TextGrid | None,
    start_s: float,
    stop_s: float,
    wav: Path,
    grid_path: Path | None,
    style: FileStyle | None,
    sidecar: Sidecar,
) -> tuple[float, float]:
    def told(share: float) -> None:
        token.raise_if_cancelled()
        token.progress(share)

    # A file of its own: another recording may be opened, and this one closed, meanwhile.
    with Recording(recording.path) as own:
        part_s = extract_part(own, textgrid, start_s, stop_s, wav, grid_path, style, told)
    part, owner = sidecar.part(*part_s), grid_path or wav
    if not part.is_empty or sidecar_path(owner).exists():
        write_sidecar(owner, part)
    return part_s
