"""Each nonlinearity against NumPy and SciPy."""

import numpy as np
import pytest
from scipy.special import expit, log_softmax, ndtr

from rcwidgets.core.nodes import Activation, Reservoir
from rcwidgets.core.nodes.layers import ACTIVATIONS, OVER_FEATURES

FORMULAS = {
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": expit,
    "sin": np.sin,
    "identity": lambda x: x,
    "softplus": lambda x: np.log1p(np.exp(x)),
    "gelu": lambda x: x * ndtr(x),
    "softmax": lambda x: np.exp(log_softmax(x, axis=-1)),
}


@pytest.mark.parametrize("name", [*ACTIVATIONS, *OVER_FEATURES])
def test_it_is_the_function_of_its_name(name, bench, signal, kinds, close):
    expected = FORMULAS[name](signal.astype(np.float64))
    close(bench(Activation(name), 6, *kinds).series(signal)[1], expected)
    close(bench(Activation(name), 6, *kinds).steps(signal)[1], expected)


def test_softmax_of_large_numbers_is_finite_and_sums_to_one(bench):
    _, y = bench(Activation("softmax"), 3).series(np.array([[[1000.0, 1000.0, 0.0]]]))
    np.testing.assert_allclose(y, [[[0.5, 0.5, 0.0]]])


def test_a_reservoir_has_those_that_act_on_each_unit_alone():
    assert Reservoir(3, activation="softplus").activation == "softplus"
    with pytest.raises(ValueError, match="Reservoir.activation must be one of tanh, relu, .*, got 'softmax'."):
        Reservoir(3, activation="softmax")
