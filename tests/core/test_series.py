"""Series of unequal length: each of a padded batch runs and trains as if it were alone."""

import numpy as np
import pytest

from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, Last, LinearReadout, Reservoir, TimeMean
from rcwidgets.core.series import as_batch, as_values, is_list, lengths_of, living
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.online.recursive import RLS, FORCELearning

LENGTHS = (7, 12, 3, 12)


@pytest.fixture
def xs(generator):
    return [generator.normal(size=(steps, 2)) for steps in LENGTHS]


def chain(*middle, features=3):
    model = Input(2) >> Reservoir(20, seed=0, input_scaling=0.5)
    for node in middle:
        model = model >> node
    return model >> LinearReadout(features)


def looped():
    r, o = Reservoir(20, seed=0, input_scaling=0.5, feedback_scaling=0.5), LinearReadout(2)
    return (Input(2) >> r >> o) & (r << o)


def test_a_list_is_padded_with_zeros_and_its_lengths_are_known(xs):
    batch = as_batch(xs, "x")
    assert batch.shape == (4, 12, 2)
    np.testing.assert_array_equal(batch[2, :3], xs[2])
    assert not batch[2, 3:].any()
    np.testing.assert_array_equal(lengths_of(xs), LENGTHS)
    np.testing.assert_array_equal(living(lengths_of(xs), 12).sum(axis=0), LENGTHS)
    assert lengths_of([xs[1], xs[3]]) is None and lengths_of(xs[0]) is None


@pytest.mark.parametrize("model", [chain(), looped()], ids=["chain", "feedback"])
def test_each_series_runs_as_if_alone(xs, model):
    runner = RNNRunner(model, dtype="float64")
    outputs = runner.predict(xs, monitors=["reservoir.state"])
    states, after = runner.mon["reservoir.state"], runner.state
    for k, x in enumerate(xs):
        alone = RNNRunner(model, dtype="float64")
        np.testing.assert_allclose(outputs[k], alone.predict(x, monitors=["reservoir.state"]), atol=1e-12)
        np.testing.assert_allclose(states[k], alone.mon["reservoir.state"][0], atol=1e-12)
        for ours, theirs in zip(after.nodes, alone.state.nodes, strict=True):
            for name in ours:
                np.testing.assert_allclose(ours[name][k], theirs[name][0], atol=1e-12)
        for place, value in after.feedback.items():
            np.testing.assert_allclose(value[k], alone.state.feedback[place][0], atol=1e-12)


@pytest.mark.parametrize("other", [[4, 5], None], ids=["other ends", "no ends"])
def test_series_that_end_elsewhere_for_another_input_are_refused(other):
    one, two = Input(1, name="one"), Input(1, name="two")
    series = np.zeros((2, 5, 1)) if other is None else [np.zeros((steps, 1)) for steps in other]
    data = {"one": [np.zeros((5, 1)), np.zeros((4, 1))], "two": series}
    words = r"x must have series of the same lengths for all nodes, got \[5, 4\] for 'one' and .* for 'two'"
    with pytest.raises(ValueError, match=words):
        RNNRunner([one, two] >> Reservoir(3)).predict(data)


@pytest.mark.parametrize(("middle", "of"), [(Last, lambda h: h[-1]), (TimeMean, lambda h: h.mean(axis=0))])
def test_one_value_a_series(xs, middle, of):
    runner = RNNRunner(chain(middle()), dtype="float64")
    y = runner.predict(xs)
    assert y.shape == (4, 3)
    plain = RNNRunner(chain(), dtype="float64")
    weights = runner.params["readout"]
    for k, x in enumerate(xs):
        plain.predict(x, reset=True, monitors=["reservoir.state"])
        np.testing.assert_allclose(y[k], of(plain.mon["reservoir.state"][0]) @ weights["W"] + weights["b"], atol=1e-12)
        np.testing.assert_allclose(runner.predict(x, reset=True), y[k], atol=1e-12)


def test_the_mean_goes_on_over_calls(generator):
    x = generator.normal(size=(20, 2))
    whole, parts = RNNRunner(chain(TimeMean()), dtype="float64"), RNNRunner(chain(TimeMean()), dtype="float64")
    parts.predict(x[:9])
    np.testing.assert_allclose(parts.predict(x[9:]), whole.predict(x), rtol=1e-10)


