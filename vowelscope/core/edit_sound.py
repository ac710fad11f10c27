"""Recordings and their TextGrids put together, or with time taken out or put in, as new files.

No source is ever written over. The TextGrid of the new file lasts exactly as long as its sound,
and every seam lies on a sample. What was decided by hand about formants comes along.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from vowelscope.core.audio import Recording
from vowelscope.core.edit_extract import lasting
from vowelscope.core.edit_times import (
    concatenate,
    extract_time,
    insert_time,
    remove_time,
    set_domain,
)
from vowelscope.core.errors import AudioError, TextGridError
from vowelscope.core.sidecar import Sidecar, sidecar_path, write_sidecar
from vowelscope.core.sound_pieces import Piece, agree, write_pieces
from vowelscope.core.textgrid import Interval, IntervalTier, PointTier, TextGrid, Tier
from vowelscope.core.textgrid_io import FileStyle, write_textgrid
from vowelscope.core.translation import tr

__all__ = [
    "NAMES_TIER",
    "Source",
    "concatenate_files",
    "insert_silence",
    "paste_time",
    "remove_span",
]

NAMES_TIER = "labels"
"""Praat's name for the tier that says which recording each part was."""

_SHORT_S = 0.005
"""A TextGrid that misses so little of its sound is stretched, not filled up."""

Progress = Callable[[float], None] | None


@dataclass(frozen=True, slots=True)
class Source:
    """A recording with what belongs to it."""

    audio: Path
    textgrid: TextGrid | None = None
    sidecar: Sidecar = field(default_factory=Sidecar)


def concatenate_files(
    sources: Sequence[Source],
    wav_path: Path,
    style: FileStyle | None = None,
    progress: Progress = None,
) -> float:
    """Put recordings one after the other, with their TextGrids; gives the length in seconds.

    Tiers of one name and kind become one, in the order in which they first occur; a recording
    that lacks one has an empty interval, or no points, there. A last tier, ``labels``, holds the
    names of the recordings. A boundary stands at each seam of every interval tier.

    Parameters
    ----------
    wav_path
        The sound's file; the TextGrid goes beside it, with the same stem.

    Raises
    ------
    AudioError
        Less than two are given, one cannot be read, they differ in sampling rate or channels, or
        the file cannot be written.
    TextGridError
        The TextGrid cannot be written.

    Notes
    -----
    Praat manual, "Sounds: Concatenate recoverably".
    """
    if len(sources) < 2:
        raise AudioError(tr("Two recordings at least are needed to concatenate."))
    with _opened([source.audio for source in sources]) as recordings:
        agree(recordings)
        pieces = [Piece(recording, 0, recording.n_frames) for recording in recordings]
        grids, kept, done = [], Sidecar(), 0
        for source, recording in zip(sources, recordings, strict=True):
            grid = _fitted(source.textgrid, recording.duration_s)
            name = IntervalTier(
                NAMES_TIER,
                0.0,
                recording.duration_s,
                (Interval(0.0, recording.duration_s, source.audio.stem),),
            )
            grids.append(replace(grid, tiers=(*_without_names(grid.tiers), name)))
            kept = kept.then(source.sidecar, done / recordings[0].rate_hz)
            done += recording.n_frames
        total_s = done / recordings[0].rate_hz
        joined = concatenate(*_matched(grids))
        _write(wav_path, pieces, lasting(joined, total_s), kept, style, progress)
    return total_s


