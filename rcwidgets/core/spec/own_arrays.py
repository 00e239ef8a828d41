"""Arrays that a person gives a node: checked once, and kept as they are."""

from collections.abc import Mapping
from functools import cached_property
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core import sparse_arrays
from rcwidgets.core.spec.array_checks import dense_array, sparse_array


class CheckedArray:
    """One array of the user's own, read-only, float64, NumPy or (for square weights) scipy.sparse.

    It is structure to the draw and nothing to the step: it travels unseen in the node's treedef. Two of the same content have the same
    `digest`, by which what was drawn from them is kept. `np.asarray(given)` is the array.

    >>> CheckedArray("Reservoir.W", np.eye(3), ("sources", "targets"))
    <array (3, 3)>
    """

    def __init__(self, where: str, value: Any, axes: tuple[str, ...]) -> None:
        """Checks the `value` of `where` ("Reservoir.W"), which has an axis for each of `axes`, and takes a copy."""
        self.value: Any
        if sparse_arrays.issparse(value):
            self.value = sparse_array(where, value) if axes == ("sources", "targets") else dense_array(where, value.toarray(), axes)
        else:
            self.value = dense_array(where, value, axes)

    @cached_property
    def digest(self) -> str:
        """A name of the content."""
        parts = (self.value.indptr, self.value.indices, self.value.data) if self.sparse else (self.value,)
        told = blake2b(repr((self.shape, self.sparse)).encode(), digest_size=16)
        for part in parts:
            told.update(np.ascontiguousarray(part).tobytes())
        return told.hexdigest()

    @property
    def sparse(self) -> bool:
        """Whether it is a scipy.sparse array."""
        return sparse_arrays.issparse(self.value)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array."""
        return tuple(self.value.shape)

    @property
    def size(self) -> int:
        """How many numbers the array has, zeros included."""
        return int(np.prod(self.shape))

    @cached_property
    def in_degree(self) -> int:
        """The most connections into one target."""
        counts = np.diff(self.value.indptr) if self.sparse else np.count_nonzero(self.value, axis=0)
        return int(counts.max(initial=0))

    def as_sparse(self) -> "sparse_arrays.csc_array":
        """The array as scipy.sparse."""
        return self.value.copy() if self.sparse else sparse_arrays.csc_array(self.value)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.value.toarray() if self.sparse else self.value, dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        return f"<{'sparse ' if self.sparse else ''}array {self.shape}>"


# As a person gives it; a node that is made holds a CheckedArray.
OwnArray: TypeAlias = "CheckedArray | ArrayLike | sparse_arrays.sparray | None"


def check_arrays(spec: Any, axes: Mapping[str, tuple[str, ...]]) -> dict[str, CheckedArray]:
    """The arrays of a node by name, those that are None left out; each becomes a CheckedArray, in place."""
    found = {}
    for name, own in axes.items():
        value = getattr(spec, name)
        if value is None:
            continue
        found[name] = value if isinstance(value, CheckedArray) else CheckedArray(f"{spec.kind}.{name}", value, own)
        object.__setattr__(spec, name, found[name])
    return found
