from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from vowelscope.core.pools import worker_pool

_PARENT = """
import os, time
from vowelscope.core.pools import worker_pool

if __name__ == "__main__":
    pool = worker_pool(2)
    waiting = [pool.submit(time.sleep, 0.3) for _ in range(4)]
    [one.result() for one in waiting]
    print(*pool._processes, flush=True)
    pool.submit(time.sleep, LONG)
    time.sleep(600)
"""


@pytest.mark.parametrize("long_s", [0, 600])
def test_workers_end_with_who_started_them_however_it_ends(tmp_path, long_s) -> None:
    """One waits for work, or both do, when their parent is killed."""
    script = tmp_path / "parent.py"
    script.write_text(_PARENT.replace("LONG", str(long_s)))
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    workers = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
    assert len(workers) == 2 and all(worker.is_running() for worker in workers)
    parent.send_signal(signal.SIGKILL)
    assert parent.wait() == -signal.SIGKILL
    parent.stdout.close()
    _, left = psutil.wait_procs(workers, timeout=10)
    assert not left


def test_a_worker_has_one_thread_and_leaves_ctrl_c_alone() -> None:
    with worker_pool(1) as pool:
        assert pool.submit(os.getenv, "OMP_NUM_THREADS").result() == "1"
        pid = pool.submit(os.getpid).result()
        os.kill(pid, signal.SIGINT)
        time.sleep(0.2)
        assert pool.submit(os.getpid).result() == pid
