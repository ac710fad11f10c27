"""A part of a recording and of its TextGrid, as files of their own."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from vowelscope.core.audio import Recording
from vowelscope.core.edit_times import extract_time
from vowelscope.core.errors import AudioError, TextGridError
from vowelscope.core.sound_pieces import Piece, write_pieces
from vowelscope.core.textgrid import IntervalTier, TextGrid, Tier
from vowelscope.core.textgrid_io import FileStyle, write_textgrid
from vowelscope.core.translation import tr

__all__ = ["extract_part", "lasting"]


def extract_part(
    recording: Recording,
    textgrid: TextGrid | None,
    start_s: float,
    stop_s: float,
    wav_path: str | os.PathLike[str],
    textgrid_path: str | os.PathLike[str] | None = None,
    style: FileStyle | None = None,
    progress: Callable[[float], None] | None = None,
) -> tuple[float, float]:
    """Save the part between two times as a WAV file and a TextGrid that begin at 0 s.

    Parameters
    ----------
    recording, textgrid
        Where from; without a TextGrid only the sound is saved.
    start_s, stop_s
        Seconds, rounded to the nearest sample and clipped to the recording.
    wav_path, textgrid_path
        Files to make or replace; the second may be None where there is no TextGrid.
    style
        Format of the TextGrid; None writes a new one as Praat does, long and in UTF-8.
    progress
        Called with the share of the samples that is written, 0 to 1, after each block. What it
        raises ends the work, and no file is left.

    Returns
    -------
    tuple of float
        Start and end of the part in seconds of the recording, at the samples that were taken.

    Raises
    ------
    AudioError
        The part has no samples, the recording cannot be read, or the WAV file not written.
    TextGridError
        The part has nothing of the TextGrid in it, or its file cannot be written.

    Notes
    -----
    The samples are those of the file, bit for bit and with its subtype, in all channels. What
    was coded with loss (MP3, Vorbis, Opus, ADPCM) is saved as it is decoded, in 32-bit floats.
    The TextGrid's duration is exactly that of the sound. Praat: "Extract selected sound (time
    from 0)" and "Extract selected TextGrid (time from 0)".
    """
    rate_hz = recording.rate_hz
    first = min(max(round(start_s * rate_hz), 0), recording.n_frames)
    last = min(max(round(stop_s * rate_hz), 0), recording.n_frames)
    if first >= last:
        raise AudioError(
            tr("{path}: {start_s:.6f}-{stop_s:.6f} s has no samples of it to extract.").format(
                path=recording.path, start_s=start_s, stop_s=stop_s
            )
        )
    wav_path = Path(wav_path)
    part = None
    if textgrid is not None:
        if textgrid_path is None:
            raise TextGridError(tr("The part of the TextGrid has no file to go to."))
        part = extract_time(textgrid, first / rate_hz, last / rate_hz, reset=True)
        part = lasting(part, (last - first) / rate_hz)
    write_pieces(wav_path, [Piece(recording, first, last)], progress)
    if part is not None and textgrid_path is not None:
        write_textgrid(Path(textgrid_path), part, style or FileStyle())
    return first / rate_hz, last / rate_hz


def lasting(textgrid: TextGrid, tmax_s: float) -> TextGrid:
    """The end set to `tmax_s`, from which rounding may have left it by the last bit.

    A point beyond it is moved to it.
    """
    tiers: list[Tier] = []
    for tier in textgrid.tiers:
        if isinstance(tier, IntervalTier):
            end = replace(tier.intervals[-1], tmax_s=tmax_s)
            tiers.append(replace(tier, tmax_s=tmax_s, intervals=(*tier.intervals[:-1], end)))
        else:
            points = tuple(
                replace(p, time_s=tmax_s) if p.time_s > tmax_s else p for p in tier.points
            )
            tiers.append(replace(tier, tmax_s=tmax_s, points=points))
    return TextGrid(textgrid.tmin_s, tmax_s, tuple(tiers))
