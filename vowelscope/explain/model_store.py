"""Models of the user's own: installed from a folder or a zip, checked before they are used."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from vowelscope.core.errors import ModelError
from vowelscope.core.folders import data_folder
from vowelscope.core.translation import tr
from vowelscope.explain.card import CARD_NAME, MAX_CARD_BYTES, ModelCard, read_card
from vowelscope.explain.model import CLASSES_NAME, MAX_WEIGHTS_BYTES, WEIGHTS_NAME, load_model
from vowelscope.resources import resource

_LIMITS = {
    CARD_NAME: MAX_CARD_BYTES,
    WEIGHTS_NAME: MAX_WEIGHTS_BYTES,
    CLASSES_NAME: 1 << 20,
}
"""The files of a model folder and their largest sizes in bytes; the last one may be missing."""
DEFAULT_MODEL = ("models", "vowels5")
"""The resource that is used where none is chosen."""
_MOST_ENTRIES = 16
_CHUNK = 1 << 20
_UNSAFE = re.compile(r"[^\w.+-]+")


@dataclass(frozen=True, slots=True)
class Stored:
    """A model that can be chosen.

    Attributes
    ----------
    card
        None where it cannot be read.
    fault
        Why, in one sentence; "" for a card that was read.
    in_box
        Whether it came with the program.
    """

    folder: Path
    card: ModelCard | None
    fault: str = ""
    in_box: bool = False


def models_folder() -> Path:
    """Where installed models are."""
    return data_folder() / "models"


def stored_models() -> list[Stored]:
    """The models in the box, the default one first, then the installed ones.

    Their cards alone are read, which is fast.
    """
    found: list[Stored] = []
    for parent, in_box in ((resource("models"), True), (models_folder(), False)):
        with contextlib.suppress(OSError):
            folders = [f for f in sorted(parent.iterdir()) if (f / CARD_NAME).is_file()]
            folders.sort(key=lambda folder: not (in_box and folder.name == DEFAULT_MODEL[-1]))
            found += [_stored(folder, in_box) for folder in folders if folder.name[0] != "."]
    return found


def _stored(folder: Path, in_box: bool = False) -> Stored:
    try:
        return Stored(folder, read_card(folder), "", in_box)
    except ModelError as error:
        return Stored(folder, None, str(error), in_box)


def find_model(wanted: Path | None) -> Path:
    """The folder of a model, given as that folder or as the name of one in the box or installed.

    Parameters
    ----------
    wanted
        None is the model in the box. A path that exists is taken as it is, also where a model of
        that name is installed.

    Raises
    ------
    ModelError
        A name, and neither a path nor a model of that name.
    """
    if wanted is None:
        return resource(*DEFAULT_MODEL)
    if wanted.exists() or wanted.name != str(wanted):
        return wanted
    names = {stored.folder.name: stored.folder for stored in reversed(stored_models())}
    if wanted.name in names:
        return names[wanted.name]
    raise ModelError(
        tr(
            "{wanted}: there is neither such a model folder nor a model of that name ({names})."
        ).format(wanted=wanted, names=", ".join(reversed(names)))
    )


def install(source: Path) -> Path:
    """Copy a model into the user's models, once every check is passed.

    A zip is unpacked file by file under its own limits: only the files of a model folder, at its
    root or all in one folder; no path that leaves it, no link, nothing larger than a model's.

    Parameters
    ----------
    source
        A model folder, or a zip file that holds one.

    Returns
    -------
    pathlib.Path
        The new folder. A model with the very same weights and card is not installed twice: its
        folder is given.

    Raises
    ------
    ModelError
        What is wrong, in one sentence; nothing is left behind.
    """
    parent = models_folder()
    draft = parent / f".{secrets.token_hex(8)}"
    try:
        draft.mkdir(parents=True)
        if source.is_dir():
            _copy(source, draft)
        else:
            _unpack(source, draft)
        try:
            card = load_model(draft).card
        except ModelError as error:
            raise ModelError(str(error).replace(str(draft), str(source))) from error
        for other in stored_models():
            if other.card == card:
                return other.folder
        target = _free(parent, _UNSAFE.sub("-", card.name).strip(".-") or "model")
        draft.rename(target)
        return target
    except OSError as error:
        raise ModelError(
            tr("{source}: cannot be installed in {parent} ({value}).").format(
                source=source, parent=parent, value=error.strerror or error
            )
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def remove(folder: Path) -> None:
    """Delete an installed model.

    Raises
    ------
    ModelError
        It is none of the installed ones, or cannot be deleted.
    """
    if folder.parent.resolve() != models_folder().resolve():
        raise ModelError(
            tr("{folder}: only installed models can be removed.").format(folder=folder)
        )
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise ModelError(
            tr("{folder}: cannot be removed ({value}).").format(
                folder=folder, value=error.strerror or error
            )
        ) from error


def _copy(source: Path, draft: Path) -> None:
    read_card(source)  # says what is missing with the source's own name
    for name, limit in _LIMITS.items():
        path = source / name
        if not path.is_file():
            continue
        if path.stat().st_size > limit:
            raise ModelError(
                tr("{path}: larger than the {value} MiB that it may have.").format(
                    path=path, value=limit >> 20
                )
            )
        shutil.copyfile(path, draft / name)


def _unpack(source: Path, draft: Path) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            for name, info in _wanted(source, archive).items():
                _unpack_one(source, archive, info, draft / name, _LIMITS[name])
    except FileNotFoundError:
        raise ModelError(
            tr("{source}: there is no such file or folder.").format(source=source)
        ) from None
    except zipfile.BadZipFile as error:
        raise ModelError(
            tr("{source}: neither a model folder nor a zip file ({error}).").format(
                source=source, error=error
            )
        ) from error
    except (RuntimeError, NotImplementedError, EOFError, zipfile.LargeZipFile) as error:
        raise ModelError(
            tr("{source}: the zip file cannot be read ({error}).").format(
                source=source, error=error
            )
        ) from error


def _wanted(source: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files to unpack by their plain names, after the directory of the zip was checked."""
    entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES:
        raise ModelError(
            tr(
                "{source}: a zip of {count} entries is no model; it should hold "
                "{card_name} and {weights_name}."
            ).format(
                source=source, count=len(entries), card_name=CARD_NAME, weights_name=WEIGHTS_NAME
            )
        )
    found: dict[str, zipfile.ZipInfo] = {}
    parents = set()
    for info in entries:
        parts = info.filename.split("/")
        plain = "\\" not in info.filename and ":" not in info.filename
        if not plain or info.filename.startswith("/") or ".." in parts:
            raise ModelError(
                tr(
                    "{source}: the entry {value!r} would be written outside the model's "
                    "folder; nothing was unpacked."
                ).format(source=source, value=info.filename[:80])
            )
        if info.external_attr >> 28 == 0xA:
            raise ModelError(
                tr("{source}: the entry {value!r} is a link.").format(
                    source=source, value=info.filename[:80]
                )
            )
        if info.is_dir():
            continue
        *parent, name = parts
        parents.add("/".join(parent))
        if name not in _LIMITS or name in found:
            raise ModelError(
                tr(
                    "{source}: the entry {value!r} does not belong into a model, which is "
                    "{card_name} and {weights_name} alone."
                ).format(
                    source=source,
                    value=info.filename[:80],
                    card_name=CARD_NAME,
                    weights_name=WEIGHTS_NAME,
                )
            )
        if info.file_size > _LIMITS[name]:
            raise ModelError(
                tr(
                    "{source}: {name} would take {value:,.0f} MB; at most {value2:,.0f} MB "
                    "is a model."
                ).format(
                    source=source,
                    name=name,
                    value=info.file_size / 1000000.0,
                    value2=_LIMITS[name] / 1000000.0,
                )
            )
        found[name] = info
    if len(parents) > 1:
        raise ModelError(tr("{source}: holds more than one folder.").format(source=source))
    for name in (CARD_NAME, WEIGHTS_NAME):
        if name not in found:
            raise ModelError(
                tr("{source}: not a model, it has no {name}.").format(source=source, name=name)
            )
    return found


def _unpack_one(
    source: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, limit: int
) -> None:
    """Write one entry; what it says of its size is not believed."""
    written = 0
    with archive.open(info) as packed, path.open("xb") as out:
        while data := packed.read(_CHUNK):
            written += len(data)
            if written > limit:
                raise ModelError(
                    tr("{source}: {name} is larger than any model's.").format(
                        source=source, name=path.name
                    )
                )
            out.write(data)


def _free(parent: Path, name: str) -> Path:
    """A folder that does not exist yet, of a name that no model in the box has."""
    number, folder = 1, parent / name[:80]
    while os.path.lexists(folder) or resource("models", folder.name).exists():
        number += 1
        folder = parent / f"{name[:80]}-{number}"
    return folder
