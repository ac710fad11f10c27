from __future__ import annotations

import logging
import operator
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import QObject

from vowelscope.app.jobs import CancelToken, Jobs, call_in_process
from vowelscope.app.process_identity import ProcessIdentity
from vowelscope.core.audio import Recording


@pytest.fixture
def jobs(qapp: Any) -> Iterator[Jobs]:
    jobs = Jobs(threads=2, processes=1)
    yield jobs
    jobs.shutdown()


class Sink(QObject):
    """Takes what a job says, and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[Any] = []
        self.errors: list[str] = []
        self.progress: list[Any] = []
        self.threads: set[int] = set()

    def done(self, value: Any) -> None:
        self.threads.add(threading.get_ident())
        self.results.append(value)

    def error(self, sentence: str) -> None:
        self.threads.add(threading.get_ident())
        self.errors.append(sentence)

    def step(self, value: Any) -> None:
        self.threads.add(threading.get_ident())
        self.progress.append(value)


def test_a_thread_does_the_work_and_the_gui_thread_hears_of_it(qtbot: Any, jobs: Jobs) -> None:
    sink = Sink()
    jobs.submit("id", threading.get_ident, on_done=sink.done)
    qtbot.waitUntil(lambda: bool(sink.results))
    assert sink.results[0] != threading.get_ident()
    assert sink.threads == {threading.get_ident()}


def test_the_newest_job_of_a_key_wins_and_the_older_is_told_to_stop(qtbot: Any, jobs: Jobs) -> None:
    sink, running, told = Sink(), threading.Event(), threading.Event()

    def old(token: CancelToken) -> str:
        running.set()
        while not token.cancelled:
            time.sleep(0.005)
        told.set()
        return "old"

    jobs.submit("key", old, on_done=sink.done, pass_token=True)
    assert running.wait(2)
    for number in range(20):
        jobs.submit("key", str, number, on_done=sink.done)
    qtbot.waitUntil(lambda: bool(sink.results))
    assert told.wait(2)
    qtbot.wait(50)
    assert sink.results == ["19"]
    assert not jobs.is_pending("key")


def test_jobs_of_different_keys_do_not_disturb_each_other(qtbot: Any, jobs: Jobs) -> None:
    sink = Sink()
    for number in range(10):
        jobs.submit(number, operator.mul, number, 2, on_done=sink.done)
    qtbot.waitUntil(lambda: len(sink.results) == 10)
    assert sorted(sink.results) == list(range(0, 20, 2))


def test_a_cancelled_job_calls_nobody(qtbot: Any, jobs: Jobs) -> None:
    sink = Sink()
    jobs.submit("key", time.sleep, 0.05, on_done=sink.done, on_error=sink.error)
    jobs.cancel("key")
    token = jobs.submit("other", time.sleep, 0.05, on_done=sink.done, on_error=sink.error)
    token.cancel()
    qtbot.wait(150)
    assert sink.results == sink.errors == []
    assert not jobs.is_pending("other")


def test_progress_comes_in_order_before_the_result(qtbot: Any, jobs: Jobs) -> None:
    sink = Sink()

    def count(token: CancelToken, n: int) -> str:
        for number in range(n):
            token.progress(number)
        return "end"

    jobs.submit("c", count, 50, on_done=sink.done, on_progress=sink.step, pass_token=True)
    qtbot.waitUntil(lambda: bool(sink.results))
    assert sink.progress == list(range(50))
    assert sink.threads == {threading.get_ident()}


def test_errors_become_one_sentence(
    qtbot: Any, jobs: Jobs, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sink = Sink()
    jobs.submit("user", Recording, tmp_path / "no.wav", on_done=sink.done, on_error=sink.error)
    qtbot.waitUntil(lambda: bool(sink.errors))
    assert sink.errors == [f"{tmp_path / 'no.wav'}: there is no such file."]
    with caplog.at_level(logging.ERROR, "vowelscope"):
        jobs.submit("bug", operator.truediv, 1, 0, on_done=sink.done, on_error=sink.error)
        qtbot.waitUntil(lambda: len(sink.errors) == 2)
    assert "ZeroDivisionError: division by zero" in sink.errors[1]
    assert "\n" not in sink.errors[1]
    assert "Traceback" in caplog.text


def test_an_error_without_a_listener_is_not_lost(qtbot: Any, jobs: Jobs) -> None:
    with qtbot.waitSignal(jobs.failed) as blocker:
        jobs.submit("bug", operator.truediv, 1, 0, on_done=print)
    assert "division by zero" in blocker.args[0]


def test_nothing_is_called_on_an_object_that_is_gone(qtbot: Any, jobs: Jobs) -> None:
    import shiboken6

    sink, go = Sink(), threading.Event()
    jobs.submit("key", go.wait, 2, on_done=sink.done)
    shiboken6.delete(sink)
    go.set()
    qtbot.waitUntil(lambda: not jobs.is_pending("key"))
    assert sink.results == []


def test_one_warm_process_does_the_work(qtbot: Any, jobs: Jobs) -> None:
    sink = Sink()
    for number in range(3):
        jobs.submit_process(number, os.getpid, on_done=sink.done)
    qtbot.waitUntil(lambda: len(sink.results) == 3)
    assert len(set(sink.results)) == 1
    assert sink.results[0] != os.getpid()
    assert sink.threads == {threading.get_ident()}


def test_errors_of_a_process_become_one_sentence(
    qtbot: Any, jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    sink = Sink()
    said = {
        "user": (_raise_user_error(), ()),
        "bug": (operator.truediv, (1, 0)),
        "call": (lambda: 1, ()),
        "result": (threading.Lock, ()),
    }
    for key, (function, args) in said.items():
        jobs.submit_process(key, function, *args, on_done=sink.done, on_error=sink.error)
    jobs.submit_process("print", print, "in the middle", on_done=sink.done)
    qtbot.waitUntil(lambda: len(sink.errors) == 4 and bool(sink.results), timeout=10_000)
    assert sink.errors[0] == "/no/such.wav: there is no such file."
    assert "division by zero" in sink.errors[1]
    assert "pickle" in sink.errors[2].lower()
    assert "pickle" in sink.errors[3].lower()
    assert sink.results == [None]  # what it printed did not get among the replies


def _raise_user_error() -> Any:
    import functools

    return functools.partial(Recording, "/no/such.wav")


def test_a_crashed_process_is_one_sentence_and_the_next_job_works(qtbot: Any, jobs: Jobs) -> None:
    sink = Sink()
    jobs.submit_process("ok", os.getpid, on_done=sink.done, on_error=sink.error)
    qtbot.waitUntil(lambda: bool(sink.results))
    jobs.submit_process("crash", os.abort, on_done=sink.done, on_error=sink.error)
    qtbot.waitUntil(lambda: bool(sink.errors))
    assert "died (signal 6)" in sink.errors[0]
    jobs.submit_process("again", os.getpid, on_done=sink.done, on_error=sink.error)
    qtbot.waitUntil(lambda: len(sink.results) == 2)
    assert sink.results[0] != sink.results[1]
    # Killed while idle: nobody needs to hear of it.
    os.kill(sink.results[1], signal.SIGKILL)
    identity = ProcessIdentity.of(sink.results[1])
    qtbot.waitUntil(lambda: identity is None or not identity.is_alive())
    jobs.submit_process("third", os.getpid, on_done=sink.done, on_error=sink.error)
    qtbot.waitUntil(lambda: len(sink.results) == 3)
    assert len(sink.errors) == 1


def test_shutdown_leaves_nothing_behind(qtbot: Any) -> None:
    jobs, sink = Jobs(threads=2, processes=1), Sink()
    jobs.submit_process("pid", os.getpid, on_done=sink.done)
    qtbot.waitUntil(lambda: bool(sink.results))
    jobs.submit_process("long", time.sleep, 60, on_done=sink.done)
    jobs.submit("also", time.sleep, 0.1, on_done=sink.done)
    started = time.monotonic()
    jobs.shutdown()
    jobs.shutdown()
    assert time.monotonic() - started < 1.5
    assert not psutil.pid_exists(sink.results[0]), "the worker is still there, or a zombie"
    jobs.submit("late", os.getpid, on_done=sink.done)
    qtbot.wait(30)
    assert len(sink.results) == 1


_PROGRAM = """
    import os, sys, time
    from PySide6.QtCore import QCoreApplication, QTimer
    print("main", flush=True)
    from vowelscope.app.jobs import Jobs

    class Go:
        def done(self, value):
            print("got", value, flush=True)
            {after}

    app = QCoreApplication([])
    jobs = Jobs()
    go = Go()
    jobs.submit_process("p", {function}, on_done=go.done, on_error=go.done)
    QTimer.singleShot(20_000, app.quit)
    app.exec()
