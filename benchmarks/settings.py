"""Reservoirs in lanes: many settings of the live knobs over one series as one run, and the test error of each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.algebra.gram import Cross, Gram
from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.algebra.solver import solve, solve_rows
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import Input, Reservoir


class Problem(NamedTuple):
    """What the readouts are asked: targets y (time, questions, channels) from the inputs x (time, features).

    The readout learns on the rows `train` and is judged by `metric` on the rows `test`; the rows before only wash out the start.
    """

    x: np.ndarray
    y: np.ndarray
    train: slice
    test: slice
    beta: float
    metric: Callable[[np.ndarray, np.ndarray], float]


def ahead(series: np.ndarray, horizons: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (time, channels), and as targets (time, horizons, channels) the series that many steps later, for all rows that have them."""
    rows = len(series) - max(horizons)
    return series[:rows], np.stack([series[horizon : horizon + rows] for horizon in horizons], axis=1)


def states(x: np.ndarray, units: int, seed: int, settings: Sequence[Mapping[str, float]], **fixed: Any) -> np.ndarray:
    """The states (time, settings, units), float32, of one drawn reservoir over x (time, features), once for each setting of live knobs.

    All settings name the same knobs. Each is a lane: a row of the batch, whose knobs are arrays (lanes, 1), so that all are one matrix
    product a step. `fixed` knobs are those of all lanes.
    """
    lanes = len(settings)
    live: Any = {name: np.array([[setting[name]] for setting in settings], np.float32) for name in settings[0]}
    program = programs.compile_graph(Input(x.shape[1]) >> Reservoir(units, **fixed, **live))
    params = drawing.draw(program, seed, np.float32)
    given = np.broadcast_to(x[:, None].astype(np.float32), (len(x), lanes, x.shape[1]))
    return np.asarray(programs.run(program, params, programs.init(program, params, lanes, np.float32), {0: given}, [1])[1][1])


def errors(problem: Problem, units: int, seed: int, settings: Sequence[Mapping[str, float]], **fixed: Any) -> np.ndarray:
    """The test error (settings, questions) of a ridge readout for each setting."""
    x, y, train, test, beta, metric = problem
    found = []
    for h in np.swapaxes(states(x, units, seed, settings, **fixed), 0, 1):
        wanted = y[train].reshape(-1, y.shape[1] * y.shape[2])
        (fit,) = solve(Gram.of(h[train]), Cross.of(h[train], wanted), [beta])
        weights, bias = fit or solve_rows(Triangle.of(h[train], wanted), [beta])[0]
        forecast = (h[test] @ weights + bias).reshape(-1, *y.shape[1:])
        found.append([metric(forecast[:, k], y[test][:, k]) for k in range(y.shape[1])])
    return np.array(found)
