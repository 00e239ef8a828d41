"""The scan of a training: the gradient of each weight matrix is one product over all steps, after the way back, not a sum step by step.

z[t] = x[t] W  in each step, so  dL/dW = sum_t x[t].T dL/dz[t] = X.T dL/dZ  with all steps as the rows of X and Z. What is multiplied is
noted while the step is traced: a matrix is handed to the nodes as a `Noted`, which stands for it on the right of an `@`, whole or by
columns.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

Weights = dict[int, dict[str, Any]]  # matrices by place and name
Opened = Callable[[Any, Any], Callable[[Any, Any], Any]]
"""opened(weights, rest) is the step: (carry, what is given) -> (carry, outputs)."""


class Site(NamedTuple):
    """Where a step multiplies by a matrix: its place and name, and the columns (start, stop)."""

    place: int
    name: str
    columns: tuple[int, int]


@jax.tree_util.register_static
class Sites(tuple[Site, ...]):
    """The products of a step, in the order in which it makes them."""


class Notes:
    """The products of one step as it is traced; `taps` are added to them, one to each, where they are there."""

    def __init__(self, taps: list[Any] | None = None) -> None:
        self.taps = taps
        self.sites: list[Site] = []
        self.left: list[Any] = []
        self.made: list[Any] = []

    def wrapped(self, weights: Weights) -> Weights:
        """The matrices as the nodes get them."""
        return {k: {name: Noted(self, k, name, W, (0, W.shape[1])) for name, W in own.items()} for k, own in weights.items()}


class Noted:
    """A matrix on the right of an `@`."""

    def __init__(self, notes: Notes, place: int, name: str, matrix: Any, columns: tuple[int, int]) -> None:
        self._notes, self._site, self._matrix = notes, Site(place, name, columns), matrix
        self.ndim, self.shape = 2, (matrix.shape[0], columns[1] - columns[0])

    def __getitem__(self, key: tuple[slice, slice]) -> "Noted":
        rows, columns = key
        assert rows == slice(None)
        start, stop, _ = columns.indices(self.shape[1])
        first = self._site.columns[0]
        return Noted(self._notes, self._site.place, self._site.name, self._matrix, (first + start, first + stop))

    def __rmatmul__(self, left: Any) -> Any:
        notes, (start, stop) = self._notes, self._site.columns
        product = left @ self._matrix[:, start:stop]
        if notes.taps is not None:
            product = product + notes.taps[len(notes.sites)]
        notes.sites.append(self._site)
        notes.left.append(left)
        notes.made.append(product)
        return product


@partial(jax.custom_vjp, nondiff_argnums=(0, 5))
def scan(opened: Opened, weights: Weights, rest: Any, carry: Any, given: Any, steps: int) -> Any:
    """`lax.scan` of a step with these weights."""
    return lax.scan(opened(weights, rest), carry, given, length=steps)


def _forward(opened: Opened, weights: Weights, rest: Any, carry: Any, given: Any, steps: int) -> Any:
    noted = Notes()

    def once(weights: Weights, rest: Any, carry: Any, given: Any) -> Any:
        opened(noted.wrapped(weights), rest)(carry, jax.tree.map(lambda leaf: leaf[0], given))
        return noted.made

    taps = [jnp.zeros((steps, *shape.shape), shape.dtype) for shape in jax.eval_shape(once, weights, rest, carry, given)]

    def run(rest: Any, carry: Any, given: Any, taps: Any) -> Any:
        def step(carry: Any, now: Any) -> Any:
            here, own = now
            notes = Notes(own)
            carry, outputs = opened(notes.wrapped(weights), rest)(carry, here)
            return carry, (outputs, notes.left)

        carry, (outputs, left) = lax.scan(step, carry, (given, taps), length=steps)
        return (carry, outputs), left

    found, back, left = jax.vjp(run, rest, carry, given, taps, has_aux=True)
    return found, (back, left, Sites(noted.sites), weights)


def _backward(opened: Opened, steps: int, kept: Any, wanted: Any) -> Any:
    back, left, sites, weights = kept
    rest, carry, given, taps = back(wanted)
    found = jax.tree.map(jnp.zeros_like, weights)
    for site, x, tap in zip(sites, left, taps, strict=True):
        product = x.reshape(-1, x.shape[-1]).T @ tap.reshape(-1, tap.shape[-1])
        (start, stop), whole = site.columns, found[site.place][site.name]
        found[site.place][site.name] = whole.at[:, start:stop].add(product)
    return found, rest, carry, given


scan.defvjp(_forward, _backward)


def matrices(params: tuple[Mapping[str, Any], ...], learned: Mapping[int, tuple[str, ...]]) -> Weights:
    """The matrices (sources, targets) among the params that training changes, of the nodes at these places."""
    return {k: {name: params[k][name] for name in names if name in params[k] and params[k][name].ndim == 2} for k, names in learned.items()}
