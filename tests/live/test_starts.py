"""What a task starts with under each trainer is worth something, and each preset of the horizon can be learned."""

import pytest

from rcwidgets.core.spec.registry import TASKS
from rcwidgets.core.starts import STARTS, start_of
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.online.lms import LMS
from rcwidgets.core.trainers.online.recursive import RLS, FORCELearning
from rcwidgets.live.experiment import Experiment

ONLINE = (RLS, FORCELearning, LMS)
# Test NRMSE at most, by task: ridge, RLS, FORCE, LMS. The whole table, with the best of random settings, is docs/defaults.md.
BOUNDS = {
    "sunspots": (0.45, 0.45, 0.5, 0.5),
    "mackey_glass": (0.02, 0.02, 0.02, 0.08),
    "sines": (0.005, 0.005, 0.03, 0.03),
    "narma": (0.25, 0.25, 0.25, 0.45),
    "integration": (0.005, 0.005, 0.02, 0.01),
}


@pytest.mark.parametrize("task", BOUNDS)
@pytest.mark.parametrize("place", range(4))
def test_the_start_of_the_pair_forecasts(task, place):
    trainer = (RidgeTrainer, *ONLINE)[place]
    experiment = Experiment(task=task, trainer=trainer, auto=False)
    experiment.run()
    results = experiment.wait(120)
    experiment.close()
    assert results.part == "test"
    assert results.test_nrmse < BOUNDS[task][place]


def test_each_trainer_has_a_start_on_each_task():
    for task in TASKS.values():
        for kind in STARTS:
            start = start_of(task(), kind)
            assert start.trainer.kind == kind
            start.graph.check(2, 2)


def test_force_starts_with_its_output_fed_back():
    graph = start_of(TASKS["mackey_glass"](), "FORCELearning").graph
    assert [(graph.names[edge.source], graph.names[edge.target]) for edge in graph.edges if edge.feedback] == [("readout", "reservoir")]


@pytest.mark.parametrize("task", [kind for kind, task in TASKS.items() if kind != "data" and not task.classes])
def test_the_furthest_preset_of_the_horizon_can_be_learned(task):
    experiment = Experiment(task=task, trainer=RidgeTrainer, auto=False)
    furthest = max(type(experiment.task).__dataclass_fields__["horizon"].metadata["knob"].presets)
    experiment.set("task", horizon=int(furthest))
    experiment.run()
    results = experiment.wait(120)
    experiment.close()
    assert results.test_nrmse < 0.8
