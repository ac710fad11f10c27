"""A configurable list of checks over the labels and times of a TextGrid.

A check list is a TOML file: ``resources/checks/default.toml`` explains each key. What a file may
hold but an editor should not make at all is in `validate`; here is what a person looks over.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from vowelscope.core.edit_search import labelled_spans
from vowelscope.core.errors import ConfigError
from vowelscope.core.phones import ClassMap, label_kind, load_class_map
from vowelscope.core.textgrid import IntervalTier, TextGrid, Tier
from vowelscope.core.tokens import phone_tier, word_tier
from vowelscope.core.translation import tr
from vowelscope.resources import resource

__all__ = ["CheckList", "Finding", "FindingKind", "TierRule", "check", "load_checklist"]

FindingKind = Literal[
    "unknown label",
    "empty label",
    "short interval",
    "gap",
    "overlap",
    "no length",
    "blanks",
    "occurs once",
    "word without phones",
    "phones without word",
    "word boundary",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at.

    Attributes
    ----------
    kind
        Which check found it.
    tier, index
        Index of the tier, and of the interval or point in it.
    tmin_s, tmax_s
        Where, in seconds: the interval, the gap, or the boundary (both the same).
    message
        One sentence.
    """

    kind: FindingKind
    tier: int
    index: int
    tmin_s: float
    tmax_s: float
    message: str


@dataclass(frozen=True, slots=True)
class TierRule:
    """What is expected in the tiers of one kind.

    Attributes
    ----------
    tier
        Name of the tiers; ``*`` stands for anything, capitals do not matter.
    min_ms
        Shorter intervals are found.
    allow_empty
        Whether labels may be empty.
    labels, pattern, class_map, known
        A label is known if it is in the list, if the regular expression fits all of it, if the
        class map names it, or (``known="phones"``) if it is a phone or a usual silence. With none
        of the four every label is known.
    """

    tier: str = "*"
    min_ms: float = 0.0
    allow_empty: bool = True
    labels: tuple[str, ...] = ()
    pattern: str = ""
    class_map: ClassMap | None = None
    known: Literal["", "phones"] = ""

    def knows(self, label: str) -> bool:
        """Whether a label that is not empty is expected."""
        if not (self.labels or self.pattern or self.class_map or self.known):
            return True
        return (
            label in self.labels
            or (bool(self.pattern) and re.fullmatch(self.pattern, label) is not None)
            or (self.class_map is not None and self.class_map.knows(label))
            or (self.known == "phones" and label_kind(label) != "unknown")
        )


@dataclass(frozen=True, slots=True)
class CheckList:
    """Which checks are made; the attributes are the keys of the TOML file."""

    name: str = "default"
    description: str = ""
    gaps: bool = True
    blanks: bool = True
    once: bool = False
    words_and_phones: bool = True
    tolerance_ms: float = 0.1
    tiers: tuple[TierRule, ...] = ()

    def rule_for(self, tier_name: str) -> TierRule:
        """The first rule that fits a tier, or one that expects nothing."""
        name = tier_name.lower()
        fitting = (rule for rule in self.tiers if fnmatchcase(name, rule.tier.lower()))
        return next(fitting, TierRule())


def check(textgrid: TextGrid, checklist: CheckList) -> tuple[Finding, ...]:
    """Everything that the checks find, in the order of time, upper tiers first.

    Parameters
    ----------
    textgrid
        Any, as read.
    checklist
        From `load_checklist`, or made in code.
    """
    found: list[Finding] = []
    for tier_index, tier in enumerate(textgrid.tiers):
        found += _of_labels(tier_index, tier, checklist)
        if isinstance(tier, IntervalTier):
            found += _of_times(tier_index, tier, checklist)
    if checklist.words_and_phones:
        for words_index, phones_index in _pairs(textgrid):
            found += _of_words(textgrid, words_index, phones_index, checklist.tolerance_ms / 1000)
    return tuple(sorted(found, key=lambda finding: (finding.tmin_s, finding.tier, finding.index)))


