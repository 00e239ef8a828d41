"""What all trainers refuse, in the same words."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.estimator import EstimatorTrainer
from rcwidgets.core.trainers.closed_form.linear import LinearTrainer
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.online.lms import LMS
from rcwidgets.core.trainers.online.recursive import RLS, FORCELearning
from tests.core.trainers.chain import chain

TRAINERS: dict[str, Any] = {
    "ridge": RidgeTrainer,
    "auto": lambda model: RidgeTrainer(model, beta="auto"),
    "linear": LinearTrainer,
    "estimator": lambda model: EstimatorTrainer(model, Ridge()),
    "RLS": RLS,
    "FORCE": FORCELearning,
    "LMS": LMS,
}
X = np.zeros((5, 2))


@pytest.fixture(params=list(TRAINERS.values()), ids=list(TRAINERS))
def trainer(request):
    return request.param


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (X, r"\.fit takes \[x, y\], got ndarray"),
        ([X], r"\.fit takes \[x, y\], got list"),
        ([X, X[:4]], r"x and y must have the same rows, got \(time, batch\) \(5, 1\) for x and \(4, 1\) for y"),
        ([X[None], np.zeros((2, 5, 2))], r"x and y must have the same rows, got \(time, batch\) \(5, 1\) for x and \(5, 2\) for y"),
        ([[X, X[:3]], [X, X[:4]]], "y must be a list of series as long as those of x"),
        ([X, np.zeros((5, 3))], "readout has 2 features, the target has 3"),
        ([np.zeros((5, 3)), X], "input has 2 features, the data has 3"),
        ([X[:0], X[:0]], r"x must not be empty, got the shape \(0, 2\)"),
        ([X, X[:0]], r"y must not be empty, got the shape \(0, 2\)"),
        ([X, np.where(np.arange(2) == 1, np.nan, X)], "y must be finite, got nan in row 0, column 1"),
        ([X + np.inf, X], "x must be finite, got inf in row 0, column 0"),
        ([X, {"out": X}], "There is y for 'out', which is not there. Give y for: readout"),
        ([X, {}], "There is no y for 'readout'. Give y for: readout"),
        ([{"u": X}, X], "There is x for 'u', which is not there. Give x for: input"),
        ([X.astype(complex), X], "x must be numbers, got an array of complex128"),
        ([np.zeros((1, 5, 2, 1)), X], r"x must be \(time, features\) or \(batch, time, features\)"),
    ],
)  # fmt: skip
def test_bad_data_is_a_sentence(trainer, data, words):
    with pytest.raises((ValueError, TypeError), match=words):
        trainer(chain()).fit(data)


def test_a_model_without_trainable_nodes_says_so(trainer):
    with pytest.raises(ValueError, match=r"There is nothing to train\. Add a LinearReadout \(trainable=True\) to the model\."):
        trainer(Input(2) >> Reservoir(10) >> LinearReadout(2, trainable=False)).fit([X, X])


def test_a_model_must_be_a_graph(trainer):
    with pytest.raises(TypeError, match="model must be a model such as"):
        trainer(Reservoir(3))


def test_a_run_that_blows_up_says_where(trainer):
    wild = Input(2) >> Reservoir(20, activation="identity", spectral_radius=9.0, leak_rate=1.0, seed=0) >> LinearReadout(2)
    x = np.ones((400, 2))
    with pytest.raises(FloatingPointError, match=r"is not finite from step \d+ on"):
        trainer(wild).fit([x, np.arange(800.0).reshape(400, 2)])
