from __future__ import annotations

import itertools

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from vowelscope.core.levels import FLOOR_DB, Level
from vowelscope.ui.level_meter import LevelMeter
from vowelscope.ui.theme import DARK, LIGHT, Theme


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def meter(request: pytest.FixtureRequest, qtbot: QtBot) -> LevelMeter:
    meter = LevelMeter("Level")
    qtbot.addWidget(meter)
    theme: Theme = request.param
    meter.set_theme(theme)
    meter.resize(meter.sizeHint())
    meter.theme = theme  # type: ignore[attr-defined]
    return meter


def _filled_px(meter: LevelMeter, share_of_height: float) -> int:
    """How many pixels of one line across the meter have the full colour of a bar."""
    picture = meter.grab().toImage()
    full = QColor(meter.theme.boundary).rgb()  # type: ignore[attr-defined]
    line = round(share_of_height * picture.height())
    return sum(picture.pixel(x, line) == full for x in range(picture.width()))


def test_a_bar_is_as_long_as_the_level_is_high(meter: LevelMeter) -> None:
    lengths = []
    for rms_db in (-60.0, -45.0, -30.0, -15.0, 0.0):
        meter.show_level(Level((rms_db,), (rms_db,), (rms_db,)))
        lengths.append(_filled_px(meter, 0.35))
    assert lengths[0] == 0
    steps = [after - before for before, after in itertools.pairwise(lengths)]
    # A quarter of the groove each; the line of the held peak stands on the end of the bar.
    assert all(abs(step - steps[1]) <= 3 for step in steps[1:])
    assert steps[1] > 25


def test_two_channels_have_a_bar_each_and_more_have_one(meter: LevelMeter) -> None:
    meter.show_level(Level((-6.0, -40.0), (-6.0, -40.0), (-6.0, -40.0)))
    assert _filled_px(meter, 0.3) > 2 * _filled_px(meter, 0.62)
    many = (-40.0, -6.0, FLOOR_DB)
    meter.show_level(Level(many, many, many))
    assert _filled_px(meter, 0.3) == _filled_px(meter, 0.62) > 90


def test_it_says_its_numbers_and_that_it_clipped(meter: LevelMeter) -> None:
    assert meter.accessibleName() == "Level"
    assert meter.accessibleDescription() == "Nothing is heard."
    meter.show_level(Level((-7.25,), (-3.0,), (-20.04,)))
    assert meter.accessibleDescription() == "Peak -7.2 dB, RMS -20.0 dB re full scale."
    meter.show_level(Level((0.0,), (0.0,), (-3.0,), clipped=True))
    assert meter.accessibleDescription() == "Peak 0.0 dB, RMS -3.0 dB re full scale; clipped."
    meter.show_level(None)
    assert meter.accessibleDescription() == "Nothing is heard."
