"""Random numbers inside a program: JAX's own, and those that the inventors of Threefry give as known answers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rcwidgets.core.backend import precision
from rcwidgets.core.threefry import numbers_of, threefry

OWN = np.array([0x243F6A88, 0xFFFFFFFF], np.uint32)


def theirs(step):
    return jax.random.fold_in(jax.random.wrap_key_data(OWN, impl="threefry2x32"), step)


@pytest.mark.parametrize(
    ("key", "words", "expected"),
    [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_the_hash_has_its_known_answers(key, words, expected):
    found = threefry(jnp.array(key, jnp.uint32), *(jnp.uint32(word) for word in words))
    assert tuple(int(word) for word in found) == expected


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (7,), (3, 42)])
@pytest.mark.parametrize("step", [0, 1, 4_000_000_000])
def test_numbers_are_those_of_jax_to_the_bit(step, shape, dtype):
    with precision(dtype):
        for draw in (jax.random.normal, jax.random.uniform):
            found = draw(numbers_of(OWN, jnp.uint32(step)), shape, dtype)
            np.testing.assert_array_equal(found, draw(theirs(step), shape, dtype), strict=True)


def test_so_are_those_of_all_steps_at_once():
    steps = jnp.arange(5, dtype=jnp.uint32)
    found, expected = (
        jax.jit(jax.vmap(lambda step, key=key: jax.random.uniform(key(step), (4,))))(steps)
        for key in (lambda step: numbers_of(OWN, step), theirs)
    )
    np.testing.assert_array_equal(found, expected)
