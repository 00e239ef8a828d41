"""What holds for every node that is listed, without a word about any of them."""

from dataclasses import fields
from typing import Any

import jax
import numpy as np
import pytest

from rcwidgets.core.backend import precision
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import Input
from rcwidgets.core.nodes.base import FAMILIES, GROUPS, AbstractNode
from rcwidgets.core.spec.knobs import Effect, knobs_of
from rcwidgets.core.spec.registry import NODES

INPUTS, TIME = 3, 12
SMALL = {"units": 7, "features": 2}  # where a node has such a knob that holds a number
KINDS = list(NODES.values())
AT_ONCE = [cls for cls in KINDS if cls.windowed or not cls.stateful]  # nodes that the program need not step
LIVE = [(cls, name) for cls in KINDS for name, known in knobs_of(cls).items() if known.effect is Effect.LIVE]
each_kind = pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.kind)


def small(cls: Any, **knobs: Any) -> AbstractNode:
    """A node of this kind of a handy size."""
    numbers = {name: value for name, value in SMALL.items() if name in knobs_of(cls) and knobs_of(cls)[name].kind == "int"}
    return cls(**{**numbers, **knobs})


def model(node: AbstractNode) -> Graph:
    """The node behind an Input, or by itself where it is one."""
    return Input(INPUTS) >> node if node.takes_input else Graph().add(node.replace(features=INPUTS))


class Rig:
    """A compiled model of one node, its params and its first state."""

    def __init__(self, node: AbstractNode, batch: int = 1, dtype: Any = np.float64) -> None:
        self.dtype, self.batch = dtype, batch
        self.program = programs.compile_graph(model(node))
        self.place = len(self.program.nodes) - 1
        with precision(dtype):
            self.params = drawing.draw(self.program, 0, dtype)
            self.state = programs.init(self.program, self.params, batch, dtype)

    def run(self, u: np.ndarray, state: Any = None, **options: Any) -> tuple[Any, np.ndarray]:
        with precision(self.dtype):
            inputs = {self.program.inputs[0]: np.asarray(u, self.dtype)}
            after, values, _ = programs.run(
                self.program, self.params, self.state if state is None else state, inputs, [self.place], **options
            )
            return after, np.asarray(values[self.place])


def rows(batch: int, time: int = TIME) -> np.ndarray:
    """A random series (time, batch, INPUTS)."""
    return np.random.default_rng(3).normal(size=(time, batch, INPUTS))


def frozen(tree: Any) -> list[np.ndarray]:
    """The arrays of a tree, copied."""
    return [np.array(leaf) for leaf in jax.tree.leaves(tree)]


def equal(one: Any, other: Any, dtype: Any = np.float64) -> None:
    """Asserts that two trees hold the same numbers, to what the precision allows."""
    for a, b in zip(frozen(one), frozen(other), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4 if dtype == np.float32 else 1e-9, atol=1e-5 if dtype == np.float32 else 1e-11)


@each_kind
def test_it_says_what_the_page_and_the_guide_need(cls):
    assert cls.family in FAMILIES and cls.group in GROUPS
    assert cls.aliases and all(word == word.strip().lower() and word != cls.label.lower() for word in cls.aliases)
    assert cls.label and cls.short_name.isidentifier() and cls.short_name == cls.short_name.lower()
    assert set(cls.card) <= set(knobs_of(cls))
    assert "Shapes:" in cls.__doc__ and ">>> " in cls.__doc__
    own = [name for name in cls.takes_arrays if name not in knobs_of(cls)]  # a knob may be an array, too
    assert [f.name for f in fields(cls) if f.name not in knobs_of(cls)] == ["name", "token", *own]
    assert all(axes == (knobs_of(cls)[name].per,) for name, axes in cls.takes_arrays.items() if name in knobs_of(cls))
    assert cls.stateful or not cls.windowed


@each_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("batch", [1, 3])
def test_the_size_and_the_precision_are_as_it_says(cls, batch, dtype):
    rig = Rig(small(cls), batch, dtype)
    state, y = rig.run(rows(batch))
    assert y.shape == (TIME, batch, rig.program.wires[rig.place].size)
    assert y.dtype == dtype
    assert np.isfinite(y).all()
    kinds = [(leaf.dtype, leaf.shape) for leaf in frozen(rig.state)]
    assert [(leaf.dtype, leaf.shape) for leaf in frozen(state)] == kinds
    assert all(leaf.dtype == dtype for leaf in frozen(state.nodes) if np.issubdtype(leaf.dtype, np.floating))


