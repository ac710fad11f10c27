"""Writing a file so that, whatever happens, the old one or the new one is there in full."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import platform
import re
import secrets
import stat
import time
from pathlib import Path

from vowelscope.core.errors import UserError
from vowelscope.core.translation import tr

_TEMPORARY = re.compile(
    r"\.vowelscope-(?:(?P<file>[0-9a-f]{8})-(?P<host>[0-9a-f]{8})-(?P<pid>\d+)-)?[0-9a-f]{16}\.tmp"
)
"""File and host as `_short` writes them; names without them say of no file."""

YOUNG_S = 60.0
"""What is younger may be a save that is going on, on a slow disk or in another container."""
_OLD_S = 86_400.0
"""No save takes a day, whoever does it."""


def write_bytes(
    path: str | os.PathLike[str], data: bytes, error: type[UserError] = UserError
) -> None:
    """Write `data` to `path` atomically: temporary file beside it, fsync, rename, fsync folder.

    The permission bits of a file that is replaced are kept, and a symbolic link is followed, so
    that the file it names is replaced and not the link.

    Parameters
    ----------
    path
        The file to make or replace.
    data
        The whole content.
    error
        Class of the exception raised on failure.

    Raises
    ------
    UserError
        Or `error`: the folder is missing or read-only, the disk is full, the path is a folder, ...
        The old file is then untouched.
    """
    shown = Path(path)
    temporary: Path | None = None
    try:
        target = Path(os.path.realpath(shown))
        mode = _mode(target)
        if mode is not None and stat.S_ISDIR(mode):
            raise error(f"Cannot save {shown}: it is a folder.")
        if mode is not None and not os.access(target, os.W_OK):
            if os.statvfs(target).f_flag & os.ST_RDONLY:
                raise OSError(errno.EROFS, os.strerror(errno.EROFS))
            # Renaming over it would work all the same, against what its owner asked for.
            raise error(f"Cannot save {shown}: the file is write-protected.")
        name = target.with_name(
            f".vowelscope-{_short(target.name)}-{_short(platform.node())}-{os.getpid()}-"
            f"{secrets.token_hex(8)}.tmp"
        )
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        temporary = name
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            if mode is not None:
                os.fchmod(stream.fileno(), stat.S_IMODE(mode))
            os.fsync(stream.fileno())
        temporary.replace(target)
        temporary = None
        _sync_folder(target.parent)
        clear_leftovers(target)
    except OSError as fault:
        raise error(f"Cannot save {shown}: {reason(fault, shown)}.") from fault
    except ValueError as fault:
        raise error(f"Cannot save {str(shown)!r}: that is no name for a file.") from fault
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()


def clear_leftovers(path: str | os.PathLike[str]) -> None:
    """Delete what saves of `path` left beside it that were killed before they came to an end.

    Only files that `write_bytes` made, only those of this file (and those that say of no file),
    and only where their process is gone from this computer, or they are older than a day. What
    cannot be deleted stays without a word.
    """
    with contextlib.suppress(OSError, ValueError):
        target = Path(os.path.realpath(path))
        for entry in os.scandir(target.parent):
            match = _TEMPORARY.fullmatch(entry.name)
            if match is None or match["file"] not in (None, _short(target.name)):
                continue
            with contextlib.suppress(OSError):
                age_s = time.time() - entry.stat(follow_symlinks=False).st_mtime
                if age_s > _OLD_S or (age_s > YOUNG_S and _is_gone(match["host"], match["pid"])):
                    Path(entry.path).unlink()


def _is_gone(host: str | None, pid: str | None) -> bool:
    """Whether the process that began a file is known to run no more."""
    if host != _short(platform.node()) or pid is None:
        return False
    import psutil

    return not psutil.pid_exists(int(pid))


def _short(text: str) -> str:
    return hashlib.sha256(os.fsencode(text)).hexdigest()[:8]


def _mode(target: Path) -> int | None:
    """Kind and permission bits of the file to replace; None for a new one."""
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


def _sync_folder(folder: Path) -> None:
    # Some file systems (network drives) cannot fsync a folder; the rename has been done by then.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def reason(fault: OSError, path: Path) -> str:
    """Why `path` could not be written, as the end of a sentence without its full stop."""
    if fault.errno in (errno.ENOENT, errno.ENOTDIR):
        return tr("the folder {parent} does not exist").format(parent=path.parent)
    if fault.errno in (errno.EACCES, errno.EPERM):
        return tr("the folder {parent} does not let you write").format(parent=path.parent)
    if fault.errno == errno.EROFS:
        return tr("the folder {parent} is read-only").format(parent=path.parent)
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return tr("the disk is full")
    if fault.errno == errno.ENAMETOOLONG:
        return tr("the name is too long for this file system")
    return fault.strerror or tr("the system refused")
