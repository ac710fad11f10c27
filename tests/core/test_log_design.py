from __future__ import annotations

from pathlib import Path

import pytest

from vowelscope.core.errors import ConfigError
from vowelscope.core.log_design import read_design, write_design


def test_a_design_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "design.toml"
    write_design(path, ("F2_hz", "label", "time_s"))
    assert read_design(path) == ("F2_hz", "label", "time_s")
    assert "# F2 (Hz)" in path.read_text(encoding="utf-8")
    with pytest.raises(ConfigError, match="does not exist"):
        write_design(tmp_path / "no" / "design.toml", ("label",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns = [", "no design"),
        ("", 'no list "columns"'),
        ("columns = []", 'no list "columns"'),
        ('columns = "label"', 'no list "columns"'),
        ('columns = ["label", "F9_hz"]', "no column 'F9_hz'"),
        ("columns = [1]", "no column 1"),
    ],
)
def test_a_damaged_design_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "design.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said) as caught:
        read_design(path)
    assert "design.toml" in str(caught.value) and "\n" not in str(caught.value)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_design(tmp_path / "none.toml")
