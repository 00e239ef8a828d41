"""Targets without a number in an experiment on data of one's own: what becomes of them is a choice, exact, and told."""

from typing import Any

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.core.tasks.gaps import TaskError
from rcwidgets.live.experiment import Experiment

ROWS = 400
X = np.sin(np.arange(ROWS) / 7) + 0.1 * np.random.default_rng(0).normal(size=ROWS)
Y = np.concatenate([[0.0], 0.7 * X[:-1] ** 2 + 0.2 * X[:-1]])
GONE = np.isin(np.arange(ROWS), [5, 60, 61, 62, 63, 150, 200, 231, 320, 321, 322, 390])
HOLED = np.column_stack([X, np.where(GONE, np.nan, Y)])
ASKED: dict[str, Any] = {"inputs": ["channel 1"], "targets": ["channel 2"], "horizon": 0}


def model() -> Any:
    return rc.Input() >> rc.Reservoir(20, seed=0, input_scaling=0.5) >> rc.LinearReadout()


def trained(data: Any, trainer: Any = rc.RidgeTrainer, gaps: str = "drop", **more: Any) -> tuple[Experiment, Any]:
    experiment = Experiment(model(), rc.DataTask(gaps=gaps, **{**ASKED, **more}), trainer, data=data)
    experiment.run()
    return experiment, experiment.wait(120)


TRAINERS: dict[str, Any] = {
    "ridge": lambda: rc.RidgeTrainer(model(), beta=1e-3, dtype="float64"),
    "blocked": lambda: rc.RidgeTrainer(model(), beta="auto", dtype="float64"),
    "held out": lambda: rc.RidgeTrainer(model(), selection="held out", dtype="float64"),
    "cross-validated": lambda: rc.RidgeTrainer(model(), selection="cross-validated", dtype="float64"),
    "RLS": lambda: rc.RLS(model(), dtype="float64"),
    "FORCE": lambda: rc.FORCELearning(model(), dtype="float64"),
    "LMS": lambda: rc.LMS(model(), learning_rate=0.1, normalised=True, epochs=3, dtype="float64"),
}


@pytest.mark.parametrize("kind", TRAINERS)
def test_an_experiment_fits_as_its_trainer_does_and_its_code_gives_the_same_error(kind: str):
    experiment, results = trained(HOLED, TRAINERS[kind]())
    data, rows = results.data, slice(40, 292)
    alone = TRAINERS[kind]()
    alone.predict(data.inputs[:40])
    with pytest.warns(rc.datasets.DataWarning, match="7 of 252 rows of the targets have no number"):
        alone.fit([data.inputs[rows], data.targets[rows]], gaps="drop")
    np.testing.assert_allclose(results.params["readout"]["W"], alone.params["readout"]["W"], rtol=1e-6, atol=1e-9)
    known = {"data": HOLED}
    with pytest.warns(rc.datasets.DataWarning):
        exec(experiment.code(), known)
    assert known["nrmse"] == pytest.approx(results.test_nrmse, rel=1e-6)
    assert results.test_nrmse == pytest.approx(rc.metrics.nrmse(results.forecast, results.truth, gaps="drop"), rel=1e-9)
    assert np.isnan(results.truth[:, 0]).tolist() == GONE[292:].tolist()
    experiment.close()


def test_the_table_of_metrics_says_how_many_rows_have_no_target():
    experiment, results = trained(HOLED)
    row = experiment.metrics["rows"]
    assert (row.train, row.test) == (245, 104)
    assert "12 rows have no target, and count neither in the fit nor in the errors." in experiment.task.notes(experiment.data)
    assert "Rows without a target are left out: 7 of the training part and 4 of the test part." in row.note
    assert results.test_score.rows == 104 and experiment.metrics["nrmse"].note == ""
    experiment.close()


