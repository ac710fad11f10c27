"""A run's report: one HTML file that needs nothing else, and its figures as SVG and PDF."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from vowelscope.core.atomic import write_bytes
from vowelscope.core.html_page import figure, page
from vowelscope.explain.corpus_figures import confusion
from vowelscope.explain.gridding import grid_words, ratios_of
from vowelscope_training import report_figures as figures


def write_report(run: Path, card: dict[str, Any], results: dict[str, Any]) -> Path:
    """Write RUN/report.html and RUN/report/*.svg, *.pdf.

    Parameters
    ----------
    card
        The model's card, as in model.json.
    results
        From `vowelscope_training.pack.pack`.

    Returns
    -------
    pathlib.Path
        The HTML file.
    """
    classes: list[str] = list(card["classes"])
    folder = run / "report"
    folder.mkdir(exist_ok=True)
    parts = [_head(card, results)]
    parts.append(_summary(results))
    for name, scores in _sets(results["sets"]):
        drawn = [("confusion", confusion(np.array(scores["confusion"]), classes))]
        if "recall" in scores:
            drawn.append(("recall", figures.recall(scores["recall"])))
        if "baselines" in scores:
            drawn.append(("baselines", figures.baselines(scores)))
        if "calibration" in scores:
            drawn.append(("calibration", figures.calibration(scores["calibration"])))
        parts.append(_section(name, scores, drawn, folder))
    curve = figures.learning(_events(run))
    if curve is not None:
        parts.append("<h2>Training</h2>")
        parts.append(_figure("learning", "training", curve, folder))
    parts.append(_caveats(results) + _grid(results))
    path = run / "report.html"
    write_bytes(path, page(f"vowelscope: {card['name']}", "".join(parts)).encode())
    return path


def _sets(sets: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Name and scores of each set, those of further corpora under the corpus's name."""
    found = []
    for name, scores in sets.items():
        if "counts" in scores:
            found.append((name, scores))
        else:
            found += [(f"{name}/{k}" if k != name else name, v) for k, v in scores.items()]
    return found


def _head(card: dict[str, Any], results: dict[str, Any]) -> str:
    features = card["features"]
    data = "; ".join(f"{source['name']}: {source['tokens']:,} tokens" for source in card["data"])
    facts = [
        ("Network", f"{card['architecture']}, started from {card['started_from']}"),
        ("Classes", ", ".join(f"/{name}/" for name in card["classes"])),
        ("What it sees", f"0-{features['f_max_hz']:,.0f} Hz"),
        ("Trained on", data),
        ("Held out", f"by {results['split_by']}; hash {card['split_hash'][:12]}"),
        ("Made by", f"{card['command']} (vowelscope {card['version']}, {card['created']})"),
    ]
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td style='text-align:left'>{html.escape(text)}</td></tr>"
        for name, text in facts
    )
    return f"<h1>{html.escape(card['name'])}</h1><table>{rows}</table>"


def _summary(results: dict[str, Any]) -> str:
    rows = []
    for name, scores in _sets(results["sets"]):
        rows.append(_row(name, scores, sum(scores["counts"].values()), "own"))
        rows += [_row(key, held, kind="under") for key, held in scores.get("baselines", {}).items()]
    return (
        "<h2>Results on held-out tokens</h2><table><tr><th>Set</th><th>Tokens</th>"
        "<th>Accuracy</th><th>95 %</th><th>Macro-F1</th><th>95 %</th></tr>"
        + "".join(rows)
        + "</table><p class='faint'>Intervals: bootstrap over utterances. The baselines are "
        "discriminant analyses of Praat's measurements, fitted on the training part of the real "
        "sets; for “shuffled labels” the training labels were permuted.</p>"
    )


def _row(name: str, scores: dict[str, Any], tokens: int | None = None, kind: str = "") -> str:
    held = scores.get("intervals", {})
    cells = [
        f"{tokens:,}" if tokens is not None else "",
        f"{scores['accuracy']:.3f}",
        _span(held.get("accuracy")),
        f"{scores['macro_f1']:.3f}",
        _span(held.get("macro_f1")),
    ]
    return (
        f"<tr class='{kind}'><td>{html.escape(name)}</td>"
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + "</tr>"
    )


def _span(ends: Sequence[float | None] | None) -> str:
    return f"{ends[0]:.3f}–{ends[1]:.3f}" if ends and None not in ends else ""


def _section(
    name: str, scores: dict[str, Any], drawn: list[tuple[str, Figure]], folder: Path
) -> str:
    worst = _worst(scores["confusion"], list(scores["counts"]))
    shown = "".join(_figure(kind, name, made, folder) for kind, made in drawn)
    return f"<h2>{html.escape(name)}</h2><p>{html.escape(worst)}</p><div class='row'>{shown}</div>"


def _worst(confusion: list[list[int]], classes: list[str]) -> str:
    errors = sorted(
        (
            (count, classes[label], classes[said])
            for label, row in enumerate(confusion)
            for said, count in enumerate(row)
            if label != said and count
        ),
        reverse=True,
    )
    total = sum(map(sum, confusion))
    wrong = sum(count for count, *_ in errors)
    if not errors:
        return f"No error in {total} tokens."
    most = ", ".join(f"/{label}/ called /{said}/: {count}" for count, label, said in errors[:3])
    return f"{wrong} errors in {total} tokens; most often {most}."


_CAPTIONS = {
    "confusion": "Confusion matrix: rows are labels; per cent of the row, and counts.",
    "recall": "Recall of each class, with 95 % intervals over utterances.",
    "baselines": "Macro-F1 of the network and of the baselines, with 95 % intervals.",
    "calibration": "Calibration: share of right answers against the probability of the answer; "
    "on the line, a probability may be taken at its word.",
    "learning": "Loss of the training batches, and macro-F1 of the validation part after each "
    "stage or check.",
}


def _figure(kind: str, name: str, drawn: Figure, folder: Path) -> str:
    stem = "".join(c if c.isalnum() else "-" for c in f"{name}-{kind}")
    return figure(drawn, _CAPTIONS[kind], folder, stem)


def _events(run: Path) -> list[dict[str, Any]]:
    path = run / "events.jsonl"
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _grid(results: dict[str, Any]) -> str:
    """Whether the maps follow a grid of the network's own."""
    text = " ".join(grid_words(*ratios_of(results.get("alternation"))))
    return f"<p>{html.escape(text)}</p>" if text else ""


def _caveats(results: dict[str, Any]) -> str:
    by = results["split_by"]
    leak = {
        "utterance": "Utterances of the test part were never trained on, but their speakers were; "
        "nothing here tells how the network does on another speaker.",
        "speaker": "No speaker of the test part was trained on.",
        "word": "No word of the test part was trained on; its speakers and utterances were.",
        "token": "Tokens were split one by one, as in the study: the same utterance, and often the "
        "same word, is on both sides, so these scores are higher than on new recordings.",
    }.get(by, "")
    return (
        "<h2>What this may not be taken for</h2><p>"
        + html.escape(
            f"{leak} A high score says that the classes can be told apart from what the network "
            "sees, not that it uses formants; whether it does is a matter of explanations and "
            "interventions. Where a baseline on durations, intensity or shuffled labels comes "
            "close to the network, what the network learnt may be that."
        )
        + "</p>"
    )
