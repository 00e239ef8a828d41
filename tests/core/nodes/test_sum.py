"""Sum against NumPy, and the sizes that it refuses."""

import numpy as np
import pytest

from rcwidgets.core.model import program as programs
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir, Sum
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch", [1, 3])
def test_it_adds_its_inputs(batch, dtype, generator):
    u = generator.normal(size=(batch, 30, 3))
    a, b, c = Reservoir(5, seed=0, name="a"), Reservoir(5, seed=1, name="b"), Reservoir(5, seed=2, name="c")
    runner = RNNRunner(Input(3) >> [a, b, c] >> Sum(), dtype=dtype)
    y = runner.predict(u, monitors=["a.output", "b.output", "c.output"])
    np.testing.assert_array_equal(y, runner.mon["a.output"] + runner.mon["b.output"] + runner.mon["c.output"])
    assert y.dtype == dtype


def test_inside_a_loop_it_adds_too(generator):
    u = generator.normal(size=(30, 2))
    i, r, s, o = Input(2), Reservoir(2, seed=0), Sum(), LinearReadout(2)
    runner = RNNRunner((i >> r >> s >> o) & (i >> s) & (r << o), dtype="float64")
    y = runner.predict(u, monitors=["sum.output", "reservoir.output"])
    np.testing.assert_allclose(runner.mon["sum.output"], runner.mon["reservoir.output"] + u, atol=1e-14)
    weights = runner.params["readout"]
    np.testing.assert_allclose(y, (runner.mon["reservoir.output"][0] + u) @ weights["W"] + weights["b"], atol=1e-12)


def test_it_takes_and_gives_the_size_of_one_input():
    graph = Input(3) >> [Reservoir(5), Reservoir(5)] >> Sum() >> LinearReadout(2)
    program = programs.compile_graph(graph)
    place = program.names.index("sum")
    assert program.taken(place) == (5, 0)
    assert program.wires[place].size == 5
    x = np.random.default_rng(0).normal(size=(50, 3))
    assert RidgeTrainer(graph).fit([x, x[:, :2]]).params["readout"]["W"].shape == (5, 2)


def test_different_sizes_are_refused_with_both_ends():
    graph = Input(3) >> [Reservoir(5, name="small"), Reservoir(8, name="large")] >> Sum() >> LinearReadout(1)
    words = "sum: It adds signals of one size: 'small' gives 5 features, 'large' gives 8."
    with pytest.raises(ValueError, match=words):
        RNNRunner(graph).predict(np.zeros((5, 3)))
    assert graph.problems(3, 1)[0].owner == graph.id_of("sum")
