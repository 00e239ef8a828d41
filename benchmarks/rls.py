"""Recursive least squares while the network runs, against hand-written JAX in the same precision.

Run `python -m benchmarks.rls`. The tutorial's size: 400 units on Lorenz, one step ahead.
"""

import sys
from typing import Any

import jax.numpy as jnp
import numpy as np

from benchmarks import hand
from benchmarks.compare import Bar, report, times
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.precision import precision
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.core.trainers.recursive import RLS, FORCELearning

ROUNDS = 9
STEPS = 3000


def main() -> bool:
    """Prints the figures; True where all bars are met."""
    data = LorenzTask().prepare()
    x, y = data.inputs[:STEPS], data.targets[:STEPS]
    r, o = Reservoir(400, seed=0), LinearReadout(3)
    met = True
    for title, model, make in (
        ("RLS", Input(3) >> r >> o, RLS),
        ("FORCE, with its own output fed back", (Input(3) >> r >> o) & (r << o), FORCELearning),
    ):
        trainer = make(model, alpha=1e-2)
        trainer.fit([x, y])
        own = {name: jnp.asarray(value) for name, value in trainer.params["reservoir"].items() if name != "key"}
        u = jnp.asarray(x, jnp.float32)
        with precision(np.float64):
            wanted = jnp.asarray(y)

        def ours(_: int, trainer: Any = trainer) -> np.ndarray:
            return trainer.fit([x, y], reset=True).params["readout"]["W"]

        def theirs(_: int, own: dict = own, u: jnp.ndarray = u, wanted: jnp.ndarray = wanted) -> np.ndarray:
            with precision(np.float64):
                return np.asarray(hand.rls(own["W"], own["W_in"], own.get("W_fb"), u, wanted, 0.9, 0.3, 0.05, 0.05, 1e-2))

        apart = np.abs(ours(0) - theirs(0)[:-1]).max() / np.abs(theirs(0)).max()
        print(f"{title}: {STEPS} steps of 400 units, P in float64; weights differ by {apart:.1e} of the largest")
        taken = times({f"{title}, ours": ours, f"{title}, hand-written JAX": theirs}, ROUNDS)
        met &= report(taken, [Bar("ours / hand-written", f"{title}, ours", f"{title}, hand-written JAX", 1.15)])
    return met


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
