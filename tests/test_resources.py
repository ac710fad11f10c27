from __future__ import annotations

from pathlib import Path

import pytest

from vowelscope import resources


def test_a_checkout_has_its_resources_beside_the_package() -> None:
    assert resources.resource("classes", "vowels5.toml").is_file()
    assert resources.resource("classes", "voicing.toml").is_file()


def test_a_wheel_has_them_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "vowelscope"
    package.mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resources.resource("icons") == tmp_path / "site-packages" / "resources" / "icons"
    (package / "_resources").mkdir()
    assert resources.resource("icons", "a.svg") == package / "_resources" / "icons" / "a.svg"
