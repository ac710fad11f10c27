"""The old file or the new one, in full, whatever happens."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import time
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


_KILLED = """
import os, signal, sys
from vowelscope.core import atomic
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
atomic.write_bytes(sys.argv[1], b"half")
"""


def _leave_one(path: Path) -> Path:
    """What a save of `path` leaves whose process is killed in the middle of it."""
    before = set(path.parent.iterdir())
    run = subprocess.run([sys.executable, "-c", _KILLED, str(path)], check=False)
    assert run.returncode == -signal.SIGKILL
    (left,) = set(path.parent.iterdir()) - before
    return left


def _make_older(path: Path, age_s: float) -> None:
    then = time.time() - age_s
    os.utime(path, (then, then))


def test_what_a_killed_save_left_goes_with_the_next_save_of_that_file(tmp_path: Path) -> None:
    path, other = tmp_path / "a.TextGrid", tmp_path / "b.TextGrid"
    path.write_bytes(b"old")
    left, others, young = _leave_one(path), _leave_one(other), _leave_one(path)
    for leftover in (left, others):
        _make_older(leftover, atomic.YOUNG_S + 1)
    alive = left.with_name(left.name.replace(left.name.split("-")[3], str(os.getppid())))
    elsewhere = left.with_name(left.name.replace(left.name.split("-")[2], "0" * 8))
    for leftover in (alive, elsewhere):
        leftover.write_bytes(b"half")
        _make_older(leftover, atomic.YOUNG_S + 1)
    nobodys = [tmp_path / name for name in (".vowelscope-notes.tmp", "x.tmp", ".vowelscope-1.tmp")]
    for file in nobodys:
        file.write_bytes(b"the user's")
        _make_older(file, 1e6)
    atomic.write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    kept = {path, others, young, alive, elsewhere, *nobodys}
    assert set(tmp_path.iterdir()) == kept
    for leftover in (young, alive, elsewhere):
        _make_older(leftover, 2 * 86_400)
    atomic.clear_leftovers(path)
    assert set(tmp_path.iterdir()) == {path, others, *nobodys}


def test_clearing_says_nothing_where_there_is_no_folder(tmp_path: Path) -> None:
    atomic.clear_leftovers(tmp_path / "no" / "a")
    atomic.clear_leftovers("a\0b")
