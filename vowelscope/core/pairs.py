"""Recordings and their TextGrids: who belongs to whom in a folder, and the tokens of one pair."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from vowelscope.core.audio import Recording
from vowelscope.core.errors import CorpusError, UserError
from vowelscope.core.phones import ClassMap, label_kind, stress_of
from vowelscope.core.sound_checks import SoundOutline, outline_of
from vowelscope.core.textgrid import IntervalTier, TextGrid
from vowelscope.core.textgrid_io import read_textgrid
from vowelscope.core.tokens import phone_tier, token_at, word_tier
from vowelscope.core.translation import tr

# In the order of preference where one folder holds the same stem in several formats.
_AUDIO = "wav wave flac aiff aif aifc rf64 w64 caf au snd nist sph ogg oga opus mp3"
AUDIO_SUFFIXES = tuple(f".{name}" for name in _AUDIO.split())
MAX_DURATION_DIFFERENCE_S = 0.02
# Folders named for what they hold rather than for who speaks.
_GENERIC = "wav wavs audio audios recordings sound sounds flac clips textgrid textgrids"
_GENERIC_FOLDERS = frozenset(_GENERIC.split())

_SILENT = SoundOutline(1, np.zeros((0, 2)), np.zeros(0, dtype=np.int64))

Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A recording with its TextGrid, and what the corpus calls them."""

    recording: Path
    textgrid: Path
    set_name: str
    speaker: str
    utterance: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be used, or only with a warning, and the reason."""

    path: Path
    reason: str


@dataclass
class PairTokens:
    """The tokens of one pair that have a class, and what else was met on the way.

    Attributes
    ----------
    rows
        One dict a token, without split and balance.
    unknown, other
        How often each label was met that no label set knows, or that is a known phone or a label
        that the class map leaves out on purpose.
    failure, warning
        What was wrong, or None.
    """

    pair: Pair
    rows: list[dict[str, Value]] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    failure: Problem | None = None
    warning: Problem | None = None


def find_pairs(
    folder: Path, set_name: str, speaker_from: str = "folder"
) -> tuple[list[Pair], list[Problem]]:
    """Pair recordings and TextGrids of the same stem anywhere below a folder.

    A TextGrid's recording is the one beside it, else the one that is nearest in the tree
    (``textgrids/a.TextGrid`` and ``wavs/a.wav``). Hidden folders are passed over.

    Parameters
    ----------
    folder
        Where to look.
    set_name
        What the corpus calls the folder.
    speaker_from
        ``folder``: the recording's folder names the speaker, unless it is `folder` itself or named
        for what it holds (``wavs``); then the next folder up, and in the end the set. Anything else
        is a regular expression searched for in the stem, whose first group is the speaker.

    Returns
    -------
    pairs, problems
        Sorted by utterance; files without a partner and files whose partner is not clear.

    Raises
    ------
    CorpusError
        The folder is missing or the regular expression is wrong.
    """
    if not folder.is_dir():
        raise CorpusError(tr("{folder}: there is no such folder.").format(folder=folder))
    speaker_of = _speaker_rule(speaker_from, folder, set_name)
    recordings: dict[str, list[Path]] = defaultdict(list)
    textgrids: list[Path] = []
    problems: list[Problem] = []
    for path in _files(folder, problems):
        suffix = path.suffix.lower()
        if suffix == ".textgrid":
            textgrids.append(path)
        elif suffix in AUDIO_SUFFIXES:
            recordings[path.stem].append(path)
    pairs: list[Pair] = []
    used: set[Path] = set()
    for textgrid in textgrids:
        candidates = _nearest(textgrid, recordings.get(textgrid.stem, []))
        if len(candidates) != 1:
            names = ", ".join(str(path.relative_to(folder)) for path in candidates)
            problems.append(
                Problem(
                    textgrid,
                    tr("it could belong to any of {names}").format(names=names)
                    if candidates
                    else tr("there is no recording {stem}.* below {folder}").format(
                        stem=textgrid.stem, folder=folder
                    ),
                )
            )
            used.update(candidates)
            continue
        recording = candidates[0]
        used.update(path for path in recordings[textgrid.stem] if path.parent == recording.parent)
        speaker = speaker_of(recording)
        if speaker is None:
            problems.append(
                Problem(
                    recording,
                    tr("the speaker pattern {speaker_from!r} is not in its name").format(
                        speaker_from=speaker_from
                    ),
                )
            )
            continue
        pairs.append(Pair(recording, textgrid, set_name, speaker, textgrid.stem))
    problems.extend(
        Problem(path, tr("it has no TextGrid"))
        for paths in recordings.values()
        for path in paths
        if path not in used
    )
    pairs = _name_apart(_one_textgrid_each(pairs, problems), folder)
    pairs.sort(key=lambda pair: (pair.utterance, str(pair.textgrid)))
    problems.sort(key=lambda problem: str(problem.path))
    return pairs, problems


def _one_textgrid_each(pairs: list[Pair], problems: list[Problem]) -> list[Pair]:
    """Leave out recordings that two TextGrids claim, unless just one lies beside the recording."""
    claims: dict[Path, list[Pair]] = defaultdict(list)
    for pair in pairs:
        claims[pair.recording].append(pair)
    kept: list[Pair] = []
    for recording, rivals in claims.items():
        beside = [pair for pair in rivals if pair.textgrid.parent == recording.parent]
        best = beside if len(beside) == 1 else rivals
        if len(best) == 1:
            kept += best
        else:
            names = ", ".join(str(pair.textgrid) for pair in rivals)
            problems.append(
                Problem(
                    recording,
                    tr("more than one TextGrid could be its own: {names}").format(names=names),
                )
            )
    return kept


def _name_apart(pairs: list[Pair], folder: Path) -> list[Pair]:
    """Call utterances of one stem by their paths, so that no two share a name."""
    stems = Counter(pair.utterance for pair in pairs)
    return [
        replace(pair, utterance=pair.recording.relative_to(folder).with_suffix("").as_posix())
        if stems[pair.utterance] > 1
        else pair
        for pair in pairs
    ]


def _files(folder: Path, problems: list[Problem]) -> Iterable[Path]:
    def unlisted(error: OSError) -> None:
        problems.append(
            Problem(
                Path(error.filename),
                tr("it cannot be listed ({strerror})").format(strerror=error.strerror),
            )
        )

    for root, folders, names in os.walk(folder, onerror=unlisted):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith("."):
                continue
            path = Path(root, name)
            try:
                str(path).encode()
            except UnicodeEncodeError:
                problems.append(Problem(path, tr("its name is not UTF-8")))
            else:
                yield path


def _nearest(textgrid: Path, recordings: list[Path]) -> list[Path]:
    """The recordings that share most of the TextGrid's path; one a folder, the best format."""
    best: list[Path] = []
    best_shared = -1
    for recording in sorted(recordings, key=_format_rank):
        if any(recording.parent == other.parent for other in best):
            continue
        shared = len(os.path.commonpath([textgrid.parent, recording.parent]))
        if recording.parent == textgrid.parent:
            return [recording]
        if shared > best_shared:
            best, best_shared = [recording], shared
        elif shared == best_shared:
            best.append(recording)
    return best


