"""Where trials lie along the axes of a search's figures."""

import numpy as np
import optuna

import rcwidgets as rc
from rcwidgets.widgets.search_axes import labels_of, said, shares_of, values_of

X = np.sin(np.arange(120) / 5)[:, None]


def test_numbers_lie_on_their_scale_choices_by_their_place_and_what_a_model_lacks_is_nan():
    reservoir = rc.Input(1) >> rc.Reservoir(10) >> rc.LinearReadout(1)
    space = {"model": {"reservoir": reservoir, "delays": rc.Input(1) >> rc.Delay(2) >> rc.LinearReadout(1)}}
    space |= {"beta": (1e-8, 1e-2), "reservoir.leak_rate": [0.2, 0.4, 0.9]}
    study = optuna.create_study()
    study.enqueue_trial({"model": "reservoir", "beta": 1e-8, "reservoir.leak_rate": 0.4})
    study.enqueue_trial({"model": "delays", "beta": 1e-5})
    found = rc.search(rc.RidgeTrainer(reservoir), [X[:-1], X[1:]], space, trials=2, lanes=2, study=study)
    axes = found.bench.space.axes
    assert [values_of(found, axes[name]).tolist() for name in ("model", "beta")] == [[0.0, 1.0], [1e-8, 1e-5]]
    np.testing.assert_allclose(shares_of(found, axes["beta"]), [0.0, 0.5], atol=1e-12)
    np.testing.assert_array_equal(values_of(found, axes["reservoir.leak_rate"]), [1.0, np.nan])
    np.testing.assert_array_equal(shares_of(found, axes["reservoir.leak_rate"]), [0.5, np.nan])
    assert labels_of(found) == {"model": "Model", "beta": "Ridge beta", "reservoir.leak_rate": "Leak rate"}
    assert [said(value) for value in (0.123456, "tanh", 12, True)] == ["0.123", "tanh", "12", "True"]
