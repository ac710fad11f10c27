"""Windows that edit at random until they are killed; run as a script by `test_killing`.

``random_editor.py`` imports the program once. For each line ``SEED FOLDER`` of its standard input
it forks a process with a window of its own over ``FOLDER/speech.wav``, prints its process number,
and says when that process is gone. What a window does, and when, is in ``FOLDER/log``: one line
an event, on disk before the event happens, so that no edit can be missing from it.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
import time
from pathlib import Path

import parselmouth  # noqa: F401  (imported once, before the processes part)
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from vowelscope.app.workbench import Workbench
from vowelscope.core import edit_tiers, edits
from vowelscope.core.errors import TextGridError
from vowelscope.core.textgrid import IntervalTier, PointTier, TextGrid
from vowelscope.ui.main_window import MainWindow


def digest(textgrid: TextGrid) -> str:
    """A short name for the content of a TextGrid."""
    return hashlib.sha256(repr(textgrid).encode()).hexdigest()[:20]


class Log:
    """Lines of JSON that are on disk when `say` comes back."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.slowest_s = 0.0

    def say(self, **words: object) -> None:
        began = time.monotonic()
        os.write(self._file, (json.dumps({"at_s": began, **words}) + "\n").encode())
        os.fsync(self._file)
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)


class Editor(QObject):
    """Edits a window's TextGrid, now and then takes back or saves, and now and then rests."""

    def __init__(self, window: MainWindow, log: Log, seed: int) -> None:
        super().__init__(window)
        self._window = window
        self._log = log
        self._random = random.Random(seed)
        self._states: list[TextGrid] = []
        self._at = 0
        self._due_s = 0.0
        self._late_s = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._step)
        window.bench.opened.connect(self._start)

    def _start(self) -> None:
        textgrid = self._window.session.textgrid
        assert textgrid is not None
        self._states = [textgrid]
        self._log.say(what="opened", state=digest(textgrid), late_s=0.0)
        self._wait()

    def _wait(self) -> None:
        rests = self._random.random() < 0.15
        wait_s = self._random.uniform(0.3, 1.2) if rests else self._random.uniform(0.005, 0.06)
        self._due_s = time.monotonic() + wait_s
        self._timer.start(round(1000 * wait_s))

    def _step(self) -> None:
        # How busy the machine is: a journal cannot be quicker than a timer and a disk.
        self._late_s = max(self._late_s, time.monotonic() - self._due_s)
        dice = self._random.random()
        if dice < 0.12 and self._at > 0:
            self._go(-1, "edit.undo")
        elif dice < 0.2 and self._at + 1 < len(self._states):
            self._go(1, "edit.redo")
        elif dice < 0.28:
            self._save()
        else:
            self._edit()
        assert self._window.session.textgrid == self._states[self._at]
        self._wait()

    def _say(self, what: str) -> None:
        state = digest(self._states[self._at])
        self._log.say(what=what, state=state, late_s=max(self._late_s, self._log.slowest_s))

    def _go(self, by: int, action: str) -> None:
        self._at += by
        self._say(action)
        self._window.actions_by_id[action].trigger()

    def _save(self) -> None:
        self._say("save")
        self._window.actions_by_id["file.save"].trigger()
        self._window.bench.keeping.finish()
        assert not self._window.session.is_modified
        self._say("saved")

    def _edit(self) -> None:
        before = self._states[self._at]
        try:
            after = self._edited(before)
        except TextGridError:
            return
        if after == before:
            return
        self._states[self._at + 1 :] = [after]
        self._at += 1
        self._say("edit")
        self._window.session.replace_textgrid(after, "Edit")

    def _edited(self, textgrid: TextGrid) -> TextGrid:
        rng = self._random
        tier_index = rng.randrange(len(textgrid.tiers))
        tier = textgrid.tiers[tier_index]
        time_s = rng.uniform(textgrid.tmin_s, textgrid.tmax_s)
        label = "".join(rng.choices('aɪəɝ"\\ \nü😀', k=4)) + str(rng.randrange(10**6))
        kind = rng.choice(("label", "label", "label", "add", "add", "move", "remove", "tier"))
        if kind == "tier":
            if len(textgrid.tiers) > 4:
                return edit_tiers.remove_tier(textgrid, tier_index)
            add = rng.choice((edit_tiers.add_interval_tier, edit_tiers.add_point_tier))
            return add(textgrid, f"tier {rng.randrange(10**6)}")
        if kind == "add":
            return edits.add_boundary(textgrid, tier_index, time_s)
        if isinstance(tier, PointTier):
            index = rng.randrange(max(len(tier.points), 1))
            if kind == "remove":
                return edits.remove_point(textgrid, tier_index, index)
            return edits.set_label(textgrid, tier_index, index, label)
        assert isinstance(tier, IntervalTier)
        index = rng.randrange(len(tier.intervals))
        if kind == "remove":
            return edits.remove_boundary(textgrid, tier_index, index)
        if kind == "move":
            return edits.move_boundary(textgrid, tier_index, index, time_s)
        return edits.set_label(textgrid, tier_index, index, label)


def edit_until_killed(seed: int, folder: Path) -> None:
    """Show a window over the recording in `folder` and edit."""
    for name in ("CONFIG", "STATE", "CACHE"):
        os.environ[f"VOWELSCOPE_{name}_DIR"] = str(folder / name.lower())
    app = QApplication(["vowelscope"])
    # Without a model: what is edited here does not depend on it, and twenty windows are many.
    window = MainWindow(Workbench(model=folder / "none"))
    window.show()
    Editor(window, Log(folder / "log"), seed)
    window.bench.open(folder / "speech.wav")
    app.exec()


def main() -> None:
    """Serve standard input."""
    print("ready", flush=True)
    for line in sys.stdin:
        seed, folder = line.rstrip("\n").split(" ", 1)
        child = os.fork()
        if child == 0:
            edit_until_killed(int(seed), Path(folder))
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
