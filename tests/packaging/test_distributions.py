"""What is in the wheel and the sdist, and that the wheel works by itself."""

import json
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

import rcwidgets
from scripts.build_frontend import BUNDLE
from tests.packaging.conftest import ROOT, Built

BUNDLE_NAMES = {path.relative_to(ROOT).as_posix() for path in BUNDLE}
WIDGETS = {name for name in BUNDLE_NAMES if name.startswith("rcwidgets/")}
LAB = f"rcwidgets-{rcwidgets.__version__}.data/data/share/jupyter/labextensions/rcwidgets/"


def shipped(*patterns: str) -> set[str]:
    """The files of the checkout that match, caches and what was built here left out."""
    found = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    return {path.relative_to(ROOT).as_posix() for path in found if not {"__pycache__", "static"} & set(path.parts)}


@pytest.fixture(scope="module")
def wheel_sizes(built: Built) -> dict[str, int]:
    """Bytes of each file in the wheel."""
    with ZipFile(built.wheel) as archive:
        return {entry.filename: entry.file_size for entry in archive.infolist()}


@pytest.fixture(scope="module")
def sdist_names(built: Built) -> set[str]:
    """The files of the sdist, without the leading folder."""
    with tarfile.open(built.sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def test_the_wheel_holds_the_package_its_data_and_its_bundle_and_nothing_else(wheel_sizes: dict[str, int]) -> None:
    package = {name for name in wheel_sizes if ".dist-info/" not in name and not name.startswith(LAB)}
    course = {f"rcwidgets/{name}" for name in shipped("notebooks/*.ipynb")}
    assert len(course) >= 9 and package == shipped("rcwidgets/**/*") | course | WIDGETS
    assert {"rcwidgets/data/sunspots_yearly.csv", "rcwidgets/data/japanese_vowels.npz"} <= package


def test_the_wheel_brings_jupyterlabs_side_with_the_course(built: Built) -> None:
    with ZipFile(built.wheel) as archive:
        held = {name.removeprefix(LAB): archive.read(name) for name in archive.namelist() if name.startswith(LAB)}
    notebooks = {path.name: path.read_bytes() for path in ROOT.glob("notebooks/*.ipynb")}
    about = json.loads(held["package.json"])
    assert (about["name"], about["version"]) == ("rcwidgets", rcwidgets.__version__)
    assert json.loads(held["install.json"])["packageName"] == "rcwidgets"
    assert json.loads(held["course/index.json"]) == sorted(notebooks)
    assert {name: held[f"course/{name}"] for name in notebooks} == notebooks
    assert about["jupyterlab"]["_build"]["load"] in held


def test_the_wheel_holds_every_bundle_that_a_widget_names_and_no_other(built: Built) -> None:
    with ZipFile(built.wheel) as archive:
        modules = [archive.read(name).decode() for name in archive.namelist() if name.startswith("rcwidgets/") and name.endswith(".py")]
        held = {name.removeprefix("rcwidgets/static/") for name in archive.namelist() if name.startswith("rcwidgets/static/")}
    assert {name for text in modules for name in re.findall(r'STATIC / "([^"]+)"', text)} == held


def test_the_bundle_is_not_empty_and_the_wheel_stays_small(wheel_sizes: dict[str, int]) -> None:
    assert wheel_sizes["rcwidgets/static/app.js"] > 200_000
    assert all(wheel_sizes[name] > 100 for name in WIDGETS)
    assert sum(wheel_sizes.values()) < 5_000_000


def test_the_sdist_holds_the_bundle_and_all_that_makes_it(sdist_names: set[str]) -> None:
    needed = BUNDLE_NAMES | shipped("frontend/*", "frontend/src/**/*", "frontend/lab/src/*", "rcwidgets/**/*", "scripts/*")
    needed |= {"pyproject.toml", "LICENSE", "README.md", "PKG-INFO"} | shipped("notebooks/*.ipynb")
    assert needed - sdist_names == set()
    assert not [name for name in sdist_names if "node_modules" in name or name.startswith((".venv", "dist/", "tests/artifacts"))]


def test_the_page_side_is_built_once_and_the_wheel_takes_it_from_the_sdist(built: Built) -> None:
    assert built.log.count("> node build.mjs") == 1


def test_the_wheel_works_away_from_the_checkout(built: Built, tmp_path: Path) -> None:
    target = tmp_path / "site"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", target, built.wheel], check=True)
    code = "import rcwidgets, rcwidgets.widgets.app as app; print(rcwidgets.__file__); print(app.App.script.stat().st_size)"
    environment = {**os.environ, "PYTHONPATH": str(target)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    origin, size = done.stdout.split()
    assert Path(origin).is_relative_to(target)
    assert int(size) > 200_000

    path = {**environment, "JUPYTER_PATH": str(target / "share" / "jupyter"), "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    listed = subprocess.run([sys.executable, "-m", "jupyterlab.labextensions", "list"], env=path, capture_output=True, text=True)
    assert re.search(rf"rcwidgets v{re.escape(rcwidgets.__version__)} .*enabled.*OK.* \(python, rcwidgets\)", listed.stderr + listed.stdout)
