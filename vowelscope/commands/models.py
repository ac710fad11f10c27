"""``vowelscope models``: the models in the box and the installed ones, without a window."""

from __future__ import annotations

import sys
from pathlib import Path


def list_models() -> int:
    """List the models in the box and the installed ones; each name may be given as --model.

    One line a model: name, network, classes, range, a cell of its map, and where it is.
    The exit status is 1 where the card of one cannot be read.
    """
    from vowelscope.explain.model_store import stored_models
    from vowelscope.explain.resnet import cell_stride

    held = stored_models()
    rows = []
    for stored in held:
        place = "in the box" if stored.in_box else str(stored.folder)
        card = stored.card
        if card is None:
            print(stored.fault, file=sys.stderr)
            continue
        features, pixels = card.features, cell_stride(card.dilated_stage4)
        high_hz = features.f_max_hz * pixels / features.rows
        wide = (
            f"{1000 * features.column_s * pixels:.0f} ms"
            if features.time_rule == "fixed"
            else f"1/{features.columns / pixels:.0f} of the token"
        )
        rows.append(
            (
                stored.folder.name,
                card.architecture,
                " ".join(card.classes),
                f"0-{features.f_max_hz:,.0f} Hz",
                f"{high_hz:,.0f} Hz x {wide}",
                place,
            )
        )
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))] if rows else []
    for row in rows:
        print("  ".join(cell.ljust(n) for cell, n in zip(row, widths, strict=True)).rstrip())
    return 0 if len(rows) == len(held) else 1


def show(model: Path | None = None, /) -> int:
    """Show the card of a model: what it was made from, and what it can do.

    Parameters
    ----------
    model
        A model folder, or the name of a model; the model in the box by default.
    """
    from vowelscope.app.card_words import card_text
    from vowelscope.explain.card import read_card
    from vowelscope.explain.model_store import find_model

    print(card_text(read_card(find_model(model))))
    return 0


def install(source: Path, /) -> int:
    """Install a model from a folder or a zip file, once hash, keys, shapes and sizes are checked.

    Parameters
    ----------
    source
        A model folder, such as RUN/model after `vowelscope evaluate RUN`, or a zip file of one.
    """
    from vowelscope.explain.model_store import install as install_model

    folder = install_model(source)
    print(f"{folder.name}: installed; --model {folder.name} uses it")
    print(folder, file=sys.stderr)
    return 0


def remove(name: str, /) -> int:
    """Remove an installed model.

    Parameters
    ----------
    name
        As `vowelscope models list` has it.
    """
    from vowelscope.core.errors import ModelError
    from vowelscope.explain.model_store import remove as remove_model
    from vowelscope.explain.model_store import stored_models

    held = {stored.folder.name: stored for stored in stored_models() if not stored.in_box}
    if name not in held:
        there = f"installed are {', '.join(held)}" if held else "none is"
        raise ModelError(f"{name}: no model of that name was installed; {there}.")
    remove_model(held[name].folder)
    print(f"{name}: removed")
    return 0
