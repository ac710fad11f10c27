"""Every command of the program. Thin: each command lives in a module that is imported when called.

Exit status: 0 done; 1 a fault of the program (its traceback goes to a log file, never to the
screen); 2 something the user can mend, said in one sentence; 130 interrupted.
"""

from __future__ import annotations

import difflib
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cyclopts import App, CycloptsError
from cyclopts.exceptions import UnknownCommandError

from vowelscope import __version__
from vowelscope.core.errors import UserError

_SYSTEM_FAULTS = {
    errno.ENOENT,
    errno.EACCES,
    errno.EPERM,
    errno.ENOSPC,
    errno.EROFS,
    errno.EISDIR,
    errno.ENOTDIR,
    errno.EEXIST,
    errno.ENAMETOOLONG,
    errno.EDQUOT,
}
"""What the operating system refuses for reasons that lie with the user's files, not with us."""

Row = tuple[str, str, str]
"""Name, where its function is, and the sentence that --help shows."""

_COMMANDS: tuple[Row, ...] = (
    ("open", "vowelscope.commands.open:open_window", "Open the window on a recording."),
    (
        "explain",
        "vowelscope.commands.explain:explain",
        "Say what the model looked at: one picture and one JSON line a token.",
    ),
    (
        "cue",
        "vowelscope.commands.cue:cue",
        "Move one cue of a token in steps, through Praat, and ask the model about each.",
    ),
    (
        "filters",
        "vowelscope.commands.filters:filters",
        "Show the kernels of a model's first layer as patterns in time and frequency.",
    ),
    (
        "maximise",
        "vowelscope.commands.maximise:maximise",
        "Change a spectrogram until the model scores a class highest, and listen to it.",
    ),
    (
        "measure",
        "vowelscope.commands.measure:measure",
        "Praat's formants, pitch and intensity of every labelled interval, as CSV.",
    ),
    (
        "figure",
        "vowelscope.commands.figure:figure",
        "Draw a part of a recording as a figure for print: PDF, SVG or PNG.",
    ),
    (
        "concatenate",
        "vowelscope.commands.concatenate:concatenate",
        "Put recordings one after the other, with their TextGrids.",
    ),
    (
        "align",
        "vowelscope.commands.align:align",
        "Make a TextGrid of words and phones from a recording and its transcript.",
    ),
    ("train", "vowelscope.commands.train:train", "Train a network on a corpus."),
    (
        "evaluate",
        "vowelscope.commands.train:evaluate",
        "Test a trained model on held-out utterances, beside formant baselines.",
    ),
)

_GROUPS: dict[str, tuple[str, tuple[Row, ...]]] = {
    "corpus": (
        "Build a corpus of tokens, count what it holds, explain it, find its doubtful tokens.",
        (
            (
                "build",
                "vowelscope.commands.corpus:build",
                "Turn pairs of recordings and TextGrids into one table of tokens.",
            ),
            ("show", "vowelscope.commands.corpus:show", "Count what a corpus holds."),
            (
                "explain",
                "vowelscope.commands.corpus_explain:explain",
                "Explain every token of a corpus: signed maps, logits and formants as Parquet.",
            ),
            (
                "report",
                "vowelscope.commands.corpus_explain:report",
                "The study's figures from an explained corpus, and its statements as tests.",
            ),
            (
                "chart",
                "vowelscope.commands.corpus_chart:chart",
                "The vowel chart of an explained corpus, coloured by class, doubt or more.",
            ),
            (
                "suspects",
                "vowelscope.commands.corpus_suspects:suspects",
                "List the doubtful tokens of an explained corpus; put them into a tier.",
            ),
            (
                "filters",
                "vowelscope.commands.corpus_filters:filters",
                "Which tokens of a corpus fire a model's filters; do they follow formants?",
            ),
        ),
    ),
    "models": (
        "List, show, install and remove models.",
        (
            (
                "list",
                "vowelscope.commands.models:list_models",
                "List the models in the box and the installed ones.",
            ),
            ("show", "vowelscope.commands.models:show", "Show the card of a model."),
            (
                "install",
                "vowelscope.commands.models:install",
                "Install a model from a folder or a zip file, once it is checked.",
            ),
            ("remove", "vowelscope.commands.models:remove", "Remove an installed model."),
        ),
    ),
    "textgrid": (
        "Convert TextGrids.",
        (
            (
                "convert",
                "vowelscope.commands.textgrid:convert",
                "Write a TextGrid in another format or encoding.",
            ),
            ("json", "vowelscope.commands.textgrid:json", "Write a TextGrid as JSON."),
        ),
    ),
}


