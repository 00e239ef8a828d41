"""A sweep as far as it is, beside the document as it is now: which of its knobs are still there, and what else has changed since."""

import os
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from rcwidgets.core.document.document import Document
from rcwidgets.core.trainers.lanes.settings import live_knobs
from rcwidgets.core.trainers.sweep.sweep import Sweep
from rcwidgets.live.session.comparison import specs_by_name, specs_of, turned, whole_key

NAMED = 2  # changed knobs that are told one by one
SweepActivity = Literal["running", "waiting", "done", "stopped", "failed"]


@dataclass(frozen=True, eq=False, repr=False)
class Sweeping:
    """A sweep of `document` and how far it is.

    `sweep` has the held-out errors that are known so far, NaN for the others, and at the end the test errors of the best setting.
    `seconds` are those of work, without those that it waited for the experiment's own runs; `rate` is models a second since the first
    result, which had to compile (None before the second), and of the last seconds. `problem` says why the last sweep failed, where
    `activity` is "failed"; where that knew nothing, `sweep` is then an earlier one, if there is one.

    With an executor `workers` are how many of it are there now, as far as that is known (None without one, and before it has been asked),
    and `notes` are sentences on those that went away. `store` is the file that keeps its results.
    """

    number: int
    document: Document
    sweep: Sweep
    activity: SweepActivity = "running"
    seconds: float = 0.0
    rate: float | None = None
    problem: str = ""
    workers: int | None = None
    notes: tuple[str, ...] = ()
    store: str | os.PathLike[str] | None = None

    @property
    def total(self) -> int:
        """How many models there are: settings times seeds."""
        return self.sweep.errors.size

    @property
    def done(self) -> int:
        """How many models are trained and measured on the held-out rows."""
        return int(np.count_nonzero(~np.isnan(self.sweep.errors)))

    @property
    def left(self) -> float | None:
        """Seconds until the last model, where the pace is known."""
        return None if not self.rate else (self.total - self.done) / self.rate

    @property
    def under_way(self) -> bool:
        """True until the sweep has come to an end."""
        return self.activity in ("running", "waiting")

    @property
    def medians(self) -> np.ndarray:
        """The median held-out error over the seeds that are known, with one axis for each knob; NaN where none is."""
        ordered = np.sort(self.sweep.errors, axis=-1)  # NaN last
        count = np.count_nonzero(~np.isnan(ordered), axis=-1)
        low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, ordered.shape[-1] - 1)
        both = [np.take_along_axis(ordered, place[..., None], -1)[..., 0] for place in (low, high)]
        middle: np.ndarray = (both[0] + both[1]) / 2
        return middle

    @property
    def best_place(self) -> int | None:
        """The place, in the flat grid, of the least finite median; None where there is none."""
        medians = np.where(np.isfinite(self.medians), self.medians, np.inf).reshape(-1)
        return int(np.argmin(medians)) if np.isfinite(medians).any() else None

    @property
    def best(self) -> dict[str, float]:
        """The setting of the least finite median so far."""
        if self.best_place is None:
            raise ValueError("The sweep knows no setting that did not diverge, so none is best. Let it run on, or sweep another range.")
        return self.setting(self.best_place)

    @property
    def tested(self) -> bool:
        """True once the best setting is tested, for all seeds."""
        return not bool(np.isnan(self.sweep.test_errors).any())

    def __repr__(self) -> str:
        return f"Sweeping({self.activity}, {self.done} of {self.total} models, {self.sweep!r})"

    def setting(self, place: int) -> dict[str, float]:
        """The knobs of one place of the flat grid, by name."""
        shape = self.sweep.errors.shape[:-1]
        if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < np.prod(shape):
            raise ValueError(f"The sweep has settings 0 to {np.prod(shape) - 1}, got {place!r}.")
        places = np.unravel_index(place, shape)
        return {name: float(values[k]) for k, (name, values) in zip(places, self.sweep.knobs.items(), strict=True)}

    def names_now(self, now: Document) -> dict[str, str]:
        """The names that the swept knobs have in a document, by those that they had; without those that are not there any more.

        A node is known by its id, so one that was renamed is still there.
        """
        live, before = live_knobs(now.graph, now.trainer), self.document.graph
        found: dict[str, str] = {}
        for old in self.sweep.knobs:
            node, _, knob = old.rpartition(".")
            if node:
                id = before.id_of(node)
                stays = id in now.graph.nodes and now.graph.nodes[id].kind == before.nodes[id].kind
                knob = f"{now.graph.names[id]}.{knob}" if stays else ""
            if knob in live:
                found[old] = knob
        return found

    def values_now(self, now: Document) -> dict[str, float]:
        """What the swept knobs that are still there are set to in a document, by their old names."""
        split = {old: name.rpartition(".") for old, name in self.names_now(now).items()}
        values: dict[str, Any] = {old: specs_by_name(now)[node or "trainer"].knobs[knob] for old, (node, _, knob) in split.items()}
        return {old: float(value) for old, value in values.items() if isinstance(value, int | float)}

    def changed_since(self, now: Document) -> str:
        """What has changed since the sweep beside its knobs and the seed, in a sentence; empty where nothing that counts has."""
        then = self.document
        if whole_key(then) == whole_key(now):
            return ""
        used = [replace(document, graph=document.graph.used()) for document in (then, now)]
        kinds = [{id: spec.kind for id, spec in specs_of(document).items()} for document in used]
        wires = [{tuple(edge) for edge in document.graph.edges} for document in used]
        names = used[0].graph.names
        if kinds[0] != kinds[1] or wires[0] != wires[1]:
            nodes = ", ".join(names[id] for id in used[0].graph.nodes)
            return f"The model has changed since: this is {then.task.label}, {then.trainer.label}, {nodes}."
        # What a sweep cannot turn has a name with a space.
        swept = {"seed", *self.sweep.knobs}
        told = [
            f"{knob.label} {knob.show(old)}, now {knob.show(new)}"
            for id, name, knob, old, new in turned(*map(specs_of, used))
            if (name if id == "trainer" else f"{names.get(id, f'the {id}')}.{name}") not in swept
        ]
        more = f" and {len(told) - NAMED} more" if len(told) > NAMED else ""
        return f"Swept with {'; '.join(told[:NAMED])}{more}." if told else ""
