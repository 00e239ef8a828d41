"""What losses and metrics ask of the numbers that they are given."""

import jax.numpy as jnp
import numpy as np


def check_numbers(what: str, value: object) -> None:
    """Raises an error where the value has masked entries, whose fill values would count as data, or is not of real numbers."""
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        place = tuple(int(k) for k in np.argwhere(np.ma.getmaskarray(value))[0])
        raise ValueError(f"{what} must have no masked entries, got one at {place}. Leave those rows out, or fill them.")
    dtype = value.dtype if hasattr(value, "dtype") else np.asarray(value).dtype
    if not (jnp.issubdtype(dtype, jnp.floating) or jnp.issubdtype(dtype, jnp.integer) or jnp.issubdtype(dtype, np.bool_)):
        raise TypeError(f"{what} must be real numbers, got an array of {dtype}.")


def is_hot(rows: np.ndarray) -> bool:
    """Whether each row (..., classes) has a single 1 among zeros."""
    return bool(rows.dtype.kind in "iubf" and np.isin(rows, (0, 1)).all() and (rows.sum(axis=-1) == 1).all())
