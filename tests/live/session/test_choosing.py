"""When an experiment chooses the start on data of the user's own, what it says of it, and what it leaves alone."""

import numpy as np
import pytest

from rcwidgets.core.datasets.table import series_of_array
from rcwidgets.core.document.offer import same_model
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.starts import start_of
from rcwidgets.core.tasks import DataTask
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings, RidgeTrainer
from rcwidgets.live.experiment import Experiment

WALK = np.cumsum(np.random.default_rng(1).normal(size=300))
NOISE = np.random.default_rng(2).normal(size=300)


@pytest.fixture
def experiment():
    made = Experiment(data=WALK)
    yield made
    made.close()


def sees_changes(experiment):
    return "difference" in experiment.model.names.values()


def test_a_walk_starts_with_changes_and_is_no_worse_than_its_last_value(experiment):
    results = experiment.wait(60)
    persistence = next(one.nrmse for one in results.baselines if one.name == "Persistence")
    assert sees_changes(experiment) and results.test_nrmse < 1.02 * persistence
    assert experiment.document.trainer.beta > 1 and f"beta {experiment.document.trainer.beta:g} " in experiment.chosen
    assert experiment.history == (None, None)


def test_the_code_says_the_choice_and_gives_the_same_error(experiment):
    code = experiment.code()
    assert "# Chosen on the training part alone: changes (differenced)" in code and "rc.Difference(" in code
    known = {"data": WALK}
    exec(code, known)
    assert known["nrmse"] == pytest.approx(experiment.wait(60).test_nrmse, rel=1e-6)


def test_what_is_turned_by_hand_stays_and_is_no_longer_called_chosen(experiment):
    experiment.set("trainer", beta=0.5)
    assert experiment.chosen == ""
    experiment.bring(NOISE)
    assert experiment.document.trainer.beta == 0.5 and not sees_changes(experiment) and "beta" not in experiment.chosen
    experiment.set("reservoir", leak_rate=0.5)
    before = experiment.document
    experiment.bring(WALK)
    assert experiment.document.key() == before.key() and experiment.chosen == ""
    experiment.set("task", horizon=3)
    assert same_model(experiment.document.graph, before.graph)


def test_other_data_and_another_horizon_are_chosen_for_anew_where_nobody_has_touched_the_model(experiment):
    first = experiment.chosen
    experiment.set("task", horizon=3)
    assert experiment.chosen not in ("", first)
    experiment.bring(NOISE)
    assert not sees_changes(experiment) and "values" in experiment.chosen
    assert experiment.undo() and sees_changes(experiment)


@pytest.mark.parametrize("kind", ["sunspots", "lorenz"])
def test_a_beta_that_data_chose_goes_with_them(experiment, kind):
    experiment.choose(task=kind)
    task = type(experiment.document.task)()
    assert experiment.document.trainer.beta == start_of(task, RidgeSettings.kind).trainer.beta
    assert experiment.undo() and experiment.document.trainer.beta > 1


def test_classes_start_with_the_beta_of_classes_and_not_with_that_of_a_forecast():
    series = [np.sin(np.arange(40.0 + k) * (0.2 if k % 2 else 0.45))[:, None] for k in range(12)]
    made = Experiment(data=series)
    forecast = made.document.trainer.beta
    made.bring({"inputs": series, "labels": ["slow" if k % 2 else "fast" for k in range(12)]})
    start = start_of(type(made.document.task)(), RidgeSettings.kind)
    assert made.document.task.classes and made.document.trainer.beta == start.trainer.beta != forecast
    made.close()


def test_the_split_may_be_moved_and_the_words_tell_the_rows_of_the_choice(experiment):
    first = experiment.chosen
    experiment.set("task", train=100)
    assert experiment.chosen == first and "of rows 31 to 218" in first


def test_models_and_settings_that_are_given_stay():
    model = Input() >> Reservoir(30) >> LinearReadout()
    own = Experiment(model, data=WALK, auto=False)
    assert own.chosen == "" and same_model(own.document.graph, model)
    given = Experiment(data=WALK, trainer=RidgeSettings(beta=0.25), auto=False)
    assert given.document.trainer == RidgeSettings(beta=0.25) and given.chosen
    kind = Experiment(data=WALK, trainer=RidgeTrainer, auto=False)
    assert kind.document.trainer.beta != start_of(DataTask()).trainer.beta
    for one in (own, given, kind):
        one.close()


def test_the_choice_is_a_start_to_the_trainers_that_swap_it():
    experiment = Experiment(data=WALK, trainer=RidgeTrainer, auto=False)
    assert experiment.offer is None
    experiment.choose(trainer="BPTT")
    assert "gru" in experiment.model.names.values()
    experiment.choose(trainer="RidgeTrainer")
    assert sees_changes(experiment) and experiment.chosen
    experiment.choose(task="sunspots")
    assert not sees_changes(experiment)
    experiment.choose(task="data")
    assert sees_changes(experiment) and experiment.chosen
    experiment.close()


def test_gaps_are_said_by_the_run_and_the_choice_waits_for_their_mending():
    gaps = WALK.copy()
    gaps[20] = np.nan
    experiment = Experiment(data=series_of_array(gaps[:, None]), auto=False)
    assert experiment.chosen == ""
    experiment.bring(WALK)
    assert experiment.chosen
    experiment.close()
