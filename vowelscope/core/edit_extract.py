"""A part of a recording and of its TextGrid, as files of their own."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import soundfile as sf

from vowelscope.core.audio import Recording
from vowelscope.core.edit_times import extract_time
from vowelscope.core.errors import AudioError, TextGridError
from vowelscope.core.textgrid import IntervalTier, TextGrid, Tier
from vowelscope.core.textgrid_io import FileStyle, write_textgrid

__all__ = ["extract_part"]

_BLOCK_FRAMES = 1 << 18
_LARGEST_WAV_BYTES = (1 << 32) - (1 << 16)
# How each subtype of libsndfile's is read and written back without a change. WAV has no signed
# 8-bit samples; they fit the unsigned ones.
_EXACT = {
    "PCM_U8": ("int16", "PCM_U8"),
    "PCM_S8": ("int16", "PCM_U8"),
    "PCM_16": ("int16", "PCM_16"),
    "PCM_24": ("int32", "PCM_24"),
    "PCM_32": ("int32", "PCM_32"),
    "FLOAT": ("float32", "FLOAT"),
    "DOUBLE": ("float64", "DOUBLE"),
    "ULAW": ("int16", "ULAW"),
    "ALAW": ("int16", "ALAW"),
    "ALAC_16": ("int16", "PCM_16"),
}
_BYTES = {"PCM_16": 2, "PCM_24": 3, "PCM_32": 4, "FLOAT": 4, "DOUBLE": 8}


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
            f"{recording.path}: {start_s:.6f}-{stop_s:.6f} s has no samples of it to extract."
        )
    wav_path = Path(wav_path)
    if wav_path.exists() and wav_path.samefile(recording.path):
        raise AudioError(f"{wav_path}: a part cannot replace the recording that it is taken from.")
    part = None
    if textgrid is not None:
        if textgrid_path is None:
            raise TextGridError("The part of the TextGrid has no file to go to.")
        part = extract_time(textgrid, first / rate_hz, last / rate_hz, reset=True)
        part = _lasting(part, (last - first) / rate_hz)
    _write_sound(recording, first, last, wav_path, progress or _say_nothing)
    if part is not None and textgrid_path is not None:
        write_textgrid(Path(textgrid_path), part, style or FileStyle())
    return first / rate_hz, last / rate_hz


def _lasting(textgrid: TextGrid, tmax_s: float) -> TextGrid:
    """The end set to `tmax_s`, from which subtraction may have left it by the last bit."""
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


def _say_nothing(_share: float) -> None:
    return


def _write_sound(
    recording: Recording, first: int, last: int, path: Path, progress: Callable[[float], None]
) -> None:
    dtype, subtype = _EXACT.get(recording.subtype, ("float32", "FLOAT"))
    exact = recording.subtype in _EXACT
    size = (last - first) * recording.n_channels * _BYTES.get(subtype, 1)
    temporary = path.with_name(f".vowelscope-{secrets.token_hex(8)}.tmp")
    try:
        with sf.SoundFile(
            temporary,
            "x",
            recording.rate_hz,
            recording.n_channels,
            subtype,
            format="WAV" if size < _LARGEST_WAV_BYTES else "RF64",
        ) as out:
            if exact:
                _copy(recording.path, first, last, dtype, out, progress)
            else:
                for start in range(first, last, _BLOCK_FRAMES):
                    out.write(recording.read_frames(start, min(start + _BLOCK_FRAMES, last)))
                    progress((min(start + _BLOCK_FRAMES, last) - first) / (last - first))
            out.flush()
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        if sf.info(temporary).frames != last - first:
            raise OSError("not all samples could be written")
        temporary.replace(path)
    except (sf.SoundFileError, OSError, ValueError, AssertionError) as fault:
        # soundfile asserts that as many frames were written as it was given.
        reason = str(getattr(fault, "strerror", None) or fault).split(": ")[-1].strip(" .")
        reason = reason or "not all samples could be written"
        raise AudioError(f"Cannot save {path}: {reason}.") from fault
    finally:
        temporary.unlink(missing_ok=True)


def _copy(
    source: Path,
    first: int,
    last: int,
    dtype: str,
    out: sf.SoundFile,
    progress: Callable[[float], None],
) -> None:
    # A second handle: `Recording` gives 32-bit floats, which do not hold every 32-bit sample.
    with sf.SoundFile(source) as sound:
        sound.seek(first)
        left = last - first
        while left > 0:
            block = sound.read(min(left, _BLOCK_FRAMES), dtype=dtype, always_2d=True)
            if not len(block):
                raise AudioError(f"{source}: ends before the part that was asked for.")
            out.write(block)
            left -= len(block)
            progress(1.0 - left / (last - first))
