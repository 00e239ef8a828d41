"""Random numbers inside a program: JAX's own, to the bit, from a hash that XLA compiles as one piece.

On a CPU, JAX writes the rounds of Threefry as loops, which XLA compiles to some twenty kernels a step. Written one after another they are
one: the numbers then take a third of the time, and so does compiling them, which every program with a reservoir does.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))  # of even and of odd rounds


def numbers_of(own: Array, step: Array) -> Array:
    """The key of jax.random for one step; `own` (2,) are the words of a node's key, uint32, `step` the number of the step, uint32."""
    return jax.random.fold_in(jax.random.wrap_key_data(own, impl=_unrolled()), step)


def threefry(key: Array, first: Array, second: Array) -> tuple[Array, Array]:
    """Threefry 2x32 with 20 rounds (Salmon et al., 2011) of the words `first` and `second`, uint32 of one shape, with `key` (2,)."""
    words = (key[0], key[1], key[0] ^ key[1] ^ np.uint32(0x1BD11BDA))
    first, second = first + words[0], second + words[1]
    for k in range(5):
        for rotation in ROTATIONS[k % 2]:
            first = first + second
            second = first ^ ((second << np.uint32(rotation)) | (second >> np.uint32(32 - rotation)))
        first, second = first + words[(k + 1) % 3], second + words[(k + 2) % 3] + np.uint32(k + 1)
    return first, second


def _fold_in(key: Array, data: Any) -> Array:
    return jnp.stack(threefry(key, jnp.uint32(0), jnp.asarray(data, jnp.uint32)))


def _random_bits(key: Array, width: int, shape: Sequence[int]) -> Array:
    counts = jnp.arange(int(np.prod(shape)), dtype=jnp.uint32).reshape(shape)  # of fewer than 2**32 numbers
    high, low = threefry(key, jnp.zeros_like(counts), counts)
    return (high.astype(jnp.uint64) << np.uint64(32)) | low.astype(jnp.uint64) if width == 64 else (high ^ low).astype(f"uint{width}")


@cache
def _unrolled() -> Any:
    """JAX's Threefry with the hash of this module."""
    from jax.extend.random import define_prng_impl, threefry_prng_impl  # at its use: it brings all of Pallas

    return define_prng_impl(
        key_shape=threefry_prng_impl.key_shape,
        seed=threefry_prng_impl.seed,
        split=threefry_prng_impl.split,
        random_bits=_random_bits,
        fold_in=_fold_in,
        name="unrolled_threefry2x32",
        tag="rcw",
    )
