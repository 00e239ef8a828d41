"""The code of a view: read once, and named by what it is, so that a page evaluates it once."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from rcwidgets.widgets.closing import CellRun, current_run

_sent: dict[str, CellRun] = {}  # the run of a cell in which each code went to the page last


class Code(NamedTuple):
    """Script and style sheet of a view, and `facts` that it needs and that never change, as JSON, under a name of their own."""

    name: str
    script: str
    style: str
    facts: str

    @classmethod
    def of(cls, script: Path, style: Path, facts: str = "null") -> "Code":
        """What these files hold."""
        return _read(script, style, facts)


@cache
def _read(script: Path, style: Path, facts: str) -> Code:
    texts = [*(path.read_text(encoding="utf-8") for path in (script, style)), facts]
    return Code(f"{script.stem}-{sha256(chr(0).join(texts).encode()).hexdigest()[:16]}", *texts)


def takes_code(code: Code) -> bool:
    """Whether a page runs the cell that asks, and has not got this code in the same run: elsewhere the page asks for it.

    nbclient and papermill, which write the state that a model is opened with into the notebook, do not name their cells.
    """
    run = current_run()
    if run is None or _sent.get(code.name) == run:
        return False
    _sent[code.name] = run
    return True
