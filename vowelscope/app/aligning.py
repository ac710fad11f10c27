"""Aligns the words of one interval in a process of its own, and makes one edit of the result."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from vowelscope.app.jobs import CancelToken, call_in_process
from vowelscope.app.workbench import Workbench
from vowelscope.core.align_interval import Piece, align_interval, check_room, put_piece
from vowelscope.core.errors import UserError
from vowelscope.core.textgrid import Interval, IntervalTier
from vowelscope.core.translation import tr

_KEY = "align interval"
_TOLD_EVERY_MS = 250
# Measured on speech of 18 s to 9 min, on one core of a small machine: the process with its
# acoustic model and dictionary, then each second of sound.
_START_S = 1.0
_PER_SOUND_S = 0.08


class Aligning(QObject):
    """One interval at a time."""

    progressed = Signal(float, float)
    """Share that is done (0-1) and seconds that are left, both as far as can be told before."""
    ended = Signal()

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._session = bench.session
        self._asked: tuple[str, Interval] | None = None
        self._begun_s = self._expected_s = 0.0
        self._tick = QTimer(self)
        self._tick.setInterval(_TOLD_EVERY_MS)
        self._tick.timeout.connect(self._on_tick)
        self._session.recording_changed.connect(self.cancel)

    @property
    def is_busy(self) -> bool:
        """True while words are aligned."""
        return self._bench.jobs.is_pending(_KEY)

    def begin(self, tier: IntervalTier, interval: Interval) -> None:
        """Align the words of an interval of the TextGrid that is open.

        Raises
        ------
        UserError
            It cannot be begun: there are no words, no sound, or no room for what comes of it.
        """
        session = self._session
        if session.recording is None or session.textgrid is None:
            raise UserError(tr("Open a recording first."))
        if session.is_read_only:
            raise UserError(tr("Nothing was aligned: another window has this TextGrid."))
        if not interval.text.strip():
            raise UserError(tr("Type the words into the interval first: they are aligned."))
        check_room(session.textgrid, session.textgrid.tiers.index(tier), interval)
        self._asked = tier.name, interval
        self._begun_s = time.monotonic()
        self._expected_s = _START_S + _PER_SOUND_S * interval.duration_s
        # An aligned unit of text is one line; Praat's own line breaks are spaces to it.
        spoken = replace(interval, text=" ".join(interval.text.split()))
        self._bench.jobs.submit(
            _KEY,
            _align,
            session.recording.path.absolute(),
            spoken,
            session.channel,
            on_done=self._on_done,
            on_error=self._on_error,
            pass_token=True,
        )
        self._tick.start()

    def cancel(self) -> None:
        """Stop; nothing is changed."""
        if self.is_busy:
            self._bench.jobs.cancel(_KEY)
            self._session.note.emit(tr("Nothing was aligned."))
            self._end()

    def _on_tick(self) -> None:
        share = (time.monotonic() - self._begun_s) / self._expected_s
        # Nobody knows when it is done; it only seems to stand still if it takes longer.
        share = min(share, 0.99)
        self.progressed.emit(share, (1.0 - share) * self._expected_s)

    def _on_done(self, piece: Piece) -> None:
        self._end()
        session, textgrid = self._session, self._session.textgrid
        assert self._asked is not None
        name, interval = self._asked
        tier_index = None
        for index, tier in enumerate(() if textgrid is None else textgrid.tiers):
            if isinstance(tier, IntervalTier) and tier.name == name and interval in tier.intervals:
                tier_index = index
        if textgrid is None or tier_index is None:
            session.message.emit(
                tr("Nothing was aligned: the interval was changed in the meantime; try again.")
            )
            return
        try:
            after = put_piece(textgrid, tier_index, interval, piece)
        except UserError as error:
            session.message.emit(str(error))
            return
        session.replace_textgrid(after, tr("Align interval"))
        self._tell(piece)

    def _tell(self, piece: Piece) -> None:
        sentence = tr("Aligned: {words} words, {phones} phones.").format(
            words=len(piece.words), phones=len(piece.phones)
        )
        for word, phones in piece.derived:
            sentence += " " + tr("{word}: in no dictionary, taken as {phones}.").format(
                word=word, phones=phones
            )
        if piece.doubtful:
            sentence += " " + tr("Fits the sound badly: {words}; was it said?").format(
                words=", ".join(piece.doubtful)
            )
        told = self._session.message if piece.derived or piece.doubtful else self._session.note
        told.emit(sentence)

    def _on_error(self, sentence: str) -> None:
        self._end()
        self._session.message.emit(tr("Nothing was aligned: {why}").format(why=sentence))

    def _end(self) -> None:
        self._tick.stop()
        self.ended.emit()


def _align(token: CancelToken, audio: Path, interval: Interval, channel: int | None) -> Piece:
    piece: Piece = call_in_process(align_interval, audio, interval, channel, token=token)
    return piece