def test_ridge_counts_each_row_of_each_series_once(xs):
    ys = [np.cumsum(x, axis=0) for x in xs]
    trainer = RidgeTrainer(chain(features=2), beta=1e-3, dtype="float64").fit([xs, ys])
    states = []
    for x in xs:
        alone = RNNRunner(chain(features=2), dtype="float64")
        alone.predict(x, monitors=["reservoir.state"])
        states.append(alone.mon["reservoir.state"][0])
    h, y = np.vstack(states), np.vstack(ys)
    centred = h - h.mean(0)
    wanted = np.linalg.solve(centred.T @ centred + 1e-3 * np.eye(20), centred.T @ (y - y.mean(0)))
    np.testing.assert_allclose(trainer.params["readout"]["W"], wanted, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("make", [lambda model: RidgeTrainer(model, beta=0.1, penalize_bias=True), lambda model: RLS(model, alpha=0.1)])
def test_labels_of_sequences_are_fitted_at_their_ends(xs, generator, make):
    model, labels = chain(Last()), generator.normal(size=(4, 3))
    trainer = make(model).fit([xs, labels])
    ends = []
    for x in xs:
        alone = RNNRunner(chain(), dtype="float32")
        alone.predict(x, monitors=["reservoir.state"])
        ends.append(np.append(alone.mon["reservoir.state"][0, -1], 1.0))
    h = np.array(ends)
    wanted = np.linalg.solve(h.T @ h + 0.1 * np.eye(21), h.T @ labels)
    found = np.vstack([trainer.params["readout"]["W"], trainer.params["readout"]["b"]])
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_rls_of_unequal_series_equals_ridge(xs):
    ys = [np.cumsum(x, axis=0) for x in xs]
    rls = RLS(chain(features=2), alpha=0.1, dtype="float64").fit([xs, ys])
    ridge = RidgeTrainer(chain(features=2), beta=0.1, penalize_bias=True, dtype="float64").fit([xs, ys])
    np.testing.assert_allclose(rls.params["readout"]["W"], ridge.params["readout"]["W"], rtol=1e-8, atol=1e-10)


def test_forced_feedback_is_what_arrives_one_step_late(generator):
    x, y = generator.normal(size=(2, 15, 2))
    runner = RNNRunner(looped(), dtype="float64")
    runner.predict(x, forced={"readout": y}, monitors=["reservoir.state"])
    own, h = runner.params["reservoir"], np.zeros(20)
    for t in range(15):
        fed = y[t - 1] if t else np.zeros(2)
        drive = 0.9 * h @ own["W"] + 0.5 * x[t] @ own["W_in"] + 0.5 * fed @ own["W_fb"]
        h = 0.7 * h + 0.3 * np.tanh(drive)
        np.testing.assert_allclose(runner.mon["reservoir.state"][0, t], h, atol=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda r, xs: r.predict([xs[0], xs[1][:, :1]]), r"x must have the same features in all series, got 2 in series 0 and 1 in series 1\."),
        (lambda r, xs: r.predict([xs[0], xs[1] * np.nan]), r"x\[1\] must be finite, got nan in row 0, column 0\."),
        (lambda r, xs: r.fit([xs, xs[:2]]), r"x and y must have the same rows"),
        (lambda r, xs: r.fit([xs, [xs[1], xs[0], *xs[2:]]]), r"y must be a list of series as long as those of x\."),
        (lambda r, xs: r.predict(xs, forced={"readout": xs}), r"forced must be of nodes that feed back, got 'readout'. The nodes that do: none\."),
    ],
)  # fmt: skip
def test_refusals(xs, call, words):
    with pytest.raises(ValueError, match=words):
        call(RidgeTrainer(chain(features=2)), xs)


def test_a_label_too_many_is_refused(xs):
    with pytest.raises(ValueError, match=r"y must have one row for each series of x, got 5 rows for 4 series\."):
        RidgeTrainer(chain(TimeMean())).fit([xs, np.zeros((5, 3))])


def test_a_model_with_one_value_a_series_has_no_closed_loop(xs):
    trainer = RidgeTrainer(chain(TimeMean(), features=2)).fit([xs, np.ones((4, 2))])
    with pytest.raises(ValueError, match=r"readout gives one value a series\."):
        trainer.generate(3)


def test_a_readout_with_one_target_a_series_cannot_be_replaced_by_it_on_its_wires(xs):
    r, o = Reservoir(20, seed=0), LinearReadout(1)
    model, y = (Input(2) >> r >> TimeMean() >> o) & (r << o), np.ones((len(xs), 1))
    for trainer in (RidgeTrainer(model), RLS(model)):
        with pytest.raises(ValueError, match="readout feeds back, but has a target only at the end of a series: none can take its place"):
            trainer.fit([xs, y])
    assert FORCELearning(model).fit([xs, y]).predict(xs).shape == (4, 1)


MASKED = np.ma.masked_equal([[1.0], [-9999.0], [3.0]], -9999.0)


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (MASKED, r"x must have no masked entries, got one at \[1, 0\]\. Remove or fill"),
        ([np.ones((3, 1)), MASKED], r"x\[1\] must have no masked entries, got one at \[1, 0\]\."),
        ([np.ones((2, 1)), MASKED], r"x\[1\] must have no masked entries, got one at \[1, 0\]\."),
        (np.ma.masked_equal(np.array([[1], [-9999]], np.int32), -9999), r"x must have no masked entries, got one at \[1, 0\]\."),
    ],
)
def test_the_fill_values_of_masked_entries_never_count_as_data(value, what):
    with pytest.raises(ValueError, match=what):
        as_batch(value, "x")


def test_a_masked_array_without_masked_entries_is_an_array():
    np.testing.assert_array_equal(as_batch(np.ma.array([[1.0], [2.0]]), "x"), [[[1.0], [2.0]]])


def test_an_array_of_objects_is_a_list_of_series():
    ragged, even = np.empty(2, object), np.empty(2, object)
    ragged[:] = [np.ones((3, 2)), np.ones((5, 2))]
    even[:] = [np.ones((3, 2)), np.zeros((3, 2))]
    assert is_list(ragged) and is_list(even)
    assert as_batch(ragged, "x").shape == (2, 5, 2)
    np.testing.assert_array_equal(as_batch(even, "x"), [np.ones((3, 2)), np.zeros((3, 2))])


def test_one_value_a_series_may_be_a_list_of_rows():
    rows = [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]
    for given in (rows, [np.array([row]) for row in rows], np.array(rows)[:, None]):
        np.testing.assert_array_equal(as_values(given, "y"), rows)
