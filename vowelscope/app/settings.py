"""What the program remembers: a frozen `Settings` value and its TOML file.

Window geometry is not in here; that is `QSettings`' business.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from vowelscope.app.editing_settings import EditingSettings
from vowelscope.app.explain_settings import ExplainSettings
from vowelscope.app.measuring_settings import MeasuringSettings
from vowelscope.app.sound_settings import SoundSettings
from vowelscope.app.view_settings import ViewSettings
from vowelscope.app.window_settings import WindowSettings
from vowelscope.core.acoustics import FormantSettings, IntensitySettings, PitchSettings
from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import ConfigError, UserError
from vowelscope.core.folders import cache_folder, config_folder, state_folder
from vowelscope.core.spectrogram import SpectrogramSettings
from vowelscope.core.voice_report import PulseSettings

__all__ = [
    "MAX_RECENT",
    "RecentFile",
    "Settings",
    "SettingsFile",
    "cache_folder",
    "config_folder",
    "state_folder",
    "to_toml",
]

MAX_RECENT = 12
_FILE = "settings.toml"
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RecentFile:
    """A recording that was open, and its TextGrid ("" for none)."""

    audio: str
    textgrid: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is remembered from one start to the next, apart from window geometry.

    Attributes
    ----------
    overlays
        Which of "cam", "formants", "pitch", "intensity" and "pulses" are shown.
    opacity
        Of the class activation map, 0 to 1.
    theme
        "system", "light" or "dark".
    device
        PortAudio's name of the device to play on; "" for the system's default.
    model
        Folder of the model; "" for the one in the box.
    ceiling_scope
        Formant ceiling: "fixed", or the smoothest tracks decide for each "token" or "file".
    """

    spectrogram: SpectrogramSettings = field(default_factory=SpectrogramSettings)
    formant: FormantSettings = field(default_factory=FormantSettings)
    pitch: PitchSettings = field(default_factory=PitchSettings)
    intensity: IntensitySettings = field(default_factory=IntensitySettings)
    overlays: tuple[str, ...] = ("cam", "formants")
    opacity: float = 0.6
    theme: str = "system"
    device: str = ""
    sound: SoundSettings = field(default_factory=SoundSettings)
    model: str = ""
    recent: tuple[RecentFile, ...] = ()
    editing: EditingSettings = field(default_factory=EditingSettings)
    measuring: MeasuringSettings = field(default_factory=MeasuringSettings)
    explain: ExplainSettings = field(default_factory=ExplainSettings)
    view: ViewSettings = field(default_factory=ViewSettings)
    pulses: PulseSettings = field(default_factory=PulseSettings)
    window: WindowSettings = field(default_factory=WindowSettings)
    ceiling_scope: str = "fixed"

    def __post_init__(self) -> None:
        if not 0 <= self.opacity <= 1:
            raise ConfigError(f"opacity must be between 0 and 1, not {self.opacity}.")
        if self.theme not in ("system", "light", "dark"):
            raise ConfigError(f'theme must be "system", "light" or "dark", not "{self.theme}".')
        if self.ceiling_scope not in ("fixed", "token", "file"):
            raise ConfigError(
                f'ceiling_scope must be "fixed", "token" or "file", not "{self.ceiling_scope}".'
            )

    def with_recent(self, audio: Path, textgrid: Path | None = None) -> Settings:
        """The same settings with this recording first in the list of recent files."""
        newest = RecentFile(str(audio.absolute()), str(textgrid.absolute()) if textgrid else "")
        older = (entry for entry in self.recent if entry.audio != newest.audio)
        return replace(self, recent=(newest, *older)[:MAX_RECENT])


