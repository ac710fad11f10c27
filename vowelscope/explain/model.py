"""A model folder: ``weights.safetensors`` and its card ``model.json``, checked before use.

A model of classes of the user's own has its class map beside them, as ``classes.toml``.

Nothing here unpickles anything: safetensors is a JSON header and raw numbers. What is checked, in
this order: the card; that the file is safetensors at all; its size; its hash against the card; its
keys, types and shapes against the architecture; that its numbers are finite.
"""

from __future__ import annotations

import dataclasses
import hashlib
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import ModelError
from vowelscope.core.phones import ClassMap, load_class_map
from vowelscope.core.translation import tr
from vowelscope.explain.card import CARD_NAME, ModelCard, Storage, read_card, storage_of
from vowelscope.explain.quantise import SCALE_SUFFIX, dequantise, quantise_state
from vowelscope.explain.resnet import STEM, is_matrix, state_shapes

Floats = npt.NDArray[np.float32]

WEIGHTS_NAME = "weights.safetensors"
CLASSES_NAME = "classes.toml"
MAX_WEIGHTS_BYTES = 700_000_000
"""Three times a ResNet-152 in float32; whatever is larger is not one of our models."""

_MAX_HEADER_BYTES = 1 << 20
"""A ResNet-152's header takes about 100 kB."""


class Model:
    """A model folder that has passed every check; made by `load_model`.

    Attributes
    ----------
    card
        What the model is.
    folder
        Where it lies.
    """

    def __init__(self, folder: Path, card: ModelCard) -> None:
        self.folder = folder
        self.card = card

    def __repr__(self) -> str:
        return f"Model({self.card.name!r}, {self.card.architecture}, {str(self.folder)!r})"

    @property
    def weights_sha256(self) -> str:
        """Hash of the weights file: what identifies the model."""
        return self.card.weights_sha256

    def class_map(self) -> ClassMap:
        """What turns a label into one of the model's classes.

        The folder's own ``classes.toml`` where it has one, else the bundled map that the card
        names.

        Raises
        ------
        ConfigError
            There is no such map, or it is damaged.
        """
        own = self.folder / CLASSES_NAME
        return load_class_map(own if own.is_file() else self.card.class_map)

    def bias(self) -> Floats:
        """The classifier's bias, float32 (k,): the part of each logit that no cell gave.

        Raises
        ------
        ModelError
            The file has vanished or changed since it was checked.
        """
        return self._widened(("fc.bias",))["fc.bias"]

    def state(self) -> dict[str, Floats]:
        """The weights, widened to float32, by torchvision's names.

        Raises
        ------
        ModelError
            The file has vanished or changed since it was checked.
        """
        return self._widened(state_shapes(self.card.architecture, len(self.card.classes)))

    def stem(self) -> dict[str, Floats]:
        """The first layer's weights alone, as in `state`."""
        parts = ("weight", "bias", "running_mean", "running_var")
        return self._widened((f"{STEM.name}.weight", *(f"{STEM.norm}.{part}" for part in parts)))

    def classifier(self) -> Floats:
        """The classifier's weights alone, (classes, filters of stage 4)."""
        return self._widened(("fc.weight",))["fc.weight"]

    def _widened(self, keys: Iterable[str]) -> dict[str, Floats]:
        path, wanted = self.folder / WEIGHTS_NAME, tuple(keys)
        stored = _read_arrays(path, wanted)
        state: dict[str, Floats] = {}
        try:
            for key in wanted:
                array = stored.pop(key)
                scale = stored.pop(key + SCALE_SUFFIX, None)
                state[key] = (
                    array.astype(np.float32, copy=False)
                    if scale is None
                    else dequantise(array, scale)
                )
        except KeyError as error:
            raise ModelError(
                tr("{path}: changed since it was checked ({error} is gone).").format(
                    path=path, error=error
                )
            ) from error
        return state


def load_model(folder: str | Path) -> Model:
    """Open a model folder, after every check.

    Raises
    ------
    ModelError
        The first thing that is wrong, in one sentence with the file's name.
    """
    folder = Path(folder)
    card = read_card(folder)
    path = folder / WEIGHTS_NAME
    if not path.is_file():
        raise ModelError(
            tr("{folder}: not a model folder, it has no {weights_name}.").format(
                folder=folder, weights_name=WEIGHTS_NAME
            )
        )
    try:
        _check_kind(path)
        digest = _sha256(path)
    except OSError as error:
        raise ModelError(
            tr("{path}: cannot be read ({value}).").format(path=path, value=error.strerror or error)
        ) from error
    if digest != card.weights_sha256:
        raise ModelError(
            tr(
                "{path}: its SHA-256 is {digest}…, but {card_name} says {value}…: the "
                "weights are damaged or not this card's."
            ).format(
                path=path, digest=digest[:12], card_name=CARD_NAME, value=card.weights_sha256[:12]
            )
        )
    _check_arrays(path, card)
    return Model(folder, card)


