from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

_HEAD = """
    import sys, threading
    from pathlib import Path
    from vowelscope.app.errors_hook import install
    hooks = install(Path(sys.argv[1]))
    from vowelscope.core.errors import UserError
"""


def _run(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    program = textwrap.dedent(_HEAD) + textwrap.dedent(script)
    return subprocess.run(
        [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, timeout=30
    )


def test_an_exception_is_a_sentence_and_a_traceback_in_the_log(tmp_path: Path) -> None:
    run = _run(tmp_path / "state", "hooks.show = lambda text: print('SHOWN', text)\n1 / 0\n")
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert run.stdout.startswith(
        "SHOWN Something went wrong that should not have (ZeroDivisionError"
    )
    assert str(tmp_path / "state" / "vowelscope.log") in run.stdout
    log = (tmp_path / "state" / "vowelscope.log").read_text()
    assert "Traceback (most recent call last)" in log
    assert "1 / 0" in log or "<string>" in log


def test_a_users_error_is_its_own_sentence_and_goes_to_stderr_without_a_window(
    tmp_path: Path,
) -> None:
    run = _run(tmp_path, "raise UserError('a.wav: there is no such file.')\n")
    assert run.stderr == "a.wav: there is no such file.\n"


def test_a_thread_and_a_callback_that_fails_itself(tmp_path: Path) -> None:
    script = """
        def show(text):
            raise RuntimeError("no window")
        hooks.show = show
        thread = threading.Thread(target=lambda: [][1])
        thread.start()
        thread.join()
        print("alive")
    """
    run = _run(tmp_path, script)
    assert run.stdout == "alive\n"
    assert run.stderr == ""
    log = (tmp_path / "vowelscope.log").read_text()
    assert "IndexError" in log
    assert "no window" in log


def test_an_exception_in_a_qt_slot_and_qts_own_messages(tmp_path: Path) -> None:
    script = """
        from PySide6.QtCore import QCoreApplication, QTimer, qWarning
        app = QCoreApplication([])
        hooks.install_qt()
        shown = []
        hooks.show = shown.append
        QTimer.singleShot(0, lambda: {}["key"])
        QTimer.singleShot(20, lambda: qWarning("watch out"))
        QTimer.singleShot(60, app.quit)
        app.exec()
        print(len(shown), shown[0])
    """
    run = _run(tmp_path, script)
    assert run.stdout.startswith("1 Something went wrong that should not have (KeyError: 'key')")
    assert run.stderr == ""
    assert "WARNING Qt: watch out" in (tmp_path / "vowelscope.log").read_text()


def test_a_crash_of_the_interpreter_leaves_its_stack(tmp_path: Path) -> None:
    run = _run(tmp_path, "def deep():\n    import os; os.abort()\ndeep()\n")
    assert run.returncode == -6
    crash = (tmp_path / "crash.log").read_text()
    assert "Fatal Python error: Aborted" in crash
    assert "in deep" in crash


def test_a_folder_that_cannot_be_written_to_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    run = _run(tmp_path / "file", "print(hooks.log_path)\nraise ValueError('odd')\n")
    assert run.stdout == "None\n"
    assert "(ValueError: odd); nothing was logged." in run.stderr
    assert "Traceback" not in run.stderr


def test_ctrl_c_is_left_alone(tmp_path: Path) -> None:
    run = _run(tmp_path, "raise KeyboardInterrupt\n")
    assert "KeyboardInterrupt" in run.stderr
    assert not (tmp_path / "vowelscope.log").exists()


def test_installing_does_not_import_qt(tmp_path: Path) -> None:
    run = _run(tmp_path, "print([name for name in sys.modules if 'PySide6' in name])\n")
    assert run.stdout == "[]\n"


def test_hooks_are_one_for_the_program_and_can_be_taken_off(tmp_path: Path) -> None:
    script = """
        assert install(Path(sys.argv[1])) is hooks
        hooks.uninstall()
        assert sys.excepthook is sys.__excepthook__
        assert threading.excepthook is threading.__excepthook__
        again = install(Path(sys.argv[1]))
        assert again is not hooks
        raise ValueError("once")
    """
    run = _run(tmp_path, script)
    assert run.stderr.count("ValueError") == 1
    log = (tmp_path / "vowelscope.log").read_text()
    assert log.count("Traceback") == 1
