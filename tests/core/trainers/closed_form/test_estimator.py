"""Readouts by scikit-learn: linear ones become weights, all others answer themselves, and what they cannot do is a sentence."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import BayesianRidge, Lasso, LinearRegression, LogisticRegression, PoissonRegressor, Ridge
from sklearn.multioutput import MultiOutputRegressor
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from rcwidgets.core.loading import load
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, Last, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.estimator import EstimatorTrainer
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from tests.core.trainers.chain import chain, states_of


@pytest.fixture
def data(generator):
    x = generator.normal(size=(80, 2))
    return x, np.roll(x, 1, axis=0)


def model(outputs=None):
    return chain(15, outputs, input_scaling=0.5)


def test_ridge_of_scikit_learn_is_the_ridge_trainer(data):
    theirs = EstimatorTrainer(model(), Ridge(alpha=0.1), dtype="float64").fit(data)
    ours = RidgeTrainer(model(), beta=0.1, dtype="float64").fit(data)
    np.testing.assert_allclose(theirs.params["readout"]["W"], ours.params["readout"]["W"], rtol=1e-8)
    np.testing.assert_allclose(theirs.params["readout"]["b"], ours.params["readout"]["b"], rtol=1e-8)
    np.testing.assert_allclose(theirs.generate(5), ours.generate(5), rtol=1e-7)


@pytest.mark.optimised
@pytest.mark.parametrize("estimator", [Lasso(alpha=0.01), BayesianRidge(), LinearRegression(fit_intercept=False), SVR(kernel="linear")])
def test_a_linear_regressor_becomes_the_weights(estimator, data, tmp_path):
    x, y = data[0], data[1][:, :1]
    trainer = EstimatorTrainer(model(), estimator, dtype="float64").fit([x, y])
    expected = trainer.estimators["readout"].predict(states_of(trainer, x))
    np.testing.assert_allclose(trainer.predict(x, reset=True)[:, 0], expected, rtol=1e-6, atol=1e-8)
    again = load(trainer.save(tmp_path / "model.npz"))
    assert type(again) is RNNRunner
    np.testing.assert_array_equal(again.predict(x), trainer.predict(x))


def test_feedback_is_taught_and_then_runs_by_itself(data):
    i, r, o = Input(2), Reservoir(15, seed=0, feedback_scaling=0.3), LinearReadout()
    graph = (i >> r >> o) & (r << o)
    theirs = EstimatorTrainer(graph, Ridge(alpha=0.1), dtype="float64").fit(data)
    ours = RidgeTrainer(graph, beta=0.1, dtype="float64").fit(data)
    np.testing.assert_allclose(theirs.predict(data[0][:9]), ours.predict(data[0][:9]), rtol=1e-6)


@pytest.mark.optimised
@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("batch", [None, 3])
def test_other_regressors_predict_from_the_signals_at_the_readout(outputs, batch, generator):
    x = generator.normal(size=(60, 2) if batch is None else (batch, 60, 2))
    y = x[..., :outputs] ** 2
    trainer = EstimatorTrainer(model(), KNeighborsRegressor(2), dtype="float64").fit([x, y])
    found = trainer.predict(x, reset=True, monitors=["reservoir.state", "readout.output"])
    states = trainer.mon["reservoir.state"].reshape(-1, 15)
    expected = np.reshape(trainer.estimators["readout"].predict(states), y.shape)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(trainer.mon["readout.output"], expected[None] if batch is None else expected)
    assert trainer.mon.keys() == {"reservoir.state", "readout.output"}
    halves = [trainer.predict(x[..., :25, :], reset=True), trainer.predict(x[..., 25:, :])]
    np.testing.assert_array_equal(np.concatenate(halves, axis=-2), expected)


def test_a_regressor_with_coefficients_that_is_not_linear_predicts_itself(data):
    x, y = data[0], np.abs(data[1][:, :1])
    trainer = EstimatorTrainer(model(), PoissonRegressor(alpha=1e-3), dtype="float64").fit([x, y])
    assert (trainer.predict(x, reset=True) > 0).all()
    with pytest.raises(ValueError, match="readout cannot be saved: its PoissonRegressor is not a matrix of weights"):
        trainer.save("model.npz")
    scaled = EstimatorTrainer(model(), make_pipeline(StandardScaler(), Ridge()), dtype="float64").fit(data)
    assert scaled.predict(x).shape == (80, 2)


@pytest.mark.parametrize("labels", [["no", "yes"], [7, 3]])
@pytest.mark.parametrize("batch", [None, 3])
def test_a_classifier_takes_and_gives_labels(labels, batch, generator):
    x = generator.normal(size=(60, 2) if batch is None else (batch, 60, 2))
    y = np.array(labels)[(x[..., 0] > 0).astype(int)]
    trainer = EstimatorTrainer(model(), LogisticRegression(C=1e4, max_iter=5000), dtype="float64").fit([x, y])
    found = trainer.predict(x, reset=True)
    assert found.shape == y.shape and found.dtype.kind == y.dtype.kind
    assert (found == y).mean() > 0.9
    shares = trainer.predict_proba(x, reset=True)
    assert shares.shape == (*y.shape, 2)
    np.testing.assert_allclose(shares.sum(axis=-1), 1)
    np.testing.assert_array_equal(np.sort(labels)[shares.argmax(axis=-1)], found)
    scores = trainer.decision_function(x, reset=True)
    assert scores.shape == y.shape
    np.testing.assert_array_equal(np.sort(labels)[(scores > 0).astype(int)], found)


def test_series_of_unequal_length_have_a_label_each_or_one_a_row(generator):
    x = [generator.normal(size=(length, 2)) + 2 * (length % 2) for length in (20, 31, 26, 25, 33, 22)]
    y = ["odd" if len(one) % 2 else "even" for one in x]
    once = EstimatorTrainer(Input(2) >> Reservoir(15, seed=0) >> Last() >> LinearReadout(), KNeighborsClassifier(1)).fit([x, y])
    np.testing.assert_array_equal(once.predict(x, reset=True), y)
    assert once.predict_proba(x, reset=True).shape == (6, 2)
    assert once.predict(x[1], reset=True) == "odd"
    each = EstimatorTrainer(model(), KNeighborsClassifier(1)).fit(
        [x, [np.repeat(label, len(one)) for one, label in zip(x, y, strict=True)]]
    )
    for one, label, series in zip(each.predict(x, reset=True), y, x, strict=True):
        assert one.shape == (len(series),) and (one == label).all()


def test_several_readouts_have_estimators_by_name(data):
    x, y = data
    i, r = Input(2), Reservoir(15, seed=0, input_scaling=0.5)
    graph = (i >> r >> LinearReadout(name="place")) & ([i, r] >> LinearReadout(name="side"))
    trainer = EstimatorTrainer(graph, {"place": Ridge(alpha=0.1), "side": LogisticRegression(C=100.0)}, dtype="float64")
    found = trainer.fit([x, {"place": y, "side": x[:, 0] > 0}]).predict(x, reset=True)
    np.testing.assert_allclose(
        found["place"], RidgeTrainer(model(), beta=0.1, dtype="float64").fit([x, y]).predict(x, reset=True), rtol=1e-6
    )
    assert found["side"].dtype == bool and (found["side"] == (x[:, 0] > 0)).mean() > 0.95
    assert trainer.predict_proba(x).keys() == {"side"}
    assert trainer.estimator["place"] is not trainer.estimators["place"]


LOOP = (lambda i, r, o: (i >> r >> o) & (r << o))(Input(2), Reservoir(5, seed=0), LinearReadout())
DEEP = Input(2) >> Reservoir(5, seed=0) >> LinearReadout(name="first") >> Reservoir(5, seed=1) >> LinearReadout(name="second")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda d: EstimatorTrainer(LOOP, RandomForestRegressor(2)).fit(d), "readout feeds back to reservoir, so it must be a matrix of weights, which RandomForestRegressor is not"),
        (lambda d: EstimatorTrainer(LOOP, LogisticRegression()).fit(d), "readout feeds back to reservoir, so it must be a matrix of weights, which LogisticRegression is not"),
        (lambda d: EstimatorTrainer(DEEP, KNeighborsRegressor()).fit(d), "first goes on to reservoir_2, so it must be a matrix of weights"),
        (lambda d: EstimatorTrainer(model(), RandomForestRegressor(2)).fit(d).generate(3), "readout cannot run in closed loop: its RandomForestRegressor is not a matrix"),
        (lambda d: EstimatorTrainer(model(), Ridge()).fit(d).predict_proba(d[0]), "EstimatorTrainer.predict_proba needs an estimator that has it, got Ridge of 'readout'"),
        (lambda d: EstimatorTrainer(model(), SVR()).fit(d), "SVR of 'readout' could not be fitted to 2 outputs: .* wrapped in sklearn.multioutput.MultiOutputRegressor"),
        (lambda d: EstimatorTrainer(model(), {"out": Ridge()}), "must have one for each of readout, got for 'out', which is no trainable readout"),
        (lambda d: EstimatorTrainer(DEEP, {"first": Ridge()}), "must have one for each of first, second, got none for 'second'"),
        (lambda d: EstimatorTrainer(model(), Ridge), "must be an estimator such as sklearn.linear_model.Ridge"),
        (lambda d: EstimatorTrainer(model(), LogisticRegression()).fit(d), r"The labels of 'readout' must be \(time,\) or one-hot rows, got the shape \(80, 2\)"),
        (lambda d: EstimatorTrainer(model(), LogisticRegression()).fit([d[0], np.zeros(3)]), "x and y must have the same rows"),
        (lambda d: EstimatorTrainer(model(), LogisticRegression()).fit([d[0], np.zeros(80)]), "LogisticRegression of 'readout' could not be fitted: .*class"),
        (lambda d: EstimatorTrainer(model(), LogisticRegression()).fit(d[0]), r"EstimatorTrainer.fit takes \[x, y\], got ndarray"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence(call, words, data):
    with pytest.raises((ValueError, TypeError), match=words):
        call(list(data))


def test_many_outputs_may_be_wrapped(data):
    trainer = EstimatorTrainer(model(), MultiOutputRegressor(SVR())).fit(data)
    assert trainer.predict(data[0]).shape == (80, 2)
