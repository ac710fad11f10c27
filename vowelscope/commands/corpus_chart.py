"""``vowelscope corpus chart``: the vowel chart of an explained corpus, for print."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from vowelscope.core.errors import ConfigError
from vowelscope.core.formant_plane import Quantity
from vowelscope.core.vowel_chart import Normalisation
from vowelscope.explain.corpus_chart import ChartChoice, Colouring, EllipsesOf


def chart(
    explained: Path,
    /,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    colour: Colouring = "label",
    ellipses: EllipsesOf = "label",
    x: Quantity = "F2",
    y: Quantity = "F1",
    scale: Normalisation = "none",
    part: Literal["test", "train", "val", "all"] = "all",
    label: str | None = None,
    predicted: str | None = None,
    text: str = "",
    whole: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Draw the vowel chart of an explained corpus: formants in the middle of each token.

    Tokens without these formants are counted below the chart. The exit status is 2 where none is
    left to be drawn.

    Parameters
    ----------
    explained
        A folder that `vowelscope corpus explain` made.
    out
        The file to write: SVG, PDF or PNG.
    colour
        What the colours say: the class of the label or the predicted one; agreement (whether
        these are the same); doubt (1 less the probability of the prediction); formants (whether
        a discriminant analysis of F1-F4 says the same as the network); duration; set, speaker or
        part.
    ellipses
        Whose ellipses are drawn: of the labels' classes, of the predicted ones, or none.
    x
        The horizontal axis, to the left.
    y
        The vertical axis, downwards.
    scale
        Hz as measured (none), bark, or lobanov and nearey by speaker, over all tokens of a
        speaker in the folder.
    part
        Only tokens of this part of the split.
    label
        Only tokens whose label is of this class, as ɑ.
    predicted
        Only tokens that are predicted as this class.
    text
        Only tokens with this text in word, label or name of the recording.
    whole
        Show also the few tokens that lie far from all others; else the chart says how many.
    """
    from vowelscope.explain.browse import read_browsed
    from vowelscope.explain.chart_figure import draw_corpus, save_chart
    from vowelscope.explain.choosing import class_number
    from vowelscope.explain.corpus_chart import corpus_chart

    browsed = read_browsed(explained)
    of_label = None if label is None else class_number(browsed, label.strip("/"))
    said = None if predicted is None else class_number(browsed, predicted.strip("/"))
    chosen = browsed.matching(text, of_label, said, "" if part == "all" else part)
    made = corpus_chart(browsed, chosen, ChartChoice(x, y, scale, colour, ellipses))
    missing = f"{made.undefined} without {y} or {x} in their middle"
    if not len(made):
        raise ConfigError(f"{explained}: no token is left to be drawn ({missing}).")
    save_chart(draw_corpus(browsed, made, whole), out)
    print(f"{out}: {len(made)} of {len(browsed)} tokens", end="")
    print(f"; {missing}" if made.undefined else "")
    if colour == "formants" and not sum(made.shade.counts(made.places)):
        print(
            "The formants name no class, as too few tokens of the training part are labelled.",
            file=sys.stderr,
        )
    return 0