def _of_labels(tier_index: int, tier: Tier, checklist: CheckList) -> Iterator[Finding]:
    rule = checklist.rule_for(tier.name)
    items = labelled_spans(tier)
    counts = Counter(label for _, _, label in items)
    for index, (tmin_s, tmax_s, label) in enumerate(items):
        at = (tier_index, index, tmin_s, tmax_s)
        place = tr("of “{name}”").format(name=tier.name)
        if not label.strip():
            if not rule.allow_empty:
                yield Finding(
                    "empty label", *at, tr("A label {place} is empty.").format(place=place)
                )
        elif not rule.knows(label.strip()):
            yield Finding(
                "unknown label",
                *at,
                tr("The label “{label}” {place} is not known.").format(label=label, place=place),
            )
        elif checklist.once and counts[label] == 1:
            yield Finding(
                "occurs once",
                *at,
                tr("The label “{label}” {place} occurs only once.").format(
                    label=label, place=place
                ),
            )
        if checklist.blanks and label != label.strip():
            said = tr("The label “{label}” {place} has blanks before or after it.").format(
                label=label, place=place
            )
            yield Finding("blanks", *at, said)
        if isinstance(tier, IntervalTier) and 0 < tmax_s - tmin_s < rule.min_ms / 1000:
            said = tr(
                "The interval “{label}” {place} is {value:.1f} ms long, under {min_ms:g} ms."
            ).format(label=label, place=place, value=(tmax_s - tmin_s) * 1000, min_ms=rule.min_ms)
            yield Finding("short interval", *at, said)


def _of_times(tier_index: int, tier: IntervalTier, checklist: CheckList) -> Iterator[Finding]:
    if not checklist.gaps:
        return
    end_s = tier.tmin_s
    for index, interval in enumerate(tier.intervals):
        start_s = interval.tmin_s
        if start_s > end_s:
            said = tr("No interval of “{name}” covers {end_s:.3f}-{start_s:.3f} s.").format(
                name=tier.name, end_s=end_s, start_s=start_s
            )
            yield Finding("gap", tier_index, index, end_s, start_s, said)
        elif start_s < end_s:
            said = tr("Two intervals of “{name}” cover {start_s:.3f}-{end_s:.3f} s.").format(
                name=tier.name, start_s=start_s, end_s=end_s
            )
            yield Finding("overlap", tier_index, index, start_s, end_s, said)
        if interval.tmax_s <= start_s:
            said = tr("The interval “{text}” of “{name}” has no length.").format(
                text=interval.text, name=tier.name
            )
            yield Finding("no length", tier_index, index, start_s, start_s, said)
        end_s = max(end_s, interval.tmax_s)
    if end_s < tier.tmax_s:
        said = tr("No interval of “{name}” covers {end_s:.3f}-{tmax_s:.3f} s.").format(
            name=tier.name, end_s=end_s, tmax_s=tier.tmax_s
        )
        last = max(len(tier.intervals) - 1, 0)
        yield Finding("gap", tier_index, last, end_s, tier.tmax_s, said)


def _pairs(textgrid: TextGrid) -> list[tuple[int, int]]:
    """Indices of the word tiers, each with its phone tier; by speaker where names say one."""

    def speaker(name: str) -> str:
        return name.rpartition(" - ")[0].lower()

    alone = [TextGrid(textgrid.tmin_s, textgrid.tmax_s, (tier,)) for tier in textgrid.tiers]
    phones = {
        speaker(grid.tiers[0].name): index
        for index, grid in reversed(list(enumerate(alone)))
        if phone_tier(grid) is not None
    }
    return [
        (index, phones[speaker(grid.tiers[0].name)])
        for index, grid in enumerate(alone)
        if word_tier(grid) is not None and speaker(grid.tiers[0].name) in phones
    ]


