"""``vowelscope open``: the window, or a picture of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vowelscope.core.errors import UserError


def open_window(
    audio: Path | None = None,
    textgrid: Path | None = None,
    *,
    demo: bool = False,
    at: Annotated[float | None, Parameter(name="--at")] = None,
    tier: str | None = None,
    model: Path | None = None,
    screenshot: Path | None = None,
    size: str = "1400x900",
    theme: str | None = None,
    beside: Path | None = None,
    beside_textgrid: Path | None = None,
) -> int:
    """Open the window on a recording.

    Without a display (on Linux, neither DISPLAY nor WAYLAND_DISPLAY), the window is drawn into a
    picture instead, and its place is printed.

    Parameters
    ----------
    audio
        The recording; without one the window is empty.
    textgrid
        Its TextGrid; without one, the file of the same stem beside the recording.
    demo
        Open the sample that comes with the program, at one of its vowels.
    at
        Select the interval at this time, in seconds.
    tier
        Name of the tier to select it on; without one, the tier of phones.
    model
        Folder or name of the model to explain with; without one, the model in the box.
    screenshot
        Draw the window into this PNG, when everything in it is computed, and end.
    size
        Width and height of the picture in pixels.
    theme
        ``light``, ``dark`` or ``system``, for this time.
    beside
        Another recording, for a second window that shows the same stretch of time.
    beside_textgrid
        Its TextGrid; without one, the file of the same stem beside it.

    Returns
    -------
    int
        The exit status.
    """
    width, height = _size(size)
    if theme not in (None, "light", "dark", "system"):
        raise UserError(f"--theme {theme}: must be light, dark or system.")
    if demo and audio is None:
        audio, textgrid = _sample()
    if beside_textgrid is not None and beside is None:
        raise UserError(f"--beside-textgrid {beside_textgrid}: needs a recording (--beside).")
    if beside is not None and screenshot is not None:
        raise UserError("--beside and --screenshot: a picture shows one window only.")
    for path in (audio, textgrid, beside, beside_textgrid):
        if path is not None and not path.exists():
            raise UserError(f"{path}: there is no such file.")
    if not _has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        if screenshot is None:
            screenshot = _somewhere()
            print("There is no display, so the window is drawn into a picture.")
    elif screenshot is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from vowelscope.app.settings import SettingsFile
    from vowelscope.core.translation import choose_language

    # Before the modules that hold words are imported.
    choose_language(SettingsFile().load().window.language)
    from vowelscope.ui.application import Wish, run

    if model is not None:
        from vowelscope.explain.model_store import find_model

        model = find_model(model)

    wish = Wish(
        audio=audio,
        textgrid=textgrid,
        at_s=at,
        tier=tier,
        model=model,
        screenshot=screenshot,
        size=(width, height),
        theme=theme,
        first_vowel=demo and at is None,
        beside=tuple(path for path in (beside, beside_textgrid) if path is not None),
    )
    return run(wish)


def _sample() -> tuple[Path, Path]:
    from vowelscope.resources import resource

    return resource("sample", "sample.wav"), resource("sample", "sample.TextGrid")


def _size(text: str) -> tuple[int, int]:
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        raise UserError(f"--size {text}: must be WIDTHxHEIGHT in pixels, such as 1400x900.")
    width, height = (int(part) for part in parts)
    if not (400 <= width <= 10_000 and 300 <= height <= 10_000):
        raise UserError(f"--size {text}: must lie within 400x300 and 10000x10000.")
    return width, height


def _has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    if os.environ.get("QT_QPA_PLATFORM", "") == "offscreen":
        return False
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _somewhere() -> Path:
    """A picture in the current folder, or in the cache where that cannot be written to."""
    here = Path.cwd()
    if os.access(here, os.W_OK):
        return here / "vowelscope.png"
    from vowelscope.app.settings import cache_folder

    cache_folder().mkdir(parents=True, exist_ok=True)
    return cache_folder() / "vowelscope.png"
