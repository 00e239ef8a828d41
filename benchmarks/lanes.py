"""Many settings of the tutorial's echo state network: lanes against one by one and against a plain vmap, and a whole sweep.

Run `python -m benchmarks.lanes`, which takes some five minutes, most of them for three whole sweeps. All sides run with BLAS capped to
one thread, as the library does by itself. How much lanes gain depends on the processor: a single run waits for the recurrent weights to
come from the cache, lanes wait for the arithmetic.
"""

import sys
from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks import hand
from benchmarks.compare import Bar, report, times
from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.algebra.path import fitted_rows
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.metrics import nrmse
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.lanes.lanes import Lanes
from rcwidgets.core.trainers.online.recursive import RLS
from rcwidgets.core.trainers.sweep.sweep import sweep

WARMUP, TRAIN = 2000, 6000
FITTED = fitted_rows(TRAIN)  # the rows after them choose the best setting
LANES = (1, 4, 8, 32)
ROUNDS, SWEEPS = 5, 3
RADII, LEAKS, BETAS = np.linspace(0.2, 1.4, 16), np.linspace(0.2, 0.9, 8), np.logspace(-7, 0, 8)
MODEL = Input(3) >> Reservoir(400, input_connectivity=1.0) >> LinearReadout(3)


@partial(jax.jit, static_argnames=("warmup", "train"))
def moments(h, y, warmup, train):
    """Float64 [states | 1], their Gram matrix and moments with the targets of the training rows."""
    x = jnp.concatenate([h.astype(jnp.float64), jnp.ones((h.shape[0], 1))], axis=1)
    rows = x[warmup : warmup + train]
    return x[warmup + train :], rows.T @ rows, rows.T @ y[warmup : warmup + train]


@jax.jit
def solved(x, gram, right, beta):
    """The forecast of the test rows at one beta."""
    shifted = gram + jnp.diag(jnp.full(len(gram), beta).at[-1].set(0.0))
    return x @ jax.scipy.linalg.cho_solve(jax.scipy.linalg.cho_factor(shifted), right)


def by_hand(own, u, y, radius, leak, betas, train=TRAIN) -> list[np.ndarray]:
    """The forecasts of one setting at some betas in hand-written JAX: the states and the Gram matrix are kept over the betas."""
    h = hand.states(own["W"], own["W_in"], 0.0 * own["bias"], u, radius, leak, 0.05)
    with jax.enable_x64(True):
        x, gram, right = moments(h, y, WARMUP, train)
        return [np.asarray(solved(x, gram, right, beta)) for beta in betas]


@jax.jit
def vmapped(W, W_in, u, radius, leak):
    """States (lanes, time, units): `vmap` of the hand-written scan over its knobs."""

    def one(radius, leak):
        def step(h, u):
            h = (1 - leak) * h + leak * jnp.tanh(radius * (h @ W) + 0.05 * (u @ W_in))
            return h, h

        return lax.scan(step, jnp.zeros(W.shape[0], W.dtype), u)[1]

    return jax.vmap(one)(radius, leak)


def by_vmap(own, u, y, radius, leak) -> list[np.ndarray]:
    """The forecasts of some settings: the plain vmap of the scan, and the hand-written readout of each."""
    h = vmapped(own["W"], own["W_in"], u, radius, leak)
    with jax.enable_x64(True):
        return [np.asarray(solved(*moments(one, y, WARMUP, TRAIN), 1e-6)) for one in h]


@jax.jit
def laned(W, W_in, u, radius, leak):
    """States (time, lanes, units): one product of all lanes with W a step."""

    def step(h, u):
        h = (1 - leak) * h + leak * jnp.tanh(radius * (h @ W) + 0.05 * (u @ W_in))
        return h, h

    return lax.scan(step, jnp.zeros((len(radius), W.shape[0]), W.dtype), u)[1]


