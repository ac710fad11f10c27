"""Recordings and TextGrids of a corpus read by several processes, in order, piece by piece."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from itertools import islice

from vowelscope.core.corpus_pieces import PIECE, Piece, PieceStore
from vowelscope.core.errors import CorpusError
from vowelscope.core.pairs import Pair, PairTokens, read_pair, read_pairs
from vowelscope.core.phones import ClassMap
from vowelscope.core.pools import worker_pool
from vowelscope.core.translation import tr

_CHUNK = 16
# Below this a pool of processes costs more than it saves.
_FEW = 200

Progress = Callable[[int, int], None]


def read_pieces(
    pairs: Sequence[Pair],
    class_map: ClassMap,
    tier: str | None,
    jobs: int,
    store: PieceStore,
    progress: Progress | None = None,
) -> Generator[Piece, None, None]:
    """The tokens of the pairs in their order; pieces that `store` holds are not read again.

    Parameters
    ----------
    class_map, tier, jobs, progress
        As `corpus.build_corpus` has them.
    store
        Keeps each piece as soon as it is read.

    Raises
    ------
    CorpusError
        A process was ended by the system.
    OSError, pyarrow.ArrowException
        A piece cannot be kept.
    """
    tell = progress or _silent
    pieces = [pairs[i : i + PIECE] for i in range(0, len(pairs), PIECE)]
    paths = [store.path_of(piece) for piece in pieces]
    kept = [path.exists() for path in paths]
    todo = [pair for piece, held in zip(pieces, kept, strict=True) if not held for pair in piece]
    done = 0
    tell(done, len(pairs))
    with closing(_read_all(todo, class_map, tier, jobs)) as results:
        for piece, path, held in zip(pieces, paths, kept, strict=True):
            made = store.load(path) if held else None
            if made is not None:
                done += len(piece)
                tell(done, len(pairs))
                yield made
                continue
            made = Piece()
            reading = (read_pair(pair, class_map, tier) for pair in piece) if held else results
            for result in islice(reading, len(piece)):
                made.add(result)
                done += 1
                tell(done, len(pairs))
            store.save(path, made)
            yield made


def _read_all(
    pairs: Sequence[Pair], class_map: ClassMap, tier: str | None, jobs: int
) -> Generator[PairTokens, None, None]:
    """Read the pairs in their order, in this process or in `jobs` others."""
    if jobs <= 1 or len(pairs) < _FEW:
        for pair in pairs:
            yield read_pair(pair, class_map, tier)
        return
    pool = worker_pool(jobs)
    chunks = (pairs[i : i + _CHUNK] for i in range(0, len(pairs), _CHUNK))
    waiting: deque[Future[list[PairTokens]]] = deque()
    try:
        # A bounded queue: a fast worker must not pile up rows while a slow one holds the order.
        for chunk in islice(chunks, 4 * jobs):
            waiting.append(_submit(pool, chunk, class_map, tier))
        while waiting:
            yield from waiting.popleft().result()
            for chunk in islice(chunks, 1):
                waiting.append(_submit(pool, chunk, class_map, tier))
    except BrokenProcessPool:
        raise CorpusError(
            tr(
                "A process that read recordings was ended by the system (out of "
                "memory?); try again with --jobs 1."
            )
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _submit(
    pool: ProcessPoolExecutor, chunk: Sequence[Pair], class_map: ClassMap, tier: str | None
) -> Future[list[PairTokens]]:
    """Hand a chunk to the pool, which may start a process for it.

    Ctrl-C reaches the whole process group, and the parent alone decides. A process that is just
    starting cannot ignore the signal yet, so it inherits a mask that keeps it away.
    """
    if not hasattr(signal, "pthread_sigmask"):
        return pool.submit(read_pairs, chunk, class_map, tier)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(read_pairs, chunk, class_map, tier)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _silent(_done: int, _total: int) -> None:
    pass
