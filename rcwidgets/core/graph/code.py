"""A graph as Python that builds the same: only `rcwidgets`, NumPy (SciPy for long sparse arrays) and validated literals.

Its wires are the expression that a person would write: `(input_ >> [fast, slow] >> readout) & (fast << readout)`. They are taken apart into
chains of stages. `a >> [b, c] >> d` is the chain [a], [b, c], [d]: every node of a stage is wired to every node of the next one. Chains are
joined by `&`, in an order that keeps the order of each node's inputs.
"""

import builtins
import keyword
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from rcwidgets.core.graph.plain import spec_data
from rcwidgets.core.graph.sizing import waits
from rcwidgets.core.graph.structure import Structure
from rcwidgets.core.spec.knobs import arguments
from rcwidgets.core.spec.own_arrays import CheckedArray

Pair = tuple[str, str]  # source id, target id


class Term(NamedTuple):
    """One operand of `&`: a chain of stages of ids; with feedback it is the pair target << source."""

    stages: tuple[tuple[str, ...], ...]
    feedback: bool = False

    def pairs(self) -> Iterator[Pair]:
        """The wires of a forward chain, in the order in which the operators make them."""
        for sources, targets in pairwise(self.stages):
            for target in targets:
                for source in sources:
                    yield source, target

    def text(self, variables: Mapping[str, str]) -> str:
        """The term as Python."""
        sides = [variables[ids[0]] if len(ids) == 1 else f"[{', '.join(variables[id] for id in ids)}]" for ids in self.stages]
        return (" << " if self.feedback else " >> ").join(sides)


def terms_of(graph: Structure) -> list[Term]:
    """The terms whose union is the graph, with the inputs of each node in their order."""
    forward = [(edge.source, edge.target) for edge in graph.edges if not edge.feedback]
    chains = _in_order(_chains(graph, forward), forward)
    if chains is None:
        chains = [Term(((source,), (target,))) for source, target in forward]
    loops = [Term(((edge.target,), (edge.source,)), feedback=True) for edge in graph.edges if edge.feedback]
    wired = {id for edge in graph.edges for id in edge[:2]}
    return [*chains, *(Term(((id,),)) for id in graph.nodes if id not in wired), *loops]


def appearance(terms: list[Term]) -> list[str]:
    """The ids in the order in which the nodes appear when the expression is evaluated: names are numbered in it."""
    return list(dict.fromkeys(id for term in terms for ids in term.stages for id in ids))


class _Left:
    """The forward wires that no chain has yet."""

    def __init__(self, forward: list[Pair]) -> None:
        self.after: dict[str, list[str]] = {}
        self.before: dict[str, list[str]] = {}
        for source, target in forward:
            self.after.setdefault(source, []).append(target)
            self.before.setdefault(target, []).append(source)

    def targets(self, id: str) -> list[str]:
        return self.after.get(id, [])

    def sources(self, id: str) -> list[str]:
        return self.before.get(id, [])

    def take(self, sources: list[str], targets: list[str]) -> None:
        for source in sources:
            for target in targets:
                self.after[source].remove(target)
                self.before[target].remove(source)

    def start(self, id: str) -> list[str]:
        """Where a chain at this node starts: the node, or all nodes that go, as it does, to one common target alone."""
        target = self.targets(id)[0]
        together = self.sources(target)
        alike = all(not self.sources(other) and self.targets(other) == [target] for other in together)
        return list(together) if len(together) > 1 and alike else [id]

    def following(self, stage: list[str], *, first: bool) -> list[str]:
        """The next stage of a chain, or [] at its end."""
        targets = list(self.targets(stage[0]))
        if any(self.targets(id) != targets for id in stage):
            return []
        alone = [target for target in targets if self.sources(target) == stage]
        parallel = alone == targets and all(self.targets(target) == self.targets(targets[0]) for target in targets)
        if len(targets) == 1 or (parallel and not (first and len(stage) > 1)):
            return targets
        return (alone or targets)[:1] if len(stage) == 1 else []


def _chains(graph: Structure, forward: list[Pair]) -> list[Term]:
    left, chains = _Left(forward), []
    for id in graph.order():
        while left.targets(id):
            stages = [left.start(id)]
            while following := left.following(stages[-1], first=len(stages) == 1):
                left.take(stages[-1], following)
                stages.append(following)
            chains.append(Term(tuple(tuple(stage) for stage in stages)))
    return chains


def _in_order(chains: list[Term], forward: list[Pair]) -> list[Term] | None:
    """The chains in an order that keeps the order of each node's inputs, or None where there is none."""
    home = {pair: k for k, chain in enumerate(chains) for pair in chain.pairs()}
    last: dict[str, int] = {}
    earlier: dict[int, set[int]] = {k: set() for k in range(len(chains))}
    for source, target in forward:
        here = home[source, target]
        if target in last and last[target] != here:
            earlier[here].add(last[target])
        last[target] = here
    order: list[int] = []
    while len(order) < len(chains):
        ready = next((k for k in range(len(chains)) if k not in order and earlier[k] <= set(order)), None)
        if ready is None:
            return None
        order.append(ready)
    made = [pair for k in order for pair in chains[k].pairs()]
    return [chains[k] for k in order] if _by_target(made) == _by_target(forward) else None


def _by_target(pairs: list[Pair]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for source, target in pairs:
        found.setdefault(target, []).append(source)
    return found


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
