"""The rows of the table of actions that correct formants by hand."""

from __future__ import annotations

from vowelscope.ui.action_row import ActionRow, row

_IN = "Co&rrect formants"

REPAIR_ROWS: tuple[ActionRow, ...] = (
    row(
        "formant.mode",
        "&Correct by hand",
        "&Query",
        "Ctrl+Alt+F",
        submenu=_IN,
        checkable=True,
    ),
    *(
        row(
            f"formant.assign:{number}",
            f"The dot under the mouse is F&{number}",
            "&Query",
            str(number),
            submenu=_IN,
            editor_only=True,
            separated=number == 1,
        )
        for number in range(1, 6)
    ),
    row(
        "formant.undefine",
        "The dot under the mouse is &no formant",
        "&Query",
        "Delete",
        submenu=_IN,
        editor_only=True,
    ),
    row(
        "formant.restore",
        "&Praat's value again under the mouse",
        "&Query",
        "0",
        submenu=_IN,
        editor_only=True,
    ),
    row(
        "formant.choose_up",
        "Choose the formant a&bove at the cursor",
        "&Query",
        "Ctrl+PgUp",
        submenu=_IN,
        editor_only=True,
        separated=True,
    ),
    row(
        "formant.choose_down",
        "Choose the formant belo&w",
        "&Query",
        "Ctrl+PgDown",
        submenu=_IN,
        editor_only=True,
    ),
    row(
        "formant.up",
        "Move the chosen dot &up",
        "&Query",
        "Alt+Shift+PgUp",
        submenu=_IN,
        editor_only=True,
    ),
    row(
        "formant.down",
        "Move the chosen dot &down",
        "&Query",
        "Alt+Shift+PgDown",
        submenu=_IN,
        editor_only=True,
    ),
    row(
        "formant.far_up",
        "Move the chosen dot far up",
        "&Query",
        "Alt+PgUp",
        submenu=_IN,
        editor_only=True,
    ),
    row(
        "formant.far_down",
        "Move the chosen dot far down",
        "&Query",
        "Alt+PgDown",
        submenu=_IN,
        editor_only=True,
    ),
    row(
        "formant.later",
        "Nex&t frame of the formants",
        "&Query",
        "Right",
        submenu=_IN,
        editor_only=True,
    ),
    row(
        "formant.earlier",
        "Previous &frame of the formants",
        "&Query",
        "Left",
        submenu=_IN,
        editor_only=True,
    ),
    row(
        "formant.forget",
        "Praat's values again in the &selection",
        "&Query",
        submenu=_IN,
        separated=True,
    ),
    row(
        "formant.next",
        "Ne&xt vowel",
        "&Query",
        ".",
        submenu=_IN,
        editor_only=True,
        separated=True,
    ),
    row("formant.previous", "Pre&vious vowel", "&Query", ",", submenu=_IN, editor_only=True),
)
"""In the order of the menu."""