def save_model(
    folder: str | Path,
    state: Mapping[str, npt.ArrayLike],
    card: ModelCard,
    storage: Storage = "float32",
    class_map: ClassMap | None = None,
) -> Model:
    """Write a model folder, each file in one step, and open it.

    Parameters
    ----------
    folder
        Made where it is missing; a model that it holds is replaced.
    state
        Arrays by torchvision's names, such as ``{k: v.numpy() for k, v in
        net.state_dict().items()}``; ``num_batches_tracked`` is left out.
    card
        Its `storage` and `weights_sha256` are filled in here.
    storage
        ``int8``: weights of convolutions and classifier as int8 with a scale per output channel
        (`vowelscope.explain.quantise`); ``float16``: the same as half precision.
    class_map
        A class map of the user's own, written to ``classes.toml``; None for a bundled one, which
        the card names.

    Raises
    ------
    ModelError
        The state is not what the architecture needs, or the folder cannot be written.
    """
    folder = Path(folder)
    storage = storage_of(storage)
    arrays = _checked_state(state, card)
    stored: dict[str, npt.NDArray[Any]]
    if storage == "int8":
        stored = quantise_state(arrays)
    elif storage == "float16":
        stored = {k: v.astype(np.float16) if v.ndim > 1 else v for k, v in arrays.items()}
        for key, array in stored.items():
            if not np.isfinite(array).all():
                raise ModelError(
                    tr("{key} holds numbers too large for half precision.").format(key=key)
                )
    else:
        stored = dict(arrays)

    from safetensors.numpy import save

    data = save(stored, metadata={"format": "pt"})
    card = dataclasses.replace(
        card, storage=storage, weights_sha256=hashlib.sha256(data).hexdigest()
    )
    text = card.to_json().encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(
            tr("{folder}: cannot be made ({value}).").format(
                folder=folder, value=error.strerror or error
            )
        ) from error
    # If only the first of the two is replaced, the hash says so when the folder is opened.
    write_bytes(folder / WEIGHTS_NAME, data, ModelError)
    write_bytes(folder / CARD_NAME, text, ModelError)
    if class_map is None:
        (folder / CLASSES_NAME).unlink(missing_ok=True)
    else:
        write_bytes(folder / CLASSES_NAME, class_map.toml.encode(), ModelError)
    return Model(folder, card)


def _checked_state(state: Mapping[str, npt.ArrayLike], card: ModelCard) -> dict[str, Floats]:
    shapes = state_shapes(card.architecture, len(card.classes))
    given = {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}
    _check_keys(set(given), set(shapes), f"the state of {card.name}")
    arrays: dict[str, Floats] = {}
    for key, shape in shapes.items():
        array = np.ascontiguousarray(given[key], dtype=np.float32)
        if array.shape != shape:
            raise ModelError(
                tr(
                    "the state of {name}: {key} has the shape {shape}, but {architecture} "
                    "with {count} classes needs {shape2}."
                ).format(
                    name=card.name,
                    key=key,
                    shape=array.shape,
                    architecture=card.architecture,
                    count=len(card.classes),
                    shape2=shape,
                )
            )
        _check_values(key, array, f"the state of {card.name}")
        arrays[key] = array
    return arrays


def _check_kind(path: Path) -> None:
    """Refuse what is not safetensors by its first bytes, before anything parses it."""
    size = path.stat().st_size
    if size > MAX_WEIGHTS_BYTES:
        raise ModelError(
            tr(
                "{path}: {value:.0f} MB is more than any of our networks takes ({value2:.0f} MB)."
            ).format(path=path, value=size / 1000000.0, value2=MAX_WEIGHTS_BYTES / 1000000.0)
        )
    with path.open("rb") as file:
        head = file.read(9)
    kind = _foreign_kind(head)
    if kind:
        raise ModelError(
            tr("{path}: {kind}, not safetensors; it was not opened.").format(path=path, kind=kind)
        )
    if len(head) < 9 or head[8:9] != b"{":
        raise ModelError(
            tr("{path}: not safetensors (no header where it should be).").format(path=path)
        )
    (length,) = struct.unpack("<Q", head[:8])
    if length > _MAX_HEADER_BYTES:
        raise ModelError(
            tr(
                "{path}: its header of {length} bytes is larger than any model's "
                "({max_header_bytes} bytes)."
            ).format(path=path, length=length, max_header_bytes=_MAX_HEADER_BYTES)
        )
    if 8 + length > size:
        raise ModelError(tr("{path}: truncated, it ends within its own header.").format(path=path))


