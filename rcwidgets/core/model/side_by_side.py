"""Runs a long series in stretches side by side: each starts from rest a little earlier, by when a program that forgets has forgotten that.

Nothing is approximated beyond rounding, and that is looked at: before the run, by two starts on the first rows, and by a third that is a
little off; after it, by the end of each stretch and the state that the next one had reached there, and by how these came together. Where
they are apart, or grew apart again on the way, nothing of the run is used.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import ceil
from operator import attrgetter
from threading import Event
from typing import Any, NamedTuple, TypeVar

import jax
import numpy as np

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.model.forgetting import MOST_RISE, TOLERANCE, Forgetting, gap_between, gaps_between, off_by_a_little, rise_of
from rcwidgets.core.model.plan import MOST, PROBED, plan_of, probing_rows
from rcwidgets.core.model.program import State
from rcwidgets.core.model.series_parts import BlownUp, ByPlace, Series
from rcwidgets.core.series import stretches
from rcwidgets.core.short import in_short

LEAD = 32  # steps after which the second one starts
SPARE = 1.15  # of the steps that a start takes to be forgotten where it was looked at, in the wash-out everywhere
LEAST_WASHOUT = 128
SAMPLED, MOST_SAMPLES = 4, 128  # where two stretches run over the same rows, one of so many steps is looked at, and no more than so many
BLOCK = 65536  # rows of a long series that are cut into stretches at once: more seams, at which it is seen that all is right

Made = TypeVar("Made")
Fold = Callable[[Any, np.ndarray, ByPlace, ByPlace], Any]
"""fold(total, rows, values, seen) of a chunk: `rows` (steps, parts), outputs and states (steps, parts, batch, features) by place."""


@in_short
class Ran(NamedTuple):
    """The state after a series, and after the rows after which it was to be kept, the totals of the fold in order, and how it ran."""

    state: State
    kept: State | None
    totals: list[Any]
    forgetting: Forgetting


def run_side_by_side(series: Series, start: State, fold: Fold, checkpoint: Callable[[], None] = lambda: None) -> Ran | None:
    """Runs the series from the state `start`; None where it does not forget its start soon enough: then it has to be run in order.

    `fold` and `checkpoint` are called in several threads, each total by one of them; an error that one of them raises ends all. Where no
    run is returned, what `fold` was given does not count.
    """
    with one_thread(), ThreadPoolExecutor(MOST, "rcwidgets-stretches") as pool:
        crew = _Crew(pool, checkpoint)
        try:
            return _run(series.ready(), start, _of(series.collect, fold), crew)
        except BlownUp:  # which the run in order says in words
            return None
        finally:
            crew.over.set()


def _of(collect: Sequence[int], fold: Fold) -> Fold:
    """The fold that hears of these outputs alone."""
    return lambda total, rows, values, seen: fold(total, rows, {k: values[k] for k in collect}, seen)


class _GivenUp(Exception):
    """Another thread has failed."""


class _Crew:
    """Threads that end together when one of them fails."""

    def __init__(self, pool: ThreadPoolExecutor, checkpoint: Callable[[], None]) -> None:
        self.pool, self.checkpoint, self.over = pool, checkpoint, Event()

    def look(self) -> None:
        """Raises what the checkpoint raises, and where another thread has failed."""
        if self.over.is_set():
            raise _GivenUp
        self.checkpoint()

    def results(self, jobs: Sequence[Callable[[], Made]]) -> list[Made]:
        """What the jobs give, side by side, in their order; of errors the first that is not for another's sake."""

        def watched(job: Callable[[], Made]) -> Made:
            try:
                return job()
            except BaseException:
                self.over.set()
                raise

        futures = [self.pool.submit(watched, job) for job in jobs]
        errors = [error for future in futures if (error := future.exception()) is not None]
        for error in errors:
            if not isinstance(error, _GivenUp):
                raise error
        return [future.result() for future in futures]


