from __future__ import annotations

import numpy as np
import pytest

from vowelscope.core.audio import Recording
from vowelscope.core.errors import FeatureError
from vowelscope.explain.base import cell_edges
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.runtime import open_runtime
from vowelscope.explain.torch_runtime import build_network


@pytest.fixture(scope="module")
def explainer(tiny):
    return CamExplainer(tiny)


@pytest.fixture(scope="module")
def large(tiny):
    """The same network; it takes images of any size."""
    return open_runtime(tiny)


@pytest.fixture(scope="module")
def network(tiny):
    return build_network(tiny)


@pytest.mark.parametrize("index", range(5))
def test_maps_are_those_of_torchcam(explainer, network, images, index):
    import torch
    from torchcam.methods import CAM

    _, maps = explainer.runtime.run(images)
    with CAM(network, "layer4", "fc", input_shape=(3, 64, 64)) as extractor:
        with torch.inference_mode():
            network(torch.from_numpy(images))
        # Not normalised, so signed and in logits, as ours.
        (theirs,) = extractor(class_idx=[index] * len(images), normalized=False)
    assert np.abs(maps[:, index] - theirs.numpy()).max() < 1e-4 * np.abs(maps).max()


@pytest.mark.parametrize("index", [0, 3])
def test_maps_are_those_of_pytorch_grad_cam(explainer, network, images, index):
    import torch
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.image import scale_cam_image
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    _, maps = explainer.runtime.run(images)
    raw = []

    class Watched(GradCAM):
        def get_cam_image(self, *arguments, **options):
            raw.append(super().get_cam_image(*arguments, **options))
            return raw[-1]

    with Watched(network, target_layers=[network.layer4[-1]]) as cam:
        shown = cam(torch.from_numpy(images), [ClassifierOutputTarget(index)] * len(images))
    # The gradient of a logit by a feature map is the classifier's weight over the cells.
    cells = maps.shape[2] * maps.shape[3]
    ours = maps[:, index]
    assert np.abs(ours - cells * raw[0]).max() < 1e-4 * np.abs(ours).max()
    # What it shows: rectified, scaled to 0-1 an image, resized.
    alike = scale_cam_image(scale_cam_image(np.maximum(ours, 0), (64, 64))[:, None].mean(axis=1))
    assert np.abs(alike - shown).max() < 1e-3


def test_mean_of_the_map_and_bias_are_the_logit(explainer, speech):
    with Recording(speech.wav) as recording:
        made = explainer.explain(recording, 0.465, 0.567)
    assert np.abs(made.maps.mean(axis=(1, 2)) + made.bias - made.logits).max() < 1e-5
    assert np.array_equal(made.bias, explainer.model.state()["fc.bias"])
    assert made.maps.shape == (5, 2, 2)
    assert (made.tmin_s, made.tmax_s, made.method) == (0.465, 0.567, "cam")
    assert made.model_hash == explainer.model.weights_sha256
    assert made.warnings == ()


def test_axes_are_those_of_the_input(explainer, speech):
    with Recording(speech.wav) as recording:
        made = explainer.explain(recording, 0.4, 0.6)
    assert made.freq_edges_hz.tolist() == [0, 4000, 8000]
    assert np.allclose(made.time_edges_s, [0.5 - 0.112, 0.5, 0.5 + 0.112])
    assert (made.cell_hz, made.cell_s) == (4000, pytest.approx(0.112))


def test_many_are_the_same_as_one_by_one(explainer, speech):
    spans = [(0.1 * k, 0.1 * k + 0.08) for k in range(1, 8)]
    with Recording(speech.wav) as recording:
        many = list(explainer.explain_many(recording, spans, batch=3))
        single = [explainer.explain(recording, *span) for span in spans]
    for a, b in zip(many, single, strict=True):
        assert np.allclose(a.maps, b.maps, rtol=1e-4, atol=1e-5)
        assert a.tmin_s == b.tmin_s
        assert np.array_equal(a.time_edges_s, b.time_edges_s)


def test_a_channel_is_explained_by_itself(explainer, tmp_path):
    import soundfile as sf

    rng = np.random.default_rng(8)
    left, right = 0.1 * rng.standard_normal((2, 16000))
    sf.write(tmp_path / "two.wav", np.stack([left, right], axis=1), 16000)
    sf.write(tmp_path / "right.wav", right, 16000)
    with Recording(tmp_path / "two.wav") as two, Recording(tmp_path / "right.wav") as alone:
        second = explainer.explain(two, 0.4, 0.6, channel=1)
        first = explainer.explain(two, 0.4, 0.6, channel=0)
        only = explainer.explain(alone, 0.4, 0.6)
    assert np.allclose(second.maps, only.maps)
    assert not np.allclose(first.maps, only.maps)


def test_a_recording_that_cannot_fill_the_range_is_explained_with_a_warning(explainer, tone_wav):
    with Recording(tone_wav(500, rate_hz=8000)) as recording:
        made = explainer.explain(recording, 0.4, 0.6)
    assert len(made.warnings) == 1
    assert "nothing above 4000 Hz" in made.warnings[0]


def test_outside_the_recording_is_refused(explainer, tone_wav):
    with Recording(tone_wav(500)) as recording, pytest.raises(FeatureError, match="outside"):
        explainer.explain(recording, 5.0, 5.1)


@pytest.mark.parametrize("axis", [2, 3])
@pytest.mark.parametrize("cell", [0, 2, 6])
def test_a_cell_answers_for_the_place_of_its_index(large, axis, cell):
    """Row 0 for the lowest rows of the input, column 0 for the earliest.

    The change is made around pixel 32 * cell, the centre of the cell's receptive field.
    """
    rng = np.random.default_rng(9)
    before = 0.1 * rng.standard_normal((1, 3, 224, 224), dtype=np.float32)
    after = before.copy()
    place = [slice(None)] * 4
    place[axis] = slice(max(32 * cell - 8, 0), 32 * cell + 8)
    after[tuple(place)] += rng.standard_normal(after[tuple(place)].shape, dtype=np.float32)
    change = np.abs(large.run(after)[1] - large.run(before)[1])
    along = change.mean(axis=tuple(k for k in range(4) if k != axis))
    assert along.argmax() == cell


def test_the_last_cell_of_an_odd_size_is_the_narrower_one():
    edges = np.linspace(0, 112, 113)
    assert cell_edges(edges, 4, 32).tolist() == [0, 32, 64, 96, 112]
    assert cell_edges(np.linspace(0, 8000, 225), 7, 32)[1] == pytest.approx(8000 / 7)
    assert len(cell_edges(np.linspace(0, 8000, 225), 14, 16)) == 15