def by_lanes(own, u, y, radius, leak) -> list[np.ndarray]:
    """The forecasts of some settings: hand-written lanes, and the hand-written readout of each."""
    h = laned(own["W"], own["W_in"], u, radius[:, None], leak[:, None])
    with jax.enable_x64(True):
        return [np.asarray(solved(*moments(h[:, lane], y, WARMUP, TRAIN), 1e-6)) for lane in range(len(radius))]


def fitted(lanes: Lanes, series: np.ndarray) -> np.ndarray:
    """The forecasts (lanes, time, 3)."""
    x, y = series[:-1], series[1:]
    lanes.predict(x[:WARMUP])
    lanes.fit([x[WARMUP : WARMUP + TRAIN], y[WARMUP : WARMUP + TRAIN]])
    return np.asarray(lanes.predict(x[WARMUP + TRAIN :]))


def drawn(model: Graph, seed: int) -> dict[str, jax.Array]:
    """The reservoir's weights in float32."""
    program = programs.compile_graph(model)
    return {key: jnp.asarray(value) for key, value in drawing.draw(program, seed, np.float32)["reservoir"].items()}


def agreement(trainer: type, series: np.ndarray, dtype: str = "auto", **knobs: np.ndarray) -> bool:
    """32 settings side by side against 32 single runs, radius up to 1.4.

    At radius 1.4 a beta of 1e-6 makes weights that amplify the rounding of float32 states, by up to 4e-5: there, float64 tells whether
    the lanes compute the same.
    """
    count = 32
    values = {
        "reservoir.spectral_radius": np.linspace(0.2, 1.4, count),
        "reservoir.leak_rate": np.linspace(0.2, 0.9, count),
        "reservoir.input_scaling": np.geomspace(0.02, 0.1, count),
        **knobs,
    }
    x, y = series[:-1], series[1:]
    lanes = Lanes(trainer(MODEL, dtype=dtype), values)
    found = fitted(lanes, series)
    apart = []
    for lane in range(count):
        one = trainer(lanes[lane].model, **lanes[lane].settings.knobs)
        one.predict(x[:WARMUP])
        one.fit([x[WARMUP : WARMUP + TRAIN], y[WARMUP : WARMUP + TRAIN]])
        apart.append(np.abs(one.predict(x[WARMUP + TRAIN :]) - found[lane]).max() / y.std(0).min())
    fine = max(apart) <= 1e-5
    print(f"  {trainer.__name__}, {dtype}: 32 lanes differ from 32 single runs by {max(apart):.1e} standard deviations at most, ", end="")
    print(f"bar 1e-5 {'met' if fine else 'MISSED'}")
    return fine


