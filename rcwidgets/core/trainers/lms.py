"""Least mean squares."""

from typing import Any

from rcwidgets.core.graph import Graph
from rcwidgets.core.program import Params
from rcwidgets.core.trainers.online import AbstractOnlineTrainer, Learned, Rule
from rcwidgets.core.trainers.settings import LMSSettings


def descent(learned: Learned, x: Any, error: Any, rate: Any) -> Learned:
    """The weights after the rows x (batch, features), whose errors are (batch, outputs): w' = w + rate x.T error."""
    return {"weights": learned["weights"] + rate * (x.T @ error)}


class LMS(AbstractOnlineTrainer):
    """Least mean squares: a step down the gradient of each squared error.

    error[t] = y[t] - x[t] w,  w' = w + learning_rate x[t].T error[t]

    x (batch, features + 1) are the signals that arrive at a readout and a 1 for the bias, w (features + 1, outputs). Each row of a batch
    adds its own step. Cheap and slow: it is stable where learning_rate is below 2 divided by the largest eigenvalue of the mean of x.T x,
    and its directions are learned at the pace of their eigenvalues. A readout that feeds back is replaced by its target (one step late)
    while it learns.

    Reference: Widrow and Hoff (1960), IRE WESCON Convention Record 4, 96-104.

    >>> import numpy as np
    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> trainer = LMS(Input(1) >> Reservoir(50, seed=0) >> LinearReadout(1), learning_rate=0.1).fit([x[:-1], x[1:]])
    >>> bool(trainer.train_losses[-50:].mean() < trainer.train_losses[:50].mean())
    True
    """

    advice = "Lower the learning rate."
    settings: LMSSettings

    def __init__(
        self, model: Graph, *, learning_rate: float = 0.01, seed: int = 0, dtype: str = "auto", params: Params | None = None
    ) -> None:
        self.settings = LMSSettings(learning_rate=learning_rate, seed=seed, dtype=dtype)
        super().__init__(model, params, seed=seed, dtype=dtype)

    @classmethod
    def rule(cls) -> Rule:
        return descent

    @classmethod
    def knob(cls, settings: LMSSettings) -> float:
        return settings.learning_rate
