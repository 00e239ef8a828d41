"""Documents and graphs as Python that builds the same: only `rcwidgets`, NumPy (SciPy for long sparse arrays) and validated literals."""

import builtins
import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rcwidgets.core.graph.expression import appearance, terms_of
from rcwidgets.core.graph.memory import unsized
from rcwidgets.core.graph.sizing import waits
from rcwidgets.core.graph.writing import spec_data
from rcwidgets.core.spec.knobs import arguments
from rcwidgets.core.spec.own_arrays import Given
from rcwidgets.core.trainers.gradient.settings import MOST_EPOCHS, BPTTSettings

if TYPE_CHECKING:
    from rcwidgets.core.datasets.table import Series
    from rcwidgets.core.document.document import Document
    from rcwidgets.core.graph.graph import Graph
    from rcwidgets.core.tasks import AbstractTask

WIDEST = 100  # columns of an expression on one line
LITERAL = 1000  # numbers of an array that are written out
# the script's own variables
_DATA = {"data", "horizon", "inputs", "integration", "known", "lorenz", "narma", "series", "table", "targets"}
_DATA |= {"test", "train", "warmup", "x", "y"}
_TAKEN = {"rc", "np", "scipy", "model", "trainer", "predicted", "nrmse", *_DATA, *keyword.kwlist, *keyword.softkwlist, *dir(builtins)}


def graph_to_code(graph: "Graph") -> str:
    """Python that builds the graph as `model`.

    >>> from rcwidgets.core.nodes import Input, Reservoir
    >>> print(graph_to_code(Input(3) >> Reservoir(50)))
    import rcwidgets as rc
    <BLANKLINE>
    input_ = rc.Input(3)
    reservoir = rc.Reservoir(50)
    model = input_ >> reservoir
    <BLANKLINE>
    """
    arrays = ["import numpy as np", ""] if any(node.arrays for node in graph.nodes.values()) else []
    return "\n".join([*arrays, *_sparse_import(graph), "import rcwidgets as rc", "", *_model(graph), ""])


def to_code(document: "Document", own: "Series | None" = None) -> str:
    """Python that builds model, data and trainer, trains, forecasts the test part and prints its error.

    A model that cannot be trained yet is built, with the reason as a comment. `own` is the user's own data, where they are known.
    """
    widths = document.task.widths
    data, model = _data(document.task, own), _model(document.graph, widths[1])
    imports = ["import numpy as np", *(_sparse_import(document.graph) or [""]), "import rcwidgets as rc"]
    lines = [*imports, "", *data, "", "# The model", *model, ""]
    reason = _why_not(document.graph, widths, gradient=document.trainer.gradient)
    if reason:
        return "\n".join([*lines, f"# The model cannot be trained yet: {reason}", ""])
    return "\n".join([*lines, "# Training", *_training(document), ""])


def _model(graph: "Graph", outputs: str = "") -> list[str]:
    """The lines that build `model`; trained nodes that have no size of their own get `outputs`, the features of the target."""
    variables, terms = identifiers(graph.names), terms_of(graph)
    fixed = _fixed_names(graph, appearance(terms))
    lines = []
    for id, node in graph.nodes.items():
        spec_data(node)
        own = node.replace(name=graph.names[id] if id in fixed else None)
        sized = [outputs] if outputs and waits(node) else []
        written = {name: _array(graph.names[id], variables[id], name, array) for name, array in node.arrays.items()}
        lines += [line for _, said in written.values() for line in said]
        words = arguments(own, lambda name, _, written=written: written[name][0])  # type: ignore[misc]
        lines.append(f"{variables[id]} = rc.{node.kind}({', '.join([*sized, *words])})")
    texts = [term.text(variables) for term in terms]
    if len(texts) == 1 and len(terms[0].stages) == 1:
        texts = ["rc.Graph()", *texts]
    if len(texts) > 1:
        texts = [f"({text})" if " " in text else text for text in texts]
    whole = f"model = {' & '.join(texts) or 'rc.Graph()'}"
    if len(whole) <= WIDEST:
        return [*lines, whole]
    return [*lines, "model = (", f"    {texts[0]}", *(f"    & {text}" for text in texts[1:]), ")"]


def _array(node: str, variable: str, name: str, array: Given) -> tuple[str, list[str]]:
    """The Python of an array of the user's own: a literal; or what loads it from a file, and the comment that says how to write that."""
    if array.size <= LITERAL:
        return f"np.array({np.asarray(array).tolist()!r})", []
    file = f"{variable}_{name}.npz" if array.sparse else f"{variable}_{name}.npy"
    held = f"model[{node!r}].{name}"
    write = f"scipy.sparse.save_npz({file!r}, {held}.value)" if array.sparse else f"np.save({file!r}, np.asarray({held}))"
    load = f"scipy.sparse.load_npz({file!r})" if array.sparse else f"np.load({file!r})"
    return load, [
        f"# {name} of {node}, {array.shape}, is too long for this text. Write it to a file once, where you have the model:",
        f"# {write}",
    ]


def _sparse_import(graph: "Graph") -> list[str]:
    """The import that loads long scipy.sparse arrays, where there are any."""
    long = [array for node in graph.nodes.values() for array in node.arrays.values() if array.sparse and array.size > LITERAL]
    return ["import scipy", ""] if long else []


def identifiers(names: Mapping[str, str]) -> dict[str, str]:
    """A Python variable for each named node, by id: "my-net" gives my_net, "3d" gives node_3d, "input" gives input_."""
    found: dict[str, str] = {}
    for id, name in names.items():
        base = re.sub(r"\W", "_", name, flags=re.ASCII)
        base = f"node_{base}" if base[0].isdigit() else base
        base = f"{base}_" if base in _TAKEN or not base.strip("_") else base
        variable, number = base, 1
        while variable in found.values():
            number += 1
            variable = f"{base}_{number}"
        found[id] = variable
    return found


