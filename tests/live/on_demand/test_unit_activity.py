"""What the units did: as the trainer monitors it, sixty of many."""

import numpy as np

from rcwidgets.live.on_demand.unit_activity import activity_of


def never():
    """A checkpoint that lets everything pass."""


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
