"""Answers ahead of the hand: while a knob is dragged, its next positions are tried side by side, once the direction is known."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from math import ceil, log10
from typing import NamedTuple

import jax
import numpy as np

from rcwidgets.core.document.document import Document
from rcwidgets.core.spec.knobs import Knob, knobs_of
from rcwidgets.core.trainers.closed_form.one_pass import Trial, Tried, in_one_pass, tried
from rcwidgets.core.trainers.lanes.settings import LaneSettings
from rcwidgets.live.results.results import Results
from rcwidgets.live.stages.prepared import Prepared
from rcwidgets.live.worker import start

POSITIONS = 8  # that are tried at once: fewer cost more each (four lanes a core are cheap), and the hand may wait for all of them
LENGTH = 5  # of a stretch, see `Trial`: a hand that turns elsewhere waits for one (some 45 ms); at 3 a position costs 4 % more
KNOWN = 32  # results that are kept


class Dragged(NamedTuple):
    """One live knob of a node that moved from a document to the next: `node` and `name` say which, and its values."""

    node: str
    name: str
    knob: Knob
    before: float
    now: float

    @classmethod
    def between(cls, before: Document, now: Document) -> "Dragged | None":
        """The knob that moved, or None where anything else differs, or more than one knob, or one that no slider shows."""
        old, new = before.graph.by_name(), now.graph.by_name()
        moved = [
            (node, name)
            for node in new.keys() & old.keys()
            for name, value in new[node].knobs.items()
            if name in old[node].knobs and old[node].knobs[name] != value
        ]
        if len(moved) != 1:
            return None
        (node, name) = moved[0]
        knob, value = knobs_of(type(new[node]))[name], new[node].knobs[name]
        if not knob.flows or knob.slider is None or replace(before, graph=before.graph.replace(node, **{name: value})).key() != now.key():
            return None
        return cls(node, name, knob, getattr(old[node], name), getattr(new[node], name))

    def next(self, count: int) -> list[float]:
        """The next values of the knob's slider in the direction of the hand, at most `count`."""
        return slider_values(self.knob, self.now, 1 if self.now > self.before else -1, count)


def slider_values(knob: Knob, value: float, direction: int, count: int) -> list[float]:
    """The values at the next `count` positions of a slider that stands at `value`, as the page rounds them; none past its ends."""
    assert knob.slider is not None
    low, high, step = knob.slider
    if knob.log and (value <= 0 or low <= 0):
        return []
    start, end, stands = (log10(low), log10(high), log10(value)) if knob.log else (low, high, value)
    first, last = round((stands - start) / step), round((end - start) / step)
    places = [place for place in (first + direction * k for k in range(1, count + 1)) if 0 <= place <= last]
    if knob.log:
        return [float(f"{10 ** (start + place * step):.2g}") for place in places]
    digits = max(0, ceil(-log10(step) - 1e-9))
    return [round(start + place * step, digits) for place in places]


