"""What a search may turn: each knob with the values that it may have, as a distribution of Optuna on the knob's own scale."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from rcwidgets.core.graph.graph import Composable, Graph, parts, union
from rcwidgets.core.search.library import optuna_there
from rcwidgets.core.short import short
from rcwidgets.core.spec.knobs import Knob, Spec, knobs_of

if TYPE_CHECKING:
    from optuna import Trial
    from optuna.distributions import BaseDistribution

MODEL = "model"  # the name under which a space chooses among models
PLAIN = (type(None), bool, int, float, str)  # what Optuna keeps as a choice


class Axis(NamedTuple):
    """One knob of a space: its name, who has it ("Reservoir.leak_rate"), what is known of it (None of a choice of models), the
    distribution, and the values behind the words of one that chooses."""

    name: str
    where: str
    knob: Knob | None
    distribution: "BaseDistribution"
    values: dict[str, Any]

    @property
    def label(self) -> str:
        """The knob in words."""
        return "Model" if self.knob is None else self.knob.label

    @property
    def log(self) -> bool:
        """Whether its values lie on a log scale."""
        return bool(getattr(self.distribution, "log", False))

    def asked(self, trial: "Trial") -> Any:
        """The value that the sampler takes for a trial, as Optuna keeps it."""
        found = optuna_there().distributions
        one: Any = self.distribution
        if isinstance(one, found.FloatDistribution):
            return trial.suggest_float(self.name, one.low, one.high, log=one.log, step=one.step)
        if isinstance(one, found.IntDistribution):
            return trial.suggest_int(self.name, one.low, one.high, log=one.log, step=one.step)
        return trial.suggest_categorical(self.name, one.choices)

    def value(self, kept: Any) -> Any:
        """The knob's value of what Optuna keeps."""
        return self.values.get(kept, kept) if isinstance(kept, str) else kept


class Space(NamedTuple):
    """The models by name, and the axes of each: those of its own knobs, and of the trainer's. `chooses` says that the model is one."""

    models: dict[str, Graph]
    axes: dict[str, Axis]
    of_model: dict[str, tuple[str, ...]]
    chooses: bool

    def asked(self, trial: "Trial") -> dict[str, Any]:
        """The knobs of a trial, by name, as the sampler takes them: those that its model has."""
        chosen: dict[str, Any] = {}
        name = next(iter(self.models))
        if self.chooses:
            chosen[MODEL] = name = self.axes[MODEL].asked(trial)
        return chosen | {one: self.axes[one].value(self.axes[one].asked(trial)) for one in self.of_model[name]}


def read_space(model: Graph, settings: Spec, space: Any) -> Space:
    """The space that `rc.search` is given, checked; what cannot be is a ValueError or TypeError in words."""
    if not isinstance(space, Mapping) or not space:
        raise TypeError(f"rc.search.space must be a dict such as {{'reservoir.leak_rate': (0.1, 1.0)}}, got {short(space)}.")
    models = _models(space[MODEL]) if MODEL in space else {"model": model}
    axes: dict[str, Axis] = {}
    if MODEL in space:
        choices = optuna_there().distributions.CategoricalDistribution(tuple(models))
        axes[MODEL] = Axis(MODEL, "rc.search.space['model']", None, choices, {})
    known = {name: knobs_that_turn(one, settings) for name, one in models.items()}
    every = {knob: found for one in known.values() for knob, found in one.items()}
    for name, given in space.items():
        if name != MODEL:
            axes[name] = _axis(name, given, every)
    turned = [name for name in space if name != MODEL]
    return Space(models, axes, {one: tuple(name for name in turned if name in known[one]) for one in models}, MODEL in space)


def knobs_that_turn(model: Graph, settings: Spec) -> dict[str, tuple[str, Knob]]:
    """All knobs that a search may turn by name, as `live_knobs` names the live ones: without seeds, and without what does nothing."""
    found: dict[str, tuple[str, Knob]] = {}
    for name, node in model.by_name().items():
        own = {knob: known for knob, known in knobs_of(type(node)).items() if knob not in {*node.arrays, "seed"}}
        found |= {f"{name}.{knob}": (f"{node.kind}.{knob}", known) for knob, known in own.items()}
    idle = {*getattr(settings, "idle", ()), "seed", "dtype"}
    return found | {knob: (f"{settings.kind}.{knob}", known) for knob, known in knobs_of(type(settings)).items() if knob not in idle}


