"""Which key does what: the keys that the program comes with, and what the user made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtGui import QKeySequence

from vowelscope.app.editing_settings import KeyChoice
from vowelscope.core.translation import tr

__all__ = ["Keymap", "Keys", "spelled"]

_TWINS = {"Return": "Enter"}


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one action.

    Attributes
    ----------
    action
        Its id.
    name
        What people call it.
    keys
        In Qt's portable spelling, the first of which the menu shows.
    outside
        Keys that count only where the views do not have the keyboard.
    views_only
        Whether `keys` count only where the views have the keyboard.
    """

    action: str
    name: str
    keys: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    views_only: bool = False


class Keymap:
    """The keys of all actions.

    Parameters
    ----------
    defaults
        Those that the program comes with.
    choices
        What differs; actions that this version does not have are kept and do nothing.
    """

    def __init__(self, defaults: Iterable[Keys], choices: Iterable[KeyChoice] = ()) -> None:
        self._defaults = {keys.action: _normal(keys) for keys in defaults}
        self._choices = {choice.action: choice.keys for choice in choices}

    def __getitem__(self, action: str) -> tuple[str, ...]:
        """The keys of an action."""
        chosen = self._choices.get(action)
        if chosen is None:
            return self._defaults[action].keys
        return tuple(filter(None, map(spelled, chosen)))

    @property
    def choices(self) -> tuple[KeyChoice, ...]:
        """What differs from the defaults, to be remembered."""
        return tuple(
            KeyChoice(action, keys)
            for action, keys in self._choices.items()
            if action not in self._defaults or self[action] != self._defaults[action].keys
        )

    def is_changed(self, action: str) -> bool:
        """Whether an action has other keys than it came with."""
        return self[action] != self._defaults[action].keys

    def holders(self, key: str, but: str = "") -> tuple[str, ...]:
        """Actions that have a key where `but` would have it too; in the order of the table."""
        key = spelled(key)
        mine = self._defaults.get(but)
        return tuple(
            action
            for action, keys in self._defaults.items()
            if action != but
            and (
                key in self[action]
                or (key in keys.outside and not (mine is not None and mine.views_only))
            )
        )

    def with_key(self, action: str, key: str) -> Keymap:
        """The same but for an action's key, which whoever had it loses; "" takes its keys away."""
        key = spelled(key)
        keys = tuple(filter(None, (key, _twin(key))))
        changed = dict(self._choices)
        for one in keys:
            for other in self.holders(one, action):
                changed[other] = tuple(held for held in self[other] if held not in keys)
        changed[action] = keys
        return self._with(changed)

    def with_default(self, action: str) -> Keymap:
        """The same, but with the keys that an action came with, which whoever had them loses."""
        keys = self._defaults[action].keys
        changed = dict(self._choices)
        for one in keys:
            for other in self.holders(one, action):
                changed[other] = tuple(held for held in self[other] if held not in keys)
        changed.pop(action, None)
        return self._with(changed)

    def with_all_defaults(self) -> Keymap:
        """All as the program came."""
        return self._with({})

    def problems(self) -> tuple[str, ...]:
        """One sentence for each key that is none, and for each that two actions have."""
        found = [
            tr("The settings give “{name}” the key “{key}”, which is none.").format(
                name=self._defaults[action].name, key=key
            )
            for action, keys in self._choices.items()
            for key in keys
            if action in self._defaults and not spelled(key)
        ]
        seen: dict[str, None] = {}
        for action in self._defaults:
            seen |= dict.fromkeys(self[action])
        for key in seen:
            names = [
                f"“{self._defaults[action].name}”"
                for action in self._defaults
                if key in self[action]
            ]
            if len(names) > 1:
                found.append(
                    tr("The key {key} belongs to {join}: neither gets it.").format(
                        key=key, join=" and ".join(names)
                    )
                )
        return tuple(found)

    def _with(self, choices: Mapping[str, Sequence[str]]) -> Keymap:
        made = Keymap(self._defaults.values())
        made._choices = {action: tuple(keys) for action, keys in choices.items()}
        return made


def spelled(key: str) -> str:
    """A key in Qt's portable spelling; "" for what is no key."""
    portable = QKeySequence.SequenceFormat.PortableText
    return QKeySequence(key, portable).toString(portable)


def _twin(key: str) -> str:
    """The same key of the number block, for Return."""
    head, plus, last = key.rpartition("+")
    return spelled(f"{head}{plus}{_TWINS[last]}") if last in _TWINS else ""


def _normal(keys: Keys) -> Keys:
    return replace(
        keys,
        keys=tuple(filter(None, map(spelled, keys.keys))),
        outside=tuple(filter(None, map(spelled, keys.outside))),
    )
