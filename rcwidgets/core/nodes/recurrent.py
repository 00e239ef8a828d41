"""What recurrent networks share: their weights, their initial state, and what of both is learned."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import jax.numpy as jnp
import numpy as np
from jax.typing import DTypeLike

from rcwidgets.core.graph.vertex import Stream
from rcwidgets.core.nodes.base import AbstractNode, Array, Arrays, along
from rcwidgets.core.spec.knobs import Effect, knob, toggle

Draw = Callable[[np.random.Generator, int, int], np.ndarray]


def xavier(generator: np.random.Generator, sources: int, targets: int) -> np.ndarray:
    """Weights (sources, targets) from normal(0, 2 / (sources + targets)), the second number being the variance.

    Reference: Glorot & Bengio (2010), Proceedings of AISTATS, 249-256.
    """
    return generator.normal(0.0, np.sqrt(2.0 / (sources + targets)), (sources, targets))


def orthogonal(generator: np.random.Generator, sources: int, targets: int) -> np.ndarray:
    """A square orthogonal matrix, every one as likely (QR of a normal matrix, with the signs of R's diagonal taken out).

    Reference: Saxe, McClelland & Ganguli (2014), arXiv:1312.6120.
    """
    q, r = np.linalg.qr(generator.normal(size=(sources, targets)))
    return q * np.sign(np.diag(r))


@dataclass(frozen=True, eq=False, repr=False)
class AbstractRecurrent(AbstractNode):
    """Units whose weights are trained through time.

    W_in (inputs, gates * units), W (units, gates * units), W_fb (feedback, gates * units) and b (gates * units,) hold the weights of the
    gates side by side; each gate is drawn as a matrix of its own. h0 (units,) is the state before the first step.
    """

    family: ClassVar[str] = "state"
    group: ClassVar[str] = "Recurrent"
    card: ClassVar[tuple[str, ...]] = ("units",)
    stateful: ClassVar[bool] = True
    starts: ClassVar[tuple[str, ...]] = ("h0",)  # the params that are the initial state

    units: int = knob(100, 1, 20_000, "Number of units.", label="Units", effect=Effect.REBUILD, slider=(1, 500, 1), integer=True)
    state_trainable: bool = toggle(False, "Whether training changes the initial state.", label="Trainable initial state")
    _: KW_ONLY
    trainable: bool = toggle(True, "Whether training changes the weights.", label="Trainable")
    seed: int | None = knob(
        None, 0, 2**32 - 1, "Seed of the random weights; empty takes it from the trainer's seed and the name.", label="Seed",
        effect=Effect.REDRAW, integer=True, optional=True,
    )  # fmt: skip

    @property
    def learned(self) -> tuple[str, ...]:
        return (("W_in", "W", "W_fb", "b") if self.trainable else ()) + (self.starts if self.state_trainable else ())

    def output_size(self, inputs: int) -> int | None:
        return self.units

    def draw_weights(self, stream: Stream, inputs: int, feedback: int, recurrent: Draw) -> dict[str, np.ndarray]:
        """All weights of all gates, the recurrent ones by `recurrent`, the others by `xavier`; zero bias and zero initial state."""

        def gates(name: str, sources: int, draw: Draw) -> np.ndarray:
            generator = stream(name)
            return np.hstack([draw(generator, sources, self.units) for _ in range(self.gates)])

        drawn = {"W_in": gates("W_in", inputs, xavier), "W": gates("W", self.units, recurrent), "b": np.zeros(self.gates * self.units)}
        if feedback:
            drawn["W_fb"] = gates("W_fb", feedback, xavier)
        return drawn | {name: np.zeros(self.units) for name in self.starts}

    def init(self, params: Arrays, batch: int, inputs: int, dtype: DTypeLike) -> Arrays:
        shape = (batch, self.units)
        return {name.removesuffix("0"): jnp.broadcast_to(jnp.asarray(params[name], dtype), shape) for name in self.starts}

    def drive(self, params: Arrays, u: Array, feedback: Array | None) -> Array:
        """u W_in + y_fb W_fb + b, (..., gates * units): what the gates get from outside."""
        arriving = u @ params["W_in"]
        if feedback is not None:
            arriving = arriving + feedback @ params["W_fb"]
        return arriving + along(params["b"], arriving)
