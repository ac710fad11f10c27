from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import soundfile as sf

from vowelscope.core.corpus import SCHEMA, build_corpus, corpus_info, read_corpus
from vowelscope.core.corpus_summary import summarise
from vowelscope.core.errors import CorpusError
from vowelscope.core.pairs import find_pairs
from vowelscope.core.phones import load_class_map
from vowelscope.core.splits import SplitBy, split_hash
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid

VOWELS = load_class_map("vowels5")
STEP_S = 0.1
# i s æ ə ɝ t ɑ u and a pause
PHONES = {
    "arpabet": ["IY1", "S", "AE1", "AH0", "ER0", "T", "AA1", "UW2", "sp"],
    "timit": ["iy", "s", "ae", "ax", "axr", "t", "aa", "ux", "h#"],
    "sampa": ["i:", "s", "{", "@", "3`", "t", "A:", "u:", "<p:>"],
    "xsampa": ['"i:', "s", '"{', "@", "@`", "t", '"A', "%u", ""],
    "ipa": ["ˈiː", "s", "ˈæ", "ə", "ɚ", "t", "ˈɑː", "ˌʉː", ""],
    "praat": [r"\'1i\:f", "s", r"\ae", r"\sw", r"\er\hr", "t", r"\as\:f", r"u\:f", ""],
}


