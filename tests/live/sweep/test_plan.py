"""A sweep before it runs: how it is cut into parts, and the sentences for what cannot be swept."""

import numpy as np
import pytest

from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.online.recursive import RLS
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.sweep import plan as plans
from rcwidgets.live.sweep.plan import SweepError

KNOBS = {"reservoir.spectral_radius": [0.3, 0.6, 0.9], "beta": [1e-6, 1e-2]}


@pytest.mark.parametrize(
    ("trainer", "knobs", "runs"),
    [
        (RidgeTrainer, {"reservoir.spectral_radius": 64, "beta": 9}, 32),
        (RidgeTrainer, {"reservoir.spectral_radius": 40, "beta": 9}, 40),
        (RidgeTrainer, {"beta": 9}, 1),
        (RLS, {"reservoir.spectral_radius": 20, "reservoir.leak_rate": 3}, 8),
        (RLS, {"reservoir.spectral_radius": 40, "alpha": 9}, 1),
        (RLS, {"reservoir.spectral_radius": 9}, 9),
    ],
)
def test_parts_are_equal_and_as_long_as_a_look_may_take(series, free, trainer, knobs, runs):
    experiment = Experiment(free, data=series, trainer=trainer, auto=False)
    values = {name: np.linspace(0.1, 1.0, count) for name, count in knobs.items()}
    assert plans.plan_of(experiment.document, experiment.data, values).parts.keywords["runs"] == runs
    experiment.close()


@pytest.mark.parametrize(
    ("knobs", "more", "field", "words"),
    [
        ({"reservoir.units": [3, 4]}, {}, "knobs", "A sweep turns live knobs, got 'reservoir.units'. The live ones: reservoir.spectral"),
        ({"beta": [-1.0]}, {}, "knobs", r"RidgeTrainer.beta must be in \[0.0, 1000000000000.0\], got -1.0"),
        ({"beta": ["much"]}, {}, "knobs", "RidgeTrainer.beta must be a number, got 'much'"),
        ({"beta": []}, {}, "knobs", r"The values of beta must be an array \(values,\), got the shape \(0,\)"),
        ({}, {}, "knobs", "takes one or two knobs"),
        ({name: [0.5] for name in ("beta", "reservoir.leak_rate", "reservoir.noise")}, {}, "knobs", "takes one or two knobs"),
        ({"beta": np.ones(51), "reservoir.leak_rate": np.full(50, 0.5)}, {}, "knobs", "at most 2,500 settings, got 2,550"),
        (KNOBS, {"seeds": ()}, "seeds", "must hold a seed, got none"),
        (KNOBS, {"seeds": (-1,)}, "seeds", r"RidgeTrainer.seed must be in \[0, 4294967295\], got -1"),
        (KNOBS, {"metric": "size"}, "metric", "must be one of nrmse, nmse, rmse, mse or a function, got 'size'"),
    ],
)
def test_what_cannot_be_swept_is_a_sentence_and_changes_nothing(experiment, knobs, more, field, words):
    with pytest.raises(SweepError, match=words) as error:
        experiment.sweep(knobs, **more)
    assert error.value.field == field and experiment.sweeping is None


def test_documents_that_cannot_be_swept_say_why(series, model, experiment):
    own = Experiment(model, data=series, auto=False)
    with pytest.raises(SweepError, match="nodes without a seed of their own, got one of reservoir") as error:
        own.sweep(KNOBS, seeds=(0, 1))
    assert error.value.field == "seeds"
    own.set("trainer", selection="blocked")
    with pytest.raises(SweepError, match="A sweep turns live knobs, got 'beta'"):
        own.sweep({"beta": [1e-6, 1.0]})
    own.close()
    unwired = Experiment(Input() >> Reservoir(5), data=series, auto=False)
    with pytest.raises(ValueError, match="There is nothing to train"):
        unwired.sweep({"reservoir.leak_rate": [0.5]})
    unwired.close()
    source = Input()
    both = Experiment(source >> [Reservoir(5) >> LinearReadout(), Reservoir(6) >> LinearReadout()], data=series, auto=False)
    with pytest.raises(SweepError, match="measures one output, the model has readout, readout_2"):
        both.sweep({"beta": [1.0]})
    both.close()
