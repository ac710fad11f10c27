"""Classic class activation maps: one forward pass gives every class's signed map.

Source: Zhou, Khosla, Lapedriza, Oliva, Torralba (2016), "Learning deep features for discriminative
localization", equations 1-2, without their upsampling, rectifying or scaling: a cell is shown as
large as it is and in logits.

Where a cell lies: its edges are those of an even division of the input, as everywhere in the
literature. What it answers for reaches far beyond them (the receptive field of a ResNet-101 is
wider than the input), and is centred on the cell's lower and earlier edge, not on its middle: with
torchvision's symmetric padding, cell i is centred on pixel 32 i (Araujo, Norris, Sim 2019,
"Computing receptive fields of convolutional neural networks", Distill). Do not read a map to
within half a cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from vowelscope.core.features import ModelInput, Source, token_input
from vowelscope.explain.base import Explanation, cell_edges
from vowelscope.explain.model import Model
from vowelscope.explain.resnet import cell_stride
from vowelscope.explain.runtime import Runs, open_runtime


class CamExplainer:
    """Explains by class activation maps.

    Parameters
    ----------
    model
        From `load_model`.
    runtime
        What runs it; None opens ONNX Runtime on the CPU.
    """

    def __init__(self, model: Model, runtime: Runs | None = None) -> None:
        self.model = model
        self.runtime = open_runtime(model) if runtime is None else runtime
        self._bias = model.bias()
        self._stride = cell_stride(model.card.dilated_stage4)

    def input_of(
        self, source: Source, tmin_s: float, tmax_s: float, channel: int | None = None
    ) -> ModelInput:
        """The model's input of one interval; an unfilled frequency range is a warning in it."""
        return token_input(
            source,
            tmin_s,
            tmax_s,
            self.model.card.features,
            channel=channel,
            allow_unfilled=True,
        )

    def freq_edges_hz(self, rows: int) -> npt.NDArray[np.float64]:
        """Edges of a map of that many rows, (rows + 1,) in Hz."""
        return cell_edges(self.model.card.features.freq_edges_hz, rows, self._stride)

    def explain(
        self, source: Source, tmin_s: float, tmax_s: float, channel: int | None = None
    ) -> Explanation:
        """Explain one interval.

        Parameters
        ----------
        source
            A `Recording`, or anything with its `rate_hz`, `duration_s` and `read`.
        tmin_s, tmax_s
            The interval in seconds.
        channel
            0-based channel, or None for the mean of all.

        Raises
        ------
        UserError
            The interval cannot be explained.
        """
        return next(self.explain_many(source, [(tmin_s, tmax_s)], channel))

    def explain_many(
        self,
        source: Source,
        intervals: Sequence[tuple[float, float]],
        channel: int | None = None,
        batch: int = 8,
    ) -> Iterator[Explanation]:
        """Explain several intervals of one recording, `batch` of them a forward pass, in order."""
        for start in range(0, len(intervals), batch):
            spans = intervals[start : start + batch]
            inputs = [self.input_of(source, tmin, tmax, channel) for tmin, tmax in spans]
            yield from self.explain_inputs(inputs, spans)

    def explain_inputs(
        self, inputs: Sequence[ModelInput], intervals: Sequence[tuple[float, float]]
    ) -> list[Explanation]:
        """Explain inputs that have been made already, all in one forward pass.

        Parameters
        ----------
        inputs
            From `input_of`.
        intervals
            (tmin_s, tmax_s) of each.
        """
        logits, maps = self.runtime.run(np.stack([item.image() for item in inputs]))
        rows, cols = maps.shape[2:]
        card = self.model.card
        return [
            Explanation(
                method="cam",
                classes=card.classes,
                logits=logits[at],
                bias=self._bias,
                maps=maps[at],
                freq_edges_hz=cell_edges(item.freq_edges_hz, rows, self._stride),
                time_edges_s=cell_edges(item.time_edges_s, cols, self._stride),
                tmin_s=tmin_s,
                tmax_s=tmax_s,
                input=item,
                model_name=card.name,
                model_hash=self.model.weights_sha256,
                warnings=item.warnings,
            )
            for at, (item, (tmin_s, tmax_s)) in enumerate(zip(inputs, intervals, strict=True))
        ]
