"""The program of a graph: init, run. The only place that walks the edges; one `lax.scan` over time.

What the scan does not need step by step, it does not do: nodes that look only at their input are computed for all times at once.

A program is a pytree: its leaves are the live knobs, its treedef is the compile key. Node names and tokens are no part of either, so a
rename or a slider costs no trace.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial, reduce
from operator import add
from typing import Any, NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.backend import one_core_options
from rcwidgets.core.devices import spread_run
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.sizing import auto_values, sizes
from rcwidgets.core.model import one_product
from rcwidgets.core.model.loop import kept, scan
from rcwidgets.core.model.phases import Wires, fed_back, split
from rcwidgets.core.nodes.base import AbstractNode, Unseen
from rcwidgets.core.short import in_short

TRACES: Counter[str] = Counter()  # how often JAX has traced the scan: counted by the tests, read by no one else

Params = dict[str, dict[str, Any]]
GivenParams: TypeAlias = Mapping[str, Mapping[str, ArrayLike]]  # by node name, as people hand them in
NamedArrays: TypeAlias = dict[str, dict[str, np.ndarray]]  # by node name, as they are given back


@in_short
class State(NamedTuple):
    """What the scan carries: each node's state, the outputs that wait to be fed back, and the number of steps made."""

    nodes: tuple[Any, ...]
    feedback: dict[int, Any]
    steps: Any


@in_short
@partial(jax.tree_util.register_dataclass, data_fields=["nodes"], meta_fields=["wires", "unseen"])
@dataclass(frozen=True)
class Program:
    """The nodes of a sized graph in topological order, and their wires."""

    nodes: tuple[AbstractNode, ...]
    wires: tuple[Wires, ...]
    unseen: Unseen

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the nodes, in topological order."""
        return self.unseen.value

    @property
    def inputs(self) -> tuple[int, ...]:
        """The places of the nodes that take data."""
        return tuple(k for k, node in enumerate(self.nodes) if not node.takes_input)

    @property
    def sizes(self) -> dict[str, int]:
        """The features of the data that each Input takes, by its name."""
        return {self.names[k]: self.wires[k].size for k in self.inputs}

    @property
    def exits(self) -> tuple[int, ...]:
        """The places of the nodes whose output goes nowhere forward."""
        taken = {source for wires in self.wires for source in wires.forward}
        return tuple(k for k in range(len(self.nodes)) if k not in taken)

    @property
    def trained(self) -> tuple[int, ...]:
        """The places of the nodes that a trainer fits."""
        return tuple(k for k, node in enumerate(self.nodes) if node.trains)

    @property
    def once(self) -> frozenset[int]:
        """The places of the nodes that give one value a series."""
        return frozenset(k for k, wires in enumerate(self.wires) if wires.once)

    @property
    def fed_back(self) -> tuple[int, ...]:
        """The places of the nodes whose output is fed back."""
        return fed_back(self.wires)

    def after(self, places: Collection[int]) -> set[int]:
        """These places and all that take what they give, directly or through others, forward."""
        found = set(places)
        for k, wires in enumerate(self.wires):
            found |= {k} if found & set(wires.forward) else set()
        return found

    def taken(self, place: int) -> tuple[int, int]:
        """The numbers of features that arrive at a node: (forward, feedback)."""
        wires = self.wires[place]
        forward = [self.wires[k].size for k in wires.forward]
        return forward[0] if self.nodes[place].adds else sum(forward), sum(self.wires[k].size for k in wires.feedback)


def compile_graph(graph: Graph) -> Program:
    """The program of a sized graph; a graph that cannot run is a ValueError in words."""
    graph.check()
    known, _ = sizes(graph, None, None)
    order, once = graph.order(), graph.once
    place = {id: k for k, id in enumerate(order)}

    def places(id: str, *, feedback: bool) -> tuple[int, ...]:
        return tuple(place[source] for source in graph.sources(id, feedback=feedback))

    wires = tuple(Wires(places(id, feedback=False), places(id, feedback=True), known[id], id in once) for id in order)
    nodes: list[Any] = [graph.nodes[id] for id in order]
    autos = [auto_values(node, forces=False) for node in nodes]  # a knob that follows its use has a number: turning it costs no trace
    nodes = [node.replace(**found) if found else node for node, found in zip(nodes, autos, strict=True)]
    return Program(tuple(nodes), wires, Unseen(tuple(graph.names[id] for id in order)))


def init(program: Program, params: Params, batch: int, dtype: Any) -> State:
    """The state before the first step: each node's own, and zeros on the feedback wires."""
    return State(
        tuple(
            node.init(own, batch, program.taken(k)[0], dtype)
            for k, (node, own) in enumerate(zip(program.nodes, in_order(program, params), strict=True))
        ),
        {k: jnp.zeros((batch, program.wires[k].size), dtype) for k in program.fed_back},
        jax.device_put(np.zeros((), np.uint32)),
    )


def in_order(program: Program, params: Params) -> tuple[dict[str, Any], ...]:
    """The params as the scan takes them: by place, so that names are no part of the compile key."""
    return tuple(params[name] for name in program.names)


