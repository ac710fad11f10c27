"""Runs a model on the CPU with ONNX Runtime; the optimised graph is kept in the user's cache.

The first time, the graph is built from the weights (`vowelscope.explain.onnx_graph`), optimised
for this processor and written to the cache folder. From then on neither ``onnx`` is imported nor
are the weights widened: the session opens in a tenth of a second.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from vowelscope.core.errors import ConfigError
from vowelscope.core.translation import tr
from vowelscope.explain.model import Model

Floats = npt.NDArray[np.float32]
Device = Literal["cpu", "cuda"]

THREADS_VARIABLE = "VOWELSCOPE_THREADS"
"""Environment variable: threads of one forward pass. Unset: one for each core."""

KEPT_GRAPHS = 6
"""Graphs kept in the cache, the most recently used ones; a ResNet-101 takes 170 MB."""


class Runs(Protocol):
    """What every runtime does."""

    def run(self, images: Floats) -> tuple[Floats, Floats]:
        """One forward pass.

        Parameters
        ----------
        images
            float32 (n, 3, rows, columns), row 0 the lowest frequency, normalised.

        Returns
        -------
        logits, maps : numpy.ndarray
            float32 (n, k), and (n, k, map rows, map columns) in logits: the mean of a map plus
            the classifier's bias is the logit.
        """
        ...


class Runtime:
    """A model opened by ONNX Runtime on the CPU; made by `open_runtime`. Safe to share by threads.

    Parameters
    ----------
    session
        An ``onnxruntime.InferenceSession`` of a graph that `build_graph` made.
    """

    def __init__(self, session: Any) -> None:
        self.session = session

    def run(self, images: Floats) -> tuple[Floats, Floats]:
        """One forward pass; see `Runs`."""
        logits, maps = self.session.run(["logits", "maps"], {"images": images})
        return logits, maps


def open_runtime(model: Model, device: Device = "cpu", threads: int | None = None) -> Runs:
    """Open a model for running.

    Parameters
    ----------
    model
        From `load_model`.
    device
        ``cpu``: ONNX Runtime. ``cuda``: torch on the first NVIDIA GPU, which takes seconds to
        import.
    threads
        Threads of one forward pass; None reads the environment variable ``VOWELSCOPE_THREADS``,
        and takes one for each core where that is unset.

    Raises
    ------
    ModelError
        The weights have changed since the model was loaded.
    ConfigError
        The number of threads is none, or there is no such device.
    """
    if device == "cuda":
        from vowelscope.explain.torch_runtime import TorchRuntime

        return TorchRuntime(model, device="cuda")
    if device != "cpu":
        raise ConfigError(
            tr("the device {device!r} is neither cpu nor cuda.").format(device=device)
        )
    return Runtime(_session(model, _threads(threads)))


def open_state(
    state: Mapping[str, Floats], architecture: str, dilated_stage4: bool, threads: int | None = None
) -> Runs:
    """Open weights that no model folder holds, such as randomised ones; nothing is cached.

    Parameters
    ----------
    state
        Float32 by torchvision's names; the classifier may have any number of classes.
    architecture, dilated_stage4
        As in a model's card.
    """
    from vowelscope.explain.onnx_graph import build_graph

    return Runtime(
        _optimise(build_graph(state, architecture, dilated_stage4), _threads(threads), None)
    )


class StageRuntime:
    """A model up to a stage, for what makes its filters fire; made by `open_stage`."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def run(self, images: Floats) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
        """One forward pass.

        Returns
        -------
        mean, peak, place : numpy.ndarray
            (n, filters): mean and largest activation over the cells, after the rectifier, and the
            number of the cell of the largest, row by row from the lowest frequency.
        """
        mean, peak, place = self._session.run(["mean", "peak", "place"], {"images": images})
        return mean, peak, place


def open_stage(
    model: Model,
    stage: int,
    threads: int | None = None,
    state: Mapping[str, Floats] | None = None,
) -> StageRuntime:
    """Open a model up to a stage (1-4; 0 is the first layer) on the CPU; nothing is cached.

    Parameters
    ----------
    state
        Weights in the place of the model's own, such as random ones.

    Raises
    ------
    ModelError
        The weights have changed since the model was loaded.
    ConfigError
        There is no such stage, or the number of threads is none.
    """
    from vowelscope.explain.onnx_graph import build_stage_graph

    if stage not in range(5):
        raise ConfigError(
            tr("stage {stage}: there are 1-4, and 0, the first layer.").format(stage=stage)
        )
    card = model.card
    graph = build_stage_graph(
        model.state() if state is None else state, card.architecture, card.dilated_stage4, stage
    )
    return StageRuntime(_optimise(graph, _threads(threads), None))


