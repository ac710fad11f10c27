"""The language of the words on the screen.

Sentences are written in English in the code, inside `tr`; catalogues of GNU gettext hold them in
other languages. A language is chosen once, before the modules that hold words are imported: those
at their top are translated as they are imported. What goes into files is never translated.
"""

from __future__ import annotations

import gettext
import locale
import os

from vowelscope.resources import resource

DOMAIN = "vowelscope"
LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Code and own name of each language that there is."""

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def tr(text: str) -> str:
    """`text` in the language that was chosen; the same where there is no translation."""
    return _catalogue.gettext(text) if text else ""


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
