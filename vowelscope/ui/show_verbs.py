"""What the lower part of the menu View does: overlays, frequency axis, colours."""

from __future__ import annotations

from PySide6.QtCore import QObject

from vowelscope.app.workbench import Workbench


class ShowVerbs(QObject):
    """Switches of what is drawn."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = bench.session

    def cam(self, shown: bool) -> None:
        """Show or hide the class activation map."""
        self._session.set_overlay("cam", shown)

    def formants(self, shown: bool) -> None:
        """Show or hide the formant dots."""
        self._session.set_overlay("formants", shown)

    def pitch(self, shown: bool) -> None:
        """Show or hide the pitch line."""
        self._session.set_overlay("pitch", shown)

    def intensity(self, shown: bool) -> None:
        """Show or hide the intensity line."""
        self._session.set_overlay("intensity", shown)

    def pulses(self, shown: bool) -> None:
        """Show or hide the glottal pulses."""
        self._session.set_overlay("pulses", shown)

    def model_range(self, shown: bool) -> None:
        """Let the frequency axis reach as far as the model reads, or as the settings say."""
        bench = self._bench
        if shown and bench.model_f_max_hz is not None:
            self._session.set_f_max(bench.model_f_max_hz)
        else:
            self._session.set_frequency(bench.settings.spectrogram.axis)

    def theme_system(self) -> None:
        """Colours as the desktop has them."""
        self._bench.set_theme("system")

    def theme_light(self) -> None:
        """Light colours."""
        self._bench.set_theme("light")

    def theme_dark(self) -> None:
        """Dark colours."""
        self._bench.set_theme("dark")