def _of_words(
    textgrid: TextGrid, words_index: int, phones_index: int, tolerance_s: float
) -> Iterator[Finding]:
    words, phones = textgrid.tiers[words_index], textgrid.tiers[phones_index]
    assert isinstance(words, IntervalTier)
    assert isinstance(phones, IntervalTier)
    for index, word in enumerate(words.intervals):
        at = (words_index, index, word.tmin_s, word.tmax_s)
        spoken = [
            phone.text
            for _, phone in phones.between(word.tmin_s, word.tmax_s)
            if label_kind(phone.text) != "silence"
            and min(phone.tmax_s, word.tmax_s) - max(phone.tmin_s, word.tmin_s) > tolerance_s
        ]
        silent = label_kind(word.text) == "silence"
        if not silent and not spoken:
            said = tr("The word “{text}” has no phones in “{name}”.").format(
                text=word.text, name=phones.name
            )
            yield Finding("word without phones", *at, said)
        elif silent and spoken:
            listed = " ".join(spoken[:5]) + (" …" if len(spoken) > 5 else "")
            said = tr("“{name}” has no word here, but “{name2}” has “{listed}”.").format(
                name=words.name, name2=phones.name, listed=listed
            )
            yield Finding("phones without word", *at, said)
        if index and not _has_boundary(phones, word.tmin_s, tolerance_s):
            said = tr("The boundary of “{name}” at {tmin_s:.3f} s is none in “{name2}”.").format(
                name=words.name, tmin_s=word.tmin_s, name2=phones.name
            )
            yield Finding("word boundary", words_index, index, word.tmin_s, word.tmin_s, said)


def _has_boundary(tier: IntervalTier, time_s: float, tolerance_s: float) -> bool:
    near = tier.between(time_s - tolerance_s, time_s + tolerance_s)
    return any(
        abs(end_s - time_s) <= tolerance_s
        for _, interval in near
        for end_s in (interval.tmin_s, interval.tmax_s)
    )


def load_checklist(name_or_path: str | Path = "default") -> CheckList:
    """Load a check list that comes with the program, or one of the user's own.

    Parameters
    ----------
    name_or_path
        ``default``, or the path of a TOML file.

    Raises
    ------
    ConfigError
        There is no such list, or the file is wrong; the sentence names the file and the key.
    """
    path = Path(name_or_path)
    if re.fullmatch(r"[\w-]+", str(name_or_path)):
        bundled = resource("checks", f"{name_or_path}.toml")
        path = bundled if bundled.is_file() else path
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(tr("{path}: there is no such check list.").format(path=path)) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            tr("{path}: not a TOML file ({error}).").format(path=path, error=error)
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            tr("{path}: the check list cannot be read as UTF-8 text.").format(path=path)
        ) from error
    tables = data.pop("tiers", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(
            tr("{path}: write each kind of tier as a table [[tiers]].").format(path=path)
        )
    values = _typed(CheckList, data, str(path))
    return CheckList(**values, tiers=tuple(_rule(table, str(path)) for table in tables))


_TYPES: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "bool": bool,
    "float": (int, float),
    "tuple[str, ...]": list,
}


def _typed(of: type[CheckList | TierRule], data: Mapping[str, Any], source: str) -> dict[str, Any]:
    """The values of a table, each of the type that the dataclass has for its key."""
    expected = {field.name: _TYPES.get(str(field.type), str) for field in fields(of)}
    for key, value in data.items():
        if key not in expected:
            raise ConfigError(
                tr("{source}: the key {key!r} means nothing in a check list.").format(
                    source=source, key=key
                )
            )
        wanted = expected[key]
        # bool is an int in Python, but `min_ms = true` is a slip.
        if not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
            raise ConfigError(
                tr("{source}: {key} = {value!r} is not of the kind that is expected.").format(
                    source=source, key=key, value=value
                )
            )
        if isinstance(value, list) and not all(isinstance(item, str) for item in value):
            raise ConfigError(
                tr("{source}: {key} must be a list of texts.").format(source=source, key=key)
            )
        if isinstance(value, int | float) and not 0 <= value < float("inf"):
            raise ConfigError(
                tr("{source}: {key} = {value} must not be negative.").format(
                    source=source, key=key, value=value
                )
            )
    return {key: tuple(v) if isinstance(v, list) else v for key, v in data.items()}


def _rule(table: Mapping[str, Any], source: str) -> TierRule:
    values = _typed(TierRule, table, source)
    if values.get("known", "") not in {"", "phones"}:
        raise ConfigError(
            tr("{source}: known = {values!r}, but only “phones” is known.").format(
                source=source, values=values["known"]
            )
        )
    try:
        re.compile(values.get("pattern", ""))
    except re.error as error:
        raise ConfigError(
            tr("{source}: the pattern {values!r} is no regular expression ({error}).").format(
                source=source, values=values["pattern"], error=error
            )
        ) from None
    if "class_map" in values:
        values["class_map"] = load_class_map(values["class_map"])
    return TierRule(**values)
