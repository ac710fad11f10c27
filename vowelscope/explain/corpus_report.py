"""The study's figures from your own data, and each statement of its section 4 as a test."""

from __future__ import annotations

import html
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vowelscope.core import html_page
from vowelscope.core.atomic import write_bytes
from vowelscope.core.audio import Recording
from vowelscope.core.errors import ConfigError, UserError
from vowelscope.core.measure_formants import FormantRoad
from vowelscope.core.tokens import Token
from vowelscope.explain import corpus_figures as figures
from vowelscope.explain.aligned_maps import aligned_maps, card_of
from vowelscope.explain.cam import CamExplainer
from vowelscope.explain.gridding import alternation, grid_words
from vowelscope.explain.mean_maps import Explained, read_explained
from vowelscope.explain.model import load_model
from vowelscope.explain.record import TokenFormants
from vowelscope.explain.shards import read_shards
from vowelscope.explain.statements import (
    CLAIMS,
    Finding,
    asymmetry_findings,
    band_finding,
    overlap_finding,
    peak_finding,
)
from vowelscope.explain.sufficiency import Sufficiency, sufficiency
from vowelscope.explain.two_models import difference, shift_findings

Doubles = npt.NDArray[np.float64]

_KINDS = {"holds": "holds", "does not": "not"}


def findings(
    explained: Explained, formants_hz: Doubles, other: Explained | None = None
) -> list[Finding]:
    """Every statement of the study, tested on these tokens.

    Parameters
    ----------
    formants_hz
        (n, 2) F2 and F3 in the middle of each token; NaN where undefined.
    other
        The same corpus by another model: experiment 2 against experiment 1.
    """
    found = [band_finding(explained, claim) for claim in CLAIMS]
    if other is not None:
        found += shift_findings(explained, other)
    found.append(peak_finding(explained, "ɝ", *formants_hz.T))
    found.append(overlap_finding(explained))
    return found + asymmetry_findings(explained)


def write_corpus_report(
    out: Path, to: Path, other: Path | None = None, split: str | None = "test"
) -> dict[str, Any]:
    """Write TO/report.html, TO/findings.json and the figures beside them.

    Parameters
    ----------
    out
        A finished folder of `explain_corpus`.
    other
        Another, of the same corpus by another model: its maps are drawn on the same axis, and the
        difference of the two.
    split
        Part of the corpus whose tokens count; None for all.

    Returns
    -------
    dict
        What findings.json holds.

    Raises
    ------
    ConfigError
        A folder holds no finished run, or the part has no explained token.
    """
    explained = read_explained(out, split)
    if not len(explained.y):
        raise ConfigError(f"{out}: the part {split!r} of the corpus has no explained token.")
    second = None if other is None else read_explained(other, split)
    to.mkdir(parents=True, exist_ok=True)
    told = findings(explained, _formants_hz(out, explained), second)
    enough = sufficiency(out)
    body = [_head(explained, split), _figures(explained, second, to), _statements(told)]
    body.append(_sufficiency(enough, explained))
    body.append(_caveats(explained))
    plan = explained.plan
    document = html_page.page(
        f"vowelscope: {plan.model_name} on {_name(plan.corpus)}", "".join(body)
    )
    write_bytes(to / "report.html", document.encode())
    held = {
        "corpus": _name(plan.corpus),
        "corpus_sha256": plan.corpus_sha256,
        "model": plan.model_name,
        "model_sha256": plan.model_sha256,
        "part": split,
        "tokens": len(explained.y),
        "utterances": len(np.unique(explained.clusters)),
        "alternation": _plain(_alternation(explained)),
        "cell_hz": float(plan.freq_edges_hz[1] - plan.freq_edges_hz[0]),
        "findings": [_plain(asdict(one)) for one in told],
        "sufficiency": None if enough is None else _plain(asdict(enough)),
    }
    text = json.dumps(held, ensure_ascii=False, indent=1)
    write_bytes(to / "findings.json", (text + "\n").encode())
    return held


