"""What an explanation is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import ConfigError
from vowelscope.core.features import ModelInput
from vowelscope.core.translation import tr

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """What a model said of one token, and which cells of its input said so.

    Attributes
    ----------
    method
        Name of the method, such as ``cam``.
    classes
        Names in the order of the logits.
    logits, bias
        float32 (k,).
    maps
        float32 (k, rows, cols), signed, in logits; row 0 is the lowest frequency. For ``cam``
        ``maps.mean((1, 2)) + bias`` is `logits`.
    freq_edges_hz, time_edges_s
        Edges of the cells: (rows + 1,) in Hz and (cols + 1,) in seconds of the recording.
    tmin_s, tmax_s
        The interval that was explained.
    input
        What the model saw.
    model_name, model_hash
        Which model it was; the hash is that of its weights.
    warnings
        Plain sentences.
    """

    method: str
    classes: tuple[str, ...]
    logits: Floats
    bias: Floats
    maps: Floats
    freq_edges_hz: Doubles
    time_edges_s: Doubles
    tmin_s: float
    tmax_s: float
    input: ModelInput
    model_name: str
    model_hash: str
    warnings: tuple[str, ...] = ()

    @property
    def probabilities(self) -> Doubles:
        """Softmax of the logits, float64 (k,)."""
        exponentials = np.exp(self.logits.astype(np.float64) - float(self.logits.max()))
        probabilities: Doubles = exponentials / exponentials.sum()
        return probabilities

    @property
    def predicted(self) -> str:
        """The class with the largest logit."""
        return self.classes[int(self.logits.argmax())]

    @property
    def cell_hz(self) -> float:
        """Height of a cell in Hz: what lies closer together, the map cannot tell apart."""
        return float(self.freq_edges_hz[1] - self.freq_edges_hz[0])

    @property
    def cell_s(self) -> float:
        """Width of a cell in seconds."""
        return float(self.time_edges_s[1] - self.time_edges_s[0])

    def map_of(self, name: str) -> Floats:
        """The map of one class, (rows, cols), in logits.

        Raises
        ------
        ConfigError
            The model has no such class.
        """
        chosen: Floats = self.maps[self._index(name)]
        return chosen

    def relative_map(self, name: str) -> Floats:
        """What speaks for one class: its map less the mean of all classes' maps.

        Softmax ignores what all classes share.
        """
        relative: Floats = self.map_of(name) - self.maps.mean(axis=0)
        return relative

    def contrast_map(self, first: str, second: str) -> Floats:
        """What decided `first` against `second`: the difference of their maps."""
        return self.map_of(first) - self.map_of(second)

    def _index(self, name: str) -> int:
        if name not in self.classes:
            raise ConfigError(
                tr("the model {model_name} has no class {name!r}; it has {names}.").format(
                    model_name=self.model_name, name=name, names=", ".join(self.classes)
                )
            )
        return self.classes.index(name)


def cell_edges(edges: Doubles, cells: int, stride: int) -> Doubles:
    """Edges of a feature map's cells from the edges of the input's rows or columns.

    Parameters
    ----------
    edges
        (pixels + 1,) edges of the input along one direction.
    cells
        Cells of the map along it.
    stride
        Pixels a cell (`vowelscope.explain.resnet.cell_stride`). Where the input is no multiple
        of it, the last cell is the narrower one.

    Returns
    -------
    numpy.ndarray
        (cells + 1,), the unit of `edges`.
    """
    at = np.minimum(np.arange(cells + 1) * stride, len(edges) - 1)
    return edges[at]