def _foreign_kind(head: bytes) -> str:
    if head[:4] == b"PK\x03\x04":
        return "this is a zip archive (PyTorch's own format is one, with a pickle inside)"
    if head[:1] == b"\x80" and head[1:2] in b"\x01\x02\x03\x04\x05":
        return "this is a Python pickle, which can run code when it is loaded"
    if head[:2] == b"\x1f\x8b":
        return "this is a gzip archive"
    if head[:8] == b"\x89HDF\r\n\x1a\n":
        return "this is an HDF5 file"
    return ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_arrays(path: Path, card: ModelCard) -> None:
    """Keys, types and shapes from the header, then the values of what can be non-finite."""
    from safetensors import SafetensorError, safe_open

    shapes = state_shapes(card.architecture, len(card.classes))
    needed = {key: (card.storage, shape) for key, shape in shapes.items()}
    for key, shape in shapes.items():
        if not is_matrix(shape):
            needed[key] = ("float32", shape)
        elif card.storage == "int8":
            needed[key + SCALE_SUFFIX] = ("float32", shape[:1])
    try:
        with safe_open(path, framework="np") as file:
            _check_keys(set(file.keys()), set(needed), str(path))
            for key, (kind, shape) in needed.items():
                part = file.get_slice(key)
                if tuple(part.get_shape()) != shape:
                    raise ModelError(
                        tr(
                            "{path}: {key} has the shape {value}, but {architecture} with {count} "
                            "classes needs {shape}."
                        ).format(
                            path=path,
                            key=key,
                            value=tuple(part.get_shape()),
                            architecture=card.architecture,
                            count=len(card.classes),
                            shape=shape,
                        )
                    )
                if part.get_dtype() != _DTYPES[kind]:
                    raise ModelError(
                        tr("{path}: {key} is stored as {value}, but the card says {kind}.").format(
                            path=path, key=key, value=part.get_dtype(), kind=kind
                        )
                    )
            for key, (kind, _) in needed.items():
                if kind != "int8":
                    _check_values(key, file.get_tensor(key), str(path))
    except SafetensorError as error:
        raise ModelError(tr("{path}: damaged ({error}).").format(path=path, error=error)) from error
    except OSError as error:
        raise ModelError(
            tr("{path}: cannot be read ({value}).").format(path=path, value=error.strerror or error)
        ) from error


_DTYPES = {"float32": "F32", "float16": "F16", "int8": "I8"}


def _check_keys(given: set[str], needed: set[str], where: str) -> None:
    missing, strange = sorted(needed - given), sorted(given - needed)
    if missing:
        raise ModelError(
            tr("{where}: {missing} is missing ({count} of {count2}).").format(
                where=where, missing=missing[0], count=len(missing), count2=len(needed)
            )
        )
    if strange:
        raise ModelError(
            tr("{where}: {strange} does not belong to this architecture.").format(
                where=where, strange=strange[0]
            )
        )


def _check_values(key: str, array: npt.NDArray[Any], where: str) -> None:
    if not np.isfinite(array).all():
        raise ModelError(
            tr("{where}: {key} holds a number that is not finite.").format(where=where, key=key)
        )
    if key.endswith("running_var") and (array < 0).any():
        raise ModelError(
            tr("{where}: {key} holds a negative variance.").format(where=where, key=key)
        )


def _read_arrays(path: Path, keys: tuple[str, ...]) -> dict[str, npt.NDArray[Any]]:
    """The arrays of `keys` as they are stored, with their scales; those that are not there lack."""
    from safetensors import SafetensorError, safe_open

    wanted = {*keys, *(key + SCALE_SUFFIX for key in keys)}
    try:
        with safe_open(path, framework="np") as file:
            return {key: file.get_tensor(key) for key in file.keys() if key in wanted}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise ModelError(
            tr("{path}: changed since it was checked ({error}).").format(path=path, error=error)
        ) from error
