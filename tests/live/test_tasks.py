"""Every task as it starts: trained well by its own model, and the same by the exported code."""

import numpy as np
import pytest

from rcwidgets.core.datasets import mackey_glass_series, mso_series
from rcwidgets.core.spec.registry import TASKS
from rcwidgets.core.tasks import MackeyGlassTask, SinesTask
from rcwidgets.live.experiment import Experiment

BARS = {
    "lorenz": 1e-3,
    "sunspots": 0.6,
    "mackey_glass": 0.02,
    "rossler": 1e-3,
    "sines": 2e-3,
    "narma": 0.25,
    "integration": 0.2,
    "vowels": 0.55,
}


def test_every_task_has_a_bar():
    assert set(BARS) == {kind for kind, task in TASKS.items() if not task.takes_own}


@pytest.mark.parametrize("kind", BARS)
def test_it_starts_with_a_model_that_suits_it_and_its_code_gives_the_same(kind):
    experiment = Experiment(task=kind)
    if experiment.iterative:
        experiment.run()
    results = experiment.wait(120)
    assert results.test_nrmse < BARS[kind]
    scope = {}
    exec(experiment.code(), scope)
    if experiment.task.classes:
        assert scope["accuracy"] == results.accuracy
    else:
        assert scope["nrmse"] == pytest.approx(results.test_nrmse, rel=1e-3)
    experiment.close()


def test_the_knobs_of_a_task_change_its_data():
    np.testing.assert_array_equal(MackeyGlassTask(tau=30).series(None).values, mackey_glass_series(5000, tau=30)["x"])
    np.testing.assert_array_equal(SinesTask(sines=3).series(None).values, mso_series(1500, 3)["y"])
    experiment = Experiment(task="mackey_glass")
    before = experiment.wait(120).test_nrmse
    experiment.set("task", tau=30)
    assert experiment.wait(120).test_nrmse > 3 * before
    experiment.close()
