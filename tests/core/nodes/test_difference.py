"""Difference against a subtraction by hand."""

import numpy as np
import pytest

from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Difference, Input, LinearReadout, Sum
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer


@pytest.mark.parametrize("steps", [1, 5, 40, 100])
def test_it_subtracts_and_starts_with_zeros(steps, bench, signal, kinds, close):
    expected = np.concatenate([np.zeros((steps, *signal.shape[1:])), signal[steps:] - signal[:-steps]])[: len(signal)]
    close(bench(Difference(steps), 6, *kinds).series(signal)[1], expected)
    close(bench(Difference(steps), 6, *kinds).steps(signal)[1], expected)


def test_values_cross_the_borders_of_calls(signal):
    u = np.swapaxes(signal, 0, 1)
    whole = RNNRunner(Input(6) >> Difference(4)).predict(u)
    runner = RNNRunner(Input(6) >> Difference(4))
    parts = [runner.predict(u[:, rows]) for rows in (slice(0, 2), slice(2, 3), slice(3, 40))]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)


def test_a_readout_learns_by_how_much_the_last_value_changes(generator):
    changes = generator.normal(size=300)
    for row in range(1, 300):
        changes[row] += 0.8 * changes[row - 1]
    x = 5 + np.cumsum(changes)[:, None]
    signal, readout, total = Input(1), LinearReadout(1), Sum()
    trainer = RidgeTrainer((signal >> Difference() >> readout >> total) & (signal >> total), beta=0.0, dtype="float64")
    trainer.fit([x[:-1], x[1:]])
    before, after = np.append(0, np.diff(x[:-1, 0])), np.diff(x[:, 0])
    slope = np.polyfit(before, after, 1)
    np.testing.assert_allclose(trainer.params["readout"]["W"], slope[:1, None], rtol=1e-6)
    np.testing.assert_allclose(trainer.predict(x[:-1], reset=True)[:, 0], x[:-1, 0] + np.polyval(slope, before), rtol=1e-6)
