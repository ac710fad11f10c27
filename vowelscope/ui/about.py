"""What this program is, its licence, and which Praat computes its numbers."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from PySide6.QtWidgets import QMessageBox, QWidget

from vowelscope import __version__
from vowelscope.core.acoustics import praat_version
from vowelscope.core.translation import tr


def about_text() -> str:
    """The text of the box, as rich text."""
    try:
        parselmouth = version("praat-parselmouth")
    except PackageNotFoundError:
        parselmouth = tr("unknown version")
    return tr(
        "<h3>vowelscope {version}</h3><p>Waveform, spectrogram and "
        "TextGrids with Praat's formants, and what a ResNet looked at when "
        "it named the vowel.</p><p>Formants, pitch and intensity are "
        "computed by Praat {praat_version}, embedded in Parselmouth "
        "{parselmouth}. A newer Praat may differ in its last "
        "digits.</p><p>Free software under the GNU General Public License, "
        "version 3 or later; it comes with no warranty.</p>"
    ).format(version=__version__, praat_version=praat_version(), parselmouth=parselmouth)


def show_about(parent: QWidget) -> None:
    """Show the box; it does not stop the work."""
    box = QMessageBox(parent)
    box.setWindowTitle(tr("About vowelscope"))
    box.setText(about_text())
    box.setModal(False)
    box.open()