def _fixed_names(graph: "Graph", order: list[str]) -> set[str]:
    """The ids of the nodes that need `name=`: those that the graph would not name "reservoir", "reservoir_2", ... as they are named."""
    counts: dict[str, int] = {}
    off: set[str] = set()
    fixed: set[str] = set()
    for id in order:
        base, name = graph.nodes[id].short_name, graph.names[id]
        if not re.fullmatch(rf"{re.escape(base)}(_\d+)?", name):
            fixed.add(id)
            continue
        counts[base] = counts.get(base, 0) + 1
        if name != (base if counts[base] == 1 else f"{base}_{counts[base]}"):
            off.add(base)
    return fixed | {id for id in order if graph.nodes[id].short_name in off}


def _why_not(graph: "Graph", widths: tuple[str, str], *, gradient: bool) -> str:
    """The first reason why the model cannot be trained, whatever sizes the data may tell; "" where there is none."""
    waiting = unsized(graph)
    known = all(width.isdigit() for width in widths)
    inputs, outputs = (dict.fromkeys(waiting, int(width)) if known else {} for width in widths)
    problems = [problem for problem in graph.problems(inputs, outputs) if inputs or graph.names.get(problem.owner or "") not in waiting]
    if problems:
        return problems[0].text
    if gradient:
        learns = any(node.learned for node in graph.used().nodes.values())
        return "" if learns else "there is nothing to train. Add a VanillaRNN or a Dense."
    return "" if any(node.trains for node in graph.used().nodes.values()) else "there is nothing to train. Add a LinearReadout."


def _data(task: "AbstractTask", own: "Series | None") -> list[str]:
    whole = "inputs" if task.maps else "data"
    warmup = f"len({whole}) // 10" if task.warmup is None else repr(task.warmup)
    train = f"(len({whole}) - warmup) * 7 // 10" if task.train is None else repr(task.train)
    lines = [
        *task.source(own),
        f"warmup = {warmup}  # rows that only wash out the initial state",
        f"train = {train}  # rows to train on; the rest tests",
        f"horizon = {task.horizon!r}  # how many steps ahead the model forecasts",
        "test = warmup + train",
    ]
    if task.maps:
        scaled = "({0} - {0}[:test].mean(axis=0)) / {0}[:test].std(axis=0)" if task.normalise else "{0}"
        lines += [f"{name} = {scaled.format(whole)}" for name, whole in (("x", "inputs"), ("y", "targets"))]
        return [*lines, "x, y = x[: len(x) - horizon], y[horizon:]"]
    if task.normalise:
        lines += ["known = data[:test]", "series = (data - known.mean(axis=0)) / known.std(axis=0)"]
    else:
        lines += ["series = data"]
    return [*lines, "x, y = series[:-horizon], series[horizon:]"]


def _training(document: "Document") -> list[str]:
    graph, task, settings = document.graph.used(), document.task, document.trainer
    usual = type(settings)().knobs
    asked = replace(settings, patience=settings.waits) if isinstance(settings, BPTTSettings) else settings
    knobs = [f"{name}={value!r}" for name, value in asked.knobs.items() if name in settings.card or value != usual[name]]
    lines = [f"trainer = rc.{settings.kind}(model, {', '.join(knobs)})"]
    if isinstance(settings, BPTTSettings):
        return [*lines, *_gradient(graph, endless=settings.num_train is None)]
    forced = not settings.iterative and any(edge.feedback and graph.nodes[edge.source].trains for edge in graph.edges)
    if task.warmup != 0 and forced:
        lines.append("trainer.fit([x[:warmup], y[:warmup]])  # warms up, with the target in place of what is fed back")
    elif task.warmup != 0:
        lines.append("trainer.predict(x[:warmup])  # warms up")
    exits = graph.exits
    which = f"[{graph.names[_deepest(graph, exits)]!r}]" if len(exits) > 1 else ""
    return [
        *lines,
        "trainer.fit([x[warmup:test], y[warmup:test]])",
        f"predicted = trainer.predict(x[test:]){which}",
        "nrmse = rc.metrics.nrmse(predicted, y[test:])",
        "print(f'Test NRMSE: {nrmse:.3g}')",
    ]


def _gradient(graph: "Graph", *, endless: bool) -> list[str]:
    """The lines that train by gradients, until it no longer gets better where it is `endless`, and test, after a run into the test part."""
    how = f", num_train={MOST_EPOCHS:_})  # until it no longer gets better on the last fifth of these rows" if endless else ")"
    which = f"[{graph.names[graph.exits[-1]]!r}]" if len(graph.exits) > 1 else ""
    return [
        f"trainer.fit([x[warmup:test], y[warmup:test]]{how}",
        "trainer.predict(x[:test])  # runs into the test part",
        f"predicted = trainer.predict(x[test:]){which}",
        "nrmse = rc.metrics.nrmse(predicted, y[test:])",
        "print(f'Test NRMSE: {nrmse:.3g}')",
    ]


def _deepest(graph: "Graph", exits: Iterable[str]) -> str:
    """The exit with the most trained nodes one behind another before it, the last one of several: the one whose forecast is shown."""
    depth: dict[str, int] = {}
    for id in graph.order():
        before = max((depth[source] for source in graph.sources(id)), default=0)
        depth[id] = before + graph.nodes[id].trains
    return max((depth[id], k, id) for k, id in enumerate(id for id in graph.order() if id in set(exits)))[2]
