"""A window that keys drive; run as a script by `test_keys_only`.

It changes nothing in the window. For each line of its standard input it prints one line of JSON:
``state`` gives what a user would see, ``picture PATH`` saves what is on the screen.
"""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QObject, QSocketNotifier
from PySide6.QtWidgets import QApplication, QWidget

from vowelscope.app.workbench import Workbench
from vowelscope.ui.main_window import MainWindow


class Answers(QObject):
    """Says what is to be seen."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_line)

    def _on_line(self) -> None:
        line = sys.stdin.readline()
        if not line:
            # Whoever asked is gone, and nobody is there to answer a question about unsaved edits.
            sys.stdout.flush()
            raise SystemExit(3)
        word, _, rest = line.strip().partition(" ")
        if word == "picture":
            QApplication.primaryScreen().grabWindow(0).save(rest)
            answer: dict[str, object] = {}
        else:
            answer = self._state()
        print(json.dumps(answer), flush=True)

    def _state(self) -> dict[str, object]:
        session = self._window.session
        focus = QApplication.focusWidget()
        active = QApplication.activeWindow()
        return {
            "busy": not self._window.is_settled(),
            "title": self._window.windowTitle(),
            "active": active.windowTitle() if active is not None else "",
            "focus": _name(focus),
            "modified": session.is_modified,
            "cursor_s": session.cursor_s,
            "selection": session.selection,
            "tier": session.tier_index,
            "label": session.selected_label,
            "tiers": [
                [item.text for item in getattr(tier, "intervals", ()) or tier.points]
                for tier in (session.textgrid.tiers if session.textgrid is not None else ())
            ],
            "said": self._window.statusBar().currentMessage(),
        }


def _name(widget: QWidget | None) -> str:
    return "" if widget is None else widget.accessibleName() or type(widget).__name__


def main() -> None:
    """Show an empty window until it is closed."""
    app = QApplication(["vowelscope"])
    window = MainWindow(Workbench())
    window.show()
    answers = Answers(window)
    print(json.dumps({"ready": answers is not None}), flush=True)
    status = app.exec()
    raise SystemExit(status)


if __name__ == "__main__":
    main()