def test_bptt_and_a_sweep_leave_the_same_rows_out():
    graph = rc.Input() >> rc.Dense(4, activation="tanh") >> rc.Dense(1)
    experiment = Experiment(graph, rc.DataTask(gaps="drop", **ASKED), rc.BPTT(graph, num_train=3, window=20), data=HOLED)
    experiment.run()
    assert np.isfinite(experiment.wait(120).curve.losses).all() and np.isfinite(experiment.results.test_nrmse)
    experiment.close()
    experiment, _ = trained(HOLED)
    experiment.sweep({"beta": [1e-6, 1e-3, 1.0]})
    swept = experiment.wait_sweep(120)
    assert np.isfinite(swept.sweep.errors).all() and np.isfinite(swept.sweep.test_errors).all()
    experiment.close()


def test_other_choices_fill_or_cut_and_each_says_so():
    for gaps, rows, words in (("fill", 400, "12 gaps filled, in straight lines."), ("cut", 88, "The longest part without a gap was kept")):
        experiment, results = trained(HOLED, gaps=gaps)
        assert len(results.data.inputs) == rows and results.data.missing is None
        assert any(words in note for note in experiment.task.notes(experiment.data))
        known: dict[str, Any] = {"data": HOLED}
        exec(experiment.code(), known)
        assert known["nrmse"] == pytest.approx(results.test_nrmse, rel=1e-4)
        experiment.close()


def test_a_row_without_an_input_is_left_out_whatever_its_target():
    both = HOLED.copy()
    both[[100, 101], 0] = np.nan
    experiment, results = trained(both)
    assert len(results.data.inputs) == 398 and any(
        "2 rows with a gap were left out" in note for note in experiment.task.notes(experiment.data)
    )
    assert results.data.missing.sum() == GONE.sum()
    experiment.close()


def test_masked_entries_are_gaps_and_without_a_choice_an_array_is_refused():
    masked = np.ma.MaskedArray(np.nan_to_num(HOLED, nan=-9999.0), np.isnan(HOLED))
    one, first = trained(masked)
    two, second = trained(HOLED)
    assert first.test_nrmse == second.test_nrmse
    one.close()
    two.close()
    with pytest.raises(ValueError, match=r"The data must be finite, got nan in row 5, column 1\. .* task=rc.DataTask\(gaps='drop'\)"):
        Experiment(data=HOLED)
    with pytest.raises(ValueError, match=r"must have no masked entries, got one at \[5, 1\]\. .* task=rc.DataTask\(gaps='drop'\)"):
        Experiment(data=masked)
    with pytest.raises(ValueError, match="must be finite, got inf"):
        Experiment(data=np.where(np.isnan(HOLED), np.inf, HOLED), task=rc.DataTask(gaps="drop"))


def test_several_series_leave_rows_out_each_and_too_few_rows_are_a_sentence():
    parts = [HOLED[k : k + 80] for k in range(0, 400, 80)]
    experiment, results = trained(parts)
    alone = rc.RidgeTrainer(model(), beta=results.beta)
    x, y = results.data.pairs(slice(0, 3))
    alone.predict(np.stack([one[:8] for one in x]))
    with pytest.warns(rc.datasets.DataWarning):
        alone.fit([[one[8:] for one in x], [one[8:] for one in y]], gaps="drop")
    np.testing.assert_allclose(results.params["readout"]["W"], alone.params["readout"]["W"], rtol=1e-3, atol=1e-5)
    experiment.close()
    few = np.column_stack([X, np.where(np.arange(ROWS) < 45, Y, np.nan)])
    with pytest.raises((TaskError, ValueError), match="Of the 252 rows of the training part 5 have all their targets, and it needs 10"):
        trained(few)


def test_a_model_that_feeds_back_says_why_it_needs_each_target():
    reservoir, readout = rc.Reservoir(10, seed=0), rc.LinearReadout()
    experiment = Experiment((rc.Input() >> reservoir >> readout) & (reservoir << readout), rc.DataTask(gaps="drop", **ASKED), data=HOLED)
    experiment.wait(60)
    assert experiment.results is None
    assert "readout feeds back, and row 5 of its targets has no number: none can take its place there." in experiment.status.message
    experiment.close()
