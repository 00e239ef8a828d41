"""A graph as Python that builds the same: only `rcwidgets`, NumPy (SciPy for long sparse arrays) and validated literals."""

import builtins
import keyword
import re
from collections.abc import Mapping

import numpy as np

from rcwidgets.core.graph.expression import appearance, terms_of
from rcwidgets.core.graph.sizing import waits
from rcwidgets.core.graph.structure import Structure
from rcwidgets.core.graph.writing import spec_data
from rcwidgets.core.spec.knobs import arguments
from rcwidgets.core.spec.own_arrays import CheckedArray

WIDEST = 100  # columns of an expression on one line
LITERAL = 1000  # numbers of an array that are written out
# the script's own variables
_DATA = {"data", "horizon", "inputs", "integration", "known", "lorenz", "narma", "series", "table", "targets"}
_DATA |= {"test", "train", "warmup", "x", "y"}
_TAKEN = {"rc", "np", "scipy", "model", "trainer", "predicted", "nrmse", *_DATA, *keyword.kwlist, *keyword.softkwlist, *dir(builtins)}


def graph_to_code(graph: Structure) -> str:
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
    return "\n".join([*arrays, *sparse_import(graph), "import rcwidgets as rc", "", *model_lines(graph), ""])


def model_lines(graph: Structure, outputs: str = "") -> list[str]:
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


def _array(node: str, variable: str, name: str, array: CheckedArray) -> tuple[str, list[str]]:
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


def sparse_import(graph: Structure) -> list[str]:
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


def _fixed_names(graph: Structure, order: list[str]) -> set[str]:
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
