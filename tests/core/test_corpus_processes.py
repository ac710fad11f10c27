from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from vowelscope.core.corpus import build_corpus, pieces_folder, read_corpus
from vowelscope.core.corpus_pieces import PieceStore
from vowelscope.core.pairs import find_pairs
from vowelscope.core.phones import load_class_map
from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid
from vowelscope.core.textgrid_io import write_textgrid

VOWELS = load_class_map("vowels5")


def write_pair(root: Path, labels: list[str]) -> None:
    """A silent recording u.wav with a label every 0.1 s, and its TextGrid."""
    root.mkdir()
    end_s = 0.1 * len(labels)
    sf.write(root / "u.wav", np.zeros(round(end_s * 8000)), 8000)
    edges_s = [0.1 * n for n in range(len(labels))] + [end_s]
    intervals = tuple(
        Interval(a, b, text) for a, b, text in zip(edges_s, edges_s[1:], labels, strict=False)
    )
    tier = IntervalTier("phones", 0, end_s, intervals)
    write_textgrid(root / "u.TextGrid", TextGrid(0, end_s, (tier,)))


def copies(root: Path, number: int, labels: list[str]) -> None:
    write_pair(root, labels)
    for n in range(number):
        for suffix in (".wav", ".TextGrid"):
            os.link(root / f"u{suffix}", root / f"u{n:03}{suffix}")


def running(group: int) -> list[str]:
    """The processes of a group that are no zombies."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of_group = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(of_group) == group and state != "Z":
            found.append(path.with_name("cmdline").read_text())
    return found


def test_many_recordings_by_several_processes_give_the_same_file(tmp_path: Path) -> None:
    root = tmp_path / "s"
    copies(root, 209, ["IY1", "AA1", "xx"])
    (root / "u100.wav").unlink()
    (root / "u100.wav").write_bytes(b"broken")
    seen: list[tuple[int, int]] = []
    tables = []
    for jobs in (1, 2):
        out = tmp_path / f"{jobs}.parquet"
        report = build_corpus(
            [root], VOWELS, out, jobs=jobs, progress=lambda *done: seen.append(done)
        )
        assert len(report.failures) == 1
        assert report.unknown == {"xx": 209}
        tables.append(read_corpus(out))
    assert tables[0].equals(tables[1])
    assert seen == [(n, 210) for n in range(211)] * 2


def test_an_interruption_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    root = tmp_path / "s"
    copies(root, 12, ["IY1", "AA1"])
    out = tmp_path / "c.parquet"
    out.write_bytes(b"the old one")

    def stop(done: int, _total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_corpus([root], VOWELS, out, progress=stop)
    assert out.read_bytes() == b"the old one"
    assert sorted(tmp_path.iterdir()) == [out, root]


def test_a_killed_build_goes_on_where_it_stopped(tmp_path: Path) -> None:
    root = tmp_path / "s"
    copies(root, 1100, ["IY1", "AA1", "xx"])
    (root / "u900.wav").unlink()
    (root / "u900.wav").write_bytes(b"broken")
    whole, out = tmp_path / "whole.parquet", tmp_path / "c.parquet"
    build_corpus([root], VOWELS, whole, jobs=2)
    program = (
        "import os, signal, sys\n"
        "from vowelscope.core.corpus import build_corpus\n"
        "from vowelscope.core.phones import load_class_map\n"
        "def tell(done, total):\n"
        "    if done == 600: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"build_corpus([{str(root)!r}], load_class_map('vowels5'), {str(out)!r}, progress=tell)"
    )
    killed = subprocess.run([sys.executable, "-c", program])
    assert killed.returncode == -signal.SIGKILL and not out.exists()
    pieces = sorted(pieces_folder(out).glob("*.parquet"))
    assert len(pieces) == 2
    # A piece that was cut by a power failure is read again; so are files that changed since.
    pieces[0].write_bytes(pieces[0].read_bytes()[:-30])
    seen: list[int] = []
    report = build_corpus([root], VOWELS, out, jobs=2, progress=lambda done, _: seen.append(done))
    assert len(seen) == 1 + 1101 - 255  # one call for the 256 recordings of the whole piece
    assert [problem.path.name for problem in report.failures] == ["u900.wav"]
    assert report.unknown == {"xx": 1100}
    assert out.read_bytes() == whole.read_bytes()
    assert not pieces_folder(out).exists()


def test_a_piece_belongs_to_its_files_as_they_were(tmp_path: Path) -> None:
    root, out = tmp_path / "s", tmp_path / "c.parquet"
    copies(root, 2, ["IY1", "AA1"])
    pairs, _ = find_pairs(root, "s")
    store = PieceStore(pieces_folder(out), VOWELS, None)
    path = store.path_of(pairs)
    assert store.path_of(pairs) == path
    assert PieceStore(pieces_folder(out), VOWELS, "phones").path_of(pairs) != path
    assert PieceStore(pieces_folder(out), load_class_map("voicing"), None).path_of(pairs) != path
    os.utime(root / "u001.TextGrid", ns=(1, 1))
    assert store.path_of(pairs) != path
    assert store.path_of(pairs[:2]) != store.path_of(pairs[1:])


def test_ctrl_c_ends_the_command_and_its_processes(tmp_path: Path) -> None:
    root = tmp_path / "s"
    copies(root, 1500, ["ˈiː", "s", "ˈæ", "ə", "ɚ", "t", "ˈɑː", "ˌʉː", ""] * 40)
    out = tmp_path / "c.parquet"
    program = "import sys; from vowelscope.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "corpus", "build", str(root)]
    process = subprocess.Popen(
        [*command, "-o", str(out), "--jobs", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    deadline = time.monotonic() + 20
    while not pieces_folder(out).exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.7)
    assert process.poll() is None, process.communicate()
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert not out.exists()
    assert not list(tmp_path.rglob(".vowelscope-*"))
    assert pieces_folder(out).exists() == ("is kept in" in errors)
    while running(process.pid) and time.monotonic() < deadline + 10:
        time.sleep(0.05)
    assert not running(process.pid)
