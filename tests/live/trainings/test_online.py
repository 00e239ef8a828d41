"""Online training, live: in stretches what the trainer gives in one go, shown as it learns, and tested when learning is off."""

import math

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.tasks import DataTask, own_series
from rcwidgets.core.trainers.online.recursive import RLS
from rcwidgets.core.trainers.online.settings import LMSSettings, RLSSettings
from rcwidgets.live.stages.prepared import Prepared, StageCache
from rcwidgets.live.trainings import online
from rcwidgets.live.trainings.online import OnlineTraining


def training_of(series, model, settings):
    return OnlineTraining(Prepared(StageCache(own_series(series)), Document(model, DataTask(), settings)))


def test_in_stretches_it_learns_what_the_trainer_learns_in_one_go(series, model, monkeypatch):
    monkeypatch.setattr(online, "STEPS", 0.05)  # sixteen steps a stretch
    training = training_of(series, model, RLSSettings(alpha=0.5))
    data, stretches = training.prepared.data, 0
    while not training.finished:
        training.advance()
        stretches += 1
    assert stretches > 5 and training.done == data.train and len(training.marks) == stretches
    trainer, rows = RLS(model.sized(2, 2), alpha=0.5), slice(data.warmup, data.test_start)
    trainer.predict(data.inputs[: data.warmup])
    trainer.fit([data.inputs[rows], data.targets[rows]])
    np.testing.assert_allclose(training.results(1).params["readout"]["W"], trainer.params["readout"]["W"], rtol=1e-4, atol=1e-6)


def test_while_it_learns_the_training_part_is_shown_and_at_the_end_the_test(series, model, monkeypatch):
    monkeypatch.setattr(online, "STEPS", 0.05)
    training = training_of(series, model, RLSSettings())
    training.advance()
    early = training.results(1)
    assert early.part == "training" and math.isnan(early.test_nrmse) and len(early.time) == training.done == early.curve.losses.size
    while not training.finished:
        training.advance()
    late = training.results(2)
    assert late.part == "test" and late.test_nrmse < 1 and late.curve.total == training.total


def test_learning_that_diverges_says_from_which_step_on(series, model):
    training = training_of(series, model, LMSSettings(learning_rate=1e-3, epochs=1))
    training.pairs = training.pairs._replace(targets={k: np.full_like(y, np.inf) for k, y in training.pairs.targets.items()})
    with pytest.raises(FloatingPointError, match=r"readout is not finite from step 0 on: learning diverged\."):
        training.advance()
