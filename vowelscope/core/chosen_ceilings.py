"""Formant ceilings that somebody chose by hand; `vowelscope.core.sidecar` keeps them.

A choice has a tier and a time, and counts for the interval of that tier that holds the time, so
that it outlives a boundary that is moved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Choice:
    """One chosen ceiling.

    Attributes
    ----------
    tier
        Name of the tier.
    time_s
        The middle of the interval when its ceiling was chosen.
    ceiling_hz
        The ceiling.
    channel
        0-based, or None for the mean of all: another channel has other formants.
    """

    tier: str
    time_s: float
    ceiling_hz: float
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class ChosenCeilings:
    """All choices of one TextGrid, by tier and time."""

    choices: tuple[Choice, ...] = ()

    def of(self, tier: str, tmin_s: float, tmax_s: float, channel: int | None) -> float | None:
        """The ceiling chosen for an interval, in Hz, or None."""
        for choice in self.choices:
            if _is_in(choice, tier, tmin_s, tmax_s, channel):
                return choice.ceiling_hz
        return None

    def with_choice(
        self,
        tier: str,
        tmin_s: float,
        tmax_s: float,
        channel: int | None,
        ceiling_hz: float | None,
    ) -> ChosenCeilings:
        """The same with another ceiling for an interval; None takes its choice away."""
        kept = [x for x in self.choices if not _is_in(x, tier, tmin_s, tmax_s, channel)]
        if ceiling_hz is not None:
            kept.append(Choice(tier, 0.5 * (tmin_s + tmax_s), ceiling_hz, channel))
        kept.sort(key=lambda x: (x.tier, x.time_s, -1 if x.channel is None else x.channel))
        return replace(self, choices=tuple(kept))

    def part(self, start_s: float, stop_s: float) -> ChosenCeilings:
        """The choices of a part, in times of the part."""
        return ChosenCeilings(
            tuple(
                replace(choice, time_s=choice.time_s - start_s)
                for choice in self.choices
                if start_s <= choice.time_s < stop_s
            )
        )


def _is_in(choice: Choice, tier: str, tmin_s: float, tmax_s: float, channel: int | None) -> bool:
    return choice.tier == tier and choice.channel == channel and tmin_s <= choice.time_s < tmax_s
