"""The residual networks that a model folder may hold, as plain numbers: no torch.

Names and shapes are torchvision's (``torchvision.models.resnet``), after He et al. (2016), "Deep
residual learning for image recognition", table 1; stride 2 lies on the 3×3 convolution of a
bottleneck, as torchvision has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

ARCHITECTURES: dict[str, tuple[str, tuple[int, int, int, int]]] = {
    "resnet18": ("basic", (2, 2, 2, 2)),
    "resnet34": ("basic", (3, 4, 6, 3)),
    "resnet50": ("bottleneck", (3, 4, 6, 3)),
    "resnet101": ("bottleneck", (3, 4, 23, 3)),
    "resnet152": ("bottleneck", (3, 8, 36, 3)),
}
"""Kind of block and number of blocks in each of the four stages."""

BATCH_NORM_EPSILON = 1e-5
"""torchvision's (and PyTorch's) default."""

_BATCH_NORM_PARTS = ("weight", "bias", "running_mean", "running_var")


@dataclass(frozen=True, slots=True)
class Conv:
    """One convolution (no bias) with the batch normalisation that follows it.

    Attributes
    ----------
    name, norm
        Prefixes of its keys in the state, such as ``layer1.0.conv1`` and ``layer1.0.bn1``.
    size
        Side of the square kernel; padding is ``dilation * (size // 2)``.
    """

    name: str
    norm: str
    inputs: int
    outputs: int
    size: int
    stride: int = 1
    dilation: int = 1

    @property
    def padding(self) -> int:
        """Zeros added at each side."""
        return self.dilation * (self.size // 2)


@dataclass(frozen=True, slots=True)
class Block:
    """A residual block of a stage (1-4): its convolutions, and the shortcut's projection if any."""

    stage: int
    convs: tuple[Conv, ...]
    shortcut: Conv | None


STEM = Conv("conv1", "bn1", 3, 64, 7, stride=2)


def cell_stride(dilated_stage4: bool) -> int:
    """Pixels of the input that one cell of the last feature map stands for, in each direction."""
    return 16 if dilated_stage4 else 32


def stage_stride(stage: int, dilated_stage4: bool) -> int:
    """Pixels of the input that a cell of a stage stands for, in each direction.

    Stage 0 is the first layer, before the max-pooling.
    """
    return cell_stride(True) if dilated_stage4 and stage == 4 else 2 ** (stage + 1)


def n_filters(architecture: str, stage: int) -> int:
    """Filters of a stage, 0 (the first layer) to 4."""
    if stage == 0:
        return STEM.outputs
    return n_features(architecture) >> (4 - stage)


def receptive_field(architecture: str, stage: int, dilated_stage4: bool) -> int:
    """Side of the square of pixels that one cell of a stage can see.

    Source: Araujo, Norris, Sim (2019), "Computing receptive fields of convolutional neural
    networks", Distill, equation 2, along the path of the most convolutions.
    """
    side, step = STEM.size, STEM.stride
    if stage == 0:
        return side
    side, step = side + 2 * step, 2 * step  # the max-pooling, 3×3 of stride 2
    for block in blocks(architecture, dilated_stage4):
        if block.stage > stage:
            break
        for conv in block.convs:
            side += (conv.size - 1) * conv.dilation * step
            step *= conv.stride
    return side


def n_features(architecture: str) -> int:
    """Channels of the last feature map."""
    return 512 if ARCHITECTURES[architecture][0] == "basic" else 2048


def blocks(architecture: str, dilated_stage4: bool = False) -> Iterator[Block]:
    """The residual blocks after the stem and the max-pooling, in order."""
    kind, counts = ARCHITECTURES[architecture]
    inputs = 64
    for stage, count in enumerate(counts):
        width = 64 << stage
        outputs = width if kind == "basic" else 4 * width
        dilate = dilated_stage4 and stage == 3
        for index in range(count):
            stride = 2 if index == 0 and stage > 0 and not dilate else 1
            # As torchvision: the first block of a dilated stage keeps the stage before's dilation.
            dilation = 2 if dilate and index > 0 else 1
            at = f"layer{stage + 1}.{index}"
            if kind == "basic":
                convs: tuple[Conv, ...] = (
                    Conv(f"{at}.conv1", f"{at}.bn1", inputs, width, 3, stride),
                    Conv(f"{at}.conv2", f"{at}.bn2", width, width, 3),
                )
            else:
                convs = (
                    Conv(f"{at}.conv1", f"{at}.bn1", inputs, width, 1),
                    Conv(f"{at}.conv2", f"{at}.bn2", width, width, 3, stride, dilation),
                    Conv(f"{at}.conv3", f"{at}.bn3", width, outputs, 1),
                )
            shortcut = None
            if index == 0 and (stride != 1 or inputs != outputs):
                name = f"{at}.downsample"
                shortcut = Conv(f"{name}.0", f"{name}.1", inputs, outputs, 1, stride)
            yield Block(stage + 1, convs, shortcut)
            inputs = outputs


def convolutions(architecture: str, dilated_stage4: bool = False) -> Iterator[Conv]:
    """Every convolution of the network, the stem first."""
    yield STEM
    for block in blocks(architecture, dilated_stage4):
        yield from block.convs
        if block.shortcut is not None:
            yield block.shortcut


def state_shapes(architecture: str, n_classes: int) -> dict[str, tuple[int, ...]]:
    """Keys of the state (without ``num_batches_tracked``) and the shape of each array."""
    shapes: dict[str, tuple[int, ...]] = {}
    for conv in convolutions(architecture):
        shapes[f"{conv.name}.weight"] = (conv.outputs, conv.inputs, conv.size, conv.size)
        for part in _BATCH_NORM_PARTS:
            shapes[f"{conv.norm}.{part}"] = (conv.outputs,)
    shapes["fc.weight"] = (n_classes, n_features(architecture))
    shapes["fc.bias"] = (n_classes,)
    return shapes


def is_matrix(shape: tuple[int, ...]) -> bool:
    """Whether an array of this shape is a convolution's or the classifier's weight."""
    return len(shape) > 1
