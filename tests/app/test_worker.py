from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from vowelscope.app.worker import read_frame, worker_command, write_frame


@pytest.mark.parametrize("size", [10, 10_000_000])
def test_a_window_that_leaves_is_no_fault_of_the_worker(size: int) -> None:
    """The reader closes before the reply: the worker ends in silence."""
    child = subprocess.Popen(
        [sys.executable, "-I", "-m", "vowelscope.app.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdin and child.stdout and child.stderr
    child.stdout.close()
    write_frame(child.stdin, (bytes, (size,)))
    child.stdin.close()
    assert child.wait(timeout=20) == 0
    assert child.stderr.read() == b""


def forever(report: Callable[[object], None]) -> None:
    while True:
        report("on")
        time.sleep(0.01)


def test_a_window_that_dies_ends_what_its_worker_does() -> None:
    """The pipe closes while a function works: its next report ends it, and the worker."""
    child = subprocess.Popen(
        worker_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdin and child.stdout and child.stderr
    write_frame(child.stdin, (forever, (), True))
    assert read_frame(child.stdout) == ("progress", "on")
    child.stdin.close()
    child.stdout.close()
    assert child.wait(timeout=20) == 0
    assert child.stderr.read() == b""
