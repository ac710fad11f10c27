"""What fires the filters of a stage, as a page: formants or classes, and the top tokens."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from vowelscope.core import html_page
from vowelscope.core.atomic import write_bytes
from vowelscope.core.errors import UserError
from vowelscope.core.features import FeatureSpec, ModelInput
from vowelscope.explain.filter_shards import MEASURES
from vowelscope.explain.filter_table import MEASURE_NAMES, FilterTable
from vowelscope.explain.filter_words import caveat, filter_words, seen_by_network, stage_name
from vowelscope.explain.model import load_model

SHOWN_TOKENS = 6
EACH = 2
_CELL = "#e00000"
_BOUNDS = "#0072b2"


def write_filter_report(
    table: FilterTable, each: int = EACH, control: FilterTable | None = None
) -> Path:
    """Write ``filters.html`` and its figures into the folder of a table; gives the page's path.

    Parameters
    ----------
    each
        As in `worth_showing`.
    control
        The same tokens shown to a network of the same shape and random weights.

    Raises
    ------
    ModelError
        The model is gone.
    UserError
        Something cannot be written.
    """
    spec = load_model(Path(table.plan.model)).card.features
    body = [
        _head(table),
        _measures(table, control),
        _classes(table),
        _shown(table, spec, each),
        _caveats(table),
    ]
    plan = table.plan
    title = f"vowelscope: what fires stage {plan.stage} of {plan.model_name}"
    path = table.out / "filters.html"
    write_bytes(path, html_page.page(title, "".join(body)).encode())
    return path


def worth_showing(table: FilterTable, each: int = EACH) -> dict[str, list[int]]:
    """Filters to look at first: by class the largest d', by measure those that follow it most.

    Parameters
    ----------
    each
        Filters of a class and of a measure at most.

    Returns
    -------
    dict
        A heading, and the numbers of filters under it; each filter once.
    """
    used: set[int] = set()
    found: dict[str, list[int]] = {}

    def take(title: str, rows: list[dict[str, Any]], key: str) -> None:
        rows = [row for row in rows if row[key] is not None and row["filter"] not in used]
        rows.sort(key=lambda row: -abs(row[key]))
        found[title] = [row["filter"] for row in rows[:each]]
        used.update(found[title])

    for name in MEASURES:
        held = [row for row in table.filters if row["follows"] == MEASURE_NAMES[name]]
        take(f"follow {MEASURE_NAMES[name]} within class and speaker", held, f"within_{name}")
    for name in table.plan.classes:
        held = [row for row in table.filters if row["class"] == name and row["tells_classes"]]
        take(f"tell /{name}/ from the others", held, "d_prime")
    return {title: numbers for title, numbers in found.items() if numbers}


def draw_top(table: FilterTable, number: int, spec: FeatureSpec) -> Figure:
    """The tokens that fire a filter most, as the network sees them, with the cell that fired."""
    figure = Figure(figsize=(1.72 * SHOWN_TOKENS + 0.6, 2.15), layout="constrained")
    rows = [row for row in table.top.get(number, ()) if row["activation"] > 0][:SHOWN_TOKENS]
    axes = np.atleast_1d(figure.subplots(1, SHOWN_TOKENS, sharey=True))
    for place in axes[len(rows) :]:
        place.set_axis_off()
    for place, row in zip(axes, rows, strict=False):
        word = f" in {row['word']}" if row["word"] else ""
        title = f"/{row['class']}/{word}\n{row['activation']:.3g}"
        place.set_title(title, fontsize=7.5, parse_math=False)
        place.tick_params(labelsize=6)
        try:
            seen = seen_by_network(row, spec)
        except UserError:
            place.text(0.5, 0.5, "recording\nnot found", ha="center", va="center", fontsize=7)
            continue
        _token(place, seen, row)
    axes[0].set_ylabel("Frequency (Hz)", fontsize=7)
    axes[0].set_xlabel("Time from the middle (ms)", fontsize=7)
    return figure


def _token(place: Any, seen: ModelInput, row: dict[str, Any]) -> None:
    middle_s = 0.5 * (row["tmin_s"] + row["tmax_s"])
    left, right = (1000 * (float(t) - middle_s) for t in seen.time_edges_s[[0, -1]])
    low, high = (float(f) for f in seen.freq_edges_hz[[0, -1]])
    place.imshow(
        seen.db,
        cmap="gray_r",
        vmin=seen.spec.db_min,
        vmax=seen.spec.db_max,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        extent=(left, right, low, high),
    )
    for time_s in (row["tmin_s"], row["tmax_s"]):
        place.axvline(1000 * (time_s - middle_s), color=_BOUNDS, linewidth=0.7, linestyle="--")
    start, stop = (1000 * (row[key] - middle_s) for key in ("start_s", "stop_s"))
    corner = (start, row["low_hz"])
    cell = Rectangle(
        corner, stop - start, row["high_hz"] - row["low_hz"], fill=False, edgecolor=_CELL
    )
    place.add_patch(cell)
    place.set_xlim(left, right)
    place.set_ylim(low, high)


def _head(table: FilterTable) -> str:
    plan, held = table.plan, table.findings
    counts = ", ".join(f"/{name}/ {n}" for name, n in held["class_tokens"].items())
    out = f"; {held['left_out']} could not be shown" if held["left_out"] else ""
    facts = [
        ("Corpus", f"{held['corpus']} ({plan.corpus_sha256[:12]})"),
        (
            "Tokens",
            f"{held['tokens']:,} of {held['utterances']:,} utterances and {held['speakers']:,} "
            f"speakers{out}",
        ),
        ("Part", held["part"] or "all"),
        ("Classes", counts),
        ("Model", f"{plan.model_name} ({plan.model_sha256[:12]})"),
        ("Filters", f"{plan.filters:,} of {stage_name(plan.stage)}; {held['silent']} never fire"),
        (
            "Activation",
            ("mean" if plan.pool == "mean" else "largest")
            + f" over {plan.cells[0]} × {plan.cells[1]} cells, after the rectifier",
        ),
    ]
    rows = "".join(
        f"<tr><td>{html.escape(a)}</td><td class='words'>{html.escape(b)}</td></tr>"
        for a, b in facts
    )
    return f"<h1>What fires the filters of {stage_name(plan.stage)}</h1><table>{rows}</table>"


def _measures(table: FilterTable, control: FilterTable | None) -> str:
    rows = []
    for name, held in table.findings["measures"].items():
        cells = [name, f"{held['tokens']:,}", *_counted(held, "rho", table.plan.filters)]
        cells += _counted(held, "within", table.plan.filters)
        if control is not None:
            cells += _counted(control.findings["measures"][name], "within", control.plan.filters)[
                :2
            ]
        rows.append(cells)
    heads = [
        *("measure", "tokens", "filters that follow it", "most", "chance"),
        *("… within class and speaker", "most", "chance"),
    ]
    told = (
        "Spearman's rank correlation of each filter's activation with what Praat measures in the "
        "middle of the token (f0: its mean). <b>Chance</b> is what the strongest of all the "
        "filters stays below in 95 % of the shuffles: of whole utterances over all tokens, of "
        "single tokens within class and speaker. A filter that only tells vowels or speakers apart "
        "goes with the formants over all tokens, but not within class and speaker: the latter "
        "speaks for a formant. Filters are much alike, so that their number is no number of "
        "findings. "
    )
    if control is None:
        told += (
            "Filters of random weights follow formants too, since these move energy about: only "
            "--control shows how much of it needs no learning."
        )
    else:
        heads += ["untrained: within class and speaker", "most"]
        told += (
            "<b>Untrained</b> is a network of the same shape and random weights on the same "
            "tokens: what its filters follow needs no learning, since formants move energy about."
        )
    return f"<h2>Is it the formants?</h2>{html_page.table(heads, rows)}<p>{told}</p>"


def _counted(held: dict[str, Any], kind: str, filters: int) -> list[str]:
    count = held[f"{kind}_filters"]
    if count is None:
        return ["–"] * 3
    return [
        f"{count:,} ({count / filters:.0%})",
        f"{held[f'{kind}_of_best']:+.2f} (filter {held[f'{kind}_best']})",
        f"{held[f'{kind}_limit']:.2f}",
    ]


def _classes(table: FilterTable) -> str:
    held = table.findings
    limit = held["bits_limit"]
    if limit is None:
        return "<h2>Classes</h2><p>Too few tokens of the model's classes to say.</p>"
    rows = []
    for name in table.plan.classes:
        own = [row for row in table.filters if row["class"] == name and row["tells_classes"]]
        best = max(own, key=lambda row: row["d_prime"], default=None)
        base = held["class_tokens"][name] / max(sum(held["class_tokens"].values()), 1)
        cells = [f"/{name}/", f"{len(own):,}", f"{base:.0%}"]
        if best is None:
            cells += ["–"] * 3
        else:
            share = sum(row["top_share"] for row in own if row["top_class"] == name) / len(own)
            cells += [f"{share:.0%}", f"{best['d_prime']:.2f}", str(best["filter"])]
        rows.append(cells)
    heads = ["class", "filters", "share of the corpus", "of top tokens", "largest d′", "filter"]
    return (
        f"<h2>Classes</h2>{html_page.table(heads, rows)}<p>{held['tell_classes']:,} of "
        f"{table.plan.filters:,} filters know more of the class than shuffled labels give the "
        f"luckiest of them ({limit:.2f} bits); each is counted for the class of its largest "
        "d′ (distance of that class's mean from the others', in standard deviations).</p>"
    )


def _shown(table: FilterTable, spec: FeatureSpec, each: int) -> str:
    parts = ["<h2>Top tokens</h2>"]
    folder = table.out / "figures"
    folder.mkdir(exist_ok=True)
    for title, numbers in worth_showing(table, each).items():
        parts.append(f"<h3>Filters that {html.escape(title)}</h3>")
        for number in numbers:
            drawn = draw_top(table, number, spec)
            told = " ".join(filter_words(table.filters[number]))
            parts.append(html_page.figure(drawn, told, folder, f"filter-{number:04d}"))
    if len(parts) == 1:
        parts.append("<p>No filter goes beyond chance.</p>")
    return "".join(parts)


def _caveats(table: FilterTable) -> str:
    return (
        "<h2>What this may not be taken for</h2><p>"
        f"{html.escape(caveat(table.plan))}</p><p>Tables: filters.parquet (all filters), "
        "top.parquet (their top tokens), findings.json.</p>"
    )
