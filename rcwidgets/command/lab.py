"""JupyterLab at a notebook with a playground."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

# glibc gives each thread a pool of memory of its own, which hardly ever shrinks: a fifth of what a kernel holds. Two for all cost no time.
POOLS = {"MALLOC_ARENA_MAX": "2"}
CELL = "import rcwidgets as rc\n\nplay = rc.Playground()\nplay"


def new_notebook() -> str:
    """A notebook with one cell that shows a playground, in Jupyter's format 4.5."""
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    cell: dict[str, object] = {
        "cell_type": "code",
        "id": "playground",
        "metadata": {},
        "source": CELL,
        "outputs": [],
        "execution_count": None,
    }
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": [cell]}, indent=1) + "\n"


def open_lab(notebook: Path, words: Sequence[str] = ()) -> int:
    """Opens JupyterLab at a notebook, which is made with a playground in it where it is not there. Shift+Enter runs its cell."""
    if find_spec("jupyterlab") is None:
        print(f"JupyterLab must be installed for this Python. Run {sys.executable} -m pip install jupyterlab.", file=sys.stderr)
        return 1
    if notebook.suffix != ".ipynb":
        print(f"The notebook's name must end in .ipynb, got {notebook}. For a folder, name a notebook in it.", file=sys.stderr)
        return 2
    if not notebook.exists():
        notebook.parent.mkdir(parents=True, exist_ok=True)
        notebook.write_text(new_notebook(), encoding="utf-8")
        print(f"{notebook} is made. Press Shift+Enter in its cell to see the playground.", flush=True)
    root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    address = f"--LabApp.default_url=/lab/tree/{quote(notebook.name)}"
    command = [sys.executable, "-m", "jupyterlab", address, *root, *words]
    for name, value in POOLS.items():
        os.environ.setdefault(name, value)
    try:
        return subprocess.call(command, cwd=notebook.resolve().parent)
    except KeyboardInterrupt:  # Ctrl-C goes to JupyterLab too, which asks and says good-bye
        return 130