def remove_span(
    source: Source,
    start_s: float,
    stop_s: float,
    wav_path: Path,
    style: FileStyle | None = None,
    progress: Progress = None,
) -> float:
    """Write the recording without a stretch of time; gives the new length in seconds.

    Raises
    ------
    AudioError, TextGridError
        As `concatenate_files`; the stretch is empty or all of the recording.
    """
    with _opened([source.audio]) as (recording,):
        first, last = _frame(recording, start_s), _frame(recording, stop_s)
        if not 0 < last - first < recording.n_frames:
            raise AudioError(
                tr(
                    "{path}: {start_s:.6f}-{stop_s:.6f} s cannot be taken out: it is "
                    "empty or all of the recording."
                ).format(path=recording.path, start_s=start_s, stop_s=stop_s)
            )
        rate_hz = recording.rate_hz
        total = recording.n_frames - (last - first)
        pieces = [Piece(recording, 0, first), Piece(recording, last, recording.n_frames)]
        grid = None
        if source.textgrid is not None:
            whole = _fitted(source.textgrid, recording.duration_s)
            cut = remove_time(whole, first / rate_hz, last / rate_hz)
            grid = lasting(cut, total / rate_hz)
        before = source.sidecar.part(0.0, first / rate_hz)
        after = source.sidecar.part(last / rate_hz, recording.duration_s)
        kept = before.then(after, first / rate_hz)
        _write(wav_path, [x for x in pieces if x.n_frames], grid, kept, style, progress)
        return total / rate_hz


def insert_silence(
    source: Source,
    at_s: float,
    duration_s: float,
    wav_path: Path,
    style: FileStyle | None = None,
    progress: Progress = None,
) -> float:
    """Write the recording with silence put in; gives the new length in seconds.

    An interval over `at_s` becomes longer; at a boundary, an empty interval comes in between.

    Raises
    ------
    AudioError, TextGridError
        As `concatenate_files`; the silence has no samples.
    """
    with _opened([source.audio]) as (recording,):
        at, count = _frame(recording, at_s), round(duration_s * recording.rate_hz)
        if count <= 0:
            raise AudioError(
                tr("{duration_s:g} s of silence has no samples to put in.").format(
                    duration_s=duration_s
                )
            )
        rate_hz = recording.rate_hz
        pieces = [
            Piece(recording, 0, at),
            Piece(None, 0, count),
            Piece(recording, at, recording.n_frames),
        ]
        total_s = (recording.n_frames + count) / rate_hz
        grid = None
        if source.textgrid is not None:
            whole = _fitted(source.textgrid, recording.duration_s)
            grid = insert_time(whole, at / rate_hz, count / rate_hz)
            grid = lasting(grid, total_s)
        before = source.sidecar.part(0.0, at / rate_hz)
        after = source.sidecar.part(at / rate_hz, recording.duration_s)
        kept = before.then(after, (at + count) / rate_hz)
        _write(wav_path, [x for x in pieces if x.n_frames], grid, kept, style, progress)
        return total_s


def paste_time(
    source: Source,
    at_s: float,
    clip: Source,
    span_s: tuple[float, float],
    wav_path: Path,
    style: FileStyle | None = None,
    progress: Progress = None,
) -> float:
    """Write the recording with a stretch of a recording put in; gives the new length in seconds.

    The stretch brings its TextGrid along: tiers of one name and kind become one, and an interval
    that `at_s` lies in is cut there, both sides keeping its label.

    Parameters
    ----------
    clip, span_s
        The recording that the stretch is of (perhaps the same), and its start and end there.

    Raises
    ------
    AudioError, TextGridError
        As `concatenate_files`; the stretch is empty.
    """
    with _opened([source.audio, clip.audio]) as (recording, other):
        agree([recording, other])
        at, end, rate_hz = _frame(recording, at_s), recording.n_frames, recording.rate_hz
        first, last = (_frame(other, time_s) for time_s in span_s)
        if last <= first:
            raise AudioError(
                tr("{path}: {value:.6f}-{value2:.6f} s has no samples to put in.").format(
                    path=other.path, value=span_s[0], value2=span_s[1]
                )
            )
        parts = [
            (source, recording, 0, at),
            (clip, other, first, last),
            (source, recording, at, end),
        ]
        pieces, grids, kept, done = [], [], Sidecar(), 0
        for owner, sound, start, stop in parts:
            if stop <= start:
                continue
            pieces.append(Piece(sound, start, stop))
            whole = _fitted(owner.textgrid, sound.duration_s)
            part = extract_time(whole, start / rate_hz, stop / rate_hz, reset=True)
            grids.append(lasting(part, (stop - start) / rate_hz))
            kept = kept.then(owner.sidecar.part(start / rate_hz, stop / rate_hz), done / rate_hz)
            done += stop - start
        joined = None
        if source.textgrid is not None or clip.textgrid is not None:
            joined = lasting(concatenate(*_matched(grids)), done / rate_hz)
        _write(wav_path, pieces, joined, kept, style, progress)
        return done / rate_hz


