from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vowelscope.core import edit_search as es
from vowelscope.core.edit_search import Query
from vowelscope.core.errors import TextGridError
from vowelscope.core.phones import display_label, load_class_map
from vowelscope.core.textgrid import Interval, IntervalTier, Point, PointTier, TextGrid


def tier(name: str, *labels: str) -> IntervalTier:
    intervals = tuple(Interval(float(n), n + 1.0, label) for n, label in enumerate(labels))
    return IntervalTier(name, 0.0, float(len(labels)), intervals)


GRID = TextGrid(
    0.0,
    5.0,
    (
        tier("words", "Banana", "", "a", "  ", "ban"),
        tier("phones", r"t\sh", "IY1", r"\ae\ae", "tʃ", "AE0"),
        PointTier("tones", 0.0, 5.0, (Point(0.5, "L*"), Point(2.5, "H*"))),
    ),
)


def labels(grid: TextGrid, number: int) -> list[str]:
    return [label for _, _, label in es.labelled_spans(grid.tiers[number])]


def test_hits_tell_where_and_when() -> None:
    hits = es.find(GRID, Query("an", tiers=(0,)))
    assert [(hit.index, hit.start, hit.stop, hit.text) for hit in hits] == [
        (0, 1, 3, "an"),
        (0, 3, 5, "an"),
        (4, 1, 3, "an"),
    ]
    assert (hits[2].tmin_s, hits[2].tmax_s) == (4.0, 5.0)
    star = es.find(GRID, Query("*"))
    assert [(hit.tier, hit.index, hit.tmin_s, hit.tmax_s) for hit in star] == [
        (2, 0, 0.5, 0.5),
        (2, 1, 2.5, 2.5),
    ]


def test_case_and_whole_labels() -> None:
    assert len(es.find(GRID, Query("b", tiers=(0,)))) == 2
    assert len(es.find(GRID, Query("b", match_case=True, tiers=(0,)))) == 1
    assert [hit.index for hit in es.find(GRID, Query("a", "whole", tiers=(0,)))] == [2]
    assert [hit.index for hit in es.find(GRID, Query("", "whole", tiers=(0,)))] == [1]
    assert [hit.index for hit in es.find(GRID, Query("^b.*a$", "regex", tiers=(0,)))] == [0]


def test_labels_are_searched_as_shown_and_hit_as_written() -> None:
    hits = es.find(GRID, Query("ʃ"))
    assert [(hit.index, hit.text) for hit in hits] == [(0, r"\sh"), (3, "ʃ")]
    assert es.find(GRID, Query(r"\sh")) == hits
    assert [hit.index for hit in es.find(GRID, Query(r"\sh", shown=False))] == [0]
    assert [hit.text for hit in es.find(GRID, Query("æ"))] == [r"\ae", r"\ae"]


def test_a_replacement_is_written_as_its_label_was() -> None:
    after, count = es.replace_all(GRID, Query("ʃ"), "ʒ")
    assert count == 2
    assert labels(after, 1) == [r"t\zh", "IY1", r"\ae\ae", "tʒ", "AE0"]


def test_groups_of_a_regular_expression() -> None:
    after, count = es.replace_all(GRID, Query(r"([A-Z]+)(?P<stress>\d)", "regex"), r"\g<stress>\1")
    assert count == 2
    assert labels(after, 1) == [r"t\sh", "1IY", r"\ae\ae", "tʃ", "0AE"]
    plain, _ = es.replace_all(GRID, Query("IY1"), r"\1")
    assert labels(plain, 1)[1] == r"\1"


def test_one_hit_is_replaced_and_only_while_it_is_there() -> None:
    query = Query("an", tiers=(0,))
    second = es.find(GRID, query)[1]
    after = es.replace_hit(GRID, second, query, "-")
    assert labels(after, 0)[0] == "Ban-a"
    with pytest.raises(TextGridError, match="has changed since it was found"):
        es.replace_hit(after, second, query, "-")


