"""The layers of `make test`: a browser test that failed runs once more, alone, and is named where it passes then."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BY_ACCIDENT = """
import pytest
from pathlib import Path

MARK = Path(__file__).with_name("ran")

@pytest.fixture
def told():  # what fails at its end too counts once
    told = []
    yield told
    assert told == [True]

def test_first_time_only(told):
    told.append(MARK.exists())
    MARK.touch()
    assert told == [True]

def test_each_time():
    pass
"""
BROKEN = "def test_broken():\n    assert False\n"


def browser_layer(folder: Path, **files: str) -> tuple[int, str]:
    """The exit status and the summary of the browser layer, of a checkout that has these tests alone."""
    (folder / "scripts").mkdir()
    shutil.copy2(ROOT / "scripts" / "run_layers.py", folder / "scripts")
    (folder / "tests" / "browser").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    for name, text in files.items():
        (folder / "tests" / "browser" / f"test_{name}.py").write_text(text)
    command = [sys.executable, "-m", "scripts.run_layers", "browser"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHONPATH"))}
    environment |= {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_PLUGINS": "xdist.plugin",
    }  # no others: each process takes a second longer
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout.split("===== summary =====")[1]


@pytest.mark.parametrize(
    ("files", "status", "total"),
    [
        ({"accident": BY_ACCIDENT}, 0, "total: 2 passed, 0 failed"),
        ({"accident": BY_ACCIDENT, "broken": BROKEN}, 1, "total: 2 passed, 1 failed"),
    ],
    ids=["by accident", "twice"],
)
def test_what_fails_by_accident_is_named_and_what_fails_twice_fails_the_layer(
    tmp_path: Path, files: dict[str, str], status: int, total: str
) -> None:
    found, summary = browser_layer(tmp_path, **files)
    assert found == status and total in summary
    assert summary.count("passed alone: ") == 1 and "passed alone: tests.browser.test_accident::test_first_time_only\n" in summary
