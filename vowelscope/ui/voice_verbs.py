"""Query → Voice report: Praat's report of the selection, in a window to read and copy."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.core.voice_report import voice_report

_LONGEST_S = 60.0


class TextWindow(QDialog):
    """A text that can be read, selected and copied."""

    def __init__(self, title: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setObjectName(title)
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(title)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy = buttons.addButton(tr("&Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.clicked.connect(self._on_copy)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.addWidget(self.text)
        column.addWidget(buttons)

    def sizeHint(self) -> QSize:
        """As large as Praat's report is, within reason."""
        metrics = self.text.fontMetrics()
        lines = min(max(self.text.document().blockCount(), 8) + 6, 40)
        return QSize(metrics.horizontalAdvance("n" * 78), metrics.lineSpacing() * lines)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())


class VoiceVerbs(QObject):
    """Asks a worker process for the report; the selection's, or that of what is in view."""

    def __init__(self, bench: Workbench, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window

    def report(self) -> None:
        """Show the report."""
        bench, session = self._bench, self._bench.session
        if session.recording is None:
            session.message.emit(tr("Open a recording first."))
            return
        start_s, stop_s = session.selection or session.view
        start_s, stop_s = max(start_s, 0.0), min(stop_s, session.recording.duration_s)
        if stop_s - start_s > _LONGEST_S:
            session.message.emit(
                tr("Select up to {LONGEST_S:g} s for a voice report.").format(LONGEST_S=_LONGEST_S)
            )
            return
        bench.jobs.submit_process(
            ("voice report", id(self)),
            voice_report,
            session.recording.path,
            start_s,
            stop_s,
            bench.settings.pitch,
            bench.settings.pulses,
            session.channel,
            on_done=self._on_done,
            on_error=session.message.emit,
        )

    def _on_done(self, text: str) -> None:
        for old in self._window.findChildren(TextWindow, tr("Voice report")):
            old.deleteLater()
        TextWindow(tr("Voice report"), text, self._window).show()