def cache_folder() -> Path:
    """Where optimised graphs are kept; the variable ``VOWELSCOPE_CACHE_DIR`` moves it."""
    chosen = os.environ.get("VOWELSCOPE_CACHE_DIR")
    if chosen:
        return Path(chosen) / "models"
    from platformdirs import user_cache_path

    return user_cache_path("vowelscope", appauthor=False) / "models"


def cached_graph(model: Model) -> Path:
    """Where the optimised graph of this model, for this machine, is or would be kept."""
    from vowelscope.explain.onnx_graph import GRAPH_VERSION

    # Two cards may share weights and differ in the one flag that changes the graph.
    shape = f"{GRAPH_VERSION}{'d' if model.card.dilated_stage4 else ''}"
    return cache_folder() / f"{model.weights_sha256}-{shape}-{_machine()}.onnx"


def _session(model: Model, threads: int) -> Any:

    path = cached_graph(model)
    if path.is_file():
        # A damaged graph raises one of many kinds of ONNX Runtime's errors, none public.
        with contextlib.suppress(Exception):
            session = _open(str(path), threads)
            with contextlib.suppress(OSError):
                os.utime(path)
            return session
    from vowelscope.explain.onnx_graph import build_graph

    graph = build_graph(model.state(), model.card.architecture, model.card.dilated_stage4)
    with _cache_file(path) as made:
        if made is not None:
            # The only new thing here is writing to the cache: a full disk must not cost the run.
            with contextlib.suppress(Exception):
                return _optimise(graph, threads, made)
        return _optimise(graph, threads, None)


def _options(threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # As fast without (40 ms a token), and what it takes is given back.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3  # errors: its warning on processor-specific graphs is known
    return options


def _open(path: str, threads: int) -> Any:
    """A session of a graph that has been optimised already."""
    import onnxruntime

    options = _options(threads)
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _optimise(graph: bytes, threads: int, path: Path | None) -> Any:
    """A session of a graph as built; what ONNX Runtime made of it goes to `path`."""
    import onnxruntime

    options = _options(threads)
    if path is not None:
        options.optimized_model_filepath = str(path)
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


@contextlib.contextmanager
def _cache_file(path: Path) -> Iterator[Path | None]:
    """A temporary file that becomes `path` once written; None where the cache cannot be used.

    A full or read-only cache folder costs time at the next start, never the explanation.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=".onnx", dir=path.parent)
        os.close(handle)
    except OSError:
        yield None
        return
    temporary = Path(name)
    try:
        yield temporary
        with contextlib.suppress(OSError):
            if temporary.stat().st_size:
                temporary.replace(path)
                _prune(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _prune(folder: Path) -> None:
    graphs = sorted(folder.glob("[!.]*.onnx"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in graphs[KEPT_GRAPHS:]:
        old.unlink(missing_ok=True)


def _machine() -> str:
    """What an optimised graph depends on besides the weights: ONNX Runtime and the processor."""
    import onnxruntime

    features = ""
    with contextlib.suppress(OSError), Path("/proc/cpuinfo").open(encoding="ascii") as lines:
        features = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    # Asking `platform` starts a process on Linux, so only where there is no such file.
    features = features or platform.processor() or platform.node()
    facts = f"{onnxruntime.__version__}|{platform.machine()}|{features}"
    return hashlib.sha256(facts.encode()).hexdigest()[:12]


def _threads(threads: int | None) -> int:
    """ONNX Runtime's number of threads; 0 is its own choice, one for each core."""
    if threads is None:
        text = os.environ.get(THREADS_VARIABLE, "").strip()
        if not text:
            return 0
        try:
            threads = int(text)
        except ValueError:
            raise ConfigError(
                tr("{threads_variable} = {text!r} is not a whole number.").format(
                    threads_variable=THREADS_VARIABLE, text=text
                )
            ) from None
    if not 1 <= threads <= 1024:
        raise ConfigError(tr("{threads} threads: must lie within 1-1024.").format(threads=threads))
    return threads
