"""Letter-to-sound rules learnt from a pronunciation dictionary, for words that it does not hold.

Letters are first paired with phones (each letter says none, one or two) by Viterbi training.
Each letter's phones are then stored under its context, widened one neighbour at a time (right,
left, right, ...) for as long as a wider context says something else: the IGTree of Daelemans,
van den Bosch and Weijters (1997, "IGTree: using trees for compression and classification in lazy
learning algorithms", Artificial Intelligence Review 11). To pronounce, the widest context known
decides.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

Phones = tuple[str, ...]
Rules = Mapping[str, str]

_OFFSETS = (1, -1, 2, -2, 3, -3, 4, -4)
_EDGE = "#"
_MAX_PHONES_PER_LETTER = 2
_FORMAT = 1


def learn_rules(entries: Iterable[tuple[str, Phones]]) -> dict[str, str]:
    """Learn the rules from words and their phones.

    Parameters
    ----------
    entries
        (word of the letters a-z and the apostrophe, phones), one pronunciation a word.

    Returns
    -------
    dict
        Context (the letter, then its neighbours in the order +1, -1, +2, -2, ...) to the phones
        said there, separated by spaces; "" for a silent letter.
    """
    words = [(word, phones) for word, phones in entries if word and phones]
    costs = _pairing_costs(words)
    tallies: dict[str, Counter[str]] = defaultdict(Counter)
    for word, phones in words:
        pairs = _pair(word, phones, costs)
        if pairs is None:
            continue
        for index, said in enumerate(pairs):
            for context in _contexts(word, index):
                tallies[context][said] += 1
    return _prune(tallies)


def pronounce_letters(word: str, rules: Rules) -> Phones:
    """Phones of `word` by the rules; letters that no rule knows are silent."""
    phones: list[str] = []
    for index in range(len(word)):
        said = ""
        for context in _contexts(word, index):
            if context not in rules:
                break
            said = rules[context]
        phones.extend(said.split())
    return tuple(phones)


def cached_rules(
    entries: Iterable[tuple[str, Phones]], source: Path, folder: Path
) -> dict[str, str]:
    """The rules learnt from `entries`, kept under `folder` so that they are learnt once.

    Parameters
    ----------
    entries
        As for `learn_rules`; only iterated when nothing is cached.
    source
        The dictionary file that `entries` come from: another size or name learns anew.
    folder
        Where the cache lives. A folder that cannot be written costs time, not the result.
    """
    key = f"{source.name}:{source.stat().st_size}:{_FORMAT}"
    path = folder / f"letter-to-sound-{hashlib.sha256(key.encode()).hexdigest()[:12]}.json"
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(stored, dict) and stored:
            return stored
    except (OSError, ValueError):
        pass
    rules = learn_rules(entries)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(f".{id(rules)}.tmp")
        scratch.write_text(json.dumps(rules, separators=(",", ":")), encoding="utf-8")
        scratch.replace(path)
    except OSError:
        pass
    return rules


def phone_errors(said: Sequence[str], truth: Sequence[str]) -> int:
    """Edits (substitutions, insertions, deletions) that turn `said` into `truth`."""
    row = list(range(len(truth) + 1))
    for i, phone in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, wanted in enumerate(truth, 1):
            diagonal, row[j] = (
                row[j],
                min(row[j] + 1, row[j - 1] + 1, diagonal + (phone != wanted)),
            )
    return row[-1]


def _contexts(word: str, index: int) -> list[str]:
    """The contexts of one letter, narrowest first."""
    context = word[index]
    contexts = [context]
    for offset in _OFFSETS:
        position = index + offset
        context += word[position] if 0 <= position < len(word) else _EDGE
        contexts.append(context)
    return contexts


def _pairing_costs(words: Sequence[tuple[str, Phones]]) -> dict[tuple[str, str], float]:
    """-log P(phones | letter), trained by Viterbi from the words with as many phones as letters."""
    sample = words[:: max(1, len(words) // 20_000)]
    tally: Counter[tuple[str, str]] = Counter()
    for word, phones in sample:
        if len(word) == len(phones):
            tally.update(zip(word, phones, strict=True))
    costs = _costs(tally)
    for _ in range(3):
        tally = Counter()
        for word, phones in sample:
            pairs = _pair(word, phones, costs)
            if pairs is not None:
                tally.update(zip(word, pairs, strict=True))
        costs = _costs(tally)
    return costs


def _costs(tally: Counter[tuple[str, str]]) -> dict[tuple[str, str], float]:
    totals: Counter[str] = Counter()
    for (letter, _), count in tally.items():
        totals[letter] += count
    return {key: -math.log(count / totals[key[0]]) for key, count in tally.items()}


# What a pairing that was never seen costs, by the number of phones: silence is common, two phones
# for one letter (the x of "six") are rare.
_UNSEEN = (5.0, 9.0, 14.0)


def _pair(word: str, phones: Phones, costs: Mapping[tuple[str, str], float]) -> list[str] | None:
    """The cheapest phones for each letter, or None where the letters are too few."""
    n_letters, n_phones = len(word), len(phones)
    if n_phones > _MAX_PHONES_PER_LETTER * n_letters:
        return None
    best = [0.0] + [math.inf] * n_phones
    steps: list[list[int]] = []
    for letter in word:
        row, back = [math.inf] * (n_phones + 1), [0] * (n_phones + 1)
        for done, so_far in enumerate(best):
            if so_far == math.inf:
                continue
            for n in range(min(_MAX_PHONES_PER_LETTER, n_phones - done) + 1):
                said = " ".join(phones[done : done + n])
                cost = so_far + costs.get((letter, said), _UNSEEN[n])
                if cost < row[done + n]:
                    row[done + n], back[done + n] = cost, n
        best = row
        steps.append(back)
    pairs: list[str] = []
    at = n_phones
    for back in reversed(steps):
        n = back[at]
        pairs.append(" ".join(phones[at - n : at]))
        at -= n
    return pairs[::-1]


def _prune(tallies: Mapping[str, Counter[str]]) -> dict[str, str]:
    """Keep a context only where it, or a wider one that hangs on it, says something new."""
    winners = {context: tally.most_common(1)[0][0] for context, tally in tallies.items()}
    kept: dict[str, str] = {}
    for context in sorted(winners, key=len, reverse=True):
        parent = context[:-1]
        if context in kept or not parent or winners[context] != winners[parent]:
            kept[context] = winners[context]
            if parent:
                kept.setdefault(parent, winners[parent])
    return kept