def write_pair(
    folder: Path,
    stem: str,
    labels: list[str],
    *,
    rate_hz: int = 8000,
    tier: str = "phones",
    longer_s: float = 0.0,
    textgrids: Path | None = None,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (textgrids or folder).mkdir(parents=True, exist_ok=True)
    total_s = STEP_S * len(labels)
    sf.write(folder / f"{stem}.wav", np.zeros(round(total_s * rate_hz)), rate_hz)
    end_s = total_s + longer_s
    edges_s = [STEP_S * n for n in range(len(labels))] + [end_s]
    intervals = tuple(
        Interval(a, b, text) for a, b, text in zip(edges_s, edges_s[1:], labels, strict=False)
    )
    half_s = edges_s[len(labels) // 2]
    words = (Interval(0, half_s, "early"), Interval(half_s, end_s, "late"))
    tiers = (IntervalTier("words", 0, end_s, words), IntervalTier(tier, 0, end_s, intervals))
    write_textgrid((textgrids or folder) / f"{stem}.TextGrid", TextGrid(0, end_s, tiers))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve recordings, two of each label set, in wavs/ and textgrids/."""
    root = tmp_path / "speech"
    for n in range(2):
        for name, labels in PHONES.items():
            write_pair(
                root / "wavs", f"{name}-{n}", labels[n:] + labels[:n], textgrids=root / "textgrids"
            )
    return root


def test_every_label_set_gives_the_same_classes(folder: Path, tmp_path: Path) -> None:
    report = build_corpus([folder], VOWELS, tmp_path / "c.parquet")
    table = read_corpus(tmp_path / "c.parquet")
    assert table.schema.equals(SCHEMA, check_metadata=False)
    assert report.tokens == table.num_rows == 12 * 5
    assert report.utterances == 12
    for name in PHONES:
        rows = [row for row in table.to_pylist() if row["utterance"] == f"{name}-0"]
        assert [row["class"] for row in rows] == ["i", "æ", "ɝ", "ɑ", "u"]
        assert [row["index"] for row in rows] == [0, 2, 4, 6, 7]
        assert [row["left"] for row in rows] == ["", *(PHONES[name][k] for k in (1, 3, 5, 6))]
        assert [row["label"] for row in rows] == [PHONES[name][k] for k in (0, 2, 4, 6, 7)]
    assert not report.failures
    assert not report.warnings
    assert not report.unknown


def test_what_a_row_holds(folder: Path, tmp_path: Path) -> None:
    build_corpus([folder], VOWELS, tmp_path / "c.parquet")
    rows = read_corpus(tmp_path / "c.parquet").to_pylist()
    row = next(row for row in rows if row["utterance"] == "arpabet-0" and row["class"] == "ɑ")
    assert row["recording"] == str(folder / "wavs" / "arpabet-0.wav")
    assert row["textgrid"] == str(folder / "textgrids" / "arpabet-0.TextGrid")
    assert (row["set"], row["speaker"], row["tier"]) == ("speech", "speech", "phones")
    assert (row["left"], row["label"], row["right"], row["word"]) == ("T", "AA1", "UW2", "late")
    assert (row["stress"], row["rate_hz"], row["balanced"]) == (1, 8000, True)
    assert row["tmin_s"] == pytest.approx(0.6)
    assert row["duration_s"] == row["tmax_s"] - row["tmin_s"]
    timit = next(row for row in rows if row["utterance"] == "timit-0")
    assert timit["stress"] is None


def test_paths_in_the_file_are_relative_so_that_both_can_move(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "made" / "c.parquet"
    out.parent.mkdir()
    build_corpus([folder], VOWELS, out)
    stored = pq.read_table(out).column("recording").to_pylist()
    assert stored[0] == "../speech/wavs/arpabet-0.wav"
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    folder.rename(moved / "speech")
    out.parent.rename(moved / "made")
    for path in read_corpus(moved / "made" / "c.parquet").column("recording").to_pylist():
        assert Path(path).is_file()


def parts_of(path: Path) -> dict[tuple[str, str], set[str]]:
    parts: dict[tuple[str, str], set[str]] = {}
    for row in read_corpus(path).to_pylist():
        parts.setdefault((row["set"], row["utterance"]), set()).add(row["split"])
    return parts


@pytest.mark.parametrize("by", ["speaker", "word", "token"])
def test_what_the_split_is_by_stays_together(folder: Path, tmp_path: Path, by: SplitBy) -> None:
    out = tmp_path / "c.parquet"
    report = build_corpus([folder], VOWELS, out, by=by, speaker_from=r"(\w+)-", test=0.3)
    rows = read_corpus(out).to_pylist()
    assert corpus_info(read_corpus(out))["split"]["by"] == by
    assert report.utterances == 12
    keys = {"speaker": ("speaker",), "word": ("word",), "token": ("utterance", "tier", "index")}
    parts: dict[tuple[str, ...], set[str]] = {}
    for row in rows:
        parts.setdefault(tuple(str(row[key]) for key in keys[by]), set()).add(row["split"])
    assert all(len(of_group) == 1 for of_group in parts.values())
    if by == "word":
        assert {row["group"] for row in rows} == {"early", "late"}
    else:
        assert {"train", "test"} <= {row["split"] for row in rows}
    if by == "token":
        # In proportion to the last token of each class, which no larger group allows.
        for name in VOWELS.classes:
            of_class = [row["split"] for row in rows if row["class"] == name]
            assert of_class.count("test") == pytest.approx(0.3 * len(of_class), abs=1)


def test_no_utterance_is_on_both_sides_and_a_seed_gives_one_split(
    folder: Path, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{n}.parquet" for n in range(3)]
    for path, seed in zip(paths, (1, 1, 2), strict=True):
        build_corpus([folder], VOWELS, path, seed=seed, test=0.3, val=0.2)
    parts = parts_of(paths[0])
    assert all(len(of_utterance) == 1 for of_utterance in parts.values())
    assert {part for of_utterance in parts.values() for part in of_utterance} == {
        "train",
        "val",
        "test",
    }
    assert parts_of(paths[1]) == parts
    assert parts_of(paths[2]) != parts
    assert read_corpus(paths[0]).equals(read_corpus(paths[1]))


def test_the_file_says_how_it_was_made(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "c.parquet"
    report = build_corpus([folder], VOWELS, out, seed=7, command="vowelscope corpus build")
    table = read_corpus(out)
    info = corpus_info(table)
    assert info["split"]["seed"] == 7
    assert info["split"]["hash"] == report.split_hash
    assert report.split_hash == split_hash(
        (row["set"], row["utterance"], row["split"]) for row in table.to_pylist()
    )
    assert info["class_map"]["classes"] == list(VOWELS.classes)
    assert info["class_map"]["toml"] == VOWELS.toml
    assert info["command"] == "vowelscope corpus build"


def test_broken_files_are_listed_with_their_reasons(folder: Path, tmp_path: Path) -> None:
    (folder / "wavs" / "timit-0.wav").write_bytes(b"no sound")
    (folder / "textgrids" / "sampa-0.TextGrid").write_text("no TextGrid")
    (folder / "textgrids" / "ipa-0.TextGrid").unlink()
    (folder / "wavs" / "praat-0.wav").unlink()
    write_pair(folder / "wavs", "odd", PHONES["arpabet"], tier="tier of another name")
    report = build_corpus([folder], VOWELS, tmp_path / "c.parquet")
    reasons = {problem.path.name: problem.reason for problem in report.failures}
    assert set(reasons) == {
        "timit-0.wav",
        "sampa-0.TextGrid",
        "ipa-0.wav",
        "praat-0.TextGrid",
        "odd.TextGrid",
    }
    assert "no TextGrid" in reasons["ipa-0.wav"]
    assert "no recording" in reasons["praat-0.TextGrid"]
    assert "'tier of another name'" in reasons["odd.TextGrid"]
    assert report.tokens == 8 * 5
    again = build_corpus([folder], VOWELS, tmp_path / "c.parquet", tier="tier of another name")
    assert again.tokens == 5


def test_a_duration_that_differs_is_a_warning_and_what_lies_outside_is_left_out(
    tmp_path: Path,
) -> None:
    root = tmp_path / "s"
    write_pair(root, "fine", ["IY1", "AA1"], longer_s=0.019)
    write_pair(root, "late", ["IY1", "AA1"], longer_s=0.5)
    report = build_corpus([root], VOWELS, tmp_path / "c.parquet", test=0, val=0)
    assert [problem.path.name for problem in report.warnings] == ["late.TextGrid"]
    assert "0.700 s" in report.warnings[0].reason
    assert "1 labelled" in report.warnings[0].reason
    assert report.tokens == 3


def test_labels_without_a_class_are_counted(tmp_path: Path) -> None:
    write_pair(tmp_path / "s", "a", ["IY1", "AH0", "AH0", "hello", "", "sp", "hello", "a", "xyzzy"])
    report = build_corpus([tmp_path / "s"], VOWELS, tmp_path / "c.parquet", test=0, val=0)
    assert report.other == Counter({"AH0": 2, "a": 1})
    assert report.unknown == Counter({"hello": 2, "xyzzy": 1})
    assert corpus_info(read_corpus(tmp_path / "c.parquet"))["unknown_labels"] == report.unknown


def test_several_sets_and_one_for_training_only(folder: Path, tmp_path: Path) -> None:
    for n in range(8):
        write_pair(tmp_path / "synth_flite", f"arpabet-{n}", PHONES["arpabet"], rate_hz=16000)
    out = tmp_path / "c.parquet"
    build_corpus(
        [folder, tmp_path / "synth_flite"], VOWELS, out, test=0.4, val=0.2, train_only=["synth*"]
    )
    parts = parts_of(out)
    assert {part for (name, _), p in parts.items() if name == "synth_flite" for part in p} == {
        "train"
    }
    assert {part for (name, _), p in parts.items() if name == "speech" for part in p} == {
        "train",
        "val",
        "test",
    }
    alone = tmp_path / "alone.parquet"
    build_corpus([folder], VOWELS, alone, test=0.4, val=0.2)
    assert parts_of(alone).items() <= parts.items()
    with pytest.raises(CorpusError, match="sinth"):
        build_corpus([folder], VOWELS, out, train_only=["sinth*"])


def test_sets_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for parent in "ab":
        write_pair(tmp_path / parent / "data", "one", PHONES["ipa"])
    out = tmp_path / "c.parquet"
    build_corpus([tmp_path / "a" / "data", tmp_path / "b" / "data"], VOWELS, out, test=0, val=0)
    assert {name for name, _ in parts_of(out)} == {"a/data", "b/data"}


def test_the_voicing_corpus_is_balanced_in_every_part(tmp_path: Path) -> None:
    labels = ["P", "T", "K", "IY1", "F", "S", "CH", "SH", "AE1", "TH", "B", "AA1"]
    for n in range(20):
        write_pair(tmp_path / "s", f"u{n:02}", labels[n % 5 :])
    out, again = tmp_path / "c.parquet", tmp_path / "again.parquet"
    for path in (out, again):
        build_corpus([tmp_path / "s"], load_class_map("voicing"), path, test=0.3, val=0.2)
    table = read_corpus(out)
    assert table.equals(read_corpus(again))
    rows = table.to_pylist()
    for part in ("train", "val", "test"):
        whole = Counter(row["class"] for row in rows if row["split"] == part)
        chosen = Counter(row["class"] for row in rows if row["split"] == part and row["balanced"])
        assert whole["unvoiced"] > whole["voiced"]
        assert chosen["unvoiced"] == chosen["voiced"] == whole["voiced"]


def test_speakers_by_folder_and_by_name(tmp_path: Path) -> None:
    root = tmp_path / "s"
    write_pair(root / "anna" / "wavs", "x1", PHONES["ipa"])
    write_pair(root / "bert", "x2", PHONES["ipa"])
    write_pair(root / "wavs", "F03-x3", PHONES["ipa"])
    by_folder = {pair.utterance: pair.speaker for pair in find_pairs(root, "s")[0]}
    assert by_folder == {"x1": "anna", "x2": "bert", "F03-x3": "s"}
    pairs, problems = find_pairs(root, "s", r"^([FM]\d+)-")
    assert [pair.speaker for pair in pairs] == ["F03"]
    assert sorted(problem.path.name for problem in problems) == ["x1.wav", "x2.wav"]
    with pytest.raises(CorpusError, match="regular expression"):
        find_pairs(root, "s", "(")


def test_who_belongs_to_whom(tmp_path: Path) -> None:
    root = tmp_path / "s"
    for speaker in ("anna", "bert"):
        write_pair(root / speaker / "wav", "one", ["IY1"], textgrids=root / speaker / "TextGrid")
    (root / "anna" / "wav" / "one.mp3").write_bytes(b"the same in another format")
    (root / ".hidden").mkdir()
    (root / ".hidden" / "two.wav").write_bytes(b"")
    pairs, problems = find_pairs(root, "s")
    assert not problems
    assert [(p.utterance, p.speaker, p.recording.suffix) for p in pairs] == [
        ("anna/wav/one", "anna", ".wav"),
        ("bert/wav/one", "bert", ".wav"),
    ]
    (root / "one.TextGrid").write_text("whose?")
    write_pair(root / "carl" / "wav", "two", ["IY1"], textgrids=root / "carl" / "by_hand")
    write_pair(root / "carl" / "wav", "two", ["IY1"], textgrids=root / "carl" / "by_machine")
    pairs, problems = find_pairs(root, "s")
    assert len(pairs) == 2
    reasons = {problem.path.name: problem.reason for problem in problems}
    assert "any of" in reasons["one.TextGrid"]
    assert "more than one TextGrid" in reasons["two.wav"]
    write_pair(root / "carl" / "wav", "two", ["IY1"])
    pairs, _ = find_pairs(root, "s")
    assert [p.textgrid.parent.name for p in pairs if p.utterance == "two"] == ["wav"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"folders": []}, "at least one folder"),
        ({"folders": ["nowhere"]}, "no such folder"),
        ({"test": 0.8, "val": 0.2}, "shares"),
        ({"test": -0.1}, "shares"),
        ({"out": "nowhere/c.parquet"}, "does not exist"),
        ({"out": "."}, "folder"),
        ({"tier": "words"}, "No token"),
        ({"folders": ["speech", "speech/wavs"]}, "lies inside"),
        ({"folders": ["empty"]}, "no recording"),
    ],
)
def test_what_the_user_can_mend_is_one_sentence(
    change: dict[str, object],
    words: str,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    arguments: dict[str, object] = {"folders": ["speech"], "out": "c.parquet"} | change
    with pytest.raises(CorpusError, match=words) as caught:
        build_corpus(class_map=VOWELS, **arguments)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.glob("*.parquet"))
    assert not list(tmp_path.glob(".vowelscope-*"))


def test_a_corpus_is_checked_when_it_is_read(folder: Path, tmp_path: Path) -> None:
    out, bad = tmp_path / "c.parquet", tmp_path / "bad.parquet"
    build_corpus([folder], VOWELS, out)
    with pytest.raises(CorpusError, match="no such corpus"):
        read_corpus(bad)
    bad.write_bytes(out.read_bytes()[:-50])
    with pytest.raises(CorpusError, match="not a Parquet file"):
        read_corpus(bad)
    table = pq.read_table(out)
    pq.write_table(table.drop_columns(["split"]), bad)
    with pytest.raises(CorpusError, match="'split'"):
        read_corpus(bad)
    index = table.column_names.index("rate_hz")
    pq.write_table(table.set_column(index, "rate_hz", table.column("label")), bad)
    with pytest.raises(CorpusError, match="'rate_hz' is string"):
        read_corpus(bad)
    pq.write_table(table.replace_schema_metadata({}), bad)
    with pytest.raises(CorpusError, match="how it was made"):
        read_corpus(bad)
    pq.write_table(table.slice(0, 10), bad)
    with pytest.raises(CorpusError, match="its split"):
        read_corpus(bad)


def test_a_summary_counts_what_is_there(folder: Path, tmp_path: Path) -> None:
    build_corpus([folder], VOWELS, tmp_path / "c.parquet")
    summary = summarise(read_corpus(tmp_path / "c.parquet"))
    assert summary["tokens"] == 60
    assert summary["classes"] == dict.fromkeys(VOWELS.classes, 12)
    assert summary["utterances"] == summary["recordings"] == 12
    assert summary["rates_hz"] == {8000: 60}
    assert sum(summary["splits"].values()) == 60
    assert summary["labels"]["æ"]["AE1"] == 2
    assert summary["durations_s"]["i"]["median"] == pytest.approx(0.1)
    assert list(summary["checks"].values()) == [0, 0, 60, 0]
    assert summary["histograms"]["i"][4] == 12
    assert summary["words"]["early"] + summary["words"]["late"] == 60
    assert len(summary["examples"]["more than 20% in silence"]) == 5
    json.dumps(summary)


def test_a_corpus_of_before_has_no_sound_checks(folder: Path, tmp_path: Path) -> None:
    build_corpus([folder], VOWELS, tmp_path / "c.parquet")
    table = pq.read_table(tmp_path / "c.parquet").drop_columns(["silence_s", "clipped"])
    pq.write_table(table, tmp_path / "old.parquet")
    old = read_corpus(tmp_path / "old.parquet")
    assert old.schema.equals(SCHEMA, check_metadata=False)
    assert summarise(old)["checks"]["more than 20% in silence"] == 0


def test_the_shared_recordings(shared_data: Path, tmp_path: Path) -> None:
    report = build_corpus([shared_data / "ljspeech"], VOWELS, tmp_path / "c.parquet")
    assert (report.tokens, report.utterances) == (1015, 119)
    assert not report.failures
    assert not report.warnings
    assert not report.unknown
