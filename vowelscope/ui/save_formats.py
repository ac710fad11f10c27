"""What a TextGrid can be saved as: Praat's formats, and those of other programs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from vowelscope.core.interchange import is_foreign
from vowelscope.core.textgrid_io import FileStyle
from vowelscope.core.textgrid_style import FileFormat
from vowelscope.core.translation import tr


@dataclass(frozen=True, slots=True)
class SaveFormat:
    """One of the kinds that the dialog offers.

    Attributes
    ----------
    words
        What the dialog says, with the suffixes.
    suffix
        With its dot.
    format, encoding
        Of a TextGrid; None keeps the file's own.
    all_tiers
        Whether all tiers go into it; otherwise the selected one does.
    """

    words: str
    suffix: str = ".TextGrid"
    format: FileFormat | None = None
    encoding: str | None = None
    all_tiers: bool = True

    def style(self, own: FileStyle) -> FileStyle:
        """The style of a file that has had the style `own`."""
        style = own if self.format is None else replace(own, format=self.format)
        return style if self.encoding is None else replace(style, encoding=self.encoding)


SAVE_FORMATS = (
    SaveFormat(tr("TextGrid, as the file was (*.TextGrid)")),
    SaveFormat(tr("TextGrid, text file, UTF-8 (*.TextGrid)"), format="long", encoding="utf-8"),
    SaveFormat(tr("TextGrid, text file, UTF-16 (*.TextGrid)"), format="long", encoding="utf-16-be"),
    SaveFormat(tr("TextGrid, short text file (*.TextGrid)"), format="short", encoding="utf-8"),
    SaveFormat(tr("TextGrid, binary file (*.TextGrid)"), format="binary"),
    SaveFormat(tr("ELAN (*.eaf)"), ".eaf"),
    SaveFormat(tr("CSV (*.csv)"), ".csv"),
    SaveFormat(tr("Audacity labels, selected tier (*.txt)"), ".txt", all_tiers=False),
    SaveFormat(tr("TIMIT phones, selected tier (*.phn)"), ".phn", all_tiers=False),
    SaveFormat(tr("TIMIT words, selected tier (*.wrd)"), ".wrd", all_tiers=False),
    SaveFormat(tr("CTM, selected tier (*.ctm)"), ".ctm", all_tiers=False),
)
"""The first one is offered first."""

OPEN_FILTER = tr(
    "TextGrids (*.TextGrid *.textgrid);;"
    "Other programs' annotations (*.eaf *.csv *.txt *.phn *.wrd *.ctm);;All files (*)"
)


def chosen_format(path: Path, words: str) -> tuple[Path, SaveFormat]:
    """What is to be written where: a suffix that was typed decides before the kind does."""
    of_words = next((kind for kind in SAVE_FORMATS if kind.words == words), SAVE_FORMATS[0])
    if is_foreign(path):
        suffix = path.suffix.lower()
        return path, next(kind for kind in SAVE_FORMATS if kind.suffix == suffix)
    if of_words.suffix != ".TextGrid":
        bare = path.suffix.lower() == ".textgrid" or not path.suffix
        name = (
            path.with_suffix(of_words.suffix)
            if bare
            else path.with_name(path.name + of_words.suffix)
        )
        return name, of_words
    return path, of_words
