from __future__ import annotations

import subprocess
import sys
import textwrap
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from vowelscope.core.devices import CaptureError
from vowelscope.core.wav_stream import LARGEST_BYTES, WavStream


@pytest.mark.parametrize("channels", [1, 2])
def test_the_file_is_whole_after_each_write(tmp_path: Path, channels: int) -> None:
    path = tmp_path / "new.wav"
    rng = np.random.default_rng(4)
    parts = [rng.integers(-32768, 32767, (n, channels), np.int16) for n in (1, 4000, 9000)]
    with WavStream(path, 16000, channels) as stream:
        for count in range(len(parts)):
            stream.write(parts[count])
            written = np.concatenate(parts[: count + 1])
            data, rate_hz = sf.read(path, dtype="int16", always_2d=True)
            assert rate_hz == 16000
            assert np.array_equal(data, written)
            # A reader that mends nothing finds the same length in the header.
            with wave.open(str(path)) as reader:
                assert reader.getnframes() == len(written)
        assert stream.duration_s == 13001 / 16000


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "old.wav"
    path.write_bytes(b"precious")
    with pytest.raises(CaptureError, match=r"^old\.wav is there already: choose another name\.$"):
        WavStream(path, 44100, 1)
    assert path.read_bytes() == b"precious"
    with pytest.raises(CaptureError, match=r"cannot be made \(No such file or directory\)"):
        WavStream(tmp_path / "no" / "folder.wav", 44100, 1)


def test_a_full_disk_leaves_a_whole_file(tmp_path: Path) -> None:
    """The limit of the file's size is the kernel's own, as that of a full disk."""
    path = tmp_path / "full.wav"
    program = """
        import resource, sys
        from pathlib import Path
        import numpy as np
        from vowelscope.core.errors import UserError
        from vowelscope.core.wav_stream import WavStream
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        stream = WavStream(Path(sys.argv[1]), 44100, 1)
        try:
            while True:
                stream.write(np.full((8820, 1), 7, np.int16))
        except UserError as error:
            print(stream.n_frames, error)
        stream.close()
    """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(path)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    count, sentence = run.stdout.split(" ", 1)
    assert "cannot be written (File too large)" in sentence
    data, _ = sf.read(path, dtype="int16")
    assert int(count) == 11 * 8820
    with wave.open(str(path)) as reader:
        assert reader.getnframes() == int(count)
    assert (data[: int(count)] == 7).all()


def test_it_ends_before_the_header_cannot_count_the_bytes(tmp_path: Path) -> None:
    with WavStream(tmp_path / "long.wav", 48000, 2) as stream:
        stream.n_frames = LARGEST_BYTES // 4
        with pytest.raises(CaptureError, match=r"as long as a WAV file can be \(4 GiB, 22\d\d\d s"):
            stream.write(np.zeros((100, 2), np.int16))
