"""The command, as a shell calls it."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from rcwidgets.command.__main__ import main


def test_the_package_brings_the_command() -> None:
    (found,) = entry_points(group="console_scripts", name="rcwidgets")
    assert found.load() is main


def test_it_runs_from_a_shell(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "rcwidgets.command", "tutorials", tmp_path / "a"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a" / "01_playground.ipynb").is_file()


def test_other_words_are_jupyterlabs_and_no_other_commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls: list[list[str]] = []

    def call(command: list[str], cwd: Path) -> int:
        calls.append(command)
        return 0

    monkeypatch.setattr(subprocess, "call", call)
    assert main(["lab", str(tmp_path / "a.ipynb"), "--no-browser", "--port=8890"]) == 0
    assert calls[0][-2:] == ["--no-browser", "--port=8890"]
    with pytest.raises(SystemExit) as ended:
        main(["tutorials", str(tmp_path), "--port=8890"])
    assert ended.value.code == 2


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["tutorials", str(tmp_path / "file" / "course")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("rcwidgets tutorials: ") and said.endswith("Choose a folder that you may write to.\n")
