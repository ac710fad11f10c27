"""The card of a model: what it is, what it reads, what it was made from, what it can do."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, cast, get_args

from vowelscope.core.errors import FeatureError, ModelError
from vowelscope.core.features import FeatureSpec
from vowelscope.core.translation import tr
from vowelscope.explain.resnet import ARCHITECTURES

SCHEMA = 1
CARD_NAME = "model.json"
MAX_CARD_BYTES = 4 << 20

Storage = Literal["float32", "float16", "int8"]
STORAGES: tuple[str, ...] = get_args(Storage)


@dataclass(frozen=True, slots=True)
class DataSource:
    """One body of speech that a model was trained on."""

    name: str
    tokens: int
    licence: str
    credit: str = ""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Everything about a model that its weights do not say.

    Attributes
    ----------
    name
        Short name, such as ``vowels5``.
    architecture, dilated_stage4
        torchvision's name (``resnet18`` to ``resnet152``), and whether stage 4 is dilated instead
        of strided (``replace_stride_with_dilation=[False, False, True]``: maps of 14×14).
    classes
        Class names in the order of the logits.
    class_map
        Name of the class map that turns labels into these classes.
    features
        How a token becomes the model's input.
    storage, weights_sha256
        How ``weights.safetensors`` stores the arrays, and its hash; `save_model` fills both.
    started_from
        What training started from: ``imagenet``, ``scratch``, a file.
    data
        What it was trained on, with licences.
    split_hash, seed, command, created, version
        Provenance: hash of the split, random seed, the command that made it, ISO 8601 date,
        vowelscope's version.
    results
        Free: per evaluation set accuracy, macro-F1, confusion matrix, per-class counts, baselines.
    """

    name: str
    architecture: str
    classes: tuple[str, ...]
    class_map: str
    features: FeatureSpec
    dilated_stage4: bool = False
    storage: Storage = "float32"
    weights_sha256: str = ""
    started_from: str = ""
    data: tuple[DataSource, ...] = ()
    split_hash: str = ""
    seed: int = 0
    results: Mapping[str, Any] = field(default_factory=dict)
    command: str = ""
    created: str = ""
    version: str = ""

    def __post_init__(self) -> None:
        if self.architecture not in ARCHITECTURES:
            known = ", ".join(ARCHITECTURES)
            raise ModelError(
                tr("the architecture {architecture!r} is none of {known}.").format(
                    architecture=self.architecture, known=known
                )
            )
        if self.dilated_stage4 and ARCHITECTURES[self.architecture][0] == "basic":
            raise ModelError(
                tr(
                    "{architecture} cannot have a dilated stage 4: that needs bottleneck blocks."
                ).format(architecture=self.architecture)
            )
        if len(self.classes) < 2:
            raise ModelError(
                tr("a model needs two classes at least, not {count}.").format(
                    count=len(self.classes)
                )
            )
        if len(set(self.classes)) != len(self.classes):
            raise ModelError(tr("two classes of the model have the same name."))
        if self.storage not in STORAGES:
            raise ModelError(
                tr("the storage {storage!r} is none of {names}.").format(
                    storage=self.storage, names=", ".join(STORAGES)
                )
            )

    def to_dict(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        values: dict[str, Any] = {"schema": SCHEMA}
        for item in fields(self):
            values[item.name] = getattr(self, item.name)
        values["classes"] = list(self.classes)
        values["features"] = self.features.to_dict()
        values["data"] = [asdict(source) for source in self.data]
        values["results"] = dict(self.results)
        return values

    def to_json(self) -> str:
        """As the text of ``model.json``.

        Raises
        ------
        ModelError
            `results` holds what JSON cannot: not-a-number, infinity, an array.
        """
        try:
            return json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        except (TypeError, ValueError) as error:
            raise ModelError(
                tr("the model's card cannot be written as JSON ({error}).").format(error=error)
            ) from error

    @classmethod
    def from_dict(cls, values: Any) -> ModelCard:
        """Read back what `to_dict` gave.

        Raises
        ------
        ModelError
            An unknown schema or field, a missing field, a wrong type, a value out of range. The
            sentence does not name the file: the caller does.
        """
        if not isinstance(values, dict):
            raise ModelError(tr("the card is not a JSON object."))
        schema = values.get("schema")
        if schema != SCHEMA or isinstance(schema, bool):
            raise ModelError(
                tr("the card's schema is {schema!r}; this version reads {schema2}.").format(
                    schema=schema, schema2=SCHEMA
                )
            )
        given = {name: value for name, value in values.items() if name != "schema"}
        unknown = sorted(set(given) - set(_TYPES))
        if unknown:
            raise ModelError(
                tr("the card has an unknown field {unknown!r}.").format(unknown=unknown[0])
            )
        for name, kind in _TYPES.items():
            if name not in given:
                if name in _REQUIRED:
                    raise ModelError(tr("the card lacks {name!r}.").format(name=name))
            elif not _is_a(given[name], kind):
                raise ModelError(
                    tr("the card's {name!r} is not {article}.").format(
                        name=name, article=_ARTICLE[kind]
                    )
                )
        if not all(isinstance(label, str) and label for label in given["classes"]):
            raise ModelError(tr("the card's 'classes' are not all names."))
        given["classes"] = tuple(given["classes"])
        given["data"] = tuple(_data_source(item) for item in given.get("data", ()))
        try:
            given["features"] = FeatureSpec.from_dict(given["features"])
        except FeatureError as error:
            raise ModelError(tr("the card's 'features': {error}").format(error=error)) from error
        return cls(**given)


_TYPES: dict[str, type] = {
    "name": str,
    "architecture": str,
    "classes": list,
    "class_map": str,
    "features": dict,
    "dilated_stage4": bool,
    "storage": str,
    "weights_sha256": str,
    "started_from": str,
    "data": list,
    "split_hash": str,
    "seed": int,
    "results": dict,
    "command": str,
    "created": str,
    "version": str,
}
_REQUIRED = (
    "name",
    "architecture",
    "classes",
    "class_map",
    "features",
    "storage",
    "weights_sha256",
)
_ARTICLE: dict[type, str] = {
    str: "a string",
    list: "a list",
    dict: "an object",
    bool: "true or false",
    int: "a whole number",
}


def _is_a(value: Any, kind: type) -> bool:
    # In Python a bool is an int; in a card it is not.
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _data_source(value: Any) -> DataSource:
    kinds = {"name": str, "tokens": int, "licence": str, "credit": str}
    if (
        not isinstance(value, dict)
        or not {"name", "tokens", "licence"} <= set(value) <= set(kinds)
        or not all(_is_a(item, kinds[name]) for name, item in value.items())
    ):
        raise ModelError(
            tr("an entry of the card's 'data' is not {name, tokens, licence, credit}.")
        )
    return DataSource(**value)


def read_card(folder: Path) -> ModelCard:
    """Read and check ``model.json`` of a model folder.

    Raises
    ------
    ModelError
        The folder or the file is missing, too large, not JSON, or not a card.
    """
    if not folder.exists():
        raise ModelError(tr("{folder}: there is no such model folder.").format(folder=folder))
    if not folder.is_dir():
        raise ModelError(tr("{folder}: this is a file, not a model folder.").format(folder=folder))
    path = folder / CARD_NAME
    if not path.is_file():
        raise ModelError(
            tr("{folder}: not a model folder, it has no {card_name}.").format(
                folder=folder, card_name=CARD_NAME
            )
        )
    try:
        if path.stat().st_size > MAX_CARD_BYTES:
            raise ModelError(
                tr("{path}: larger than {value} MiB, so not a card.").format(
                    path=path, value=MAX_CARD_BYTES >> 20
                )
            )
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ModelError(
            tr("{path}: not UTF-8 text (byte {start}).").format(path=path, start=error.start)
        ) from error
    except OSError as error:
        raise ModelError(
            tr("{path}: cannot be read ({value}).").format(path=path, value=error.strerror or error)
        ) from error
    try:
        values = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise ModelError(
            tr("{path}: not valid JSON (line {lineno}, column {colno}: {msg}).").format(
                path=path, lineno=error.lineno, colno=error.colno, msg=error.msg
            )
        ) from error
    except RecursionError as error:
        raise ModelError(
            tr("{path}: not a card, its JSON is nested too deeply.").format(path=path)
        ) from error
    except ValueError as error:
        raise ModelError(
            tr("{path}: not valid JSON ({error}).").format(path=path, error=error)
        ) from error
    try:
        return ModelCard.from_dict(values)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:20]} is too large")
    return value


def storage_of(name: str) -> Storage:
    """`name` as a `Storage`.

    Raises
    ------
    ModelError
        It is none.
    """
    if name not in STORAGES:
        raise ModelError(
            tr("the storage {name!r} is none of {names}.").format(
                name=name, names=", ".join(STORAGES)
            )
        )
    return cast(Storage, name)
