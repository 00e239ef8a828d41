"""A model as a regressor of one series."""

from collections.abc import Sequence
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.estimator.base import AbstractEstimator, Beta, check_columns, column_names, row_weights, table_of
from rcwidgets.core.graph.ends import after
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.metrics import r2
from rcwidgets.core.series import array_of
from rcwidgets.core.trainers.gaps import TargetGaps, check_gaps, opened


class Regressor(AbstractEstimator):
    """A model that forecasts one series from another, as a scikit-learn regressor.

    X is (time, features), y (time,) or (time, targets); the rows are in the order of time. `trainer` is "ridge" (with `beta`, which may be
    "auto", `selection` and `penalize_bias`, see RidgeTrainer) or "linear". The first `warmup` rows of a fit only wash out the initial
    state. `predict` starts from the state after the rows of the fit, for series that go on where those ended, as in TimeSeriesSplit; with
    `carry=False` it starts from rest. `score` is R squared, 1 - mean over targets of mse / var. Each node's knobs are parameters too.
    `trainer_` is the fitted trainer.

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> regressor = Regressor(Input() >> Reservoir(50, seed=0) >> LinearReadout(), warmup=20)
    >>> regressor.set_params(reservoir__leak_rate=0.5, beta=1e-4)
    Regressor(model, beta=0.0001, warmup=20)
    >>> regressor.fit(x[:-1], x[1:, 0]).predict(x[-1:]).shape
    (1,)
    """

    _estimator_type: ClassVar[str] = "regressor"

    def __init__(
        self,
        model: Graph,
        *,
        trainer: str = "ridge",
        beta: Beta = 1e-6,
        selection: str | None = None,
        penalize_bias: bool = False,
        warmup: int = 0,
        carry: bool = True,
        seed: int = 0,
        dtype: str = "auto",
    ) -> None:
        self.model, self.trainer, self.beta, self.selection, self.penalize_bias = model, trainer, beta, selection, penalize_bias
        self.warmup, self.carry, self.seed, self.dtype = warmup, carry, seed, dtype

    def fit(
        self, X: ArrayLike | Sequence[ArrayLike], y: ArrayLike, sample_weight: ArrayLike | None = None, *, gaps: TargetGaps = "error"
    ) -> Self:
        """Fits the readouts to X (time, features) and y (time,) or (time, targets).

        `sample_weight` (time,) tells how much each row counts: 0 leaves it out, 2 is a row that is there twice. With gaps="drop" rows
        whose target is NaN or masked are left out of the fit, while the signals run through them; a DataWarning says how many these are.
        """
        check_gaps("Regressor.fit", gaps)
        trainer, x, start = self._untrained(), table_of(X, "Regressor.X"), self.warmup
        wanted = opened(y) if gaps == "drop" else array_of(y, "Regressor.y")
        if isinstance(start, bool) or not isinstance(start, int | np.integer) or not 0 <= start < len(x):
            raise ValueError(f"Regressor.warmup must be a whole number from 0, below the {len(x)} rows of X, got {start!r}.")
        if wanted.ndim not in (1, 2) or len(wanted) != len(x):
            raise ValueError(f"Regressor.y must be (time,) or (time, targets) with the {len(x)} rows of X, got the shape {wanted.shape}.")
        used = self.model.used()
        later = {id for one, node in used.nodes.items() if node.trains for id in (one, *after(used, one))}
        taught = any(edge.feedback and edge.source in later for edge in used.edges)
        if start and taught:
            trainer.fit([x[:start], wanted[:start]], gaps=gaps)
        elif start:
            trainer.predict(x[:start])
        weights = None if sample_weight is None else row_weights(sample_weight, len(x), "Regressor.sample_weight")[start:]
        self.trainer_ = trainer.fit([x[start:], wanted[start:]], sample_weight=weights, gaps=gaps)
        self.n_features_in_, self._single, self._columns = x.shape[1], wanted.ndim == 1, column_names(X)
        return self

    def predict(self, X: ArrayLike | Sequence[ArrayLike]) -> np.ndarray:
        """The forecast (time,) or (time, targets), as y was, for X (time, features)."""
        trained = self._trained()
        check_columns("Regressor.X", X, self._columns)
        found = np.asarray(trained.predict(table_of(X, "Regressor.X"), reset=not self.carry))
        return found[:, 0] if self._single else found

    def score(self, X: ArrayLike | Sequence[ArrayLike], y: ArrayLike) -> float:
        """R squared of the forecast for X, averaged over targets; as in scikit-learn, of a constant target 1 where it is met, else 0."""
        found, wanted = (array_of(one, "Regressor.y").astype(np.float64) for one in (self.predict(X), y))
        found, wanted = (one.reshape(len(one), -1) for one in (found, wanted))
        constant = np.ptp(wanted, axis=0) == 0
        each = [float((found[:, k] == wanted[:, k]).all()) if constant[k] else r2(found[:, k], wanted[:, k]) for k in range(len(constant))]
        return float(np.mean(each))
