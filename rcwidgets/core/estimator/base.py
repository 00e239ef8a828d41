"""What both estimators share: their parameters, the trainer inside, and how data are read."""

from copy import copy
from inspect import signature
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, cast

import numpy as np

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.series import array_of
from rcwidgets.core.spec.knobs import Setting
from rcwidgets.core.trainers.closed_form.linear import LinearTrainer
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.gradient.bptt import BPTT

if TYPE_CHECKING:
    from sklearn.utils import Tags

TRAINERS = ("ridge", "linear")
LEARNING: dict[str, Any] = {"learning_rate": 1e-2, "max_grad_norm": 1.0, "num_batch": 16, "patience": 50, "least_gain": 0.01}  # of BPTT
EPOCHS = 1000  # of it, at most
Beta = float | Literal["auto"]


class AbstractEstimator:
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


def column_names(X: Any) -> list[str]:
    """The names of the columns of a data frame; empty for anything else."""
    return [str(name) for name in X.columns] if hasattr(X, "columns") and hasattr(X, "shape") else []


def check_columns(what: str, X: Any, fitted: list[str]) -> None:
    """Raises where a data frame has its columns in another order than that of the fit, or other ones."""
    names = column_names(X)
    if names and fitted and names != fitted:
        raise ValueError(f"{what} must have the columns of the fit in their order, {', '.join(fitted)}, got {', '.join(names)}.")


def row_weights(given: Any, count: int, what: str) -> np.ndarray:
    weights = np.asarray(given, np.float64)
    if weights.shape != (count,):
        raise ValueError(f"{what} must have one number for each of the {count} rows of y, got the shape {weights.shape}.")
    return weights


def table_of(X: Any, what: str) -> np.ndarray:
    table = array_of(X, what)
    if table.ndim != 2:
        raise ValueError(f"{what} must be (time, features), got the shape {table.shape}. Reshape one channel to (time, 1).")
    return table
