"""Training from the menu: a real child trains a small network on real synthesis."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWizard
from pytestqt.qtbot import QtBot

from vowelscope.app.settings import SettingsFile
from vowelscope.app.training import sentence_of
from vowelscope.app.workbench import Workbench
from vowelscope.core.corpus import build_corpus
from vowelscope.core.phones import load_class_map
from vowelscope.ui.main_window import MainWindow
from vowelscope.ui.run_wizard import RunWizard

PRESET = """# A trial.
# It is for a test.
name = "tiny"
batch = 10
[features]
rows = 32
columns = 48
column_s = 0.002
[augment]
shift_columns = 4
mask_rows = 4
[[stages]]
architecture = "resnet18"
columns = 48
steps = 150
lr = 1e-3
"""


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("flite") is None:
        pytest.skip("flite is not installed")
    from vowelscope_training.synthesise import synthesise

    folder = tmp_path_factory.mktemp("corpus") / "spoken"
    assert synthesise(folder, 8, seed=7) == 16
    return folder


@pytest.fixture
def preset(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(PRESET)
    return path


@pytest.fixture
def new_window(qtbot: QtBot) -> Iterator[Callable[[], MainWindow]]:
    made: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(Workbench(only_looks=True))
        made.append(window)
        window.show()
        window.activateWindow()
        return window

    yield make
    for window in made:
        window.session.undo_stack.setClean()
        window.close()
        window.deleteLater()


class Browser(QObject):
    """Takes what would be opened in the system's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


def wizard_of(window: MainWindow) -> RunWizard:
    window.actions_by_id["training.new"].trigger()
    wizard = window.findChild(RunWizard)
    assert wizard is not None and wizard.isVisible()
    return wizard


def click(qtbot: QtBot, button: object) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def build(wizard: RunWizard, qtbot: QtBot, folder: Path, out: Path) -> None:
    page = wizard.corpus
    page.add_folder(folder)
    page.out.line.setText(str(out))
    click(qtbot, page.run)
    assert page.run.text() == "Cancel"
    qtbot.waitUntil(lambda: not page.task.is_running, timeout=120_000)


