"""A Sphinx extension that makes the reference: pages that list the public names, docstrings as they are written here, and tables of knobs.

The docstrings are plain text with `names`, | tables | and examples; a line that ends before its paragraph is full was ended on purpose,
as after an equation, and stays a line.
"""

import inspect
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from textwrap import indent
from typing import Any

from sphinx.application import Sphinx

import rcwidgets as rc
from rcwidgets.core import nodes
from rcwidgets.core.spec.knob import Knob
from rcwidgets.core.spec.knobs import Spec, knobs_of
from rcwidgets.core.trainers import table

WIDTH = 140  # characters of a line of this project
MODULES = ("datasets", "losses", "metrics", "analysis", "classroom")
EFFECTS = {"live": "live: changes at once", "redraw": "draws new weights", "rebuild": "compiles anew"}
INHERITED = ("Playground", "Experiment", "Graph")  # whose methods stand in classes above them


def public(module: Any) -> list[str]:
    """The public functions and classes of a module, in the order of its text, or of its list of names."""
    names = getattr(module, "__all__", None) or vars(module)
    found = [name for name in names if not name.startswith("_") and callable(getattr(module, name))]
    return [name for name in found if inspect.getdoc(getattr(module, name)) and _its_own(module, getattr(module, name))]


def _its_own(module: Any, thing: Any) -> bool:
    return hasattr(module, "__all__") or getattr(thing, "__module__", "") == module.__name__


def pages() -> dict[str, tuple[str, str, list[str]]]:
    """The pages of the reference by file name: title, first sentence, and the names on it. Every public name is on one of them."""
    trainers = [
        *table.__all__,
        "EstimatorTrainer",
        "IntrinsicPlasticity",
        "Lanes",
        "BPTTLanes",
        "Sweep",
        "sweep",
        "sweep_parts",
        "Search",
        "search",
    ]
    trainers += ["Regressor", "Classifier"]
    tasks = [name for name in rc.__all__ if name.endswith("Task")]
    widgets = ["Playground", "GraphEditor", "controls", "RunsTable", *(n for n in rc.__all__ if n.endswith("View"))]
    made = {
        "nodes": ("Nodes", "What can be put on the canvas and joined by `>>`, with the knobs of each.", list(nodes.__all__)),
        "trainers": ("Trainers and sweeps", "What fits a model to data, with one setting or with many.", trainers),
        "tasks": ("Tasks", "What the network is asked on the canvas; each owns its data, split and normalisation.", tasks),
        "widgets": ("Widgets", "What is shown in a notebook; each stands alone too.", widgets),
    }
    for name in MODULES:
        module = getattr(rc, name)
        made[name] = (f"rc.{name}", (inspect.getdoc(module) or "").splitlines()[0], [f"{name}.{one}" for one in public(module)])
    placed = {name for _, _, names in made.values() for name in names}
    rest = [name for name in sorted(rc.__all__, key=str.lower) if name not in placed and callable(getattr(rc, name))]
    made["models"] = ("Models, runners and the rest", "Graphs, what runs them, what reads those of others.", rest)
    return made


def directive(name: str) -> str:
    """The lines that have Sphinx show one name."""
    thing = rc
    for part in name.split("."):
        thing = getattr(thing, part)
    if not inspect.isclass(thing):
        return f".. autofunction:: rcwidgets.{name}\n"
    more = "   :inherited-members:\n" if name in INHERITED else ""
    return f".. autoclass:: rcwidgets.{name}\n   :members:\n{more}"


def write_pages(app: Sphinx) -> None:
    """Writes docs/reference/, which git ignores, before Sphinx reads."""
    folder = Path(app.srcdir) / "reference"
    folder.mkdir(exist_ok=True)
    for file, (title, words, names) in pages().items():
        blocks = "\n".join(directive(name) for name in names)
        text = f"# {title}\n\n{words}\n\n```{{eval-rst}}\n{blocks}```\n"
        path = folder / f"{file}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def escaped(line: str) -> str:
    """A line of plain text with `names` as reStructuredText."""
    parts = re.split(r"(``[^`]+``|`[^`]+`)", line)
    for k, part in enumerate(parts):
        if k % 2:
            parts[k] = f"``{part.strip('`')}``"
            joined = k + 1 < len(parts) and parts[k + 1][:1].isalnum()
            parts[k] += "\\ " if joined else ""
            parts[k] = ("\\ " if parts[k - 1][-1:].isalnum() else "") + parts[k]
        else:
            parts[k] = re.sub(r"([\\*_|`])", r"\\\1", part)
    return "".join(parts)