def _models(given: Any) -> dict[str, Graph]:
    """The models to choose from by name: of a dict its own names, of a list their numbers."""
    if isinstance(given, Mapping):
        named = dict(given)
    elif isinstance(given, list | tuple):
        named = {f"model {place}" if not isinstance(one, str) else one: one for place, one in enumerate(given, 1)}
    else:
        named = {}
    if not named or not all(isinstance(name, str) for name in named):
        raise TypeError(f"rc.search.space['model'] must be a list of models or a dict of them by name, got {short(given)}.")
    models: dict[str, Graph] = {}
    for name, one in named.items():
        made = one() if callable(one) and not isinstance(one, Composable) else one
        made = made[0] if isinstance(made, tuple) and made else made  # a preset gives (model, task, trainer)
        if not isinstance(made, Composable):
            raise TypeError(f"rc.search.space['model'] must hold models, got {short(one)} as {name!r}.")
        models[name] = union(parts(made))
    return models


def _axis(name: str, given: Any, known: Mapping[str, tuple[str, Knob]]) -> Axis:
    field = f"rc.search.space[{name!r}]"
    if name == "seed" or str(name).endswith(".seed"):
        raise ValueError(f"{field} must not be searched: a seed that is chosen is luck. Give several seeds: seeds=range(3).")
    if name not in known:
        near = get_close_matches(str(name), known, 1)
        hint = f"Did you mean {near[0]!r}?" if near else f"The knobs: {', '.join(known)}."
        raise ValueError(f"{field} must be a knob of the model or of the trainer. {hint}")
    where, knob = known[name]
    found = optuna_there().distributions
    if isinstance(given, found.BaseDistribution):
        return _checked(field, Axis(name, where, knob, given, {}))
    if isinstance(given, tuple) and len(given) == 2 and all(_number(one) for one in given):
        return _checked(field, Axis(name, where, knob, _range(field, knob, *given), {}))
    if not isinstance(given, list) or not given:
        raise TypeError(f"{field} must be (low, high), a list of values, or a distribution of Optuna, got {short(given)}.")
    labels = {one if isinstance(one, PLAIN) else repr(one): one for one in given}
    if len(labels) < len(given):
        raise ValueError(f"{field} must hold each value once, got {short(given)}.")
    words = {label: one for label, one in labels.items() if label is not one and isinstance(label, str)}
    return _checked(field, Axis(name, where, knob, found.CategoricalDistribution(tuple(labels)), words))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _range(field: str, knob: Knob, low: float, high: float) -> "BaseDistribution":
    """The values from low to high, on the scale that the knob's slider has."""
    found = optuna_there().distributions
    if knob.kind not in ("float", "int", "ints"):
        values = f": {', '.join(knob.choices)}" if knob.choices else ""
        raise ValueError(f"{field} must be a list, since {knob.label} is no number{values}. Got ({low}, {high}).")
    if not low < high:
        raise ValueError(f"{field} must go from a low to a higher value, got ({low}, {high}).")
    if knob.log and low <= 0:
        raise ValueError(f"{field} must start above 0, since {knob.label} lies on a log scale, got ({low}, {high}).")
    if knob.kind == "float":
        return found.FloatDistribution(float(low), float(high), log=knob.log)
    if not float(low).is_integer() or not float(high).is_integer():
        raise ValueError(f"{field} must go between whole numbers, got ({low}, {high}).")
    return found.IntDistribution(int(low), int(high), log=knob.log)


def _checked(field: str, axis: Axis) -> Axis:
    """The axis, if the knob may have all of its values."""
    one: Any = axis.distribution
    assert axis.knob is not None
    ends = [axis.value(value) for value in one.choices] if hasattr(one, "choices") else [one.low, one.high]
    for value in ends:
        try:
            axis.knob.check(axis.where, value)
        except (ValueError, TypeError) as error:
            raise (TypeError if isinstance(error, TypeError) else ValueError)(f"{field}: {error}") from error
    return axis