def run(
    program: Program,
    params: Params,
    state: State,
    inputs: Mapping[int, Any],
    collect: Sequence[int],
    *,
    forced: Mapping[int, Any] | None = None,
    observe: Sequence[int] = (),
    alive: Any = None,
    training: bool = False,
    one_core: bool = False,
    count: int | None = None,
    loud: bool | None = None,
) -> tuple[State, dict[int, Any], dict[int, Any]]:
    """Runs the program over a stretch of time.

    `inputs` are (time, batch, features) by the place of the Input; `forced` are outputs (time, batch, features) that take the place of a
    node's own output on its feedback wires (teacher forcing). Where `alive` (time, batch) is False, a series is over: its state stays, and
    its outputs mean nothing. With `training`, dropout drops; with `one_core`, XLA leaves the other cores to programs that run beside it.
    With `count`, only so many of the steps are made, a number that costs no trace; what the others would give means nothing, and
    `state.steps` may be (parts,), of rows that are so many parts, each at a time of its own. `loud` says whether there is noise: then only
    that is compiled.
    Returns the state after the last step, the outputs (time, batch, features) of the places in `collect`, and the states (time, batch,
    units) of the places in `observe`.
    """
    signal, made = next(iter(inputs.values())), None if count is None else np.int32(count)
    compiled = _compiled(one_core, signal.shape[1] == 1 or signal.dtype == np.float64)
    own, given, taught = in_order(program, params), dict(inputs), dict(forced or {})
    if count is None and not one_core:
        state, given, taught, alive = spread_run(state, given, taught, alive)
    return compiled(program, own, state, given, taught, alive, made, tuple(collect), tuple(observe), training, loud)


@cache
def _compiled(one_core: bool, ynnpack: bool) -> Any:
    options = one_core_options(ynnpack=ynnpack) if one_core else None
    return jax.jit(_run, static_argnames=("collect", "observe", "training", "loud"), compiler_options=options)


def _run(
    program: Program,
    params: Any,
    state: State,
    inputs: Any,
    forced: Any,
    alive: Any,
    count: Any,
    collect: Any,
    observe: Any,
    training: bool,
    loud: bool | None,
) -> Any:
    TRACES["run"] += 1
    phases = split(program.nodes, program.wires, tuple(forced), collect, observe, whole=alive is None and count is None)
    steps = next(iter(inputs.values())).shape[0]
    nodes, values = list(state.nodes), dict[int, Any]()

    def at_once(places: Sequence[int]) -> None:
        for k in places:
            u = inputs[k] if k in inputs else taken_by(program.nodes[k], [values[s] for s in program.wires[k].forward])
            key = state.steps if training and program.nodes[k].drops else None
            nodes[k], values[k] = over_time(program.nodes[k]).series(params[k], nodes[k], u, key)

    at_once(phases.before)
    seen: dict[int, Any] = {}
    feedback = state.feedback
    if phases.stepped:
        used = {source for k in phases.stepped for source in program.wires[k].forward}
        wanted = [k for k in phases.stepped if k in collect or any(k in program.wires[later].forward for later in phases.after)]
        known = {k: values[k] for k in phases.before if k in used} | {k: inputs[k] for k in phases.stepped if k in inputs}

        def opened(weights: Any, rest: Any) -> Any:
            program, others = rest
            params = tuple({**own, **weights.get(k, {})} for k, own in enumerate(others))

            def step(carry: Any, now: Any) -> Any:
                (own, fed), ((given, taught, living), key) = carry, now
                after, found = step_nodes(program, params, phases.stepped, own, fed, given, key, training=training)
                fed_next = {k: taught[k] if k in taught else found[k] for k in fed}
                if living is not None:
                    after, fed_next = kept(living, (after, fed_next), (own, fed))
                return (after, fed_next), ({k: found[k] for k in wanted}, {k: after[k]["h"] for k in observe})

            return step

        rest, carry, given = (program, params), (tuple(nodes), feedback), (known, forced, alive)
        over = partial(_learning_scan, phases.stepped, opened, rest) if training else None
        (after, feedback), (found, seen) = scan(
            program.nodes, opened({}, rest), carry, given, state.steps, steps, count=count, training=training, over=over, loud=loud
        )
        nodes, values = list(after), values | found
    at_once(phases.after)
    made = state.steps + jnp.asarray(steps if count is None else count, jnp.uint32)
    return State(tuple(nodes), feedback, made), {k: values[k] for k in collect}, seen


def _learning_scan(places: Sequence[int], opened: one_product.Opened, rest: Any, carry: Any, given: Any, steps: int) -> Any:
    """A scan whose gradient with regard to the matrices that nodes at these places learn is one product each."""
    program, params = rest
    learned = one_product.matrices(params, {k: program.nodes[k].learned for k in places})
    others = tuple({name: value for name, value in own.items() if name not in learned.get(k, {})} for k, own in enumerate(params))
    return one_product.scan(opened, learned, (program, others), carry, given, steps)


def over_time(node: AbstractNode) -> AbstractNode:
    """The node for signals (time, rows, features): knobs that are arrays (rows, 1) get the axis of time in front."""
    return jax.tree.map(lambda leaf: leaf[None] if jnp.ndim(leaf) else leaf, node)


def step_nodes(
    program: Program, params: Any, places: Sequence[int], own: Any, fed: Any, given: Any, key: Any, *, training: bool = False
) -> tuple[Any, Any]:
    """One step of the nodes at `places`, in topological order: all states after it, and the outputs of these nodes by place.

    `own` are the states before the step, `fed` the outputs on the feedback wires, `given` the data and the outputs that are known already,
    all by place.
    """
    nodes, values = list(own), dict(given)
    for k in places:
        node, wires = program.nodes[k], program.wires[k]
        u = given[k] if k in given else taken_by(node, [values[s] for s in wires.forward])
        feedback = join([fed[s] for s in wires.feedback]) if wires.feedback else None
        nodes[k], values[k] = node.step(params[k], nodes[k], u, feedback, key if training or not node.drops else None)
    return tuple(nodes), values


def taken_by(node: AbstractNode, signals: Sequence[Any]) -> Any:
    """The signals as a node takes them: added where it adds, else joined."""
    return reduce(add, signals) if node.adds else join(signals)


def join(signals: Sequence[Any]) -> Any:
    """Several signals as one, along the feature axis."""
    return signals[0] if len(signals) == 1 else jnp.concatenate(signals, axis=-1)
