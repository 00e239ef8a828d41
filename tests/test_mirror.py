"""The tests mirror the tree: each module of `live`, `widgets` and `command` has a test file of its name, in a folder of its folder's name."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "rcwidgets"
MODULES = sorted(path.relative_to(PACKAGE) for part in ("live", "widgets", "command") for path in (PACKAGE / part).rglob("[!_]*.py"))


def test_there_are_modules():
    assert {"live", "widgets", "command"} == {module.parts[0] for module in MODULES} and Path("live/experiment.py") in MODULES


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_has_its_test_file_with_tests_in_it(module):
    file = ROOT / "tests" / module.with_name(f"test_{module.name}")
    assert file.is_file(), f"{module} must have its tests in {file.relative_to(ROOT)}. Write that file."
    tests = [one for one in ast.walk(ast.parse(file.read_text())) if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")]
    assert tests, f"{file.relative_to(ROOT)} must have a test, and has none."
