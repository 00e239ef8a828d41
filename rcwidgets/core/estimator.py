"""Models as scikit-learn's estimators: for pipelines, cross-validation and grid searches. Nothing here needs scikit-learn itself."""

from collections.abc import Sequence
from copy import copy
from inspect import signature
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, cast

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.series import array_of, one_each
from rcwidgets.core.spec.knobs import Setting

if TYPE_CHECKING:
    from sklearn.utils import Tags

from rcwidgets.core.graph.ends import after
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.metrics import accuracy, exact_match, r2
from rcwidgets.core.trainers.closed_form.labels import ClassWeight, class_weights, is_multilabel, numbered
from rcwidgets.core.trainers.closed_form.linear import LinearTrainer
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.gradient.bptt import BPTT

TRAINERS = ("ridge", "linear")
LEARNING: dict[str, Any] = {"learning_rate": 1e-2, "max_grad_norm": 1.0, "num_batch": 16, "patience": 50, "least_gain": 0.01}  # of BPTT
EPOCHS = 1000  # of it, at most
Beta = float | Literal["auto"]


class _AbstractEstimator:
    """What both share: the parameters, by their own names and, as "reservoir__leak_rate", by node and knob."""

    _estimator_type: ClassVar[str]
    model: Graph
    trainer: str
    beta: Beta
    selection: str | None
    penalize_bias: bool
    seed: int
    dtype: str
    trainer_: RidgeTrainer | LinearTrainer | BPTT

    def get_params(self, deep: bool = True) -> dict[str, object]:
        """The parameters by name; with `deep` also each node's knobs, as "<node>__<knob>"."""
        own = {name: getattr(self, name) for name in list(signature(type(self).__init__).parameters)[1:]}
        if not deep or not isinstance(self.model, Graph):
            return own
        knobs = {f"{name}__{knob}": value for name, node in self.model.by_name().items() for knob, value in node.knobs.items()}
        return {**own, **knobs}

    def set_params(self, **params: object) -> Self:
        """Sets parameters and knobs by the names of `get_params`; an unknown name is a ValueError that lists the known ones."""
        known = self.get_params(deep=False)
        for name in [name for name in known if name in params]:
            setattr(self, name, params[name])
        for name, value in params.items():
            node, _, knob = name.rpartition("__")
            if name not in known:
                if not knob or node not in self.model.names.values():
                    nodes = ", ".join(self.model.names.values())
                    raise ValueError(
                        f"{type(self).__name__} has no parameter {name!r}. Its parameters: {', '.join(known)}, and <node>__<knob> with a "
                        f"node of: {nodes}."
                    )
                self.model = self.model.replace(node, **{knob: cast(Setting, value)})
        return self

    def __repr__(self) -> str:
        usual = signature(type(self).__init__).parameters
        own = {name: value for name, value in self.get_params(deep=False).items() if name != "model"}
        changed = [f"{name}={value!r}" for name, value in own.items() if repr(value) != repr(usual[name].default)]
        return f"{type(self).__name__}({', '.join(['model', *changed])})"

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "trainer_")

    def __sklearn_tags__(self) -> "Tags":
        from sklearn.utils import ClassifierTags, RegressorTags, Tags, TargetTags

        regressor = self._estimator_type == "regressor"
        return Tags(
            estimator_type=self._estimator_type,
            target_tags=TargetTags(required=True, multi_output=True),
            regressor_tags=RegressorTags() if regressor else None,
            classifier_tags=None if regressor else ClassifierTags(multi_label=True),
        )

    _trainers: ClassVar[tuple[str, ...]] = TRAINERS

    def _check_model(self) -> None:
        """Raises where the model or the trainer cannot be fitted."""
        name = type(self).__name__
        if not isinstance(self.model, Graph):
            raise TypeError(f"{name}.model must be a model such as Input() >> Reservoir(100) >> LinearReadout(), got {self.model!r}.")
        if self.trainer not in self._trainers:
            raise ValueError(f"{name}.trainer must be one of {', '.join(self._trainers)}, got {self.trainer!r}.")
        exits = [self.model.names[id] for id in self.model.used().exits]
        if len(exits) != 1:
            raise ValueError(f"{name}.model must have one output, got {len(exits)}: {', '.join(exits)}. Use a trainer, which takes dicts.")

    def _untrained(self) -> RidgeTrainer | LinearTrainer:
        self._check_model()
        if self.trainer == "linear":
            return LinearTrainer(self.model, seed=self.seed, dtype=self.dtype)
        return RidgeTrainer(
            self.model, beta=self.beta, selection=self.selection, penalize_bias=self.penalize_bias, seed=self.seed, dtype=self.dtype
        )

    def _trained(self) -> RidgeTrainer | LinearTrainer | BPTT:
        if not hasattr(self, "trainer_"):
            raise ValueError(f"{type(self).__name__} is not fitted yet. Call fit first.")
        return copy(self.trainer_)  # a call moves the copy's state, so that the same call gives the same again


