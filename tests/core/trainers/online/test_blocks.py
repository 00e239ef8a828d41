"""Least squares whose P is changed once in a block of steps: what P changed at each step learns."""

import numpy as np
import pytest

from rcwidgets.core.nodes import Concat, Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.lanes.lanes import Lanes
from rcwidgets.core.trainers.online import recursive
from rcwidgets.core.trainers.online.learning import InBlocks
from rcwidgets.core.trainers.online.recursive import RLS, FORCELearning, closed, opened, recursion

UNITS = 30


def looped():
    reservoir, readout = Reservoir(UNITS, seed=2, feedback_scaling=0.6, input_scaling=0.5), LinearReadout(2)
    return (Input(2) >> reservoir >> readout) & (reservoir << readout)


def several():
    reservoir = Input(2) >> Reservoir(UNITS, seed=1)
    return [reservoir >> LinearReadout(2, name="one"), reservoir >> LinearReadout(2, name="two")] >> Concat()


def of_rule(kind, rule):
    return type(kind.__name__, (kind,), {"rule": rule})


def both(kind, steps=8):
    """A trainer in blocks of so many steps, and one without."""
    return of_rule(kind, InBlocks(recursion, opened, closed, steps, 1)), of_rule(kind, staticmethod(recursion))


def data(generator, steps=77):
    return generator.normal(size=(2, steps, 2))


def assert_alike(one, other, atol=1e-10):
    np.testing.assert_allclose(one.train_losses, other.train_losses, rtol=1e-8, atol=1e-12)
    for name, own in other.held.memory.items():
        for key, value in own.items():
            np.testing.assert_allclose(one.held.memory[name][key], value, rtol=0, atol=atol * np.abs(value).max())


@pytest.mark.parametrize("kind", [RLS, FORCELearning])
@pytest.mark.parametrize("forgetting", [1.0, 0.95])
@pytest.mark.parametrize("steps", [5, 64, 77])
def test_it_learns_what_single_steps_learn(kind, forgetting, steps, generator):
    x, y = data(generator, steps)
    made = [own(looped(), alpha=0.1, forgetting=forgetting, dtype="float64").fit([x, y]) for own in both(kind)]
    assert_alike(*made)
    inverse = made[0].held.memory["readout"]["inverse"]
    np.testing.assert_allclose(inverse, inverse.T, rtol=0, atol=1e-14 * np.abs(inverse).max())
    assert set(made[0].held.memory["readout"]) == {"weights", "inverse"}


def test_rows_without_a_target_teach_nothing_and_a_second_fit_goes_on(generator):
    x, y = data(generator)
    y[10:14] = np.nan
    made = [own(looped(), alpha=0.1, dtype="float64") for own in both(FORCELearning)]
    for one in made:
        with pytest.warns(UserWarning, match="4 of 77 rows"):
            one.fit([x, y], gaps="drop")
        one.fit([x, np.nan_to_num(y)])
    assert_alike(*made)


def test_several_readouts(generator):
    x, y = data(generator)
    made = [own(several(), alpha=0.1, dtype="float64").fit([x, {"one": y, "two": -y}]) for own in both(FORCELearning)]
    assert_alike(*made)


def test_several_series_at_a_step_are_made_at_once(generator):
    x, y = generator.normal(size=(2, 3, 40, 2))
    one, other = (own(looped(), alpha=0.1, dtype="float64").fit([x, y]) for own in both(RLS))
    np.testing.assert_array_equal(one.held.memory["readout"]["inverse"], other.held.memory["readout"]["inverse"])


def test_lanes(generator):
    x, y = data(generator)
    alphas = [0.01, 0.1, 1.0]
    made = [Lanes(own(looped(), dtype="float64"), {"alpha": alphas}).fit([x, y]) for own in both(FORCELearning)]
    np.testing.assert_allclose(made[0].train_losses, made[1].train_losses, rtol=1e-8, atol=1e-12)
    alone = both(FORCELearning)[1](looped(), alpha=0.1, dtype="float64").fit([x, y])
    np.testing.assert_allclose(made[0].train_losses[1], alone.train_losses, rtol=1e-8, atol=1e-12)


def test_wide_readouts_are_learned_so(generator, monkeypatch):
    brought = []
    rule = RLS.rule
    monkeypatch.setattr(
        RLS,
        "rule",
        InBlocks(rule.rule, rule.opened, lambda own: brought.append(own["taken"].shape) or closed(own), rule.steps, rule.widest),
    )
    for units in (recursive.WIDEST - 2, recursive.WIDEST):
        RLS(Input(2) >> Reservoir(units) >> LinearReadout(2)).fit(list(data(generator, 40)))
    assert set(brought) == {(32, recursive.WIDEST + 1), (8, recursive.WIDEST + 1)}, "of the second one alone"
