"""JupyterLab at a notebook."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from rcwidgets.command import lab
from rcwidgets.command.lab import CELL, open_lab


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], Path]]:
    """The commands that would have been run, and where."""
    calls: list[tuple[list[str], Path]] = []

    def call(command: list[str], cwd: Path) -> int:
        calls.append((command, cwd))
        return 0

    monkeypatch.setattr(subprocess, "call", call)
    monkeypatch.setenv("MALLOC_ARENA_MAX", "4")
    return calls


def test_a_notebook_with_a_playground_is_made_and_opened(tmp_path: Path, called: list[tuple[list[str], Path]]) -> None:
    notebook = tmp_path / "lessons" / "my first.ipynb"
    assert open_lab(notebook, ["--no-browser"]) == 0
    made = nbformat.read(notebook, as_version=4)
    nbformat.validate(made)
    assert [cell.source for cell in made.cells] == [CELL]
    ((command, place),) = called
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--LabApp.default_url=/lab/tree/my%20first.ipynb" in command and command[-1] == "--no-browser"
    assert place == notebook.parent


def test_its_kernels_have_few_pools_of_memory_unless_somebody_has_said_how_many(
    tmp_path: Path, called: list[tuple[list[str], Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_lab(tmp_path / "a.ipynb")
    assert os.environ["MALLOC_ARENA_MAX"] == "4"
    monkeypatch.delenv("MALLOC_ARENA_MAX")
    open_lab(tmp_path / "a.ipynb")
    assert os.environ["MALLOC_ARENA_MAX"] == "2" and len(called) == 2


def test_a_notebook_that_is_there_is_left_as_it_is(tmp_path: Path, called: list[tuple[list[str], Path]]) -> None:
    notebook = tmp_path / "old.ipynb"
    notebook.write_text("mine")
    assert open_lab(notebook) == 0
    assert notebook.read_text() == "mine" and len(called) == 1


def test_what_is_no_notebook_is_refused(tmp_path: Path, called: list[tuple[list[str], Path]], capsys: pytest.CaptureFixture[str]) -> None:
    assert open_lab(tmp_path) == 2
    assert "must end in .ipynb" in capsys.readouterr().err and not called


def test_without_jupyterlab_it_says_what_to_install(
    tmp_path: Path, called: list[tuple[list[str], Path]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lab, "find_spec", lambda name: None)
    assert open_lab(tmp_path / "a.ipynb") == 1
    assert "-m pip install jupyterlab" in capsys.readouterr().err and not called and not list(tmp_path.iterdir())
