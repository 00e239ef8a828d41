"""The nonlinear vector autoregression of next-generation reservoir computing."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, combinations_with_replacement
from math import comb
from typing import ClassVar

import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike

from rcwidgets.core.nodes.base import AbstractNode, Array, Arrays, node
from rcwidgets.core.nodes.time import history, line, window
from rcwidgets.core.spec.knobs import Effect, ints, knob, toggle

_ROWS = 64  # steps: the shortest stretch that a run is cut into


def degrees(value: tuple[int, ...]) -> tuple[int, ...]:
    """The degrees, or an error where one is there twice."""
    if len(set(value)) < len(value):
        raise ValueError("must be different degrees")
    return value


@lru_cache(maxsize=16)
def factors(taps: int, degree: int) -> np.ndarray:
    """Which taps each monomial of exactly this degree multiplies, (degree, monomials), in lexical order."""
    flat = chain.from_iterable(combinations_with_replacement(range(taps), degree))
    rows = np.fromiter(flat, np.int32, degree * comb(taps + degree - 1, degree)).reshape(-1, degree)
    return np.ascontiguousarray(rows.T)


@node
class NVAR(AbstractNode):
    """Nonlinear vector autoregression: delayed inputs and all their products of some degrees. Nothing is random, nothing recurs.

    y[t] = (1 if constant, taps, monomials), taps = (u[t], u[t - stride], ..., u[t - (delay - 1) stride]), newest first, and for each
    degree in `order` all products of exactly that many taps, in lexical order. The taps themselves are the monomials of degree 1, so
    order 1 adds nothing. Before the start of the data u is zero.

    Shapes: u (batch, inputs), y (batch, features) with k = delay * inputs taps, comb(k + p - 1, p) monomials of each degree p; the state
    holds the last (delay - 1) * stride inputs. The monomials differ by many orders of magnitude, so the node asks for float64.

    Reference: Gauthier, Bollt, Griffith & Barbosa (2021), Nature Communications 12, 5564.

    >>> NVAR(4, stride=5).output_size(2)
    44
    """

    aliases: ClassVar[tuple[str, ...]] = ("ng-rc", "ngrc", "next generation reservoir computing", "polynomial")
    family: ClassVar[str] = "state"
    group: ClassVar[str] = "Reservoirs"
    card: ClassVar[tuple[str, ...]] = ("delay", "order", "stride")
    grows_by: ClassVar[str | None] = "order"
    takes_feedback: ClassVar[bool] = False
    stateful: ClassVar[bool] = True
    windowed: ClassVar[bool] = True
    exact: ClassVar[bool] = True

    delay: int = knob(2, 1, 1000, "Number of taps of each input.", effect=Effect.REBUILD)
    order: int | tuple[int, ...] = ints(2, 1, 10, "Degrees of the products, one or several, such as 2 or 2, 3.", form=degrees)
    stride: int = knob(1, 1, 10_000, "Steps from one tap to the next.", effect=Effect.REBUILD)
    constant: bool = toggle(False, "Whether a constant 1 comes first.")

    @property
    def _degrees(self) -> tuple[int, ...]:
        """The degrees of the monomials beside the taps."""
        return tuple(degree for degree in (self.order if isinstance(self.order, tuple) else (self.order,)) if degree > 1)

    @property
    def _reach(self) -> int:
        """How many steps back the last tap lies."""
        return (self.delay - 1) * self.stride

    def output_size(self, inputs: int) -> int | None:
        taps = self.delay * inputs
        return self.constant + taps + sum(comb(taps + degree - 1, degree) for degree in self._degrees)

    def held(self, inputs: int) -> int:
        taps = self.delay * inputs
        tables = sum(degree * comb(taps + degree - 1, degree) for degree in self._degrees)
        return self._reach * inputs + tables + _ROWS * (self.output_size(inputs) or 0)

    def feature_names(self, inputs: int | Sequence[str]) -> list[str]:
        """What each feature is, such as "x0[t]", "x1[t-5]", "x0[t] x1[t-5]", "x0[t]^2" and "1"; `inputs` is their number or their names.

        >>> NVAR(1, order=2).feature_names(["x", "y"])
        ['x[t]', 'y[t]', 'x[t]^2', 'x[t] y[t]', 'y[t]^2']
        """
        names = _named(inputs)
        lags = [self.stride * tap for tap in range(self.delay)]
        taps = [f"{name}[t-{lag}]" if lag else f"{name}[t]" for lag in lags for name in names]
        products = [" ".join(_powers(taps, places)) for degree in self._degrees for places in factors(len(taps), degree).T.tolist()]
        return [*(["1"] if self.constant else []), *taps, *products]

    def init(self, params: Arrays, batch: int, inputs: int, dtype: DTypeLike) -> Arrays:
        return {"line": line(batch, self._reach, inputs, dtype)}

    def step(self, params: Arrays, state: Arrays, u: Array, feedback: Array | None, key: Array | None) -> tuple[Arrays, Array]:
        known = window(state["line"], u)
        taps = [known[:, self._reach - tap * self.stride] for tap in range(self.delay)]
        return {"line": known[:, 1:]}, self._features(taps)

    def series(self, params: Arrays, state: Arrays, u: Array, key: Array | None) -> tuple[Arrays, Array]:
        known, steps = history(state["line"], u), len(u)
        starts = [self._reach - tap * self.stride for tap in range(self.delay)]
        taps = [known[start : start + steps] for start in starts]
        return {"line": jnp.swapaxes(known[steps:], 0, 1)}, self._features(taps)

    def _features(self, parts: list[Array]) -> Array:
        """The constant, the taps and the monomials (..., features) of the taps (..., inputs) of each lag."""
        taps = jnp.concatenate(parts, axis=-1)
        found = [jnp.ones_like(taps[..., :1])] if self.constant else []
        found.append(taps)
        for degree in self._degrees:
            table = factors(taps.shape[-1], degree)
            product = taps[..., table[0]]
            for places in table[1:]:
                product = product * taps[..., places]
            found.append(product)
        return jnp.concatenate(found, axis=-1)


def _named(inputs: int | Sequence[str]) -> list[str]:
    """The names of the inputs, which are numbered where only how many there are is known."""
    if isinstance(inputs, int | np.integer) and not isinstance(inputs, bool) and inputs >= 1:
        return [f"x{k}" for k in range(inputs)]
    if isinstance(inputs, list | tuple) and inputs and all(isinstance(name, str) for name in inputs):
        return list(inputs)
    raise ValueError(f'NVAR.feature_names takes a number of inputs from 1 or a list of their names, got {inputs!r}. Give 2 or ["x", "y"].')


def _powers(taps: Sequence[str], places: Sequence[int]) -> Iterator[str]:
    """The factors of a product, equal ones as a power."""
    for place in dict.fromkeys(places):
        power = list(places).count(place)
        yield taps[place] if power == 1 else f"{taps[place]}^{power}"
