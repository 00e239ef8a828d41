"""Where the axes of data are swapped, the words say so."""

import warnings

import numpy as np
import pytest

from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir, TimeMean
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer


def model(features=None):
    return Input(features) >> Reservoir(10, seed=0) >> TimeMean() >> LinearReadout()


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((30, 3, 100), r"x is read as 3 steps of 100 features each at input\. If time comes last, give x\.transpose\(0, 2, 1\)"),
        ((30, 12, 29), r"x is read as 12 steps of 29 features each at input\."),
        (
            (100, 1, 3),
            r"x is read as 100 series of one step at input\. Of one series, give x\[:, 0\], \(time, features\); else write Input\(3\)\.",
        ),
        ((3, 100), r"x is read as 3 steps of 100 features at input\. If time comes last, give x\.T; else write Input\(100\)\."),
    ],
)
def test_data_whose_axes_look_swapped_are_told_how_they_are_read(shape, words):
    x = np.random.default_rng(0).normal(size=shape)
    with pytest.warns(UserWarning, match=words):
        RNNRunner(model()).predict(x)
    with pytest.warns(UserWarning, match=words):
        RidgeTrainer(model()).fit([x, np.ones((shape[0] if len(shape) == 3 else 1, 1))])


@pytest.mark.parametrize("shape", [(30, 100, 3), (100, 3), (1, 3), (5, 8), (1, 1, 3), (30, 3, 3), (2, 100, 60)])
def test_usual_data_are_read_without_a_word(shape):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        RNNRunner(model()).predict(np.ones(shape))


def test_an_input_with_features_of_its_own_is_asked_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        RNNRunner(model(100)).predict(np.ones((30, 3, 100)))


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (
            np.ones((30, 3, 100)),
            r"x must be \(batch, time, features\), got 100 features and 3 steps where input has 3 features: time comes before features\. Give x\.transpose\(0, 2, 1\)",
        ),
        (np.ones((3, 100)), r"x must be \(time, features\), got 100 features and 3 steps where input has 3 features: .* Give x\.T\."),
    ],
)
def test_an_axis_that_fits_the_wrong_way_round_is_named(x, words):
    with pytest.raises(ValueError, match=words):
        RNNRunner(model(3)).predict(x)


def test_targets_whose_axes_are_swapped_are_named_too():
    x, y = np.zeros((4, 50, 2)), np.zeros((4, 1, 50))
    with pytest.raises(ValueError, match=r"the same rows, got .* Time comes before features: give y\.transpose\(0, 2, 1\)\."):
        RidgeTrainer(Input() >> Reservoir(10, seed=0) >> LinearReadout()).fit([x, y])


def test_data_that_float32_would_round_are_told(generator):
    x = generator.normal([0.0, 1e6], 1.0, size=(200, 2))
    words = r"x of input lies about 1e\+06 in channel 1 and varies by [\d.]+, and float32 rounds it by up to 0\.06\. Subtract the mean"
    linear = Input(2) >> LinearReadout(1)
    with pytest.warns(UserWarning, match=words):
        RidgeTrainer(linear).fit([x, x[:, :1]])
    with pytest.warns(UserWarning, match=r"y of readout lies about 1e\+06 in channel 0"):
        RidgeTrainer(linear).fit([x - np.array([0.0, 1e6]), x[:, 1:]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        RidgeTrainer(linear, dtype="float64").fit([x, x[:, :1]])
        RidgeTrainer(linear).fit([x - np.array([0.0, 1e6]), np.full((200, 1), 1e6)])
        RNNRunner(Input(1) >> LinearReadout(1)).predict(np.full((5, 1), 1e6))
