"""A sweep as plain values: what workers are told of it, and what its results are kept under."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from rcwidgets.core.cores import cores
from rcwidgets.core.datasets.reader.notes import said_elsewhere
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.plain import graph_data, read_choice, read_document, spec_data
from rcwidgets.core.parts.plain import digest
from rcwidgets.core.parts.store import key_of
from rcwidgets.core.parts.worker import Shared
from rcwidgets.core.series import count_of
from rcwidgets.core.short import in_short
from rcwidgets.core.trainers.base import OWN, AbstractTrainer
from rcwidgets.core.trainers.closed_form.one_pass import Cut
from rcwidgets.core.trainers.gaps import TargetGaps
from rcwidgets.core.trainers.held_out import held_apart
from rcwidgets.core.trainers.sweep.measure import Portion, Ready, Rows, measured, prepared
from rcwidgets.core.trainers.sweep.metric import Measure
from rcwidgets.core.trainers.table import RUNNERS
from rcwidgets.core.version import __version__

Stage = Literal["held out", "test"]
THREADS = 2  # of a worker: one sleeps while XLA runs its scan


@in_short
@dataclass(frozen=True, eq=False)
class Job:
    """A trainer and all that its models are measured on; see `sweep` for the names.

    `once` says that the output has one value a series, `apart` that the test starts from rest.
    """

    trainer: AbstractTrainer
    data: Sequence[Any]
    warmup: Any
    forced: Mapping[str, Any] | None
    test: Sequence[Any] | None
    gaps: TargetGaps
    once: bool
    apart: bool
    measure: Measure
    _ready: dict[tuple[Stage, int], Ready] = field(default_factory=dict)

    def rows(self, stage: Stage) -> Rows:
        """What is fitted and what is measured."""
        if stage == "held out":
            fitted, held = held_apart(self.data, once=self.once)
            return Rows(self.warmup, self.forced, fitted, held, self.once, self.gaps)
        assert self.test is not None
        apart = self.once or self.apart or count_of(self.data[0]) != count_of(self.test[0])
        return Rows(self.warmup, self.forced or None, self.data, self.test, apart, self.gaps)

    def ready(self, stage: Stage, seed: int, checkpoint: Callable[[], None] = lambda: None) -> Ready:
        """The trainer of a seed, ready; the last one is kept."""
        if (stage, seed) not in self._ready:
            self._ready.clear()
            self._ready[stage, seed] = prepared(self.trainer, seed, self.rows(stage), checkpoint)
        return self._ready[stage, seed]

    def plain(self) -> dict[str, Any]:
        """The job as plain values and arrays; what is code is a ValueError or a TypeError in words."""
        model = check_plain(self.trainer)
        return {
            "document": graph_data(model, arrays=None),
            "arrays": {name: {key: own.value for key, own in node.arrays.items()} for name, node in model.by_name().items()},
            "trainer": spec_data(self.trainer.settings),
            "parallel": self.trainer.parallel,
            **{name: getattr(self, name) for name in ("data", "warmup", "forced", "test", "gaps", "once", "apart")},
            "measure": self.measure.plain(),
        }

    @classmethod
    def of_plain(cls, told: Mapping[str, Any]) -> "Job":
        """The job of what `plain` gave."""
        graph = Graph.from_parts(read_document(told["document"]))
        for name, own in told["arrays"].items():
            graph = graph.replace(name, **own) if own else graph
        settings = read_choice("trainer", told["trainer"], {name: kind.settings for name, kind in RUNNERS.items()})
        trainer = RUNNERS[settings.kind].trainer(graph, **settings.knobs, parallel=told["parallel"])
        rest = {name: told[name] for name in ("data", "warmup", "forced", "test", "gaps", "once", "apart")}
        return cls(trainer, **rest, measure=Measure(**told["measure"]))


def check_plain(trainer: AbstractTrainer, owner: str = "sweep") -> Graph:
    """The used part of the trainer's model, where model and trainer can be said in a document: an error in words tells what is code."""
    kind = RUNNERS.get(trainer.settings.kind)
    if kind is None or type(trainer) is not kind.trainer:
        known = ", ".join(one.trainer.__name__ for name, one in RUNNERS.items() if name != "RNNRunner")
        raise TypeError(
            f"{owner}.trainer must be one of {known} with an executor or a store, got {type(trainer).__name__}. "
            "Estimators and classes of your own are code, which does not travel to workers and has no key in a store."
        )
    own = next((name for name, value in trainer.settings.knobs.items() if value == OWN), None)
    if own:
        raise ValueError(
            f"{trainer.settings.kind}.{own} must be a name with an executor or a store, got a function. "
            "Code does not travel to workers, and has no key in a store."
        )
    return plain_nodes(trainer.model)


