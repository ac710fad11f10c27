"""``vowelscope concatenate``: recordings one after the other, with their TextGrids."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vowelscope.core.errors import ConfigError


def concatenate(
    *audio: Path,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    no_textgrid: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Put recordings one after the other, with their TextGrids, as one WAV file and one TextGrid.

    As Praat's "Concatenate recoverably": a last tier, labels, says which recording each part was.
    The TextGrid of each recording is the file of its name; tiers of one name and kind become one.
    The samples stay as they are, so all recordings must have one sampling rate and number of
    channels. No source is written over. Formants set by hand come along.

    Parameters
    ----------
    audio
        Two recordings or more, in the order that they are to have.
    out
        The WAV file to write; the TextGrid goes beside it.
    no_textgrid
        Take no TextGrids: only the tier of names is written.
    """
    from vowelscope.app.files import find_textgrid
    from vowelscope.core.edit_sound import Source, concatenate_files
    from vowelscope.core.sidecar import read_sidecar
    from vowelscope.core.textgrid_io import read_textgrid

    if len(audio) < 2:
        raise ConfigError("Name two recordings at least.")
    sources = []
    for path in audio:
        grid = None if no_textgrid else find_textgrid(path)
        textgrid = None if grid is None else read_textgrid(grid).textgrid
        sources.append(Source(path, textgrid, read_sidecar(grid or path)))
    with _bar(f"Writing {out.name}") as progress:
        length_s = concatenate_files(sources, out, progress=progress)
    print(
        f"{len(sources)} recordings ({length_s:.3f} s) written to {out} and "
        f"{out.with_suffix('.TextGrid').name}",
        file=sys.stderr,
    )
    return 0


@contextmanager
def _bar(text: str) -> Iterator[Callable[[float], None] | None]:
    """A bar on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text, total=1.0)
        yield lambda share: bar.update(task, completed=share)
