"""Readouts that scikit-learn's estimators solve."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.algebra.gram import Readout
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.long_series import Progress, is_long
from rcwidgets.core.model.plan import Parallel
from rcwidgets.core.model.program import GivenParams
from rcwidgets.core.model.runner import RunnerSettings
from rcwidgets.core.series import Data, Predictions, RowsToFill, first_of, is_flat, is_list
from rcwidgets.core.trainers.closed_form.labels import label_codes
from rcwidgets.core.trainers.closed_form.linear import AbstractClosedFormTrainer, Fits
from rcwidgets.core.trainers.gaps import TargetGaps
from rcwidgets.core.trainers.streaming import Pass

PROBED = 256  # rows on which coef_ and intercept_ must give the estimator's own predictions, to 1e-6 of their size


class Estimator(Protocol):
    """A regressor or classifier as scikit-learn has them."""

    @property
    def fit(self) -> Callable[..., object]: ...

    def predict(self, X: np.ndarray, /) -> np.ndarray: ...


class EstimatorTrainer(AbstractClosedFormTrainer):
    """Fits every trainable readout by a scikit-learn estimator, to the signals that arrive at it.

    `estimator` is a regressor or a classifier, of which each readout gets a clone, or a dict of them by readout name; `estimators` are the
    fitted ones. A regressor whose coef_ and intercept_ give its predictions becomes the readout's W and b: then feedback, `generate` and
    `save` work as after any trainer. Of all others the predictions come from the estimator itself, so such a readout must be an output
    that feeds nothing, and there is no closed loop and no file of it. Targets of a classifier are labels of any kind: (time,) for one
    series (time, features), (batch, time) for a batch, one a series after a node such as Last; so are its predictions.

    An estimator that chooses a setting by itself, such as RidgeCV or a search, sees the training rows alone. Rows of a series follow each
    other, so give it a splitter that keeps their order: RidgeCV(alphas, cv=TimeSeriesSplit()).

    `sample_weight` of `fit` goes to the estimators' own.

    Unlike those of the other trainers, the signals of all rows are in memory while an estimator is fitted.

    >>> from sklearn.linear_model import Ridge
    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> trainer = EstimatorTrainer(Input(1) >> Reservoir(50, seed=0) >> LinearReadout(1), Ridge(alpha=1e-6))
    >>> trainer.fit([x[:-1], x[1:]]).generate(3).shape
    (3, 1)
    """

    def __init__(
        self,
        model: Graph,
        estimator: Estimator | Mapping[str, Estimator],
        *,
        seed: int = 0,
        dtype: str = "auto",
        params: GivenParams | None = None,
        parallel: Parallel = "auto",
    ) -> None:
        self.settings = RunnerSettings(seed=seed, dtype=dtype)
        super().__init__(model, params, seed=seed, dtype=dtype, parallel=parallel)
        names = [name for name, node in model.used().by_name().items() if node.trains]
        self.estimator = estimator
        self.estimators: dict[str, Any] = {}
        self._whole: set[str] = set()  # the readouts whose predictions come from their estimators
        self._chosen = _by_readout(estimator, names)

    def fit(
        self,
        data: Sequence[Data] | Iterator[Sequence[ArrayLike]],
        *,
        reset: bool = False,
        gaps: TargetGaps = "error",
        sample_weight: ArrayLike | Sequence[ArrayLike] | None = None,
        progress: Progress | None = None,
    ) -> Self:
        from sklearn.base import is_classifier

        self._labels: dict[str, np.ndarray] = {}
        deciding = [name for name, estimator in self._chosen.items() if is_classifier(estimator)]
        if deciding and isinstance(data, list | tuple) and len(data) == 2:
            x, y = data
            used = self.model.used()
            for name in deciding:
                self._refuse_wires(used, name, self._chosen[name])
            given = dict(y) if isinstance(y, Mapping) else dict.fromkeys(self._chosen, y)
            once = {used.names[id] for id in used.once}
            for name in (name for name in deciding if name in given):
                given[name], self._labels[name] = label_codes(given[name], x, name, name in once)
            data = [x, given]
        return super().fit(data, reset=reset, gaps=gaps, sample_weight=sample_weight, progress=progress)

    def check_one_look(self) -> None:
        raise ValueError("scikit-learn's estimators take all rows at once, and this series is read in blocks. Take RidgeTrainer.")

    def _made(self, model: Graph, knobs: Mapping[str, Any]) -> Self:
        return type(self)(model, self.estimator, **knobs, parallel=self.parallel)

    def _fit_group(self, group: list[int], run: Pass) -> Fits:
        return self._fitted({k: rows.joined() for k, rows in run.summed(group, _rows, ordered=True).items()}, run), {}

    def _fit_weighted(self, group: list[int], run: Pass, weights: np.ndarray) -> Fits:
        """By the estimators' own sample_weight; rows that weigh nothing are left out."""
        from sklearn.utils.validation import has_fit_parameter

        for k in group:
            estimator = self._chosen[run.pairs.program.names[k]]
            if not has_fit_parameter(estimator, "sample_weight"):
                raise TypeError(f"{type(estimator).__name__} takes no sample_weight. Take an estimator that does, such as Ridge.")
        rows, counts = {k: _Rows() for k in group}, {k: list[np.ndarray]() for k in group}
        for cut, signals in run.stretches(group):
            own = weights[cut].reshape(-1)
            for k, x in signals.items():
                mask = (own > 0) if (known := run.pairs.counted[k]) is None else known[cut].reshape(-1) & (own > 0)
                _rows(rows[k], x, run.pairs.targets[k][cut].reshape(len(x), -1), mask)
                counts[k].append(own[mask])
        return self._fitted({k: (*one.joined(), np.concatenate(counts[k])) for k, one in rows.items()}, run), {}

    def _fitted(self, parts: Mapping[int, tuple[np.ndarray, ...]], run: Pass) -> dict[int, Readout]:
        """Fits the estimators to signals and targets, and weights where there are some; the weights and bias of those that have them."""
        from sklearn.base import clone

        fits = {}
        for k, (x, y, *weights) in parts.items():
            name = run.pairs.program.names[k]
            if not len(x):
                raise ValueError(f"{name} has no row with a target to be fitted to.")
            estimator = clone(self._chosen[name])
            wanted = self._labels[name][y[:, 0].astype(int)] if name in self._labels else y[:, 0] if y.shape[1] == 1 else y
            try:
                estimator.fit(x, wanted, **({"sample_weight": weights[0]} if weights else {}))
            except ValueError as error:
                many = f" to {y.shape[1]} outputs" if y.shape[1] > 1 else ""
                advice = " One that takes one output may be wrapped in sklearn.multioutput.MultiOutputRegressor." if many else ""
                raise ValueError(f"{type(estimator).__name__} of {name!r} could not be fitted{many}: {error}{advice}") from error
            readout = None if name in self._labels else _linear(estimator, x, y.shape[1])
            if readout is None:
                self._refuse_wires(self.model.used(), name, estimator)
                self._whole.add(name)
            else:
                self._whole.discard(name)
                fits[k] = readout
            self.estimators[name] = estimator
        return fits

    def predict(
        self,
        x: Data,
        *,
        reset: bool = False,
        monitors: Sequence[str] = (),
        forced: Mapping[str, Data] | None = None,
        out: RowsToFill | None = None,
        progress: Progress | None = None,
    ) -> Predictions | None:
        """The outputs for the inputs `x`, as `RNNRunner.predict` gives them; of a classifier, labels without an axis of features."""
        if not self._whole:
            return super().predict(x, reset=reset, monitors=monitors, forced=forced, out=out, progress=progress)
        if out is not None or is_long(x):
            raise ValueError("Estimators other than linear ones give arrays in memory, of series in memory. Predict parts of the series.")
        program = self.program
        outputs, found = self._answers("predict", sorted(self._whole), x, reset, monitors, forced)
        if progress is not None:
            progress(len(first_of(x)), len(first_of(x)))
        self.mon |= {f"{name}.output": one[None] if is_flat(x) else one for name, one in found.items() if f"{name}.output" in monitors}
        return found[next(iter(found))] if len(program.exits) == 1 else {**outputs, **found}

    def predict_proba(self, x: Data, *, reset: bool = False) -> Predictions:
        """The probability of each class, with an axis of classes at the end, of the readouts whose estimators tell it."""
        return self._scores("predict_proba", x, reset)

    def decision_function(self, x: Data, *, reset: bool = False) -> Predictions:
        """The estimators' scores, of the readouts whose estimators have them: of two classes one a row, of more with an axis of classes."""
        return self._scores("decision_function", x, reset)

    def generate(self, steps: int, *, drive: Data | None = None) -> np.ndarray:
        self._refuse_whole("run in closed loop")
        return super().generate(steps, drive=drive)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the model with its weights to one .npz file, which `load` reads as an RNNRunner."""
        self._refuse_whole("be saved")
        return super().save(path)

    def _refuse_whole(self, what: str) -> None:
        for name in sorted(self._whole):
            kind = type(self.estimators[name]).__name__
            raise ValueError(f"{name} cannot {what}: its {kind} is not a matrix of weights. Use a linear regressor, or RidgeTrainer.")

    def _refuse_wires(self, used: Graph, name: str, estimator: Any) -> None:
        id = used.id_of(name)
        for feedback, how in ((True, "feeds back to"), (False, "goes on to")):
            for target in used.targets(id, feedback=feedback):
                kind = type(estimator).__name__
                raise ValueError(
                    f"{name} {how} {used.names[target]}, so it must be a matrix of weights, which {kind} is not. "
                    "Use a linear regressor, or take that wire away."
                )

    def _scores(self, method: str, x: Any, reset: bool) -> Any:
        able = [name for name in sorted(self._whole) if hasattr(self.estimators[name], method)]
        if not able:
            kinds = ", ".join(f"{type(estimator).__name__} of {name!r}" for name, estimator in self.estimators.items()) or "no fitted one"
            raise ValueError(f"{type(self).__name__}.{method} needs an estimator that has it, got {kinds}.")
        found = self._answers(method, able, x, reset)[1]
        return found[able[0]] if len(self._chosen) == 1 else found

    def _answers(
        self, method: str, names: list[str], x: Any, reset: bool, monitors: Sequence[str] = (), forced: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The outputs of a run by name, and what a method of the estimators says of the signals that arrive at each readout of `names`."""
        program = self.program
        sources = {name: [program.names[s] for s in program.wires[program.names.index(name)].forward] for name in names}
        added = {f"{source}.output" for wired in sources.values() for source in wired} - set(monitors)
        outputs = super().predict(x, reset=reset, monitors=[*monitors, *sorted(added)], forced=forced)
        found = {}
        for name, wired in sources.items():
            parts = [[np.asarray(series) for series in self.mon[f"{source}.output"]] for source in wired]
            series = [np.concatenate(signals, axis=-1).astype(np.float64) for signals in zip(*parts, strict=True)]
            if once := program.names.index(name) in program.once:
                series = [signals[-1:] for signals in series]
            answer = np.asarray(getattr(self.estimators[name], method)(np.concatenate(series)))
            if name not in self._labels and answer.ndim == 1:
                answer = answer[:, None]
            cuts = np.split(answer, np.cumsum([len(signals) for signals in series])[:-1])
            each = [cut[0] if once else cut for cut in cuts]
            uneven = is_list(first_of(x)) and len({len(one) for one in series}) > 1
            found[name] = each[0] if is_flat(x) else each if uneven else np.stack(each)
        self.mon = {name: value for name, value in self.mon.items() if name in monitors}
        return outputs if isinstance(outputs, dict) else {}, found


