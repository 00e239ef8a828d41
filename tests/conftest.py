"""What all tests share: JAX refuses to mix dtypes or to guess ranks, so that a promotion in the library is a decision."""

import jax

jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")