class SettingsFile:
    """Reads and writes `Settings`; keys that this version does not know are kept.

    Parameters
    ----------
    folder
        Where `settings.toml` is; the user's configuration folder for None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or config_folder()) / _FILE
        self.warnings: list[str] = []
        self._unknown: dict[str, Any] = {}

    def load(self) -> Settings:
        """The settings of the file, or the defaults where there is none.

        Never raises. What is wrong is said in `warnings`, a sentence each; a file that cannot be
        used is kept beside the new one as `settings.toml.bad`.
        """
        self.warnings, self._unknown = [], {}
        try:
            data = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Settings()
        except OSError as error:
            self.warnings.append(
                f"{self.path}: the settings cannot be read ({error.strerror}); "
                "the defaults are used."
            )
            return Settings()
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            reason = "not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
            self._put_aside(reason)
            return Settings()
        try:
            settings, self._unknown = _from_table(Settings, data, "")
        except UserError as error:
            self._put_aside(str(error))
            return Settings()
        names = sorted(_leaves(self._unknown))
        if names:
            self.warnings.append(
                f"{self.path}: {', '.join(names)} is not a setting of this version; "
                "it is left as it is."
            )
        return settings

    def save(self, settings: Settings) -> None:
        """Write the file atomically.

        Raises
        ------
        ConfigError
            The folder cannot be made or written to.
        """
        text = to_toml(_merged(_to_table(settings), self._unknown))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"{self.path.parent}: the settings folder cannot be made ({error.strerror})."
            ) from error
        write_bytes(self.path, text.encode("utf-8"), ConfigError)

    def _put_aside(self, reason: str) -> None:
        aside = self.path.with_name(self.path.name + ".bad")
        try:
            self.path.replace(aside)
            kept = f"it is kept as {aside.name}"
        except OSError:
            kept = "it could not be put aside"
        self.warnings.append(
            f"{self.path}: the settings cannot be used ({reason.rstrip('.')}); {kept} "
            "and the defaults are used."
        )


def to_toml(table: Mapping[str, Any], prefix: str = "") -> str:
    """Write a table as TOML: values first, then its tables; None is left out.

    The standard library reads TOML but does not write it.
    """
    lines: list[str] = []
    below: list[str] = []
    for key, value in table.items():
        name = prefix + (key if _BARE_KEY.fullmatch(key) else _quoted(key))
        if isinstance(value, Mapping):
            below.append(f"\n[{name}]\n{to_toml(value, name + '.')}")
        elif value is not None:
            lines.append(f"{name.removeprefix(prefix)} = {_value(value)}\n")
    return "".join(lines + below)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)  # TOML writes inf and nan as Python does
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_quoted(key)} = {_value(item)}" for key, item in value.items())
        return "{" + inside + "}"
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    raise TypeError(f"TOML has no {type(value).__name__}")


def _quoted(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return (
        '"'
        + "".join(
            escapes.get(char)
            or (f"\\u{ord(char):04x}" if ord(char) < 32 or char == "\x7f" else char)
            for char in text
        )
        + '"'
    )


def _to_table(value: Any) -> Any:
    if is_dataclass(value):
        return {item.name: _to_table(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple | list):
        return [_to_table(item) for item in value]
    return value


def _from_table(cls: type[_T], table: Mapping[str, Any], where: str) -> tuple[_T, dict[str, Any]]:
    """Make `cls` of a TOML table; give it and the keys that it does not have."""
    hints = get_type_hints(cls)
    known: dict[str, Any] = {}
    unknown: dict[str, Any] = {}
    for key, value in table.items():
        if key not in hints:
            unknown[key] = value
            continue
        name = f"{where}{key}"
        if is_dataclass(hints[key]):
            if not isinstance(value, Mapping):
                raise ConfigError(f"{name} must be a table")
            known[key], rest = _from_table(hints[key], value, f"{name}.")
            if rest:
                unknown[key] = rest
        else:
            known[key] = _checked(hints[key], value, name)
    try:
        return cls(**known), unknown
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{where}{error}") from error


def _checked(hint: Any, value: Any, name: str) -> Any:
    """`value` as the type `hint`, or a ConfigError that names the setting."""
    choices = get_args(hint)
    if isinstance(value, list) and choices and choices[-1] is Ellipsis:
        return tuple(_item(choices[0], item, name) for item in value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    allowed = choices or (hint,)
    if float in allowed and type(value) is int:
        return float(value)
    if type(value) in allowed or value in allowed:
        return value
    kind = " or ".join(getattr(item, "__name__", repr(item)) for item in allowed)
    raise ConfigError(f"{name} must be {kind}, not {value!r}")


def _item(hint: Any, value: Any, name: str) -> Any:
    if is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise ConfigError(f"{name} must be a list of tables")
        return _from_table(hint, value, f"{name}.")[0]  # type: ignore[arg-type]
    return _checked(hint, value, name)


def _merged(table: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(table)
    for key, value in extra.items():
        mine = result.get(key)
        both = isinstance(mine, Mapping) and isinstance(value, Mapping)
        result[key] = _merged(mine, value) if both else result.get(key, value)  # type: ignore[arg-type]
    return result


def _leaves(table: Mapping[str, Any], prefix: str = "") -> list[str]:
    names: list[str] = []
    for key, value in table.items():
        deeper = isinstance(value, Mapping)
        names += _leaves(value, f"{prefix}{key}.") if deeper else [prefix + key]
    return names
