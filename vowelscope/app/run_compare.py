"""Runs beside each other: the settings in which they differ, and how far each has come."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vowelscope.app.run_story import RunStory
from vowelscope.core.translation import tr

_LAST_STEPS = 25


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One row of the table of runs.

    Attributes
    ----------
    name
        A key of the preset, or what was measured.
    cells
        A text for each run; "" where it has none.
    best
        Which of them are the best, for what was measured in more than one run.
    """

    name: str
    cells: tuple[str, ...]
    best: frozenset[int] = frozenset()


def short_names(folders: Sequence[Path]) -> list[str]:
    """A name for each run: its folder's, with the folder above it where two are alike."""
    names = [folder.name for folder in folders]
    return [
        f"{folder.parent.name}/{folder.name}" if names.count(folder.name) > 1 else folder.name
        for folder in folders
    ]


def compare(stories: Sequence[RunStory]) -> list[CompareRow]:
    """The table of these runs: what was measured, then settings.

    Of one run all settings are told, of several those that are not the same in all.
    """
    return [*_measured(stories), *_settings(stories)]


def _settings(stories: Sequence[RunStory]) -> Iterator[CompareRow]:
    flat = [dict(_flat("", story.settings)) for story in stories]
    keys: dict[str, None] = {}
    for held in flat:
        keys |= dict.fromkeys(held)
    for key in keys:
        cells = tuple(held.get(key, "") for held in flat)
        if len(stories) == 1 or len(set(cells)) > 1:
            yield CompareRow(key, cells)


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Each setting by the path of its key, as a preset writes it; stages are counted from 1."""
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        inner = enumerate(value, 1)
    elif isinstance(value, float):
        yield name, f"{value:g}"
    elif isinstance(value, str):
        yield name, value
    else:
        yield name, json.dumps(value)
    for key, held in inner:
        yield from _flat(f"{name}.{key}" if name else str(key), held)


def _measured(stories: Sequence[RunStory]) -> Iterator[CompareRow]:
    yield CompareRow(
        tr("Steps"),
        tuple(f"{s.steps[-1]:,} / {s.total:,}" if s.steps else "" for s in stories),
    )
    last = [s.losses[-_LAST_STEPS:] for s in stories]
    losses = [sum(held) / len(held) if held else None for held in last]
    yield _row(tr("Loss, mean of {n} steps").format(n=_LAST_STEPS), losses, "{:.4f}", least=True)
    yield _row(tr("Validation: best macro-F1"), [_best(s.valid_f1s) for s in stories], "{:.4f}")
    at = [
        s.valid_steps[s.valid_f1s.index(max(s.valid_f1s))] if s.valid_f1s else None for s in stories
    ]
    yield CompareRow(
        tr("Validation: at step"), tuple("" if step is None else f"{step:,}" for step in at)
    )
    accuracies = [_best(s.valid_accuracies) for s in stories]
    yield _row(tr("Validation: best accuracy"), accuracies, "{:.4f}")
    sets = dict.fromkeys(held["set"] for story in stories for held in story.tested)
    for name in sets:
        scores = [
            next((held["accuracy"] for held in s.tested if held["set"] == name), None)
            for s in stories
        ]
        yield _row(tr("Test: accuracy on {name}").format(name=name), scores, "{:.4f}")


def _best(values: Sequence[float]) -> float | None:
    return max(values) if values else None


def _row(name: str, values: Sequence[float | None], form: str, least: bool = False) -> CompareRow:
    cells = tuple("" if value is None else form.format(value) for value in values)
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return CompareRow(name, cells)
    # Of what is told alike, none is better.
    winner = form.format(min(known) if least else max(known))
    best = frozenset(index for index, cell in enumerate(cells) if cell == winner)
    return CompareRow(name, cells, best if len(best) < len(known) else frozenset())
