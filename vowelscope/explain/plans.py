"""What a folder of shards says of itself: a plan as JSON, and how the tokens are cut."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr


class Cut:
    """Tokens cut into shards of a fixed number."""

    __slots__ = ()
    tokens: int
    shard_tokens: int

    @property
    def shards(self) -> int:
        """How many there are."""
        return math.ceil(self.tokens / self.shard_tokens)

    def rows_of(self, number: int) -> range:
        """The corpus's rows of a shard."""
        first = number * self.shard_tokens
        return range(first, min(first + self.shard_tokens, self.tokens))


P = TypeVar("P")


def claim_folder(path: Path, plan: Any, what: Mapping[str, str], other: str) -> None:
    """Write the plan of a folder; refuse one that holds another.

    Parameters
    ----------
    path
        The plan's file.
    plan
        A dataclass.
    what
        Fields that must be the same, and what each is called.
    other
        The sentence that refuses, with places for ``out`` and ``what``.

    Raises
    ------
    ConfigError
        The folder holds those of another corpus, model or cut.
    """
    if path.exists():
        held = read_plan_file(path, type(plan))
        for key, name in what.items():
            if getattr(held, key) != getattr(plan, key):
                raise ConfigError(other.format(out=path.parent, what=name))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, json.dumps(asdict(plan), ensure_ascii=False, indent=1).encode())


def read_plan_file(path: Path, kind: type[P]) -> P:
    """Read a plan; lists become tuples.

    Raises
    ------
    ConfigError
        The file is damaged.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise ConfigError(
            tr("{path}: the file is damaged ({error}).").format(path=path, error=error)
        ) from error


def sha256_of(path: Path) -> str:
    """Hash of a small file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