@each_kind
@pytest.mark.parametrize("training", [False, True])
def test_it_is_pure(cls, training):
    rig = Rig(small(cls), 2)
    before, start = frozen(rig.params), frozen(rig.state)
    first, second = rig.run(rows(2), training=training), rig.run(rows(2), training=training)
    for one, other in zip(frozen(first), frozen(second), strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(before + start, frozen(rig.params) + frozen(rig.state), strict=True):
        np.testing.assert_array_equal(one, other)


@each_kind
def test_each_series_of_a_batch_is_by_itself(cls):
    u = rows(3)
    _, together = Rig(small(cls), 3).run(u)
    for k in range(3):
        equal(Rig(small(cls), 1).run(u[:, k : k + 1])[1], together[:, k : k + 1])


@each_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_chunks_carry_on_where_the_last_one_ended(cls, dtype):
    u, rig = rows(2), Rig(small(cls), 2, dtype)
    end, whole = rig.run(u)
    state, parts = None, []
    for part in (slice(0, 1), slice(1, 6), slice(6, TIME)):
        state, y = rig.run(u[part], state)
        parts.append(y)
    equal(np.concatenate(parts), whole, dtype)
    equal(state, end, dtype)


@pytest.mark.parametrize("cls", AT_ONCE, ids=lambda cls: cls.kind)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_step_by_step_is_all_at_once(cls, dtype):
    rig, u = Rig(small(cls), 2, dtype), rows(2)
    node, own = rig.program.nodes[rig.place], rig.params[rig.program.names[rig.place]]
    with precision(dtype):
        first = node.init(own, 2, INPUTS, dtype)
        for key in (None, np.uint32(4)) if node.drops else (None,):
            end, whole = jax.jit(lambda state, u, key=key: node.series(own, state, u, key))(first, u.astype(dtype))
            held, found = first, []
            for t, row in enumerate(u.astype(dtype)):
                held, y = node.step(own, held, row, None, None if key is None else key + np.uint32(t))
                found.append(np.asarray(y))
            equal(np.array(found), whole, dtype)
            equal(held, end, dtype)


@each_kind
def test_series_that_end_early_are_as_alone(cls):
    u, lengths = rows(3), (TIME, 5, 1)
    for k, length in enumerate(lengths):
        u[length:, k] = 0.0
    alive = np.arange(TIME)[:, None] < np.array(lengths)
    end, together = Rig(small(cls), 3).run(u, alive=alive)
    for k, length in enumerate(lengths):
        state, y = Rig(small(cls), 1).run(u[:length, k : k + 1])
        equal(y, together[:length, k : k + 1])
        equal(state.nodes, jax.tree.map(lambda leaf, k=k: leaf[k : k + 1], end.nodes))


@pytest.mark.parametrize(("cls", "knob"), LIVE, ids=lambda value: getattr(value, "kind", value))
def test_a_live_knob_costs_no_trace(cls, knob):
    known = knobs_of(cls)[knob]
    low, high = known.slider[:2] if known.slider else (known.low, known.high)
    Rig(small(cls)).run(rows(1, 7), training=True)
    before = programs.TRACES["run"]
    for share in (0.2, 0.5, 0.8):
        Rig(small(cls, **{knob: low + share * (high - low)})).run(rows(1, 7), training=True)
    assert programs.TRACES["run"] == before


@each_kind
def test_what_is_drawn_depends_on_the_seed_alone(cls):
    for one, other in zip(frozen(Rig(small(cls)).params), frozen(Rig(small(cls)).params), strict=True):
        np.testing.assert_array_equal(one, other)
    rig = Rig(small(cls))
    own = rig.params[rig.program.names[rig.place]]
    assert set(rig.program.nodes[rig.place].learned) - {"W_fb"} <= set(own)  # W_fb is there where feedback arrives


@each_kind
def test_json_and_code_give_the_same_node(cls):
    graph = model(small(cls, **_turned(cls)))
    name = graph.names[list(graph.nodes)[-1]]
    again = Graph.from_json(graph.to_json())
    assert again[name].knobs == graph[name].knobs
    assert again.to_json() == graph.to_json()
    scope: dict[str, Any] = {}
    exec(graph.to_code(), scope)
    assert scope["model"][name].knobs == graph[name].knobs


def _turned(cls: Any) -> dict[str, Any]:
    """Other values than the defaults, for the knobs where one can be told from the knob alone."""
    turned: dict[str, Any] = {}
    known: Any
    for name, known in knobs_of(cls).items():
        if name in SMALL:
            continue
        if known.kind == "float":
            low, high = known.slider[:2] if known.slider else (known.low, known.high)
            turned[name] = low + 0.3 * (high - low)
        elif known.kind == "int":
            turned[name] = int(known.low) + 3
        elif known.kind == "bool":
            turned[name] = not known.default
        elif known.kind == "choice":
            turned[name] = known.choices[-1]
    return turned


@each_kind
def test_its_picture_has_its_name(cls):
    graph = model(small(cls))
    assert graph.names[list(graph.nodes)[-1]] in str(graph.plot_node_graph())
