"""A bar that offers edits which were lost; it stops no work and stays until it is answered."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.restoring import Offer, Restoring
from vowelscope.core.translation import tr
from vowelscope.ui.theme import LIGHT, Theme, ipa_font

_MOST_ROWS = 2000


class OfferBar(QFrame):
    """Names the file and the time; Restore, Show differences, Discard, or later."""

    restore_wanted = Signal()
    """The window asks about its own unsaved changes first."""

    def __init__(self, restoring: Restoring, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._restoring = restoring
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setAccessibleName(tr("Edits that were lost"))
        self.restore = QPushButton(tr("&Restore"))
        self.restore.setToolTip(
            tr("Show them as unsaved changes on top of the file; can be undone")
        )
        self.show_differences = QPushButton(tr("Show d&ifferences…"))
        self.discard = QPushButton(tr("&Discard"))
        self.discard.setToolTip(tr("Throw these edits away for good"))
        later = QToolButton()
        later.setText("✕")
        later.setAutoRaise(True)
        later.setToolTip(tr("Not now: they are offered again at the next start"))
        later.setAccessibleName(tr("Offer these edits later"))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.addWidget(self.text, 1)
        for button in (self.restore, self.show_differences, self.discard):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addWidget(later)
        self.restore.clicked.connect(self.restore_wanted)
        self.show_differences.clicked.connect(self._on_show)
        self.discard.clicked.connect(restoring.discard)
        later.clicked.connect(self.hide)
        restoring.offered.connect(self._on_offered)
        self.set_theme(LIGHT)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.setStyleSheet(
            f"OfferBar {{ background: {theme.interval_selected}; }} "
            f"OfferBar > QLabel, OfferBar > QToolButton {{ color: {theme.interval_text}; }}"
        )

    def _on_offered(self) -> None:
        offer = self._restoring.offer
        if offer is not None:
            self.text.setText(offer.sentence)
            path = offer.entry.textgrid_path
            self.text.setToolTip("" if path is None else str(path))
            self.show_differences.setEnabled(offer.changes is not None)
        self.setVisible(offer is not None)

    def _on_show(self) -> None:
        offer = self._restoring.offer
        if offer is not None:
            dialog = DifferencesDialog(offer, self.window())
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()


class DifferencesDialog(QDialog):
    """The changes of an offer, one a row."""

    def __init__(self, offer: Offer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        path = offer.entry.textgrid_path
        self.setWindowTitle(tr("Differences from the file"))
        changes = offer.changes or ()
        head = (
            tr("What the kept edits change in {path}:").format(path=path)
            if path
            else tr("What the kept edits change:")
        )
        if len(changes) > _MOST_ROWS:
            head += tr(" the first {MOST_ROWS:,} of {count:,}").format(
                MOST_ROWS=_MOST_ROWS, count=len(changes)
            )
        title = QLabel(head)
        title.setWordWrap(True)
        self.list = QTreeWidget()
        self.list.setAccessibleName(tr("Differences"))
        self.list.setHeaderLabels([tr("Tier"), tr("Time (s)"), tr("What")])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFont(ipa_font(self.font().pointSizeF()))
        self.list.addTopLevelItems(
            [
                QTreeWidgetItem([change.tier, f"{change.time_s:.6f}", change.message])
                for change in changes[:_MOST_ROWS]
            ]
        )
        for column in (0, 1):
            self.list.resizeColumnToContents(column)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column_of_all = QVBoxLayout(self)
        for widget in (title, self.list, buttons):
            column_of_all.addWidget(widget)
        self.resize(620, 380)
