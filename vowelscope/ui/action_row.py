"""One row of the table of actions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action.

    Attributes
    ----------
    id
        Stable name, ``group.verb``: `verb` is the method that does it. In ``group.verb:3`` the
        method is called with 3.
    text
        What the menu says, with its mnemonic.
    menu
        Title of the menu that holds it; "" for none.
    keys
        Shortcuts, the first of which the menu shows. Praat's where Praat has one.
    editor_only
        The key counts only while the keyboard is in the waveform, spectrogram or tiers, so that
        lists, sliders and text fields elsewhere keep their arrows and Tab.
    checkable
        It is switched on and off.
    separated
        A line stands above it.
    submenu
        Title of the menu within `menu` that holds it; "" for `menu` itself.
    outside
        Keys that count only in the docks, where the views' own keys do not.
    """

    id: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    editor_only: bool = False
    checkable: bool = False
    separated: bool = False
    submenu: str = ""
    outside: tuple[str, ...] = ()


def row(
    id: str,
    text: str,
    menu: str,
    *keys: str,
    submenu: str = "",
    outside: tuple[str, ...] = (),
    **flags: bool,
) -> ActionRow:
    """A row, with its keys one after the other."""
    return ActionRow(id, text, menu, keys, submenu=submenu, outside=outside, **flags)
