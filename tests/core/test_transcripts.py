"""Transcripts of every kind that is read, and what is said of those that are not."""

from __future__ import annotations

from pathlib import Path, PurePath

import pytest

from vowelscope.core.errors import AlignmentError
from vowelscope.core.transcripts import read_transcript, read_transcripts, transcript_of

WANTED = {"a1": 'He said "no", twice', "b2": "Yes."}


@pytest.mark.parametrize(
    "content",
    [
        'a1|He said "no", twice\nb2|Yes.\n',
        'a1|16000|He said "no", twice\n\nb2|22050|Yes.\n',
        'id|rate_hz|text\na1|16000|He said "no", twice\nb2|22050|Yes.\n',
        'a1.wav\tHe said "no", twice\r\nb2.flac\tYes.\r\n',
        'file,transcript\n"a1","He said ""no"", twice"\nb2,Yes.\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tables(tmp_path: Path, content: str, encoding: str) -> None:
    path = tmp_path / "metadata.csv"
    path.write_bytes(content.encode(encoding))
    assert read_transcripts(path) == WANTED


def test_folder_of_files_with_subfolders(tmp_path: Path) -> None:
    (tmp_path / "anna").mkdir()
    (tmp_path / "a.txt").write_text("One\n two.\n")
    (tmp_path / "anna" / "a.lab").write_text("three")
    (tmp_path / "a.wav").write_bytes(b"")
    found = read_transcripts(tmp_path)
    assert found == {"a": "One two.", "anna/a": "three"}
    assert transcript_of(PurePath("anna/a"), found) == "three"
    assert transcript_of(PurePath("bob/a"), found) == "One two."
    assert transcript_of(PurePath("bob/b"), found) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a1|one\na1|two\n", "line 2: 'a1' is there twice"),
        (b"a1|one\nb2 two\n", "line 2: there is no '|' in it"),
        (b"just prose\n", "not a table"),
        (b"", "not a table"),
        (b"id|text\n", "no rows"),
        (b"a1|caf\xe9\n", r"not UTF-8 text \(byte 6\)"),
    ],
)
def test_faulty_tables_are_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(AlignmentError, match=reason):
        read_transcripts(path)


def test_missing_and_empty_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AlignmentError, match="cannot be read"):
        read_transcript(tmp_path / "none.txt")
    (tmp_path / "empty.txt").write_text(" \n")
    with pytest.raises(AlignmentError, match="is empty"):
        read_transcript(tmp_path / "empty.txt")
    (tmp_path / "sub").mkdir()
    with pytest.raises(AlignmentError, match=r"no \.txt or \.lab"):
        read_transcripts(tmp_path / "sub")
    (tmp_path / "empty.lab").write_text("two")
    with pytest.raises(AlignmentError, match="two transcripts of 'empty'"):
        read_transcripts(tmp_path)
