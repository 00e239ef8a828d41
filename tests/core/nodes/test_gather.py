"""The gather form: packing, its product, and the rule that chooses it."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.sparse import csc_array, random_array

from rcwidgets.core.backend import precision
from rcwidgets.core.nodes import weights
from rcwidgets.core.nodes.weights import gathers, pack, product, unpack


def test_packed_weights_by_hand():
    matrix = np.array([[0.0, 2.0, 0.0], [3.0, 0.0, 0.0], [4.0, 0.0, 0.0]])
    packed = pack(csc_array(matrix))
    np.testing.assert_array_equal(packed["sources"], [[1, 0, 0], [2, 0, 0]])
    np.testing.assert_array_equal(packed["weights"], [[3, 2, 0], [4, 0, 0]])
    assert packed["sources"].dtype == np.int32
    assert pack(csc_array(matrix), 5)["weights"].shape == (5, 3)
    for depth in (None, 5):
        np.testing.assert_array_equal(unpack(pack(csc_array(matrix), depth)).toarray(), matrix)


@pytest.mark.parametrize("batch", [1, 2, 3, 5, 8, 19])
@pytest.mark.parametrize("density", [0.0, 0.1])
def test_the_product_is_that_of_the_matrix(batch, density, generator):
    matrix = csc_array(random_array((50, 50), density=density, rng=generator))
    h, packed = generator.normal(size=(batch, 50)), pack(matrix)
    with precision(np.float64):
        found = np.asarray(product(jnp.asarray(h), packed["sources"], packed["weights"]))
    np.testing.assert_allclose(found, h @ matrix.toarray(), atol=1e-13)


@pytest.mark.parametrize(
    ("units", "in_degree", "gathered"),
    [
        (299, 1, False),
        (300, 1, True),
        (400, 40, False),
        (1000, 10, True),
        (1000, 100, False),
        (2000, 20, True),
        (5000, 50, True),
        (5000, 500, True),
        (5000, 1000, False),
    ],
)
def test_the_rule(units, in_degree, gathered):
    assert gathers(units, in_degree) is gathered


def test_rows_of_large_weights_run_one_by_one(generator, monkeypatch):
    matrix = csc_array(random_array((50, 50), density=0.1, rng=generator))
    h, packed = generator.normal(size=(5, 50)), pack(matrix)
    made = []
    for terms in (1 << 21, 10):
        monkeypatch.setattr(weights, "TERMS", terms)
        with precision(np.float64):
            made.append(np.asarray(product(jnp.asarray(h), packed["sources"], packed["weights"])))
    np.testing.assert_allclose(made[0], made[1], atol=1e-13)
    assert weights.shares(1, 1) and not weights.shares(2, 1)
