"""The language of the words on the screen.

Sentences are written in English in the code, inside `tr`; catalogues of GNU gettext hold them in
other languages. A language is chosen once, before the modules that hold words are imported: those
at their top are translated as they are imported. What goes into files is never translated: a
sentence that is both shown and written is made by `said`, is English, and the window shows what
`in_language` makes of it.

A process that works for the window is told its language by the environment variable
`LANGUAGE_VARIABLE`, which counts from the import of this module on.
"""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Callable
from typing import Any

from vowelscope.resources import resource

DOMAIN = "vowelscope"
LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Code and own name of each language that there is."""

LANGUAGE_VARIABLE = "VOWELSCOPE_WORKER_LANGUAGE"
"""Environment variable that tells a process of the window's the window's language."""

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def tr(text: str) -> str:
    """`text` in the language that was chosen; the same where there is no translation."""
    return _catalogue.gettext(text) if text else ""


class Said(str):
    """An English sentence that `in_language` can say in the language in use; see `said`."""

    __slots__ = ("template", "values")
    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, values: dict[str, Any] | None = None) -> Said:
        """A sentence of a template in English and the values in it."""
        made = super().__new__(cls, _filled(template, values or {}, str))
        made.template, made.values = template, values or {}
        return made

    def __getnewargs__(self) -> tuple[str, dict[str, Any]]:  # type: ignore[override]
        return self.template, self.values


def said(template: str, /, **values: Any) -> Said:
    """A sentence that is English in files and in the window's language on the screen.

    Parameters
    ----------
    template
        With places for `values`; it is collected for the catalogues, as is that of `tr`.
    values
        A tuple is joined with commas; sentences among them are said in the language, too.
    """
    return Said(template, values)


def in_language(text: str) -> str:
    """A sentence of `said` in the language in use; any other text as it is."""
    if not isinstance(text, Said):
        return text
    return _filled(tr(text.template), text.values, in_language)


def _filled(template: str, values: dict[str, Any], say: Callable[[str], str]) -> str:
    def flat(value: Any) -> Any:
        if isinstance(value, tuple):
            return ", ".join(say(part) for part in value)
        return say(value) if isinstance(value, str) else value

    return template.format(**{name: flat(value) for name, value in values.items()})


def language() -> str:
    """Code of the language in use."""
    return _language


def choose_language(wanted: str = "system") -> str:
    """Use a language from now on; gives its code.

    Parameters
    ----------
    wanted
        A code of `LANGUAGES`, or ``system`` for what the desktop asks for. English where there is
        no such language.
    """
    global _catalogue, _language
    code = system_language() if wanted == "system" else wanted
    _language = code if code in LANGUAGES else "en"
    _catalogue = catalogue(_language)
    return _language


def catalogue(code: str) -> gettext.NullTranslations:
    """The catalogue of a language; an empty one for English, or where there is none."""
    if code == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, str(resource("locale")), [code], fallback=True)


def system_language() -> str:
    """The two letters of the first language of the environment that there is; else ``en``."""
    named = os.environ.get("LANGUAGE", "").split(":")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            named.append(os.environ[name])
            break
    else:
        named.append(locale.getlocale()[0] or "")
    for name in filter(None, named):
        code = name[:2].lower()
        if code in LANGUAGES:
            return code
        if name in ("C", "POSIX") or name.startswith("C."):
            return "en"
    return "en"


if LANGUAGE_VARIABLE in os.environ:
    choose_language(os.environ[LANGUAGE_VARIABLE])
