"""Offers the edits that were lost with a process, one file at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from vowelscope.app.files import same_file
from vowelscope.app.jobs import Jobs
from vowelscope.app.recovery import Recovery, RecoveryEntry
from vowelscope.app.session import Session
from vowelscope.core.diff import Change, differences
from vowelscope.core.errors import UserError
from vowelscope.core.textgrid import TextGrid
from vowelscope.core.textgrid_io import Document, FileStyle, read_textgrid
from vowelscope.core.translation import tr


@dataclass(frozen=True, slots=True)
class Offer:
    """What one entry of the journal holds that its file does not.

    Attributes
    ----------
    entry
        The entry.
    textgrid
        The lost state.
    changes
        How it differs from the file on disk; None where the file is gone or unreadable.
    """

    entry: RecoveryEntry
    textgrid: TextGrid
    changes: tuple[Change, ...] | None

    @property
    def sentence(self) -> str:
        """Which file, and from when."""
        entry = self.entry
        path = entry.textgrid_path or entry.audio_path
        name = tr("A TextGrid without a name") if path is None else str(path.name)
        when = entry.saved_at.astimezone().strftime("%d %b %Y, %H:%M:%S")
        if self.changes is None:
            what = tr("the file itself is gone or cannot be read")
        else:
            count = len(self.changes)
            what = tr("1 change") if count == 1 else tr("{count} changes").format(count=count)
        return tr(
            "{name} was not saved when the program ended: edits of {when} were kept ({what})."
        ).format(name=name, when=when, what=what)


class Restoring(QObject):
    """Looks into the journal, offers what it finds, and brings back what is wanted."""

    offered = Signal()
    """`offer` is another one, or None."""
    wants_file = Signal(Path, Path, object)
    """The recording and the TextGrid of the offer must be opened first; the third is a
    `Document` to show in the place of a file that is gone or unreadable, or None."""

    def __init__(
        self, session: Session, jobs: Jobs, recovery: Recovery, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._recovery = recovery
        self._wanted: Offer | None = None
        self.offer: Offer | None = None

    def look(self) -> None:
        """Look for lost edits in the background; those of the file that is open come first."""
        document = self._session.document
        self._jobs.submit(
            "restoring",
            _find,
            self._recovery,
            None if document is None else document.path,
            on_done=self._on_found,
            on_error=self._session.message.emit,
        )

    @property
    def needs_no_file(self) -> bool:
        """True where the offer belongs to the file that is open."""
        return self.offer is not None and self._is_open(self.offer.entry)

    def restore(self) -> None:
        """Show the lost state as an unsaved change on top of the file; it can be undone."""
        offer = self.offer
        if offer is None:
            return
        if self._is_open(offer.entry):
            self._apply(offer)
            return
        audio, textgrid = offer.entry.audio_path, offer.entry.textgrid_path
        if audio is None or textgrid is None or not audio.exists():
            self._session.message.emit(
                tr(
                    "The recording {value} is not there; open the TextGrid over its "
                    "recording, and the edits are offered again."
                ).format(value=audio or tr("of these edits"))
            )
            return
        self._wanted = offer
        instead = None
        if offer.changes is None:
            ends = offer.textgrid.tmin_s, offer.textgrid.tmax_s
            instead = Document(textgrid, TextGrid(*ends), FileStyle())
        self.wants_file.emit(audio, textgrid, instead)

    def discard(self) -> None:
        """Throw the offered edits away, and offer the next ones."""
        if self.offer is not None:
            self._recovery.discard(self.offer.entry)
            self._set_offer(None)
            self.look()

    def on_opened(self) -> None:
        """A file was opened, or could not be: go on with what waited for it."""
        wanted, self._wanted = self._wanted, None
        if wanted is not None and self._is_open(wanted.entry):
            self._apply(wanted)
        else:
            self.look()

    def _apply(self, offer: Offer) -> None:
        session = self._session
        if session.is_read_only:
            session.replace_textgrid(offer.textgrid, tr("Restore"))  # says why not
            return
        self._recovery.take_over(offer.entry)
        session.replace_textgrid(offer.textgrid, tr("Restore lost edits"))
        self._set_offer(None)
        session.note.emit(
            tr("The edits are back, and not saved yet: Save keeps them, Undo takes them away.")
        )
        self.look()

    def _is_open(self, entry: RecoveryEntry) -> bool:
        document = self._session.document
        return document is not None and _same(document.path, entry.textgrid_path)

    def _on_found(self, offer: Offer | None) -> None:
        self._set_offer(offer)

    def _set_offer(self, offer: Offer | None) -> None:
        if offer != self.offer:
            self.offer = offer
            self.offered.emit()


def _find(recovery: Recovery, shown: Path | None) -> Offer | None:
    """The entry to offer first; one that holds nothing that its file lacks is deleted."""
    entries = recovery.pending()
    entries.sort(key=lambda entry: not _same(shown, entry.textgrid_path))
    for entry in entries:
        try:
            textgrid = recovery.load(entry)
        except UserError:
            continue  # damaged; it stays where it is
        try:
            path = entry.textgrid_path
            before = None if path is None else read_textgrid(path).textgrid
        except UserError:
            before = None
        changes = None if before is None else differences(before, textgrid)
        if changes == ():
            recovery.discard(entry)
            continue
        return Offer(entry, textgrid, changes)
    return None


def _same(one: Path | None, other: Path | None) -> bool:
    return one is not None and other is not None and same_file(one, other)
