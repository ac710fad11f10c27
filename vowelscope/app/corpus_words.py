"""What a corpus holds and what is to be thought of it, in words for the window."""

from __future__ import annotations

from typing import Any

from vowelscope.core.translation import tr

PARTS = ("train", "val", "test")
FEW = 20
"""Tokens of a class in training below which the window warns."""

_SHOWN = 12
_Table = tuple[list[str], list[str], list[list[str]], str]


def corpus_words(summary: dict[str, Any], report: dict[str, Any] | None) -> _Table:
    """Names of rows and columns, cells, and what was found, a line each.

    Parameters
    ----------
    summary
        From `vowelscope.core.corpus_summary.summarise`.
    report
        From `vowelscope.core.corpus.BuildReport.as_dict`; None for a corpus that was built before.
    """
    classes = list(summary["classes"])
    rows, cells = [], []
    for name, by_part in summary["by_set"].items():
        for part in PARTS:
            counts = by_part.get(part)
            if counts:
                numbers = [int(counts.get(cls, 0)) for cls in classes]
                rows.append(f"{name}: {_PART_NAMES[part]}")
                cells.append([f"{n:,}" for n in (*numbers, sum(numbers))])
    return rows, [*classes, tr("all")], cells, "\n".join(_lines(summary, report))


_BY = {
    "utterance": tr("utterance"),
    "speaker": tr("speaker"),
    "word": tr("word"),
    "token": tr("token"),
}
_PART_NAMES = {"train": tr("training"), "val": tr("validation"), "test": tr("test")}


def _lines(summary: dict[str, Any], report: dict[str, Any] | None) -> list[str]:
    info = summary["info"]
    lines = [
        tr("{tokens:,} tokens of {utterances:,} recordings, {speakers:,} speakers").format(
            tokens=summary["tokens"],
            utterances=summary["recordings"],
            speakers=len(summary["speakers"]),
        ),
        tr("Class map {name}, split by {by}").format(
            name=info["class_map"]["name"],
            by=_BY.get(info["split"]["by"], info["split"]["by"]),
        ),
    ]
    for part in PARTS:
        if not summary["splits"].get(part):
            lines.append("⚠ " + _EMPTY[part])
    trained = _trained(summary)
    for name, count in trained.items():
        if count < FEW:
            lines.append(
                tr("⚠ /{name}/ has {count:,} tokens for training; that is too few.").format(
                    name=name, count=count
                )
            )
    for name, check in summary["checks"].items():
        if isinstance(check, int) and check:
            lines.append(tr("⚠ {name}: {count:,} tokens").format(name=name, count=check))
    one = summary.get("one_label", {})
    for kind, title in (
        ("speakers", tr("⚠ Speakers all of whose tokens have one label: {names}")),
        ("utterances", tr("⚠ Recordings all of whose tokens have one label: {names}")),
    ):
        names = [str(name) for name in one.get(kind) or ()]
        if names:
            rest = " …" if len(names) > _SHOWN else ""
            lines.append(title.format(names=", ".join(names[:_SHOWN]) + rest))
    met = report or info
    for key, title in (
        ("unknown_labels", tr("Labels that no label set has")),
        ("labels_without_class", tr("Labels of no class")),
    ):
        held: dict[str, int] = met.get(key) or {}
        if held:
            shown = ", ".join(f"{label} {count:,}" for label, count in list(held.items())[:_SHOWN])
            lines.append(f"{title}: {shown}{' …' if len(held) > _SHOWN else ''}")
    if report is not None:
        lines += [
            tr("⚠ Left out: {path}: {reason}").format(**problem) for problem in report["failures"]
        ]
        lines += [f"⚠ {problem['path']}: {problem['reason']}" for problem in report["warnings"]]
    elif info.get("failures"):
        lines.append(tr("⚠ {count:,} files were left out").format(count=info["failures"]))
    return lines


_EMPTY = {
    "train": tr("Nothing is left for training."),
    "val": tr("There is no validation part: nothing is known before the end."),
    "test": tr("There is no test part: the network cannot be evaluated."),
}


def _trained(summary: dict[str, Any]) -> dict[str, int]:
    counts = dict.fromkeys(summary["classes"], 0)
    for by_part in summary["by_set"].values():
        for name, count in by_part.get("train", {}).items():
            counts[name] = counts.get(name, 0) + int(count)
    return counts