def _alternation(explained: Explained) -> dict[str, Any]:
    return dict(zip(("rows", "columns"), alternation(explained.maps, explained.y), strict=True))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Not-a-number has no place in JSON."""
    return {
        key: None if isinstance(value, float) and not np.isfinite(value) else value
        for key, value in values.items()
    }


def _name(path: str) -> str:
    return Path(path).name


def _formants_hz(out: Path, explained: Explained) -> Doubles:
    """F2 and F3 in the middle of each token, (n, 2)."""
    wanted = {row["row"]: at for at, row in enumerate(explained.rows)}
    values = np.full((len(wanted), 2), np.nan)
    for table in read_shards(out, ["row", "f2_50_hz", "f3_50_hz"]):
        for row in table.to_pylist():
            if row["row"] in wanted:
                for column, name in enumerate(("f2_50_hz", "f3_50_hz")):
                    if row[name] is not None:
                        values[wanted[row["row"]], column] = row[name]
    return values


def _head(explained: Explained, split: str | None) -> str:
    plan = explained.plan
    sets = {row["set"] for row in explained.rows}
    counts = ", ".join(
        f"/{name}/ {int((explained.y == k).sum())}" for k, name in enumerate(plan.classes)
    )
    right = float((explained.y == explained.said).mean())
    edges_hz = plan.freq_edges_hz
    facts = [
        ("Corpus", f"{_name(plan.corpus)} ({plan.corpus_sha256[:12]}): {', '.join(sorted(sets))}"),
        ("Part", "all" if split is None else split),
        ("Tokens", f"{len(explained.y):,} of {len(np.unique(explained.clusters)):,} utterances"),
        ("Classes", counts),
        ("Model", f"{plan.model_name} ({plan.model_sha256[:12]}); accuracy {right:.3f}"),
        (
            "Map",
            f"{plan.cells[0]} × {plan.cells[1]} cells; a row is "
            f"{edges_hz[1] - edges_hz[0]:,.0f} Hz of 0-{edges_hz[-1]:,.0f} Hz",
        ),
    ]
    rows = "".join(
        f"<tr><td>{html.escape(a)}</td><td class='words'>{html.escape(b)}</td></tr>"
        for a, b in facts
    )
    return f"<h1>What the network looked at</h1><table>{rows}</table>"


def _figures(explained: Explained, second: Explained | None, to: Path) -> str:
    shown = _examples(explained)
    parts = ["<h2>Figures</h2>"]
    if shown:
        parts.append(
            html_page.figure(
                figures.examples(shown),
                "One token of each class as the model sees it (dB), with Praat's formants; dashed: "
                "the interval. The token nearest its class's median duration was taken.",
                to,
                "examples",
            )
        )
    parts.append(
        html_page.figure(
            figures.maps(explained),
            "Mean class activation map of each class over its tokens, in logits a cell, less the "
            "mean of all classes. Orange speaks for the class, purple against it. A dot marks a "
            "cell whose 95 % interval over utterances leaves zero out. Cells are drawn as large "
            "as they are; within one the map knows nothing.",
            to,
            "maps",
        )
    )
    parts.append(_aligned(explained, to))
    parts.append(
        html_page.figure(
            figures.profiles(explained, second),
            "What each row of frequency gives to the class's logit, mean over tokens with 95 % "
            "intervals over utterances"
            + (
                ""
                if second is None
                else f"; purple: {second.plan.model_name}, brought to the same rows"
            )
            + ".",
            to,
            "profiles",
        )
    )
    if second is not None:
        parts.append(_difference(explained, second, to))
    parts.append(
        html_page.figure(
            figures.confusion(_counts(explained), explained.plan.classes),
            "Confusion matrix: rows are labels; per cent of the row, and counts.",
            to,
            "confusion",
        )
    )
    return "".join(parts)


def _aligned(explained: Explained, to: Path) -> str:
    """The same maps on the other axis of time."""
    card = card_of(explained)
    if card is None:
        return ""
    relative = card.features.time_rule == "fixed"
    found = aligned_maps(explained, card, relative)
    wide = (
        f"{100 * found.cell:.0f} % of the interval" if relative else f"{1000 * found.cell:.0f} ms"
    )
    where = (
        "in relative time: 0 is the start of each interval and 100 its end"
        if relative
        else "in absolute time: 0 is the middle of each interval"
    )
    return html_page.figure(
        figures.aligned(found, np.array(explained.plan.freq_edges_hz)),
        f"The same {where}. A cell of the map is {wide} wide (median over the tokens), and what it "
        "has is spread evenly over it, so neighbouring columns say much the same. Blank: fewer "
        "than half of the tokens reach there.",
        to,
        "maps-aligned",
    )


def _difference(explained: Explained, second: Explained, to: Path) -> str:
    found = difference(explained, second)
    names = explained.plan.model_name, second.plan.model_name
    if not found.maps:
        return (
            "<p>The two models were not asked about the same corpus, or have no class in common: "
            "no difference of their maps is drawn.</p>"
        )
    return html_page.figure(
        figures.difference(found, *names),
        f"Mean class activation map by {names[0]} less that by {names[1]}, over the tokens that "
        "both explained. Logits of two networks have no common unit: each token's map was made "
        "shares of its evidence first (its cells within the range that both read, divided by the "
        "sum of their sizes), on the cells of the coarser map. Orange: more of it in the first. A "
        "dot marks a cell whose 95 % interval over utterances leaves zero out.",
        to,
        "difference",
    )


def _counts(explained: Explained) -> npt.NDArray[np.int64]:
    k = len(explained.plan.classes)
    counts = np.zeros((k, k), dtype=np.int64)
    np.add.at(counts, (explained.y, explained.said), 1)
    return counts


def _examples(explained: Explained) -> list[Any]:
    """For each class the token nearest the median duration whose recording is still there."""
    shown = []
    explainer = CamExplainer(load_model(Path(explained.plan.model)))
    for k, name in enumerate(explained.plan.classes):
        rows = [row for row, y in zip(explained.rows, explained.y, strict=True) if y == k]
        durations = np.array([row["tmax_s"] - row["tmin_s"] for row in rows])
        for at in np.argsort(np.abs(durations - np.median(durations))) if rows else ():
            row = rows[int(at)]
            try:
                with Recording(row["recording"]) as recording:
                    said = explainer.explain(recording, row["tmin_s"], row["tmax_s"])
            except UserError:
                continue
            token = Token(
                Path(row["recording"]), "", -1, row["tmin_s"], row["tmax_s"], row["label"]
            )
            times_s, formants_hz = TokenFormants.of(token, said, FormantRoad()).dots()
            shown.append((said, name, times_s, formants_hz))
            break
    return shown


def _statements(told: list[Finding]) -> str:
    rows = []
    for one in told:
        value = "" if not np.isfinite(one.value) else f"{one.value:+.3f}"
        if np.isfinite(one.low):
            value += f" ({one.low:+.3f} to {one.high:+.3f})"
        kind = _KINDS.get(one.verdict, "unclear")
        cells = (
            f"<td class='words'>{html.escape(one.statement)}</td>"
            f"<td class='words {kind}'>{html.escape(one.verdict)}</td>"
            f"<td>{html.escape(value)}</td><td>{one.tokens or ''}</td>"
            f"<td class='words faint'>{html.escape(one.measure)}. {html.escape(one.reason)}</td>"
        )
        rows.append(f"<tr>{cells}</tr>")
    heads = ("Statement", "Verdict", "Value (95 %)", "Tokens", "Measure")
    shown = "".join(f"<th class='words'>{head}</th>" for head in heads)
    return (
        "<h2>The statements of the study, tested</h2><p>Each is tested on the tokens above, for "
        "this model. “Not asked”: this model does not read that range or has not that class; "
        "“not resolvable”: a cell of the map is taller than the band.</p>"
        f"<table><tr>{shown}</tr>{''.join(rows)}</table>"
    )


def _sufficiency(found: Sufficiency | None, explained: Explained) -> str:
    title = "<h2>Do the formants say what the network says?</h2>"
    if found is None:
        return f"{title}<p>Too few tokens in the training and test parts.</p>"
    rows = [
        [f"/{name}/", f"{value:.2f}", f"{low:.2f}-{high:.2f}"]
        for name, value, low, high in zip(
            found.classes, found.r2, found.low, found.high, strict=True
        )
    ]
    by_row = {row["row"]: row for row in explained.rows}
    apart = [by_row[at] for at in found.apart if at in by_row][:12]
    listed = [
        [
            Path(row["recording"]).name,
            f"{row['tmin_s']:.3f}",
            row["word"],
            f"/{row['class']}/",
            f"/{row['predicted']}/",
        ]
        for row in apart
    ]
    return (
        f"{title}<p>F0, F1-F4 at 20, 50 and 80 % and the duration, fitted on {found.trained:,} "
        f"training tokens, predict this share of the variance of each class's logit (less the "
        f"mean of all) in {found.tested:,} held-out tokens. A discriminant analysis of the same "
        f"measurements names the network's class in {100 * found.agree:.1f} % of them.</p>"
        + html_page.table(["Class", "R²", "95 %"], rows)
        + "<p>Where the two differ, the network surest first:</p>"
        + html_page.table(["Recording", "Start (s)", "Word", "Label", "Network"], listed)
    )


def _caveats(explained: Explained) -> str:
    edges_hz = explained.plan.freq_edges_hz
    return (
        "<h2>What this may not be taken for</h2><p>"
        + html.escape(
            f"A map says where the last layer's evidence lies, in cells of "
            f"{edges_hz[1] - edges_hz[0]:,.0f} Hz; each cell answers for far more of the picture "
            "than its own edges. It does not say that what lies there was necessary: that is asked "
            "by taking it away (vowelscope explain --tuning). Formants closer together than a cell "
            "cannot be told apart. One model was asked, on these speakers. "
            + " ".join(grid_words(*alternation(explained.maps, explained.y)))
        )
        + "</p>"
    )
