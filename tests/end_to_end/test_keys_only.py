"""An hour's work with the keys of a real keyboard (X's), in a real window on a display of its own.

A sentence is segmented into words and sounds, labelled in IPA, searched and replaced, taken back
and done again, measured, and exported; then the files are compared with what flite said it spoke.
``VOWELSCOPE_PICTURES=FOLDER`` keeps a picture of the screen after each step.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vowelscope.core.textgrid import Interval, IntervalTier
from vowelscope.core.textgrid_io import read_textgrid

WORDS, SOUNDS = 0, 1
NEEDED = ("Xvfb", "xdotool", "openbox")

# For a sound its symbol, and what is typed to find it where no key of a keyboard has it.
SYMBOLS = {
    "DH": ("ð", "voiced dental fricative"),
    "AE": ("æ", "near-open front"),
    "AA": ("ɑ", "open back unrounded"),
    "ER": ("ɝ", "rhotic open-mid"),
    "IY": ("i", ""),
    "UW": ("u", ""),
}


class Driver:
    """Presses keys and reads what the window shows."""

    def __init__(self, folder: Path, display: str) -> None:
        self.environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        for name in ("CONFIG", "STATE", "CACHE"):
            self.environment[f"VOWELSCOPE_{name}_DIR"] = str(folder / name.lower())
        if "VOWELSCOPE_CACHE_DIR" in os.environ:
            self.environment["VOWELSCOPE_CACHE_DIR"] = os.environ["VOWELSCOPE_CACHE_DIR"]
        script = Path(__file__).with_name("driven_window.py")
        self.window = subprocess.Popen(
            [sys.executable, str(script)],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
        )
        assert self.window.stdout is not None
        assert json.loads(self.window.stdout.readline())["ready"]
        self.keys = 0
        self._pictures = os.environ.get("VOWELSCOPE_PICTURES", "")
        self._step = 0

    def _ask(self, line: str) -> dict[str, Any]:
        assert self.window.stdin is not None and self.window.stdout is not None
        self.window.stdin.write(line + "\n")
        self.window.stdin.flush()
        answer: dict[str, Any] = json.loads(self.window.stdout.readline())
        return answer

    def state(self) -> dict[str, Any]:
        return self._ask("state")

    def until(self, seen: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
        deadline_s = time.monotonic() + 30
        while True:
            state = self.state()
            if seen(state):
                return state
            assert time.monotonic() < deadline_s, f"{what}: {state}"
            time.sleep(0.01)

    def press(self, *keys: str) -> None:
        self.keys += len(keys)
        subprocess.run(["xdotool", "key", "--delay", "4", *keys], env=self.environment, check=True)

    def type(self, text: str) -> None:
        self.keys += len(text)
        subprocess.run(
            ["xdotool", "type", "--delay", "4", "--", text], env=self.environment, check=True
        )

    def dialog(self, *keys: str, title: str) -> None:
        """Press what opens a dialog and wait until it has the keyboard."""
        self.press(*keys)
        self.until(lambda s: s["active"].startswith(title) and s["focus"] != "", f"dialog {title}")

    def back(self) -> dict[str, Any]:
        """Wait until the editor has the keyboard again."""
        return self.until(lambda s: s["focus"].startswith("Editor"), "back in the editor")

    def tab_to(self, name: str) -> None:
        """Press Tab until a field has the keyboard: buttons that are off are no stops."""
        for _ in range(8):
            before = self.state()["focus"]
            self.press("Tab")
            here = self.until(lambda s, b=before: s["focus"] != b, f"on from {before}")["focus"]
            if here == name:
                return
        raise AssertionError(f"{name} is not reached by Tab")

    def picture(self, name: str) -> None:
        self._step += 1
        if self._pictures:
            self.until(lambda s: not s["busy"], "settled")
            self._ask(f"picture {self._pictures}/{self._step:02d}-{name}.png")

    # What a person does again and again

    def cursor_to(self, time_s: float) -> None:
        self.dialog("ctrl+alt+g", title="Move cursor")
        self.press("ctrl+a")
        self.type(f"{time_s:.6f}")
        self.press("Return")
        self.back()
        self.until(lambda s: abs(s["cursor_s"] - time_s) < 1e-5, f"cursor at {time_s}")

    def label(self, text: str) -> None:
        self.press("ctrl+e")
        self.until(lambda s: s["focus"].startswith("Label of"), "in the label field")
        self.type(text)
        self.press("Return")
        self.back()

    def symbol(self, name: str) -> None:
        self.dialog("ctrl+shift+i", title="Phonetic symbols")
        self.type(name)
        self.press("Return")
        self.until(lambda s: s["focus"].startswith("Label of"), "in the label field")
        self.press("Return")
        self.back()

    def first_interval(self, tier: IntervalTier) -> None:
        first = tier.intervals[0]
        self.cursor_to((first.tmin_s + first.tmax_s) / 2)
        self.press("alt+Right")
        self.until(lambda s: s["selection"] is not None, "on an interval")
        for _ in tier.intervals:
            if self.state()["selection"][0] == 0.0:
                break
            self.press("alt+Left")

    def on(self, item: Interval) -> None:
        """Wait until that interval is selected."""
        self.until(
            lambda s: (
                s["selection"] is not None
                and abs(s["selection"][0] - item.tmin_s) < 1e-5
                and abs(s["selection"][1] - item.tmax_s) < 1e-5
            ),
            f"on {item}",
        )

    def segment(self, tier: int, cuts_s: list[float]) -> None:
        for number, cut_s in enumerate(cuts_s):
            self.cursor_to(cut_s)
            self.press("Return")
            self.until(lambda s, n=number: len(s["tiers"][tier]) == n + 2, f"boundary {number}")

    def type_path(self, path: Path) -> None:
        self.press("ctrl+a")
        self.type(str(path))
        self.press("Return")


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[Driver]:
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed")
    receiving, sending = os.pipe()
    screen = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(sending),
            "-screen",
            "0",
            "1400x900x24",
            "-nolisten",
            "tcp",
            "-r",
        ],
        pass_fds=(sending,),
        stderr=subprocess.DEVNULL,
    )
    os.close(sending)
    with os.fdopen(receiving) as pipe:
        display = f":{pipe.readline().strip()}"
    manager = subprocess.Popen(
        ["openbox", "--sm-disable"],
        env={**os.environ, "DISPLAY": display},
        stderr=subprocess.DEVNULL,
    )
    driver = Driver(tmp_path, display)
    try:
        yield driver
    finally:
        driver.window.kill()
        driver.window.wait()
        for pipe_end in (driver.window.stdin, driver.window.stdout):
            assert pipe_end is not None
            pipe_end.close()
        for process in (manager, screen):
            process.terminate()
            process.wait()


def test_an_hours_work_with_keys_alone(driver: Driver, speech: Any, tmp_path: Path) -> None:
    truth = read_textgrid(speech.textgrid).textgrid
    speech.textgrid.unlink()
    words, phones = truth.tiers
    assert isinstance(words, IntervalTier) and isinstance(phones, IntervalTier)
    began_s = time.monotonic()

    # Open
    driver.until(lambda s: s["focus"].startswith("Editor"), "started")
    driver.dialog("ctrl+shift+o", title="Open recording")
    driver.type_path(speech.wav)
    driver.back()
    driver.until(lambda s: s["title"].startswith("speech.wav"), "opened")
    driver.picture("opened")

    # Segment into words
    for name in ("words", "sounds"):
        driver.press("alt+t")
        driver.dialog("i", title="Add interval tier")
        driver.press("ctrl+a")
        driver.type(name)
        driver.press("Return")
        driver.back()
    driver.until(lambda s: len(s["tiers"]) == 2, "two tiers")
    while driver.state()["tier"] != WORDS:
        driver.press("alt+Up")
    driver.segment(WORDS, words.boundaries_s())
    driver.picture("words")

    # Label them, from one to the next
    driver.first_interval(words)
    for number, word in enumerate(words.intervals):
        driver.on(word)
        if word.text:
            driver.label(word.text)
        if number + 1 < len(words.intervals):
            driver.press("alt+Right")
    said = [word.text for word in words.intervals]
    driver.until(lambda s: s["tiers"][WORDS] == said, "words labelled")
    driver.picture("words labelled")

    # The sounds, in IPA where there is a symbol for them
    driver.press("alt+Down")
    driver.until(lambda s: s["tier"] == SOUNDS, "tier of sounds")
    driver.segment(SOUNDS, phones.boundaries_s())
    driver.first_interval(phones)
    for number, phone in enumerate(phones.intervals):
        driver.on(phone)
        sound = phone.text.rstrip("012")
        symbol, name = SYMBOLS.get(sound, (sound, ""))
        if name:
            driver.symbol(name)
        elif symbol:
            driver.label(symbol)
        if number == len(phones.intervals) // 2:
            driver.picture("sounds half labelled")
        if number + 1 < len(phones.intervals):
            driver.press("alt+Right")
    sounds = [phone.text.rstrip("012") for phone in phones.intervals]
    heard = [SYMBOLS.get(sound, (sound, ""))[0] for sound in sounds]
    driver.until(lambda s: s["tiers"][SOUNDS] == heard, "sounds labelled")
    driver.picture("sounds labelled")

    # Find and replace: every whole label S becomes s, as one edit; back and forth
    driver.press("ctrl+f")
    driver.until(lambda s: s["focus"] == "Text to find", "find")
    driver.type("S")
    driver.tab_to("Text to put in its place")
    driver.type("s")
    driver.tab_to("How to compare")
    driver.press("w")
    driver.press("Tab")
    driver.until(lambda s: s["focus"] != "How to compare", "case")
    driver.press("space")
    driver.picture("find")
    driver.press("alt+a")
    replaced = ["s" if label == "S" else label for label in heard]
    assert replaced != heard
    driver.until(lambda s: s["tiers"][SOUNDS] == replaced, "replaced")
    driver.press("Escape")
    driver.back()
    driver.press("ctrl+z")
    driver.until(lambda s: s["tiers"][SOUNDS] == heard, "undone")
    driver.press("ctrl+y")
    driver.until(lambda s: s["tiers"][SOUNDS] == replaced, "done again")
    for _ in range(5):
        driver.press("ctrl+z")
    driver.until(lambda s: s["tiers"][SOUNDS] != heard, "more undone")
    for _ in range(5):
        driver.press("ctrl+y")
    driver.until(lambda s: s["tiers"][SOUNDS] == replaced, "all done again")

    # Measure: each vowel into the log
    vowels = [number for number, label in enumerate(replaced) if label in set("iuæɑɝ")]
    driver.first_interval(phones)
    for number, phone in enumerate(phones.intervals):
        driver.on(phone)
        if number in vowels:
            driver.press("F12")
        driver.press("alt+Right")
    driver.picture("measured")
    driver.press("ctrl+shift+v")
    driver.picture("chart")

    # Export and save
    table = tmp_path / "vowels.csv"
    driver.press("alt+q")
    driver.dialog("x", title="Export")
    driver.type_path(table)
    driver.until(lambda s: "rows written" in s["said"], "exported")
    driver.picture("exported")
    driver.press("ctrl+s")
    driver.until(lambda s: not s["modified"], "saved")
    driver.picture("saved")
    took_s = time.monotonic() - began_s
    print(f"{driver.keys} keys in {took_s:.1f} s")

    # What came of it
    saved = read_textgrid(speech.textgrid).textgrid
    assert [tier.name for tier in saved.tiers] == ["words", "sounds"]
    assert [item.text for item in saved.tiers[WORDS].intervals] == said
    assert [item.text for item in saved.tiers[SOUNDS].intervals] == replaced
    for tier, true in zip(saved.tiers, truth.tiers, strict=True):
        assert tier.boundaries_s() == pytest.approx(true.boundaries_s(), abs=1e-6)
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["label"] for row in rows] == [replaced[number] for number in vowels]
