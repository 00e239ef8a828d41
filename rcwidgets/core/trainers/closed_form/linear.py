"""Ordinary least squares of the readouts: streamed, in float64, by an orthogonal factorisation."""

from dataclasses import dataclass
from typing import ClassVar

from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.algebra.solver import solve_rows
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model.program import GivenParams
from rcwidgets.core.spec.knobs import Spec, dtype_knob, seed_knob
from rcwidgets.core.trainers.closed_form.base import AbstractClosedFormTrainer, Fits
from rcwidgets.core.trainers.streaming import Pass


@dataclass(frozen=True, repr=False)
class LinearSettings(Spec):
    """Least squares of every trainable readout, in float64.

    The live experiment does not run it: it is for Python, and no document names it.
    """

    kind: ClassVar[str] = "LinearTrainer"
    label: ClassVar[str] = "Least squares"

    seed: int = seed_knob()
    dtype: str = dtype_knob("Precision of the states; the readout is always solved in float64.")


class LinearTrainer(AbstractClosedFormTrainer):
    """Fits every trainable readout by least squares: minimises ||X W + b - Y||^2, and of all such W takes the one of least norm.

    X are the signals that arrive at the readout, Y its targets. The states run in `dtype`; the regression is always float64. The solution
    is that of `numpy.linalg.lstsq` on signals and targets less their means: directions whose singular value is below
    eps max(rows, features) times the largest are left out. Signals that repeat each other, or more signals than rows, therefore do no
    harm to the solve; but nothing holds large weights back, which `RidgeTrainer` does and which a closed loop mostly needs.

    Reference: Golub & Van Loan (2013), Matrix Computations, 4th ed., section 5.5.

    >>> import numpy as np
    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> LinearTrainer(Input(1) >> Reservoir(50, seed=0) >> LinearReadout(1)).fit([x[:-1], x[1:]]).predict(x[-1:]).shape
    (1, 1)
    """

    settings: LinearSettings

    def __init__(self, model: Graph, *, seed: int = 0, dtype: str = "auto", params: GivenParams | None = None) -> None:
        self.settings = LinearSettings(seed=seed, dtype=dtype)
        super().__init__(model, params, seed=seed, dtype=dtype)

    def _fit_group(self, group: list[int], run: Pass) -> Fits:
        return {k: solve_rows(factor, [0.0])[0] for k, factor in run.summed(group, Triangle.of).items()}, {}
