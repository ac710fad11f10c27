"""The base of the plots over the shared time axis."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vowelscope.app.session import Session
from vowelscope.ui.timeline import TimePlot


class Paints(QObject):
    """Counts how often a widget is painted."""

    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_a_step_in_time_is_painted_once(qtbot: QtBot, tone_wav: Callable[..., Path]) -> None:
    session = Session()
    session.open(tone_wav(duration_s=30.0))
    plot = TimePlot(session, "A plot")
    qtbot.addWidget(plot)
    plot.resize(600, 200)
    plot.show()
    qtbot.waitExposed(plot)
    qtbot.wait(100)
    paints = Paints()
    plot.viewport().installEventFilter(paints)
    for step in range(1, 6):
        session.scroll(0.1)
        for _ in range(5):
            QApplication.processEvents()
        assert paints.count == step
