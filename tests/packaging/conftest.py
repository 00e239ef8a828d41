"""The distributions, built as anybody else builds them: from a fresh copy, on a machine whose own Node and npm are of no use."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]


class Built(NamedTuple):
    """The two files, and what the build printed."""

    sdist: Path
    wheel: Path
    log: str


def copy_checkout(to: Path) -> None:
    """Copies what git tracks or would track."""
    names = subprocess.check_output(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, text=True)
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """An sdist from the checkout, and a wheel from that sdist."""
    folder = tmp_path_factory.mktemp("packaging")
    checkout, broken = folder / "checkout", folder / "bin"
    broken.mkdir()
    for name in ("node", "npm", "npx"):
        (broken / name).write_text(f"#!/bin/sh\necho The machine has a {name}, which must not be used. >&2\nexit 1\n")
        (broken / name).chmod(0o755)
    copy_checkout(checkout)
    environment = {**os.environ, "PATH": os.pathsep.join([str(broken), os.environ["PATH"]])}
    command = [sys.executable, "-m", "build", "--outdir", str(folder / "dist")]
    done = subprocess.run(command, cwd=checkout, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    sdist, wheel = next((folder / "dist").glob("*.tar.gz")), next((folder / "dist").glob("*.whl"))
    yield Built(sdist, wheel, done.stdout)
    shutil.rmtree(folder, ignore_errors=True)
