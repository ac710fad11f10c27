"""A tier that is worked on, found again after tiers were added, removed or moved."""

from __future__ import annotations

from dataclasses import dataclass

from vowelscope.core.textgrid import IntervalTier, TextGrid


@dataclass(frozen=True, slots=True)
class TierRef:
    """An interval tier by its place and name."""

    index: int
    name: str

    def find(self, textgrid: TextGrid | None) -> int | None:
        """Where it is now: at its place, or the first interval tier of its name."""
        if textgrid is None:
            return None
        order: list[int] = [self.index, *range(len(textgrid.tiers))]
        for index in order:
            if 0 <= index < len(textgrid.tiers):
                tier = textgrid.tiers[index]
                if tier.name == self.name and isinstance(tier, IntervalTier):
                    return index
        return None
