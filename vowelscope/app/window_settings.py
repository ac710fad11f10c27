"""What a window remembers of itself; a part of `vowelscope.app.settings.Settings`."""

from __future__ import annotations

from dataclasses import dataclass

from vowelscope.core.errors import ConfigError

REOPEN = ("always", "ask", "never")


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """What a start without files brings back.

    Attributes
    ----------
    reopen
        Whether a start without files opens what was open last: ``always``, ``ask`` or ``never``.
    """

    reopen: str = "always"

    def __post_init__(self) -> None:
        if self.reopen not in REOPEN:
            raise ConfigError(f"reopen must be one of {', '.join(REOPEN)}, not {self.reopen!r}.")