def _run(series: Series, start: State, fold: Fold, crew: _Crew) -> Ran | None:
    state, at, total, washout = _probe(series, start._replace(steps=series.number([0])), fold, crew)
    plan = None if washout is None else plan_of(series.program, series.params, series.batch, min(series.steps, BLOCK), at, washout)
    if washout is None or plan is None:
        return None
    if series.kept is not None and series.kept <= at:
        return None
    totals: list[Any] = [None] * plan.threads
    kept = None
    widest, needed = 0.0, washout
    for block in stretches(series.steps - at, BLOCK):
        length, more = divmod(block.stop - block.start - needed, plan.stretches)
        starts = at + block.start + length * np.arange(plan.stretches)
        first = (state.nodes, state.feedback)
        jobs = [
            partial(_Thread(series, rows, needed + more, length, fold, crew.look).run, None if thread else first, totals[thread])
            for thread, rows in enumerate(starts.reshape(plan.threads, plan.rows))
        ]
        done = crew.results(jobs)
        totals = [own.total for own in done]
        kept = next((own.kept for own in done if own.kept is not None), kept)
        washed, ended = (
            [part for own in done for part in _parts(kind(own), plan.rows)] for kind in (attrgetter("washed"), attrgetter("ended"))
        )
        widest = max(widest, *(gap_between(end, begin) for end, begin in zip(ended[:-1], washed[1:], strict=True)))
        if not widest <= TOLERANCE or not _come_together(done):
            return None
        nodes, feedback = ended[-1]
        state = State(nodes, feedback, state.steps)
        washout = max(washout, needed + more)
    middle = None if kept is None else kept._replace(steps=series.number(series.kept))
    forgetting = Forgetting(washout, widest, plan.stretches)
    return Ran(state._replace(steps=series.number(series.steps)), middle, [total, *totals], forgetting)


def _probe(series: Series, state: State, fold: Fold, crew: _Crew) -> tuple[State, int, Any, int | None]:
    """Runs the first rows twice, from the true state and from rest a little later, until both are alike or it would be too late.

    A third start is the true one but for some units of rounding: what these grow to, rounding may grow to. Gives the true state, how many
    rows were run, the total of what they gave, and the wash-out, None where they stay apart or grow apart. All are rows of one batch, of as
    many rows as the stretches will most likely have, so that nothing more is compiled.
    """
    total, limit, parts = None, min(series.steps, BLOCK) // PROBED, probing_rows(series.program, series.params, series.batch)
    at, made, needed = np.zeros(parts, int), 0, 0
    both = jax.tree.map(lambda leaf: np.concatenate([np.asarray(leaf)] * parts), state)

    def advance(count: int) -> tuple[Any, list[Any], ByPlace]:
        nonlocal both, total, at
        crew.look()
        both, rows, values, seen = series.advance(both, at, count)
        at = at + count
        total = fold(total, rows[:, :1], *({k: one[:, :1] for k, one in kind.items()} for kind in (values, seen)))
        true, *others = _parts((both.nodes, both.feedback), parts)
        return true, others[:2], values

    true, _, _ = advance(LEAD)
    rest = series.rest(at)
    starts = [true, *_parts((rest.nodes, rest.feedback), parts)[1:]]
    starts[2] = off_by_a_little(true[0]), true[1]
    nodes, feedback = jax.tree.map(lambda *rows: np.concatenate(rows), *starts)
    both, off = State(nodes, feedback, both.steps), list[np.ndarray]()
    first = gap = max(gap_between(true[0], start[0]) for start in starts[1:3])
    while made <= LEAD or gap > TOLERANCE:
        if made >= limit or (made != LEAD and not _hopeful(first, gap, made, limit)):
            return state, int(at[0]), total, None
        count = min(series.chunk if made else LEAD, limit - made)  # chaos shows within the first few
        true, others, values = advance(count)
        apart = [[gaps_between(values[k][:, 0], values[k][:, row]) for k in series.watched] for row in (1, 2)]
        far = [np.flatnonzero(one > TOLERANCE) for gaps in apart for one in gaps]
        needed = made + max((int(one[-1]) + 1 for one in far if one.size), default=0)
        off.append(np.max([gaps for k, gaps in zip(series.watched, apart[1], strict=True) if k in series.lively], axis=0))
        made, gap = made + count, max(gap_between(true[0], other[0]) for other in others)
        if rise_of(np.concatenate(off)) > MOST_RISE:
            return state, int(at[0]), total, None
    nodes, feedback = true
    return State(nodes, feedback, series.number(at[:1])), int(at[0]), total, max(LEAST_WASHOUT, ceil(SPARE * needed / LEAD) * LEAD + LEAD)


def _hopeful(first: float, gap: float, made: int, limit: int) -> bool:
    """Whether two starts may be alike by the limit, by how their distance fell so far."""
    if not made or not np.isfinite(gap):
        return bool(np.isfinite(gap))
    fallen = np.log(first / gap)
    return bool(fallen > 0 and made * np.log(first / TOLERANCE) <= 1.5 * limit * fallen)


