"""The command line as a user meets it: real processes, their words and their exit status."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from vowelscope import __version__
from vowelscope.cli import make_app

Run = Callable[..., subprocess.CompletedProcess[str]]

COMMANDS = [
    "open",
    "explain",
    "cue",
    "filters",
    "maximise",
    "measure",
    "figure",
    "concatenate",
    "align",
    "train",
    "evaluate",
    "corpus build",
    "corpus chart",
    "corpus show",
    "corpus explain",
    "corpus report",
    "corpus suspects",
    "corpus filters",
    "models install",
    "models list",
    "models remove",
    "models show",
    "textgrid convert",
    "textgrid json",
]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `vowelscope ARGUMENTS` as a process of its own."""

    def call(*arguments: str, env: dict[str, str] | None = None, cwd: Path = tmp_path):
        return subprocess.run(
            [str(Path(sys.executable).parent / "vowelscope"), *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            timeout=60,
        )

    return call


@pytest.fixture
def run_with_command(tmp_path: Path) -> Run:
    """Run `vowelscope measure` with the given lines in place of the command's own."""

    def call(body: str, stdout: int = subprocess.PIPE):
        script = textwrap.dedent(
            """
            import sys, types
            from vowelscope.core.errors import UserError
            module = types.ModuleType("vowelscope.commands.measure")
            def measure():
                {body}
            module.measure = measure
            sys.modules["vowelscope.commands.measure"] = module
            from vowelscope.cli import main
            sys.exit(main(["measure"]))
            """
        ).replace("{body}", body)
        return subprocess.run(
            [sys.executable, "-c", script],
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            timeout=60,
        )

    return call


def _one_sentence(run: subprocess.CompletedProcess[str], status: int) -> str:
    assert run.returncode == status, run.stderr
    lines = run.stderr.strip().splitlines()
    assert len(lines) == 1, run.stderr
    assert lines[0].startswith("vowelscope: ")
    assert "Traceback" not in run.stderr
    return lines[0]


def test_help_names_every_command(run):
    done = run("--help")
    assert done.returncode == 0
    assert done.stderr == ""
    for command in {name.split()[0] for name in COMMANDS}:
        assert f" {command} " in done.stdout


def test_without_a_word_it_shows_its_help(run):
    assert run().stdout == run("--help").stdout


def test_version(run):
    done = run("--version")
    assert (done.returncode, done.stdout.strip()) == (0, __version__)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(run, command):
    done = run(*command.split(), "--help")
    assert done.returncode == 0, done.stderr
    assert f"vowelscope {command}" in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_each_parameter_is_described(command):
    """Help is made from docstrings: one that is missing there is an empty line in the help."""
    from docstring_parser import parse

    app = make_app()
    for word in command.split():
        app = app[word]
    function = app.default_command
    assert function is not None
    described = {
        entry.arg_name: entry.description for entry in parse(function.__doc__ or "").params
    }
    for name in inspect.signature(function).parameters:
        assert described.get(name), f"{command}: {name} is not described"


def test_help_imports_nothing_heavy(tmp_path):
    script = (
        "import sys\nfrom vowelscope.cli import main\nmain(['--help'])\n"
        "print(sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    heavy = {"numpy", "torch", "PySide6", "parselmouth", "librosa", "matplotlib", "onnxruntime"}
    loaded = {name.strip("'[]\n") for name in done.stderr.split(", ")}
    assert "vowelscope.cli" in loaded
    assert not heavy & loaded


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["explian"], "Did you mean explain?"),
        (["nonsense"], "There are: align, concatenate"),
        (["--nonsense"], "--nonsense"),
        (["corpus", "biuld"], "Did you mean build?"),
        (["textgrid", "paint"], "There are: convert, json"),
        (["textgrid", "json"], "requires an argument"),
        (["textgrid", "json", "a", "--colour", "red"], "--colour"),
        (["corpus", "build", "a", "-o", "b", "--seed", "red"], "--seed"),
    ],
)
def test_wrong_usage_is_a_sentence(run, words, said):
    assert said in _one_sentence(run(*words), 2)


def test_a_user_error_is_a_sentence(run, tmp_path):
    assert "gone.TextGrid" in _one_sentence(run("textgrid", "json", tmp_path / "gone.TextGrid"), 2)


def test_real_work_is_done(run, speech):
    done = run("textgrid", "json", speech.textgrid)
    assert done.returncode == 0, done.stderr
    names = [tier["name"] for tier in json.loads(done.stdout)["tiers"]]
    assert names == ["words", "phones"]


def test_a_sentence_of_several_lines_becomes_one(run_with_command):
    done = run_with_command(r"raise UserError('first line\n  second line')")
    assert _one_sentence(done, 2) == "vowelscope: first line second line"


def test_a_full_disk_is_the_users_to_mend(run_with_command):
    body = "import errno; raise OSError(errno.ENOSPC, 'No space left on device', 'out.csv')"
    assert "out.csv: No space left on device." in _one_sentence(run_with_command(body), 2)


def test_a_fault_of_ours_goes_to_a_log(run_with_command, own_folders):
    said = _one_sentence(run_with_command("return 1 / 0"), 1)
    assert "ZeroDivisionError" in said
    logs = [path for path in own_folders["STATE"].iterdir() if str(path) in said]
    assert len(logs) == 1
    assert "Traceback" in logs[0].read_text(encoding="utf-8")


def test_interrupted(run_with_command):
    said = _one_sentence(run_with_command("raise KeyboardInterrupt"), 130)
    assert said == "vowelscope: interrupted"


@pytest.mark.parametrize(("body", "status"), [("return None", 0), ("return 0", 0), ("return 1", 1)])
def test_what_a_command_returns_is_the_exit_status(run_with_command, body, status):
    assert run_with_command(body).returncode == status


def test_a_reader_that_leaves_is_no_fault(run_with_command):
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = run_with_command("print('x' * 100000)", stdout=write_end)
    os.close(write_end)
    assert done.returncode == 141
    assert done.stderr == ""


def test_a_terminal_without_ipa_gets_escapes(run, tmp_path):
    path = tmp_path / "ipa.TextGrid"
    path.write_text(
        'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n1\n<exists>\n1\n'
        '"IntervalTier"\n"phones"\n0\n1\n1\n0\n1\n"ɝ"\n',
        encoding="utf-8",
    )
    plain = run("textgrid", "json", path, env={"PYTHONIOENCODING": "ascii"})
    assert plain.returncode == 0, plain.stderr
    assert "\\u025d" in plain.stdout


def test_a_module_beside_the_recordings_is_not_run(tmp_path):
    """`python -m` puts the working directory first on the path."""
    (tmp_path / "cyclopts.py").write_text("raise SystemExit('run by mistake')\n")
    (tmp_path / "parselmouth.py").write_text("raise SystemExit('run by mistake')\n")
    done = subprocess.run(
        [sys.executable, "-m", "vowelscope", "textgrid", "json", "gone.TextGrid"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
    )
    assert "run by mistake" not in done.stderr
    _one_sentence(done, 2)


def test_every_command_module_is_on_the_list():
    """A command that nobody can call is dead."""
    folder = Path(importlib.import_module("vowelscope.commands").__file__ or "").parent
    modules = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}
    named = {name.split()[0] for name in COMMANDS} | {name.replace(" ", "_") for name in COMMANDS}
    assert modules <= named
