"""Methods of explanation behind one protocol: our own, and those of installed packages.

A package registers a method in its ``pyproject.toml``::

    [project.entry-points."vowelscope.explainers"]
    my-method = "my_package.my_module:MyMethod"

``MyMethod(model, runtime)`` must give an `Explainer`. Nothing is imported before it is asked for,
and what a package does wrong is said in one sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import ConfigError, UserError
from vowelscope.core.translation import tr
from vowelscope.explain.base import Explanation
from vowelscope.explain.interventions import Progress
from vowelscope.explain.model import Model
from vowelscope.explain.runtime import Runs

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

ENTRY_POINTS = "vowelscope.explainers"
"""Entry-point group in which other packages register methods of their own."""

STAGES = (1, 2, 3, 4)
"""Of a residual network, each of cells twice as tall and wide as the one before."""

MOST_CELLS_WITH_EDGES = 1200
"""Of a map with more, the cells are pixels of the input and have no edges drawn."""
COLOUR_SHARE = 99.0
"""Percentile of the magnitudes of such a map that gets the full colour."""


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """What one method says of one token: a value for each cell.

    Attributes
    ----------
    method, title
        Name in the registry, and what it is called.
    of, against
        The class, or the contrast of two.
    values
        float32 (rows, columns); row 0 is the lowest frequency.
    freq_edges_hz, time_edges_s
        Edges of the cells: (rows + 1,) in Hz and (columns + 1,) in seconds of the recording.
    unit
        Of the values.
    signed
        Whether values below 0 speak against the class; if not, there are none below 0.
    caveat
        What the map may not be taken for, in one sentence.
    warnings
        Plain sentences about this token.
    errors
        Standard error of each value, of a method that draws at random; else None.
    """

    method: str
    title: str
    of: str
    against: str | None
    values: Floats
    freq_edges_hz: Doubles
    time_edges_s: Doubles
    unit: str
    signed: bool
    caveat: str
    warnings: tuple[str, ...] = ()
    errors: Floats | None = None

    @property
    def unsure(self) -> npt.NDArray[np.bool_]:
        """(rows, columns): where a value is not distinguishable from 0, within two errors."""
        if self.errors is None:
            return np.zeros(self.values.shape, bool)
        return np.asarray(np.abs(self.values) <= 2.0 * self.errors)


class Explainer(Protocol):
    """A method; made by calling what the registry gives with a model and its runtime."""

    def attribute(
        self,
        explanation: Explanation,
        of: str,
        against: str | None = None,
        progress: Progress | None = None,
    ) -> Attribution:
        """Explain the logit of a class, or the difference of two logits.

        Parameters
        ----------
        explanation
            What the model said of the token, and what it saw.
        of, against
            Classes of the model.
        progress
            Called with the passes done and all of them; what it raises ends the work.

        Raises
        ------
        UserError
            It cannot be done, in one sentence.
        """
        ...


@dataclass(frozen=True, slots=True)
class MethodName:
    """One method of the registry.

    Attributes
    ----------
    name, title
        What it is called on the command line and in the window.
    target
        ``module:attribute``.
    has_stage
        Whether ``NAME:3`` chooses the stage of the network that it looks at.
    package
        Who registered it; "" for our own.
    """

    name: str
    title: str
    target: str
    has_stage: bool = False
    package: str = ""


_HERE = "vowelscope.explain."
_OWN = (
    MethodName("cam", tr("CAM"), f"{_HERE}cam_method:CamMethod"),
    MethodName("grad-cam", tr("Grad-CAM"), f"{_HERE}grad_cam:GradCam", True),
    MethodName("grad-cam++", tr("Grad-CAM++"), f"{_HERE}grad_cam_plus:GradCamPlus", True),
    MethodName("layercam", tr("LayerCAM"), f"{_HERE}layer_cam:LayerCam", True),
    MethodName("hirescam", tr("HiResCAM"), f"{_HERE}hires_cam:HiResCam", True),
    MethodName("score-cam", tr("Score-CAM"), f"{_HERE}score_cam:ScoreCam", True),
    MethodName(
        "integrated-gradients",
        tr("Integrated gradients"),
        f"{_HERE}integrated_gradients:IntegratedGradients",
    ),
    MethodName(
        "gradient-input",
        tr("Gradient × input, SmoothGrad"),
        f"{_HERE}gradient_input:GradientInput",
    ),
    MethodName("occlusion", tr("Occlusion, patches"), f"{_HERE}occlusion_patches:OcclusionPatches"),
    MethodName("occlusion-bands", tr("Occlusion, bands"), f"{_HERE}occlusion_bands:OcclusionBands"),
    MethodName("rise", tr("RISE"), f"{_HERE}rise:Rise"),
)


LIGHT = frozenset({"cam", "occlusion", "occlusion-bands", "rise"})
"""Methods that need ONNX Runtime alone, which the window has imported already."""


def methods() -> tuple[MethodName, ...]:
    """The methods at hand: our own, then those of installed packages, by name."""
    known = {method.name: method for method in _OWN}
    for point in _others():
        package = "" if point.dist is None else point.dist.name
        # A package cannot take the place of a method that the program documents.
        known.setdefault(
            point.name,
            MethodName(point.name, point.name, point.value, package=package or point.value),
        )
    return tuple(known.values())


def parse_method(text: str) -> tuple[MethodName, int | None]:
    """The method that ``NAME`` or ``NAME:STAGE`` means, and the stage.

    Raises
    ------
    ConfigError
        There is no such method or stage.
    """
    name, _, stage = text.strip().partition(":")
    known = {method.name: method for method in methods()}
    if name not in known:
        raise ConfigError(
            tr("no explainer {name!r}; there are {names}.").format(
                name=name, names=", ".join(known)
            )
        )
    if not stage:
        return known[name], None
    if not known[name].has_stage:
        raise ConfigError(tr("{name} has no stage to choose.").format(name=name))
    if not stage.isascii() or not stage.isdigit() or int(stage) not in STAGES:
        raise ConfigError(
            tr("{text}: the stage must be one of 1, 2, 3, 4.").format(text=text.strip())
        )
    return known[name], int(stage)


def open_explainer(text: str, model: Model, runtime: Runs) -> Explainer:
    """The method of that name, imported now and made for a model.

    Raises
    ------
    ConfigError
        There is no such method, or its package cannot be imported or used.
    """
    method, stage = parse_method(text)
    module, _, attribute = method.target.partition(":")
    more: dict[str, Any] = {} if stage is None else {"stage": stage}
    if not method.package:
        try:
            make: Callable[..., Explainer] = getattr(import_module(module), attribute)
        except ImportError as error:
            # The packaged program comes without PyTorch, which is nine tenths of an installation.
            raise ConfigError(
                tr(
                    "{name} needs {package}, which is not installed here; cam, occlusion,"
                    " occlusion-bands and rise do without."
                ).format(name=method.name, package=error.name or "a package")
            ) from error
        return make(model, runtime, **more)
    try:
        made: Explainer = _load(method)(model, runtime, **more)
    except UserError:
        raise
    except Exception as error:
        raise ConfigError(
            tr("the explainer {name!r} ({target}) cannot be loaded ({why}).").format(
                name=method.name, target=method.target, why=_first(error)
            )
        ) from error
    if not callable(getattr(made, "attribute", None)):
        raise ConfigError(
            tr("the explainer {name!r} ({target}) has no method attribute().").format(
                name=method.name, target=method.target
            )
        )
    return made


def attribute(
    text: str,
    explainer: Explainer,
    explanation: Explanation,
    of: str,
    against: str | None = None,
    progress: Progress | None = None,
) -> Attribution:
    """Let a method explain a token, and check what it gives.

    Parameters
    ----------
    text
        ``NAME`` or ``NAME:STAGE``, of which `explainer` was opened.

    Raises
    ------
    UserError
        It cannot be done, or what an installed package gives cannot be drawn.
    """
    method, _ = parse_method(text)
    if not method.package:
        return explainer.attribute(explanation, of, against, progress)
    ended: list[BaseException] = []

    def guarded(done: int, total: int) -> None:
        try:
            if progress is not None:
                progress(done, total)
        except BaseException as error:
            ended.append(error)
            raise

    try:
        found = explainer.attribute(explanation, of, against, guarded)
        _check(found)
    except UserError:
        raise
    except Exception as error:
        if ended:  # cancelled from here: no fault of the package
            raise
        raise UserError(
            tr("The explainer {name!r} failed ({why}).").format(name=method.name, why=_first(error))
        ) from error
    return found


def target_weights(explanation: Explanation, of: str, against: str | None = None) -> Doubles:
    """What each logit counts, (k,): +1 for the class, −1 for the one it is contrasted with.

    Raises
    ------
    ConfigError
        The model has no such class, or a class is contrasted with itself.
    """
    weights = np.zeros(len(explanation.classes))
    explanation.map_of(of)
    weights[explanation.classes.index(of)] = 1.0
    if against is not None:
        explanation.map_of(against)
        if against == of:
            raise ConfigError(tr("{of!r} cannot be contrasted with itself.").format(of=of))
        weights[explanation.classes.index(against)] = -1.0
    return weights


def colour_limit(values: Floats) -> float:
    """The value that gets the full colour: the largest magnitude, of pixels the 99th percentile.

    Single pixels of a gradient are so far out that nothing else would be seen.
    """
    size = np.abs(values)
    largest = float(size.max(initial=0.0))
    if values.size > MOST_CELLS_WITH_EDGES:
        largest = float(np.percentile(size, COLOUR_SHARE)) or largest
    return largest or 1.0


def _check(found: object) -> None:
    if not isinstance(found, Attribution):
        raise TypeError("it gave no Attribution")
    shape = (len(found.freq_edges_hz) - 1, len(found.time_edges_s) - 1)
    if np.shape(found.values) != shape:
        raise ValueError(f"values {np.shape(found.values)}, but edges of {shape}")
    if not np.isfinite(found.values).all():
        raise ValueError("a value is not a finite number")
    if found.errors is not None and np.shape(found.errors) != shape:
        raise ValueError(f"errors {np.shape(found.errors)}, but edges of {shape}")
    for edges in (found.freq_edges_hz, found.time_edges_s):
        if not (np.isfinite(edges).all() and (np.diff(edges) > 0).all()):
            raise ValueError("its edges do not rise")


def _load(method: MethodName) -> Callable[..., Explainer]:
    for point in _others():
        if point.name == method.name:
            made: Callable[..., Explainer] = point.load()
            return made
    raise ImportError("it is not installed any more")


def _others() -> tuple[EntryPoint, ...]:
    found: Any = entry_points(group=ENTRY_POINTS)
    return tuple(found)


def _first(error: BaseException) -> str:
    lines = f"{type(error).__name__}: {error}".strip().splitlines()
    return lines[0].rstrip(". :")
