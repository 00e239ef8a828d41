"""What can be read of an experiment, before there are results and after."""

import pytest

from rcwidgets.core.tasks import DataTask
from rcwidgets.live.experiment import Experiment


@pytest.fixture
def experiment(model, series):
    made = Experiment(model, data=series, auto=False)
    yield made
    made.close()


def test_before_the_first_results_there_is_the_document_and_no_more(experiment, series):
    assert (experiment.results, experiment.metrics, experiment.sweeping, experiment.offer) == (None, None, None, None)
    assert isinstance(experiment.task, DataTask) and experiment.has_data and experiment.data.values.shape == series.shape
    assert experiment.history == (None, None) and experiment.revision == 1 and not experiment.iterative
    assert experiment.model.by_name()["readout"].features == 2 and len(experiment.runs) == 0
    assert experiment.of_last() == "" and experiment.todo == "press Run" and "not trained yet" in repr(experiment)
    assert experiment.trainer.model.by_name()["reservoir"].units == 20 and experiment.look("closed loop") is None


def test_afterwards_all_is_of_the_last_results(experiment):
    experiment.run()
    results = experiment.wait(60)
    assert experiment.metrics["nrmse"].test == pytest.approx(results.test_nrmse) and "test NRMSE" in repr(experiment)
    assert experiment.split.revision == experiment.revision and experiment.split.test == len(results.time)
    assert "RidgeTrainer" in experiment.code() and "data" in experiment.code()
    experiment.set("task", horizon=7)
    assert experiment.of_last() == experiment.status.old == "of the last model: Your data, 1 step"
    assert experiment.results is results
