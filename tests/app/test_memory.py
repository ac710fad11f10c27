"""What is freed goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

_HOLES = """
import numpy as np, psutil
{first}
del_me = np.ones(12_000_000, dtype=np.uint8)
del del_me
start = psutil.Process().memory_info().rss
held = [(np.ones(10_000_000, dtype=np.uint8), np.ones(5_000, dtype=np.uint8)) for _ in range(20)]
small = [after for _, after in held]
del held
print((psutil.Process().memory_info().rss - start) / 1e6)
"""


def left_mb(first: str) -> float:
    run = subprocess.run(
        [sys.executable, "-c", _HOLES.format(first=first)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(run.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone needs it")
def test_large_blocks_leave_no_holes_behind() -> None:
    assert left_mb("") > 100, "glibc does not do it by itself; is this still needed?"
    assert left_mb("from vowelscope.app.memory import keep_memory_flat as k; k()") < 10
