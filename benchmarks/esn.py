"""The echo state network of the tutorial: the scan, a move of the spectral radius, a move of beta, against hand-written JAX.

Run `python -m benchmarks.esn`. Both sides run with BLAS capped to one thread.
"""

import sys
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks import hand
from benchmarks.compare import Bar, report, times
from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.document.document import Document
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import LorenzTask, TaskData
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings
from rcwidgets.live.results.results import Results
from rcwidgets.live.stages.ridge import Stages

ROUNDS = 25


def document(radius: float, beta: float = 1e-6) -> Document:
    """The tutorial's model on Lorenz, one step ahead."""
    return Document(_NODES.replace("reservoir", spectral_radius=radius), LorenzTask(), RidgeSettings(beta=beta))


_NODES = Input(3) >> Reservoir(400, seed=0) >> LinearReadout(3)


def orthogonal_error(states: np.ndarray, data: TaskData) -> float:
    """The test MSE of an orthogonal float64 solve on the same states: least squares of [X; sqrt(beta) I], centred."""
    train, test = slice(data.warmup, data.test_start), slice(data.test_start, data.end)
    x, y = states[train].astype(np.float64), data.targets[train]
    stacked = np.vstack([x - x.mean(0), 1e-3 * np.eye(x.shape[1])])
    w = np.linalg.lstsq(stacked, np.vstack([y - y.mean(0), np.zeros((x.shape[1], y.shape[1]))]), rcond=None)[0]
    return float(np.mean(((states[test] - x.mean(0)) @ w + y.mean(0) - data.targets[test]) ** 2))


def main() -> bool:
    """Prints the figures; True where all bars are met."""
    data = LorenzTask().prepare()
    u = jnp.asarray(data.inputs, jnp.float32)
    batch = u[:, None]
    with jax.enable_x64(True):
        y = jnp.asarray(data.inputs)
    program = programs.compile_graph(_NODES)
    drawn = drawing.draw(program, 0, np.float32)
    params = {name: {key: jnp.asarray(value) for key, value in own.items()} for name, own in drawn.items()}
    own = params["reservoir"]
    start = programs.init(program, params, 1, np.float32)
    met = True

    print("The scan, 10,000 steps of 400 units, float32")

    def ours(k: int, radius: float = 0.9) -> jax.Array:
        turned = programs.compile_graph(_NODES.replace("reservoir", spectral_radius=radius + 1e-4 * k))
        return programs.run(turned, params, start, {0: batch}, [1])[1][1].block_until_ready()

    def theirs(k: int, radius: float = 0.9) -> jax.Array:
        return hand.states(own["W"], own["W_in"], 0.0 * own["bias"], u, radius + 1e-4 * k, 0.3, 0.05).block_until_ready()

    with one_thread():
        met &= report(
            times({"ours": ours, "hand-written JAX": theirs}, ROUNDS), [Bar("scan, ours / hand-written", "ours", "hand-written JAX", 1.10)]
        )
    for radius in (0.9, 1.4):
        by_hand = hand.run(own, u, y, radius)
        stages = Stages()
        results = next(stages.compute(document(radius), 1, lambda: None, lambda *_: None))
        apart = np.abs(results.forecast - by_hand).max() / results.truth.std(0).min()
        exact = orthogonal_error(np.asarray(ours(0, radius))[:, 0], data)
        off = abs(results.test_mse / exact - 1)
        print(f"  radius {radius}: forecasts differ by {apart:.1e} standard deviations (bar 1e-4)")
        print(f"  radius {radius}: test MSE {results.test_mse:.3e}, orthogonal {exact:.3e}, {off:.2%} apart (bar 1 %)")
        met &= apart <= 1e-4 and off <= 0.01  # side by side, states round otherwise, and the readout has large weights

    print("A move of a slider, in the kernel: change it, see new predictions")
    moved, turned, betas, paths = Stages(), Stages(), Stages(), Stages()

    def first(stages: Stages, wanted: Document) -> Results:
        return next(stages.compute(wanted, 1, lambda: None, lambda *_: None))

    def whole(stages: Stages, wanted: Document) -> list[Results]:
        return list(stages.compute(wanted, 1, lambda: None, lambda *_: None))

    whole(betas, document(0.9))
    whole(paths, document(0.9))
    functions = {
        "spectral radius, ours": lambda k: first(moved, document(0.9 + 1e-3 * k)),
        "spectral radius, ours, with the path": lambda k: whole(turned, document(0.9 + 1e-3 * k)),
        "spectral radius, hand-written JAX": lambda k: hand.run(own, u, y, 0.9 + 1e-3 * k),
        "beta, ours": lambda k: first(betas, replace(document(0.9), trainer=RidgeSettings(beta=1e-6 * 1.1**k))),
        "beta, ours, with the path": lambda k: whole(paths, replace(document(0.9), trainer=RidgeSettings(beta=1e-6 * 1.1**k))),
    }
    traced = programs.TRACES["run"]
    with one_thread():
        taken = times(functions, ROUNDS)
    met &= report(
        taken,
        [
            Bar("spectral radius, ours / hand-written", "spectral radius, ours", "spectral radius, hand-written JAX", 0.55),
            Bar("beta / spectral radius", "beta, ours", "spectral radius, ours", 0.05),
            Bar("beta with the path / spectral radius", "beta, ours, with the path", "spectral radius, ours", 0.10),
        ],
    )
    steps = betas.counts["steps"] - len(data.inputs)
    print(f"  traces in all moves after the first: {programs.TRACES['run'] - traced}; reservoir steps in the beta moves: {steps}")
    return met


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
