"""The words of the window in other languages: whole, with their places for values, told apart."""

from __future__ import annotations

import ast
import builtins
import copy
import gettext
import importlib.util
import json
import os
import pickle
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from vowelscope.core import translation
from vowelscope.core.translation import (
    LANGUAGES,
    Said,
    catalogue,
    choose_language,
    in_language,
    said,
    tr,
)
from vowelscope.resources import resource
from vowelscope.ui.actions import MENUS, TABLE

OTHERS = [code for code in LANGUAGES if code != "en"]
_PLACE = re.compile(r"(?<!\{)\{[^{}]*\}(?!\})")


@pytest.fixture(autouse=True)
def english_again():
    yield
    choose_language("en")


def entries(code: str) -> dict[str, str]:
    with resource("locale", code, "LC_MESSAGES", "vowelscope.mo").open("rb") as stream:
        held = gettext.GNUTranslations(stream)._catalog  # type: ignore[attr-defined]
    return {english: words for english, words in held.items() if english}


def texts_of_actions() -> list[str]:
    rows = [text for row in TABLE for text in (row.text, row.submenu) if text]
    return [*MENUS, *rows]


@pytest.mark.parametrize("code", OTHERS)
def test_every_action_and_menu_is_translated(code: str) -> None:
    held = entries(code)
    assert [text for text in texts_of_actions() if not held.get(text)] == []


@pytest.mark.parametrize("code", OTHERS)
def test_no_two_actions_of_a_menu_share_a_mnemonic(code: str) -> None:
    held = entries(code)
    seen: Counter[tuple[str, str, str]] = Counter()

    def count(menu: str, submenu: str, text: str) -> None:
        _, mark, after = held[text].partition("&")
        if mark:
            seen[menu, submenu, after[0].lower()] += 1

    for title in MENUS:
        count("", "", title)
    for menu, submenu in {(row.menu, row.submenu) for row in TABLE if row.submenu}:
        count(menu, "", submenu)
    for row in TABLE:
        count(row.menu, row.submenu, row.text)
    assert len(seen) > 60
    assert [key for key, times in seen.items() if times > 1] == []


@pytest.mark.parametrize("code", OTHERS)
def test_places_for_values_are_the_same(code: str) -> None:
    wrong = {
        english: words
        for english, words in entries(code).items()
        if sorted(_PLACE.findall(english)) != sorted(_PLACE.findall(words))
    }
    assert wrong == {}


@pytest.mark.parametrize("code", OTHERS)
def test_file_kinds_of_dialogs_stay(code: str) -> None:
    for english, words in entries(code).items():
        assert re.findall(r"\*\.\w+", english) == re.findall(r"\*\.\w+", words), english


@pytest.mark.parametrize("code", OTHERS)
def test_what_the_program_reads_is_what_people_edit(code: str, repository: Path) -> None:
    pytest.importorskip("babel")
    from babel.messages.pofile import read_po

    path = repository / "resources" / "locale" / code / "LC_MESSAGES" / "vowelscope.po"
    with path.open("rb") as stream:
        edited = read_po(stream, charset="utf-8")
    assert {m.id: m.string for m in edited if m.id and m.string} == entries(code)


def test_the_preferences_offer_each_language_that_there_is() -> None:
    folders = {path.name for path in resource("locale").iterdir() if path.is_dir()}
    assert folders == set(OTHERS)


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"LANG": "de_AT.UTF-8"}, "de"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LANGUAGE": "nl:de"}, "de"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_system(
    environment: dict[str, str], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert choose_language("system") == code


def test_a_text_without_translation_stays_english() -> None:
    choose_language("de")
    assert tr("&Save TextGrid") != "&Save TextGrid"
    assert tr("no such text") == "no such text" and tr("") == ""
    assert choose_language("xx") == "en"
    assert tr("&Save TextGrid") == "&Save TextGrid"
    assert isinstance(catalogue("xx"), gettext.NullTranslations)
    assert translation.language() == "en"


def test_a_sentence_for_files_is_english_and_shown_in_the_language() -> None:
    parts = said("the band is {height_hz:,.0f} Hz high", height_hz=400.0), "F2"
    text = said("not resolvable: {reasons}, a cell is {cell_hz:,.0f} Hz tall",
                reasons=parts, cell_hz=1142.9)  # fmt: skip
    english = "not resolvable: the band is 400 Hz high, F2, a cell is 1,143 Hz tall"
    choose_language("de")
    for one in (text, pickle.loads(pickle.dumps(text)), copy.deepcopy(text)):
        assert isinstance(one, Said) and one == english and json.loads(json.dumps(one)) == english
        german = in_language(one)
        assert german.startswith("nicht auflösbar: das Band") and "is" not in german.split()
        assert " 400 Hz hoch, F2, " in german and german.endswith(" 1,143 Hz hoch")
    assert type(str(text)) is str and in_language(english) == english
    choose_language("en")
    assert in_language(text) == english