def _cells(line: str) -> list[str]:
    return [escaped(cell.strip().replace("**", "")) for cell in line.strip().strip("|").split("|")]


def _table(lines: list[str]) -> Iterator[str]:
    """A table of pipes as a list-table."""
    yield from (".. list-table::", "   :header-rows: 1", "")
    for line in [lines[0], *lines[2:]]:
        for k, cell in enumerate(_cells(line)):
            yield f"   {'* -' if k == 0 else '  -'} {cell}".rstrip()


def _meant(lines: list[str]) -> bool:
    """Whether a paragraph has a line that was ended on purpose: the next word would still have stood on it."""
    pairs = pairwise(lines)
    return any(len(line) + 1 + len(after.split()[0]) < WIDTH - 25 for line, after in pairs)


def converted(lines: list[str]) -> list[str]:
    """A docstring of this project in reStructuredText."""
    made: list[str] = []
    for block in re.split(r"\n\s*\n", "\n".join(lines).strip("\n")):
        part = block.split("\n")
        first = part[0].lstrip()
        if first.startswith(">>>"):
            made += [".. code-block:: pycon", "", *indent(block, "   ").split("\n")]
        elif first.startswith("|") and len(part) > 1 and set(part[1]) <= set("|-: "):
            made += list(_table(part))
        elif len(part) > 1 and set(part[1]) == {"-"}:
            made += [f".. rubric:: {escaped(part[0])}", "", *map(escaped, part[2:])]
        elif first.startswith("- "):
            made += [escaped(line) for line in part]
        elif _meant(part):
            made += [f"| {escaped(line)}" for line in part]
        else:
            made += [escaped(line.strip()) for line in part]
        made.append("")
    return made


def settings_of(thing: Any) -> type[Spec] | None:
    """The class that has the knobs of a node, a task or a trainer; None of anything else."""
    if isinstance(thing, type) and issubclass(thing, Spec):
        return thing
    return next((kind.settings for kind in table.RUNNERS.values() if kind.trainer is thing), None)


def _range(knob: Knob) -> str:
    if knob.choices:
        return ", ".join(one for one in knob.choices)
    return f"{knob.low:g} to {knob.high:g}" if knob.low is not None and knob.high is not None else ""


def knob_table(cls: type[Spec]) -> list[str]:
    """The knobs of a class: name, default, legal range, what a change costs, and what it is."""
    rows = [
        f"| {name} | {knob.show(knob.default)} | {_range(knob)} | {EFFECTS[knob.effect]} | {knob.doc} |"
        for name, knob in knobs_of(cls).items()
    ]
    head = ["| knob | default | range | a change | |", "| --- | --- | --- | --- | --- |"]
    return [".. rubric:: Knobs", "", *_table(head + rows), ""] if rows else []


def _docstring(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    settings = settings_of(thing) if what == "class" else None
    lines[:] = converted(list(lines)) + (knob_table(settings) if settings else [])


def _signature(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, words: str | None, returns: str | None
) -> tuple[str, str] | None:
    if words is None or "token=<factory>" not in words:
        return None
    return re.sub(r",? ?token=<factory>", "", words), ""


def _skip(app: Sphinx, what: str, name: str, thing: Any, skip: bool, options: Any) -> bool | None:
    """Leaves out what other libraries' classes give."""
    made = thing.fget if isinstance(thing, property) else thing
    return None if str(getattr(made, "__module__", "")).startswith("rcwidgets") else True


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls."""
    app.connect("builder-inited", write_pages)
    app.connect("autodoc-process-docstring", _docstring)
    app.connect("autodoc-process-signature", _signature)
    app.connect("autodoc-skip-member", _skip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
