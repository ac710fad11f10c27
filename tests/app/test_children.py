from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from vowelscope.app.children import Cancelled, CancelToken, WarmChild, warm_child
from vowelscope.core.errors import ConfigError, UserError

Report = Callable[[object], None]


@pytest.fixture
def warm() -> Iterator[WarmChild]:
    child = WarmChild()
    yield child
    child.close()


def counting(report: Report, count: int) -> tuple[int, int]:
    for number in range(count):
        report((number, count))
    return os.getpid(), count


def endless(report: Report) -> None:
    while True:
        report("on")
        time.sleep(0.01)


def refused(report: Report, how: type[Exception]) -> None:
    report("before")
    raise how("it cannot be done.")


def gone(report: Report) -> None:
    report("before")
    os.kill(os.getpid(), signal.SIGKILL)


def test_it_tells_its_progress_and_stays_for_the_next_call(warm: WarmChild) -> None:
    seen: list[object] = []
    first, count = warm.call(CancelToken(seen.append), counting, 3)
    assert seen == [(0, 3), (1, 3), (2, 3)] and count == 3
    assert first != os.getpid()
    assert warm.call(CancelToken(), counting, 0) == (first, 0)


def test_what_it_is_stopped_in_ends_and_it_stays(warm: WarmChild) -> None:
    pid, _ = warm.call(CancelToken(), counting, 0)
    reported, ended = threading.Event(), []
    token = CancelToken(lambda _: reported.set())

    def work() -> None:
        try:
            warm.call(token, endless)
        except Cancelled:
            ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    assert reported.wait(20)
    token.cancel()
    thread.join(5)
    assert ended == [True]
    assert warm.call(CancelToken(), counting, 1) == (pid, 1)
    with pytest.raises(Cancelled):
        warm.call(token, counting, 1)


@pytest.mark.parametrize(
    ("how", "words"), [(ConfigError, "it cannot be done"), (ValueError, "Something went wrong")]
)
def test_a_failure_is_one_sentence_and_it_stays(warm: WarmChild, how, words) -> None:
    pid, _ = warm.call(CancelToken(), counting, 0)
    with pytest.raises(UserError, match=words):
        warm.call(CancelToken(), refused, how)
    assert warm.call(CancelToken(), counting, 1) == (pid, 1)


def test_one_that_dies_is_said_and_another_is_started(warm: WarmChild) -> None:
    pid, _ = warm.call(CancelToken(), counting, 0)
    with pytest.raises(UserError, match="died"):
        warm.call(CancelToken(), gone)
    other, _ = warm.call(CancelToken(), counting, 0)
    assert other != pid


def test_it_is_closed_in_the_middle_of_a_call(warm: WarmChild) -> None:
    reported, said = threading.Event(), []
    token = CancelToken(lambda _: reported.set())

    def work() -> None:
        try:
            warm.call(token, endless)
        except UserError as error:
            said.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    assert reported.wait(20)
    warm.close()
    thread.join(5)
    assert "died" in said[0]


def test_there_is_one_for_the_program() -> None:
    assert warm_child() is warm_child()
