from __future__ import annotations

from vowelscope.core.chosen_ceilings import ChosenCeilings


def test_a_choice_outlives_a_moved_boundary() -> None:
    chosen = ChosenCeilings().with_choice("phones", 1.0, 1.2, None, 5050.0)
    chosen = chosen.with_choice("Vokäle", 0.1, 0.2, 1, 4600.0)
    assert chosen.of("phones", 0.95, 1.15, None) == 5050.0
    assert chosen.of("phones", 1.0, 1.1, None) is None  # it stands at 1.1 s: the next one's
    assert chosen.of("phones", 1.1, 1.3, None) == 5050.0
    assert chosen.of("phones", 1.0, 1.2, 0) is None
    assert chosen.of("words", 1.0, 1.2, None) is None
    assert chosen.of("Vokäle", 0.1, 0.2, 1) == 4600.0


def test_a_new_choice_takes_the_place_of_the_old_and_none_removes_it() -> None:
    chosen = ChosenCeilings().with_choice("phones", 1.0, 1.2, None, 5050.0)
    chosen = chosen.with_choice("phones", 1.0, 1.3, None, 5200.0)
    assert [choice.ceiling_hz for choice in chosen.choices] == [5200.0]
    assert chosen.with_choice("phones", 1.0, 1.3, None, None) == ChosenCeilings()
