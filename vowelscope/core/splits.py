"""Training, validation and test parts of a corpus: by utterance, stratified, seeded, hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

SPLITS = ("train", "val", "test")


def seeded_rank(seed: int, *parts: str | int) -> int:
    """A number below 2**64 that looks random but depends on nothing but its arguments."""
    text = "\x1f".join(str(part) for part in (seed, *parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def assign_splits(
    counts: Mapping[str, Mapping[str, int]],
    *,
    test: float,
    val: float,
    seed: int,
    salt: str = "",
) -> dict[str, str]:
    """Divide groups of tokens (utterances) among the parts, each class in the same proportion.

    Parameters
    ----------
    counts
        Group -> class -> number of tokens.
    test, val
        Share of the tokens in the test and validation parts, 0 to 1; the rest is for training.
    seed, salt
        Decide the order in which groups are taken; `salt` keeps sets of the same names apart.

    Returns
    -------
    dict
        Group -> ``train``, ``val`` or ``test``; every group is in exactly one part.

    Notes
    -----
    Iterative stratification (Sechidis, Tsoumakas & Vlahavas 2011, "On the stratification of
    multi-label data", ECML PKDD): classes from the rarest on, each group to the part that lacks
    most of the class, then most of all classes.
    """
    wanted = {"train": 1 - test - val, "val": val, "test": test}
    shares = {part: share for part, share in wanted.items() if share > 0}
    totals: dict[str, int] = {}
    for by_class in counts.values():
        for name, count in by_class.items():
            totals[name] = totals.get(name, 0) + count
    lacking = {
        (part, name): share * total
        for part, share in shares.items()
        for name, total in totals.items()
    }
    lacking_all = {part: share * sum(totals.values()) for part, share in shares.items()}
    order = sorted(counts, key=lambda group: (seeded_rank(seed, salt, group), group))
    result: dict[str, str] = {}
    for rarest in sorted(totals, key=lambda name: (totals[name], name)):
        for group in order:
            if group in result or not counts[group].get(rarest):
                continue
            part = max(shares, key=lambda part: (lacking[part, rarest], lacking_all[part]))
            result[group] = part
            for name, count in counts[group].items():
                lacking[part, name] -= count
                lacking_all[part] -= count
    return result


def split_hash(rows: Iterable[tuple[str, str, str]]) -> str:
    """SHA-256 of a split, from its (set, utterance, part) triples in any order, with repeats.

    Returns
    -------
    str
        64 hexadecimal digits: the hash of the sorted triples, one a line, separated by tabs.
    """
    lines = sorted({"\t".join(row) for row in rows})
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