def test_hits_are_walked_both_ways() -> None:
    hits = es.find(GRID, Query("an", tiers=(0,)))
    assert es.next_hit(hits, 0, 0) is hits[0]
    assert es.next_hit(hits, 0, 0, 1) is hits[1]
    assert es.next_hit(hits, 0, 0, 1, backwards=True) is hits[2]
    assert es.next_hit(hits, 0, 0, 1, backwards=True, wrap=False) is None
    assert es.next_hit(hits, 0, 4, 1) is hits[0]
    assert es.next_hit(hits, 2, 0, backwards=True) is hits[2]
    assert es.next_hit((), 0, 0) is None


def test_the_next_empty_interval_and_the_next_of_a_class() -> None:
    assert es.next_empty(GRID, 0) == 1
    assert es.next_empty(GRID, 0, 1) == 3
    assert es.next_empty(GRID, 0, 3) is None
    assert es.next_empty(GRID, 0, 3, wrap=True) == 1
    assert es.next_empty(GRID, 0, backwards=True) == 3
    assert es.next_empty(GRID, 0, 1, backwards=True, wrap=True) == 3
    vowels = load_class_map("vowels5")
    assert es.next_of_class(GRID, 1, None, vowels, "i") == 1
    assert es.next_of_class(GRID, 1, 1, vowels, "æ") == 4
    assert es.next_of_class(GRID, 1, 4, vowels, backwards=True) == 1


@pytest.mark.parametrize(
    ("query", "replacement", "said"),
    [
        (Query(""), "", "nothing to look for"),
        (Query("(a", "regex"), "", r"“\(a” is no regular expression"),
        (Query("a", "regex"), r"\2", "cannot replace: no such group"),
        (Query("a", "regex"), r"\sh", "a backslash itself is written"),
        (Query("a", tiers=(7,)), "", "There is no tier 8"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(
    query: Query, replacement: str, said: str
) -> None:
    with pytest.raises(TextGridError, match=said):
        es.replace_all(GRID, query, replacement)


PIECES = st.lists(st.sampled_from([r"\ae", r"\sh", "\\", "a", "t", "ʃ", r"\' ", "bs"]), max_size=8)


@settings(max_examples=100, deadline=None)
@given(PIECES, st.sampled_from(["a", "t", "æ", "ʃ", "ʃt"]))
def test_replacing_in_the_raw_label_is_replacing_in_what_is_shown(
    pieces: list[str], text: str
) -> None:
    grid = TextGrid(0.0, 1.0, (tier("x", "".join(pieces)),))
    query = Query(text, match_case=True)
    for hit in es.find(grid, query):
        assert display_label(hit.text) == text
    after, count = es.replace_all(grid, query, "…")
    shown = display_label("".join(pieces))
    # A backslash left over might begin a trigraph with what comes to stand beside it.
    if "\\" not in shown:
        assert display_label(labels(after, 0)[0]) == shown.replace(text, "…")
    assert count == shown.count(text)


def test_an_expression_that_would_run_for_years_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grid = TextGrid(0.0, 2.0, (tier("words", "aab", "a" * 60 + "b"),))
    monkeypatch.setattr(es.label_search, "LIMIT_S", 0.2)
    for call in (
        lambda: es.find(grid, Query(r"(a|aa)+$", "regex")),
        lambda: es.replace_all(grid, Query(r"(a|aa)+$", "regex"), "x"),
        lambda: es.replace_hit(
            grid,
            es.Hit(0, 1, 0, 1, 1.0, 2.0, "a" * 60 + "b"),
            Query(r"(a|aa)+$", "regex"),
            "x",
        ),
    ):
        with pytest.raises(TextGridError) as caught:
            call()
        assert str(caught.value) == (
            "The search for “(a|aa)+$” was stopped at the label "
            f"“{'a' * 39}…”, where it takes too long: a repeat within a repeat, as in (a+)+, "
            "is often why."
        )


def test_the_limit_is_of_all_labels_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(es.label_search, "LIMIT_S", -1.0)
    with pytest.raises(TextGridError, match="takes too long"):
        es.find(GRID, Query("a+", "regex"))
    assert es.find(GRID, Query("a")), "what is no expression of the user's has no limit"


def test_a_search_that_nobody_wants_is_left() -> None:
    seen: list[int] = []

    def stale() -> None:
        seen.append(1)
        if len(seen) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        es.find(GRID, Query("a"), stale)
    assert len(seen) == 3
