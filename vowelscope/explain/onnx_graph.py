"""A residual network as an ONNX graph, made from its weights directly: no torch, no tracing.

The graph ends in the class activation maps of every class (Zhou et al. 2016, "Learning deep
features for discriminative localization", equations 1-2): a 1×1 convolution of the last feature
map with the classifier's weight. The mean over the cells plus the classifier's bias *is* the
logit, because averaging and the linear classifier commute, so one pass gives both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from vowelscope.explain.resnet import BATCH_NORM_EPSILON, STEM, Conv, blocks

Floats = npt.NDArray[np.float32]

GRAPH_VERSION = 1
"""Raise it when the graph made from the same weights changes: cached graphs are keyed by it."""

_OPSET = 17
_IR_VERSION = 8


def fold(state: Mapping[str, Floats], conv: Conv) -> tuple[Floats, Floats]:
    """Weight and bias of a convolution that has taken its batch normalisation in.

    Parameters
    ----------
    state
        Weights by torchvision's names.

    Returns
    -------
    weight, bias : numpy.ndarray
        float32 (outputs, inputs, size, size) and (outputs,).

    Notes
    -----
    Computed in float64, so that folding itself rounds once.
    """
    variance = state[f"{conv.norm}.running_var"].astype(np.float64)
    gain = state[f"{conv.norm}.weight"] / np.sqrt(variance + BATCH_NORM_EPSILON)
    weight = state[f"{conv.name}.weight"] * gain[:, None, None, None].astype(np.float32)
    bias = state[f"{conv.norm}.bias"] - state[f"{conv.norm}.running_mean"] * gain
    return weight.astype(np.float32), bias.astype(np.float32)


def build_graph(state: Mapping[str, Floats], architecture: str, dilated_stage4: bool) -> bytes:
    """The serialised ONNX model.

    Parameters
    ----------
    state
        Weights by torchvision's names, float32.
    architecture, dilated_stage4
        As in the model's card.

    Returns
    -------
    bytes
        Input ``images`` (n, 3, height, width); outputs ``logits`` (n, k) and ``maps``
        (n, k, rows, cols), all float32, with n, height and width free.
    """
    graph = _Graph()
    x = _features(graph, state, architecture, dilated_stage4)
    classifier = state["fc.weight"][:, :, None, None]
    graph.node("Conv", [x, graph.constant("fc.weight", classifier)], "maps", kernel_shape=[1, 1])
    means = graph.node("ReduceMean", ["maps"], "means", axes=[2, 3], keepdims=0)
    graph.node("Add", [means, graph.constant("fc.bias", state["fc.bias"])], "logits")
    k = len(state["fc.bias"])
    shapes = {"logits": ["n", k], "maps": ["n", k, "rows", "cols"]}
    return graph.serialised(architecture, shapes)


def build_stage_graph(
    state: Mapping[str, Floats], architecture: str, dilated_stage4: bool, stage: int
) -> bytes:
    """The network up to a stage, with what each of its filters gives at most and on average.

    Parameters
    ----------
    stage
        1 to 4; 0 is the first layer, before the max-pooling.

    Returns
    -------
    bytes
        Input ``images`` as in `build_graph`; outputs ``mean`` and ``peak``, float32 (n, filters)
        over the cells, and ``place``, int64 (n, filters): the cell of the peak, row by row.
    """
    graph = _Graph()
    x = _features(graph, state, architecture, dilated_stage4, stage)
    shape = graph.constant("flat", np.array([0, 0, -1], dtype=np.int64))
    flat = graph.node("Reshape", [x, shape], "cells")
    graph.node("ReduceMean", [flat], "mean", axes=[2], keepdims=0)
    graph.node("ReduceMax", [flat], "peak", axes=[2], keepdims=0)
    graph.node("ArgMax", [flat], "place", axis=2, keepdims=0)
    names = ("mean", "peak", "place")
    return graph.serialised(architecture, {name: ["n", "filters"] for name in names}, ("place",))


def _features(
    graph: _Graph,
    state: Mapping[str, Floats],
    architecture: str,
    dilated_stage4: bool,
    stage: int = 4,
) -> str:
    """The nodes up to the end of a stage; gives the name of the last."""
    x = graph.conv("images", STEM, state, relu=True)
    if stage == 0:
        return x
    x = graph.node("MaxPool", [x], "pool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    for block in blocks(architecture, dilated_stage4):
        if block.stage > stage:
            break
        shortcut = x if block.shortcut is None else graph.conv(x, block.shortcut, state)
        y = x
        for conv in block.convs:
            y = graph.conv(y, conv, state, relu=conv is not block.convs[-1])
        name = block.convs[-1].name
        x = graph.node("Relu", [graph.node("Add", [y, shortcut], f"{name}.sum")], f"{name}.out")
    return x


class _Graph:
    """Nodes and constants as they are added."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def serialised(
        self, name: str, outputs: Mapping[str, list[Any]], whole: tuple[str, ...] = ()
    ) -> bytes:
        """The model of these nodes; outputs by their shapes, those of `whole` as integers."""
        from onnx import TensorProto, helper

        value, real = helper.make_tensor_value_info, TensorProto.FLOAT
        made = helper.make_graph(
            self.nodes,
            name,
            [value("images", real, ["n", 3, "height", "width"])],
            [
                value(key, TensorProto.INT64 if key in whole else real, shape)
                for key, shape in outputs.items()
            ],
            self.constants,
        )
        model = helper.make_model(
            made,
            opset_imports=[helper.make_opsetid("", _OPSET)],
            ir_version=_IR_VERSION,
            producer_name="vowelscope",
        )
        return bytes(model.SerializeToString())

    def constant(self, name: str, array: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def conv(self, x: str, conv: Conv, state: Mapping[str, Floats], relu: bool = False) -> str:
        weight, bias = fold(state, conv)
        inputs = [
            x,
            self.constant(f"{conv.name}.weight", weight),
            self.constant(f"{conv.name}.bias", bias),
        ]
        y = self.node(
            "Conv",
            inputs,
            f"{conv.name}.y",
            kernel_shape=[conv.size] * 2,
            strides=[conv.stride] * 2,
            pads=[conv.padding] * 4,
            dilations=[conv.dilation] * 2,
        )
        return self.node("Relu", [y], f"{conv.name}.relu") if relu else y
