"""``python -m vowelscope`` and the window's own entry point."""

from __future__ import annotations

import sys


def main() -> int:
    """Open the window (what the desktop starts); arguments are those of ``vowelscope open``."""
    # First of all, so that a fault in what follows is logged and said.
    from vowelscope.app import errors_hook
    from vowelscope.app.settings import state_folder

    errors_hook.install(state_folder())
    from vowelscope.cli import main as command_line

    return command_line(["open", *sys.argv[1:]])


if __name__ == "__main__":
    from vowelscope.cli import main as command_line

    raise SystemExit(command_line())