class _Done(NamedTuple):
    """What one thread gave: the states of its stretches, nodes and feedback wires, washed out and at the end, its total, and the state that
    was to be kept, where it is one of its own.

    `early` and `late` are outputs (steps, parts, ...) by place of some steps of the wash-out, and of those at the end which the next
    stretch is washed out on.
    """

    washed: Any
    ended: Any
    total: Any
    kept: State | None
    early: ByPlace
    late: ByPlace


def _come_together(done: Sequence[_Done]) -> bool:
    """Whether each stretch comes to the one before it without growing apart again on the way."""
    for k in done[0].early:
        early, late = (np.concatenate([kind(own)[k] for own in done], axis=1) for kind in (attrgetter("early"), attrgetter("late")))
        if any(rise_of(gaps_between(late[:, part - 1], early[:, part])) > MOST_RISE for part in range(1, early.shape[1])):
            return False
    return True


@dataclass(frozen=True)
class _Thread:
    """The stretches that one thread runs as the rows of one batch, from the rows `starts` on."""

    series: Series
    starts: np.ndarray
    washout: int
    length: int
    fold: Fold
    look: Callable[[], None]

    def run(self, true: Any, total: Any) -> _Done:
        """Washes the stretches out, and runs them. `true` are the states at the first row of the first one, where they are known: what it
        gives while the others are washed out counts too."""
        state = self.series.rest(self.starts)
        if true is not None:
            nodes, feedback = jax.tree.map(_first, true, (state.nodes, state.feedback))
            state = State(nodes, feedback, state.steps)
        washed, kept, early, late = (
            state,
            None,
            _Some(self.series.lively, 0, self.washout),
            _Some(self.series.lively, self.length, self.washout),
        )
        place, border = self._kept(first=true is not None)
        for first, last in pairwise(sorted({0, self.washout, self.washout + self.length, border})):
            for cut in stretches(last - first, self.series.chunk):
                self.look()
                state, rows, *found = self.series.advance(state, self.starts + first + cut.start, cut.stop - cut.start)
                for some in (early, late):
                    some.see(first + cut.start, found[0])
                if first < self.washout:
                    rows, found = rows[:, :1], [{k: one[:, :1] for k, one in kind.items()} for kind in found]
                if first >= self.washout or true is not None:
                    total = self.fold(total, rows, *found)
            washed = state if last == self.washout else washed
            if last == border > 0:
                nodes, feedback = _parts((state.nodes, state.feedback), len(self.starts))[place]
                kept = State(nodes, feedback, state.steps)
        ends = (washed.nodes, washed.feedback), (state.nodes, state.feedback)
        return _Done(*ends, total, kept, early.kept(), late.kept())

    def _kept(self, *, first: bool) -> tuple[int, int]:
        """Which of the stretches comes to the row after which the state is kept, and after how many steps; 0 where none does."""
        for place, start in enumerate(self.starts.tolist()):
            after = (self.series.kept or 0) - start
            if (0 if first and place == 0 else self.washout) < after <= self.washout + self.length:
                return place, after
        return 0, 0


class _Some:
    """Keeps what nodes at some places give at every so-manieth of the steps from `start` on, as many steps as a wash-out has."""

    def __init__(self, places: Sequence[int], start: int, washout: int) -> None:
        self._start, self._stop, self._stride = start, start + washout, max(SAMPLED, washout // MOST_SAMPLES)
        self._found: dict[int, list[np.ndarray]] = {k: [] for k in places}

    def see(self, at: int, values: ByPlace) -> None:
        """Takes its part of values (steps, ...) by place, of the steps from `at` on."""
        begin = max(self._start - at, (self._start - at) % self._stride)
        for k, found in self._found.items():
            found.append(values[k][begin : max(self._stop - at, 0) : self._stride].copy())

    def kept(self) -> ByPlace:
        """All that was kept, in order."""
        return {k: np.concatenate(found) for k, found in self._found.items()}


def _first(own: Any, rest: Any) -> np.ndarray:
    """An array (parts * batch, ...) with the rows `own` (batch, ...) in front."""
    return np.concatenate([np.asarray(own), np.asarray(rest)[len(own) :]])


def _parts(state: Any, parts: int) -> list[Any]:
    """The states (batch, ...) of each part of a state (parts * batch, ...)."""
    cut = [np.split(np.asarray(leaf), parts) for leaf in jax.tree.leaves(state)]
    return [jax.tree.unflatten(jax.tree.structure(state), [leaf[part] for leaf in cut]) for part in range(parts)]
