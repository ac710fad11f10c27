"""Label sets of phones (ARPAbet, TIMIT, SAMPA, X-SAMPA, IPA) and the classes they belong to.

A class map is a TOML file that lists, for each label set, which labels belong to which class:
see the comments in ``resources/classes/vowels5.toml``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeGuard

from vowelscope.core.errors import ConfigError
from vowelscope.core.labels import display_label, to_trigraphs
from vowelscope.core.translation import tr
from vowelscope.resources import resource

__all__ = [
    "ClassMap",
    "LabelKind",
    "bare_label",
    "display_label",
    "label_kind",
    "load_class_map",
    "parse_class_map",
    "stress_of",
    "to_trigraphs",
]

LABEL_SETS = ("arpabet", "sampa", "xsampa", "ipa")

# Primary stress: IPA ˈ, X-SAMPA ", older SAMPA '. Secondary: IPA ˌ, X-SAMPA %.
_PRIMARY = frozenset("ˈ\"'")
_SECONDARY = frozenset("ˌ%")
_STRESS = "".join(sorted(_PRIMARY | _SECONDARY))
# IPA length marks, the colon that stands for them, extra short, tie bars above and below.
_LENGTH_AND_TIES = str.maketrans("", "", "ːˑ:\u0306\u0361\u035c")
# ARPAbet vowels have two letters at least; one letter and a digit may be X-SAMPA.
_ARPABET_STRESS = re.compile(r"(?P<phone>[A-Za-z]{2,3})(?P<stress>[0-2])")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ARPABET = _words(
    "AA AE AH AO AW AX AXR AX-H AY B BCL CH D DCL DH DX EH EL EM EN ENG ER EY F G GCL HH HV IH IX"
    " IY JH K KCL L M N NG NX OW OY P PCL Q R S SH T TCL TH UH UW UX V W WH Y Z ZH"
)
_SILENCE = _words(
    "sil sp spn <p:> <p> <usb> <nib> <unk> <eps> <s> </s> # ## h# pau epi br laugh lg ns"
    " {sl} {br} {lg} {ns} [noise] <sil> <noise> <laughter> _ - ... sil."
)
_SAMPA = _words(
    "I E { A V U @ i u e o O Q 3 3` @` 3r @r a y Y 2 9 6 & 1 8 } 7 M"
    " aI eI OI aU oU @U I@ e@ U@ E@ ir Ur Or Ar Ir Er"
    " p b t d k g tS dZ t_S d_Z f v T D s z S Z h m n N l r w j W ? 4 5 x C G c J L R X B"
    " p_h t_h k_h l= n= m= r="
)
_IPA_VOWELS = "iyɨʉɯuɪʏʊeøɘɵɤoəɛœɜɞʌɔæɐaɶɑɒɚɝ"
_IPA_CONSONANTS = "pbtdʈɖcɟkɡgqɢʔmɱnɳɲŋɴʙrʀⱱɾɽɸβfvθðszʃʒʂʐçʝxɣχʁħʕhɦɬɮʋɹɻjɰlɭʎʟʍwɥɕʑɫʧʤ"
_MARKS = "[ʰʱʲʷʸˠˡˣˤⁿʼ˞\u0300-\u036f]*"
_IPA = re.compile(
    f"(?:[{_IPA_VOWELS}]{_MARKS}){{1,3}}(?:[rɹɻ]{_MARKS})?"  # a vowel, a diphthong, r-coloured
    f"|[{_IPA_CONSONANTS}]{_MARKS}"
    f"|[pbtdkɡgcɟq]{_MARKS}[fvθðszʃʒʂʐçʝxɣχɕʑɬɮ]{_MARKS}"  # an affricate
)

LabelKind = Literal["phone", "silence", "unknown"]


def bare_label(label: str) -> str:
    """A label in Unicode without stress marks, length marks, tie bars and surrounding blanks.

    Parameters
    ----------
    label
        As the TextGrid has it, backslash trigraphs included.

    Returns
    -------
    str
        For example ``"ɝ"`` for ``" ˈɝː"``, ``"IY"`` for ``"IY1"``, ``"i"`` for ``'"i:'``.
    """
    text = unicodedata.normalize("NFC", display_label(label.strip())).strip()
    match = _ARPABET_STRESS.fullmatch(text)
    if match:
        return match["phone"]
    stripped = text.lstrip(_STRESS).translate(_LENGTH_AND_TIES)
    return stripped or text


def stress_of(label: str) -> int | None:
    """The stress that a label carries.

    Parameters
    ----------
    label
        As the TextGrid has it.

    Returns
    -------
    int or None
        ARPAbet's digit (0 none, 1 primary, 2 secondary), or 1 and 2 for the marks of IPA (ˈ ˌ) and
        SAMPA (``"`` ``%``); None where the label does not say.
    """
    text = display_label(label.strip())
    match = _ARPABET_STRESS.fullmatch(text)
    if match:
        return int(match["stress"])
    if len(text) < 2:
        return None
    if text[0] in _PRIMARY:
        return 1
    return 2 if text[0] in _SECONDARY else None


def label_kind(label: str) -> LabelKind:
    """Whether a label is a phone of some label set, a silence or noise, or nothing known.

    Parameters
    ----------
    label
        As the TextGrid has it. An empty label is a silence.
    """
    text = label.strip()
    if not text or text.lower() in _SILENCE:
        return "silence"
    bare = bare_label(text)
    if (
        _case_free(bare) in _ARPABET
        or bare in _SAMPA
        or _IPA.fullmatch(unicodedata.normalize("NFD", bare))
        or _IPA.fullmatch(bare)
    ):
        return "phone"
    return "unknown"


def _case_free(label: str) -> str:
    # "Er" is SAMPA for a vowel and an r; only ER and er are ARPAbet.
    return label.upper() if label.isupper() or label.islower() else label


@dataclass(frozen=True)
class ClassMap:
    """Which labels belong to which class.

    Attributes
    ----------
    name
        Short name, such as ``vowels5``.
    classes
        Names of the classes, in the order of a model's outputs.
    description
        One line for people.
    balanced
        Whether a corpus should mark as many tokens of each class.
    toml
        The file's whole content, kept for the corpora that are made with it.
    """

    name: str
    classes: tuple[str, ...]
    description: str = ""
    balanced: bool = False
    toml: str = ""
    _table: Mapping[str, str | None] = field(default_factory=dict, repr=False, compare=False)

    def class_of(self, label: str) -> str | None:
        """The class of a label, or None.

        Parameters
        ----------
        label
            A label of any label set, as the TextGrid has it: stress, length, tie bars, blanks
            around it and backslash trigraphs do not matter.
        """
        text = label.strip()
        if text in self._table:
            return self._table[text]
        return self._table.get(bare_label(text))

    def knows(self, label: str) -> bool:
        """Whether the map names the label, with a class or as one that has none on purpose."""
        return label.strip() in self._table or bare_label(label) in self._table


@lru_cache(maxsize=16)
def _bundled(name: str) -> ClassMap:
    path = resource("classes", f"{name}.toml")
    return parse_class_map(_read(path), str(path))


def load_class_map(name_or_path: str | Path) -> ClassMap:
    """Load a class map that comes with the program, or one of the user's own.

    Parameters
    ----------
    name_or_path
        ``vowels5``, ``voicing``, or the path of a TOML file.

    Raises
    ------
    ConfigError
        There is no such map, or the file is wrong; the sentence names the file and the key.
    """
    name = str(name_or_path)
    if re.fullmatch(r"[\w-]+", name) and resource("classes", f"{name}.toml").is_file():
        return _bundled(name)
    path = Path(name_or_path)
    if path.suffix != ".toml" and not path.exists():
        bundled = ", ".join(sorted(p.stem for p in resource("classes").glob("*.toml")))
        raise ConfigError(
            tr(
                "There is no class map called {name}: name one of {bundled}, or a TOML file."
            ).format(name=name, bundled=bundled)
        )
    return parse_class_map(_read(path), str(path))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(tr("{path}: there is no such class map.").format(path=path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            tr("{path}: the class map cannot be read as UTF-8 text.").format(path=path)
        ) from error


def parse_class_map(toml: str, source: str = "class map") -> ClassMap:
    """Make a class map from the text of its TOML file.

    Parameters
    ----------
    toml
        The text.
    source
        Name of the file, for the sentence of an error.

    Raises
    ------
    ConfigError
        The text is no TOML, a key is missing or wrong, or one label has two classes.
    """
    try:
        data = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            tr("{source}: not a TOML file ({error}).").format(source=source, error=error)
        ) from None
    unknown = sorted(
        set(data) - {"name", "description", "classes", "balanced", "labels", "ambiguous"}
    )
    if unknown:
        raise ConfigError(
            tr("{source}: the key {unknown!r} means nothing in a class map.").format(
                source=source, unknown=unknown[0]
            )
        )
    name, classes = data.get("name"), data.get("classes", [])
    if not isinstance(name, str) or not name:
        raise ConfigError(tr("{source}: the key 'name' must be a text.").format(source=source))
    if not _texts(classes) or len(set(classes)) != len(classes) or len(classes) < 2:
        raise ConfigError(
            tr("{source}: the key 'classes' must list two or more different names.").format(
                source=source
            )
        )
    description, balanced = data.get("description", ""), data.get("balanced", False)
    if not isinstance(description, str) or not isinstance(balanced, bool):
        raise ConfigError(
            tr("{source}: 'description' must be a text, 'balanced' true or false.").format(
                source=source
            )
        )
    table = _table_of(data, tuple(classes), source)
    for name_of_class in classes:
        if name_of_class not in table.values():
            raise ConfigError(
                tr("{source}: no label belongs to the class {name_of_class!r}.").format(
                    source=source, name_of_class=name_of_class
                )
            )
    return ClassMap(name, tuple(classes), description, balanced, toml, table)


def _table_of(
    data: Mapping[str, Any], classes: tuple[str, ...], source: str
) -> dict[str, str | None]:
    decided: dict[str, str | None] = {}
    ambiguous = data.get("ambiguous", {})
    if not isinstance(ambiguous, dict):
        raise ConfigError(
            tr("{source}: the key 'ambiguous' must be a table of labels.").format(source=source)
        )
    for label, name in ambiguous.items():
        if name != "" and name not in classes:
            raise ConfigError(
                tr("{source}: ambiguous.{label} names no class ({name!r}).").format(
                    source=source, label=label, name=name
                )
            )
        decided[unicodedata.normalize("NFC", label)] = name or None
    sets = data.get("labels")
    if not isinstance(sets, dict):
        raise ConfigError(tr("{source}: the table 'labels' is missing.").format(source=source))
    origin: dict[str, str] = {}
    table: dict[str, str | None] = {}
    for label_set, by_class in sets.items():
        if label_set not in LABEL_SETS:
            raise ConfigError(
                tr("{source}: labels.{label_set} is no label set; there are {names}.").format(
                    source=source, label_set=label_set, names=", ".join(LABEL_SETS)
                )
            )
        if not isinstance(by_class, dict):
            raise ConfigError(
                tr("{source}: labels.{label_set} must be a table of classes.").format(
                    source=source, label_set=label_set
                )
            )
        for name, labels in by_class.items():
            key = f"labels.{label_set}.{name}"
            if name not in classes:
                raise ConfigError(
                    tr("{source}: {key} names a class that 'classes' does not list.").format(
                        source=source, key=key
                    )
                )
            if not _texts(labels):
                raise ConfigError(
                    tr("{source}: {key} must be a list of labels.").format(source=source, key=key)
                )
            for label in labels:
                for spelling in _spellings(label, label_set):
                    if spelling in decided:
                        continue
                    if table.setdefault(spelling, name) != name:
                        raise ConfigError(
                            tr(
                                "{source}: the label {spelling!r} belongs to {table!r} by "
                                "{origin} and to {name!r} by {key}; decide it under [ambiguous]."
                            ).format(
                                source=source,
                                spelling=spelling,
                                table=table[spelling],
                                origin=origin[spelling],
                                name=name,
                                key=key,
                            )
                        )
                    origin.setdefault(spelling, key)
    return table | decided


def _spellings(label: str, label_set: str) -> set[str]:
    if label_set == "arpabet":
        return {label.upper(), label.lower()}
    return {unicodedata.normalize("NFC", label), bare_label(label)}


def _texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)
