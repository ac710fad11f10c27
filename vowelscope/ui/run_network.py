"""Which network of the family a new run trains."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QComboBox, QWidget

from vowelscope.core.translation import tr


class NetworkChoice(QComboBox):
    """The preset's own network, or another that its settings fit, for a smaller machine."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Network"))
        self.setToolTip(tr("A shallower network trains and runs faster and is a smaller file."))
        self.addItem(tr("As the preset says"), "")

    def take(self, facts: dict[str, Any]) -> None:
        """Offer the networks that a preset can be trained with; keep the choice if it is one."""
        held = self.architecture
        self.setItemText(0, f"{tr('As the preset says')} ({_title(facts['architecture'])})")
        while self.count() > 1:
            self.removeItem(1)
        for name in facts["networks"]:
            self.addItem(_title(name), name)
        self.setCurrentIndex(max(self.findData(held), 0))

    @property
    def architecture(self) -> str:
        """The network, where it is not the preset's."""
        return str(self.currentData() or "")


def _title(name: str) -> str:
    return name.replace("resnet", "ResNet-")
