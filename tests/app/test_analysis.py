from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from vowelscope.app import analysis as module
from vowelscope.app.analysis import Analysis
from vowelscope.app.jobs import Jobs
from vowelscope.core import acoustics
from vowelscope.core.acoustics import FormantSettings, PitchSettings
from vowelscope.core.audio import Recording

RATE_HZ = 11025
DURATION_S = 12.3


@pytest.fixture(scope="module")
def wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A buzz whose pitch falls, left louder than right, with noise."""
    times_s = np.arange(round(DURATION_S * RATE_HZ)) / RATE_HZ
    phase = np.cumsum(180 - 5 * times_s) / RATE_HZ
    buzz = sum(np.cos(2 * np.pi * k * phase) / k for k in range(1, 20))
    noise = np.random.default_rng(3).normal(0, 0.01, (len(times_s), 2))
    path = tmp_path_factory.mktemp("analysis") / "buzz.wav"
    sf.write(path, np.stack([0.1 * buzz, 0.05 * buzz], axis=1) + noise, RATE_HZ)
    return path


@pytest.fixture(scope="module")
def jobs(qapp: Any) -> Iterator[Jobs]:
    jobs = Jobs(processes=1)
    yield jobs
    jobs.shutdown()


@pytest.fixture
def analysis(jobs: Jobs, wav: Path) -> Iterator[Analysis]:
    analysis = Analysis(jobs)
    with Recording(wav) as recording:
        analysis.set_recording(recording)
    yield analysis
    analysis.set_recording(None)


def _complete(analysis: Analysis, kinds: tuple[str, ...] = module.KINDS) -> bool:
    return all(analysis.is_complete(kind, 0, DURATION_S) for kind in kinds)


def test_all_of_the_file_comes_and_equals_the_analysis_of_the_whole(
    qtbot: Any, analysis: Analysis, wav: Path
) -> None:
    analysis.request(6.0, 7.0)
    qtbot.waitUntil(lambda: _complete(analysis), timeout=15_000)
    formants = analysis.formants_between(0, DURATION_S)
    whole = acoustics.formants(wav)
    assert formants is not None
    np.testing.assert_array_equal(formants.times_s, whole.times_s)
    np.testing.assert_allclose(formants.freqs_hz, whole.freqs_hz, rtol=1e-9)
    np.testing.assert_allclose(formants.bandwidths_hz, whole.bandwidths_hz, rtol=1e-9)
    pitch = analysis.pitch_between(0, DURATION_S)
    assert pitch is not None
    np.testing.assert_array_equal(pitch.f0_hz, acoustics.pitch(wav).f0_hz)
    intensity = analysis.intensity_between(0, DURATION_S)
    assert intensity is not None
    np.testing.assert_array_equal(intensity.level_db, acoustics.intensity(wav).level_db)


def test_what_is_in_view_comes_first(qtbot: Any, analysis: Analysis) -> None:
    analysis.set_wanted(("formants",))
    order: list[list[int]] = []
    analysis.formants_changed.connect(
        lambda: order.append(list(analysis._kinds["formants"].chunks))
    )
    analysis.request(10.5, 11.5)
    qtbot.waitUntil(lambda: _complete(analysis, ("formants",)), timeout=15_000)
    assert order == [[2], [2, 1], [2, 1, 0]]
    assert analysis.pitch_between(0, DURATION_S) is None


def test_a_part_has_the_frames_within_it_and_a_gap_has_no_line_across(
    qtbot: Any, analysis: Analysis
) -> None:
    analysis.set_wanted(("pitch",))
    assert analysis.pitch_between(0, DURATION_S) is None
    analysis.request(0, 1)
    qtbot.waitUntil(lambda: _complete(analysis, ("pitch",)), timeout=15_000)
    part = analysis.pitch_between(1.0, 2.0)
    assert part is not None
    assert 1.0 <= part.times_s[0] < 1.01 + part.settings.step_s
    assert part.times_s[-1] <= 2.0
    del analysis._kinds["pitch"].chunks[1]
    holed = analysis.pitch_between(0, DURATION_S)
    assert holed is not None
    assert (np.diff(holed.times_s) > 0).all()
    inside = (holed.times_s >= 5.0 - 1e-9) & (holed.times_s < 10.0)
    assert inside.sum() == 1
    assert np.isnan(holed.f0_hz[inside]).all()


def test_new_settings_replace_only_what_they_concern(qtbot: Any, analysis: Analysis) -> None:
    analysis.request(0, DURATION_S)
    qtbot.waitUntil(lambda: _complete(analysis), timeout=15_000)
    before = analysis.formants_between(0, 5)
    pitch = PitchSettings(floor_hz=100)
    with qtbot.assertNotEmitted(analysis.formants_changed):
        with qtbot.waitSignal(analysis.pitch_changed):
            analysis.set_settings(FormantSettings(), pitch)
        qtbot.waitUntil(lambda: _complete(analysis), timeout=15_000)
    after = analysis.pitch_between(0, 5)
    assert after is not None and before is not None
    assert after.settings == pitch
    assert after.times_s[1] - after.times_s[0] == pytest.approx(0.0075)


def test_a_channel_of_its_own(qtbot: Any, analysis: Analysis, wav: Path) -> None:
    analysis.set_wanted(("intensity",))
    levels = []
    for channel in (0, 1):
        with Recording(wav) as recording:
            analysis.set_recording(recording, channel)
        analysis.request(0, 1)
        qtbot.waitUntil(lambda: analysis.is_complete("intensity", 0, 1), timeout=15_000)
        track = analysis.intensity_between(0.5, 1)
        assert track is not None
        levels.append(track.level_db.mean())
    assert levels[0] - levels[1] == pytest.approx(6, abs=0.5)


def test_a_sound_too_short_is_one_sentence_once(
    qtbot: Any, analysis: Analysis, tmp_path: Path
) -> None:
    sf.write(tmp_path / "short.wav", np.zeros(50), RATE_HZ)
    sentences: list[str] = []
    analysis.failed.connect(sentences.append)
    analysis.set_wanted(("pitch",))
    with Recording(tmp_path / "short.wav") as recording:
        analysis.set_recording(recording)
    analysis.request(0, 1)
    qtbot.waitUntil(lambda: bool(sentences))
    analysis.request(0, 0.5)
    qtbot.waitUntil(lambda: not analysis._kinds["pitch"].busy)
    assert len(sentences) == 1
    assert "short.wav" in sentences[0]


def test_results_of_a_recording_that_was_closed_do_not_come(qtbot: Any, analysis: Analysis) -> None:
    analysis.request(0, 1)
    analysis.set_recording(None)
    with qtbot.assertNotEmitted(analysis.formants_changed, wait=300):
        pass
    assert analysis.formants_between(0, DURATION_S) is None


def test_no_more_is_kept_than_allowed(
    qtbot: Any, analysis: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT_CHUNKS", 2)
    analysis.set_wanted(("intensity",))
    kind = analysis._kinds["intensity"]
    analysis.request(0, 1)
    qtbot.waitUntil(lambda: set(kind.chunks) == {0, 1})
    analysis.request(11, 12)
    qtbot.waitUntil(lambda: set(kind.chunks) == {1, 2})
    qtbot.waitUntil(lambda: not kind.busy)
    assert set(kind.chunks) == {1, 2}