def _format_rank(path: Path) -> tuple[int, str]:
    return AUDIO_SUFFIXES.index(path.suffix.lower()), str(path)


def _speaker_rule(speaker_from: str, folder: Path, set_name: str) -> Callable[[Path], str | None]:
    if speaker_from == "folder":

        def by_folder(recording: Path) -> str:
            parts = recording.parent.relative_to(folder).parts
            return next(
                (part for part in reversed(parts) if part.lower() not in _GENERIC_FOLDERS), set_name
            )

        return by_folder
    try:
        pattern = re.compile(speaker_from)
    except re.error as error:
        raise CorpusError(
            tr("The speaker pattern {speaker_from!r} is no regular expression ({error}).").format(
                speaker_from=speaker_from, error=error
            )
        ) from None

    def by_pattern(recording: Path) -> str | None:
        match = pattern.search(recording.stem)
        if match is None:
            return None
        return (match.group(1) if pattern.groups else match.group()) or None

    return by_pattern


def read_pair(pair: Pair, class_map: ClassMap, tier_name: str | None = None) -> PairTokens:
    """The tokens of one recording that have a class.

    Parameters
    ----------
    pair
        Recording and TextGrid.
    class_map
        Decides which labels are tokens.
    tier_name
        The interval tier; None for the one that `tokens.phone_tier` finds by its name.

    Returns
    -------
    PairTokens
        A fault of a file is in `failure`, never raised.
    """
    result = PairTokens(pair)
    try:
        textgrid = read_textgrid(pair.textgrid).textgrid
        with Recording(pair.recording) as recording:
            rate_hz, duration_s = recording.rate_hz, recording.duration_s
            tier = _find_tier(textgrid, tier_name)
            names = [class_map.class_of(interval.text) for interval in tier.intervals]
            sound = outline_of(recording) if any(names) else _SILENT
    except UserError as error:
        text = str(error).removeprefix(f"{pair.textgrid}: ").removeprefix(f"{pair.recording}: ")
        about_audio = str(pair.recording) in str(error)
        result.failure = Problem(pair.recording if about_audio else pair.textgrid, text.rstrip("."))
        return result
    words = word_tier(textgrid)
    beyond = 0
    for index, (interval, name) in enumerate(zip(tier.intervals, names, strict=True)):
        if name is None:
            kind = label_kind(interval.text)
            if kind == "phone" or (kind == "unknown" and class_map.knows(interval.text)):
                result.other[interval.text.strip()] += 1
            elif kind == "unknown":
                result.unknown[interval.text.strip()] += 1
            continue
        latest_s = duration_s + MAX_DURATION_DIFFERENCE_S
        if not 0 <= interval.tmin_s < interval.tmax_s <= latest_s:
            beyond += 1
            continue
        token = token_at(pair.recording, tier, index, words)
        result.rows.append(
            {
                "recording": str(pair.recording),
                "textgrid": str(pair.textgrid),
                "set": pair.set_name,
                "speaker": pair.speaker,
                "utterance": pair.utterance,
                "tier": token.tier,
                "index": index,
                "tmin_s": token.tmin_s,
                "tmax_s": token.tmax_s,
                "duration_s": token.duration_s,
                "label": token.label,
                "class": name,
                "stress": stress_of(token.label),
                "word": token.word,
                "left": token.left,
                "right": token.right,
                "rate_hz": rate_hz,
                "silence_s": sound.silence_s(token.tmin_s, token.tmax_s),
                "clipped": sound.clipped_samples(token.tmin_s, token.tmax_s),
            }
        )
    result.warning = _duration_warning(pair, textgrid, duration_s, beyond)
    return result


