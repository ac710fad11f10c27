"""Activation maximisation: what this network would score highest, seen and heard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.maximising import Maximising
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.explain.maximise_settings import MaximiseSettings, StartKind
from vowelscope.explain.maximised import caveat
from vowelscope.ui.maximise_views import MaximiseViews
from vowelscope.ui.theme import Theme

_WORDS_PX = 104


class MaximiseWindow(QDialog):
    """What to raise and where to begin above; start, picture and difference; curves below."""

    def __init__(self, bench: Workbench, maximising: Maximising, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = bench.session
        self._maximising = maximising
        self.setWindowTitle(tr("Activation maximisation"))
        self.head = QLabel()
        self.head.setWordWrap(True)
        self.head.setAccessibleName(tr("What a picture may not be taken for"))
        self.of, self.against = QComboBox(), QComboBox()
        self.of.setAccessibleName(tr("Class to raise"))
        self.against.setAccessibleName(tr("Class it is contrasted with"))
        self.start_at = QComboBox()
        self.start_at.setAccessibleName(tr("Where it begins"))
        kinds: tuple[tuple[StartKind, str], ...] = (
            ("mean", tr("Mean of the tier's vowels")),
            ("token", tr("Selected token")),
            ("floor", tr("Noise floor")),
        )
        for kind, text in kinds:
            self.start_at.addItem(text, kind)
        self.steps, self.restarts = _number(tr("Steps"), 500, 100), _number(tr("Starts"), 10, 3)
        self.restarts.setToolTip(tr("All but the first begin a little away from the start"))
        self.control = QCheckBox(tr("Contro&l"))
        self.control.setToolTip(tr("Also with a network of random weights; it takes as long again"))
        self.control.setChecked(True)
        self.run = QPushButton()
        self.run.setAutoDefault(False)
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Steps that are done"))
        above = QHBoxLayout()
        for text, field in (
            (tr("&Raise"), self.of),
            (tr("&against"), self.against),
            (tr("&from"), self.start_at),
            (tr("St&eps"), self.steps),
            (tr("S&tarts"), self.restarts),
        ):
            name = QLabel(text)
            name.setBuddy(field)
            above.addWidget(name)
            above.addWidget(field)
        above.addWidget(self.control)
        above.addWidget(self.run)
        above.addWidget(self.progress, 1)
        above.addStretch(0)
        self.views = MaximiseViews()
        self.read_out = QLabel()
        self.read_out.setAccessibleName(tr("What lies under the mouse"))
        self.play_picture = QPushButton(tr("&Play picture"))
        self.play_start = QPushButton(tr("Play &start"))
        self.save_button = QPushButton(tr("Sa&ve…"))
        self.save_button.setToolTip(tr("A figure, both sounds and every number"))
        below = QHBoxLayout()
        below.addWidget(self.read_out, 1)
        for button in (self.play_picture, self.play_start, self.save_button):
            button.setAutoDefault(False)
            below.addWidget(button)
        self.words = QPlainTextEdit()
        self.words.setReadOnly(True)
        self.words.setTabChangesFocus(True)
        self.words.setFixedHeight(_WORDS_PX)
        self.words.setAccessibleName(tr("What was found"))
        column = QVBoxLayout(self)
        column.addWidget(self.head)
        column.addLayout(above)
        column.addWidget(self.views, 1)
        column.addLayout(below)
        column.addWidget(self.words)
        self.run.clicked.connect(self.start_or_stop)
        self.start_at.activated.connect(self._draw)
        self.play_picture.clicked.connect(self._on_play)
        self.play_start.clicked.connect(self._on_play_start)
        self.save_button.clicked.connect(self.save)
        self.views.read_out.connect(self.read_out.setText)
        maximising.changed.connect(self._draw)
        bench.model_changed.connect(self._draw)
        self._session.explanation_changed.connect(self._draw)

    def sizeHint(self) -> QSize:
        """Room for three pictures and three plots."""
        return QSize(1200, 770)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.views.set_theme(theme)
        self._draw()

    def bring(self) -> None:
        """Show it; the class is the one whose map is shown, where there is one."""
        self._fill()
        chosen = self._session.shown_classes()
        if chosen is not None and not self._maximising.is_running:
            self.of.setCurrentIndex(max(self.of.findText(chosen[0]), 0))
        self.show()
        self.raise_()
        self.activateWindow()
        self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc makes it silent first, and closes the window then."""
        if event.key() == Qt.Key.Key_Escape and self._maximising.stop_playing():
            return
        super().keyPressEvent(event)

    def start_or_stop(self) -> None:
        """Make a picture, or stop."""
        if self._maximising.is_running:
            self._maximising.stop()
            return
        against: str | None = self.against.currentData()
        settings = MaximiseSettings(steps=self.steps.value(), restarts=self.restarts.value())
        self._maximising.start(
            self.start_at.currentData(),
            self.of.currentText(),
            against,
            settings,
            self.control.isChecked(),
        )

    def save(self) -> None:
        """Ask for a folder and write everything into it."""
        name = QFileDialog.getExistingDirectory(self, tr("Save the picture into a folder"))
        if name:
            self._maximising.save(Path(name))

    def _on_play(self) -> None:
        self._maximising.play()

    def _on_play_start(self) -> None:
        self._maximising.play(start=True)

    def _fill(self) -> None:
        """The classes of the model in use."""
        classes = self._maximising.classes
        if [self.of.itemText(at) for at in range(self.of.count())] == list(classes):
            return
        self.of.clear()
        self.against.clear()
        self.against.addItem(tr("nothing"), None)
        for name in classes:
            self.of.addItem(name)
            self.against.addItem(name, name)

    def _draw(self) -> None:
        if not self.isVisible():
            return
        self._fill()
        maximising = self._maximising
        running, study = maximising.is_running, maximising.study
        why_not = maximising.can_start(self.start_at.currentData())
        self.head.setText(caveat())
        self.run.setText(tr("St&op") if running else tr("&Maximise"))
        self.run.setEnabled(running or not why_not)
        self.progress.setVisible(running)
        self.progress.setRange(0, maximising.total)
        self.progress.setValue(maximising.done)
        left_s, words = maximising.estimate_s, tr("%v of %m")
        if left_s is not None:
            words += tr(", {left_s:.0f} s left").format(left_s=left_s)
        self.progress.setFormat(words if maximising.total else "")
        for field in (self.of, self.against, self.start_at, self.steps, self.restarts):
            field.setEnabled(not running)
        self.control.setEnabled(not running)
        self.play_picture.setEnabled(study is not None and study.sound is not None)
        self.play_start.setEnabled(study is not None and study.start_sound is not None)
        self.save_button.setEnabled(study is not None)
        said = maximising.sentence or ("" if running else why_not)
        if study is not None:
            said = "\n".join(part for part in (said, *maximising.said[1:]) if part)
        if said != self.words.toPlainText():
            self.words.setPlainText(said)  # not at every step: it would scroll back
        self.views.show_study(study)


def _number(name: str, most: int, value: int) -> QSpinBox:
    field = QSpinBox()
    field.setAccessibleName(name)
    field.setRange(1, most)
    field.setValue(value)
    return field
