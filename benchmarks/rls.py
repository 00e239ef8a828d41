"""Recursive least squares while the network runs, against hand-written JAX in the same precision.

Run `python -m benchmarks.rls`. The tutorial's size, 400 units on Lorenz, one step ahead, and 1,000 units in both precisions.
"""

import sys

import jax.numpy as jnp
import numpy as np

from benchmarks import hand
from benchmarks.compare import Bar, report, times
from rcwidgets.core.backend import precision
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.core.trainers.online.recursive import RLS, FORCELearning

ROUNDS, STEPS = 9, 3000


def compare(title: str, model: Graph, make: type, dtype: str, most: float) -> bool:
    """Ours against hand-written JAX that learns in the same precision."""
    data = LorenzTask().prepare()
    x, y = data.inputs[:STEPS], data.targets[:STEPS]
    trainer = make(model, alpha=1e-2, dtype=dtype)
    trainer.fit([x, y])
    learning = np.dtype(trainer.settings.learning)
    own = {name: jnp.asarray(value) for name, value in trainer.params["reservoir"].items() if name != "key"}
    u = jnp.asarray(x, jnp.float32)
    with precision(learning):
        wanted = jnp.asarray(y, learning)

    def ours(_: int) -> np.ndarray:
        found: np.ndarray = trainer.fit([x, y], reset=True).params["readout"]["W"]
        return found

    def theirs(_: int) -> np.ndarray:
        with precision(learning):
            return np.asarray(hand.rls(own["W"], own["W_in"], own.get("W_fb"), u, wanted, 0.9, 0.3, 0.05, 0.05, 1e-2))

    apart = np.abs(ours(0) - theirs(0)[:-1]).max() / np.abs(theirs(0)).max()
    units = own["W"].shape[0]
    print(f"{title}: {STEPS:,} steps of {units:,} units, P in {learning}; weights differ by {apart:.1e} of the largest")
    taken = times({f"{title}, ours": ours, f"{title}, hand-written JAX": theirs}, ROUNDS)
    met = report(taken, [Bar("ours / hand-written", f"{title}, ours", f"{title}, hand-written JAX", most)])
    print(f"  a step of ours: {min(taken[f'{title}, ours']) / STEPS * 1e6:.0f} us")
    return met


def main() -> bool:
    """Prints the figures; True where all bars are met."""
    met = True
    for units, dtype, most in ((400, "auto", 1.15), (1000, "float32", 1.1), (1000, "auto", 1.1)):
        r, o = Reservoir(units, seed=0), LinearReadout(3)
        if units == 400:
            met &= compare("RLS", Input(3) >> r >> o, RLS, dtype, most)
        met &= compare("FORCE, with its own output fed back", (Input(3) >> r >> o) & (r << o), FORCELearning, dtype, most)
    return met


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
