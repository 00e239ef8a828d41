"""The estimators against the trainers, and in scikit-learn's own machinery."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from rcwidgets.core.datasets.shipped import japanese_vowels
from rcwidgets.core.estimator import Classifier, Regressor
from rcwidgets.core.nodes import Input, Last, LinearReadout, Reservoir, TimeMean
from rcwidgets.core.trainers.closed_form.linear import LinearTrainer
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer


def model(**knobs):
    return Input() >> Reservoir(15, seed=0, input_scaling=0.5, **knobs) >> LinearReadout()


def sorter():
    return Input() >> Reservoir(30, seed=0, input_scaling=1.0, bias_scaling=1.0) >> TimeMean() >> LinearReadout()


@pytest.fixture
def data(generator):
    x = generator.normal(size=(150, 2))
    return x, np.roll(x, 1, axis=0) + 0.1 * generator.normal(size=(150, 2))


@pytest.fixture
def waves(generator):
    """Series of unequal length, and a label each: how fast they turn."""
    labels = np.array(["slow", "fast", "still"])[np.arange(24) % 3]
    speed = {"slow": 0.2, "fast": 0.9, "still": 0.0}
    return [
        np.sin(speed[label] * np.arange(20 + k) + k)[:, None] + 0.01 * generator.normal(size=(20 + k, 1)) for k, label in enumerate(labels)
    ], labels


@pytest.mark.parametrize("single", [True, False])
def test_the_regressor_is_the_trainer(single, data):
    x, y = data[0], data[1][:, 0] if single else data[1]
    regressor = Regressor(model(), beta=0.1, warmup=30, dtype="float64").fit(x[:100], y[:100])
    trainer = RidgeTrainer(model(), beta=0.1, dtype="float64")
    trainer.predict(x[:30])
    trainer.fit([x[30:100], y[30:100]])
    expected = trainer.predict(x[100:])[:, 0] if single else trainer.predict(x[100:])
    for _ in range(2):
        np.testing.assert_array_equal(regressor.predict(x[100:]), expected)
    assert regressor.score(x[100:], y[100:]) == pytest.approx(r2_score(y[100:], expected))
    np.testing.assert_array_equal(regressor.set_params(carry=False).predict(x[:50]), regressor.predict(x[:50]))
    fresh = trainer.predict(x[:50], reset=True)
    np.testing.assert_array_equal(regressor.predict(x[:50]), fresh[:, 0] if single else fresh)


def test_its_other_trainers(data):
    linear = Regressor(model(), trainer="linear", dtype="float64").fit(*data)
    np.testing.assert_array_equal(
        linear.trainer_.params["readout"]["W"], LinearTrainer(model(), dtype="float64").fit(data).params["readout"]["W"]
    )
    auto = Regressor(model(), beta="auto").fit(*data)
    assert auto.trainer_.betas == RidgeTrainer(model(), beta="auto").fit(data).betas


def test_feedback_is_taught_during_the_warm_up_too(data):
    i, r, o = Input(), Reservoir(15, seed=0, feedback_scaling=0.3), LinearReadout()
    graph, (x, y) = (i >> r >> o) & (r << o), data
    trainer = RidgeTrainer(graph, beta=0.1)
    trainer.fit([x[:30], y[:30]])
    expected = trainer.fit([x[30:100], y[30:100]]).predict(x[100:])
    np.testing.assert_array_equal(Regressor(graph, beta=0.1, warmup=30).fit(x[:100], y[:100]).predict(x[100:]), expected)


def test_parameters_are_named_by_node_and_knob(data):
    regressor = Regressor(model(), beta=0.1)
    params = regressor.get_params()
    assert params["beta"] == 0.1 and params["reservoir__leak_rate"] == 0.3 and params["readout__trainable"] is True
    assert "reservoir__leak_rate" not in regressor.get_params(deep=False)
    regressor.set_params(reservoir__leak_rate=np.float64(0.9), beta=2.0)
    assert regressor.model["reservoir"].leak_rate == 0.9 and regressor.beta == 2.0
    np.testing.assert_allclose(
        regressor.fit(*data).predict(data[0]), Regressor(model(leak_rate=0.9), beta=2.0).fit(*data).predict(data[0]), rtol=1e-6
    )
    with pytest.raises(
        ValueError,
        match=r"Regressor has no parameter 'echo__leak_rate'\. Its parameters: model, trainer, beta, .* node of: input, reservoir, readout\.",
    ):
        regressor.set_params(echo__leak_rate=0.5)
    with pytest.raises(ValueError, match="Reservoir has no knob 'leek_rate'"):
        regressor.set_params(reservoir__leek_rate=0.5)
    assert repr(regressor) == "Regressor(model, beta=2.0)"


@pytest.mark.parametrize(
    "estimator", [Regressor(model(), beta=0.3, warmup=5), Classifier(sorter(), beta=0.3)], ids=["regressor", "classifier"]
)
def test_copies_are_unfitted_and_of_the_same_parameters(estimator):
    copied = clone(estimator)
    assert type(copied) is type(estimator) and copied is not estimator
    one, other = copied.get_params(), estimator.get_params()
    assert {name: value for name, value in one.items() if name != "model"} == {
        name: value for name, value in other.items() if name != "model"
    }
    assert one["model"].to_json() == other["model"].to_json()
    assert is_classifier(copied) == (type(estimator) is Classifier) and is_regressor(copied) == (type(estimator) is Regressor)
    assert pickle.loads(pickle.dumps(estimator)).beta == 0.3
    with pytest.raises(ValueError, match=f"{type(estimator).__name__} is not fitted yet"):
        copied.predict(np.zeros((5, 1)) if type(estimator) is Regressor else [np.zeros((5, 1))])


def test_a_pipeline_scales_before_the_model(data):
    x, y = data[0] * 100, data[1]
    piped = make_pipeline(StandardScaler(), Regressor(model(), beta=1e-2, dtype="float64")).fit(x, y)
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    np.testing.assert_allclose(piped.predict(x), Regressor(model(), beta=1e-2, dtype="float64").fit(scaled, y).predict(scaled), rtol=1e-6)
    assert piped.get_params()["regressor__reservoir__units"] == 15


def test_a_grid_search_finds_the_better_knobs(data):
    x, y = data
    grid = {"reservoir__spectral_radius": [0.01, 0.9], "beta": [1e-4, 1e4]}
    search = GridSearchCV(Regressor(model(leak_rate=1.0), warmup=10), grid, cv=TimeSeriesSplit(3), error_score="raise").fit(x, y)
    assert search.best_params_["beta"] == 1e-4
    regressor = clone(search.estimator).set_params(**search.best_params_)
    scores = [regressor.fit(x[early], y[early]).score(x[late], y[late]) for early, late in TimeSeriesSplit(3).split(x)]
    assert search.best_score_ == pytest.approx(np.mean(scores))
    assert search.predict(x[:5]).shape == (5, 2)


def test_the_classifier_is_one_hot_regression(waves):
    series, labels = waves
    classifier = Classifier(sorter(), beta=1e-3, dtype="float64").fit(series, labels)
    assert classifier.classes_.tolist() == ["fast", "slow", "still"]
    trainer = RidgeTrainer(sorter(), beta=1e-3, dtype="float64")
    trainer.fit([series, (labels[:, None] == classifier.classes_).astype(float)])
    outputs = trainer.predict(series, reset=True)
    for _ in range(2):
        np.testing.assert_array_equal(classifier.decision_function(series), outputs)
    np.testing.assert_array_equal(classifier.predict(series), classifier.classes_[outputs.argmax(axis=1)])
    np.testing.assert_array_equal(classifier.predict(series[4:5]), classifier.predict(series)[4:5])
    assert classifier.score(series, labels) == np.mean(classifier.predict(series) == labels) > 0.9
    two = Classifier(sorter(), dtype="float64").fit(series, labels == "slow")
    np.testing.assert_array_equal(two.decision_function(series) > 0, two.predict(series))


def test_the_classifier_is_cross_validated_and_searched(waves):
    series, labels = waves
    assert cross_val_score(Classifier(sorter(), beta=1e-3), series, labels, cv=3, error_score="raise").mean() > 0.8
    search = GridSearchCV(Classifier(sorter()), {"beta": [1e-3, 1e6], "reservoir__leak_rate": [0.3]}, cv=3, error_score="raise").fit(
        series, labels
    )
    assert search.best_params_ == {"beta": 1e-3, "reservoir__leak_rate": 0.3}


def test_it_tells_the_speakers_of_japanese_vowels():
    (x, y), (test_x, test_y) = japanese_vowels()
    classifier = Classifier(
        Input() >> Reservoir(100, seed=0, input_scaling=0.3, bias_scaling=0.5) >> TimeMean() >> LinearReadout(), beta=1e-3
    )
    assert classifier.fit(x, y).score(test_x, test_y) > 0.95


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x, y: Regressor(model(), warmup=200).fit(x, y), "Regressor.warmup must be a whole number from 0, below the 150 rows of X, got 200"),
        (lambda x, y: Regressor(model(), warmup=True).fit(x, y), "Regressor.warmup must be a whole number"),
        (lambda x, y: Regressor(model()).fit(x[:, 0], y), r"Regressor.X must be \(time, features\), got the shape \(150,\)"),
        (lambda x, y: Regressor(model()).fit(x, y[:9]), r"Regressor.y must be \(time,\) or \(time, targets\) with the 150 rows of X, got the shape \(9,"),
        (lambda x, y: Regressor(model(), warmup=20).fit(x, y[:9]), "Regressor.y must be"),
        (lambda x, y: Regressor(model(), trainer="rigde").fit(x, y), "Regressor.trainer must be one of ridge, linear, got 'rigde'"),
        (lambda x, y: Regressor(model(), beta=-1.0).fit(x, y), r"RidgeTrainer.beta must be in \[0.0"),
        (lambda x, y: Regressor(model()).set_params(model=3).fit(x, y), "Regressor.model must be a model such as"),
        (lambda x, y: Regressor(Input() >> [LinearReadout(name="a"), LinearReadout(name="b")]).fit(x, y), "Regressor.model must have one output, got 2: a, b"),
        (lambda x, y: Classifier(model()).fit([x], [1]), r"Classifier.model must give one value a series. Put Last\(\) or TimeMean\(\)"),
        (lambda x, y: Classifier(sorter()).fit([x, x], [1]), r"Classifier.y must have one label for each of the 2 series, got the shape \(1,\)"),
        (lambda x, y: Classifier(sorter()).fit([x, x], [1, 1]), "Classifier.y must have at least two classes, got only 1."),
        (lambda x, y: Classifier(sorter()).fit([x[:, 0], x], [1, 2]), r"Classifier.X\[0\] must be \(time, features\), got the shape \(150,\)"),
        (lambda x, y: Classifier(sorter()).fit([], []), "Classifier.X must hold a series, got none"),
        (lambda x, y: Classifier(sorter()).fit({"a": x}, [1]), "Classifier.X must be a list of series"),  # type: ignore[arg-type]
        (lambda x, y: Classifier(Input() >> Last() >> LinearReadout()).fit([x, x[:, :1]], [1, 2]), "x must have the same features in all series"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence(call, words, data):
    with pytest.raises((ValueError, TypeError), match=words):
        call(*data)


def test_the_library_does_not_import_scikit_learn():
    code = "import sys, rcwidgets; rcwidgets.Regressor, rcwidgets.EstimatorTrainer; assert 'sklearn' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_r_squared_of_a_constant_target_is_as_in_scikit_learn(data):
    x, y = data
    fitted = Regressor(model(), beta=1e-3).fit(x, y)
    mixed = np.column_stack([np.full(20, 3.0), y[:20, 0]])
    for wanted in (mixed, np.full((20, 2), 3.0), y[:20], fitted.predict(x[:20])):
        assert fitted.score(x[:20], wanted) == pytest.approx(r2_score(wanted, fitted.predict(x[:20])))
    flat = np.where(np.arange(150) < 50, 2.0, y[:, 0])
    scores = cross_val_score(Regressor(model(), beta=1e-3), x, flat, cv=TimeSeriesSplit(5))
    assert np.isfinite(scores).all()


def test_masked_entries_are_refused(data):
    x, y = data
    masked = np.ma.masked_greater(x, 2.0)
    with pytest.raises(ValueError, match=r"Regressor.X must have no masked entries, got one at"):
        Regressor(model()).fit(masked, y)
    with pytest.raises(ValueError, match=r"Regressor.y must have no masked entries, got one at"):
        Regressor(model()).fit(x, masked)
    with pytest.raises(ValueError, match=r"Classifier.X\[1\] must have no masked entries"):
        Classifier(sorter()).fit([x, masked], ["a", "b"])


@pytest.mark.parametrize("shape", ["one row each", "one-hot", "one-hot rows", "column"])
def test_labels_may_be_shaped_as_peers_shape_them(waves, shape):
    series, labels = waves
    classes, codes = np.unique(labels, return_inverse=True)
    hot = np.eye(len(classes), dtype=int)[codes]
    given, plain = {
        "one row each": ([np.array([[label]]) for label in labels], labels),
        "column": (labels[:, None], labels),
        "one-hot": (hot, codes),
        "one-hot rows": ([row[None] for row in hot], codes),
    }[shape]
    fitted, expected = Classifier(sorter()).fit(series, given), Classifier(sorter()).fit(series, plain)
    np.testing.assert_array_equal(fitted.predict(series), expected.predict(series))
    assert fitted.score(series, given) == expected.score(series, plain)
    listed = RidgeTrainer(sorter()).fit([series, [row[None] for row in hot]]).predict(series, reset=True)
    np.testing.assert_array_equal(listed, RidgeTrainer(sorter()).fit([series, hot]).predict(series, reset=True))
    ragged = np.empty(len(series), object)
    ragged[:] = series
    np.testing.assert_array_equal(Classifier(sorter()).fit(ragged, given).predict(ragged), fitted.predict(series))


def test_labels_that_are_not_there_are_no_class(waves):
    series, _ = waves
    with pytest.raises(ValueError, match=r"Classifier.y must all be there, got nan in row 1\. Leave out what has no label\."):
        Classifier(sorter()).fit(series, [0.0, np.nan] * 12)


def test_probabilities_are_the_outputs_without_what_is_negative():
    waves = [np.sin(np.arange(30 + k) / (2 + k % 3))[:, None] for k in range(12)]
    model = Input() >> Reservoir(20, seed=0) >> TimeMean() >> LinearReadout()
    classifier = Classifier(model).fit(waves, ["a", "b", "c"] * 4)
    outputs, found = classifier.decision_function(waves).astype(float), classifier.predict_proba(waves)
    np.testing.assert_allclose(outputs.sum(axis=1), 1.0, atol=1e-4)
    assert (outputs < 0).any() and (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    np.testing.assert_allclose(found, np.maximum(outputs, 0) / np.maximum(outputs, 0).sum(axis=1, keepdims=True))
    assert classifier.classes_[found.argmax(axis=1)].tolist() == classifier.predict(waves).tolist()


def test_columns_of_a_frame_in_another_order_than_in_the_fit_are_refused():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": np.sin(np.arange(60) / 5), "b": np.cos(np.arange(60) / 5)})
    regressor = Regressor(Input() >> Reservoir(10, seed=0) >> LinearReadout()).fit(frame, frame["b"])
    assert regressor.predict(frame).shape == (60,)
    with pytest.raises(ValueError, match=r"Regressor.X must have the columns of the fit in their order, a, b, got b, a\."):
        regressor.predict(frame[["b", "a"]])


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["a", "b", float("nan"), "a"], r"Classifier.y must all be there, got nan in row 2"),
        (["a", "b", None, "a"], r"Classifier.y must all be there, got None in row 2"),
        ([0.1, 0.2, 0.3, 0.1], r"Classifier.y must be classes, got numbers such as 0\.1\. Round them, or take a Regressor"),
    ],
)
def test_labels_that_are_none_or_numbers_are_no_classes(labels, words):
    series = [np.full((5, 1), float(k)) for k in range(4)]
    with pytest.raises(ValueError, match=words):
        Classifier(Input() >> Reservoir(10, seed=0) >> TimeMean() >> LinearReadout()).fit(series, labels)