class NextPositions:
    """The results of positions that the hand has not reached yet, by the key of their document."""

    def __init__(self) -> None:
        self._found: OrderedDict[Hashable, Callable[[], Results]] = OrderedDict()  # made up when the hand is there
        self._last: tuple[str, Document] | None = None
        self._compiled: dict[Hashable, threading.Event] = {}
        self._closed = False

    def __contains__(self, key: Hashable) -> bool:
        return key in self._found

    def take(self, key: Hashable) -> Results | None:
        """What was found for a document, if anything."""
        found = self._found.get(key)
        return None if found is None else found()

    def plan(self, document: Document, gesture: str | None, key_of: Callable[[Document], Hashable]) -> dict[Hashable, Document]:
        """The positions to try next, by key, where the hand that turns a knob goes; none where as many are known already."""
        before = self._last
        self._last = None if gesture is None else (gesture, document)
        moved = Dragged.between(before[1], document) if before is not None and before[0] == gesture else None
        if moved is None:
            return {}
        new: dict[Hashable, Document] = {}
        for known, value in enumerate(moved.next(2 * POSITIONS)):
            place = replace(document, graph=document.graph.replace(moved.node, **{moved.name: value}))
            if (key := key_of(place)) not in self._found:
                new[key] = place
            if known + 1 - len(new) >= POSITIONS:
                return {}
            if len(new) == POSITIONS:
                break
        return new

    def compute(self, runs: Mapping[Hashable, Prepared], checkpoint: Callable[[], None], meanwhile: Callable[[], None]) -> bool:
        """Keeps the results of prepared documents, by key, that differ in one live knob; False, and nothing, until that is compiled.

        A thread of its own compiles, so that the hand goes on. `checkpoint` and `meanwhile` are those of a Trial.
        """
        keys, prepared = list(runs), list(runs.values())
        one = prepared[0]
        if (
            one.data.lengths is not None
            or one.data.known is not None
            or one.forced
            or one.settings.selection != "fixed"
            or not in_one_pass(one.program)
        ):
            return False
        trial, lanes = _trial(one, checkpoint, meanwhile), _lanes(prepared)
        shape = (trial.train.start, trial.train.stop, len(one.data.inputs), one.dtype, len(prepared))
        if not self._ready((jax.tree.structure(one.program), *shape), trial, lanes):
            return False
        for group in tried(trial, lanes):
            for lane in group:
                if lane.readout is not None and not lane.diverged:
                    self._found[keys[lane.lane]] = partial(_results, prepared[lane.lane], lane)
        while len(self._found) > KNOWN:
            self._found.popitem(last=False)
        return True

    def _ready(self, key: Hashable, trial: Trial, lanes: LaneSettings) -> bool:
        """Whether the program is compiled; the first time that it is asked for, a thread begins with that."""
        ready = self._compiled.get(key)
        if ready is None:
            ready = self._compiled[key] = threading.Event()
            start(partial(self._warm, trial, lanes, ready), "rcwidgets-compile", self.close)
        return ready.is_set()

    def _warm(self, trial: Trial, lanes: LaneSettings, ready: threading.Event) -> None:
        """Runs once, so that the program is there."""

        def check_open() -> None:
            if self._closed:
                raise InterruptedError

        with suppress(InterruptedError):
            deque(tried(trial._replace(checkpoint=check_open, meanwhile=None), lanes), maxlen=0)
            ready.set()

    def close(self) -> None:
        """Ends the thread that compiles, at its next stretch."""
        self._closed = True


def _trial(run: Prepared, checkpoint: Callable[[], None], meanwhile: Callable[[], None]) -> Trial:
    data, settings, train = run.data, run.settings, slice(run.data.warmup, run.data.test_start)
    series = (run.inputs(slice(0, len(data.inputs))), data.targets[train], train)
    return Trial(run.program, run.params(), *series, settings.beta, settings.penalize_bias, run.dtype, checkpoint, meanwhile, LENGTH)


def _lanes(runs: Sequence[Prepared]) -> LaneSettings:
    """The live knobs of all nodes that differ between the runs."""
    nodes: dict[str, dict[str, np.ndarray]] = {}
    for name in runs[0].program.names:
        own = [run.graph.by_name()[name].knobs for run in runs]
        values = {knob: [one[knob] for one in own] for knob in own[0]}
        moved = {knob: np.array(several, float) for knob, several in values.items() if any(one != several[0] for one in several)}
        nodes |= {name: moved} if moved else {}
    return LaneSettings(len(runs), nodes, {})


def _results(run: Prepared, found: Tried) -> Results:
    data, learned, beta = run.data, run.data.targets[run.data.warmup : run.data.test_start], run.settings.beta
    assert found.readout is not None
    assert found.state is not None
    trained = float(np.sqrt(np.mean(found.squares / learned.var(axis=0))))
    tested, name = found.forecast[: data.end - data.test_start], run.program.names[run.shown]
    params = run.params() | {name: run.weights_of(found.readout)}
    return run.results(0, trained, learned, tested, params, found.state, beta=beta, memory={name: {"beta": np.float64(beta)}})