class _Rows:
    """Signals and targets (rows, columns) of the stretches so far."""

    def __init__(self) -> None:
        self.x: list[np.ndarray] = []
        self.y: list[np.ndarray] = []

    def joined(self) -> tuple[np.ndarray, np.ndarray]:
        """All rows, in float64."""
        return np.concatenate(self.x, dtype=np.float64), np.concatenate(self.y, dtype=np.float64)


def _rows(total: _Rows | None, x: np.ndarray, y: np.ndarray, mask: np.ndarray | None) -> _Rows:
    """The rows with more of them."""
    total = _Rows() if total is None else total
    total.x.append(x if mask is None else x[mask])
    total.y.append(y if mask is None else y[mask])
    return total


def _by_readout(estimator: Any, names: list[str]) -> dict[str, Any]:
    """The estimator of each readout, or an error in words."""
    chosen = dict(estimator) if isinstance(estimator, Mapping) else dict.fromkeys(names, estimator)
    for name in [*chosen, *names]:
        if name not in names or name not in chosen:
            words = f"for {name!r}, which is no trainable readout" if name not in names else f"none for {name!r}"
            raise ValueError(f"EstimatorTrainer.estimator must have one for each of {', '.join(names) or 'none'}, got {words}.")
        one = chosen[name]
        if isinstance(one, type) or not all(hasattr(one, method) for method in ("fit", "predict", "get_params")):
            raise TypeError(f"EstimatorTrainer.estimator must be an estimator such as sklearn.linear_model.Ridge(), got {one!r}.")
    return chosen


def _linear(estimator: Any, x: np.ndarray, outputs: int) -> Readout | None:
    """The weights and bias of a fitted regressor, or None where they do not give its predictions."""
    coefficients, intercept = getattr(estimator, "coef_", None), np.asarray(getattr(estimator, "intercept_", np.nan), np.float64)
    if not isinstance(coefficients, np.ndarray) or coefficients.size != outputs * x.shape[1] or intercept.size not in (1, outputs):
        return None
    weights = coefficients.reshape(outputs, x.shape[1]).T.astype(np.float64)
    bias = np.broadcast_to(intercept.reshape(-1), (outputs,))
    own = np.reshape(estimator.predict(x[:PROBED]), (-1, outputs))
    return Readout(weights, bias) if np.allclose(x[:PROBED] @ weights + bias, own, rtol=1e-6, atol=1e-6 * np.abs(own).max()) else None
