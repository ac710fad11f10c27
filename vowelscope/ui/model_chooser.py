"""Training → Models: what there is, each with its card; install, remove, choose."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vowelscope.app.card_words import card_text
from vowelscope.app.workbench import Workbench
from vowelscope.core.translation import tr
from vowelscope.explain.model_store import (
    DEFAULT_MODEL,
    Stored,
    install,
    models_folder,
    remove,
    stored_models,
)
from vowelscope.resources import resource
from vowelscope.ui.form_parts import fault, sentence
from vowelscope.ui.theme import ipa_font


class ModelChooser(QDialog):
    """Lists the models; the one in use is marked."""

    def __init__(self, bench: Workbench, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName("models")
        self.setWindowTitle(tr("Models"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench = bench
        self._found: list[Stored] = []
        self._wanted: Path | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Models"))
        self.card = QPlainTextEdit()
        self.card.setReadOnly(True)
        self.card.setTabChangesFocus(True)
        self.card.setFont(ipa_font(max(self.font().pointSizeF(), 9.0)))
        self.card.setAccessibleName(tr("Card of the model"))
        self.state = sentence(tr("What is going on"))
        self.error = fault()
        self.use = QPushButton(tr("&Use this model"))
        self.from_folder = QPushButton(tr("Install from a &folder…"))
        self.from_zip = QPushButton(tr("Install from a &zip file…"))
        self.remove_button = QPushButton(tr("&Remove…"))
        self.close_button = QPushButton(tr("&Close"))
        for button in (self.from_folder, self.from_zip, self.remove_button, self.close_button):
            button.setAutoDefault(False)
        self.use.setDefault(True)
        self._lay_out()
        self.list.currentRowChanged.connect(self._on_row)
        self.use.clicked.connect(self.use_current)
        self.from_folder.clicked.connect(self._ask_folder)
        self.from_zip.clicked.connect(self._ask_zip)
        self.remove_button.clicked.connect(self._ask_remove)
        bench.model_changed.connect(self._on_model)
        bench.session.message.connect(self._on_message)
        self.list.setFocus()
        self.look()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        for button in (self.from_folder, self.from_zip, self.remove_button):
            left.addWidget(button)
        both = QHBoxLayout()
        both.addLayout(left, 2)
        both.addWidget(self.card, 3)
        self.close_button.clicked.connect(self.reject)
        last = QHBoxLayout()
        last.addStretch(1)
        last.addWidget(self.use)
        last.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.addLayout(both, 1)
        column.addWidget(self.state)
        column.addWidget(self.error)
        column.addLayout(last)
        self.resize(820, 560)

    @property
    def current(self) -> Stored | None:
        """The model that is marked in the list."""
        row = self.list.currentRow()
        return self._found[row] if 0 <= row < len(self._found) else None

    def look(self) -> None:
        """List the models anew."""
        self._bench.jobs.submit(
            ("models", id(self)), stored_models, on_done=self._on_found, on_error=self._on_error
        )

    def install(self, source: Path) -> None:
        """Install a model, once it has passed every check."""
        self.error.hide()
        self.state.setText(tr("Checking {name}…").format(name=source.name))
        self._set_busy(True)
        self._bench.jobs.submit(
            ("install", id(self)),
            install,
            source,
            on_done=self._on_installed,
            on_error=self._on_error,
        )

    def use_current(self) -> None:
        """Explain with the marked model from now on."""
        chosen = self.current
        if chosen is None or chosen.card is None:
            return
        self.error.hide()
        self.state.setText(tr("Loading {name}…").format(name=chosen.card.name))
        self._bench.use_model(None if chosen.folder == resource(*DEFAULT_MODEL) else chosen.folder)

    def remove_current(self) -> None:
        """Delete the marked model."""
        chosen = self.current
        if chosen is not None and not chosen.in_box:
            self._bench.jobs.submit(
                ("remove", id(self)),
                remove,
                chosen.folder,
                on_done=self._on_removed,
                on_error=self._on_error,
            )

    def _set_busy(self, busy: bool) -> None:
        for part in (self.from_folder, self.from_zip, self.remove_button, self.use):
            part.setEnabled(not busy)
        if not busy:
            self._on_row()

    def _is_used(self, stored: Stored) -> bool:
        model = self._bench.explaining.model
        return model is not None and model.folder.resolve() == stored.folder.resolve()

    def _on_found(self, found: list[Stored]) -> None:
        before = self._wanted or (self.current.folder if self.current else None)
        model = self._bench.explaining.model
        if model is not None and not any(self._is_used(stored) for stored in found):
            # Given by --model, or the model of a run.
            found = [*found, Stored(model.folder, model.card)]
        self._found, self._wanted = found, None
        self.list.clear()
        for stored in found:
            name = stored.folder.name if stored.card is None else stored.card.name
            folder = stored.folder
            own = folder.name if folder.parent == models_folder() else "/".join(folder.parts[-2:])
            where = tr("in the box") if stored.in_box else own
            used = tr(", in use") if self._is_used(stored) else ""
            item = QListWidgetItem(f"{name}  ({where}{used})")
            item.setToolTip(str(stored.folder))
            self.list.addItem(item)
        rows = [i for i, stored in enumerate(found) if stored.folder == before]
        rows += [i for i, stored in enumerate(found) if self._is_used(stored)]
        self.list.setCurrentRow(rows[0] if rows else 0)
        self._set_busy(False)

    def _on_row(self) -> None:
        chosen = self.current
        held = chosen is not None and chosen.card is not None
        self.use.setEnabled(held)
        installed = chosen is not None and not chosen.in_box and not self._is_used(chosen)
        self.remove_button.setEnabled(installed)
        if chosen is not None:
            text = chosen.fault if chosen.card is None else card_text(chosen.card)
            self.card.setPlainText(text)

    def _on_installed(self, folder: Path) -> None:
        self.state.setText(tr("Installed in {folder}.").format(folder=folder))
        self._wanted = folder
        self.look()

    def _on_removed(self, _nothing: None) -> None:
        self.state.setText(tr("Removed."))
        self.look()

    def _on_error(self, said: str) -> None:
        self.state.setText("")
        self.error.setText(said)
        self.error.show()
        self._set_busy(False)

    def _on_message(self, said: str) -> None:
        if self._bench.explaining.model is not None and self.state.text():
            self._on_error(said)

    def _on_model(self, _words: str) -> None:
        self.state.setText(tr("In use from now on."))
        self.look()

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Folder of a model"))
        if folder:
            self.install(Path(folder))

    def _ask_zip(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, tr("A model in a zip file"), "", tr("Zip file (*.zip)")
        )
        if path:
            self.install(Path(path))

    def _ask_remove(self) -> None:
        chosen = self.current
        if chosen is None:
            return
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Remove"))
        box.setText(tr("Delete this model?\n\n{folder}").format(folder=chosen.folder))
        box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
        box.setDefaultButton(QMessageBox.StandardButton.No)
        box.accepted.connect(self.remove_current)
        box.open()
