"""What the editor's tools remember; a part of `vowelscope.app.settings.Settings`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr

MAX_RECENT_SYMBOLS = 24


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """Keys that the user gave to an action, in Qt's portable spelling; none at all for ()."""

    action: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EditingSettings:
    """Check list, correction mode, symbols, boundaries and keys.

    Attributes
    ----------
    check_list
        "default", or the path of a TOML file.
    correction_share
        Share of the view that the interval fills in correction mode, 0.02 to 0.95.
    correction_plays
        Whether each interval is played as it is gone to.
    correction_classes_only
        Whether labels that are none of the model's classes are passed over.
    correction_keeps
        Whether confirmed labels are written to the tier of corrections too.
    trigraphs
        Whether symbols are inserted as Praat's backslash trigraphs.
    recent_symbols
        Newest first.
    nudge_s
        How far one key press moves a boundary, in seconds.
    magnet
        Whether a boundary that is dragged is drawn to those of other tiers.
    keys
        What differs from the keys that the program comes with.
    """

    check_list: str = "default"
    correction_share: float = 0.2
    correction_plays: bool = True
    correction_classes_only: bool = True
    correction_keeps: bool = False
    trigraphs: bool = False
    recent_symbols: tuple[str, ...] = ()
    nudge_s: float = 0.002
    magnet: bool = True
    keys: tuple[KeyChoice, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.nudge_s <= 1:
            raise ConfigError(
                tr("nudge_s must be above 0 and at most 1, not {nudge_s}.").format(
                    nudge_s=self.nudge_s
                )
            )
        if not 0.02 <= self.correction_share <= 0.95:
            raise ConfigError(
                tr(
                    "correction_share must be between 0.02 and 0.95, not {correction_share}."
                ).format(correction_share=self.correction_share)
            )

    def with_symbol(self, symbol: str) -> EditingSettings:
        """The same settings with this symbol first among the recent ones."""
        older = (other for other in self.recent_symbols if other != symbol)
        return replace(self, recent_symbols=(symbol, *older)[:MAX_RECENT_SYMBOLS])
