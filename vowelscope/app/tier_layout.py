"""How the tiers share their view: heights, collapsed and hidden ones. No file has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from vowelscope.core.textgrid import Tier

Key = tuple[str, int]
"""A tier's name, and which of the tiers of that name it is."""

COLLAPSED_PX = 12.0
LEAST_WEIGHT, MOST_WEIGHT = 0.5, 5.0


def tier_keys(tiers: Sequence[Tier]) -> tuple[Key, ...]:
    """What tells the tiers of a TextGrid apart from one edit to the next."""
    seen: Counter[str] = Counter()
    keys = []
    for tier in tiers:
        keys.append((tier.name, seen[tier.name]))
        seen[tier.name] += 1
    return tuple(keys)


@dataclass(frozen=True, slots=True)
class TierLayout:
    """By tier, so that it stays right when tiers are added, moved or removed.

    Attributes
    ----------
    collapsed
        Drawn as a thin line, without labels.
    hidden
        Not drawn.
    only
        The one tier that is drawn, where it is there; all others are not.
    weights
        Heights relative to the usual one, 0.5 to 5; 1 for those that are not in it.
    """

    collapsed: frozenset[Key] = frozenset()
    hidden: frozenset[Key] = frozenset()
    only: Key | None = None
    weights: dict[Key, float] = field(default_factory=dict)

    def is_shown(self, keys: Sequence[Key], index: int) -> bool:
        """Whether a tier is drawn, as a line at least."""
        if self.only in keys:
            return keys[index] == self.only
        return keys[index] not in self.hidden

    def is_collapsed(self, keys: Sequence[Key], index: int) -> bool:
        """Whether a tier is drawn as a thin line."""
        shown = self.is_shown(keys, index)
        return shown and keys[index] in self.collapsed and keys[index] != self.only

    def rows(self, keys: Sequence[Key]) -> list[float]:
        """For each tier its weight; 0 for those that are hidden or collapsed."""
        return [
            self.weights.get(key, 1.0)
            if self.is_shown(keys, index) and not self.is_collapsed(keys, index)
            else 0.0
            for index, key in enumerate(keys)
        ]

    def heights_px(self, keys: Sequence[Key], total_px: float) -> list[float]:
        """The heights of the tiers in a view `total_px` high, from the top."""
        weights = self.rows(keys)
        thin = [COLLAPSED_PX * self.is_collapsed(keys, index) for index in range(len(keys))]
        if not any(weights):
            return thin
        per_weight_px = max(total_px - sum(thin), 0.0) / sum(weights)
        return [px + weight * per_weight_px for px, weight in zip(thin, weights, strict=True)]

    def with_collapsed(self, key: Key, collapsed: bool) -> TierLayout:
        """Collapse or open a tier."""
        others = self.collapsed - {key}
        return replace(self, collapsed=others | {key} if collapsed else others)

    def with_hidden(self, key: Key) -> TierLayout:
        """Hide a tier."""
        return replace(self, hidden=self.hidden | {key}, only=None)

    def with_only(self, key: Key | None) -> TierLayout:
        """Show one tier alone, or for None those that were shown before."""
        hidden = self.hidden if key is None else self.hidden - {key}
        return replace(self, only=key, hidden=hidden)

    def with_weight(self, key: Key, weight: float) -> TierLayout:
        """Give a tier another height."""
        weight = min(max(weight, LEAST_WEIGHT), MOST_WEIGHT)
        return replace(self, weights={**self.weights, key: weight})

    def renamed(self, before: Sequence[Key], after: Sequence[Key]) -> TierLayout:
        """Follow a tier that has another name now; `before` and `after` are all tiers' keys."""
        gone, new = set(before) - set(after), set(after) - set(before)
        if len(before) != len(after) or len(gone) != 1 or len(new) != 1:
            return self
        (old,), (now,) = gone, new
        return TierLayout(
            frozenset(now if key == old else key for key in self.collapsed),
            frozenset(now if key == old else key for key in self.hidden),
            now if self.only == old else self.only,
            {now if key == old else key: weight for key, weight in self.weights.items()},
        )
