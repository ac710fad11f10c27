"""The dock that says what the model makes of the selected interval."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGroupBox, QLabel, QScrollArea, QVBoxLayout, QWidget

from vowelscope.app.session import Session
from vowelscope.core.phones import display_label
from vowelscope.core.translation import tr
from vowelscope.ui.map_chooser import MapChooser
from vowelscope.ui.probabilities import ProbabilityBars
from vowelscope.ui.theme import LIGHT, Theme, ipa_font


class Inspector(QScrollArea):
    """Label and times, probabilities of all classes, agreement, whose map, model, warnings."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = LIGHT
        self._status = ""
        self.setAccessibleName(tr("Inspector"))
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self._label = QLabel()
        self._label.setFont(ipa_font(22))
        self._label.setAccessibleName(tr("Label of the selected interval, as displayed"))
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._times = _sentence(tr("Times of the selected interval"))
        self.agreement = _sentence(tr("Does the prediction agree with the label?"))
        self.bars = ProbabilityBars()
        self._cells = _sentence(tr("What the map can resolve"))
        self._warnings = _sentence(tr("Warnings"))
        self._model = _sentence(tr("The model"))
        self.chooser = MapChooser(session)
        for part in (self.bars, self._cells):
            # From one vowel to the next nothing below may jump.
            policy = part.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            part.setSizePolicy(policy)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(8)
        column.addWidget(self._label)
        column.addWidget(self._times)
        column.addWidget(self.agreement)
        column.addWidget(_group(tr("Probability of each class"), self.bars))
        column.addWidget(_group(tr("Class activation map"), self.chooser, self._cells))
        column.addWidget(self._warnings)
        column.addWidget(_group(tr("Model"), self._model))
        column.addStretch(1)
        self.setWidget(body)
        session.interval_changed.connect(self._on_interval)
        session.explanation_changed.connect(self._on_explanation)
        session.frequency_changed.connect(self._on_explanation)
        self._on_interval()
        self._on_explanation()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.bars.set_theme(theme)
        self.chooser.set_theme(theme)
        self._on_explanation()

    def set_model(self, sentence: str) -> None:
        """Say which model is used."""
        self._model.setText(sentence)

    def set_status(self, sentence: str) -> None:
        """What to say in the place of a result: that it is computed, or why there is none."""
        self._status = sentence
        self._on_explanation()

    def _on_interval(self) -> None:
        interval, point = self._session.selected_interval, self._session.selected_point
        item = interval or point
        if item is None:
            self._label.setText("")
            self._times.setText(tr("Click a labelled interval in a tier."))
            return
        self._label.setText(display_label(item.text) or tr("(no label)"))
        if interval is not None:
            self._times.setText(
                tr("{tmin_s:.4f}–{tmax_s:.4f} s, {value:.1f} ms").format(
                    tmin_s=interval.tmin_s, tmax_s=interval.tmax_s, value=1000 * interval.duration_s
                )
            )
        elif point is not None:
            self._times.setText(f"{point.time_s:.4f} s")

    def _on_explanation(self) -> None:
        session, explanation = self._session, self._session.explanation
        held = explanation is not None
        self.bars.setVisible(held)
        self._cells.setVisible(held)
        if explanation is None:
            self.agreement.setText(self._status)
            self.agreement.setStyleSheet("")
            self._warnings.setVisible(False)
            return
        label_class = session.explained_label_class
        self.bars.show_values(
            explanation.classes,
            [float(value) for value in explanation.probabilities],
            [float(value) for value in explanation.logits],
            explanation.predicted,
            label_class,
        )
        text, colour = self._agreement_text(explanation.predicted, label_class)
        self.agreement.setText(text)
        weight = 400 if label_class is None else 600
        self.agreement.setStyleSheet(f"color: {colour}; font-weight: {weight};")
        height_hz = float(explanation.freq_edges_hz[1] - explanation.freq_edges_hz[0])
        width_ms = 1000 * float(explanation.time_edges_s[1] - explanation.time_edges_s[0])
        self._cells.setText(
            tr(
                "One cell is {height_hz:,.0f} Hz × {width_ms:.0f} ms: formants "
                "closer together than {height_hz:,.0f} Hz are not resolvable here."
            ).format(height_hz=height_hz, width_ms=width_ms)
            + self._beyond_view()
        )
        self._warnings.setText("\n".join(f"⚠ {text}" for text in explanation.warnings))
        self._warnings.setVisible(bool(explanation.warnings))

    def _beyond_view(self) -> str:
        explanation, axis = self._session.explanation, self._session.frequency
        if explanation is None:
            return ""
        low_hz, top_hz = explanation.freq_edges_hz[[0, -1]].tolist()
        if axis.low_hz <= low_hz and top_hz <= axis.high_hz:
            return ""
        return tr(
            " The map goes on beyond the view: it reaches from {low_hz:,.0f} to "
            "{top_hz:,.0f} Hz (View → Frequency axis as the model's)."
        ).format(low_hz=low_hz, top_hz=top_hz)

    def _agreement_text(self, predicted: str, label_class: str | None) -> tuple[str, str]:
        theme = self._theme
        if label_class is None:
            label = display_label(self._session.selected_label or "")
            return (
                tr(
                    "The model says /{predicted}/. The label “{label}” is none of its "
                    "classes, so this tells only which class it resembles most to the "
                    "model."
                ).format(predicted=predicted, label=label),
                theme.faint,
            )
        if predicted == label_class:
            return tr("✓ The model says /{predicted}/: agrees with the label.").format(
                predicted=predicted
            ), theme.agree
        return (
            tr("✗ The model says /{predicted}/, the label /{label_class}/: they disagree.").format(
                predicted=predicted, label_class=label_class
            ),
            theme.disagree,
        )


def _sentence(name: str) -> QLabel:
    label = QLabel()
    label.setAccessibleName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _group(title: str, *widgets: QWidget) -> QGroupBox:
    box = QGroupBox(title)
    column = QVBoxLayout(box)
    column.setContentsMargins(8, 6, 8, 8)
    for widget in widgets:
        column.addWidget(widget)
    return box
