"""Which process something belongs to, so that a reused process number deceives nobody."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process by its number, the moment it started, and the boot that it belongs to.

    Attributes
    ----------
    started
        On Linux in clock ticks after the boot; elsewhere in seconds since 1970.
    boot
        "" where the system does not say.
    """

    pid: int
    started: float
    boot: str

    @classmethod
    def of(cls, pid: int) -> ProcessIdentity | None:
        """The process that has this number now, or None if there is none."""
        started = _started(pid)
        return None if started is None else cls(pid, started, _boot())

    @classmethod
    def mine(cls) -> ProcessIdentity:
        """This process."""
        identity = cls.of(os.getpid())
        return identity if identity is not None else cls(os.getpid(), 0.0, _boot())

    def is_alive(self) -> bool:
        """True while this very process runs."""
        now = self.of(self.pid)
        if now is None or now.boot != self.boot:
            return False
        # Where the start is known in seconds since 1970, a corrected clock moves it.
        return abs(now.started - self.started) <= (0 if self.boot else 2)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ProcessIdentity:
        """From JSON; raises KeyError, TypeError or ValueError if it is not one."""
        return cls(int(data["pid"]), float(data["started"]), str(data["boot"]))


def _boot() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _started(pid: int) -> float | None:
    """When a process started, or None if it is gone or a zombie."""
    if _BOOT_ID.exists():
        try:
            # proc(5): the name in brackets may hold spaces and brackets itself.
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
            state, *rest = stat.rpartition(")")[2].split()
            return None if state in ("Z", "X") else float(rest[18])
        except (OSError, ValueError, IndexError):
            return None
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return float(process.create_time())
    except psutil.Error:
        return None
