"""Writing a file so that, whatever happens, the old one or the new one is there in full."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path

from vowelscope.core.errors import UserError


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
        name = target.with_name(f".vowelscope-{secrets.token_hex(8)}.tmp")
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
    except OSError as fault:
        raise error(f"Cannot save {shown}: {reason(fault, shown)}.") from fault
    except ValueError as fault:
        raise error(f"Cannot save {str(shown)!r}: that is no name for a file.") from fault
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()


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
        return f"the folder {path.parent} does not exist"
    if fault.errno in (errno.EACCES, errno.EPERM):
        return f"the folder {path.parent} does not let you write"
    if fault.errno == errno.EROFS:
        return f"the folder {path.parent} is read-only"
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full"
    if fault.errno == errno.ENAMETOOLONG:
        return "the name is too long for this file system"
    return fault.strerror or "the system refused"
