"""One node by itself, driven as the program drives it."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rcwidgets.core.backend import precision
from rcwidgets.core.model import drawing
from rcwidgets.core.nodes.base import AbstractNode


class Bench:
    """A node that takes `inputs` features, with its params and the state before the first step."""

    def __init__(self, node: AbstractNode, inputs: int, batch: int = 1, dtype: Any = np.float64) -> None:
        self.node, self.batch, self.dtype = node, batch, dtype
        with precision(dtype):
            drawn = node.draw(lambda name: np.random.default_rng([7, len(name)]), inputs, 0)
            self.params = drawing.cast(drawn, dtype)
            self.state = node.init(self.params, batch, inputs, dtype)

    def series(self, u: np.ndarray, state: Any = None, key: Any = None) -> tuple[Any, np.ndarray]:
        """All steps of u (time, batch, inputs) at once."""
        with precision(self.dtype):
            after, y = jax.jit(lambda *given: self.node.series(*given))(self.params, self.state if state is None else state, u, key)
            return after, np.asarray(y)

    def steps(self, u: np.ndarray, state: Any = None, first: int | None = None) -> tuple[Any, np.ndarray]:
        """One step after another; with `first`, the number of the first one, dropout drops."""
        held, rows = self.state if state is None else state, []
        with precision(self.dtype):
            for t, row in enumerate(u):
                key = None if first is None else jnp.uint32(first + t)
                held, y = self.node.step(self.params, held, row, None, key)
                rows.append(np.asarray(y))
        return held, np.array(rows)


@pytest.fixture
def bench() -> type[Bench]:
    """Makes a bench: bench(node, inputs, batch, dtype)."""
    return Bench


@pytest.fixture(params=[(batch, dtype) for batch in (1, 3) for dtype in (np.float32, np.float64)], ids=lambda p: f"{p[0]}-{p[1].__name__}")
def kinds(request: pytest.FixtureRequest) -> tuple[int, Any]:
    """Batch 1 and 3, in both precisions."""
    return request.param


@pytest.fixture
def signal(generator: np.random.Generator, kinds: tuple[int, Any]) -> np.ndarray:
    """A random series (40, batch, 6) in the precision of `kinds`."""
    batch, dtype = kinds
    return generator.normal(size=(40, batch, 6)).astype(dtype)


@pytest.fixture
def close(kinds: tuple[int, Any]) -> Any:
    """Asserts that two arrays agree to what the precision allows, and that the first one has it."""

    def check(found: np.ndarray, expected: np.ndarray) -> None:
        assert found.dtype == kinds[1]
        np.testing.assert_allclose(
            found, expected, rtol=2e-5 if kinds[1] == np.float32 else 1e-12, atol=2e-6 if kinds[1] == np.float32 else 1e-12
        )

    return check
