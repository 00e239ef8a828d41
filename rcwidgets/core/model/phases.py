"""What of a program has to be stepped through time, and what is one computation over a whole stretch."""

from collections.abc import Sequence
from typing import NamedTuple

from rcwidgets.core.nodes.base import AbstractNode


class Wires(NamedTuple):
    """Where a node's signals come from, as places in the topological order; how many features it gives, and whether once a series."""

    forward: tuple[int, ...]
    feedback: tuple[int, ...]
    size: int
    once: bool


class Phases(NamedTuple):
    """The places to compute for all times at once before the scan, to step through time, and to compute at once after it."""

    before: list[int]
    stepped: list[int]
    after: list[int]


def fed_back(wires: Sequence[Wires]) -> tuple[int, ...]:
    """The places of the nodes whose output is fed back."""
    return tuple(sorted({source for own in wires for source in own.feedback}))


def split(
    nodes: Sequence[AbstractNode],
    wires: Sequence[Wires],
    forced: Sequence[int],
    collect: Sequence[int],
    observe: Sequence[int],
    *,
    whole: bool = True,
) -> Phases:
    """What has to be stepped, and what is one computation over the whole stretch; what nothing needs is left out.

    Stepped are the nodes with a recurrence, those that take or give feedback, those that are observed, and what lies between them; where
    series end early (not `whole`), all nodes with a state. The others look only at their input: those that the stepped ones need come
    before the scan, the rest (most readouts) after it.
    """
    stepped, needed = set(fed_back(wires)) - set(forced) | set(observe), set(collect) | set(observe)
    for k, node in enumerate(nodes):
        if node.stateful:
            needed.add(k)
        if wires[k].feedback or (node.stateful and not (node.windowed and whole)):
            stepped.add(k)
    upstream, downstream = set(stepped), set(stepped)
    for k in reversed(range(len(nodes))):
        upstream |= set(wires[k].forward) if k in upstream else set()
        needed |= {k} & upstream
        needed |= set(wires[k].forward) if k in needed else set()
    for k in range(len(nodes)):
        downstream |= {k} if downstream & set(wires[k].forward) else set()
    stepped = upstream & downstream
    before = sorted(upstream - stepped)
    return Phases(before, sorted(stepped), sorted(needed - stepped - set(before)))
