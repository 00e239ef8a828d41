"""Delay against a shift by hand."""

import numpy as np
import pytest

from rcwidgets.core.graph.needs import memory_problem
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Delay, Input, LinearReadout, Reservoir


@pytest.mark.parametrize("steps", [1, 5, 39, 40, 100])
def test_it_shifts_and_starts_with_zeros(steps, bench, signal, kinds, close):
    expected = np.concatenate([np.zeros((steps, *signal.shape[1:])), signal])[: len(signal)]
    close(bench(Delay(steps), 6, *kinds).series(signal)[1], expected)
    close(bench(Delay(steps), 6, *kinds).steps(signal)[1], expected)


@pytest.mark.parametrize("steps", [1, 4, 7])
def test_values_cross_the_borders_of_calls(steps, signal):
    u = np.swapaxes(signal, 0, 1)
    whole = RNNRunner(Input(6) >> Delay(steps)).predict(u)
    runner = RNNRunner(Input(6) >> Delay(steps))
    parts = [runner.predict(u[:, rows]) for rows in (slice(0, 2), slice(2, 3), slice(3, 40))]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)
    np.testing.assert_array_equal(whole[:, steps:], u[:, :-steps].astype(np.float32))
    assert not whole[:, :steps].any()


def test_in_a_loop_it_is_stepped(generator):
    u = generator.normal(size=(25, 2))
    i, r, d, o = Input(2), Reservoir(8, seed=0), Delay(3), LinearReadout(2)
    runner = RNNRunner((i >> r >> d >> o) & (r << o), dtype="float64")
    runner.predict(u, monitors=["reservoir.output", "delay.output"])
    np.testing.assert_array_equal(runner.mon["delay.output"][3:], runner.mon["reservoir.output"][:-3])


def test_a_line_too_long_is_refused():
    problem = memory_problem(Input(10_000) >> Delay(100_000) >> LinearReadout(1))
    assert problem is not None
    assert problem.knob == "steps"
    assert problem.text == "delay makes the model need 8.8 GB of memory; a model may take 4 GB. Lower its steps."
