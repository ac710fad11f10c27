"""Whose map is shown, how strongly, and what its colours mean."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QWidget,
)

from vowelscope.app.session import MapChoice, Session
from vowelscope.core.translation import tr
from vowelscope.ui.overlay import map_limit
from vowelscope.ui.theme import LIGHT, Theme, ipa_font

_FIXED = ((tr("Predicted class"), "predicted"), (tr("Class of the label"), "labelled"))


class ColourBar(QWidget):
    """The colours of the map against logits, symmetric about 0."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = LIGHT
        self.setAccessibleName(tr("Colour bar in logits"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for signal in (session.explanation_changed, session.map_changed):
            signal.connect(self.update)
        session.opacity_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """A bar and two lines of text."""
        return QSize(220, round(3.1 * self.fontMetrics().height()))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bar over the paper's colour, then its ticks."""
        shown = self._session.shown_map()
        painter = QPainter(self)
        theme, height = self._theme, self.fontMetrics().height()
        if shown is None:
            painter.end()
            return
        title, values = shown
        limit = map_limit(values)
        bar = QRectF(4, 2, self.width() - 8, height * 0.9)
        painter.fillRect(bar, QColor(theme.paper))
        shade = QLinearGradient(bar.topLeft(), bar.topRight())
        for at, name, alpha in (
            (0.0, theme.negative, 1.0),
            (0.5, theme.negative, 0.0),
            (0.5001, theme.positive, 0.0),
            (1.0, theme.positive, 1.0),
        ):
            colour = QColor(name)
            colour.setAlphaF(alpha * self._session.opacity)
            shade.setColorAt(at, colour)
        painter.fillRect(bar, shade)
        painter.setPen(QColor(theme.faint))
        painter.drawRect(bar)
        painter.setPen(QColor(theme.ink))
        top = bar.bottom() + 1
        row = QRectF(bar.left(), top, bar.width(), height)
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft, f"−{limit:.2f}")
        painter.drawText(row, Qt.AlignmentFlag.AlignHCenter, "0")
        painter.drawText(
            row, Qt.AlignmentFlag.AlignRight, tr("+{limit:.2f} logits").format(limit=limit)
        )
        painter.setPen(QColor(theme.faint))
        sides = (
            ("for " + title.split(" − ")[1], "for " + title.split(" − ")[0])
            if (" − " in title)
            else (tr("against {title}").format(title=title), tr("for {title}").format(title=title))
        )
        row.translate(0, height)
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft, sides[0])
        painter.drawText(row, Qt.AlignmentFlag.AlignRight, sides[1])
        painter.end()


class MapChooser(QWidget):
    """Predicted, labelled, any class, or one class against another; opacity; colour bar."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._classes: tuple[str, ...] = ()
        self.whose = _combo(tr("Whose map is shown"))
        self.against = _combo(tr("Against which class"))
        self._against_label = QLabel(tr("a&gainst"))
        self._against_label.setBuddy(self.against)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setAccessibleName(tr("Opacity of the map"))
        self.opacity.setRange(0, 100)
        self.opacity.setValue(round(100 * session.opacity))
        self._opacity_text = QLabel()
        self.bar = ColourBar(session)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        whose = QLabel(tr("&Map of"))
        whose.setBuddy(self.whose)
        grid.addWidget(whose, 0, 0)
        grid.addWidget(self.whose, 0, 1)
        grid.addWidget(self._against_label, 1, 0)
        grid.addWidget(self.against, 1, 1)
        name = QLabel(tr("&Opacity"))
        name.setBuddy(self.opacity)
        row = QHBoxLayout()
        row.addWidget(self.opacity, 1)
        row.addWidget(self._opacity_text)
        grid.addWidget(name, 2, 0)
        grid.addLayout(row, 2, 1)
        grid.addWidget(self.bar, 3, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        self.whose.activated.connect(self._on_chosen)
        self.against.activated.connect(self._on_chosen)
        self.opacity.valueChanged.connect(self._on_slider)
        session.explanation_changed.connect(self._on_explanation)
        session.map_changed.connect(self._on_choice)
        session.opacity_changed.connect(self._on_opacity)
        self._fill(())
        self._on_opacity(session.opacity)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.bar.set_theme(theme)

    def _on_explanation(self) -> None:
        explanation = self._session.explanation
        if explanation is not None and explanation.classes != self._classes:
            self._fill(explanation.classes)

    def _fill(self, classes: tuple[str, ...]) -> None:
        self._classes = classes
        self.whose.clear()
        self.against.clear()
        for text, kind in _FIXED:
            self.whose.addItem(text, kind)
        for name in classes:
            self.whose.addItem(f"/{name}/", name)
        self.against.addItem(tr("nothing (the class alone)"), "")
        for name in classes:
            self.against.addItem(f"/{name}/", name)
        self._on_choice()

    def _on_choice(self) -> None:
        choice = self._session.map_choice
        wanted = choice.kind if choice.kind in ("predicted", "labelled") else choice.first
        self.whose.setCurrentIndex(max(self.whose.findData(wanted), 0))
        self.against.setCurrentIndex(max(self.against.findData(choice.second), 0))
        single = choice.kind in ("class", "contrast")
        self.against.setEnabled(single)
        self._against_label.setEnabled(single)

    def _on_chosen(self) -> None:
        whose, against = self.whose.currentData(), self.against.currentData()
        if whose in ("predicted", "labelled"):
            self._session.set_map_choice(MapChoice(whose))
        elif against and against != whose:
            self._session.set_map_choice(MapChoice("contrast", whose, against))
        else:
            self._session.set_map_choice(MapChoice("class", whose))
        self._on_choice()

    def _on_slider(self, value: int) -> None:
        self._session.set_opacity(value / 100)

    def _on_opacity(self, opacity: float) -> None:
        self.opacity.setValue(round(100 * opacity))
        self._opacity_text.setText(f"{100 * opacity:.0f} %")


def _combo(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setFont(ipa_font(max(box.font().pointSizeF(), 9.0)))
    return box
