"""What a window remembers of itself; a part of `vowelscope.app.settings.Settings`."""

from __future__ import annotations

from dataclasses import dataclass

from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import LANGUAGES, tr

LANGUAGE_CHOICES = ("system", *LANGUAGES)
REOPEN = ("always", "ask", "never")


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """Language, and what a start without files brings back.

    Attributes
    ----------
    reopen
        Whether a start without files opens what was open last: ``always``, ``ask`` or ``never``.
    language
        Of the words on the screen: ``system``, or a code such as ``de``.
    """

    reopen: str = "always"
    language: str = "system"

    def __post_init__(self) -> None:
        if self.reopen not in REOPEN:
            raise ConfigError(
                tr("reopen must be one of {names}, not {reopen!r}.").format(
                    names=", ".join(REOPEN), reopen=self.reopen
                )
            )
        if self.language not in LANGUAGE_CHOICES:
            raise ConfigError(
                tr("language must be one of {names}, not {language!r}.").format(
                    names=", ".join(LANGUAGE_CHOICES), language=self.language
                )
            )
