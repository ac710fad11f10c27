"""Keeps a list of what the check list finds in the open TextGrid, in the background."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from vowelscope.app.jobs import Jobs
from vowelscope.app.session import Session
from vowelscope.core.checklist import Finding, check, load_checklist
from vowelscope.core.textgrid import TextGrid

_PAUSE_MS = 300


class Checking(QObject):
    """Checks after a pause in the edits, as long as somebody looks at the list."""

    changed = Signal()
    """Findings or sentence changed."""

    def __init__(
        self,
        session: Session,
        jobs: Jobs,
        check_list: str = "default",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self.check_list = check_list
        """Name or path of the check list."""
        self.findings: tuple[Finding, ...] = ()
        self.sentence = ""
        """What is wrong with the check list, or ""."""
        self._is_shown = False
        self._checked: tuple[TextGrid | None, str] | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._soon.timeout.connect(self._start)
        session.textgrid_changed.connect(self._on_textgrid)

    @property
    def is_checking(self) -> bool:
        """True while the findings may not be those of the TextGrid as it is."""
        return self._soon.isActive() or self._jobs.is_pending(self._key)

    def set_shown(self, shown: bool) -> None:
        """Say whether the findings are to be seen."""
        self._is_shown = shown
        if not shown:
            self._soon.stop()
        elif self._checked != (self._session.textgrid, self.check_list):
            self._start()

    def set_check_list(self, name_or_path: str) -> None:
        """Check by another list; a wrong one gives a sentence and no findings."""
        self.check_list = name_or_path
        self._start()

    def check_again(self) -> None:
        """Check now: the file of the check list may have been written anew."""
        self._start()

    @property
    def _key(self) -> tuple[str, int]:
        return "check", id(self)

    def _on_textgrid(self) -> None:
        if self._is_shown:
            self._soon.start()

    def _start(self) -> None:
        self._soon.stop()
        textgrid = self._session.textgrid
        self._checked = (textgrid, self.check_list)
        if textgrid is None:
            self._jobs.cancel(self._key)
            self._take(())
            return
        self._jobs.submit(
            self._key,
            _check,
            textgrid,
            self.check_list,
            on_done=self._take,
            on_error=self._on_wrong,
        )

    def _take(self, findings: tuple[Finding, ...]) -> None:
        self.findings, self.sentence = findings, ""
        self.changed.emit()

    def _on_wrong(self, sentence: str) -> None:
        self.findings, self.sentence = (), sentence
        self.changed.emit()


def _check(textgrid: TextGrid, check_list: str) -> tuple[Finding, ...]:
    return check(textgrid, load_checklist(check_list))
