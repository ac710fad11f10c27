"""Pieces of recordings, and silence, written one after the other as a WAV file, block by block.

The samples are those of the files, bit for bit where all pieces have one kind of samples; nothing
is resampled and no channel mixed, so the pieces must agree in both.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile as sf

from vowelscope.core.audio import Recording
from vowelscope.core.errors import AudioError
from vowelscope.core.translation import tr

__all__ = ["Piece", "agree", "write_pieces"]

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
_WHOLE_NUMBERS = ("PCM_U8", "PCM_16", "PCM_24", "PCM_32")
"""Each holds every value of those before it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples `first` to `last` of a recording; without a recording, so many of silence."""

    recording: Recording | None
    first: int
    last: int

    @property
    def n_frames(self) -> int:
        """Length in samples."""
        return self.last - self.first


def agree(recordings: Sequence[Recording]) -> None:
    """Refuse recordings that cannot stand in one file.

    Raises
    ------
    AudioError
        They differ in sampling rate or number of channels.
    """
    first = recordings[0]
    for other in recordings[1:]:
        if (other.rate_hz, other.n_channels) != (first.rate_hz, first.n_channels):
            raise AudioError(
                tr(
                    "{path} has {value}, but {path2} has {value2}: resample or convert one "
                    "of them first."
                ).format(path=other.path, value=_said(other), path2=first.path, value2=_said(first))
            )


def write_pieces(
    wav_path: Path, pieces: Sequence[Piece], progress: Callable[[float], None] | None = None
) -> None:
    """Write pieces one after the other, atomically.

    Parameters
    ----------
    pieces
        One of a recording at least.
    progress
        Called with the share of the samples that is written, 0 to 1, after each block. What it
        raises ends the work, and no file is left.

    Raises
    ------
    AudioError
        The recordings do not agree, one of them would be written over, cannot be read, or the
        file cannot be written.

    Notes
    -----
    What was coded with loss (MP3, Vorbis, Opus, ADPCM) is saved as it is decoded, in 32-bit
    floats; where the kinds of samples differ, in one that holds them all. WAV up to 4 GB, RF64
    beyond.
    """
    recordings = [piece.recording for piece in pieces if piece.recording is not None]
    agree(recordings)
    for recording in recordings:
        if wav_path.exists() and wav_path.samefile(recording.path):
            raise AudioError(
                tr("{wav_path}: cannot replace the recording that it is taken from.").format(
                    wav_path=wav_path
                )
            )
    dtype, subtype = _kind([recording.subtype for recording in recordings])
    total = sum(piece.n_frames for piece in pieces)
    rate_hz, channels = recordings[0].rate_hz, recordings[0].n_channels
    size = total * channels * _BYTES.get(subtype, 1)
    temporary = wav_path.with_name(f".vowelscope-{secrets.token_hex(8)}.tmp")
    try:
        with sf.SoundFile(
            temporary,
            "x",
            rate_hz,
            channels,
            subtype,
            format="WAV" if size < _LARGEST_WAV_BYTES else "RF64",
        ) as out:
            done = 0
            for piece in pieces:
                for block in _blocks(piece, dtype, channels):
                    out.write(block)
                    done += len(block)
                    if progress is not None:
                        progress(done / total)
            out.flush()
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        if sf.info(temporary).frames != total:
            raise OSError("not all samples could be written")
        temporary.replace(wav_path)
    except (sf.SoundFileError, OSError, ValueError, AssertionError) as fault:
        # soundfile asserts that as many frames were written as it was given.
        reason = str(getattr(fault, "strerror", None) or fault).split(": ")[-1].strip(" .")
        reason = reason or "not all samples could be written"
        raise AudioError(
            tr("Cannot save {wav_path}: {reason}.").format(wav_path=wav_path, reason=reason)
        ) from fault
    finally:
        temporary.unlink(missing_ok=True)


def _said(recording: Recording) -> str:
    channels = "1 channel" if recording.n_channels == 1 else f"{recording.n_channels} channels"
    return f"{recording.rate_hz:,} Hz and {channels}"


def _kind(subtypes: Sequence[str]) -> tuple[str, str]:
    """Type of the samples in memory, and subtype in the file, that hold all of these."""
    if len(set(subtypes)) == 1:
        return _EXACT.get(subtypes[0], ("float32", "FLOAT"))
    written = {_EXACT.get(subtype, ("", "FLOAT"))[1] for subtype in subtypes}
    written = {"PCM_16" if name in ("ULAW", "ALAW") else name for name in written}
    if written <= set(_WHOLE_NUMBERS):
        widest = max(written, key=_WHOLE_NUMBERS.index)
        return ("int16" if widest in ("PCM_U8", "PCM_16") else "int32"), widest
    # 32-bit whole numbers fit doubles alone.
    if written <= {"FLOAT", "PCM_U8", "PCM_16", "PCM_24"}:
        return "float32", "FLOAT"
    return "float64", "DOUBLE"


def _blocks(piece: Piece, dtype: str, channels: int) -> Iterator[npt.NDArray[Any]]:
    recording = piece.recording
    if recording is None:
        for start in range(piece.first, piece.last, _BLOCK_FRAMES):
            yield np.zeros((min(_BLOCK_FRAMES, piece.last - start), channels), dtype=dtype)
        return
    if recording.subtype not in _EXACT:
        for start in range(piece.first, piece.last, _BLOCK_FRAMES):
            yield recording.read_frames(start, min(start + _BLOCK_FRAMES, piece.last))
        return
    # A second handle: `Recording` gives 32-bit floats, which do not hold every 32-bit sample.
    with sf.SoundFile(recording.path) as sound:
        sound.seek(piece.first)
        left = piece.n_frames
        while left > 0:
            block = sound.read(min(left, _BLOCK_FRAMES), dtype=dtype, always_2d=True)
            if not len(block):
                raise AudioError(
                    tr("{path}: ends before the part that was asked for.").format(
                        path=recording.path
                    )
                )
            yield block
            left -= len(block)
