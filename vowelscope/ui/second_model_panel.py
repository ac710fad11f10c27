"""What a second model says of the selected token, beside what the first one says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from vowelscope.app.model_words import describe_model
from vowelscope.app.second_model import SecondModel
from vowelscope.app.session import Session
from vowelscope.core.translation import tr
from vowelscope.ui.map_chooser import MapChooser
from vowelscope.ui.probabilities import ProbabilityBars
from vowelscope.ui.theme import LIGHT, Theme


class SecondModelPanel(QScrollArea):
    """Prediction, probabilities, whose map, cells and card of the second model."""

    def __init__(self, session: Session, second: SecondModel) -> None:
        super().__init__()
        self._session = session
        self._second = second
        self._theme: Theme = LIGHT
        self._status = ""
        self.setAccessibleName(tr("Second model"))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.both = _sentence(tr("Do the two models agree?"))
        self.agreement = _sentence(tr("Does the prediction agree with the label?"))
        self.bars = ProbabilityBars()
        self.chooser = MapChooser(second.peer)
        self.cells = _sentence(tr("What the map can resolve"))
        self.warnings = _sentence(tr("Warnings"))
        self.model = _sentence(tr("The second model"))
        self.choose = QPushButton(tr("Another m&odel…"))
        self.choose.setAutoDefault(False)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(8)
        parts: tuple[QWidget, ...] = (self.both, self.agreement, self.bars, self.chooser)
        parts += (self.cells, self.warnings, self.model, self.choose)
        for part in parts:
            column.addWidget(part)
        column.addStretch(1)
        self.setWidget(body)
        second.peer.explanation_changed.connect(self._draw)
        session.explanation_changed.connect(self._draw)
        second.status_changed.connect(self._on_status)
        second.model_changed.connect(self._on_model)
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.bars.set_theme(theme)
        self.chooser.set_theme(theme)
        self._draw()

    def _on_status(self, sentence: str) -> None:
        self._status = sentence
        self._draw()

    def _on_model(self) -> None:
        model = self._second.explaining.model
        self.model.setText("" if model is None else describe_model(model))

    def _draw(self) -> None:
        explanation, first = self._second.peer.explanation, self._session.explanation
        held = explanation is not None
        for part in (self.bars, self.cells, self.agreement):
            part.setVisible(held)
        self.warnings.setVisible(explanation is not None and bool(explanation.warnings))
        if explanation is None:
            self.both.setText(self._status)
            return
        predicted, label_class = explanation.predicted, self._second.peer.explained_label_class
        names = {"predicted": predicted, "label_class": label_class}
        if first is None or (first.tmin_s, first.tmax_s) != (
            explanation.tmin_s,
            explanation.tmax_s,
        ):
            self.both.setText("")
        elif first.predicted == predicted:
            self.both.setText(tr("Both models say /{predicted}/.").format(predicted=predicted))
        else:
            self.both.setText(
                tr("The first model says /{first}/, the second /{second}/.").format(
                    first=first.predicted, second=predicted
                )
            )
        if label_class is None:
            text, colour = tr("The label is none of its classes."), self._theme.faint
        elif predicted == label_class:
            text = tr("✓ The model says /{predicted}/: agrees with the label.").format(**names)
            colour = self._theme.agree
        else:
            text = tr(
                "✗ The model says /{predicted}/, the label /{label_class}/: they disagree."
            ).format(**names)
            colour = self._theme.disagree
        self.agreement.setText(text)
        self.agreement.setStyleSheet(f"color: {colour};")
        self.bars.show_values(
            explanation.classes,
            [float(value) for value in explanation.probabilities],
            [float(value) for value in explanation.logits],
            predicted,
            label_class,
        )
        self.cells.setText(
            tr("One cell is {height_hz:,.0f} Hz × {width_ms:.0f} ms.").format(
                height_hz=explanation.cell_hz, width_ms=1000 * explanation.cell_s
            )
        )
        self.warnings.setText("\n".join(f"⚠ {text}" for text in explanation.warnings))


def _sentence(name: str) -> QLabel:
    label = QLabel()
    label.setAccessibleName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
