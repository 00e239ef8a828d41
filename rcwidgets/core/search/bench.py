"""What the trials of a search are measured on, and how many of them are measured at once."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.datasets.reader.notes import said_elsewhere
from rcwidgets.core.search.space import MODEL, Space
from rcwidgets.core.short import in_short
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.lanes.settings import live_knobs
from rcwidgets.core.trainers.lanes.side_by_side import AbstractSideBySide
from rcwidgets.core.trainers.sweep.measure import Ready, Rows, alone, measured, prepared

KEPT = 16  # drawn networks: of so many structures, seeds and folds
Setting = Mapping[str, Any]  # values by knob, and the name of the model where it is chosen


class Outcome(NamedTuple):
    """The errors (seeds,) of one trial on one fold, inf where a run diverged, and why; `refused` where the setting cannot be made."""

    errors: np.ndarray
    reason: str = ""
    refused: bool = False


class Group(NamedTuple):
    """Settings of one structure that are measured together, with one seed on one fold; `places` are theirs in the batch."""

    structure: Any
    places: tuple[int, ...]
    settings: Sequence[Setting]
    seed: int
    fold: int

    def some(self, kept: Sequence[int]) -> "Group":
        """Some of its settings."""
        return self._replace(places=tuple(self.places[k] for k in kept), settings=[self.settings[k] for k in kept])


class Found(NamedTuple):
    """The errors of a group, NaN where the metric gives no number, and why there are none where it could not be measured."""

    errors: Sequence[float]
    reason: str = ""
    refused: bool = False


@in_short
@dataclass(frozen=True, eq=False)
class Bench:
    """The trainer, the space, and the rows of each fold: all that the error of a setting depends on."""

    trainer: AbstractTrainer
    space: Space
    folds: Sequence[Rows]
    measure: Any
    seeds: tuple[int, ...]
    lanes: int
    _kept: OrderedDict[Any, Ready] = field(default_factory=OrderedDict, repr=False)

    def made(self, setting: Setting) -> AbstractTrainer:
        """The trainer with a setting; it has learned nothing."""
        turned, own = self.space.models[setting.get(MODEL, next(iter(self.space.models)))], {}
        for name, value in setting.items():
            node, _, knob = name.rpartition(".")
            if node:
                turned = turned.replace(node, **{knob: value})
            elif name != MODEL:
                own[name] = value
        return self.trainer.turned(turned, own)

    def groups(self, settings: Sequence[Setting], fold: int) -> list[Group]:
        """The settings on a fold in groups: those that differ in live numbers alone share their runs, for each seed."""
        places: dict[Any, list[int]] = {}
        for place, setting in enumerate(settings):
            places.setdefault(self._structure(setting), []).append(place)
        return [
            Group(structure, tuple(some), [settings[k] for k in some], seed, fold)
            for structure, some in places.items()
            for seed in self.seeds
        ]

    def outcomes(self, settings: Sequence[Setting], measured: Iterable[tuple[Group, Found]]) -> list[Outcome]:
        """The outcome of each setting, by what the groups gave."""
        errors = np.full((len(settings), len(self.seeds)), np.inf)
        reasons, refused = [""] * len(settings), [False] * len(settings)
        for group, found in measured:
            for place, error in zip(group.places, found.errors, strict=True):
                lost = np.isnan(error)
                errors[place, self.seeds.index(group.seed)] = np.inf if lost else error
                reasons[place] = reasons[place] or found.reason or ("The metric gave no number." if lost else "")
                refused[place] |= found.refused
        return [Outcome(*one) for one in zip(errors, reasons, refused, strict=True)]

    def measured(self, group: Group) -> Found:
        """The errors of a group; what cannot be measured has the error inf, and a reason."""
        try:
            with said_elsewhere():
                return Found(self._errors(group.structure, group.settings, group.seed, group.fold).tolist())
        except (ValueError, TypeError, FloatingPointError, MemoryError) as error:
            return Found([np.inf] * len(group.settings), str(error) or type(error).__name__, not isinstance(error, FloatingPointError))

    def _errors(self, structure: Any, settings: Sequence[Setting], seed: int, fold: int) -> np.ndarray:
        rows, key = self.folds[fold], (structure, seed, fold)
        if key not in self._kept:
            self._kept[key] = prepared(self.made(settings[0]), seed, rows)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        ready = self._kept[key]
        flat = _lanes(ready.one, settings)
        if not flat:
            return np.array([alone(self.made(one).anew(seed), rows, self.measure) for one in settings])
        errors = np.full(len(settings), np.nan)
        for lanes, found in measured(ready, flat, rows, self.measure, self.lanes):
            errors[lanes] = found
        return errors

    def _structure(self, setting: Setting) -> Any:
        """What settings must share to be measured at once: the model, and all that is no live number."""
        axes = self.space.axes
        fixed = {name: value for name, value in setting.items() if (knob := axes[name].knob) is None or not (knob.flows and _plain(value))}
        return tuple((name, repr(value)) for name, value in fixed.items())


def _plain(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _lanes(one: AbstractTrainer, settings: Sequence[Setting]) -> dict[str, np.ndarray]:
    """The live numbers of the settings (lanes,) by name; of settings without one any knob of the model, as it is. Empty without lanes."""
    if not isinstance(one, AbstractSideBySide | BPTT):
        return {}
    live = live_knobs(one.model, one.settings)
    if flat := {name: np.array([setting[name] for setting in settings], np.float64) for name in settings[0] if name in live}:
        return flat
    for name in live:
        node, _, knob = name.rpartition(".")
        value: Any = (one.model[node] if node else one.settings).knobs[knob]
        if _plain(value):
            return {name: np.full(len(settings), float(value))}
    return {}
