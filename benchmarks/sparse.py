"""Large sparse reservoirs: the step against SciPy's compressed rows, and the tutorial's task against reservoirpy.

Run `python -m benchmarks.sparse`. Both sides have the same weights; ours runs in float32, its default, SciPy in float32 too, reservoirpy in
float64, its default. BLAS is capped to one thread on both sides of the loop, and left free on both sides of the task.
"""

import sys

import jax
import jax.numpy as jnp
import numpy as np
from reservoirpy.nodes import Reservoir as TheirReservoir
from reservoirpy.nodes import Ridge
from scipy.sparse import csr_array

from benchmarks.compare import Bar, report, times
from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.nodes.weights import unpack
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer

ROUNDS = 11
STEPS = 1000  # of the loop in a round: as a run has thousands, the first few hundred, on cores that wake up, should not tell
RADIUS, LEAK, SCALING, BETA = 0.9, 0.3, 0.05, 1e-6  # the defaults


def loop(W: csr_array, W_in: np.ndarray, u: np.ndarray, radius: float) -> np.ndarray:
    """(time, units) of a leaky tanh reservoir, step by step; W (targets, sources) in compressed rows."""
    h, states = np.zeros(W.shape[0], u.dtype), np.empty((len(u), W.shape[0]), u.dtype)
    radius, leak, scaling = (u.dtype.type(value) for value in (radius, LEAK, SCALING))
    for t, row in enumerate(u):
        h = (1 - leak) * h + leak * np.tanh(radius * (W @ h) + scaling * (row @ W_in))
        states[t] = h
    return states


def step(units: int, connectivity: float, most: float | None) -> bool:
    """The loop of `STEPS` steps over Lorenz, ours against SciPy's; a bar where `most` is given."""
    graph = Input(3) >> Reservoir(units, connectivity=connectivity, seed=0)
    program = programs.compile_graph(graph)
    drawn = drawing.draw(program, 0, np.float32)
    params = {name: {key: jnp.asarray(value) for key, value in own.items()} for name, own in drawn.items()}
    u = LorenzTask().prepare().inputs[:STEPS].astype(np.float32)
    batch, start = jnp.asarray(u)[:, None], programs.init(program, params, 1, np.float32)
    own = drawn["reservoir"]
    rows = csr_array(unpack(own).T.astype(np.float32)) if "sources" in own else csr_array(own["W"].T)

    def ours(k: int) -> jax.Array:
        turned = programs.compile_graph(graph.replace("reservoir", spectral_radius=RADIUS + 1e-4 * k))
        return programs.run(turned, params, start, {0: batch}, [1])[1][1].block_until_ready()

    def theirs(k: int) -> np.ndarray:
        return loop(rows, own["W_in"], u, RADIUS + 1e-4 * k)

    off = np.abs(np.asarray(ours(0))[:, 0] - theirs(0)).max()
    form = "gather" if "sources" in own else "dense"
    print(f"{STEPS} steps of {units:,} units at {connectivity:.0%}, float32 ({form}); states differ by {off:.1e} (bar 1e-4)")
    bars = [Bar("ours / SciPy", "ours", "SciPy's CSR loop", most)] if most is not None else []
    with one_thread():
        return report(times({"ours": ours, "SciPy's CSR loop": theirs}, ROUNDS), bars) and bool(off <= 1e-4)


def task() -> bool:
    """Warm-up, training and test of the tutorial on Lorenz with 2,000 units at 1 %, from the drawn weights to the predictions."""
    graph = Input(3) >> Reservoir(2000, connectivity=0.01, seed=0) >> LinearReadout(3)
    x = LorenzTask().prepare().inputs
    x, y = x[:-1], x[1:]
    warm, stop = 2000, 8000
    first = RidgeTrainer(graph, beta=BETA)
    first.predict(x[:1])
    own = first.params["reservoir"]
    rows, columns = csr_array(unpack(own).T) * RADIUS, np.ascontiguousarray(own["W_in"].T.astype(np.float64)) * SCALING
    params = first.params

    def ours(k: int) -> np.ndarray:
        trainer = RidgeTrainer(graph, beta=BETA * 1.01**k, params=params)
        trainer.predict(x[:warm])
        trainer.fit([x[warm:stop], y[warm:stop]])
        return np.asarray(trainer.predict(x[stop:]))

    def theirs(k: int) -> np.ndarray:
        model = TheirReservoir(units=2000, W=rows, Win=columns, lr=LEAK) >> Ridge(ridge=BETA * 1.01**k)
        model.fit(x[:stop], y[:stop], warmup=warm)
        return np.asarray(model.run(x[stop:]))

    print("The tutorial's task with 2,000 units at 1 %: warm-up 2,000, train 6,000, test 2,000 steps of Lorenz")
    for who, found in (("ours", ours(0)), ("reservoirpy", theirs(0))):
        print(f"  {who}: test MSE {np.mean((found - y[stop:]) ** 2):.2e}")
    taken = times({"ours": ours, "reservoirpy (NumPy)": theirs}, 5)
    return report(taken, [Bar("ours / reservoirpy", "ours", "reservoirpy (NumPy)", 1.0)])


def main() -> bool:
    """Prints the figures; True where all bars are met."""
    met = step(5000, 0.01, 0.75)
    for units, connectivity in ((1000, 0.01), (1000, 0.1), (2000, 0.01)):
        met &= step(units, connectivity, None)
    return task() and met


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
