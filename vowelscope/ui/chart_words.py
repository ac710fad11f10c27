"""Words that the charts of a file and of a corpus share."""

from __future__ import annotations

from vowelscope.core.translation import tr
from vowelscope.core.vowel_chart import Normalisation
from vowelscope.explain.corpus_chart import Shade

HOW: dict[Normalisation, str] = {
    "none": "Hz",
    "bark": tr("Bark"),
    "lobanov": tr("Lobanov (z)"),
    "nearey": tr("Nearey (log mean)"),
}
HOW_TIPS: dict[Normalisation, str] = {
    "none": tr("Hertz as measured"),
    "bark": tr("7 arsinh(F / 650), Praat's Bark"),
    "lobanov": tr(
        "Each formant less its mean over all vowels in the chart, in "
        "standard deviations: for one speaker at a time (Lobanov 1971)"
    ),
    "nearey": tr(
        "ln F less the mean of ln F1 and ln F2 over all vowels in the "
        "chart: for one speaker at a time (Nearey 1978, one mean for all "
        "formants)"
    ),
}


def colour_words() -> list[tuple[str, str]]:
    """Name and key of each of `vowelscope.explain.corpus_chart.COLOURINGS`."""
    return [
        (tr("Class of the label"), "label"),
        (tr("Predicted class"), "predicted"),
        (tr("Network and label"), "agreement"),
        (tr("Doubt"), "doubt"),
        (tr("Network and formants"), "formants"),
        (tr("Duration"), "duration"),
        (tr("Set"), "set"),
        (tr("Speaker"), "speaker"),
        (tr("Part"), "part"),
    ]


def scale_words(shade: Shade) -> tuple[str, str, str, str]:
    """What a scale says, its ends, and what it may not be taken for."""
    if shade.colouring == "doubt":
        return (
            tr("Doubt: 1 less the probability of the prediction"),
            f"{shade.low:g}",
            tr("{high} (all classes alike)").format(high=f"{shade.high:.2f}"),
            tr("How sure the network says it is; not how often it is right."),
        )
    return (
        tr("Duration (ms)"),
        f"≤ {shade.low:.0f}",
        f"≥ {shade.high:.0f}",
        tr("The ends are the 2nd and the 98th percentile of all tokens."),
    )


def kind_words(shade: Shade, name: str) -> str:
    """The name of a kind on the screen; "" for what is of none."""
    names = {
        "predicted as labelled": tr("predicted as labelled"),
        "predicted otherwise": tr("predicted otherwise"),
        "formants say the same": tr("formants say the same"),
        "formants say otherwise": tr("formants say otherwise"),
        "train": tr("Training"),
        "val": tr("Validation"),
        "test": tr("Test"),
        "": tr("others") if shade.colouring in ("set", "speaker") else tr("no class"),
    }
    return names.get(name, name)
