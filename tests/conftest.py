"""What every test shares: folders of its own, and sound with known content."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

# Before anything imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)
if not os.environ.get("XDG_RUNTIME_DIR"):
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="vowelscope-runtime-")

# Who starts the tests in the background (nohup make test &) has them ignore Ctrl-C, and every
# program that they start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

import numpy as np
import pytest
import soundfile as sf

from vowelscope.core.textgrid import Interval, IntervalTier, TextGrid

REPOSITORY = Path(__file__).resolve().parent.parent

_SENTENCE = "We see the father's cat in the blue bird house."
_WORDS = (
    ("we", 2),
    ("see", 2),
    ("the", 2),
    ("father's", 5),
    ("cat", 3),
    ("in", 2),
    ("the", 2),
    ("blue", 3),
    ("bird", 3),
    ("house", 3),
)
_STRESSED = {"iy", "aa", "ae", "uw", "er", "aw", "ih"}


class Speech(NamedTuple):
    """A recording of speech and its TextGrid, with tiers ``words`` and ``phones`` (ARPAbet)."""

    wav: Path
    textgrid: Path


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """A `shared/data` folder beside the checkout; the test is skipped where there is none."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no shared/data folder beside the checkout")
    return folder


@pytest.fixture(scope="session")
def session_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache folder for the whole run: a model's graph is large and is built once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_folders(
    tmp_path: Path, session_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Path]:
    """Settings and state of the test's own, so that no test reads or writes the user's."""
    folders = {"CONFIG": tmp_path / ".config", "STATE": tmp_path / ".state", "CACHE": session_cache}
    folders["DATA"] = tmp_path / ".data"
    for name, folder in folders.items():
        monkeypatch.setenv(f"VOWELSCOPE_{name}_DIR", str(folder))
    return folders


@pytest.fixture(scope="session")
def tiny_model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ResNet-18 of random weights that reads 64 x 64 and has the classes of vowels5."""
    from vowelscope.core.features import FeatureSpec
    from vowelscope.explain.card import ModelCard
    from vowelscope.explain.model import save_model
    from vowelscope.explain.resnet import state_shapes

    rng = np.random.default_rng(3)
    classes = ("i", "æ", "ɝ", "ɑ", "u")
    state = {}
    for key, shape in state_shapes("resnet18", len(classes)).items():
        if len(shape) > 1:
            drawn = rng.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:]))
        else:
            drawn = np.full(shape, 0.0 if key.endswith(("bias", "mean")) else 1.0)
        # Small at the end of a branch, so that noise does not grow from block to block.
        state[key] = (drawn * (0.3 if "bn2.weight" in key else 1.0)).astype(np.float32)
    features = FeatureSpec(rows=64, columns=64, column_s=0.0035, f_max_hz=8000)
    card = ModelCard("tiny", "resnet18", classes, "vowels5", features)
    return save_model(tmp_path_factory.mktemp("tiny") / "m", state, card, "int8").folder


@pytest.fixture
def tone_wav(tmp_path: Path) -> Callable[..., Path]:
    """Make a WAV of one steady sine and give its path.

    ``tone_wav(freq_hz=1000, rate_hz=16000, duration_s=1, peak=0.5, channels=1)``; every channel
    holds the same, 16 bit.
    """

    def make(
        freq_hz: float = 1000.0,
        rate_hz: int = 16000,
        duration_s: float = 1.0,
        peak: float = 0.5,
        channels: int = 1,
    ) -> Path:
        times_s = np.arange(round(duration_s * rate_hz)) / rate_hz
        wave = peak * np.sin(2 * np.pi * freq_hz * times_s)
        path = tmp_path / f"tone-{freq_hz:g}-{rate_hz}-{duration_s:g}-{peak:g}-{channels}.wav"
        sf.write(path, np.repeat(wave[:, None], channels, axis=1), rate_hz, subtype="PCM_16")
        return path

    return make


@pytest.fixture(scope="session")
def _spoken(tmp_path_factory: pytest.TempPathFactory) -> Speech:
    return _flite_speech(tmp_path_factory.mktemp("speech"))


@pytest.fixture
def speech(_spoken: Speech, tmp_path: Path) -> Speech:
    """A copy of 2.7 s of synthetic speech at 16,000 Hz that the test may change or spoil.

    flite's own segmentation is the TextGrid, so its labels are true by construction.
    """
    return Speech(
        Path(shutil.copy(_spoken.wav, tmp_path / "speech.wav")),
        Path(shutil.copy(_spoken.textgrid, tmp_path / "speech.TextGrid")),
    )


def _flite_speech(folder: Path) -> Speech:
    flite = shutil.which("flite")
    if flite is None:
        pytest.skip("flite is not installed")
    wav = folder / "speech.wav"
    run = subprocess.run(
        [flite, "-voice", "slt", "-t", _SENTENCE, "-o", str(wav), "-psdur"],
        check=True,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    segments = [entry.split(":") for entry in run.stdout.split()]
    phones, start_s = [], 0.0
    for name, stop in segments:
        phones.append(Interval(start_s, float(stop), _arpabet(name)))
        start_s = float(stop)
    info = sf.info(wav)
    total_s = info.frames / info.samplerate
    phones[-1] = Interval(phones[-1].tmin_s, total_s, phones[-1].text)
    words = [phones[0]]
    at = 1
    for word, count in _WORDS:
        words.append(Interval(phones[at].tmin_s, phones[at + count - 1].tmax_s, word))
        at += count
    assert at == len(phones) - 1, "flite said the sentence with other phones than it used to"
    words.append(phones[-1])
    tiers = (
        IntervalTier("words", 0.0, total_s, tuple(words)),
        IntervalTier("phones", 0.0, total_s, tuple(phones)),
    )
    path = folder / "speech.TextGrid"
    from vowelscope.core.textgrid_io import write_textgrid

    write_textgrid(path, TextGrid(0.0, total_s, tiers))
    return Speech(wav, path)


def _arpabet(name: str) -> str:
    """flite's name of a phone in the aligners' way: upper case, stress on vowels, AX as AH0."""
    if name == "pau":
        return ""
    if name == "ax":
        return "AH0"
    return name.upper() + ("1" if name in _STRESSED else "")
