"""What the units did: as the trainer monitors it, sixty of many."""

import numpy as np
import pytest

from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.on_demand.unit_activity import activity_of


def never():
    """A checkpoint that lets everything pass."""


@pytest.fixture(scope="module")
def lorenz():
    experiment = Experiment(Input() >> Reservoir(60, seed=1) >> LinearReadout(), LorenzTask(warmup=500, train=9000))
    yield experiment
    experiment.close()


@pytest.fixture
def waves(model, series):
    experiment = Experiment(model, data=series)
    experiment.wait(60)
    yield experiment
    experiment.close()


def test_the_activity_is_what_the_trainer_monitors(waves):
    found = waves.look("activity")
    trainer, data = waves.trainer, waves.results.data
    trainer.predict(data.inputs[data.test_start : data.end], monitors=["reservoir.output"])
    states = trainer.mon["reservoir.output"].reshape(-1, 20)
    np.testing.assert_allclose(found.values, states[-300:][:, found.units], rtol=1e-5)
    np.testing.assert_array_equal(found.time, waves.results.time[-300:])
    assert found.total == 20 and found.units.tolist() == list(range(20))


def test_many_units_are_shown_by_sixty_of_them(lorenz):
    found = activity_of(lorenz.wait(60), None, never)
    assert found.values.shape == (300, 60)
