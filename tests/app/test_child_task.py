from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from vowelscope.app.child_task import ChildTask
from vowelscope.core.translation import choose_language


@pytest.mark.parametrize(
    ("code", "sentence"),
    [("en", ": there is no such folder"), ("de", ": Diesen ")],
)
def test_what_a_child_says_of_a_corpus_is_in_the_windows_language(
    qtbot: QtBot, tmp_path: Path, code: str, sentence: str
) -> None:
    task = ChildTask(None)
    choose_language(code)
    try:
        with qtbot.waitSignal(task.failed, timeout=60_000) as failed:
            task.start(["build", str(tmp_path / "nowhere"), "-o", str(tmp_path / "c.parquet")])
    finally:
        choose_language("en")
    assert sentence in failed.args[0]
