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
    from onnx import TensorProto, helper

    graph = _Graph()
    x = graph.conv("images", STEM, state, relu=True)
    x = graph.node("MaxPool", [x], "pool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    for block in blocks(architecture, dilated_stage4):
        shortcut = x if block.shortcut is None else graph.conv(x, block.shortcut, state)
        y = x
        for conv in block.convs:
            y = graph.conv(y, conv, state, relu=conv is not block.convs[-1])
        name = block.convs[-1].name
        x = graph.node("Relu", [graph.node("Add", [y, shortcut], f"{name}.sum")], f"{name}.out")
    classifier = state["fc.weight"][:, :, None, None]
    graph.node("Conv", [x, graph.constant("fc.weight", classifier)], "maps", kernel_shape=[1, 1])
    means = graph.node("ReduceMean", ["maps"], "means", axes=[2, 3], keepdims=0)
    graph.node("Add", [means, graph.constant("fc.bias", state["fc.bias"])], "logits")

    k = len(state["fc.bias"])
    value = helper.make_tensor_value_info
    made = helper.make_graph(
        graph.nodes,
        architecture,
        [value("images", TensorProto.FLOAT, ["n", 3, "height", "width"])],
        [
            value("logits", TensorProto.FLOAT, ["n", k]),
            value("maps", TensorProto.FLOAT, ["n", k, "rows", "cols"]),
        ],
        graph.constants,
    )
    model = helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
        producer_name="vowelscope",
    )
    return bytes(model.SerializeToString())


class _Graph:
    """Nodes and constants as they are added."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, array: Floats) -> str:
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
