"""Weights of rows, series and classes, exactly: 2 is a row that is there twice; and several labels a series."""

from typing import Any

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.core.losses import binary_cross_entropy
from rcwidgets.core.metrics import exact_match, f1, hamming_loss

EVEN: Any = "even"
KNOBS = {"dtype": "float64"}


def told(outputs=None):
    return rc.Input() >> rc.Reservoir(30, seed=0, input_scaling=0.5, bias_scaling=0.5) >> rc.TimeMean() >> rc.LinearReadout(outputs)


@pytest.fixture(scope="module")
def waves():
    random = np.random.default_rng(5)
    speeds, labels = {"a": 0.3, "b": 0.6, "c": 1.2}, random.permutation(["a"] * 24 + ["b"] * 9 + ["c"] * 6)
    series = [1 + np.sin(speeds[label] * np.arange(20 + k) + random.uniform(0, 6))[:, None] for k, label in enumerate(labels)]
    return [one + 0.3 * random.normal(size=one.shape) for one in series], labels


@pytest.mark.parametrize("trainer", ["ridge", "linear"])
@pytest.mark.parametrize("penalize", [False, True])
@pytest.mark.parametrize("beta", [1e-2, 1e-13])  # by normal equations, and by the orthogonal factorisation
def test_a_whole_weight_is_a_series_that_is_there_so_often(waves, trainer, penalize, beta):
    series, labels = waves
    times = np.arange(len(series)) % 4
    again = [k for k, count in enumerate(times) for _ in range(count)]
    options = {"trainer": trainer, "penalize_bias": penalize, "beta": beta, **KNOBS}
    weighted = rc.Classifier(told(), **options).fit(series, labels, sample_weight=times)
    repeated = rc.Classifier(told(), **options).fit([series[k] for k in again], labels[again])
    np.testing.assert_allclose(weighted.decision_function(series), repeated.decision_function(series), rtol=1e-6, atol=1e-9)
    assert (
        np.abs(weighted.decision_function(series) - rc.Classifier(told(), **options).fit(series, labels).decision_function(series)).max()
        > 1e-3
    )


@pytest.mark.parametrize("beta", [1e-4, 1e-14])
def test_rows_of_a_series_have_weights_too(beta):
    x = np.sin(np.arange(200) / 5)[:, None]
    weights = np.arange(199) % 3
    model = rc.Input(1) >> rc.Reservoir(30, seed=0) >> rc.LinearReadout(1)
    trainer = rc.RidgeTrainer(model, beta=beta, **KNOBS)
    trainer.fit([x[:-1], x[1:]], sample_weight=weights)
    runner = rc.RNNRunner(model, params=trainer.params, dtype="float64")
    runner.predict(x[:-1], monitors=["reservoir.output"])
    states = runner.mon["reservoir.output"][0]
    mean_x, mean_y = (np.average(one, axis=0, weights=weights) for one in (states, x[1:]))
    root = np.sqrt(weights)[:, None]
    rows, wanted = root * (states - mean_x), root * (x[1:] - mean_y)
    penalty = np.sqrt(beta) * np.eye(30)
    by_hand = np.linalg.lstsq(np.vstack([rows, penalty]), np.vstack([wanted, np.zeros((30, 1))]), rcond=None)[0]
    np.testing.assert_allclose(rows @ trainer.params["readout"]["W"], rows @ by_hand, atol=1e-6 if beta > 1e-9 else 1e-4)
    half = rc.RidgeTrainer(model, beta=beta, **KNOBS).fit([x[:-1], x[1:]], sample_weight=(np.arange(199) < 100).astype(float))
    alone = rc.RidgeTrainer(model, beta=beta, **KNOBS).fit([x[:100], x[1:101]])
    np.testing.assert_allclose(half.predict(x[:50], reset=True), alone.predict(x[:50], reset=True), atol=1e-6 if beta > 1e-9 else 1e-3)