def plain_nodes(model: Graph) -> Graph:
    """The used part of a model, all of whose nodes are of this package; another one is a TypeError."""
    used = model.used()
    for name, node in used.by_name().items():
        if not type(node).__module__.startswith("rcwidgets."):
            raise TypeError(f"The node {name} is of a class of your own, {type(node).__name__}: code does not travel to workers.")
    return used


@in_short
@dataclass(frozen=True)
class Keys:
    """The keys of models in a store: of model, trainer, data, precision, version and plan, beside knobs and seed."""

    job: Job

    def of(self, stage: Stage, seed: int, flat: Mapping[str, np.ndarray]) -> list[str]:
        """The key of each lane. The swept knobs stand in model and trainer, so that another sweep finds the same model."""
        common = self._common(stage, seed)
        nodes = {node["name"]: node["knobs"] for node in common["nodes"]}
        keys = []
        for lane in range(len(next(iter(flat.values())))):
            for name, values in flat.items():
                node, _, knob = name.rpartition(".")
                (nodes[node] if node else common["trainer"]["knobs"])[knob] = float(values[lane])
            keys.append(key_of(common))
        return keys

    def _common(self, stage: Stage, seed: int) -> dict[str, Any]:
        job, told = self.job, self.job.plain()
        names = {node["id"]: node["name"] for node in told["document"]["nodes"]}
        digests = {name: {key: own.digest for key, own in node.arrays.items()} for name, node in job.trainer.model.by_name().items()}
        seen = ["data", "warmup", "forced", "gaps", "once", *(["test", "apart"] if stage == "test" else [])]
        trainer = {"kind": told["trainer"]["kind"], "knobs": {**told["trainer"]["knobs"], "seed": seed}}
        return {
            "rcwidgets": __version__,
            "nodes": [
                {"name": node["name"], "kind": node["kind"], "knobs": dict(node["knobs"]), "arrays": digests[node["name"]]}
                for node in told["document"]["nodes"]
            ],
            "edges": [[names[edge["source"]], names[edge["target"]], edge["feedback"]] for edge in told["document"]["edges"]],
            "trainer": trainer,
            "parallel": told["parallel"],
            "dtype": str(job.trainer.dtype),
            "cores": cores(),
            "stage": stage,
            "data": digest({name: told[name] for name in seen}),
            "measure": digest(told["measure"]),
        }


def part_of(stage: Stage, seed: int, flat: Mapping[str, np.ndarray], portion: Portion) -> dict[str, Any]:
    """A portion of the lanes `flat` as plain values."""
    return {
        "stage": stage,
        "seed": seed,
        "lanes": portion.lanes,
        "knobs": {name: values[portion.lanes] for name, values in flat.items()},
        "size": portion.size,
    }


def work(shared: Shared, part: Mapping[str, Any]) -> dict[str, Any]:
    """The errors (lanes,) of a part, and what is to be said of its data; this is what workers do."""
    said: list[str] = []
    with said_elsewhere(said.append):
        job: Job = shared.made("job", lambda: Job.of_plain(shared.data))
        ready, rows = shared.made(
            (part["stage"], part["seed"]),
            lambda: (prepared(job.trainer, part["seed"], job.rows(part["stage"])), job.rows(part["stage"])),
        )
        flat: dict[str, np.ndarray] = part["knobs"]
        errors = np.full(len(part["lanes"]), np.nan)
        cut = None if part["size"] is None else Cut(THREADS, part["size"])
        for lanes, found in measured(ready, flat, rows, job.measure, len(errors), cut=cut):
            errors[lanes] = found
    return {"errors": errors, "said": said}
