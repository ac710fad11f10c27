from __future__ import annotations

import os
from pathlib import Path

import pytest

from vowelscope.app import backups
from vowelscope.app.backups import Backups
from vowelscope.core.errors import TextGridError


def copies(kept: Backups, path: Path) -> list[bytes]:
    return [copy.read_bytes() for copy in sorted(kept.folder_of(path).glob("*.TextGrid"))]


def test_the_first_version_of_a_session_is_kept_once(tmp_path: Path) -> None:
    kept, path = Backups(tmp_path / "state"), tmp_path / "a.TextGrid"
    path.write_bytes(b"first")
    copy = kept.keep(path)
    assert copy is not None and copy.read_bytes() == b"first"
    path.write_bytes(b"second")
    assert kept.keep(path) is None
    assert copies(kept, path) == [b"first"]
    kept.begin(path)
    assert kept.keep(path) is not None
    kept.begin(path)
    assert kept.keep(path) is None, "the newest copy is that version already"
    assert copies(kept, path) == [b"first", b"second"]
    assert (kept.folder_of(path) / "from.txt").read_text().strip() == os.path.realpath(path)


def test_a_file_that_is_not_there_has_no_backup(tmp_path: Path) -> None:
    kept, path = Backups(tmp_path / "state"), tmp_path / "a.TextGrid"
    assert kept.keep(path) is None
    path.write_bytes(b"what this session made")
    assert kept.keep(path) is None
    assert not kept.folder.exists()


def test_names_of_one_stem_unicode_and_the_longest_name(tmp_path: Path) -> None:
    kept = Backups(tmp_path / "state")
    paths = [
        tmp_path / "one" / "ʃæf 😀.TextGrid",
        tmp_path / "two" / "ʃæf 😀.TextGrid",
        tmp_path / "two" / ("😀" * 61 + ".TextGrid"),
    ]
    for number, path in enumerate(paths):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes([number]))
        kept.keep(path)
    assert [copies(kept, path) for path in paths] == [[b"\0"], [b"\1"], [b"\2"]]


def test_only_so_many_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "KEPT_OF_A_FILE", 2)
    monkeypatch.setattr(backups, "KEPT_FILES", 2)
    kept = Backups(tmp_path / "state")
    for name in "abc":
        path = tmp_path / f"{name}.TextGrid"
        for number in range(3):
            path.write_bytes(bytes([number]))
            kept.begin(path)
            kept.keep(path)
        assert copies(kept, path) == [b"\1", b"\2"]
        os.utime(kept.folder_of(path), (ord(name), ord(name)))
    left = {folder.name[0] for folder in kept.folder.iterdir()}
    assert left == {"b", "c"}


def test_what_cannot_be_copied_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file in the way")
    path = tmp_path / "a.TextGrid"
    path.write_bytes(b"x")
    with pytest.raises(TextGridError, match=r"No backup of a\.TextGrid was made: .+\."):
        Backups(tmp_path / "state").keep(path)