def test_weights_of_ragged_series_and_of_whole_series():
    random = np.random.default_rng(0)
    x, y = ([random.normal(size=(length, 1)) for length in (20, 30)] for _ in range(2))
    model = rc.Input(1) >> rc.Reservoir(10, seed=0) >> rc.LinearReadout(1)
    by_rows = rc.RidgeTrainer(model, beta=1e-2, **KNOBS).fit([x, y], sample_weight=[np.full(20, 3.0), np.ones(30)])
    by_series = rc.RidgeTrainer(model, beta=1e-2, **KNOBS).fit([x, y], sample_weight=[3.0, 1.0])
    again = rc.RidgeTrainer(model, beta=1e-2, **KNOBS).fit([[x[0]] * 3 + [x[1]], [y[0]] * 3 + [y[1]]])
    for one in (by_rows, by_series):
        np.testing.assert_allclose(one.params["readout"]["W"], again.params["readout"]["W"], atol=1e-9)


def test_the_regressor_takes_weights_as_scikit_learn_does():
    x = np.sin(np.arange(120) / 5)[:, None]
    weights = np.r_[np.zeros(60), np.ones(59)]
    regressor = rc.Regressor(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), warmup=10, beta=1e-4, **KNOBS)
    found = regressor.fit(x[:-1], x[1:, 0], sample_weight=weights).trainer_.params["readout"]["W"]
    late = rc.RidgeTrainer(regressor.model, beta=1e-4, **KNOBS)
    late.predict(x[:60])
    np.testing.assert_allclose(found, late.fit([x[60:-1], x[61:]]).params["readout"]["W"], atol=1e-8)


@pytest.mark.parametrize("given", ["balanced", {"a": 0.5, "c": 3.0}])
def test_class_weights_are_those_of_scikit_learn(waves, given):
    weigh = pytest.importorskip("sklearn.utils.class_weight").compute_sample_weight
    series, labels = waves
    expected = rc.Classifier(told(), beta=1e-2, **KNOBS).fit(series, labels, sample_weight=weigh(given, labels))
    found = rc.Classifier(told(), beta=1e-2, class_weight=given, **KNOBS).fit(series, labels)
    np.testing.assert_allclose(found.decision_function(series), expected.decision_function(series), atol=1e-9)
    both = rc.Classifier(told(), beta=1e-2, class_weight=given, **KNOBS).fit(series, labels, sample_weight=np.arange(len(labels)))
    product = rc.Classifier(told(), beta=1e-2, **KNOBS).fit(series, labels, sample_weight=weigh(given, labels) * np.arange(len(labels)))
    np.testing.assert_allclose(both.decision_function(series), product.decision_function(series), atol=1e-9)


def several(waves):
    series, labels = waves
    return series, np.stack([labels == "a", labels != "c", labels != "a"], axis=1).astype(int)


def test_several_labels_a_series_are_a_yes_or_no_each(waves):
    series, matrix = several(waves)
    classifier = rc.Classifier(told(), beta=1e-4).fit(series, matrix)
    found, shares = classifier.predict(series), classifier.predict_proba(series)
    assert found.shape == shares.shape == matrix.shape and set(np.unique(found)) <= {0, 1}
    np.testing.assert_array_equal(found, shares > 0.5)
    np.testing.assert_array_equal(found, classifier.decision_function(series) > 0)
    assert (shares >= 0).all() and (shares <= 1).all() and not np.allclose(shares.sum(axis=1), 1)
    assert classifier.score(series, matrix) == exact_match(found, matrix) > 0.6
    trainer = rc.RidgeTrainer(told(3), beta=1e-4).fit([series, matrix.astype(float)])
    np.testing.assert_allclose(classifier.decision_function(series), np.asarray(trainer.predict(series, reset=True)) - 0.5, atol=1e-6)


def test_a_matrix_with_a_single_one_in_each_row_tells_classes_unless_it_is_said():
    series = [np.full((5, 1), float(k % 2)) for k in range(10)]
    matrix = np.eye(2, dtype=int)[np.arange(10) % 2]
    assert rc.Classifier(told()).fit(series, matrix).predict(series).tolist() == [0, 1] * 5
    np.testing.assert_array_equal(rc.Classifier(told(), multilabel=True).fit(series, matrix).predict(series), matrix)


