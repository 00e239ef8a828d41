"""A graph as the expression that a person would write: `(input_ >> [fast, slow] >> readout) & (fast << readout)`.

The wires are taken apart into chains of stages. `a >> [b, c] >> d` is the chain [a], [b, c], [d]: every node of a stage is wired to every
node of the next one. Chains are joined by `&`, in an order that keeps the order of each node's inputs.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from rcwidgets.core.graph.structure import Structure

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
