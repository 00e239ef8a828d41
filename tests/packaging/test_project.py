"""What the files around the package say of it, against the package itself."""

import re
from zipfile import ZipFile

import pytest
import yaml

import rcwidgets
from tests.packaging.conftest import ROOT, Built
from tests.packaging.test_binder import PROJECT

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text())
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())


def test_the_version_stands_in_one_place_and_the_citation_has_it(built: Built) -> None:
    written = re.compile(rf"(?<![\d.]){re.escape(rcwidgets.__version__)}(?![\d.])")
    files = [
        ROOT / "pyproject.toml",
        ROOT / "frontend" / "package.json",
        ROOT / "frontend" / "lab" / "package.json",
        *ROOT.glob("rcwidgets/**/*.py"),
        *ROOT.glob("scripts/*.py"),
    ]
    assert [path.name for path in files if written.search(path.read_text())] == ["version.py"]
    assert CITATION["version"] == rcwidgets.__version__
    with ZipFile(built.wheel) as wheel:
        metadata = wheel.read(f"rcwidgets-{rcwidgets.__version__}.dist-info/METADATA").decode()
    assert f"\nVersion: {rcwidgets.__version__}\n" in metadata


def test_the_citation_says_what_the_project_says() -> None:
    assert CITATION["title"] == PROJECT["name"]
    assert CITATION["license"] == PROJECT["license"]
    assert CITATION["authors"] == PROJECT["authors"]
    assert {"cff-version", "message", "type", "abstract"} <= set(CITATION)


def test_the_changelog_begins_with_this_version() -> None:
    (newest, *_) = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest == rcwidgets.__version__


def test_the_workflow_of_forks_runs_all_layers_on_each_python_and_builds_the_wheel() -> None:
    named = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["classifiers"]))
    assert WORKFLOW["jobs"]["test"]["strategy"]["matrix"]["python"] == named == ["3.11", "3.12", "3.13"]
    assert {"run": "make test"} in WORKFLOW["jobs"]["test"]["steps"]
    assert {"run": "make build"} in WORKFLOW["jobs"]["wheel"]["steps"]


@pytest.mark.parametrize("name", ["SECURITY.md", ".github/pull_request_template.md"])
def test_what_a_stranger_reads_first_holds_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"\S@\S|https?://", text)
