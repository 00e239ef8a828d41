"""What goes wrong in a run: a sentence that says what to do, the last good results kept, and the next run works."""

import subprocess
import sys
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rcwidgets.core.nodes import Dense, Input, VanillaRNN
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.gradient.settings import BPTTSettings
from rcwidgets.core.trainers.online.recursive import RLS
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.on_demand.eigenvalues import spectrum_of
from rcwidgets.live.on_demand.watching import LOOKS
from rcwidgets.live.session.status import sentence_of
from rcwidgets.live.trainings.gradient import GradientTraining
from rcwidgets.live.trainings.online import OnlineTraining

SMALL: dict[str, Any] = {"learning_rate": 0.01, "num_train": 4, "num_batch": 3, "window": 20}
TOO_LARGE = """
import resource
import sys
from rcwidgets.core.nodes import Dense, Input, LinearReadout, Reservoir, VanillaRNN
from rcwidgets.core.trainers.gradient.settings import BPTTSettings
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings
from rcwidgets.live.experiment import Experiment

kind = sys.argv[1]
make = {
    "ridge": lambda units: Experiment(Input() >> Reservoir(units, connectivity=1.0) >> LinearReadout(), trainer=RidgeSettings(beta=1e-3)),
    "bptt": lambda units: Experiment(Input() >> VanillaRNN(units) >> Dense(), trainer=BPTTSettings(num_train=1, num_batch=1000)),
}[kind]
experiment = make(20)
experiment.set("task", normalise=True)
if experiment.iterative:
    experiment.step()
good = experiment.wait(100)
assert good is not None, experiment.status.message
used = 4096 * int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (used + 1_000_000_000,) * 2)
name = next(name for name in experiment.model.by_name() if name in ("reservoir", "rnn"))
experiment.set(name, units=12_000)
if experiment.iterative:
    experiment.step()
experiment.wait(100)
print(experiment.status.activity, "|", experiment.status.message, "|", experiment.results is good)
experiment.set(name, units=30)
if experiment.iterative:
    experiment.step()
experiment.wait(100)
print(experiment.results.model[name].units)
"""