@contextlib.contextmanager
def _opened(paths: Sequence[Path]) -> Iterator[list[Recording]]:
    # Handles of their own: another recording may be opened, and this one closed, meanwhile.
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(Recording(path)) for path in paths]


def _frame(recording: Recording, time_s: float) -> int:
    return min(max(round(time_s * recording.rate_hz), 0), recording.n_frames)


def _fitted(textgrid: TextGrid | None, duration_s: float) -> TextGrid:
    """The TextGrid over exactly the recording; without one, none but the domain."""
    if textgrid is None:
        return TextGrid(0.0, duration_s, ())
    near = abs(textgrid.tmax_s - duration_s) <= _SHORT_S and abs(textgrid.tmin_s) <= _SHORT_S
    if near and textgrid.tmin_s == 0 and textgrid.tmax_s > duration_s:
        starts = [x.intervals[-1].tmin_s for x in textgrid.tiers if isinstance(x, IntervalTier)]
        if all(start_s < duration_s for start_s in starts):
            return lasting(textgrid, duration_s)
    return set_domain(textgrid, 0.0, duration_s, grow_ends=near)


def _without_names(tiers: Sequence[Tier]) -> tuple[Tier, ...]:
    """The tiers but one of names: a file that was made here, put together again, has one."""
    last = tiers[-1] if tiers else None
    is_names = isinstance(last, IntervalTier) and last.name == NAMES_TIER
    return tuple(tiers[:-1] if is_names else tiers)


def _matched(grids: Sequence[TextGrid]) -> list[TextGrid]:
    """The same tiers in all, by name, kind, and how often the name came before."""
    order: list[tuple[str, bool, int]] = []
    keyed: list[dict[tuple[str, bool, int], Tier]] = []
    for grid in grids:
        own: dict[tuple[str, bool, int], Tier] = {}
        for tier in grid.tiers:
            is_point, number = isinstance(tier, PointTier), 0
            while (tier.name, is_point, number) in own:
                number += 1
            own[(tier.name, is_point, number)] = tier
        keyed.append(own)
        order += [key for key in own if key not in order]
    # The names of the recordings stay last.
    order.sort(key=lambda key: key[:2] == (NAMES_TIER, False))
    return [
        replace(grid, tiers=tuple(own.get(key) or _empty(key, grid) for key in order))
        for grid, own in zip(grids, keyed, strict=True)
    ]


def _empty(key: tuple[str, bool, int], grid: TextGrid) -> Tier:
    name, is_point, _ = key
    if is_point:
        return PointTier(name, grid.tmin_s, grid.tmax_s)
    return IntervalTier(name, grid.tmin_s, grid.tmax_s, (Interval(grid.tmin_s, grid.tmax_s, ""),))


def _write(
    wav_path: Path,
    pieces: Sequence[Piece],
    textgrid: TextGrid | None,
    kept: Sidecar,
    style: FileStyle | None,
    progress: Progress,
) -> None:
    """The sound, then what belongs to it."""
    if wav_path.suffix.lower() != ".wav":
        raise AudioError(
            tr("{wav_path}: sound is written as WAV; let the name end in .wav.").format(
                wav_path=wav_path
            )
        )
    grid_path = wav_path.with_suffix(".TextGrid")
    for piece in pieces:
        if piece.recording is not None and grid_path.exists():
            beside = piece.recording.path.with_suffix(".TextGrid")
            if beside.exists() and grid_path.samefile(beside):
                raise TextGridError(
                    tr("{grid_path}: the TextGrid of a source cannot be replaced.").format(
                        grid_path=grid_path
                    )
                )
    write_pieces(wav_path, pieces, progress)
    if textgrid is not None and textgrid.tiers:
        write_textgrid(grid_path, textgrid, style or FileStyle())
    if not kept.is_empty or sidecar_path(wav_path).exists():
        write_sidecar(wav_path, kept)
