"""Of several series whole ones are held out where beta is chosen."""

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.algebra.selection import BETAS
from rcwidgets.core.algebra.solver import solve_rows
from rcwidgets.live.experiment import Experiment

RNG = np.random.default_rng(4)
LEVELS = np.repeat(RNG.normal(size=7), 1)  # each series has a level of its own, which tells nothing of the next one
X = [level + RNG.normal(size=(30 + place, 2)) for place, level in enumerate(LEVELS)]
Y = [np.tanh(one.sum(axis=1, keepdims=True)) + level + 0.2 * RNG.normal(size=(len(one), 1)) for one, level in zip(X, LEVELS, strict=True)]


def features(rows: np.ndarray) -> np.ndarray:
    return np.column_stack([rows, rows[:, 0] ** 2, rows[:, 0] * rows[:, 1], rows[:, 1] ** 2])


def by_hand(blocks: list[list[int]]) -> float:
    errors = np.zeros(len(BETAS))
    for held in blocks:
        fitted = [k for k in range(len(X)) if k not in held]
        x, y = (np.concatenate([one[k] for k in fitted]) for one in (X, Y))
        u, v = (np.concatenate([one[k] for k in held]) for one in (X, Y))
        fits = solve_rows(Triangle.of(features(x), y), BETAS)
        errors += [np.sum((features(u) @ one.weights + one.bias - v) ** 2) for one in fits]
    return float(BETAS[np.argmin(errors)])


def model():
    return rc.Input(2) >> rc.NVAR(delay=1, order=2, constant=False) >> rc.LinearReadout(1)


@pytest.mark.parametrize("selection", ["blocked", "held out"])
def test_blocks_are_whole_series_that_follow_each_other(selection):
    blocks = [[0, 1], [2], [3, 4], [5], [6]]
    expected = by_hand(blocks if selection == "blocked" else blocks[-1:])
    assert rc.RidgeTrainer(model(), selection=selection, dtype="float64").fit([X, Y]).betas["readout"] == expected


def test_an_experiment_chooses_as_its_trainer_does():
    parts = [np.column_stack([x, y]) for x, y in zip(X, Y, strict=True)]
    task = rc.DataTask(inputs=["channel 1", "channel 2"], targets=["channel 3"], horizon=0, warmup=0, train_series=6)
    for selection in ("blocked", "held out"):
        experiment = Experiment(model(), task, rc.RidgeTrainer(model(), selection=selection, dtype="float64"), data=parts)
        results = experiment.wait(60)
        experiment.close()
        x, y = results.data.pairs(slice(0, 6))
        alone = rc.RidgeTrainer(model(), selection=selection, dtype="float64").fit([x, y])
        assert results.beta == alone.betas["readout"]
        assert np.isfinite(results.path.held_out).all() and len(results.path.betas) > 20
