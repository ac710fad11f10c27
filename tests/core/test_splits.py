from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from vowelscope.core.splits import assign_splits, split_hash

CLASSES = ("i", "æ", "ɝ", "ɑ", "u")
corpora = st.dictionaries(
    st.text("abcdef0123", min_size=1, max_size=5),
    st.dictionaries(st.sampled_from(CLASSES), st.integers(1, 9), min_size=1),
    max_size=40,
)
shares = st.sampled_from([0.0, 0.05, 0.2, 0.4])


@given(corpora, shares, shares, st.integers(0, 5))
def test_every_group_is_in_one_part_and_the_seed_decides_which(
    counts: dict[str, dict[str, int]], test: float, val: float, seed: int
) -> None:
    parts = assign_splits(counts, test=test, val=val, seed=seed)
    assert set(parts) == set(counts)
    allowed = {"train"} | ({"test"} if test else set()) | ({"val"} if val else set())
    assert set(parts.values()) <= allowed
    backwards = dict(reversed(counts.items()))
    assert assign_splits(backwards, test=test, val=val, seed=seed) == parts


def test_each_class_is_divided_in_the_shares_asked_for() -> None:
    counts = {
        f"utterance-{n:03}": {name: 1 + (n * (k + 3)) % 7 for k, name in enumerate(CLASSES)}
        for n in range(200)
    }
    totals: Counter[str] = Counter()
    in_test: Counter[str] = Counter()
    for seed in (1, 2, 3):
        parts = assign_splits(counts, test=0.2, val=0.05, seed=seed)
        for name, by_class in counts.items():
            totals.update(by_class)
            if parts[name] == "test":
                in_test.update(by_class)
        for name in totals:
            assert abs(in_test[name] / totals[name] - 0.2) < 0.01


def test_another_seed_or_set_gives_another_split() -> None:
    counts = {f"u{n}": {"i": 1 + n % 3, "u": 1} for n in range(40)}
    first = assign_splits(counts, test=0.2, val=0.05, seed=1)
    assert assign_splits(counts, test=0.2, val=0.05, seed=2) != first
    assert assign_splits(counts, test=0.2, val=0.05, seed=1, salt="other") != first


def test_the_hash_is_of_the_split_and_not_of_the_order() -> None:
    rows = [("a", "u1", "train"), ("a", "u2", "test"), ("b", "u1", "val")]
    assert split_hash(rows) == split_hash([*reversed(rows), rows[0]])
    assert split_hash(rows) != split_hash([("a", "u1", "test"), *rows[1:]])
    # sha256 of "a\tu1\ttrain\n", by coreutils.
    assert split_hash(rows[:1]) == (
        "9eff4344f1bf4903fc06eed145b73b4f593470f40ecf67e501042ac88b4c11a6"
    )
