"""The dialog that records from a microphone into a new file."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.recorder import Recorder
from vowelscope.app.workbench import Workbench
from vowelscope.core.capture import CaptureEvent, Source
from vowelscope.core.levels import Level
from vowelscope.core.translation import tr
from vowelscope.ui.level_meter import LevelMeter
from vowelscope.ui.theme import theme_for

RATES_HZ = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 96000, 192000)
"""As in Praat's SoundRecorder."""
_CHANNELS = ((tr("Mono"), 1), (tr("Stereo"), 2))
_OPENING = tr("Opening the input device…")


class RecordDialog(QDialog):
    """Listens as soon as it is shown, so that the level can be set before anything is recorded.

    Parameters
    ----------
    open_file
        Called with the new file after the recording has ended.
    """

    def __init__(
        self, bench: Workbench, open_file: Callable[[Path], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Record"))
        self.setObjectName("record")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench = bench
        self._open_file = open_file
        self._clipped_s: float | None = None
        self._elapsed_s = 0.0
        self._closes = False
        self.recorder = Recorder(self)
        self._make_fields()
        self._make_layout()
        self._connect()
        self._fill_devices()
        self.recorder.look_for_devices()
        # After the first paint: to open a device may take a while.
        QTimer.singleShot(0, self._listen)

    def _make_fields(self) -> None:
        sound = self._bench.settings.sound
        self.device = _combo(tr("Input device"))
        self.device.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.device.setMinimumContentsLength(30)
        self.rate = _combo(tr("Sampling rate in Hz"))
        for rate_hz in dict.fromkeys(sorted((*RATES_HZ, sound.record_rate_hz))):
            self.rate.addItem(tr("{rate_hz:,} Hz").format(rate_hz=rate_hz), rate_hz)
        self.rate.setCurrentIndex(self.rate.findData(sound.record_rate_hz))
        self.rate.setToolTip(
            tr("44,100 Hz holds all that is heard; 16,000 Hz is enough for vowels")
        )
        self.channels = _combo(tr("Channels"))
        for text, count in _CHANNELS:
            self.channels.addItem(text, count)
        self.channels.setCurrentIndex(self.channels.findData(sound.record_channels))
        self.file = QLineEdit(str(self._new_path()))
        self.file.setAccessibleName(tr("File to record into"))
        self.browse = QPushButton(tr("&Browse…"))
        self.meter = LevelMeter(tr("Input level"))
        self.meter.set_theme(theme_for(self._bench.theme))
        self.elapsed = QLabel(_clock(0.0))
        self.elapsed.setAccessibleName(tr("Time recorded"))
        font = self.elapsed.font()
        font.setPointSizeF(1.8 * font.pointSizeF())
        self.elapsed.setFont(font)
        self.state = QLabel(_OPENING)
        self.state.setWordWrap(True)
        self.state.setAccessibleName(tr("What the recorder says"))
        self.state.setMinimumHeight(2 * self.state.fontMetrics().lineSpacing())
        self.button = QPushButton(tr("&Record"))
        self.button.setDefault(True)
        self.button.setEnabled(False)
        self.close_button = QPushButton(tr("&Close"))
        self.close_button.setAutoDefault(False)
        self.browse.setAutoDefault(False)

    def _make_layout(self) -> None:
        form = QFormLayout()
        form.addRow(tr("&Input device"), self.device)
        form.addRow(tr("Sampling ra&te"), self.rate)
        form.addRow(tr("C&hannels"), self.channels)
        row = QHBoxLayout()
        row.addWidget(self.file, 1)
        row.addWidget(self.browse)
        form.addRow(tr("&File"), row)
        label = form.labelForField(row)
        if isinstance(label, QLabel):
            label.setBuddy(self.file)
        form.addRow(tr("Level"), self.meter)
        buttons = QHBoxLayout()
        buttons.addWidget(self.elapsed, 1)
        buttons.addWidget(self.button)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.state)
        column.addLayout(buttons)
        self.setMinimumWidth(560)

    def _connect(self) -> None:
        recorder = self.recorder
        recorder.level_changed.connect(self._on_level)
        recorder.elapsed_changed.connect(self._on_elapsed)
        recorder.listening.connect(self._on_listening)
        recorder.started.connect(self._on_started)
        recorder.saved.connect(self._on_saved)
        recorder.failed.connect(self._on_failed)
        recorder.noted.connect(self.state.setText)
        recorder.devices_changed.connect(self._fill_devices)
        for box in (self.device, self.rate, self.channels):
            box.activated.connect(self._listen)
        self.browse.clicked.connect(self._on_browse)
        self.button.clicked.connect(self._on_button)
        self.close_button.clicked.connect(self.reject)

    def reject(self) -> None:
        """Close, Escape: what is being recorded is ended first, kept, and opened."""
        if self.recorder.is_recording and not self._closes:
            self._closes = True
            self.recorder.finish()
            return
        self.recorder.shutdown()
        super().reject()

    def _new_path(self) -> Path:
        settings, recording = self._bench.settings.sound, self._bench.session.recording
        folder = Path.home() if recording is None else recording.path.parent
        if settings.record_folder and Path(settings.record_folder).is_dir():
            folder = Path(settings.record_folder)
        if not os.access(folder, os.W_OK):
            folder = Path.home()
        return folder / datetime.datetime.now().strftime("recording-%Y-%m-%d-%H%M%S.wav")

    def _fill_devices(self) -> None:
        chosen = self._bench.settings.sound.input_device
        self.device.clear()
        self.device.addItem(tr("System's default"), "")
        for one in self.recorder.devices:
            self.device.addItem(f"{one.name.strip()} ({one.host})", one.key)
        if chosen and self.device.findData(chosen) < 0:
            self.device.addItem(tr("{chosen} (not there)").format(chosen=chosen), chosen)
        self.device.setCurrentIndex(max(self.device.findData(chosen), 0))

    def _listen(self) -> None:
        self.button.setEnabled(False)
        self.state.setText(_OPENING)
        sound = replace(
            self._bench.settings.sound,
            input_device=self.device.currentData() or "",
            record_rate_hz=self.rate.currentData(),
            record_channels=self.channels.currentData(),
        )
        self._bench.change(sound=sound)
        self.recorder.listen(
            Source(sound.input_device or None, sound.record_rate_hz, sound.record_channels)
        )

    def _on_browse(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, tr("Record into"), self.file.text(), tr("WAV files (*.wav)")
        )
        if path:
            self.file.setText(path)

    def _on_button(self) -> None:
        if self.recorder.is_recording:
            self.button.setEnabled(False)
            self.recorder.finish()
            return
        path = Path(self.file.text().strip()).expanduser()
        if not path.name or path.is_dir():
            self.state.setText(tr("Give the file a name."))
            return
        if path.suffix.lower() != ".wav":
            path = path.with_name(path.name + ".wav")
            self.file.setText(str(path))
        self.button.setEnabled(False)
        self._clipped_s = None
        self.recorder.record(path.absolute())

    def _on_listening(self) -> None:
        self.button.setEnabled(True)
        if self.state.text() == _OPENING:
            self.state.setText(
                tr("Speak, and set the level so that the loudest is at about −12 dB.")
            )

    def _on_started(self) -> None:
        self.button.setText(tr("&Stop"))
        self.button.setEnabled(True)
        self.state.setText(tr("Recording. What you record is on the disk as you go."))
        self._set_fields(False)

    def _on_level(self, level: Level | None) -> None:
        clipped = level is not None and level.clipped
        if clipped and self.recorder.is_recording and self._clipped_s is None:
            self._clipped_s = self._elapsed_s
            self.state.setText(
                tr(
                    "Clipped at about {elapsed_s:.1f} s: lower the input level and start again."
                ).format(elapsed_s=self._elapsed_s)
            )
        self.meter.show_level(level)

    def _on_elapsed(self, elapsed_s: float) -> None:
        self._elapsed_s = elapsed_s
        text = _clock(elapsed_s)
        if text != self.elapsed.text():
            self.elapsed.setText(text)

    def _on_saved(self, event: CaptureEvent) -> None:
        self.button.setText(tr("&Record"))
        self._set_fields(True)
        if event.path is None or not event.duration_s:
            self.state.setText(tr("Nothing was recorded."))
            self.button.setEnabled(True)
            return
        sound = replace(self._bench.settings.sound, record_folder=str(event.path.parent))
        self._bench.change(sound=sound)
        if event.gaps:
            times = tr("once") if event.gaps == 1 else tr("{gaps} times").format(gaps=event.gaps)
            self._bench.session.message.emit(
                tr(
                    "While {name} was recorded, the sound system dropped samples "
                    "{times}: times after a gap are early."
                ).format(name=event.path.name, times=times)
            )
        self.reject()
        self._open_file(event.path)

    def _on_failed(self, sentence: str) -> None:
        self.state.setText(sentence)
        self.button.setEnabled(self.recorder.is_recording)
        if self.recorder.is_recording:  # the file is opened, and the sentence must not go with us
            self._bench.session.message.emit(sentence)

    def _set_fields(self, on: bool) -> None:
        for field in (self.device, self.rate, self.channels, self.file, self.browse):
            field.setEnabled(on)


def _combo(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    return box


def _clock(seconds: float) -> str:
    """Hours only where there are some: ``0:07.3``."""
    minutes, rest = divmod(int(10 * seconds) / 10, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{minutes}:{rest:04.1f}" if not hours else f"{hours}:{minutes:02d}:{rest:04.1f}"
