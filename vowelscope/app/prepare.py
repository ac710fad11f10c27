"""What is done once for a model, in a process of its own; no Qt is imported here."""

from __future__ import annotations

from pathlib import Path


def prepare_model(folder: Path) -> None:
    """Build the model's graph into the user's cache, if it is not there.

    Building takes seconds and holds the interpreter's lock, so the window's process must not.

    Raises
    ------
    UserError
        The model cannot be used.
    """
    from vowelscope.explain.model import load_model
    from vowelscope.explain.runtime import open_runtime

    open_runtime(load_model(folder))
