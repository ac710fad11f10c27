from __future__ import annotations

import importlib.util
from dataclasses import fields
from pathlib import Path

from vowelscope_training import settings

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_has_every_key_with_its_default_and_meaning():
    """After a change to a key: .venv/bin/python packaging/training_keys.py"""
    spec = importlib.util.spec_from_file_location("keys", ROOT / "packaging/training_keys.py")
    keys = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(keys)
    page = keys.PAGE.read_text(encoding="utf-8")
    assert keys.with_tables(page) == page
    for kind in (settings.Config, settings.Stage, settings.Augment, settings.Guide):
        for key in fields(kind):
            assert page.count(f"\n| `{key.name}` |") >= 1, key.name


def test_every_preset_is_on_the_page():
    page = (ROOT / "docs/training.md").read_text(encoding="utf-8")
    for path in (ROOT / "training/vowelscope_training/presets").glob("*.toml"):
        assert f"`{path.stem}`" in page
