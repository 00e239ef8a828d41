"""Readouts of 5,000 signals and more: the dual form, and what is refused before anything is run."""

from functools import partial

import numpy as np
import pytest

from rcwidgets.core.graph.needs import memory_problem
from rcwidgets.core.loading import load
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form import large, ridge
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer

X = np.sin(np.arange(90) / 5)[:, None] + np.random.default_rng(0).normal(size=(90, 1)) / 10
LARGE = Input(1) >> Reservoir(5000, topology="cycle", seed=0) >> LinearReadout(1)


def expected(model, rows, beta, later):
    """The forecast by the singular values of the states, in float64."""
    runner = RNNRunner(model, dtype="float64")
    runner.predict(X, monitors=["reservoir.output"])
    states = np.asarray(runner.mon["reservoir.output"])[0]
    x, y = states[rows], X[1:][rows]
    u, s, vt = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    w = vt.T @ ((s / (s**2 + beta))[:, None] * (u.T @ (y - y.mean(axis=0))))
    return (states[later] - x.mean(axis=0)) @ w + y.mean(axis=0)


@pytest.mark.parametrize("beta", [1e-6, 1e-13])
def test_fewer_rows_than_signals_are_fitted_as_exactly_as_by_an_orthogonal_solve(beta):
    trainer = RidgeTrainer(LARGE, beta=beta, dtype="float64").fit([X[:70], X[1:71]])
    wanted = expected(LARGE, np.arange(70), beta, slice(70, 89))
    np.testing.assert_allclose(trainer.predict(X[70:89]), wanted, rtol=0.01, atol=1e-3)
    assert trainer.betas == {"readout": beta}


def test_rows_without_a_target_are_left_out_of_the_dual_form():
    y = X[1:71].copy()
    y[[3, 20, 69]] = np.nan
    with pytest.warns(UserWarning):
        trainer = RidgeTrainer(LARGE, dtype="float64").fit([X[:70], y], gaps="drop")
    wanted = expected(LARGE, np.flatnonzero(~np.isnan(y[:, 0])), 1e-6, slice(70, 89))
    np.testing.assert_allclose(trainer.predict(X[70:89]), wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("penalize", [False, True])
def test_columns_in_several_groups_and_more_rows_than_signals_give_the_same(monkeypatch, penalize):
    small = Input(1) >> Reservoir(60, seed=0) >> LinearReadout(1)

    def fitted():
        return RidgeTrainer(small, dtype="float64", penalize_bias=penalize).fit([X[:50], X[1:51]]).params["readout"]

    usual, fit_dual = fitted(), ridge.fit_dual
    monkeypatch.setattr(ridge, "dual_form", lambda rows, features, beta: True)
    for columns in (7, 60):  # in nine groups, which are run anew for the weights, and in one
        monkeypatch.setattr(ridge, "fit_dual", partial(fit_dual, held=50 * 8 * columns))
        for name, found in fitted().items():
            np.testing.assert_allclose(found, usual[name], rtol=1e-5, atol=1e-5)
    monkeypatch.setattr(ridge, "dual_form", lambda rows, features, beta: False)
    monkeypatch.setattr(ridge, "is_large", lambda run, k: True)
    for name, found in fitted().items():
        np.testing.assert_allclose(found, usual[name], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("options", [{"beta": "auto"}, {"beta": "auto", "selection": "held out"}, {"beta": 1e-3}, {"beta": 1e-16}])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_beta_that_is_chosen_and_weights_of_rows_are_those_of_the_rows_factors(monkeypatch, options, weighted):
    """As by QR of a model that is small enough for it; a beta below the floor of the rows' matrix by their own factor."""
    small = Input(1) >> Reservoir(60, seed=0, noise=0.02) >> LinearReadout(1)
    weights = {"sample_weight": np.r_[0.0, 0.0, np.linspace(0.3, 2.0, 48)]} if weighted else {}

    def fitted():
        trainer = RidgeTrainer(small, dtype="float64", **options).fit([X[:50], X[1:51]], **weights)
        return trainer.betas["readout"], trainer.predict(X[50:60])

    beta, told = fitted()
    monkeypatch.setattr(ridge, "dual_form", lambda rows, features, beta: True)
    found = fitted()
    assert found[0] == beta
    np.testing.assert_allclose(found[1], told, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "rows", "words"),
    [
        ({}, 24_000, r"readout needs 4.6 GB of memory to be fitted to 24,000 rows of 30,000 features; .* at most 22,360 rows"),
        ({}, 30_000, r"readout needs 7.2 GB .* Choose fewer units, or at most 22,360 rows\."),
        ({"beta": 0.0}, 50, r"needs 7.2 GB .* Give beta a number above 0 and no weights, or choose fewer units\."),
        ({"beta": "auto"}, 20_000, r"needs 6.4 GB .* features, each beta tried; a model may take 4 GB\. .* at most 15,811 rows\."),
        ({"selection": "cross-validated"}, 50, r"needs 57.6 GB .* features, each beta tried; a model may take 4 GB\. Give beta a number"),
    ],
)
def test_what_needs_too_much_memory_is_refused_before_it_runs(options, rows, words):
    trainer = RidgeTrainer(Input(1) >> Reservoir(30_000, topology="cycle", seed=0) >> LinearReadout(1), **options)
    x = np.zeros((rows, 1))
    with pytest.raises(ValueError, match=words):
        trainer.fit([x, x])


def test_what_a_small_machine_has_no_memory_for_is_refused_before_it_runs(monkeypatch):
    monkeypatch.setattr(large, "memory", lambda: 2_000_000_000)
    trainer = RidgeTrainer(Input(1) >> Reservoir(20_000, topology="cycle", seed=0) >> LinearReadout(1))
    x = np.zeros((30_000, 1))
    words = (
        r"readout needs 3.2 GB .* to 30,000 rows of 20,000 features; this machine has 2.0 GB\. Choose fewer units, or at most 15,811 rows\."
    )
    with pytest.raises(ValueError, match=words):
        trainer.fit([x, x])


def test_a_model_of_a_hundred_thousand_units_is_drawn_and_kept_without_a_square_array(tmp_path):
    model = Input(1) >> Reservoir(100_000, topology="cycle", seed=0) >> LinearReadout(1)
    assert memory_problem(model, weights_alone=True) is None
    page = memory_problem(model)
    assert page is not None
    assert page.text.endswith("In Python, RidgeTrainer fits it to fewer rows than it has features.")
    trainer = RidgeTrainer(model).fit([X[:8], X[1:9]])
    loaded = load(trainer.save(tmp_path / "large.npz"))
    assert loaded.params["reservoir"]["weights"].shape == (1, 100_000)
    np.testing.assert_array_equal(loaded.predict(X[8:10]), trainer.predict(X[8:10]))
