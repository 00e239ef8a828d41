"""The settings of lanes: one value a lane for some of the live knobs, checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model.program import Program
from rcwidgets.core.short import in_short
from rcwidgets.core.spec.knobs import Knob, Spec, knobs_of

T = TypeVar("T")  # a trainer


@in_short
@dataclass(frozen=True, eq=False)
class LaneSettings:
    """Values (lanes,) of node knobs as {node: {knob: values}}, and of the trainer's knobs as {knob: values}; float64."""

    lanes: int
    nodes: dict[str, dict[str, np.ndarray]]
    trainer: dict[str, np.ndarray]

    @classmethod
    def read(cls, model: Graph, settings: Spec, knobs: Mapping[str, Any]) -> "LaneSettings":
        """The knobs "<node>.<knob>" of the model and "<knob>" of the trainer, or an error in words."""
        if not isinstance(knobs, Mapping) or not knobs:
            raise TypeError(f"Lanes.knobs must be a dict such as {{'reservoir.leak_rate': values}}, got {knobs!r}.")
        read: dict[str, np.ndarray] = {name: _values(model, settings, name, given) for name, given in knobs.items()}
        lengths = {name: len(values) for name, values in read.items()}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{length} of {name}" for name, length in lengths.items())
            raise ValueError(f"Lanes.knobs must have one value for each lane, got {told}. Make all arrays equally long.")
        nodes: dict[str, dict[str, np.ndarray]] = {}
        for name, values in read.items():
            node, _, knob = name.rpartition(".")
            if node:
                nodes.setdefault(node, {})[knob] = values
        return cls(max(lengths.values()), nodes, {name: values for name, values in read.items() if "." not in name})

    @property
    def knob_names(self) -> list[str]:
        """The names of the knobs that differ between lanes."""
        return [*(f"{node}.{knob}" for node, own in self.nodes.items() for knob in own), *self.trainer]

    def distinct(self) -> tuple[np.ndarray, np.ndarray]:
        """The lanes that differ in a node's knob: one lane (runs,) for each such setting, and the number of the setting (lanes,)."""
        columns = [values for own in self.nodes.values() for values in own.values()]
        if not columns:
            return np.zeros(1, int), np.zeros(self.lanes, int)
        _, first, number = np.unique(np.column_stack(columns), axis=0, return_index=True, return_inverse=True)
        order = np.argsort(first)
        return first[order], np.argsort(order)[number.reshape(-1)]

    def program(self, program: Program, lanes: np.ndarray, batch: int, dtype: Any) -> Program:
        """The program of these lanes: their knobs are arrays (rows, 1), with `batch` rows a lane, lane by lane."""
        changed = {
            node: {knob: np.repeat(values[lanes], batch)[:, None].astype(dtype) for knob, values in own.items()}
            for node, own in self.nodes.items()
        }
        pairs = zip(program.nodes, program.names, strict=True)
        return replace(program, nodes=tuple(node.replace(**changed[name]) if name in changed else node for node, name in pairs))

    def model(self, model: Graph, lane: int) -> Graph:
        """The model, or the used part of it, with the knobs of one lane."""
        for node in self.nodes.keys() & set(model.names.values()):
            model = model.replace(node, **{knob: float(values[lane]) for knob, values in self.nodes[node].items()})
        return model

    def settings(self, settings: Any, lane: int) -> Any:
        """The trainer's settings with the knobs of one lane."""
        return replace(settings, **{knob: float(values[lane]) for knob, values in self.trainer.items()})


class AbstractLanes(Generic[T]):
    """One trainer with several settings of its live knobs, which differ by `settings`; `lanes[k]` is an ordinary trainer of one lane."""

    settings: LaneSettings
    _one: T

    def __repr__(self) -> str:
        return f"<{len(self)} lanes of {self._one!r}: {', '.join(self.settings.knob_names)}>"

    def __len__(self) -> int:
        return self.settings.lanes

    def __iter__(self) -> Iterator[T]:
        return (self[lane] for lane in range(len(self)))

    def __getitem__(self, lane: int) -> T:
        """A detached trainer with the knobs, weights and state of one lane."""
        if not -len(self) <= lane < len(self):
            raise IndexError(f"There are {len(self)} lanes, got {lane}.")
        return self._lane(lane % len(self))

    def _lane(self, lane: int) -> T:
        raise TypeError(f"{type(self).__name__} does not say its lanes.")


def live_knobs(model: Graph, settings: Spec) -> dict[str, tuple[str, Knob]]:
    """The knobs that may differ between lanes, by the name that `Lanes` takes: who has it ("Reservoir.leak_rate"), and the knob."""
    found: dict[str, tuple[str, Knob]] = {}
    for name, node in model.by_name().items():
        free = {knob: known for knob, known in knobs_of(type(node)).items() if knob not in node.arrays}  # not an array of the user's own
        found |= {f"{name}.{knob}": (f"{node.kind}.{knob}", known) for knob, known in free.items()}
    idle = getattr(settings, "idle", ())
    found |= {knob: (f"{settings.kind}.{knob}", known) for knob, known in knobs_of(type(settings)).items() if knob not in idle}
    return {name: (where, known) for name, (where, known) in found.items() if known.flows}


def _values(model: Graph, settings: Spec, name: str, given: Any) -> np.ndarray:
    """The values (lanes,) of one knob, each within its legal range."""
    live = live_knobs(model, settings)
    if name not in live:
        raise ValueError(f"Lanes.knobs must be live knobs, got {name!r}. The live ones: {', '.join(live)}.")
    where, known = live[name]
    if np.ndim(given) != 1 or len(given) == 0:
        raise ValueError(f"Lanes.knobs[{name!r}] must be an array (lanes,), got the shape {np.shape(given)}.")
    return np.array([known.check(f"{where} of lane {lane}", value) for lane, value in enumerate(given)], dtype=np.float64)
