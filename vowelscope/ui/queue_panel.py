"""The queue: tokens in the order of the model's doubt or disagreement, each a click away."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.correcting import Correcting
from vowelscope.app.model_queue import Judged, ModelQueue
from vowelscope.app.session import Session
from vowelscope.core.phones import display_label
from vowelscope.core.translation import tr
from vowelscope.ui.rows import RowsModel, RowsTable
from vowelscope.ui.theme import Theme

_ORDERS = (
    (tr("Disagreement with the label first"), "disagreement"),
    (tr("The model's doubt first"), "doubt"),
    (tr("In time"), "time"),
)


class QueuePanel(QWidget):
    """Asks the model about every token of a tier, and goes from one to the next."""

    def __init__(
        self,
        session: Session,
        queue: ModelQueue,
        correcting: Correcting,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._queue = queue
        self._correcting = correcting
        self._times: tuple[float, float] | None = None
        self.run = QPushButton()
        self.run.setAutoDefault(False)
        self.run.setAccessibleName(tr("Ask the model about all tokens, or stop"))
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Tokens that the model was asked about"))
        self.order = QComboBox()
        self.order.setAccessibleName(tr("Order of the queue"))
        for name, order in _ORDERS:
            self.order.addItem(name, order)
        self._model = RowsModel(
            (tr(" Time (s)"), tr("Label"), tr("Model"), " p (%)", tr(" label (%)")), _cell
        )
        widest = ("0000.000", "AE1", "✗ /ɝ/", "100.0", "")
        self.table = RowsTable(tr("Tokens in the queue"), self._model, widest)
        self.sentence = QLabel()
        self.sentence.setAccessibleName(tr("How many tokens disagree"))
        self.sentence.setWordWrap(True)
        self.setFocusProxy(self.table)
        head = QHBoxLayout()
        head.addWidget(self.run)
        head.addWidget(self.progress, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.addLayout(head)
        column.addWidget(self.order)
        column.addWidget(self.table, 1)
        column.addWidget(self.sentence)
        self.run.clicked.connect(self.start_or_stop)
        self.order.activated.connect(self._on_order)
        self.table.chosen.connect(self.go_to)
        queue.changed.connect(self._on_changed)
        correcting.queue_step.connect(self.step)
        self._on_changed()

    def set_theme(self, _theme: Theme) -> None:
        """Nothing here has colours of its own."""

    def start_or_stop(self) -> None:
        """Ask about all tokens, or stop asking and keep what was said."""
        if self._queue.is_running:
            self._queue.stop()
        else:
            self._queue.start()

    def go_to(self, row: int) -> None:
        """Select the token of a row; in correction mode it is zoomed to and played."""
        tier_index = self._queue.tier_index
        if tier_index is None or not 0 <= row < len(self._queue.rows):
            return
        token = self._queue.rows[row]
        self._times = token.tmin_s, token.tmax_s
        self.table.show_row(row)
        self._correcting.visit(tier_index, token.index, from_queue=True)

    def step(self, by: int) -> None:
        """Go to the token after the one that was visited last, or before it."""
        row = None if self._times is None else self._queue.row_of(*self._times)
        if not self._queue.rows:
            self._session.note.emit(tr("The queue is empty: ask the model first."))
        elif row is None:
            self.go_to(max(self.table.currentIndex().row(), 0))
        elif 0 <= row + by < len(self._queue.rows):
            self.go_to(row + by)
        else:
            end = tr("end") if by > 0 else tr("beginning")
            self._session.note.emit(tr("That was the {end} of the queue.").format(end=end))

    def _on_order(self) -> None:
        self._queue.set_order(self.order.currentData())

    def _on_changed(self) -> None:
        queue = self._queue
        self.run.setText(tr("Stop") if queue.is_running else tr("Ask the model"))
        self.progress.setVisible(queue.is_running)
        self.progress.setRange(0, queue.total)
        self.progress.setValue(queue.done)
        self.progress.setFormat(tr("%v of %m") if queue.total else "")
        self._model.set_rows(queue.rows)
        self.table.show_row(None if self._times is None else queue.row_of(*self._times))
        self.sentence.setText(self._summary())

    def _summary(self) -> str:
        queue = self._queue
        if not queue.rows:
            return (
                tr("Loading the model…")
                if queue.is_running
                else tr(
                    "The model is asked about every labelled interval of its classes, "
                    "in the selected tier or the tier of phones. Labels are not "
                    "changed."
                )
            )
        count = len(queue.rows)
        differ = sum(not row.agrees for row in queue.rows)
        name = "" if queue.tier is None else tr(" of “{name}”").format(name=queue.tier.name)
        said = tr(
            "{differ:,} of {count:,} tokens{name} disagree with the label ({value:.1f} %)."
        ).format(differ=differ, count=count, name=name, value=100 * differ / count)
        if queue.skipped:
            said += tr(" {skipped:,} could not be judged.").format(skipped=queue.skipped)
        return said


def _cell(token: Judged, column: int) -> str:
    if column == 0:
        return f"{token.tmin_s:.3f}"
    if column == 1:
        return display_label(token.label)
    if column == 2:
        return f"{'✓' if token.agrees else '✗'} /{token.predicted}/"
    return f"{100 * (token.probability if column == 3 else token.label_probability):.1f}"
