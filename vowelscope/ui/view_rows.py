"""The rows of the table of actions that say how the views look."""

from __future__ import annotations

from vowelscope.ui.action_row import ActionRow, row

_SCALE = "Fre&quency scale"
_COLOURS = "Spectrogram colou&rs"
_TIERS = "Sho&w"

VIEW_ROWS: tuple[ActionRow, ...] = (
    row("scale.hz", "&Hertz", "&View", submenu=_SCALE, checkable=True),
    row("scale.mel", "&Mel", "&View", submenu=_SCALE, checkable=True),
    row("scale.bark", "&Bark", "&View", submenu=_SCALE, checkable=True),
    row("scale.erb", "&ERB", "&View", submenu=_SCALE, checkable=True),
    row("colours.grey", "&Grey, as the window", "&View", submenu=_COLOURS, checkable=True),
    row("colours.black_on_white", "&Black on white", "&View", submenu=_COLOURS, checkable=True),
    row("colours.white_on_black", "&White on black", "&View", submenu=_COLOURS, checkable=True),
    row(
        "colours.viridis",
        "&Viridis",
        "&View",
        submenu=_COLOURS,
        checkable=True,
        separated=True,
    ),
    row("colours.cividis", "&Cividis", "&View", submenu=_COLOURS, checkable=True),
    row("colours.magma", "&Magma", "&View", submenu=_COLOURS, checkable=True),
    row("colours.inferno", "&Inferno", "&View", submenu=_COLOURS, checkable=True),
    row(
        "second_model.choose",
        "Compare &with a model…",
        "&View",
        "Ctrl+Shift+E",
        separated=True,
    ),
    row("voice.report", "Voice &report…", "&Query", separated=True),
    row("layout.collapse", "&Collapse this tier", "&Tier", submenu=_TIERS, checkable=True),
    row("layout.only", "&Only this tier", "&Tier", submenu=_TIERS, checkable=True),
    row("layout.hide", "&Hide this tier", "&Tier", submenu=_TIERS),
    row("layout.all", "&All tiers", "&Tier", submenu=_TIERS),
    row("layout.taller", "&Taller", "&Tier", submenu=_TIERS, separated=True),
    row("layout.lower", "&Lower", "&Tier", submenu=_TIERS),
    row("layout.even", "All as high as &usual", "&Tier", submenu=_TIERS),
)
"""In the order of the menu."""
