"""``vowelscope filters`` and ``vowelscope corpus filters``: what a network's filters answer to."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vowelscope.core.errors import ConfigError


def filters(
    *,
    out: Annotated[list[Path], Parameter(name=["--out", "-o"])],
    model: Path | None = None,
) -> int:
    """Show the kernels of the first layer as patterns in time and frequency.

    Each kernel is weighed per dB, on axes in Hz and ms, with the direction of its stripes, the
    ripple that fits it best (scale in cycles/kHz, rate in cycles/s) and what it makes of others.

    Parameters
    ----------
    out
        The file to write: a figure (.svg, .pdf, .png), a table (.csv, .tsv, .xlsx, .parquet), or
        all there is (.json); may be given again.
    model
        A model folder, or the name of a model; the model in the box by default.
    """
    from vowelscope.explain.kernel_figure import FIGURES, TABLES, save_kernels
    from vowelscope.explain.kernels import PATTERNS, read_kernels
    from vowelscope.explain.model import load_model
    from vowelscope.explain.model_store import find_model

    for path in out:
        if path.suffix.lower() not in (*FIGURES, *TABLES):
            raise ConfigError(
                f"{path.name}: kernels are drawn to {', '.join(FIGURES)} and listed in "
                f"{', '.join(TABLES)}."
            )
    found = read_kernels(load_model(find_model(model)))
    for path in out:
        save_kernels(found, path)
    counts = Counter(kernel.pattern for kernel in found.kernels)
    told = ", ".join(f"{counts[name]} {name}" for name in PATTERNS if counts[name])
    wide = "" if found.width_s is None else f" × {1000 * found.width_s:.3g} ms"
    print(f"{len(found.kernels)} kernels of {found.height_hz:,.0f} Hz{wide}: {told}")
    print(*out, sep="\n", file=sys.stderr)
    return 0