def test_by_gradient_several_labels_lower_the_binary_cross_entropy():
    random = np.random.default_rng(3)
    levels = random.integers(0, 3, 60)
    series = [level - 1 + 0.1 * random.normal(size=(8 + k % 5, 1)) for k, level in enumerate(levels)]
    matrix = np.stack([levels > 0, levels > 1], axis=1).astype(int)
    model = rc.Input() >> rc.Reservoir(30, seed=0, input_scaling=1.0) >> rc.TimeMean() >> rc.LinearReadout(2)
    classifier = rc.Classifier(model, trainer="bptt").fit(series, matrix)
    assert classifier.trainer_.loss == "binary_cross_entropy"
    scores, shares = classifier.decision_function(series), classifier.predict_proba(series)
    np.testing.assert_allclose(shares, 1 / (1 + np.exp(-scores)), rtol=1e-5)
    base = np.log(matrix.mean(axis=0) / (1 - matrix.mean(axis=0)))
    assert binary_cross_entropy(scores, matrix) < 0.5 * binary_cross_entropy(np.broadcast_to(base, matrix.shape), matrix)
    np.testing.assert_array_equal(classifier.predict(series), shares > 0.5)
    assert classifier.score(series, matrix) > 0.9
    classes = rc.Classifier(model, trainer="bptt").fit(series, levels > 0)
    np.testing.assert_allclose(classes.predict_proba(series).sum(axis=1), 1, rtol=1e-5)
    assert classes.score(series, levels > 0) > 0.9


def test_the_metrics_of_several_labels_are_those_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(1)
    found, right = random.integers(0, 2, (30, 4)), random.integers(0, 2, (30, 4))
    assert exact_match(found, right) == pytest.approx(metrics.accuracy_score(right, found))
    assert hamming_loss(found, right) == pytest.approx(metrics.hamming_loss(right, found))
    assert f1(found, right) == pytest.approx(metrics.f1_score(right, found, average="macro"))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda x, y, m: rc.Classifier(told(), class_weight=EVEN).fit(x, y), 'class_weight must be "balanced" or a dict by label'),
        (
            lambda x, y, m: rc.Classifier(told(), class_weight={"d": 1.0}).fit(x, y),
            "must be of classes of y, got 'd'. The classes: 'a', 'b', 'c'",
        ),
        (lambda x, y, m: rc.Classifier(told(), class_weight={"a": -1.0}).fit(x, y), "class_weight must be finite and at least 0"),
        (
            lambda x, y, m: rc.Classifier(told(), class_weight="balanced").fit(x, m),
            "each series has several labels. Give fit a sample_weight",
        ),
        (
            lambda x, y, m: rc.Classifier(told(), multilabel=True).fit(x, y),
            r"must be a matrix \(series, labels\) of 0 and 1 where multilabel",
        ),
        (lambda x, y, m: rc.Classifier(told()).fit(x, y, np.ones(3)), "sample_weight must have one number for each of the 39 rows of y"),
        (lambda x, y, m: rc.Classifier(told()).fit(x, y, -np.ones(len(x))), "sample_weight must be finite and at least 0, got -1"),
        (lambda x, y, m: rc.Classifier(told()).fit(x, y, np.zeros(len(x))), "sample_weight must be above 0 somewhere"),
        (lambda x, y, m: rc.Classifier(told()).fit(x, m).score(x, m[:, :2]), r"must be \(series, labels\) \(39, 3\)"),
        (lambda x, y, m: exact_match(m + 0.5, m), r"exact_match.predictions must be \(cases, labels\) of 0 and 1"),
    ],
)
def test_what_does_not_fit_is_a_sentence(waves, make, words):
    series, matrix = several(waves)
    with pytest.raises((ValueError, TypeError), match=words):
        make(series, waves[1], matrix)
