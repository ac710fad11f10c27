"""The house itself: what a fresh clone, a wheel and a reader of the documents rely on."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from xml.etree import ElementTree

import pytest

from vowelscope import __version__


def _project(repository):
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_one_version(repository):
    assert _project(repository)["version"] == __version__
    metainfo = ElementTree.parse(repository / "packaging/linux/vowelscope.metainfo.xml")
    releases = [release.get("version") for release in metainfo.iter("release")]
    assert releases[0] == __version__


def test_every_script_points_at_something(repository):
    import importlib

    project = _project(repository)
    for target in (project["scripts"] | project["gui-scripts"]).values():
        module, _, name = target.partition(":")
        assert callable(getattr(importlib.import_module(module), name))


def test_the_licence_is_the_whole_text(repository):
    text = (repository / "LICENSE").read_text(encoding="utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in text
    assert "END OF TERMS AND CONDITIONS" in text


DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CONTEXT.md", "docs/guide.md", "docs/training.md"]


def _documents(repository):
    decisions = sorted((repository / "docs/decisions").glob("*.md"))
    assert decisions
    return [*(repository / name for name in DOCUMENTS), *decisions]


def test_links_between_documents_lead_somewhere(repository):
    for document in _documents(repository):
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#\s]+)", text):
            if not target.startswith(("http:", "https:", "mailto:")):
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_commands_in_the_documents_exist(repository):
    from vowelscope.cli import make_app

    found = 0
    for document in _documents(repository):
        text = document.read_text(encoding="utf-8")
        blocks = re.findall(r"```(?:sh)?\n(.*?)```", text, flags=re.DOTALL)
        for line in "\n".join(blocks).replace("\\\n", " ").splitlines():
            words = line.removeprefix("$ ").split("#")[0].split()
            if words[:1] != ["vowelscope"] or words[1:2] in ([], ["--help"], ["--version"]):
                continue
            app = make_app()
            taken = app.parse_args(
                [word.strip("'\"") for word in words[1:]],
                exit_on_error=False,
                print_error=False,
            )
            assert taken
            found += 1
    assert found > 8


@pytest.mark.parametrize(
    "target", ["run", "test", "bench", "experiments", "check", "screenshots", "clean"]
)
def test_make_knows_each_target(repository, target):
    done = subprocess.run(
        ["make", "--dry-run", target],
        capture_output=True,
        text=True,
        cwd=repository,
        env={key: value for key, value in os.environ.items() if not key.startswith("MAKE")},
    )
    assert done.returncode == 0, done.stderr


def test_the_desktop_entry_starts_a_command_that_exists(repository):
    text = (repository / "packaging/linux/vowelscope.desktop").read_text(encoding="utf-8")
    (command,) = re.findall(r"^Exec=(\S+)", text, flags=re.MULTILINE)
    assert command in _project(repository)["gui-scripts"]
    (types,) = re.findall(r"^MimeType=(.*)$", text, flags=re.MULTILINE)
    mime = ElementTree.parse(repository / "packaging/linux/vowelscope-mime.xml")
    namespace = "{http://www.freedesktop.org/standards/shared-mime-info}"
    ours = {entry.get("type") for entry in mime.iter(f"{namespace}mime-type")}
    assert ours <= set(types.split(";"))