def test_from_folders_to_an_explained_vowel(
    new_window: Callable[[], MainWindow],
    qtbot: QtBot,
    spoken: Path,
    preset: Path,
    tmp_path: Path,
    speech,
) -> None:
    window = new_window()
    wizard = wizard_of(window)
    next_button = wizard.button(QWizard.WizardButton.NextButton)
    assert not next_button.isEnabled()
    build(wizard, qtbot, spoken, tmp_path / "spoken.parquet")
    corpus = wizard.corpus
    assert corpus.isComplete() and next_button.isEnabled(), corpus.error.text()
    names = [corpus.table.verticalHeaderItem(i).text() for i in range(corpus.table.rowCount())]
    assert names == ["spoken: training", "spoken: validation", "spoken: test"]
    last = corpus.table.columnCount() - 1
    total = sum(int(corpus.table.item(i, last).text()) for i in range(3))
    assert f"{total:,} tokens of 16 recordings" in corpus.found.toPlainText()
    assert "Labels of no class" in corpus.found.toPlainText()
    click(qtbot, next_button)

    page = wizard.experiment
    qtbot.waitUntil(lambda: page.preset.count() >= 7 and not page.task.is_running, timeout=60_000)
    assert page.facts["name"] == "vowels-8k" and page.facts["classes"] == "vowels5"
    page.take_file(preset)
    qtbot.waitUntil(lambda: page.facts.get("name") == "tiny", timeout=60_000)
    assert page.about.text() == "A trial. It is for a test." and page.batch.value() == 10
    assert page.length_words.text() == "150 steps" and page.rate_words.text().startswith("0.001")
    assert page.network.architecture == "" and page.network.findData("resnet50") > 0
    assert not page.tensorboard.isChecked()
    page.tensorboard.setChecked(True)
    page.name.setText("first")
    page.parent_folder.line.setText(str(tmp_path / "runs"))
    click(qtbot, next_button)

    device = wizard.device
    qtbot.waitUntil(lambda: device.device.currentData() == "cpu", timeout=120_000)
    click(qtbot, device.run)
    qtbot.waitUntil(lambda: not device.task.is_running, timeout=120_000)
    assert device.estimate.text().startswith("About ") and "150 steps" in device.estimate.text()
    click(qtbot, wizard.button(QWizard.WizardButton.FinishButton))

    run = tmp_path / "runs" / "first"
    panel, training = window.training.panel, window.training.training
    assert window.training.dock.isVisible() and panel.current == run
    story = training.story(run)
    qtbot.waitUntil(lambda: len(story.steps) >= 3, timeout=120_000)
    panel.redraw()
    before = curve(panel)
    qtbot.waitUntil(lambda: len(curve(panel)) > len(before), timeout=60_000)
    assert "images/s" in panel.pace.text() and panel.progress.value() > 0
    assert not panel.buttons["resume"].isEnabled() and not panel.buttons["use"].isEnabled()
    window.close()

    window = new_window()
    window.actions_by_id["training.show"].trigger()
    panel, training = window.training.panel, window.training.training
    qtbot.waitUntil(lambda: panel.current == run, timeout=20_000)
    story = training.story(run)
    qtbot.waitUntil(lambda: story.at_work and len(story.steps) > len(before), timeout=20_000)
    seen = len(story.steps)
    qtbot.waitUntil(lambda: len(story.steps) > seen, timeout=60_000)
    qtbot.waitUntil(panel.buttons["stop_now"].isEnabled, timeout=10_000)
    click(qtbot, panel.buttons["stop_now"])
    qtbot.waitUntil(lambda: not story.at_work, timeout=60_000)
    assert story.end == "stopped" and 3 <= story.steps[-1] < 150
    qtbot.waitUntil(lambda: "Stopped with a checkpoint" in panel.says.text(), timeout=10_000)
    stopped_at = story.steps[-1]
    window.close()

    window = new_window()
    window.actions_by_id["training.show"].trigger()
    panel, training = window.training.panel, window.training.training
    qtbot.waitUntil(lambda: panel.current == run, timeout=20_000)
    story = training.story(run)
    qtbot.waitUntil(lambda: story.end == "stopped", timeout=20_000)
    assert story.steps == list(range(1, stopped_at + 1)) and not story.at_work
    qtbot.waitUntil(panel.buttons["resume"].isEnabled, timeout=20_000)
    click(qtbot, panel.buttons["resume"])
    qtbot.waitUntil(lambda: story.is_trained and not story.at_work, timeout=180_000)
    assert story.steps == list(range(1, 151)) and story.valid_steps[-1] == 150
    panel.redraw()
    matrix = panel.confusion
    cells = [int(matrix.item(i, j).text()) for i in range(5) for j in range(5)]
    assert sum(cells) == story.validation["tokens"] > 0
    assert "Stopped at step" in panel.log.toPlainText()
    assert [path.name[:20] for path in (run / "tensorboard").iterdir()] == ["events.out.tfevents."]

    window.actions_by_id["training.evaluate"].trigger()
    assert story.at_work
    qtbot.waitUntil(lambda: bool(story.model) and not story.at_work, timeout=240_000)
    (tested,) = story.tested
    assert tested["set"] == "spoken" and 0 <= tested["accuracy"] <= 1
    assert f"of {tested['tokens']:,} held-out tokens of spoken right" in sentence_of(story)
    browser = Browser()
    QDesktopServices.setUrlHandler("file", browser, "take")
    panel.redraw()
    click(qtbot, panel.buttons["report"])
    QDesktopServices.unsetUrlHandler("file")
    assert [Path(path) for path in browser.opened] == [run / "report.html"]

    with qtbot.waitSignal(window.bench.opened, timeout=60_000):
        window.bench.open(speech.wav)
    window.actions_by_id["training.use_model"].trigger()
    explaining = window.bench.explaining
    qtbot.waitUntil(
        lambda: explaining.model is not None and explaining.model.folder == run / "model",
        timeout=120_000,
    )
    assert explaining.model.card.name == "tiny" and explaining.model.card.features.rows == 32
    tier = window.session.textgrid.tier_index("phones")
    vowel = next(
        i
        for i, x in enumerate(window.session.textgrid.tiers[tier].intervals)
        if window.bench.class_map.class_of(x.text)
    )
    window.session.select_item(tier, vowel)
    qtbot.waitUntil(lambda: window.session.explanation is not None, timeout=120_000)
    assert window.session.explanation.model_hash == explaining.model.weights_sha256
    assert Path(SettingsFile().load().model) == run / "model"


