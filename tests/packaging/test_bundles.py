"""The list of bundles: in one place, and nothing of it is left out without a word."""

import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from scripts import build_frontend
from scripts.build_frontend import BUNDLE, FRONTEND, NODE
from tests.packaging.conftest import ROOT

WIDGETS = {path.name for path in BUNDLE if path.parent == ROOT / "rcwidgets" / "static"}


def test_the_widgets_name_what_pyproject_lists() -> None:
    named = {name for path in (ROOT / "rcwidgets").rglob("*.py") for name in re.findall(r'STATIC / "([^"]+)"', path.read_text())}
    assert named == WIDGETS
    assert [path for path in BUNDLE if path.name not in WIDGETS] == [FRONTEND / "lab" / "built" / "package.json"]  # JupyterLab's side


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The page side's sources and pyproject.toml elsewhere, to be broken."""
    frontend = tmp_path / "frontend"
    frontend.mkdir()
    for name in ("build.mjs", "modules.mjs", "package.json", "tsconfig.json"):
        (frontend / name).write_text((FRONTEND / name).read_text())
    for name in ("node_modules", "src"):
        (frontend / name).symlink_to(FRONTEND / name)
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    return tmp_path


def built(copy: Path) -> subprocess.CompletedProcess[str]:
    """What `npm run build` does there."""
    node = NODE / ("node.exe" if sys.platform == "win32" else "node")
    return subprocess.run([node, "build.mjs"], cwd=copy / "frontend", capture_output=True, text=True)


def test_the_build_makes_all_bundles_of_the_list(copy: Path) -> None:
    assert built(copy).returncode == 0
    assert {path.name for path in (copy / "rcwidgets" / "static").iterdir()} == WIDGETS


def test_a_bundle_without_an_entry_ends_the_build_with_a_sentence(copy: Path) -> None:
    project = copy / "pyproject.toml"
    project.write_text(project.read_text().replace('"rcwidgets/static/runs.js"', '"rcwidgets/static/runs.js", "rcwidgets/static/maps.js"'))
    done = built(copy)
    assert done.returncode != 0
    assert "The bundle maps.js of pyproject.toml must have its entry src/maps.ts or .tsx, and neither is there. Write it." in done.stderr
    assert not (copy / "rcwidgets").exists()


def test_a_bundle_that_is_not_written_ends_the_build_with_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(build_frontend, "BUNDLE", [tmp_path / "maps.js"])
    monkeypatch.setattr(build_frontend, "install", lambda: None)
    monkeypatch.setattr(build_frontend, "npm", lambda *words: None)
    with pytest.raises(RuntimeError, match="must write all bundles that pyproject.toml names, and left out maps.js"):
        build_frontend.build()
    assert not (tmp_path / "maps.js").exists()


def test_two_builds_at_once_are_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    came, runs = threading.Event(), []

    def npm(*words: str) -> None:
        runs.append(words)
        came.wait(60)
        while len(runs) < 2 and threads[1].is_alive() and time.monotonic() < end:
            time.sleep(0.01)  # a build that does not wait comes here meanwhile
        (tmp_path / "maps.js").touch()

    def second() -> None:
        came.set()
        build_frontend.build()

    monkeypatch.setattr(build_frontend, "BUNDLE", [tmp_path / "maps.js"])
    monkeypatch.setattr(build_frontend, "install", lambda: None)
    monkeypatch.setattr(build_frontend, "npm", npm)
    threads = [threading.Thread(target=build_frontend.build), threading.Thread(target=second)]
    threads[0].start()
    while not runs:
        time.sleep(0.01)
    end = time.monotonic() + 0.3
    threads[1].start()
    for thread in threads:
        thread.join(60)
    assert runs == [("run", "build")]
