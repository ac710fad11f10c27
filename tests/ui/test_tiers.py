from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from vowelscope.app.session import Session
from vowelscope.core.edit_times import set_domain
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.textgrid_io import write_textgrid
from vowelscope.ui.theme import DARK
from vowelscope.ui.tiers import TiersView
from vowelscope.ui.timeline import x_at


def test_a_tier_that_ends_early_is_seen_to_end(
    qtbot: QtBot, tone_wav: Callable[..., Path], small_grid: TextGrid
) -> None:
    wav = tone_wav(duration_s=1.0)
    write_textgrid(wav.with_suffix(".TextGrid"), set_domain(small_grid, 0.0, 0.6))
    session = Session()
    session.open(wav)
    view = TiersView(session)
    qtbot.addWidget(view)
    view.set_theme(DARK)
    view.resize(900, 150)
    picture = view.grab().toImage()
    y = round(view.row_rect(0).top()) + 4

    def colour(time_s: float) -> QColor:
        return picture.pixelColor(round(x_at(session, view.width(), time_s)), y)

    assert colour(0.55) == QColor(DARK.paper)
    assert colour(0.65) == colour(0.95) == QColor(DARK.panel)
