"""The user's folders; an environment variable moves each of them."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_APP = "vowelscope"


def config_folder() -> Path:
    """Where settings are; the variable ``VOWELSCOPE_CONFIG_DIR`` moves it."""
    return _folder("VOWELSCOPE_CONFIG_DIR", platformdirs.user_config_path(_APP, appauthor=False))


def state_folder() -> Path:
    """Where logs and the recovery journal are; ``VOWELSCOPE_STATE_DIR`` moves it."""
    return _folder("VOWELSCOPE_STATE_DIR", platformdirs.user_state_path(_APP, appauthor=False))


def cache_folder() -> Path:
    """Where what can be made again is kept; ``VOWELSCOPE_CACHE_DIR`` moves it."""
    return _folder("VOWELSCOPE_CACHE_DIR", platformdirs.user_cache_path(_APP, appauthor=False))


def data_folder() -> Path:
    """Where installed models are; ``VOWELSCOPE_DATA_DIR`` moves it."""
    return _folder("VOWELSCOPE_DATA_DIR", platformdirs.user_data_path(_APP, appauthor=False))


def _folder(variable: str, default: Path) -> Path:
    return Path(os.environ.get(variable) or default)
