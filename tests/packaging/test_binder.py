"""Binder's files against the project's own."""

import os
import re
import tomllib

import pytest
import yaml
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


def test_the_first_network_is_trained_when_the_image_is_built_as_it_will_be_in_the_demo() -> None:
    lines = (ROOT / "binder" / "postBuild").read_text().splitlines()
    warm = lines.index("\"$checkout/binder/start\" python - <<'END'")
    assert "play.wait()" in lines[warm:] and lines[-1] == "END"


def test_the_workflow_runs_the_steps_on_the_python_of_the_image() -> None:
    steps = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())["jobs"]["binder"]["steps"]
    assert {"run": "make binder"} in steps
    version = (ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    assert version in [step.get("with", {}).get("python-version") for step in steps]
    makefile = (ROOT / "Makefile").read_text()
    assert "\nbinder: $(VENV)/.test\n\t$(PY) -m scripts.try_binder $(PYTHON)\n" in makefile


def test_the_readme_has_the_badge_and_its_link_opens_a_notebook_that_is_there() -> None:
    (link,) = set(re.findall(r"https://mybinder.org/v2/gh/\S+?(?=[)\s])", (ROOT / "README.md").read_text()))
    assert (ROOT / link.partition("urlpath=lab/tree/")[2]).is_file()
    assert f"](https://mybinder.org/badge_logo.svg)]({link})" in (ROOT / "README.md").read_text()


def test_the_other_folder_that_binder_would_prefer_is_not_there() -> None:
    assert not (ROOT / ".binder").exists()
