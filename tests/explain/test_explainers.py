"""The registry, other people's methods, and what each of ours says of itself."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from types import SimpleNamespace

import numpy as np
import pytest

from vowelscope.core.errors import ConfigError, UserError
from vowelscope.explain import explainers
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.explainers import (
    Attribution,
    attribute,
    methods,
    open_explainer,
    parse_method,
)

OURS = [
    "cam",
    "grad-cam",
    "grad-cam++",
    "layercam",
    "hirescam",
    "score-cam",
    "integrated-gradients",
    "gradient-input",
    "occlusion",
    "occlusion-bands",
    "rise",
]


@pytest.fixture(scope="module")
def engine(tiny):
    return CamExplainer(tiny)


@pytest.fixture
def explained(engine, speech):
    from vowelscope.core.audio import Recording

    with Recording(speech.wav) as recording:
        return engine.explain(recording, 0.465, 0.567)


def test_names():
    assert [method.name for method in methods()] == OURS
    assert parse_method("layercam:2")[1] == 2
    assert parse_method(" cam ")[0].title == "CAM"
    for text, words in (
        ("tea leaves", "no explainer 'tea leaves'; there are cam, grad-cam"),
        ("cam:2", "cam has no stage"),
        ("layercam:7", "one of 1, 2, 3, 4"),
        ("layercam:x", "one of 1, 2, 3, 4"),
    ):
        with pytest.raises(ConfigError, match=words):
            parse_method(text)


@pytest.mark.parametrize("name", [*OURS, "grad-cam:1", "hirescam:2", "layercam:4"])
def test_every_method_says_where_its_cells_lie_and_what_it_is_not(tiny, engine, explained, name):
    made = open_explainer(name, tiny, engine.runtime)
    passes: list[tuple[int, int]] = []
    found = attribute(name, made, explained, "i", progress=lambda *x: passes.append(x))
    seen = explained.input
    rows, columns = found.values.shape
    assert len(found.freq_edges_hz) == rows + 1 and len(found.time_edges_s) == columns + 1
    assert found.freq_edges_hz[[0, -1]] == pytest.approx(seen.freq_edges_hz[[0, -1]])
    assert found.time_edges_s[[0, -1]] == pytest.approx(seen.time_edges_s[[0, -1]])
    assert (np.diff(found.freq_edges_hz) > 0).all() and np.isfinite(found.values).all()
    assert np.abs(found.values).max() > 0
    assert found.signed or found.values.min() >= 0
    assert found.unit and found.caveat.endswith(".") and found.caveat.count(". ") <= 1
    assert passes[-1][0] == passes[-1][1] > 0
    assert [done for done, _ in passes] == sorted(done for done, _ in passes)


@pytest.mark.parametrize("name", OURS)
def test_every_method_can_be_stopped(tiny, engine, explained, name):
    class Enough(Exception):
        pass

    def stop(_done, _total):
        raise Enough

    made = open_explainer(name, tiny, engine.runtime)
    with pytest.raises(Enough):
        attribute(name, made, explained, "i", progress=stop)


@pytest.mark.parametrize("name", [name for name in OURS if name not in ("grad-cam++", "layercam")])
def test_a_contrast_is_the_difference_of_two_maps(tiny, engine, explained, name):
    made = open_explainer(name, tiny, engine.runtime)
    if name == "score-cam":
        with pytest.raises(ConfigError, match="no contrast"):
            made.attribute(explained, "i", "u")
        return
    first, second, apart = (
        made.attribute(explained, *of).values for of in (("i",), ("u",), ("i", "u"))
    )
    assert np.abs(apart - (first - second)).max() <= 1e-4 * max(1.0, np.abs(first).max())
    with pytest.raises(ConfigError, match="with itself"):
        made.attribute(explained, "i", "i")
    with pytest.raises(ConfigError, match="no class 'y'"):
        made.attribute(explained, "y")


class Fine:
    def __init__(self, model, runtime):
        self.model = model

    def attribute(self, explanation, of, against=None, progress=None):
        edges = explanation.freq_edges_hz, explanation.time_edges_s
        values = np.ones((len(edges[0]) - 1, len(edges[1]) - 1), np.float32)
        if progress is not None:
            progress(0, 1)
        return Attribution("mine", "Mine", of, against, values, *edges, "none", True, "Nothing.")


class Crooked(Fine):
    def attribute(self, explanation, of, against=None, progress=None):
        found = super().attribute(explanation, of, against)
        return Attribution("c", "C", of, None, found.values[1:], *found_edges(found), "", True, "")


def found_edges(found):
    return found.freq_edges_hz, found.time_edges_s


class Raises(Fine):
    def attribute(self, explanation, of, against=None, progress=None):
        raise ZeroDivisionError("of\nmany lines")


class Empty:
    def __init__(self, model, runtime):
        pass


@pytest.fixture
def plugged(monkeypatch):
    here = {name: globals()[name] for name in ("Fine", "Crooked", "Raises", "Empty")}
    monkeypatch.setitem(__import__("sys").modules, "other_package", SimpleNamespace(**here))
    points = [
        EntryPoint(name.lower(), f"other_package:{name}", explainers.ENTRY_POINTS)
        for name in (*here, "Missing")
    ]
    points.append(EntryPoint("broken", "no_such_package:X", explainers.ENTRY_POINTS))
    points.append(EntryPoint("cam", "other_package:Raises", explainers.ENTRY_POINTS))
    monkeypatch.setattr(
        explainers,
        "entry_points",
        lambda group: points if group == explainers.ENTRY_POINTS else [],
    )


def test_other_packages_register_theirs(plugged, tiny, engine, explained):
    assert [method.name for method in methods()][len(OURS) :] == [
        "fine",
        "crooked",
        "raises",
        "empty",
        "missing",
        "broken",
    ]
    made = open_explainer("fine", tiny, engine.runtime)
    assert made.model is tiny
    assert attribute("fine", made, explained, "i").title == "Mine"
    # Nobody takes the place of a method that the program documents.
    cam = open_explainer("cam", tiny, engine.runtime)
    assert np.allclose(attribute("cam", cam, explained, "i").values, explained.map_of("i"))


@pytest.mark.parametrize("name", ["broken", "missing", "empty"])
def test_a_package_that_cannot_be_loaded_is_one_sentence(plugged, tiny, engine, name):
    with pytest.raises(ConfigError, match=rf"the explainer '{name}'") as error:
        open_explainer(name, tiny, engine.runtime)
    assert "\n" not in str(error.value) and str(error.value).endswith(".")


@pytest.mark.parametrize(
    ("name", "words"), [("crooked", "edges of"), ("raises", "ZeroDivisionError: of")]
)
def test_what_a_package_does_wrong_is_one_sentence(plugged, tiny, engine, explained, name, words):
    made = open_explainer(name, tiny, engine.runtime)
    with pytest.raises(UserError, match=words) as error:
        attribute(name, made, explained, "i")
    assert "\n" not in str(error.value) and str(error.value).endswith(".")


def test_a_cancelled_package_is_no_faulty_one(plugged, tiny, engine, explained):
    class Enough(Exception):
        pass

    def stop(_done, _total):
        raise Enough

    made = open_explainer("fine", tiny, engine.runtime)
    with pytest.raises(Enough):
        attribute("fine", made, explained, "i", progress=stop)


def test_the_list_of_methods_imports_no_torch():
    import subprocess
    import sys

    code = (
        "import sys\n"
        "from vowelscope.explain.explainers import methods, parse_method\n"
        "methods(); parse_method('layercam:2')\n"
        "print(sorted({'torch', 'captum', 'onnxruntime'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_torch_a_gradient_method_is_one_sentence_and_occlusion_works(tiny, tmp_path):
    import subprocess
    import sys

    code = (
        "import sys\n"
        "sys.modules['torch'] = None\n"
        "from vowelscope.core.errors import ConfigError\n"
        "from vowelscope.explain.explainers import open_explainer\n"
        "for name in ('cam', 'occlusion', 'occlusion-bands', 'rise', 'grad-cam', "
        "'integrated-gradients'):\n"
        "    try:\n"
        "        open_explainer(name, None, None)\n"
        "        print(name, 'works')\n"
        "    except ConfigError as error:\n"
        "        print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    said = done.stdout.splitlines()
    assert said[:3] == ["cam works", "occlusion works", "occlusion-bands works"]
    assert said[3] == "rise works"
    assert said[4].startswith("grad-cam needs torch, which is not installed here")
    assert said[5].startswith("integrated-gradients needs ") and len(said) == 6
