from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vowelscope.app.settings import (
    MAX_RECENT,
    Settings,
    SettingsFile,
    cache_folder,
    config_folder,
    state_folder,
    to_toml,
)
from vowelscope.core.acoustics import FormantSettings
from vowelscope.core.errors import ConfigError
from vowelscope.core.spectrogram import SpectrogramSettings


def test_without_a_file_there_are_praats_defaults() -> None:
    file = SettingsFile()
    settings = file.load()
    assert settings == Settings()
    assert file.warnings == []
    assert settings.spectrogram.f_max_hz == 5000
    assert settings.formant.ceiling_hz == 5500
    assert not file.path.exists(), "reading must not write"


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    settings = replace(
        Settings(),
        spectrogram=SpectrogramSettings(f_max_hz=8000, window_s=0.03, scale="bark"),
        formant=FormantSettings(max_formants=5.5, ceiling_hz=5000),
        overlays=("cam", "pitch"),
        opacity=0.25,
        theme="dark",
        device='Lautsprecher "grün" \\ 1\t\x07',
    ).with_recent(tmp_path / "ä.wav", tmp_path / "ä.TextGrid")
    SettingsFile().save(settings)
    file = SettingsFile()
    assert file.load() == settings
    assert file.warnings == []
    assert file.path == config_folder() / "settings.toml"


def test_recent_files_are_the_newest_first_without_repetition(tmp_path: Path) -> None:
    settings = Settings()
    for number in [*range(MAX_RECENT + 3), 5]:
        settings = settings.with_recent(tmp_path / f"{number}.wav")
    names = [Path(entry.audio).stem for entry in settings.recent]
    assert len(names) == MAX_RECENT
    assert names[:3] == ["5", "14", "13"]
    assert names.count("5") == 1


def test_unknown_keys_are_told_of_and_kept() -> None:
    file = SettingsFile()
    file.path.parent.mkdir(parents=True)
    file.path.write_text(
        'opacity = 0.5\nfuture = "yes"\nwhen = 2026-01-02\n[formant]\nceiling_hz = 5000\nnew = 1\n'
        '[plugin.deep]\nlist = [1, {"a b" = 2.5}]\n'
    )
    settings = file.load()
    assert settings.opacity == 0.5
    assert settings.formant.ceiling_hz == 5000
    (warning,) = file.warnings
    assert "formant.new, future, plugin.deep.list, when is not a setting" in warning
    file.save(replace(settings, opacity=0.75))
    data = tomllib.loads(file.path.read_text())
    assert data["opacity"] == 0.75
    assert data["future"] == "yes"
    assert data["when"].isoformat() == "2026-01-02"
    assert data["formant"]["new"] == 1
    assert data["formant"]["ceiling_hz"] == 5000
    assert data["plugin"] == {"deep": {"list": [1, {"a b": 2.5}]}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"opacity = = 1", "line 1"),
        (b"opacity = 'high'", "opacity must be float, not 'high'"),
        (b"opacity = true", "opacity must be float, not True"),
        (b"opacity = 7", "opacity must be between 0 and 1"),
        (b"theme = 'pink'", 'theme must be "system", "light" or "dark"'),
        (b"formant = 3", "formant must be a table"),
        (b"[formant]\nceiling_hz = 'x'", "formant.ceiling_hz must be float"),
        (b"[formant]\nceiling_hz = 1", "formant ceiling = 1 Hz"),
        (b"[spectrogram]\nscale = 'cents'", "spectrogram.scale must be"),
        (b"[spectrogram]\ntime_steps = 2.5", "spectrogram.time_steps must be int"),
        (b"recent = ['a.wav']", "recent must be a list of tables"),
        (b"recent = [{textgrid = 'a'}]", "recent"),
        (b"overlays = [1]", "overlays must be str"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_put_aside(content: bytes, said: str) -> None:
    file = SettingsFile()
    file.path.parent.mkdir(parents=True)
    file.path.write_bytes(content)
    assert file.load() == Settings()
    (warning,) = file.warnings
    assert said in warning
    assert "settings.toml.bad" in warning
    assert "\n" not in warning
    assert file.path.with_name("settings.toml.bad").read_bytes() == content
    assert not file.path.exists()
    file.save(Settings())
    assert SettingsFile().load() == Settings()


def test_a_folder_that_cannot_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="settings folder cannot be made"):
        SettingsFile(tmp_path / "file" / "sub").save(Settings())


def test_folders_come_from_the_environment_or_the_system(
    monkeypatch: pytest.MonkeyPatch, own_folders: dict[str, Path]
) -> None:
    assert config_folder() == own_folders["CONFIG"]
    assert state_folder() == own_folders["STATE"]
    assert cache_folder() == own_folders["CACHE"]
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.delenv(f"VOWELSCOPE_{name}_DIR")
    assert config_folder().name == "vowelscope"
    assert len({config_folder(), state_folder(), cache_folder()}) == 3


@pytest.mark.parametrize(
    "table",
    [
        {"a": 1, "b": -0.5, "c": True, "d": "", "e": [], "f": [[1], ["x"]], "g": 1e300},
        {"inf": math.inf, "key with space": {"and.dot": {"é": 'ü\n\r\t"\\\x1f\x7f'}}},
        {"t": {"u": {"v": {"w": 1}}, "x": 2}},
    ],
)
def test_toml_that_we_write_reads_back(table: dict[str, Any]) -> None:
    assert tomllib.loads(to_toml(table)) == table
