"""Sound made from a recording to be heard: some cells of it, slower."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vowelscope.core.audio import Recording, Samples
from vowelscope.core.band_filter import Cells, filtered
from vowelscope.core.devices import PlaybackError
from vowelscope.core.passages import Rendered
from vowelscope.core.slowing import slowed
from vowelscope.core.translation import tr

LONGEST_RENDERED_S = 60.0
_AROUND_S = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Rendering:
    """What to make: `start_s` to `stop_s` (seconds) of a file.

    Attributes
    ----------
    channels
        0-based channels, or None for all.
    speed
        0.25 to 1: below 1 it is slower, with the pitch kept.
    cells, all_but
        What of it is heard; None is everything.
    floor_hz, ceiling_hz
        Range of the voice's pitch, for what is slower.
    """

    path: Path
    start_s: float
    stop_s: float
    channels: tuple[int, ...] | None = None
    speed: float = 1.0
    cells: Cells | None = None
    all_but: bool = False
    floor_hz: float = 75.0
    ceiling_hz: float = 500.0


def render(wanted: Rendering) -> Rendered:
    """Make it.

    Raises
    ------
    PlaybackError
        It is empty, or too long to be made in memory.
    AudioError
        The recording cannot be read.
    """
    length_s = wanted.stop_s - wanted.start_s
    if length_s > LONGEST_RENDERED_S:
        raise PlaybackError(
            tr(
                "Up to {longest_rendered_s:.0f} s can be played slowed or filtered, and "
                "these are {length_s:.0f} s: select less."
            ).format(longest_rendered_s=LONGEST_RENDERED_S, length_s=length_s)
        )
    with Recording(wanted.path) as recording:
        rate_hz = recording.rate_hz
        first = min(max(round(wanted.start_s * rate_hz), 0), recording.n_frames)
        last = min(max(round(wanted.stop_s * rate_hz), first), recording.n_frames)
        if first == last:
            raise PlaybackError(tr("There is nothing to play: the selection holds no sample."))
        # What is around goes in too, so that filter and pitch know it, and is cut off again.
        around = round(_AROUND_S * rate_hz)
        begin = max(first - around, 0)
        data = recording.read_frames(begin, last + around)
    if wanted.channels is not None:
        data = data[:, list(wanted.channels)]
    if wanted.cells is not None:
        data = filtered(data, rate_hz, begin / rate_hz, wanted.cells, wanted.all_but)
    data = slowed(data, rate_hz, wanted.speed, wanted.floor_hz, wanted.ceiling_hz)
    start = round((first - begin) / wanted.speed)
    data = data[start : start + round((last - first) / wanted.speed)]
    return Rendered(_softened(data, rate_hz), float(rate_hz), (first / rate_hz, last / rate_hz))


def _softened(data: Samples, rate_hz: float) -> Samples:
    """Ends that rise from 0 and fall to it within 2 ms: what was made has no true first sample."""
    ramp = min(round(0.002 * rate_hz), len(data) // 2)
    rise = (0.5 - 0.5 * np.cos(np.pi * (np.arange(ramp) + 0.5) / max(ramp, 1)))[:, None]
    softened = np.array(data, dtype=np.float32)
    softened[:ramp] *= rise
    softened[len(data) - ramp :] *= rise[::-1]
    return softened
