"""The program's first lines: ``python -m vowelscope``, and what a frozen program runs.

``python -m`` puts the working directory first on the import path, so that a ``random.py`` that
lies beside someone's recordings would be run in place of Python's own. It goes before anything
else is imported.
"""

from __future__ import annotations

import os
import sys

if sys.path and sys.path[0] in ("", os.getcwd()):  # noqa: PTH109 (pathlib is not imported yet)
    del sys.path[0]


def main() -> int:
    """Run a worker where this process was started as one, the command line otherwise."""
    import multiprocessing

    multiprocessing.freeze_support()
    if "--vowelscope-worker" in sys.argv[1:2]:
        # A frozen program is its own Python: its workers are started through it.
        from vowelscope.app.worker import main as work

        work()
        return 0
    from vowelscope.cli import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
