"""Binder's files against the project's own."""

import os
import tomllib

import pytest
from packaging.requirements import Requirement

from tests.packaging.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WANTED = {requirement.name: requirement for requirement in map(Requirement, PROJECT["dependencies"])}
LINES = [line for line in (ROOT / "binder" / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
PINNED = {requirement.name: requirement for requirement in map(Requirement, LINES)}


def test_every_dependency_is_pinned_in_its_range() -> None:
    assert set(WANTED) <= set(PINNED)
    for name, wanted in WANTED.items():
        (pin,) = PINNED[name].specifier
        assert pin.operator == "=="
        assert wanted.specifier.contains(pin.version), f"binder/requirements.txt pins {name} outside the range of pyproject.toml"


def test_binder_runs_a_python_that_the_project_supports() -> None:
    version = (ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    assert f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_the_scripts_can_be_executed(name: str) -> None:
    assert os.access(ROOT / "binder" / name, os.X_OK)


def test_the_other_folder_that_binder_would_prefer_is_not_there() -> None:
    assert not (ROOT / ".binder").exists()