def recurrent():
    return Input() >> VanillaRNN(8, activation="tanh") >> Dense()


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of a process as Linux does")
@pytest.mark.parametrize("kind", ["ridge", "bptt"])
def test_too_little_memory_is_a_sentence_and_fewer_units_train_again(kind):
    done = subprocess.run([sys.executable, "-c", TOO_LARGE, kind], capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stderr[-3000:]
    first, second = done.stdout.strip().splitlines()
    activity, message, kept = first.split(" | ")
    assert activity == "failed" and kept == "True"
    assert message.startswith("The memory of the device is used up") and "Take fewer units" in message
    assert second == "30"


@pytest.mark.parametrize(
    ("error", "settings", "words"),
    [
        (MemoryError(), RidgeSettings(), "The memory of the device is used up. Take fewer units, or fewer rows. The last results stay."),
        (
            MemoryError("Unable to allocate 2.98 GiB for an array with shape (20000, 20000) and data type float64"),
            RidgeSettings(),
            "The memory of the device is used up: 2.98 GiB more could not be had. Take fewer units, or fewer rows. The last results stay.",
        ),
        (
            jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 1600000000 bytes."),
            BPTTSettings(),
            "The memory of the device is used up: 1.6 GB more could not be had. "
            "Take fewer units, a smaller batch or a shorter window. The last results stay.",
        ),
        (jax.errors.JaxRuntimeError("INTERNAL: broken"), RidgeSettings(), "The run failed: JaxRuntimeError: INTERNAL: broken."),
        (KeyError("W"), RidgeSettings(), "The run failed: KeyError: 'W'."),
        (ValueError("Set units."), RidgeSettings(), "Set units."),
    ],
)
def test_the_sentence_of_an_error(error, settings, words):
    assert sentence_of(error, settings) == words


@pytest.mark.parametrize(("training", "trainer"), [(OnlineTraining, RLS), (GradientTraining, BPTTSettings(**SMALL))], ids=["RLS", "BPTT"])
def test_a_device_that_runs_out_of_memory_in_the_middle_keeps_what_was_shown(series, model, monkeypatch, training, trainer):
    advance = training.advance

    def short(self):
        self.longest = 50  # steps of an online stretch
        advance(self)

    def fails(self):
        raise jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 8000000000 bytes.")

    monkeypatch.setattr(training, "advance", short)
    experiment = Experiment(model if training is OnlineTraining else recurrent(), data=series, trainer=trainer)
    experiment.step()
    shown = experiment.wait(60)
    monkeypatch.setattr(training, "advance", fails)
    experiment.run()
    experiment.wait(60)
    assert experiment.status.activity == "failed" and "8 GB more could not be had" in experiment.status.message
    assert experiment.results is shown
    monkeypatch.setattr(training, "advance", advance)
    experiment.run()
    results = experiment.wait(60)
    assert results.part == "test" and results.curve.losses.size == results.curve.total
    experiment.close()


def test_a_look_that_fails_is_said_and_the_results_stay(series, model, monkeypatch):
    def fails(*_):
        raise MemoryError("Unable to allocate 2.98 GiB for an array with shape (20000, 20000) and data type float64")

    monkeypatch.setitem(LOOKS, "spectrum", fails)
    experiment = Experiment(model, data=series)
    experiment.looks.watch("spectrum")
    good = experiment.wait(60)
    assert experiment.status.message.startswith("There is no spectrum. The memory of the device is used up: 2.98 GiB more")
    assert experiment.status.activity == "idle" and experiment.results is good
    monkeypatch.setitem(LOOKS, "spectrum", spectrum_of)
    experiment.set("reservoir", spectral_radius=0.5)
    experiment.wait(60)
    assert experiment.looks.newest("spectrum") is not None
    experiment.close()


def test_a_loss_of_ones_own_trains_live_and_is_that_of_the_detached_trainer(series):
    def loss(predictions, targets):
        return jnp.mean(jnp.abs(predictions - targets))

    alone = Experiment(recurrent(), data=series, trainer=BPTTSettings(loss="mean_absolute_error", **SMALL))
    experiment = Experiment(recurrent(), data=series, trainer=BPTT(recurrent(), loss=loss, **SMALL))
    for one in (alone, experiment):
        one.run()
        one.wait(120)
    np.testing.assert_allclose(experiment.results.curve.losses, alone.results.curve.losses, rtol=1e-5)
    assert experiment.trainer.loss is loss
    for one in (alone, experiment):
        one.close()


def test_a_loss_that_raises_is_a_sentence_and_another_loss_trains(series):
    def loss(predictions, targets):
        raise KeyError("weights")

    experiment = Experiment(recurrent(), data=series, trainer=BPTT(recurrent(), loss=loss, **SMALL))
    experiment.run()
    experiment.wait(120)
    assert experiment.status.activity == "failed" and experiment.results is None
    assert "KeyError: 'weights'" in experiment.status.message and "The loss " in experiment.status.message
    experiment.set("trainer", loss="mean_squared_error")
    experiment.run()
    assert experiment.wait(120).part == "test"
    experiment.close()


def test_a_loss_that_a_file_cannot_hold_is_asked_for_again(series):
    experiment = Experiment(recurrent(), data=series, trainer=BPTTSettings(loss="own", **SMALL))
    experiment.run()
    experiment.wait(60)
    assert experiment.status.message == (
        "BPTT.loss is a function of your own, which a file cannot hold. "
        "Give it in Python, as trainer=BPTT(model, loss=...), or choose another loss."
    )
    experiment.close()


def test_a_loss_that_becomes_nan_in_the_middle_keeps_the_last_results_and_the_next_run_starts_anew(series):
    experiment = Experiment(recurrent().replace("rnn", activation="relu"), data=series, trainer=BPTTSettings(**SMALL))
    experiment.step()
    good = experiment.wait(120)
    experiment.set("trainer", learning_rate=1e6)
    experiment.resume()
    experiment.wait(120)
    assert experiment.status.activity == "failed" and "training diverged. Lower the learning rate" in experiment.status.message
    assert experiment.results is good and np.isfinite(good.forecast).all()
    experiment.set("trainer", learning_rate=0.01)
    experiment.run()
    results = experiment.wait(120)
    assert results.curve.losses.size == results.curve.total and np.isfinite(results.curve.losses).all()
    np.testing.assert_array_equal(results.curve.losses[: good.curve.losses.size], good.curve.losses)
    experiment.close()
