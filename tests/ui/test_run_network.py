"""The choice of the network of a new run."""

from vowelscope.ui.run_network import NetworkChoice


def _items(choice: NetworkChoice) -> list[str]:
    return [choice.itemText(row) for row in range(choice.count())]


def test_a_choice_stays_where_the_next_preset_has_it_too(qtbot) -> None:
    choice = NetworkChoice()
    qtbot.addWidget(choice)
    choice.take({"architecture": "resnet101", "networks": ["resnet18", "resnet50", "resnet101"]})
    assert _items(choice)[0].endswith("(ResNet-101)")
    assert choice.architecture == ""
    choice.setCurrentIndex(choice.findData("resnet50"))
    choice.take({"architecture": "resnet101", "networks": ["resnet50", "resnet101"]})
    assert choice.architecture == "resnet50"
    assert len(_items(choice)) == 3


def test_a_choice_that_a_preset_cannot_have_falls_back_to_the_preset(qtbot) -> None:
    choice = NetworkChoice()
    qtbot.addWidget(choice)
    choice.take({"architecture": "resnet18", "networks": ["resnet18", "resnet50"]})
    choice.setCurrentIndex(choice.findData("resnet18"))
    choice.take({"architecture": "resnet50", "networks": ["resnet50"]})
    assert choice.architecture == ""
    assert "ResNet-18" not in _items(choice)
