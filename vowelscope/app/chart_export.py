"""Draws a vowel chart into a file, in the background."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from vowelscope.app.charting import ChartPoints
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.core.vowel_chart import Normalisation
from vowelscope.explain.corpus_chart import Shade


class ChartExport(QObject):
    """Writes SVG, PDF or PNG; a note or a message follows."""

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench

    def export(
        self, path: Path, points: ChartPoints, how: Normalisation, shade: Shade | None = None
    ) -> None:
        """Draw the points as the chart shows them; `shade` is what their colours say."""
        session = self._bench.session
        recording = session.recording
        title = "" if recording is None else recording.path.name
        self._bench.jobs.submit(
            ("export chart", id(self)),
            _export,
            path,
            points,
            how,
            title,
            shade,
            on_done=session.note.emit,
            on_error=session.message.emit,
        )


def _export(
    path: Path, points: ChartPoints, how: Normalisation, title: str, shade: Shade | None = None
) -> str:
    # matplotlib takes long to import: only ever on this thread.
    from vowelscope.explain.vowel_figure import draw_vowels, save_vowels

    figure = draw_vowels(
        points.formants_hz,
        points.symbols,
        how,
        title,
        points.ceilings_hz,
        points.undefined,
        int(points.by_hand.sum()),
        shade,
    )
    save_vowels(figure, path)
    return tr("The chart of {count:,} vowels is in {path}.").format(
        count=len(points.indices), path=path
    )
