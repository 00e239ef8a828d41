"""The model as a table: each node with its sizes, its knobs and its numbers of weights."""

from collections.abc import Mapping
from html import escape
from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.graph.picture import known_sizes
from rcwidgets.core.graph.rules import problems
from rcwidgets.core.graph.sizing import Features, sized
from rcwidgets.core.graph.structure import Structure
from rcwidgets.core.spec.knobs import arguments

HEAD = ("node", "kind", "takes", "gives", "fixed", "trained")
STYLE = "text-align: right; padding: 2px 10px"


class Row(NamedTuple):
    """One node: its name and spec, the features that arrive (forward and feedback) and leave, and its fixed and trained weights.

    None stands for what only the data can tell.
    """

    name: str
    spec: str
    takes: int | None
    gives: int | None
    fixed: int | None
    trained: int | None


class Summary:
    """What `summary` returns: prints as a table, in a notebook too. `rows` has one `Row` a node, `fixed` and `trained` are the totals."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        self.rows = rows
        counted = all(row.fixed is not None for row in rows)
        self.fixed = sum(row.fixed or 0 for row in rows) if counted else None
        self.trained = sum(row.trained or 0 for row in rows) if counted else None

    def _cells(self) -> list[tuple[str, ...]]:
        total = [("total", "", "", "", _number(self.fixed), _number(self.trained))]
        return [(row.name, row.spec, *map(_number, row[2:])) for row in self.rows] + total

    def __repr__(self) -> str:
        lines = [HEAD, *self._cells()]
        widths = [max(len(line[k]) for line in lines) for k in range(len(HEAD))]
        return "\n".join(
            "  ".join(cell.ljust(width) if k < 2 else cell.rjust(width) for k, (cell, width) in enumerate(zip(line, widths, strict=True)))
            for line in lines
        )

    def _repr_html_(self) -> str:
        head = "".join(f'<th style="{STYLE.replace("right", "left") if k < 2 else STYLE}">{word}</th>' for k, word in enumerate(HEAD))
        body = "".join(
            "<tr>"
            + "".join(
                f'<td style="{STYLE.replace("right", "left") if k < 2 else STYLE}">{escape(cell)}</td>' for k, cell in enumerate(line)
            )
            + "</tr>"
            for line in self._cells()
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def summarise(graph: Structure, inputs: Features = None, outputs: Features = None, params: Mapping[str, Any] | None = None) -> Summary:
    """The table of a graph; `inputs` and `outputs` are the features of the data, where known; `params` the weights, if there are any.

    Without `params` the weights are drawn to be counted, unless the graph cannot run yet.
    """
    ready = not problems(graph, inputs, outputs)
    whole = sized(graph.used(), inputs, outputs) if ready else graph
    known = known_sizes(whole)
    rows = []
    for id, node in whole.nodes.items():
        forward, late = ([known.get(source) for source in whole.sources(id, feedback=feedback)] for feedback in (False, True))
        takes = None if None in [*forward, *late] else (sum(forward), sum(late))  # type: ignore[arg-type]
        counts: tuple[int | None, int | None] = (None, None)
        if ready and takes is not None:
            name = whole.names[id]
            counts = node.counts(params[name] if params else node.draw(lambda _: np.random.default_rng(0), *takes))
        spec = f"{node.kind}({', '.join(arguments(node.replace(name=None)))})"
        rows.append(Row(whole.names[id], spec, None if takes is None else sum(takes), known.get(id), *counts))
    return Summary(tuple(rows))
