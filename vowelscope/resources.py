"""Finds the files that come with the program: class maps, colour maps, the model, the sample."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_root() -> Path:
    """The folder of the resources: `resources/` of a checkout, `vowelscope/_resources` of a wheel.

    Returns
    -------
    pathlib.Path
        The wheel's folder wherever it exists; else the checkout's, which may not exist either.
    """
    installed = _PACKAGE / "_resources"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources"


def resource(*parts: str) -> Path:
    """Path of one resource, for example ``resource("classes", "vowels5.toml")``.

    Parameters
    ----------
    *parts
        Names of folders and the file below the root of the resources.

    Returns
    -------
    pathlib.Path
        The path, whether or not there is such a file.
    """
    return resource_root().joinpath(*parts)
