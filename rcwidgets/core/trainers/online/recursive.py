"""Recursive least squares, and FORCE learning, which closes the feedback over it."""

from typing import ClassVar, cast

import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model.plan import Parallel
from rcwidgets.core.model.program import GivenParams
from rcwidgets.core.spec.knobs import Spec
from rcwidgets.core.trainers.online.base import AbstractOnlineTrainer
from rcwidgets.core.trainers.online.learning import InBlocks, Learned
from rcwidgets.core.trainers.online.settings import FORCESettings, RLSSettings

BLOCK = 32  # steps
WIDEST = 256  # features: P is then half a megabyte


def recursion(learned: Learned, x: Array, error: Array, forgetting: Array) -> Learned:
    """Weights w and the inverse P of the moments after the rows x (batch, features), whose errors y - x w are those of the weights before.

    K = P x.T (forgetting I + x P x.T)^-1,  w' = w + K error,  P' = (P - K x P) / forgetting

    One block of `batch` rows equals `batch` updates by a row each (Woodbury's identity): every row counts. P stays symmetric, since what
    is taken off is a square.
    """
    held, weights = learned["inverse"], learned["weights"]
    keep = 1 / forgetting
    if "taken" in learned:
        row, taken, scale = x[0], learned["taken"], learned["scale"]
        seen = scale * (held @ row - (taken @ row) @ taken)
        half = seen / jnp.sqrt(forgetting + row @ seen)
        gain = half / jnp.sqrt(forgetting + row @ seen)
        made = lax.dynamic_update_index_in_dim(taken, half / jnp.sqrt(scale), learned["made"], 0)
        more = {"taken": made, "scale": scale * keep, "made": learned["made"] + 1}
        return {"weights": weights + jnp.outer(gain, error[0]), "inverse": held, **more}
    if x.shape[0] == 1:  # products of vectors: a matrix product of one row takes twice the time
        row = x[0]
        taken = held @ row
        half = taken / jnp.sqrt(forgetting + row @ taken)
        gain = half / jnp.sqrt(forgetting + row @ taken)
        return {"weights": weights + jnp.outer(gain, error[0]), "inverse": (held - half[:, None] * half[None]) * keep}
    taken = x @ held
    root = jnp.linalg.cholesky(taken @ x.T + forgetting * jnp.eye(x.shape[0], dtype=x.dtype))
    half, part = (lax.linalg.triangular_solve(root, one, left_side=True, lower=True) for one in (taken, error))
    return {"weights": weights + half.T @ part, "inverse": (held - half.T @ half) * keep}


def opened(learned: Learned, steps: int) -> Learned:
    """What is learned with room for so many steps that P is not changed in."""
    lanes, features, dtype = learned["inverse"].shape[:-2], learned["inverse"].shape[-1], learned["inverse"].dtype
    room = {"taken": jnp.zeros((*lanes, steps, features), dtype), "scale": jnp.ones(lanes, dtype), "made": jnp.zeros(lanes, jnp.int32)}
    return {**learned, **room}


def closed(learned: Learned) -> Learned:
    """What is learned with P as it is after these steps."""
    taken = jnp.asarray(learned["taken"])
    inverse = learned["scale"][..., None, None] * (learned["inverse"] - jnp.swapaxes(taken, -1, -2) @ taken)
    return {"weights": learned["weights"], "inverse": inverse}


class _AbstractRecursive(AbstractOnlineTrainer):
    advice = "Raise alpha, or bring forgetting closer to 1."
    takes = "forgetting"
    rule = InBlocks(recursion, opened, closed, BLOCK, WIDEST)
    settings: RLSSettings

    @classmethod
    def first(cls, settings: Spec, weights: np.ndarray) -> Learned:
        own = cast(RLSSettings, settings)
        inverse = np.zeros((len(weights), len(weights)), own.learning)
        np.fill_diagonal(inverse, 1 / own.alpha)
        return {"weights": weights.astype(own.learning), "inverse": inverse}


class RLS(_AbstractRecursive):
    """Recursive least squares: after each step, the readouts are the ridge solution of all steps so far.

    error[t] = y[t] - x[t] w,  w' = w + P' x[t].T error[t],  P' the inverse of sum_s forgetting^(t - s) x[s].T x[s] + forgetting^t alpha I

    x (batch, features + 1) are the signals that arrive at a readout and a 1 for the bias, which is a penalised weight like the others.
    With forgetting 1 and from zero weights the result is that of `RidgeTrainer(beta=alpha, penalize_bias=True)`. A readout that feeds back
    is replaced by its target (one step late) while it learns. Below 1, `forgetting` lets the steps of long ago count less.

    Reference: Haykin (2002), Adaptive Filter Theory, 4th edition, chapter 9.

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> RLS(Input(1) >> Reservoir(50, seed=0) >> LinearReadout(1), alpha=1e-3).fit([x[:-1], x[1:]]).train_losses.shape
    (299,)
    """

    def __init__(
        self,
        model: Graph,
        *,
        alpha: float = 1e-3,
        forgetting: float = 1.0,
        seed: int = 0,
        dtype: str = "auto",
        params: GivenParams | None = None,
        parallel: Parallel = "auto",
    ) -> None:
        self.settings = RLSSettings(alpha=alpha, forgetting=forgetting, seed=seed, dtype=dtype)
        super().__init__(model, params, seed=seed, dtype=dtype, parallel=parallel)


class FORCELearning(_AbstractRecursive):
    """FORCE learning: recursive least squares while the readout's own output is fed back.

    z[t] = x[t] w is what the feedback wires deliver at the next step, right or wrong; then w learns y[t] as in `RLS`, from P = I / alpha
    on. Fast learning keeps the error, and with it the feedback, close to the target from the first steps on, and what the network learns
    is stable under its own errors: afterwards it goes on by itself. Small alpha learns faster. The feedback must be heard: a reservoir
    whose `feedback_scaling` was left out has 1 here. `trainer.model` has that number: give that model to a runner of its own.

    Shapes: x (batch, features + 1), with a 1 for the bias; w (features + 1, outputs); P (features + 1, features + 1). Both are float64, or
    float32 where `dtype` is that: twice as fast, and less exact after many steps, since P loses small eigenvalues to rounding.

    Reference: Sussillo and Abbott (2009), Neuron 63, 544-557.

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> silence, wave = np.zeros((300, 1)), np.sin(np.arange(300) / 5)[:, None]
    >>> r, o = Reservoir(50, spectral_radius=1.5, seed=0), LinearReadout(1)
    >>> FORCELearning((Input(1) >> r >> o) & (r << o), alpha=1.0).fit([silence, wave]).predict(silence[:20]).shape
    (20, 1)
    """

    forces: ClassVar[bool] = True

    def __init__(
        self,
        model: Graph,
        *,
        alpha: float = 1.0,
        forgetting: float = 1.0,
        seed: int = 0,
        dtype: str = "auto",
        params: GivenParams | None = None,
        parallel: Parallel = "auto",
    ) -> None:
        self.settings = FORCESettings(alpha=alpha, forgetting=forgetting, seed=seed, dtype=dtype)
        super().__init__(model, params, seed=seed, dtype=dtype, parallel=parallel)