@pytest.mark.parametrize("code", OTHERS)
def test_every_marked_text_is_translated(code: str, repository: Path) -> None:
    pytest.importorskip("babel")
    path = repository / "packaging" / "translate.py"
    spec = importlib.util.spec_from_file_location("translate", path)
    assert spec is not None and spec.loader is not None
    translate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(translate)
    held = entries(code)
    wanted = [message.id for message in translate.collected() if message.id]
    assert len(wanted) > 2000
    assert [text for text in wanted if not held.get(text)] == []


_SHOW = """
import json, sys
from vowelscope.core.translation import choose_language
from vowelscope.app.settings import SettingsFile
choose_language(SettingsFile().load().window.language)
from PySide6.QtWidgets import QApplication, QLabel, QAbstractButton
from vowelscope.ui.application import install_qt_words
app = QApplication([])
install_qt_words(app)
from vowelscope.app.workbench import Workbench
from vowelscope.ui.main_window import MainWindow
from vowelscope.ui.preferences import PreferencesDialog
window = MainWindow(Workbench(only_looks=True))
dialog = PreferencesDialog(window.bench, window)
print(json.dumps({
    "menus": [action.text() for action in window.menuBar().actions()],
    "actions": {name: action.text() for name, action in window.actions_by_id.items()},
    "labels": [label.text() for label in dialog.findChildren(QLabel)],
    "buttons": [button.text() for button in dialog.findChildren(QAbstractButton)],
    "title": window.findChild(type(window.measuring.log_dock), "log").windowTitle(),
}))
window.bench.shutdown()
"""


def test_a_window_in_german(own_folders: dict[str, Path]) -> None:
    own_folders["CONFIG"].mkdir(parents=True, exist_ok=True)
    (own_folders["CONFIG"] / "settings.toml").write_text('[window]\nlanguage = "de"\n')
    done = subprocess.run(
        [sys.executable, "-c", _SHOW],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    held = entries("de")
    assert shown["menus"] == [held[title] for title in MENUS]
    for row in TABLE:
        assert shown["actions"][row.id] == held[row.text]
    assert shown["title"] == "Protokoll"
    assert "Dynamikumfang" in shown["labels"] and "Formantobergrenze" in shown["labels"]
    # Qt's own word.
    assert any("Schließen" in text for text in shown["buttons"])


def test_sentences_of_worker_processes_are_in_the_windows_language() -> None:
    from vowelscope.app.jobs import call_in_process
    from vowelscope.core.errors import UserError
    from vowelscope.core.phones import load_class_map

    with pytest.raises(UserError, match="There is no class map called none-such"):
        call_in_process(load_class_map, "none-such")
    choose_language("de")
    with pytest.raises(UserError, match="Eine Klassentabelle none-such gibt es nicht"):
        call_in_process(load_class_map, "none-such")


def test_the_command_line_stays_english(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vowelscope", "textgrid", "json", str(tmp_path / "none.eaf")],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "LANG": "de_DE.UTF-8", "LANGUAGE": "de"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 2 and "cannot be read" in done.stderr


_MARKED = {
    "core": (
        "acoustics acoustics_burg acoustics_grid acoustics_pitch acoustics_pulses align "
        "align_interval audio band_filter capture ceilings checklist corpus corpus_reading "
        "devices features frequency_axis interchange log_design manifest one_cue pairs phones "
        "playback pronounce rendering sidecar slowing sound_pieces spectral_slice tables "
        "textgrid_io voice_report wav_stream"
    ),
    "explain": (
        "bands browse cue_files cue_plane cue_sweep explainers figure_content filter_plan "
        "filter_shards filter_table ledger marks model model_store plans runtime score_cam shards "
        "strongest tuning vowel_figure"
    ),
}


@pytest.mark.parametrize(
    "name", [f"{layer}/{name}" for layer, names in _MARKED.items() for name in names.split()]
)
def test_errors_that_reach_the_window_are_marked(name: str, repository: Path) -> None:
    """Each `raise SomeError("...")` of these modules says its sentence through `tr`."""
    tree = ast.parse((repository / "vowelscope" / f"{name}.py").read_text(encoding="utf-8"))
    plain = [
        ast.unparse(node.exc)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and getattr(node.exc.func, "id", "").endswith("Error")
        and not hasattr(builtins, node.exc.func.id)  # type: ignore[attr-defined]
        and node.exc.args
        and isinstance(node.exc.args[0], ast.Constant | ast.JoinedStr)
    ]
    assert plain == []


_CAPTIONS = ("title", "unit", "last_unit", "caveat")


def test_what_a_method_says_of_its_map_is_marked(repository: Path) -> None:
    """Title, unit and caveat go through `tr`, wherever they are written."""
    plain, marked = [], 0
    for path in sorted((repository / "vowelscope" / "explain").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            values: dict[str, ast.expr] = {}
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Attribution":
                values = {word.arg or "": word.value for word in node.keywords}
            elif isinstance(node, ast.ClassDef):
                values = {
                    one.targets[0].id: one.value
                    for one in node.body
                    if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
                }
            for value in [values[name] for name in _CAPTIONS if name in values]:
                for part in (
                    (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,)
                ):
                    text = ast.unparse(part)
                    marked += text.startswith("tr(")
                    if isinstance(part, ast.Constant | ast.JoinedStr) and text != "''":
                        plain.append(f"{path.name}: {text}")
    assert marked > 25
    assert plain == []
