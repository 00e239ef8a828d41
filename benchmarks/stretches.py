"""Stretches side by side: the states of the tutorial's reservoir, long and large fits, and what chaos costs, each against the run in order.

Run `python -m benchmarks.stretches`, or with the names of some: `states fit dense sparse chaos`. "In order" is `parallel="off"`; the states
are also held against hand-written JAX. How much is gained depends on the cores: a machine of two at the most halves the time of what is
bound by arithmetic, and more where a step waits for its weights.
"""

import sys
from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks import hand
from benchmarks.compare import Bar, report, times
from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.series_parts import Series
from rcwidgets.core.model.side_by_side import run_side_by_side
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer

LONG = 1_000_000


def states() -> bool:
    """10,000 states of 400 units, at two spectral radii."""
    data, met = LorenzTask().prepare().inputs.astype(np.float32), True
    u = jnp.asarray(data)
    for radius in (0.9, 1.4):
        program = programs.compile_graph(Input(3) >> Reservoir(400, seed=0, spectral_radius=radius) >> LinearReadout(3))
        params = drawing.draw(program, 0, np.float32)
        own = {key: jnp.asarray(value) for key, value in params["reservoir"].items()}
        into, start = np.empty((len(data), 400), np.float32), programs.init(program, params, 1, np.float32)

        def fold(_: object, rows: np.ndarray, values: dict[int, np.ndarray], seen: object, into: np.ndarray = into) -> None:
            into[rows] = values[1][:, :, 0]

        def turned(k: int, program: programs.Program = program, radius: float = radius) -> programs.Program:
            return jax.tree.unflatten(
                jax.tree.structure(program), [leaf + 1e-4 * k if leaf == radius else leaf for leaf in jax.tree.leaves(program)]
            )

        def ours(k: int, turned: Callable = turned, params: dict = params, start: programs.State = start, fold: Callable = fold) -> object:
            ran = run_side_by_side(Series(turned(k), params, {0: data[:, None]}, {}, [1], [], np.float32, 0), start, fold)
            assert ran is not None
            return ran.forgetting

        def theirs(k: int, own: dict = own, radius: float = radius) -> np.ndarray:
            return np.asarray(hand.states(own["W"], own["W_in"], 0.0 * own["bias"], u, radius + 1e-4 * k, 0.3, 0.05))

        print(f"States at radius {radius}: {ours(0)}; largest difference {np.abs(theirs(0) - into).max():.1e}")
        with one_thread():
            taken = times({"side by side": ours, "hand-written JAX": theirs}, 25)
        met &= report(taken, [Bar("states, ours / hand-written", "side by side", "hand-written JAX", 0.50)])
    return met


def against(what: str, model: Graph, x: np.ndarray, most: float, rounds: int, *, fits: bool = True) -> bool:
    """Fit and forecast, or the forecast alone, side by side and in order."""
    trainers = {parallel: RidgeTrainer(model, beta=1e-6, parallel=parallel) for parallel in ("auto", "off")}
    cut = len(x) * 8 // 10

    def task(parallel: str) -> Callable[[int], object]:
        def run(k: int) -> object:
            trainer = trainers[parallel]
            if fits:
                trainer.fit([x[:cut], x[1 : cut + 1]], reset=True)
            return trainer.predict(x[cut:-1] if fits else x, reset=not fits)

        return run

    functions = {"side by side": task("auto"), "in order": task("off")}
    errors = [np.mean((functions[name](0) - (x[cut + 1 :] if fits else x)) ** 2) for name in functions]
    print(f"{what}: {trainers['auto'].forgetting}; mean squared errors {errors[0]:.3e} and {errors[1]:.3e}")
    with one_thread():
        return report(times(functions, rounds, warm=0), [Bar(f"{what}, side by side / in order", "side by side", "in order", most)])


def fit() -> bool:
    """A million steps."""
    t = np.arange(LONG)
    x = np.stack([np.sin(t / 10), np.cos(t / 7.3), np.sin(t / 31)], axis=1).astype(np.float32)
    return against("1,000,000 steps, 500 units", Input(3) >> Reservoir(500, seed=0) >> LinearReadout(3), x, 0.5, 3)


def dense() -> bool:
    """2,000 units, all connected."""
    return against(
        "2,000 units, dense",
        Input(3) >> Reservoir(2000, connectivity=1.0, seed=0) >> LinearReadout(3),
        LorenzTask().prepare().inputs,
        0.5,
        3,
    )


def sparse() -> bool:
    """2,000 units at 1 %."""
    model = Input(3) >> Reservoir(2000, connectivity=0.01, seed=0) >> LinearReadout(3)
    return against("2,000 units at 1 %", model, LorenzTask().prepare().inputs, 0.7, 5)


def chaos() -> bool:
    """What looking costs where a start is never forgotten."""
    model = Input(3) >> Reservoir(400, spectral_radius=2.5, input_scaling=1e-6, initial_state=0.1, seed=0) >> LinearReadout(3)
    return against("chaos", model, LorenzTask().prepare().inputs, 1.15, 15, fits=False)


PARTS = {"states": states, "chaos": chaos, "sparse": sparse, "dense": dense, "fit": fit}


def main(wanted: Sequence[str] = ()) -> bool:
    """Prints the figures; True where all bars are met."""
    met = [PARTS[name]() for name in wanted or PARTS]
    return all(met)


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
