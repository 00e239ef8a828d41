"""A part of a program, run alone: the signals of some nodes are given, and what follows from them is computed."""

from collections.abc import Collection

import jax
import numpy as np

from rcwidgets.core.backend import precision
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.phases import Wires
from rcwidgets.core.model.prediction import ByPlace
from rcwidgets.core.model.program import Params, Program, State
from rcwidgets.core.nodes.base import AbstractNode, Unseen
from rcwidgets.core.nodes.input import Input


def needed(program: Program, wanted: Collection[int], given: Collection[int], taught: Collection[int]) -> set[int]:
    """The places that have to run for the signals `wanted`, where those `given` are there and those `taught` are on the feedback wires."""
    found = [k for k in wanted if k not in given]
    for k in found:
        wires = program.wires[k]
        found += [s for s in wires.forward if s not in given and s not in found]
        found += [s for s in wires.feedback if s not in taught and s not in found]
    return set(found)


def run_part(
    program: Program,
    params: Params,
    state: State | None,
    inputs: ByPlace,
    wanted: Collection[int],
    *,
    given: ByPlace,
    taught: ByPlace,
    alive: np.ndarray | None,
    dtype: np.dtype,
) -> ByPlace:
    """The signals (time, batch, features) of the nodes `wanted`, from the state that the program was left in, None for rest.

    `inputs` are those of the program, `given` the signals of nodes that need not run, and `taught` what feedback wires deliver in the place
    of a node's own output; all by place. Only what is needed is run.
    """
    own = needed(program, wanted, given, taught)
    sources = {s for k in own for s in (*program.wires[k].forward, *program.wires[k].feedback)} | set(wanted)
    places = sorted(own | sources)
    new = {k: place for place, k in enumerate(places)}

    def wires_of(k: int) -> Wires:
        old = program.wires[k]
        if k not in own:
            return Wires((), (), old.size, False)
        return old._replace(forward=tuple(new[s] for s in old.forward), feedback=tuple(new[s] for s in old.feedback))

    nodes: list[AbstractNode] = [program.nodes[k] if k in own else Input(program.wires[k].size) for k in places]
    part = Program(tuple(nodes), tuple(wires_of(k) for k in places), Unseen(tuple(program.names[k] for k in places)))
    weights = {name: params[name] if k in own else {} for name, k in zip(part.names, places, strict=True)}
    signals = {new[k]: np.asarray(value, dtype) for k, value in {**inputs, **given}.items() if k in new and (k in given or k in own)}
    forced = {new[k]: np.asarray(taught[k], dtype) for k in places if k in taught and new[k] in part.fed_back}
    batch = next(iter(inputs.values())).shape[1]
    with precision(dtype):
        if state is None:
            start = programs.init(part, weights, batch, dtype)
        else:
            fed = {new[k]: value for k, value in state.feedback.items() if k in new and new[k] in part.fed_back}
            start = State(tuple(state.nodes[k] if k in own else {} for k in places), fed, state.steps)
        signals = signals or {-1: np.zeros((*next(iter(inputs.values())).shape[:2], 1), dtype)}
        _, values, _ = programs.run(part, weights, start, signals, [new[k] for k in wanted], forced=forced, alive=alive)
        return {k: np.asarray(jax.device_get(values[new[k]])) for k in wanted}