def curve(panel) -> list[float]:
    items = panel.plots.loss.getPlotItem().listDataItems()
    return list(items[-1].getOriginalDataset()[0]) if items else []


def test_what_is_wrong_is_one_sentence_in_the_dialog(
    new_window: Callable[[], MainWindow], qtbot: QtBot, spoken: Path, preset: Path, tmp_path: Path
) -> None:
    wizard = wizard_of(new_window())
    page = wizard.corpus
    click(qtbot, page.run)
    assert "Add a folder first" in page.error.text() and not page.isComplete()
    page.chooses.setChecked(True)
    bad = tmp_path / "bad.parquet"
    bad.write_text("no")
    page.path.line.setText(str(bad))
    click(qtbot, page.run)
    qtbot.waitUntil(lambda: not page.task.is_running, timeout=60_000)
    assert str(bad) in page.error.text() and "Traceback" not in page.error.text()
    assert not page.isComplete()
    page.builds.setChecked(True)
    assert page.error.isHidden()
    build(wizard, qtbot, tmp_path, tmp_path / "x.parquet")
    assert "no recording has a TextGrid" in page.error.text()
    page.folders.clear()
    build(wizard, qtbot, spoken, tmp_path / "x.parquet")
    assert page.isComplete()
    click(qtbot, wizard.button(QWizard.WizardButton.NextButton))
    experiment = wizard.experiment
    qtbot.waitUntil(
        lambda: experiment.preset.count() >= 7 and not experiment.task.is_running, timeout=60_000
    )
    count = experiment.preset.count()
    preset.write_text(PRESET + "colour = 3\n")
    experiment.take_file(preset)
    qtbot.waitUntil(lambda: not experiment.task.is_running, timeout=60_000)
    assert "colour" in experiment.error.text() and experiment.preset.count() == count
    experiment.name.setText("a/b")
    assert not experiment.isComplete() and "folder" in experiment.error.text()
    experiment.name.setText("ab")
    assert experiment.isComplete()
    experiment.start.setCurrentIndex(experiment.start.findData("file"))
    experiment.file.line.setText(str(tmp_path / "none.safetensors"))
    assert not experiment.isComplete() and "no such file" in experiment.error.text()


def test_a_cancelled_build_leaves_no_file(
    new_window: Callable[[], MainWindow], qtbot: QtBot, spoken: Path, tmp_path: Path
) -> None:
    wizard = wizard_of(new_window())
    page, out = wizard.corpus, tmp_path / "out"
    out.mkdir()
    page.add_folder(spoken)
    page.out.line.setText(str(out / "c.parquet"))
    click(qtbot, page.run)
    qtbot.waitUntil(lambda: page.progress.maximum() > 0, timeout=60_000)
    click(qtbot, page.run)
    assert not page.task.is_running and not page.isComplete()
    page.task.shutdown()
    qtbot.wait(200)
    assert list(out.iterdir()) == [] and page.run.text().replace("&", "") == "Build"


_STARTS = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QCoreApplication
app = QCoreApplication([])
from vowelscope.app.jobs import Jobs
from vowelscope.app.training import Plan, Training
training = Training(Jobs())
training.start(Plan(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), steps_scale=0.2))
print("started", flush=True)
while True:
    app.processEvents()
    time.sleep(0.01)
"""


def test_a_window_that_is_killed_leaves_its_run_whole(
    new_window: Callable[[], MainWindow], qtbot: QtBot, spoken: Path, preset: Path, tmp_path: Path
) -> None:
    corpus, run = tmp_path / "c.parquet", tmp_path / "run"
    build_corpus([spoken], load_class_map("vowels5"), corpus, seed=3, test=0.2, val=0.1)
    program = [sys.executable, "-c", _STARTS, str(corpus), str(preset), str(run)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "started\n"
        process.kill()
    assert process.returncode == -9
    window = new_window()
    window.actions_by_id["training.show"].trigger()
    training = window.training.training
    qtbot.waitUntil(lambda: run in training.entries, timeout=20_000)
    story = training.story(run)
    qtbot.waitUntil(lambda: story.at_work or story.is_trained, timeout=20_000)
    qtbot.waitUntil(lambda: story.is_trained and not story.at_work, timeout=120_000)
    assert story.steps == list(range(1, 31)) and (run / "average.safetensors").is_file()
