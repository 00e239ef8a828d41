"""A model as a classifier of whole series."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.datasets.reader.notes import tell
from rcwidgets.core.estimator.base import EPOCHS, LEARNING, TRAINERS, AbstractEstimator, Beta, row_weights, table_of
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.metrics import accuracy, exact_match
from rcwidgets.core.series import one_each
from rcwidgets.core.trainers.closed_form.labels import ClassWeight, class_weights, is_multilabel, numbered
from rcwidgets.core.trainers.gaps import TargetGaps, check_gaps
from rcwidgets.core.trainers.gradient.bptt import BPTT


class Classifier(AbstractEstimator):
    """A model that tells the class of a series, as a scikit-learn classifier.

    X is a list of series (time, features), of any lengths, y a label for each. The model gives one value a series, by a node such as Last
    or TimeMean before its readout, which is fitted to 1 for the right class and 0 for all others; the largest output wins. Parameters are
    those of `Regressor`, except that each series starts from rest. `classes_` are the labels, sorted; `score` is the share of right ones.

    `class_weight` tells how much the series of each class count: a dict by label (those that it leaves out count 1), or "balanced",
    series / (classes * series of the class), as in scikit-learn.

    Of several labels a series y is a matrix (series, labels) of 0 and 1: each output is a yes or no of its own, yes above 1/2, `predict`
    gives such a matrix, and `score` is the share of series all of whose labels are right. A matrix with a single 1 in each row tells
    classes, unless `multilabel`.

    trainer="bptt" learns by the gradient of the cross entropy, or of `binary_cross_entropy` for several labels, whatever in the model can
    learn, until it no longer gets better on every fifth series.

    >>> from rcwidgets.core.nodes import Input, LinearReadout, Reservoir, TimeMean
    >>> waves = [np.sin(np.arange(30 + k) / (2 + k % 2))[:, None] for k in range(10)]
    >>> classifier = Classifier(Input() >> Reservoir(50, seed=0) >> TimeMean() >> LinearReadout())
    >>> classifier.fit(waves, ["fast", "slow"] * 5).predict(waves[:2]).tolist()
    ['fast', 'slow']
    """

    _estimator_type: ClassVar[str] = "classifier"
    _trainers: ClassVar[tuple[str, ...]] = (*TRAINERS, "bptt")

    def __init__(
        self,
        model: Graph,
        *,
        trainer: str = "ridge",
        beta: Beta = 1e-6,
        selection: str | None = None,
        penalize_bias: bool = False,
        class_weight: ClassWeight = None,
        multilabel: bool = False,
        seed: int = 0,
        dtype: str = "auto",
    ) -> None:
        self.model, self.trainer, self.beta, self.selection, self.penalize_bias = model, trainer, beta, selection, penalize_bias
        self.class_weight, self.multilabel, self.seed, self.dtype = class_weight, multilabel, seed, dtype

    def fit(
        self, X: ArrayLike | Sequence[ArrayLike], y: ArrayLike, sample_weight: ArrayLike | None = None, *, gaps: TargetGaps = "error"
    ) -> Self:
        """Fits the readout to a list of series (time, features) and one label for each: (series,), (series, 1) or one-hot rows.

        Of several labels a series y is a matrix (series, labels) of 0 and 1. `sample_weight` (series,) tells how much each series counts:
        0 leaves it out, 2 is a series that is there twice. With gaps="drop" series without a label (None, NaN, NaT, or masked) are left
        out, which a DataWarning says.
        """
        self._check_model()
        check_gaps("Classifier.fit", gaps)
        series = _series(X)
        if gaps == "drop":
            series, y, sample_weight = _labelled(series, y, sample_weight)
        labels = one_each(y, "Classifier.y")
        used = self.model.used()
        if not set(used.exits) <= set(used.once):
            raise ValueError("Classifier.model must give one value a series. Put Last() or TimeMean() before the readout.")
        if labels.ndim not in (1, 2) or len(labels) != len(series):
            raise ValueError(f"Classifier.y must have one label for each of the {len(series)} series, got the shape {labels.shape}.")
        weights = None if sample_weight is None else row_weights(sample_weight, len(series), "Classifier.sample_weight")
        self.many_ = is_multilabel(labels, self.multilabel)
        if self.many_:
            if self.class_weight is not None:
                raise ValueError(
                    "Classifier.class_weight weighs classes, and here each series has several labels. Give fit a sample_weight."
                )
            self.classes_, targets = np.arange(labels.shape[1]), labels.astype(np.float64)
        else:
            codes, self.classes_ = numbered(labels, 1, "Classifier.y", once=True)
            if len(self.classes_) < 2:
                raise ValueError(f"Classifier.y must have at least two classes, got only {self.classes_.tolist()[0]!r}.")
            targets = np.eye(len(self.classes_))[codes]
            if self.class_weight is not None:
                own = class_weights(self.class_weight, self.classes_, codes)[codes]
                weights = own if weights is None else own * weights
        if self.trainer == "bptt":
            self.trainer_ = self._by_gradient(series, targets, weights)
        else:
            self.trainer_ = self._untrained().fit([series, targets], sample_weight=weights)
        self.n_features_in_ = series[0].shape[1]
        return self

    def _by_gradient(self, series: list[np.ndarray], targets: np.ndarray, weights: np.ndarray | None) -> BPTT:
        """BPTT by cross entropy, fitted."""
        loss = "binary_cross_entropy" if self.many_ else "cross_entropy"
        trainer = BPTT(self.model, loss=loss, seed=self.seed, dtype=self.dtype, **LEARNING)
        return trainer.fit((series, targets), num_train=EPOCHS, num_report=0, sample_weight=weights)

    def predict(self, X: ArrayLike | Sequence[ArrayLike]) -> np.ndarray:
        """The label (series,) of each series; of several labels 1 and 0 for each of them (series, labels)."""
        found = self._outputs(X)  # first: an untrained one has no classes
        return (self._shares(found) > 0.5).astype(int) if self.many_ else self.classes_[found.argmax(axis=1)]

    def predict_proba(self, X: Sequence[ArrayLike]) -> np.ndarray:
        """The probability (series, classes) of each class, in the order of `classes_`.

        A readout that is fitted to 1 and 0 estimates probabilities, which sum up to 1 but may be negative: these are taken for 0, and the
        others divided by their sum. Of several labels a series each has a probability of its own: what lies outside 0 to 1 is cut off. By
        trainer="bptt" the outputs are scores, whose softmax, or logistic function for several labels, are the probabilities.

        Reference: Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, 2nd ed., section 4.2.
        """
        outputs = self._outputs(X).astype(np.float64)
        if self.many_ or self.trainer == "bptt":
            return self._shares(outputs)
        found = np.maximum(outputs, 0.0)
        none = found.sum(axis=1) == 0  # as where the bias is penalised
        found[none, outputs[none].argmax(axis=1)] = 1.0
        return np.asarray(found / found.sum(axis=1, keepdims=True))

    def decision_function(self, X: Sequence[ArrayLike]) -> np.ndarray:
        """The readout's outputs (series, classes); of two classes the second's less the first's (series,).

        Of several labels a series they are above 0 where the answer is yes.
        """
        found = self._outputs(X)
        if self.many_:
            return found if self.trainer == "bptt" else found - 0.5
        return found[:, 1] - found[:, 0] if found.shape[1] == 2 else found

    def score(self, X: ArrayLike | Sequence[ArrayLike], y: ArrayLike) -> float:
        """The share of series whose label is right; of several labels a series that of series all of whose labels are."""
        labels = one_each(y, "Classifier.y")
        found = self.predict(X)
        if self.many_:
            if found.shape != labels.shape:
                raise ValueError(f"Classifier.y must be (series, labels) {found.shape} of 0 and 1, got the shape {labels.shape}.")
            return exact_match(found, labels)
        codes, classes = numbered(labels, 1, "Classifier.y", once=True)
        return accuracy(found, classes[codes])

    def _shares(self, outputs: np.ndarray) -> np.ndarray:
        """The probabilities of outputs (series, classes or labels)."""
        if self.trainer != "bptt":
            return np.clip(outputs, 0.0, 1.0)
        from scipy.special import expit, softmax

        return np.asarray(expit(outputs) if self.many_ else softmax(outputs, axis=1))

    def _outputs(self, X: Any) -> np.ndarray:
        return np.asarray(self._trained().predict(_series(X), reset=True))


def _labelled(series: list[np.ndarray], y: Any, weights: Any) -> tuple[list[np.ndarray], Any, Any]:
    """The series that have a label, with these and their weights; how many have none is a DataWarning."""
    masked = np.ma.getmaskarray(y).reshape(len(y), -1).any(axis=1) if isinstance(y, np.ma.MaskedArray) else np.zeros(len(y), bool)
    values = np.ma.getdata(y) if isinstance(y, np.ma.MaskedArray) else y
    rows = [np.ravel(np.asarray(one, dtype=object)) for one in values]
    known = ~masked & ~np.array([any(one is None or one != one for one in row) for row in rows], bool)
    if len(known) != len(series) or known.all():
        return series, y if len(known) != len(series) else values, weights
    if not known.any():
        raise ValueError("Classifier.y must have a label for a series, got none. Give some.")
    count = int((~known).sum())
    have, are = ("has", "is") if count == 1 else ("have", "are")
    tell((f"{count:,} of {len(known):,} series {have} no label and {are} left out of the fit.",), depth=4)
    kept = [label for label, there in zip(values, known, strict=True) if there]
    of_kept = None if weights is None else row_weights(weights, len(known), "Classifier.sample_weight")[known]
    return [one for one, there in zip(series, known, strict=True) if there], _as_before(kept), of_kept


def _as_before(labels: list[Any]) -> np.ndarray:
    """Labels as an array; numbers that were read as floating point for the sake of NaN are whole again, where all are."""
    array = np.array(labels)
    return array.astype(int) if array.dtype.kind == "f" and bool((array == np.floor(array)).all()) else array


def _series(X: Any) -> list[np.ndarray]:
    if not isinstance(X, list | tuple | np.ndarray):
        raise TypeError(f"Classifier.X must be a list of series (time, features), got {type(X).__name__}.")
    if len(X) == 0:
        raise ValueError("Classifier.X must hold a series, got none.")
    return [table_of(one, f"Classifier.X[{k}]") for k, one in enumerate(X)]
