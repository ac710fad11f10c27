"""Each method against another library, or against arithmetic that has one answer."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from captum import attr as captum

from vowelscope.core.features import normalise
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.explainers import open_explainer
from vowelscope.explain.gradient_input import GradientInput
from vowelscope.explain.integrated_gradients import IntegratedGradients
from vowelscope.explain.interventions import band_stop
from vowelscope.explain.model import save_model
from vowelscope.explain.stage_cam import floor_of, image_of, network_of
from vowelscope.explain.torch_runtime import build_network

OF, AT = "ɝ", 2


@pytest.fixture(scope="module")
def model(tmp_path_factory, card, random_state):
    """A ResNet-18 with a classifier so steep that no epsilon of another library matters."""
    state = random_state(seed=5)
    state["fc.weight"] = (30 * state["fc.weight"]).astype(np.float32)
    return save_model(tmp_path_factory.mktemp("steep") / "m", state, card, "float16")


@pytest.fixture(scope="module")
def engine(model):
    return CamExplainer(model)


@pytest.fixture
def explained(engine, speech):
    from vowelscope.core.audio import Recording

    with Recording(speech.wav) as recording:
        return engine.explain(recording, 0.465, 0.567)


@pytest.fixture
def network(model):
    return build_network(model)


def same(ours, theirs):
    """Equal to 1e-4 of the largest value."""
    theirs = theirs.detach().numpy() if isinstance(theirs, torch.Tensor) else np.asarray(theirs)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= 1e-4 * np.abs(theirs).max() > 0


@pytest.mark.parametrize("stage", [1, 2, 3, 4])
def test_grad_cam_is_captum_s(model, engine, explained, network, stage):
    found = open_explainer(f"grad-cam:{stage}", model, engine.runtime).attribute(explained, OF)
    layer = getattr(network, f"layer{stage}")
    image = image_of(explained.input).requires_grad_(True)
    theirs = captum.LayerGradCam(network, layer).attribute(image, target=AT)
    same(found.values, theirs[0, 0])
    assert (found.values < 0).any(), "what speaks against a class is shown too"


@pytest.mark.parametrize("stage", [3, 4])
def test_grad_cam_rectified_is_torch_cam_s(model, engine, explained, network, stage):
    from torchcam.methods import GradCAM

    found = open_explainer(f"grad-cam:{stage}", model, engine.runtime).attribute(explained, OF)
    with GradCAM(network, f"layer{stage}") as extractor:
        scores = network(image_of(explained.input).requires_grad_(True))
        (theirs,) = extractor(AT, scores, normalized=False)
    same(np.maximum(found.values, 0), theirs[0])


@pytest.mark.parametrize("stage", [2, 3, 4])
def test_layer_cam_is_torch_cam_s(model, engine, explained, network, stage):
    from torchcam.methods import LayerCAM

    found = open_explainer(f"layercam:{stage}", model, engine.runtime).attribute(explained, OF)
    with LayerCAM(network, f"layer{stage}") as extractor:
        scores = network(image_of(explained.input).requires_grad_(True))
        (theirs,) = extractor(AT, scores, normalized=False)
    same(found.values, theirs[0])


@pytest.mark.parametrize("stage", [3, 4])
@pytest.mark.parametrize("name", ["grad-cam++", "hirescam"])
def test_grad_cam_plus_plus_and_hirescam_are_pytorch_grad_cam_s(
    model, engine, explained, network, stage, name
):
    from pytorch_grad_cam import GradCAMPlusPlus, HiResCAM

    found = open_explainer(f"{name}:{stage}", model, engine.runtime).attribute(explained, OF)
    held = []

    class Scaled(GradCAMPlusPlus if name == "grad-cam++" else HiResCAM):
        def get_cam_image(self, *args, **more):
            held.append(super().get_cam_image(*args, **more))
            return held[-1]

    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    with Scaled(network, [getattr(network, f"layer{stage}")]) as cam:
        cam(image_of(explained.input), [ClassifierOutputTarget(AT)])
    theirs = held[0][0]
    same(found.values, np.maximum(theirs, 0) if name == "grad-cam++" else theirs)


def test_hirescam_times_the_number_of_cells_is_the_cam(model, engine, explained):
    found = open_explainer("hirescam", model, engine.runtime).attribute(explained, OF)
    cells = found.values.size
    same(cells * found.values, explained.map_of(OF))
    logit = found.values.sum() + explained.bias[AT]
    assert logit == pytest.approx(explained.logits[AT], abs=1e-3)
    grad_cam = open_explainer("grad-cam:4", model, engine.runtime).attribute(explained, OF)
    same(grad_cam.values, found.values)


def test_score_cam_is_torch_cam_s(model, engine, explained, network):
    stage = 4
    from torchcam.methods import ScoreCAM

    found = open_explainer(f"score-cam:{stage}", model, engine.runtime).attribute(explained, OF)
    with ScoreCAM(network, f"layer{stage}", input_shape=(3, 64, 64)) as extractor:
        with torch.no_grad():
            network(image_of(explained.input))
        (theirs,) = extractor(AT, normalized=False)
    same(found.values, theirs[0])


def test_integrated_gradients_are_captum_s_and_add_up(model, engine, explained, network):
    found = IntegratedGradients(model, engine.runtime, 32).attribute(explained, OF)
    image, floor = image_of(explained.input), floor_of(explained.input)
    theirs = captum.IntegratedGradients(network).attribute(image, floor, target=AT, n_steps=32)
    same(found.values, theirs[0].sum(dim=0))
    long = IntegratedGradients(model, engine.runtime, 300).attribute(explained, OF)
    with torch.no_grad():
        apart = float((network(image) - network(floor))[0, AT])
    assert long.values.sum() == pytest.approx(apart, rel=0.05)


def test_a_sum_that_is_off_is_said(model, engine, explained):
    found = IntegratedGradients(model, engine.runtime, 2).attribute(explained, OF)
    assert any("off the difference from silence" in words for words in found.warnings)


def test_gradient_times_input_is_captum_s(model, engine, explained, network):
    found = GradientInput(model, engine.runtime, samples=0).attribute(explained, OF)
    image, floor = image_of(explained.input), floor_of(explained.input)
    above = (image - floor).requires_grad_(True)
    theirs = captum.InputXGradient(lambda x: network(x + floor)).attribute(above, target=AT)
    same(found.values, theirs[0].sum(dim=0))
    silent = explained.input.db <= explained.input.spec.db_min
    assert silent.any() and not found.values[silent].any(), "a silent pixel counts nothing"


def test_smooth_grad_is_the_mean_over_noisy_copies_and_the_same_each_time(model, engine, explained):
    once = GradientInput(model, engine.runtime, samples=8).attribute(explained, OF).values
    torch.rand(3)
    again = GradientInput(model, engine.runtime, samples=8).attribute(explained, OF).values
    assert np.array_equal(once, again)
    still = GradientInput(model, engine.runtime, samples=8, noise=1e-7)
    plain = GradientInput(model, engine.runtime, samples=0).attribute(explained, OF).values
    # Some units stand so near their bend that even this noise is seen.
    near = np.abs(still.attribute(explained, OF).values - plain).max()
    assert near < 0.01 * np.abs(plain).max()
    assert not np.allclose(once, plain, atol=1e-3 * np.abs(plain).max())


def test_occlusion_in_patches_is_captum_s(model, engine, explained, network):
    found = open_explainer("occlusion", model, engine.runtime).attribute(explained, OF)
    with torch.no_grad():
        theirs = captum.Occlusion(network).attribute(
            image_of(explained.input),
            sliding_window_shapes=(3, 16, 16),
            strides=(3, 16, 16),
            baselines=floor_of(explained.input),
            target=AT,
        )
    # Captum gives each pixel what its patch costs.
    same(found.values, theirs[0, 0, ::16, ::16])


def test_occlusion_in_bands_is_captum_s(model, engine, explained, network):
    found = open_explainer("occlusion-bands", model, engine.runtime).attribute(explained, OF)
    seen = explained.input
    for at in (3, 11, len(found.values) - 1):
        band = found.freq_edges_hz[at : at + 2]
        without = torch.from_numpy(normalise(band_stop(seen, band, "mean")[None], seen.spec))
        with torch.no_grad():
            theirs = captum.FeatureAblation(network).attribute(
                image_of(seen),
                baselines=without,
                target=AT,
                feature_mask=torch.zeros(1, 3, *seen.db.shape, dtype=torch.long),
            )
        assert found.values[at, 0] == pytest.approx(float(theirs[0, 0, 0, 0]), abs=2e-3)
    assert np.diff(found.freq_edges_hz).min() > 20


def test_the_network_is_that_of_the_model_s_own_weights(model, explained, network):
    with torch.no_grad():
        logits = network_of(model)(image_of(explained.input))[0].numpy()
    assert logits == pytest.approx(explained.logits, abs=1e-3)
    other = dataclasses.replace(model.card, name="other")
    assert other.name != model.card.name and network_of(model) is network_of(model)