def read_pairs(
    pairs: Sequence[Pair], class_map: ClassMap, tier_name: str | None = None
) -> list[PairTokens]:
    """`read_pair` for several, in a worker process (which need not import what writes Parquet)."""
    return [read_pair(pair, class_map, tier_name) for pair in pairs]


def _find_tier(textgrid: TextGrid, name: str | None) -> IntervalTier:
    names = ", ".join(repr(tier.name) for tier in textgrid.tiers) or "none"
    if name is None:
        tier = phone_tier(textgrid)
        if tier is None:
            raise CorpusError(
                tr("no tier has the usual name of a phone tier (its tiers: {names})").format(
                    names=names
                )
            )
        return tier
    for candidate in textgrid.tiers:
        if candidate.name == name and isinstance(candidate, IntervalTier):
            return candidate
    raise CorpusError(
        tr("it has no interval tier called {name!r} (its tiers: {names})").format(
            name=name, names=names
        )
    )


def _duration_warning(
    pair: Pair, textgrid: TextGrid, duration_s: float, beyond: int
) -> Problem | None:
    parts = []
    if abs(textgrid.tmax_s - duration_s) > MAX_DURATION_DIFFERENCE_S:
        parts.append(
            tr("the TextGrid ends at {tmax_s:.3f} s, the recording at {duration_s:.3f} s").format(
                tmax_s=textgrid.tmax_s, duration_s=duration_s
            )
        )
    if beyond:
        parts.append(
            tr("{beyond} labelled intervals lie outside the recording and are left out").format(
                beyond=beyond
            )
        )
    return Problem(pair.textgrid, "; ".join(parts)) if parts else None
