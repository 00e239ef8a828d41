"""Sizes a model by data, and draws its weights."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np

from rcwidgets.core.graph.ends import after
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.sizing import sizes, waits
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.doubts import check_axes, tell_rounding
from rcwidgets.core.model.program import Params
from rcwidgets.core.model.snapshot import Snapshot
from rcwidgets.core.series import by_node

MOST_GUESSED = 1000  # features of a readout whose targets are not known yet


def sized(model: Graph, held: Snapshot, x: Any, y: Any, wants: Callable[[Graph, Any], list[str]], seed: int, dtype: Any) -> Snapshot:
    """What a runner holds once the model has the sizes of the data x, and of the targets y of the nodes that it `wants`, unless y is None.

    The weights are drawn from `seed`, but for those that were given and those that were there and still fit. Sizes that cannot be are a
    ValueError in words.
    """
    before = model if held.sized is None or held.guessed or y is not None else held.sized
    used = before.used()
    names = {id: used.names[id] for id in used.nodes}
    inputs = by_node(x, [names[id] for id, node in used.nodes.items() if not node.takes_input], "x")
    targets = None if y is None else by_node(y, wants(used, y), "y", {names[id] for id in used.once})
    features = {name: array.shape[-1] for name, array in inputs.items()}
    if held.program is not None and before is held.sized and features == held.program.sizes:
        return held
    if held.program is None:
        check_axes(used, inputs)
        tell_rounding("x", inputs, dtype)
        tell_rounding("y", targets or {}, dtype)
    known = _sizes_held(used, held.given or {})
    guessed = _guessed(used, features, known) if targets is None else {}
    given = guessed | known if targets is None else {name: array.shape[-1] for name, array in targets.items()}
    before.check(features, given)
    graph = used.sized(features, given)
    program, params, state = programs.compile_graph(graph), held.params, held.state
    structures: list[Any] = [jax.tree.structure(held.program), jax.tree.structure(program)]
    if structures[0] != structures[1]:
        drawn = drawing.draw(program, seed, dtype)
        params = {**drawn, **{name: own for name, own in params.items() if _shapes(own) == _shapes(drawn.get(name, {}))}}
        if held.given is not None:
            unknown = [name for name in held.given if name not in model.names.values()]
            if unknown:
                raise ValueError(f"params must be of nodes of the model, got {unknown[0]!r}. Its nodes: {', '.join(drawn)}.")
            params = matched({name: {**own, **held.given.get(name, {})} for name, own in drawn.items()}, drawn, dtype)
        state = state if held.guessed else None  # a readout that only got its size leaves the states as they are
    return held._replace(sized=graph, program=program, guessed=guessed, params=params, state=state)


def matched(given: Mapping[str, Mapping[str, Any]], drawn: Params, dtype: Any) -> Params:
    """The given weights in `dtype`; weights of other shapes than those drawn, or that are not finite, are a ValueError."""
    for name, own in drawn.items():
        if _shapes(given.get(name, {})) != _shapes(own):
            raise ValueError(f"params[{name!r}] must have the shapes {_shapes(own)}, got {_shapes(given.get(name, {}))}.")
        for key, value in own.items():
            kind = np.asarray(given[name][key]).dtype
            if kind.kind == "f" and not np.isfinite(given[name][key]).all():
                raise ValueError(f"params[{name!r}][{key!r}] must be finite, got NaN or infinity. Take those of a run that stayed finite.")
            if np.issubdtype(value.dtype, np.integer) and kind != value.dtype:
                raise TypeError(f"params[{name!r}][{key!r}] must be {value.dtype}, got {kind}.")
    return {name: drawing.cast({key: np.asarray(value) for key, value in given.get(name, {}).items()}, dtype) for name in drawn}


def _sizes_held(graph: Graph, params: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """The size of each readout, by name, that has none of its own but weights that tell it."""
    waiting = [name for name, node in graph.by_name().items() if waits(node)]
    return {name: np.shape(params[name]["b"])[-1] for name in waiting if np.ndim(params.get(name, {}).get("b", 0)) == 1}


def _guessed(used: Graph, features: Mapping[str, int], known: Mapping[str, int]) -> dict[str, int]:
    """A size for each readout that waits for its targets: the least one that fits what follows it."""
    waiting = _unsized_readouts(used, features, known)
    followed = any(used.targets(used.id_of(name)) for name in waiting)
    for size in range(1, MOST_GUESSED if followed else 1):
        guess = dict.fromkeys(waiting, size)
        if not sizes(used, features, {**known, **guess})[1]:
            return guess
    return dict.fromkeys(waiting, 1)


def _unsized_readouts(graph: Graph, features: Mapping[str, int], known: Mapping[str, int]) -> list[str]:
    """The name of each readout that waits for its targets, and of which no signal comes to a node that remembers."""
    told, _ = sizes(graph, features, known)
    found = []
    for id in (id for id, node in graph.nodes.items() if waits(node) and id not in told):
        later = {id, *after(graph, id)}
        held = any(graph.targets(one, feedback=True) or graph.nodes[one].trains or graph.nodes[one].stateful for one in later - {id})
        if not held and not graph.targets(id, feedback=True):
            found.append(graph.names[id])
    return found


def _shapes(own: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    return {name: np.shape(value) for name, value in own.items()}
