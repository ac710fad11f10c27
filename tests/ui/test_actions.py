from __future__ import annotations

from collections import Counter

from vowelscope.ui.actions import TABLE


def test_no_two_actions_of_a_menu_share_a_mnemonic() -> None:
    """Where two do, Alt and the letter only walks between them."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for row in TABLE:
        _, mark, after = row.text.partition("&")
        if mark:
            seen[row.menu, row.submenu, after[0].lower()] += 1
    assert len(seen) > 30
    assert [key for key, count in seen.items() if count > 1] == []


def test_ids_and_keys_are_given_once() -> None:
    ids = Counter(row.id for row in TABLE)
    keys = Counter(key for row in TABLE for key in row.keys)
    assert [name for name, count in (ids + keys).items() if count > 1] == []
