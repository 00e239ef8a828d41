"""Every block of Python in the README and in the documentation runs, page by page, as a reader would run it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OTHERS = {"BrainPy", "ReservoirComputing.jl", "orc", "ResDAG", "PyRCN"}  # whose code is shown beside ours, and not run
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[str]:
    """The blocks of Python of a page, each as many lines down as it stands there."""
    text = page.read_text(encoding="utf-8")
    return ["\n" * text[: found.start(1)].count("\n") + found[1] for found in BLOCK.finditer(text)]


WITH_CODE = [page for page in PAGES if blocks(page)]


def test_pages_have_code() -> None:
    assert {"README.md", "howto.md", "tour.md", "coming-from.md"} <= {page.name for page in WITH_CODE}


@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: page.stem)
def test_the_code_of_a_page_runs(page: Path, tmp_path: Path) -> None:
    runs = "\n    ".join(f"exec(compile({block!r}, {page.name!r}, 'exec'), names)" for block in blocks(page))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    script = tmp_path / "page.py"
    # Processes that a page starts import this script, too.
    script.write_text(f"if __name__ == '__main__':\n    names = {{'__name__': '__main__'}}\n    {runs}\n", encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_not_run_is_said_to_be_of_others(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for language, rest in re.findall(r"^```\{code-block\} (\w+)\n((?::.*\n)*)", text, re.MULTILINE):
        assert language in {"python", "julia"}
        caption = re.search(r":caption: (.+)", rest)
        assert caption is not None and caption[1] in OTHERS
    assert set(re.findall(r"^```(\w[\w-]*)$", text, re.MULTILINE)) <= {"python", "sh", "text"}
