"""What the menu Play does."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from vowelscope.app.listening import Listening, Part
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.ui.number_dialog import NumberDialog, NumberField, Numbers

_BAND = (
    NumberField(
        "band_low_hz",
        tr("&Lowest frequency (Hz)"),
        500.0,
        tr("Half of the amplitude is left here. 0 leaves all below the highest frequency."),
    ),
    NumberField(
        "band_high_hz",
        tr("&Highest frequency (Hz)"),
        1000.0,
        tr(
            "Half of the amplitude is left here. Each slope is 200 Hz wide, as Praat's Hann band's."
        ),
    ),
    NumberField(
        "band_all_but",
        tr("&All but the band"),
        False,
        tr("Take the band out, and hear what is left."),
    ),
)
_SHARE = (
    NumberField(
        "cell_share",
        tr("&Share of the positive map (%)"),
        50.0,
        tr(
            "The strongest cells are the fewest that hold this share. 100 % "
            "are all cells that speak for the class."
        ),
    ),
)


class PlayVerbs(QObject):
    """Plays the selection or the window; the session's playing line follows."""

    def __init__(self, bench: Workbench, listening: Listening, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self._window = window
        self._session = session = bench.session
        self._listening = listening
        player = bench.player
        player.position_changed.connect(session.set_playing)
        player.stopped.connect(self._on_stopped)
        player.failed.connect(self._on_failed)
        player.noted.connect(session.message)

    def toggle(self) -> None:
        """Play the selection (without one, from the cursor to the end of the window), or stop."""
        if self._listening.is_active:
            self._listening.stop()
        else:
            self._listening.play(*self._stretch())

    def window(self) -> None:
        """Play what is in view."""
        self._listening.play(*self._session.view)

    def from_cursor(self) -> None:
        """Play from the cursor to the end of the window, whatever is selected."""
        start_s, stop_s = self._session.view
        cursor_s = self._session.cursor_s
        self._listening.play(cursor_s if start_s < cursor_s < stop_s else start_s, stop_s)

    def to_end(self) -> None:
        """Play from the cursor to the end of the recording."""
        recording = self._session.recording
        end_s = 0.0 if recording is None else recording.duration_s
        self._listening.play(self._session.cursor_s, end_s)

    def stop(self) -> None:
        """Stop; the cursor goes to where the sound was, as in Praat."""
        at_s = self._session.playing_s
        if self._listening.is_active:
            self._listening.stop()
            if at_s is not None:
                self._session.set_cursor(at_s)

    def loop(self, on: bool) -> None:
        """Play again and again, or not."""
        self._listening.set_loop(on)

    def speed(self, percent: int) -> None:
        """Play at this speed, with the pitch kept."""
        self._listening.set_speed(percent / 100)

    def cells(self) -> None:
        """Play only what lies under the strongest cells of the shown map."""
        self._listening.play(*self._selected(), Part("cells"))

    def all_but(self) -> None:
        """Play what lies under all but the strongest cells."""
        self._listening.play(*self._selected(), Part("cells", all_but=True))

    def share(self) -> None:
        """Ask how much of the map the strongest cells hold."""
        share = 100 * self._bench.settings.sound.cell_share
        advice = tr("Which cells of the map are its strongest.")
        self._ask(tr("Strongest cells"), advice, _SHARE, {"cell_share": share}, self._set_share)

    def band(self) -> None:
        """Ask for a band of frequencies and play only that, or all but that."""
        sound = self._bench.settings.sound
        values = {field.name: getattr(sound, field.name) for field in _BAND}
        advice = tr("OK and Apply play the selection through a Hann band, as Praat filters.")
        self._ask(tr("Play a band"), advice, _BAND, values, self._play_band)

    def _ask(
        self,
        title: str,
        advice: str,
        fields: tuple[NumberField, ...],
        values: Numbers,
        use: object,
    ) -> None:
        dialog = NumberDialog(title, advice, fields, values, use, self._window)  # type: ignore[arg-type]
        dialog.setObjectName(title)
        dialog.open()

    def _set_share(self, values: Numbers) -> None:
        self._bench.change(
            sound=replace(self._bench.settings.sound, cell_share=float(values["cell_share"]) / 100)
        )

    def _play_band(self, values: Numbers) -> None:
        sound = replace(self._bench.settings.sound, **values)  # type: ignore[arg-type]
        self._bench.change(sound=sound)
        self._listening.play(*self._stretch(), Part("band", all_but=sound.band_all_but))

    def _stretch(self) -> tuple[float, float]:
        """The selection, or from the cursor to the end of the window."""
        session = self._session
        start_s, stop_s = session.view
        if session.selection is not None:
            return session.selection
        return (session.cursor_s if start_s < session.cursor_s < stop_s else start_s), stop_s

    def _selected(self) -> tuple[float, float]:
        """The selection, or else the interval that was explained."""
        session = self._session
        if session.selection is None and session.explanation is not None:
            return session.explanation.tmin_s, session.explanation.tmax_s
        return self._stretch()

    def _on_stopped(self) -> None:
        self._session.set_playing(None)

    def _on_failed(self, sentence: str) -> None:
        self._session.set_playing(None)
        self._session.message.emit(sentence)