"""


def _program(
    folder: Path, function: str, after: str, cwd: Path | None = None
) -> subprocess.Popen[str]:
    script = folder / "program.py"
    script.write_text(textwrap.dedent(_PROGRAM.format(function=function, after=after)))
    return subprocess.Popen(
        [sys.executable, str(script)],
        cwd=cwd or folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_nothing_in_the_working_directory_is_imported(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    for name in ("pickle", "platform", "numpy", "sitecustomize", "usercustomize"):
        (here / f"{name}.py").write_text("open('imported', 'w')\nraise SystemExit(3)\n")
    imports = "[__import__(n).__name__ for n in ('platform', 'numpy')] + __import__('sys').path"
    program = _program(tmp_path, f"eval, {imports!r}", "app.quit()", cwd=here)
    out, err = program.communicate(timeout=20)
    assert "got ['platform', 'numpy'" in out, err
    assert str(here) not in out
    assert not (here / "imported").exists()
    assert out.splitlines().count("main") == 1, "the worker ran the program again"


def test_a_program_that_just_ends_does_not_hang(tmp_path: Path) -> None:
    program = _program(tmp_path, "os.getpid", "app.quit()")
    out, _ = program.communicate(timeout=20)
    assert program.returncode == 0
    worker = int(out.split("got ")[1])
    deadline = time.monotonic() + 3
    while psutil.pid_exists(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not psutil.pid_exists(worker)


def test_the_worker_ends_when_the_program_is_killed(tmp_path: Path) -> None:
    program = _program(tmp_path, "os.getpid", "pass")
    assert program.stdout is not None
    assert program.stdout.readline() == "main\n"
    worker = int(program.stdout.readline().split()[1])
    identity = ProcessIdentity.of(worker)
    assert identity is not None
    program.kill()
    program.communicate()
    deadline = time.monotonic() + 3
    while identity.is_alive() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not identity.is_alive()


@pytest.mark.skipif(sys.platform != "linux", reason="a thread's niceness is Linux's own")
def test_background_work_stands_back_from_the_window(qapp: Any, qtbot: Any) -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    jobs = Jobs(threads=1, processes=1, niceness=5)
    sink = Sink()
    jobs.submit("thread", os.getpriority, os.PRIO_PROCESS, 0, on_done=sink.done)
    jobs.submit_process("process", os.getpriority, os.PRIO_PROCESS, 0, on_done=sink.done)
    qtbot.waitUntil(lambda: len(sink.results) == 2, timeout=20_000)
    assert sorted(sink.results) == [min(own + 5, 19), min(own + 10, 19)]
    assert os.getpriority(os.PRIO_PROCESS, 0) == own
    jobs.shutdown()


def test_a_process_of_a_job_is_killed_with_it(jobs: Jobs, qtbot: Any) -> None:
    here = psutil.Process()
    before = set(here.children())
    jobs.submit("long", _sleep_elsewhere, on_done=Sink().done, pass_token=True)
    qtbot.waitUntil(lambda: bool(set(here.children()) - before), timeout=20_000)
    (child,) = set(here.children()) - before
    jobs.cancel("long")
    qtbot.waitUntil(lambda: not child.is_running(), timeout=5_000)


def _sleep_elsewhere(token: CancelToken) -> None:
    call_in_process(time.sleep, 60, token=token)
