from __future__ import annotations

from vowelscope.app.editing_settings import EditingSettings, KeyChoice
from vowelscope.app.keymap import Keymap, Keys, spelled
from vowelscope.app.settings import Settings, SettingsFile

DEFAULTS = (
    Keys("view.all", "Show all", ("Ctrl+A",)),
    Keys("find.next", "Find next", ("Ctrl+G",)),
    Keys("edit.add", "Add boundary", ("Return", "Enter"), views_only=True),
    Keys("query.f1", "Get first formant", ("F1",), views_only=True),
    Keys("keys.sheet", "Keys", ("Shift+F1",), outside=("F1",)),
    Keys("window.about", "About"),
)


def test_keys_are_spelled_in_one_way() -> None:
    assert spelled("Shift+Alt+Left") == "Alt+Shift+Left"
    assert spelled("ctrl+g") == "Ctrl+G"
    assert spelled("Ctrl+Nonsense") == spelled("") == ""


def test_without_choices_all_is_as_it_came() -> None:
    keymap = Keymap(DEFAULTS)
    assert keymap["edit.add"] == ("Return", "Enter") and keymap["window.about"] == ()
    assert keymap.choices == () and keymap.problems() == ()


def test_a_key_is_taken_from_who_had_it_and_comes_back_with_the_default() -> None:
    keymap = Keymap(DEFAULTS)
    assert keymap.holders("ctrl+g", "view.all") == ("find.next",)
    changed = keymap.with_key("view.all", "Ctrl+G")
    assert (changed["view.all"], changed["find.next"]) == (("Ctrl+G",), ())
    assert changed.is_changed("find.next") and changed.problems() == ()
    assert set(changed.choices) == {KeyChoice("view.all", ("Ctrl+G",)), KeyChoice("find.next", ())}
    back = changed.with_default("find.next")
    assert (back["view.all"], back["find.next"]) == ((), ("Ctrl+G",))
    assert back.choices == (KeyChoice("view.all", ()),)
    assert back.with_default("view.all").choices == ()
    assert changed.with_all_defaults().choices == ()
    assert keymap["view.all"] == ("Ctrl+A",)  # a value: nothing was done to the first


def test_the_key_of_the_number_block_goes_with_return() -> None:
    changed = Keymap(DEFAULTS).with_key("find.next", "Ctrl+Return")
    assert changed["find.next"] == ("Ctrl+Return", "Ctrl+Enter")
    changed = changed.with_key("view.all", "Return")
    assert changed["view.all"] == ("Return", "Enter") and changed["edit.add"] == ()
    assert changed.with_key("view.all", "")["view.all"] == ()


def test_a_key_of_the_docks_clashes_only_where_both_count() -> None:
    keymap = Keymap(DEFAULTS)
    assert keymap.holders("F1", "find.next") == ("query.f1", "keys.sheet")
    assert keymap.holders("F1", "query.f1") == ()


def test_what_the_settings_say_wrongly_is_a_sentence_each() -> None:
    wrong = (
        KeyChoice("view.all", ("Ctrl+G",)),
        KeyChoice("window.about", ("Nonsense",)),
        KeyChoice("not.here", ("Ctrl+Q",)),
    )
    keymap = Keymap(DEFAULTS, wrong)
    problems = keymap.problems()
    assert len(problems) == 2
    assert "Nonsense" in problems[0] and "About" in problems[0]
    assert "Show all" in problems[1] and "Find next" in problems[1] and "Ctrl+G" in problems[1]
    assert KeyChoice("not.here", ("Ctrl+Q",)) in keymap.choices


def test_choices_live_in_the_settings_file(tmp_path: object) -> None:
    choices = Keymap(DEFAULTS).with_key("view.all", "Ctrl+G").choices
    SettingsFile().save(Settings(editing=EditingSettings(keys=choices)))
    file = SettingsFile()
    assert Keymap(DEFAULTS, file.load().editing.keys)["find.next"] == ()
    assert file.warnings == []
