"""Windows that edit at random are killed at random moments: nothing older than two seconds is lost.

Twenty kills; ``VOWELSCOPE_KILLS=200`` in the environment makes them more, and without
``QT_QPA_PLATFORM`` the windows are those of the display.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from vowelscope.app.files import read_files
from vowelscope.app.jobs import Jobs
from vowelscope.app.recovery import Recovery
from vowelscope.app.restoring import Restoring
from vowelscope.app.session import Session
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.textgrid_io import read_textgrid

KILLS = int(os.environ.get("VOWELSCOPE_KILLS", "20"))
AT_ONCE = 10
LOST_S = 2.0
"""What may be lost on a machine with time to spare; see `Victim.late_s` for others."""


@dataclass
class Victim:
    """A window, and after its end what it left behind."""

    folder: Path
    pid: int
    killed_s: float = 0.0

    def log(self) -> list[dict[str, Any]]:
        path = self.folder / "log"
        text = path.read_text() if path.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line[-1:] == "\n"]

    @property
    def textgrid(self) -> Path:
        return self.folder / "speech.TextGrid"


def digest(textgrid: TextGrid) -> str:
    """As the editor's."""
    return hashlib.sha256(repr(textgrid).encode()).hexdigest()[:20]


@pytest.fixture(scope="module")
def editors() -> Iterator[subprocess.Popen[str]]:
    script = Path(__file__).with_name("random_editor.py")
    server = subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None and server.stdin is not None
    assert server.stdout.readline() == "ready\n"
    yield server
    server.stdin.close()
    server.wait(timeout=60)
    server.stdout.close()


def start(server: subprocess.Popen[str], seed: int, folder: Path, speech: Any) -> Victim:
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "settings.toml").write_text("overlays = []\n")
    for file in (speech.wav, speech.textgrid):
        (folder / file.name).write_bytes(file.read_bytes())
    assert server.stdin is not None and server.stdout is not None
    server.stdin.write(f"{seed} {folder}\n")
    server.stdin.flush()
    return Victim(folder, int(server.stdout.readline()))


def kill_all(victims: list[Victim], chance: random.Random) -> None:
    """Kill each at a moment of its own after its first edit."""
    deadline_s = time.monotonic() + 60
    while not all(len(victim.log()) > 1 for victim in victims):
        assert time.monotonic() < deadline_s, "a window did not open or edit"
        time.sleep(0.02)
    began_s = time.monotonic()
    for victim, after_s in zip(
        victims, sorted(chance.uniform(0.0, 2.4) for _ in victims), strict=True
    ):
        time.sleep(max(0.0, began_s + after_s - time.monotonic()))
        os.kill(victim.pid, signal.SIGKILL)
        victim.killed_s = time.monotonic()


def restored(victim: Victim, qtbot: QtBot) -> tuple[TextGrid, bool]:
    """What the next start has after "Restore", and whether there was anything to restore."""
    session, jobs = Session(), Jobs()
    recovery = Recovery(victim.folder / "state")
    restoring = Restoring(session, jobs, recovery)
    try:
        session.adopt(read_files(victim.folder / "speech.wav", victim.textgrid))
        restoring.look()
        qtbot.waitUntil(lambda: not jobs.is_pending("restoring"), timeout=20_000)
        offered = restoring.offer is not None
        if offered:
            assert restoring.offer is not None and restoring.offer.changes
            restoring.restore()
        assert session.textgrid is not None
        return session.textgrid, offered
    finally:
        jobs.shutdown()
        recovery.clear(victim.textgrid, victim.folder / "speech.wav")
        recovery.close()
        assert session.recording is not None
        session.recording.close()


def check(victim: Victim, qtbot: QtBot) -> float:
    """Compare what is there with the log; gives the age in seconds of the oldest lost event."""
    log = victim.log()
    states = [line["state"] for line in log]
    # The user's file: the last state that was saved, or the one that was being saved.
    begun = [index for index, line in enumerate(log) if line["what"] in ("opened", "save")]
    done = log[-1]["what"] != "save"
    on_disk = digest(read_textgrid(victim.textgrid).textgrid)
    may_be = [states[index] for index in (begun[-1:] if done else begun[-2:])]
    assert on_disk in may_be, f"{victim.folder}: the file is not what was saved last"
    saved_at = max(index for index in begun if states[index] == on_disk)

    textgrid, offered = restored(victim, qtbot)
    back = digest(textgrid)
    assert back in states, f"{victim.folder}: a state came back that there never was"
    at = len(states) - 1 - states[::-1].index(back)
    assert at >= saved_at, f"{victim.folder}: what is offered is older than the file"
    assert offered or back == on_disk
    lost = [line for line in log[at + 1 :] if line["state"] != back]
    if not lost:
        return 0.0
    age_s: float = victim.killed_s - lost[0]["at_s"]
    late_s = max(line["late_s"] for line in log)
    assert age_s <= LOST_S + 2 * late_s, (
        f"{victim.folder}: {lost[0]} was lost after {age_s:.2f} s (machine late by {late_s:.2f} s)"
    )
    return age_s


def test_windows_killed_at_random_lose_nothing_older_than_two_seconds(
    editors: subprocess.Popen[str], speech: Any, tmp_path: Path, qtbot: QtBot
) -> None:
    chance = random.Random(20)
    ages_s, events, saves = [], 0, 0
    for first in range(0, KILLS, AT_ONCE):
        victims = [
            start(editors, number, tmp_path / f"window {number}", speech)
            for number in range(first, min(first + AT_ONCE, KILLS))
        ]
        kill_all(victims, chance)
        for victim in victims:
            ages_s.append(check(victim, qtbot))
            events += len(victim.log())
            saves += sum(line["what"] == "saved" for line in victim.log())
    print(
        f"{KILLS} kills, {events} events, {saves} saves; oldest loss {max(ages_s):.2f} s, "
        f"nothing lost in {ages_s.count(0.0)}"
    )
    # The test would prove nothing had the windows done nothing.
    assert events > 4 * KILLS and saves > 0
