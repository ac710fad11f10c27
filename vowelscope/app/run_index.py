"""Which runs this user knows: a small file for each in the state folder, and what lies beside."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from vowelscope.app.process_identity import ProcessIdentity
from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import ConfigError
from vowelscope.core.folders import data_folder, state_folder

RUN_NAME = "run.json"
"""In a folder that holds a run, as `vowelscope_training.config` writes it."""


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A run that is known.

    Attributes
    ----------
    process
        Who works there, or worked there last; None for a run that was found.
    device
        What it was started on.
    """

    folder: Path
    process: ProcessIdentity | None = None
    device: str = ""


def default_runs_folder() -> Path:
    """Where new runs go unless another folder is chosen."""
    return data_folder() / "runs"


def remember(entry: RunEntry) -> None:
    """Keep an entry, in the place of the one of the same folder.

    Raises
    ------
    ConfigError
        The state folder cannot be written.
    """
    values = {
        "folder": str(entry.folder.absolute()),
        "process": None if entry.process is None else entry.process.to_dict(),
        "device": entry.device,
    }
    path = _path(entry.folder)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, json.dumps(values, indent=1).encode(), ConfigError)


def forget(folder: Path) -> None:
    """Take a run off the list; its folder stays as it is."""
    with contextlib.suppress(OSError):
        _path(folder).unlink(missing_ok=True)


def known_runs() -> dict[Path, RunEntry]:
    """The runs that are kept, and those that lie beside them; folders that are gone are left out.

    Beside means in the same folder as a run that is kept, or in `default_runs_folder`.
    """
    found: dict[Path, RunEntry] = {}
    for path in sorted(_folder().glob("*.json")):
        entry = _read(path)
        if entry is not None and entry.folder.is_dir():
            found[entry.folder] = entry
    for parent in sorted({folder.parent for folder in found} | {default_runs_folder()}):
        with contextlib.suppress(OSError), os.scandir(parent) as inside:
            for item in inside:
                folder = parent / item.name
                if folder not in found and (folder / RUN_NAME).is_file():
                    found[folder] = RunEntry(folder)
    return found


def _read(path: Path) -> RunEntry | None:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        held = values["process"]
        process = None if held is None else ProcessIdentity.from_dict(held)
        return RunEntry(Path(values["folder"]), process, str(values["device"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _folder() -> Path:
    return state_folder() / "runs"


def _path(folder: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()
    return _folder() / f"{digest[:16]}.json"