def make_app() -> App:
    """The tree of commands. Nothing of a command is imported before that command is asked for."""
    app = App(
        name="vowelscope",
        help="Waveform, spectrogram and TextGrids with Praat's formants, and what a ResNet-101 "
        "looked at when it named the vowel.",
        version=__version__,
        suppress_keyboard_interrupt=False,
    )
    _register(app, _COMMANDS)
    for name, (summary, rows) in _GROUPS.items():
        group = App(name=name, help=summary)
        _register(group, rows)
        app.command(group)
    return app


def _register(app: App, rows: tuple[Row, ...]) -> None:
    for name, import_path, summary in rows:
        app.command(import_path, name=name, help=summary)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status.

    Parameters
    ----------
    arguments
        The words after the program's name; None for those of the process.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show IPA gets escapes instead of a fault.
            stream.reconfigure(errors="backslashreplace")
    try:
        return _guarded(list(sys.argv[1:] if arguments is None else arguments))
    except BrokenPipeError:
        # The reader has left (`vowelscope ... | head`): nobody is there to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def open_window() -> int:
    """Open the window on the files that were given: what a desktop entry starts."""
    return main(["open", *sys.argv[1:]])


def _guarded(arguments: list[str]) -> int:
    try:
        result = make_app()(
            arguments, exit_on_error=False, print_error=False, result_action="return_value"
        )
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except UnknownCommandError as error:
        _say(_unknown_command(error))
    except CycloptsError as error:
        _say(f"{_one_line(error)} See {_help_of(error)}.")
    except UserError as error:
        _say(_one_line(error))
    except KeyboardInterrupt:
        _say("interrupted")
        return 130
    except OSError as error:
        if error.errno not in _SYSTEM_FAULTS:
            return _unexpected(error)
        named = f"{error.filename}: " if error.filename else ""
        _say(f"{named}{error.strerror}.")
    except Exception as error:
        return _unexpected(error)
    else:
        return result if isinstance(result, int) else 0
    return 2


def _unknown_command(error: UnknownCommandError) -> str:
    """What cyclopts would say, without importing every command to list them."""
    word = error.unused_tokens[0] if error.unused_tokens else ""
    group = next(iter(error.command_chain or ()), "")
    rows = _GROUPS[group][1] if group in _GROUPS else _COMMANDS
    names = [row[0] for row in rows] + ([] if group else list(_GROUPS))
    near = difflib.get_close_matches(word, names, n=1)
    hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(sorted(names))}."
    return f"there is no command {word!r}.{hint}"


def _help_of(error: CycloptsError) -> str:
    return " ".join(["vowelscope", *(error.command_chain or ()), "--help"])


def _unexpected(error: Exception) -> int:
    import platformdirs

    from vowelscope.app.errors_hook import install

    folder = os.environ.get("VOWELSCOPE_STATE_DIR") or platformdirs.user_state_dir("vowelscope")
    hooks = install(Path(folder))
    hooks.show = _say
    hooks.report(error)
    return 1


def _one_line(error: Exception) -> str:
    return " ".join(line.strip() for line in str(error).splitlines() if line.strip())


def _say(sentence: str) -> None:
    print(f"vowelscope: {sentence}", file=sys.stderr)