class Regressor(_AbstractEstimator):
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

    def fit(self, X: ArrayLike | Sequence[ArrayLike], y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fits the readouts to X (time, features) and y (time,) or (time, targets).

        `sample_weight` (time,) tells how much each row counts: 0 leaves it out, 2 is a row that is there twice.
        """
        trainer, x, wanted, start = self._untrained(), _table(X, "Regressor.X"), array_of(y, "Regressor.y"), self.warmup
        if isinstance(start, bool) or not isinstance(start, int | np.integer) or not 0 <= start < len(x):
            raise ValueError(f"Regressor.warmup must be a whole number from 0, below the {len(x)} rows of X, got {start!r}.")
        if wanted.ndim not in (1, 2) or len(wanted) != len(x):
            raise ValueError(f"Regressor.y must be (time,) or (time, targets) with the {len(x)} rows of X, got the shape {wanted.shape}.")
        used = self.model.used()
        later = {id for one, node in used.nodes.items() if node.trains for id in (one, *after(used, one))}
        taught = any(edge.feedback and edge.source in later for edge in used.edges)
        if start and taught:
            trainer.fit([x[:start], wanted[:start]])
        elif start:
            trainer.predict(x[:start])
        weights = None if sample_weight is None else _weights(sample_weight, len(x), "Regressor.sample_weight")[start:]
        self.trainer_ = trainer.fit([x[start:], wanted[start:]], sample_weight=weights)
        self.n_features_in_, self._single = x.shape[1], wanted.ndim == 1
        return self

    def predict(self, X: ArrayLike | Sequence[ArrayLike]) -> np.ndarray:
        """The forecast (time,) or (time, targets), as y was, for X (time, features)."""
        found = np.asarray(self._trained().predict(_table(X, "Regressor.X"), reset=not self.carry))
        return found[:, 0] if self._single else found

    def score(self, X: ArrayLike | Sequence[ArrayLike], y: ArrayLike) -> float:
        """R squared of the forecast for X, averaged over targets; as in scikit-learn, of a constant target 1 where it is met, else 0."""
        found, wanted = (array_of(one, "Regressor.y").astype(np.float64) for one in (self.predict(X), y))
        found, wanted = (one.reshape(len(one), -1) for one in (found, wanted))
        constant = np.ptp(wanted, axis=0) == 0
        each = [float((found[:, k] == wanted[:, k]).all()) if constant[k] else r2(found[:, k], wanted[:, k]) for k in range(len(constant))]
        return float(np.mean(each))


class Classifier(_AbstractEstimator):
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
    learn, until it no longer gets better on every fifth series; it takes no weights.

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

    def fit(self, X: ArrayLike | Sequence[ArrayLike], y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fits the readout to a list of series (time, features) and one label for each: (series,), (series, 1) or one-hot rows.

        Of several labels a series y is a matrix (series, labels) of 0 and 1. `sample_weight` (series,) tells how much each series counts:
        0 leaves it out, 2 is a series that is there twice.
        """
        self._check_model()
        series, labels = _series(X), one_each(y, "Classifier.y")
        used = self.model.used()
        if not set(used.exits) <= set(used.once):
            raise ValueError("Classifier.model must give one value a series. Put Last() or TimeMean() before the readout.")
        if labels.ndim not in (1, 2) or len(labels) != len(series):
            raise ValueError(f"Classifier.y must have one label for each of the {len(series)} series, got the shape {labels.shape}.")
        weights = None if sample_weight is None else _weights(sample_weight, len(series), "Classifier.sample_weight")
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
        if weights is not None:
            raise ValueError('Classifier.trainer="bptt" takes no weights. Take "ridge", or give such series more often.')
        loss = "binary_cross_entropy" if self.many_ else "cross_entropy"
        trainer = BPTT(self.model, loss=loss, seed=self.seed, dtype=self.dtype, **LEARNING)
        return trainer.fit((series, targets), num_train=EPOCHS, num_report=0)

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


def _weights(given: Any, count: int, what: str) -> np.ndarray:
    weights = np.asarray(given, np.float64)
    if weights.shape != (count,):
        raise ValueError(f"{what} must have one number for each of the {count} rows of y, got the shape {weights.shape}.")
    return weights


def _table(X: Any, what: str) -> np.ndarray:
    table = array_of(X, what)
    if table.ndim != 2:
        raise ValueError(f"{what} must be (time, features), got the shape {table.shape}. Reshape one channel to (time, 1).")
    return table


def _series(X: Any) -> list[np.ndarray]:
    if not isinstance(X, list | tuple | np.ndarray):
        raise TypeError(f"Classifier.X must be a list of series (time, features), got {type(X).__name__}.")
    if len(X) == 0:
        raise ValueError("Classifier.X must hold a series, got none.")
    return [_table(one, f"Classifier.X[{k}]") for k, one in enumerate(X)]
