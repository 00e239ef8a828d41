"""The two ways to keep results up to date: the trainer chooses which, and each answers all that a person can tell it."""

import pytest

from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.online.recursive import RLS
from rcwidgets.live.engine.closed_form import ClosedForm
from rcwidgets.live.engine.iterative import Iterative
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.trainings import online


@pytest.fixture(autouse=True)
def short_stretches(monkeypatch):
    """A training of 300 rows takes twenty stretches."""
    monkeypatch.setattr(online, "STEPS", 0.05)


@pytest.fixture(params=[(RidgeTrainer, ClosedForm), (RLS, Iterative)], ids=["closed form", "iterative"])
def chosen(request, model, series):
    trainer, kind = request.param
    experiment = Experiment(model, data=series, trainer=trainer, auto=False)
    yield experiment, kind
    experiment.close()


def test_the_trainer_chooses_the_strategy_and_another_one_takes_over(chosen):
    experiment, kind = chosen
    assert isinstance(experiment._strategy, kind)
    other = "RLS" if kind is ClosedForm else "RidgeTrainer"
    experiment.choose(trainer=other)
    assert not isinstance(experiment._strategy, kind) and experiment.iterative == (other == "RLS")
    experiment.undo()
    assert isinstance(experiment._strategy, kind)


def test_it_trains_when_told_and_rests_in_its_own_way(chosen):
    experiment, kind = chosen
    experiment.run()
    assert experiment.wait(120).test_nrmse < 1 and experiment.todo == ""
    assert experiment.status.activity == ("paused" if kind is ClosedForm else "idle") and len(experiment.runs) == 1


def test_what_only_a_training_that_goes_on_can_do_is_a_sentence(chosen):
    experiment, kind = chosen
    if kind is ClosedForm:
        with pytest.raises(ValueError, match=r"trains in one go\. Run it\."):
            experiment.step()
        with pytest.raises(ValueError, match=r"trains anew at each change\. There is nothing to reset\."):
            experiment.reset()
        return
    experiment.step()
    experiment.wait(120)
    assert experiment._strategy.training.done > 0
    experiment.reset()
    assert experiment._strategy.training is None and experiment.status.activity == "idle"


def test_a_training_that_is_left_is_forgotten(model, series):
    experiment = Experiment(model, data=series, trainer=RLS)
    experiment.step()
    experiment.wait(120)
    iterative = experiment._strategy
    assert iterative.training is not None
    experiment.choose(trainer="RidgeTrainer")
    assert iterative.training is None and experiment.wait(120).curve is None
    experiment.close()
