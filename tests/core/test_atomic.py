"""The old file or the new one, in full, whatever happens."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from vowelscope.core import atomic
from vowelscope.core.errors import TextGridError, UserError


def test_a_file_is_made_and_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "ɑ.TextGrid"
    atomic.write_bytes(path, b"one")
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
    path.chmod(0o640)
    atomic.write_bytes(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    link.symlink_to(real)
    atomic.write_bytes(link, b"new")
    assert link.is_symlink() and real.read_bytes() == b"new"


def test_folders_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(TextGridError, match="does not exist"):
        atomic.write_bytes(tmp_path / "no" / "a", b"x", TextGridError)
    with pytest.raises(UserError, match="it is a folder"):
        atomic.write_bytes(tmp_path, b"x")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match=r"the folder .* does not exist"):
        atomic.write_bytes(tmp_path / "file" / "a", b"x")
    with pytest.raises(UserError, match="no name for a file"):
        atomic.write_bytes("a\0b", b"x")
    with pytest.raises(UserError, match="too long"):
        atomic.write_bytes(tmp_path / ("a" * 300), b"x")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_write_protected_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(UserError, match="write-protected"):
        atomic.write_bytes(path, b"new")
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(UserError, match="does not let you write"):
            atomic.write_bytes(path, b"new")
    finally:
        tmp_path.chmod(0o755)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "is read-only"),
        (errno.EACCES, "does not let you write"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_a_failure_leaves_the_old_file(code: int, words: str, tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def fail(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UserError) as caught:
        atomic.write_bytes(path, b"new")
    assert words in str(caught.value) and str(path) in str(caught.value)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
