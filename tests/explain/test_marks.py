from __future__ import annotations

import json
from pathlib import Path

import pytest

from vowelscope.core.errors import ConfigError
from vowelscope.explain.marks import MARKS_NAME, read_marks, write_marks
from vowelscope.explain.shards import Plan

PLAN = Plan("/c", "0" * 64, "/m", "m", "1" * 64, 10, 4, 4, ("i", "u"), (7, 7), (0.0, 1.0), "0")


def test_marks_come_back(tmp_path: Path) -> None:
    assert read_marks(tmp_path, PLAN) == frozenset()
    write_marks(tmp_path, PLAN, [9, 0, 3])
    assert read_marks(tmp_path, PLAN) == {0, 3, 9}


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"corpus_sha256": "x"}, {"rows": [10]}, {"rows": [-1]}, {"rows": [True]},
     {"rows": None}],
)  # fmt: skip
def test_what_is_no_list_of_marks_is_refused_with_its_file(
    tmp_path: Path, change: dict[str, object]
) -> None:
    write_marks(tmp_path, PLAN, [1])
    path = tmp_path / MARKS_NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ConfigError, match=MARKS_NAME):
        read_marks(tmp_path, PLAN)


def test_damaged_text_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / MARKS_NAME).write_text("{")
    with pytest.raises(ConfigError, match="no JSON"):
        read_marks(tmp_path, PLAN)
