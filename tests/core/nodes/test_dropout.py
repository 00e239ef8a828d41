"""Dropout: the identity without training, and the right share and mean with it."""

import numpy as np
import pytest

from rcwidgets.core.backend import precision
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Dropout, Input, LinearReadout, Reservoir


def test_without_training_it_is_the_identity(bench, signal, kinds):
    np.testing.assert_array_equal(bench(Dropout(), 6, *kinds).series(signal)[1], signal)
    runner = RNNRunner(Input(3) >> Dropout(rate=0.9), dtype="float64")
    u = np.random.default_rng(0).normal(size=(20, 3))
    np.testing.assert_array_equal(runner.predict(u), u)


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.5, 0.9])
def test_a_share_is_zero_and_the_rest_is_scaled_up(rate, bench, kinds):
    batch, dtype = kinds
    u = np.full((400, batch, 50), 2, dtype)
    _, y = bench(Dropout(rate=rate), 50, batch, dtype).series(u, key=np.uint32(0))
    assert y.dtype == dtype
    assert set(np.unique(y)) <= {dtype(0), dtype(2 / (1 - rate))} or np.allclose(np.unique(y[y > 0]), 2 / (1 - rate))
    assert np.mean(y == 0) == pytest.approx(rate, abs=4 * np.sqrt(0.25 / y.size))
    assert y.mean() == pytest.approx(2, abs=0.1)


def test_each_step_and_each_series_has_zeros_of_its_own(bench):
    u = np.ones((30, 3, 40))
    rig = bench(Dropout(), 40, 3)
    _, y = rig.series(u, key=np.uint32(5))
    rows = {tuple(row) for row in (y.reshape(-1, 40) == 0).tolist()}
    assert len(rows) == 90
    np.testing.assert_array_equal(rig.steps(u, first=5)[1], y)
    np.testing.assert_array_equal(rig.series(u[10:], key=np.uint32(15))[1], y[10:])


@pytest.mark.parametrize("behind", [False, True])
def test_it_drops_in_a_run_that_trains_and_only_there(behind):
    """Before a reservoir it is computed at once, in a loop it is stepped."""
    r, o = Reservoir(30, seed=0), LinearReadout(2)
    graph = (Input(2) >> r >> Dropout() >> o) & (r << o) if behind else Input(2) >> Dropout() >> r >> o
    program = programs.compile_graph(graph)
    place = program.names.index("dropout")
    u = np.ones((20, 3, 2))
    with precision(np.float64):
        params = drawing.draw(program, 0, np.float64)
        start = programs.init(program, params, 3, np.float64)
        quiet = np.asarray(programs.run(program, params, start, {0: u}, [place])[1][place])
        loud, again = (np.asarray(programs.run(program, params, start, {0: u}, [place], training=True)[1][place]) for _ in range(2))
    assert (quiet == 0).mean() < 0.1
    assert (loud == 0).mean() == pytest.approx(0.5, abs=0.15)
    np.testing.assert_array_equal(loud, again)


def test_the_rate_costs_no_trace():
    u = np.ones((20, 1, 4))
    before = programs.TRACES["run"]
    for rate in (0.1, 0.3, 0.8):
        program = programs.compile_graph(Input(4) >> Dropout(rate=rate))
        with precision(np.float64):
            params = drawing.draw(program, 0, np.float64)
            programs.run(program, params, programs.init(program, params, 1, np.float64), {0: u}, [1], training=True)
    assert programs.TRACES["run"] - before == 1
