from __future__ import annotations

import numpy as np
import pytest

from vowelscope.explain import randomised as module
from vowelscope.explain.model import save_model
from vowelscope.explain.randomised import (
    Randomised,
    randomisation_test,
    randomised,
    randomised_state,
    sample_probes,
)
from vowelscope.explain.ranks import RankCorrelation
from vowelscope.explain.runtime import open_state
from vowelscope.explain.tuning import lamp

AGREES = RankCorrelation(0.9, 0.4, 1.0, 7)


@pytest.fixture(scope="module")
def probes(tiny):
    return sample_probes(tiny, 4)


def test_only_what_was_asked_for_is_drawn_anew(random_state):
    state = random_state("resnet18")
    drawn = randomised_state(state, ("fc", "layer4"), sets=3)
    changed = {key.split(".")[0] for key in state if not np.array_equal(state[key], drawn[key])}
    assert changed == {"fc", "layer4"}
    assert drawn["fc.weight"].shape == (15, 512)
    assert drawn["fc.weight"].std() == pytest.approx(state["fc.weight"].std(), rel=0.05)
    everything = randomised_state(state, module.STAGES, sets=1)
    same = [key for key in state if np.array_equal(state[key], everything[key])]
    assert same == []


def test_a_random_model_gets_a_red_lamp(tiny, probes):
    found = randomisation_test(tiny, probes, ("fc",))
    assert found.strength_place < 0.98
    shown = lamp(AGREES, found)
    assert shown.colour == "red"
    assert "no stronger than those of random weights" in " ".join(shown.reasons)


def test_a_classifier_that_fits_its_features_is_stronger_than_random_ones(
    tiny, probes, random_state, card, tmp_path
):
    """Each class reads the features along a direction in which they vary, as learnt ones do."""
    state = random_state("resnet18")
    single = dict(state)
    single["fc.weight"] = np.eye(512, dtype=np.float32)
    single["fc.bias"] = np.zeros(512, np.float32)
    _, features = open_state(single, "resnet18", False).run(probes)
    cells = features.transpose(0, 2, 3, 1).reshape(-1, 512)
    cells = cells - cells.mean(axis=0)
    _, _, directions = np.linalg.svd(cells, full_matrices=False)
    fitted = directions[:5] / directions[:5].std() * state["fc.weight"].std()
    model = save_model(tmp_path / "fitted", state | {"fc.weight": fitted}, card)
    found = randomisation_test(model, probes, ("fc", "layer4"))
    assert found.strength_place > 0.98
    assert len(found.similarity) == 2
    assert 0 <= min(found.similarity) <= max(found.similarity) <= 1


def test_nothing_changed_is_the_same_map(tiny, probes, monkeypatch):
    def unchanged(state, stages, sets, seed=1):
        return dict(state) | {
            "fc.weight": np.tile(state["fc.weight"], (sets, 1)),
            "fc.bias": np.tile(state["fc.bias"], sets),
        }

    monkeypatch.setattr(module, "randomised_state", unchanged)
    found = randomisation_test(tiny, probes, ("fc",))
    assert found.similarity == (pytest.approx(1),)
    assert lamp(AGREES, found).colour == "red"


def test_the_result_is_kept_per_model(tiny, monkeypatch, tmp_path):
    monkeypatch.setenv("VOWELSCOPE_CACHE_DIR", str(tmp_path))
    calls = []

    def counted(model, probes, stages=(), progress=None):
        calls.append(probes.shape)
        return Randomised(("fc",), (0.25,), 0.5, len(probes))

    monkeypatch.setattr(module, "randomisation_test", counted)
    first = randomised(tiny)
    assert randomised(tiny) == first
    assert calls == [(6, 3, 64, 64)]
    (kept,) = (tmp_path / "randomised").iterdir()
    assert kept.name.startswith(tiny.weights_sha256)
    kept.write_text("{damaged")
    assert randomised(tiny) == first
    assert len(calls) == 2


def test_progress_cancels(tiny, probes):
    def stop(done, _of):
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        randomisation_test(tiny, probes, ("fc", "layer4"), stop)
