"""Weights of rows where beta is chosen, under BPTT and of scikit-learn's estimators: 2 is a row that is there twice, 0 one that is not."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsRegressor

import rcwidgets as rc
from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.algebra.selection import BETAS
from rcwidgets.core.algebra.solver import solve_rows
from rcwidgets.core.datasets import DataWarning

RNG = np.random.default_rng(0)
X = RNG.normal(size=(100, 2))
Y = np.sin(X.sum(axis=1, keepdims=True)) + 0.3 * RNG.normal(size=(100, 1))
FILL: Any = "fill"
TIMES = np.arange(100) % 3
SOME = TIMES > 0


def still(outputs: int = 1) -> Any:
    """A model without memory, so that rows may be left out or repeated."""
    return rc.Input(2) >> rc.NVAR(delay=1, order=2, constant=False) >> rc.LinearReadout(outputs)


def features(rows: np.ndarray) -> np.ndarray:
    return np.column_stack([rows, rows[:, 0] ** 2, rows[:, 0] * rows[:, 1], rows[:, 1] ** 2])


def blocked_by_hand(weights: np.ndarray) -> float:
    """The beta of the least weighted error on fifths of the rows that weigh something, each fitted to the other four."""
    x, y, w = features(X)[weights > 0], Y[weights > 0], weights[weights > 0].astype(float)
    borders = [len(x) * k // 5 for k in range(6)]
    errors = np.zeros(len(BETAS))
    for start, stop in pairwise(borders):
        held = np.zeros(len(x), bool)
        held[start:stop] = True
        fits = solve_rows(Triangle.of(x[~held], y[~held], weights=w[~held]), BETAS)
        errors += [np.sum(w[held] * (x[held] @ one.weights + one.bias - y[held])[:, 0] ** 2) for one in fits]
    return float(BETAS[np.argmin(errors)])


@pytest.mark.parametrize("weights", [TIMES, np.where(np.arange(100) < 50, 0.01, 3.0)])
def test_beta_is_chosen_by_weighted_errors_on_blocks(weights: np.ndarray):
    trainer = rc.RidgeTrainer(still(), beta="auto", dtype="float64").fit([X, Y], sample_weight=weights)
    assert trainer.betas["readout"] == blocked_by_hand(weights)
    fixed = rc.RidgeTrainer(still(), beta=trainer.betas["readout"], dtype="float64").fit([X, Y], sample_weight=weights)
    np.testing.assert_allclose(trainer.params["readout"]["W"], fixed.params["readout"]["W"], rtol=1e-9)


@pytest.mark.parametrize("selection", ["blocked", "held out", "cross-validated"])
def test_rows_of_weight_0_choose_nothing_and_equal_weights_choose_as_none(selection: str):
    def chosen(data: Any, **more: Any) -> Any:
        return rc.RidgeTrainer(still(), selection=selection, dtype="float64").fit(data, **more)

    zeros, without = chosen([X, Y], sample_weight=SOME.astype(float)), chosen([X[SOME], Y[SOME]])
    assert zeros.betas == without.betas
    np.testing.assert_allclose(zeros.params["readout"]["W"], without.params["readout"]["W"], rtol=1e-8)
    assert chosen([X, Y], sample_weight=np.ones(100)).betas == chosen([X, Y]).betas


def test_class_weights_take_a_beta_that_is_chosen():
    series = [np.sin(np.arange(20) * (0.3 + 0.4 * (k % 3 == 0)))[:, None] + 0.3 * RNG.normal(size=(20, 1)) for k in range(40)]
    labels = np.array(["b" if k % 3 == 0 else "a" for k in range(40)])
    model = rc.Input() >> rc.Reservoir(20, seed=0, bias_scaling=0.5) >> rc.TimeMean() >> rc.LinearReadout()
    classifier = rc.Classifier(model, beta="auto", class_weight="balanced").fit(series, labels)
    assert classifier.trainer_.betas["readout"] in BETAS and classifier.score(series, labels) > 0.9
    by_gradient = rc.Classifier(model, trainer="bptt", class_weight={"a": 0.0}).fit(series, labels)
    assert set(by_gradient.predict(series)) == {"b"}


@pytest.mark.parametrize("once", [False, True])
def test_a_whole_weight_is_a_series_that_bptt_sees_so_often(once: bool):
    random = np.random.default_rng(1)
    x, times = random.normal(size=(12, 5, 2)), np.arange(12) % 3
    y = random.normal(size=(12, 1) if once else (12, 5, 1))
    model = rc.Input(2) >> rc.VanillaRNN(4, seed=0) >> (rc.Last() >> rc.Dense(1) if once else rc.Dense(1))
    again = np.repeat(np.arange(12), times)

    def losses(x: Any, y: Any, weights: Any = None) -> np.ndarray:
        trainer = rc.BPTT(model, seed=0, dtype="float64")
        return np.asarray(trainer.fit((x, y), num_train=3, num_batch=50, num_report=0, sample_weight=weights).train_losses)

    np.testing.assert_allclose(losses(x, y, times), losses(x[again], y[again]), rtol=1e-9)
    assert np.abs(losses(x, y, times) - losses(x, y)).max() > 1e-3
    if not once:
        of_rows = np.repeat(times[:, None], 5, axis=1)
        np.testing.assert_allclose(losses(x, y, of_rows), losses(x, y, times), rtol=1e-9)
        ragged = [x[0], x[1, :3], x[2]]
        first = losses(ragged, [y[0], y[1, :3], y[2]], [np.ones(5), np.zeros(3), np.ones(5)])
        np.testing.assert_allclose(first, losses(x[[0, 2]], y[[0, 2]]), rtol=1e-9)


def test_bptt_holds_out_rows_with_their_weights():
    weights = np.where(np.arange(100) < 90, 1.0, 0.0)
    model = rc.Input(2) >> rc.Dense(1)
    trainer = rc.BPTT(model, patience=2, window=10, dtype="float64")
    trainer.fit((X, np.where(weights[:, None] > 0, Y, 1e6)), num_train=2, num_report=0, sample_weight=weights)
    assert np.isfinite(trainer.test_losses).all() and (trainer.test_losses < 10).all() and (trainer.train_losses < 10).all()


def test_estimators_get_the_weights_and_stay_themselves_with_another_seed():
    trainer = rc.EstimatorTrainer(still(), Ridge(alpha=0.1), dtype="float64").fit([X, Y], sample_weight=TIMES)
    by_hand = Ridge(alpha=0.1).fit(features(X), Y[:, 0], sample_weight=TIMES)
    np.testing.assert_allclose(trainer.predict(X)[:, 0], by_hand.predict(features(X)), rtol=1e-7)
    labels = np.where(Y[:, 0] > 0, "up", "down")
    classes = rc.EstimatorTrainer(still(), LogisticRegression(), dtype="float64").fit([X, labels], sample_weight=TIMES)
    told = LogisticRegression().fit(features(X), labels, sample_weight=TIMES)
    np.testing.assert_array_equal(classes.predict(X), told.predict(features(X)))
    with pytest.raises(TypeError, match="KNeighborsRegressor takes no sample_weight"):
        rc.EstimatorTrainer(still(), KNeighborsRegressor()).fit([X, Y], sample_weight=TIMES)
    other = trainer.anew(7)
    assert other.seed == 7 and other.estimator is trainer.estimator
    np.testing.assert_allclose(other.fit([X, Y], sample_weight=TIMES).predict(X), trainer.predict(X, reset=True), rtol=1e-9)


@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy"])
def test_cross_entropies_leave_out_rows_without_a_target(loss: str):
    random = np.random.default_rng(2)
    x = random.normal(size=(60, 4, 2))
    classes = random.integers(0, 3, (60, 4))
    gone = random.random((60, 4)) < 0.2
    shares = np.eye(3)[classes]

    def losses(y: Any, rows: Any = None, **more: Any) -> np.ndarray:
        model = rc.Input(2) >> rc.Dense(3)
        given = x if rows is None else rows
        return np.asarray(
            rc.BPTT(model, loss=loss, dtype="float64").fit((given, y), num_train=3, num_batch=300, num_report=0, **more).train_losses
        )

    whole = losses(shares[~gone][:, None], x[~gone][:, None])
    holed = [np.where(gone[..., None], np.nan, shares)]
    if loss == "cross_entropy":
        holed += [np.where(gone, np.nan, classes), np.ma.MaskedArray(classes, gone)]
    for y in holed:
        with pytest.warns(DataWarning, match=f"{gone.sum()} of 240 rows of the targets have no number"):
            found = losses(y, gaps="drop")
        np.testing.assert_allclose(found, whole, rtol=1e-9)


def test_estimators_of_the_library_leave_out_what_has_no_target():
    gone = np.isin(np.arange(99), [0, 5, 60])
    model = rc.Input() >> rc.Reservoir(10, seed=0) >> rc.LinearReadout()
    for y in (np.where(gone, np.nan, Y[1:, 0]), np.ma.MaskedArray(Y[1:, 0], gone)):
        with pytest.warns(DataWarning, match="3 of 99 rows of the targets have no number"):
            regressor = rc.Regressor(model, beta=1e-3).fit(X[:-1], y, gaps="drop")
        weighed = rc.Regressor(model, beta=1e-3).fit(X[:-1], Y[1:, 0], sample_weight=(~gone).astype(float))
        np.testing.assert_allclose(regressor.trainer_.params["readout"]["W"], weighed.trainer_.params["readout"]["W"], atol=1e-6)
    series = [np.full((5, 1), float(k % 2)) + 0.1 * RNG.normal(size=(5, 1)) for k in range(12)]
    classifier = rc.Input() >> rc.Last() >> rc.LinearReadout()
    labels = ["a", "b"] * 6
    for holed in (["a", None, *labels[2:]], np.array([np.nan, 1.0] + [0.0, 1.0] * 5), np.ma.MaskedArray([0, 1] * 6, [True] + [False] * 11)):
        with pytest.warns(DataWarning, match="1 of 12 series has no label and is left out of the fit"):
            found = rc.Classifier(classifier).fit(series, holed, gaps="drop")
        place = next(k for k in (0, 1) if k == 0 or holed[1] is None) if not isinstance(holed, list) else 1
        kept = [one for k, one in enumerate(series) if k != place]
        expected = rc.Classifier(classifier).fit(kept, [label for k, label in enumerate(labels) if k != place])
        np.testing.assert_allclose(found.decision_function(series), expected.decision_function(series), rtol=1e-6, atol=1e-6)
    assert found.classes_.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: rc.BPTT(still(), loss=lambda p, t: p.sum()).fit((X, Y), sample_weight=TIMES),
            "BPTT.sample_weight needs a loss by its name",
        ),
        (lambda: rc.BPTT(still()).fit(lambda: [(X, Y)], sample_weight=TIMES), r"BPTT.sample_weight belongs to a pair \(x, y\)"),
        (lambda: rc.BPTT(still()).fit((X, Y), sample_weight=TIMES[:9]), r"BPTT.sample_weight must be \(100,\)"),
        (
            lambda: rc.RidgeTrainer(still(), beta="auto").fit([X, Y], sample_weight=(np.arange(100) < 3).astype(float)),
            "cannot be chosen from 3 rows",
        ),
        (lambda: rc.Regressor(still()).fit(X, Y, gaps=FILL), "Regressor.fit.gaps must be 'error' or 'drop'"),
    ],
)
def test_what_cannot_be_weighed_is_a_sentence(call: Any, words: str):
    with pytest.raises((ValueError, TypeError), match=words):
        call()