def main() -> bool:
    """Prints the figures; True where all bars are met."""
    series = LorenzTask().prepare().inputs[:10_001]
    u = jnp.asarray(series[:-1], jnp.float32)
    with jax.enable_x64(True):
        y = jnp.asarray(series[1:])
    own = drawn(MODEL, 0)
    met = True
    ready = RidgeTrainer(MODEL)  # with its weights drawn, so that no side draws any
    ready.predict(series[:2])
    ready.fit([series[:9], series[1:10]])

    print("One model of 400 units, 10,000 steps: warm-up, fit and forecast, in lanes")
    for count in LANES:
        radii, leaks = np.linspace(0.5, 1.2, count), np.linspace(0.2, 0.6, count)

        def ours(k: int, radii: np.ndarray = radii, leaks: np.ndarray = leaks) -> object:
            return fitted(Lanes(ready, {"reservoir.spectral_radius": radii + 1e-4 * k, "reservoir.leak_rate": leaks}), series)

        def alone(k: int, radii: np.ndarray = radii, leaks: np.ndarray = leaks) -> object:
            return [by_hand(own, u, y, radius + 1e-4 * k, leak, [1e-6]) for radius, leak in zip(radii, leaks, strict=True)]

        def mapped(k: int, radii: np.ndarray = radii, leaks: np.ndarray = leaks) -> object:
            return by_vmap(own, u, y, jnp.asarray(radii + 1e-4 * k, jnp.float32), jnp.asarray(leaks, jnp.float32))

        def in_lanes(k: int, radii: np.ndarray = radii, leaks: np.ndarray = leaks) -> object:
            return by_lanes(own, u, y, jnp.asarray(radii + 1e-4 * k, jnp.float32), jnp.asarray(leaks, jnp.float32))

        functions: dict[str, Callable[[int], object]] = {f"{count} lanes, ours": ours, f"{count} by hand, one by one": alone}
        if count > 1:
            functions[f"{count} by hand, vmap"] = mapped
            functions[f"{count} by hand, lanes"] = in_lanes
        with one_thread():
            taken = times(functions, ROUNDS)
        bars = [Bar("ours / one by one", f"{count} lanes, ours", f"{count} by hand, one by one", 1.1 if count == 1 else 0.6)]
        if count > 1:
            bars += [Bar("ours / vmap", f"{count} lanes, ours", f"{count} by hand, vmap", 0.8)]
            bars += [Bar("ours / lanes by hand", f"{count} lanes, ours", f"{count} by hand, lanes", 1.1)]
        met &= report({name: [one / count for one in seconds] for name, seconds in taken.items()}, bars)

    print(f"A sweep of {len(RADII)} x {len(LEAKS)} settings x {len(BETAS)} betas x 3 seeds, against hand-written JAX one by one")
    data = [series[WARMUP : WARMUP + TRAIN], series[WARMUP + 1 : WARMUP + TRAIN + 1]]
    test = [series[WARMUP + TRAIN : -1], series[WARMUP + TRAIN + 1 :]]

    def swept(k: int, radii: np.ndarray = RADII, seeds: tuple[int, ...] = (0, 1, 2)) -> np.ndarray:
        knobs = {"reservoir.spectral_radius": radii + 1e-4 * k, "reservoir.leak_rate": LEAKS, "beta": BETAS}
        return sweep(RidgeTrainer(MODEL), data, knobs, warmup=series[:WARMUP], test=test, seeds=seeds).errors

    early, held = slice(0, WARMUP + TRAIN), series[WARMUP + FITTED + 1 : WARMUP + TRAIN + 1]

    def looped(k: int, radii: np.ndarray = RADII, seeds: tuple[int, ...] = (0, 1, 2)) -> np.ndarray:
        errors = []
        for seed in seeds:
            weights = drawn(MODEL, seed)
            for radius in radii + 1e-4 * k:
                for leak in LEAKS:
                    errors.append([nrmse(found, held) for found in by_hand(weights, u[early], y[early], radius, leak, BETAS, FITTED)])
        grid = np.array(errors).reshape(len(seeds), len(radii), len(LEAKS), len(BETAS)).transpose(1, 2, 3, 0)
        at = np.unravel_index(np.median(grid, axis=-1).argmin(), grid.shape[:-1])
        for seed in seeds:  # the test of the best setting
            by_hand(drawn(MODEL, seed), u, y, radii[at[0]] + 1e-4 * k, LEAKS[at[1]], [BETAS[at[2]]])
        return grid

    few = RADII[:4], (0,)
    most = float(np.abs(np.log(swept(0, *few) / looped(0, *few))).max())
    print(f"  errors of ours and of theirs differ by {most:.2%} at most")
    with one_thread():
        taken = times({"sweep, ours": swept, "sweep, by hand": looped}, SWEEPS, warm=0)
    met &= report(taken, [Bar("ours / by hand", "sweep, ours", "sweep, by hand", 0.4)])
    for name, seconds in taken.items():
        print(f"  {name}: {3 * len(RADII) * len(LEAKS) * len(BETAS) / min(seconds):.0f} models a second")

    print("The same numbers as alone")
    met &= agreement(RidgeTrainer, series, beta=np.full(32, 1e-4)) & agreement(RidgeTrainer, series, "float64", beta=np.full(32, 1e-6))
    return met & agreement(RLS, series, alpha=np.geomspace(1e-2, 10.0, 32))


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
