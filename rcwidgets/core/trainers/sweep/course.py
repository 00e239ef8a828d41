"""Which models of a job are still to be measured, and their errors as they come: here or by an executor, and from a store."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from rcwidgets.core.cores import cores
from rcwidgets.core.datasets.reader.notes import tell
from rcwidgets.core.parts.engine import WorkersLostError
from rcwidgets.core.parts.parts import Parts
from rcwidgets.core.parts.store import Store
from rcwidgets.core.trainers.closed_form.one_pass import Cut, cut_of
from rcwidgets.core.trainers.sweep.job import Job, Keys, Stage, part_of
from rcwidgets.core.trainers.sweep.measure import Portion, measured, portions

BUNDLES = 8  # parts that each core gets at least, where there are so many groups: each costs a worker some 10 ms beside its work
LARGEST = 8  # groups in a part


class Found(NamedTuple):
    """Errors of some lanes with one of the seeds; `stored` says that they were in the store already."""

    column: int
    lanes: np.ndarray
    errors: np.ndarray
    stored: bool = False


@dataclass
class Course:
    """Measures models of a job; what is in the store is not measured again, and what is measured is put there at once."""

    job: Job
    runs: int
    checkpoint: Callable[[], None]
    store: Store | None = None
    parts: Parts | None = None
    _said: set[str] = field(default_factory=set)

    def errors(self, stage: Stage, seeds: tuple[int, ...], flat: Mapping[str, np.ndarray]) -> Iterator[Found]:
        """The errors of all lanes with all seeds, in the order in which they come."""
        keys = [Keys(self.job).of(stage, seed, flat) for seed in seeds] if self.store is not None else []
        known: dict[str, Any] = {} if self.store is None else self.store.get(key for column in keys for key in column)
        todo: list[tuple[int, Portion]] = []
        count = len(next(iter(flat.values())))
        for column, seed in enumerate(seeds):
            there = np.array([key in known for key in keys[column]]) if keys else np.zeros(count, bool)
            if there.any():
                lanes = np.flatnonzero(there)
                yield Found(column, lanes, np.array([known[keys[column][lane]] for lane in lanes], float), True)
            if not there.all():
                todo += [(column, portion) for portion in self._missing(stage, seed, flat, there)]
        for found in self._computed(stage, seeds, flat, todo):
            if self.store is not None:
                self.store.put({keys[found.column][lane]: float(error) for lane, error in zip(found.lanes, found.errors, strict=True)})
            yield found

    def _missing(self, stage: Stage, seed: int, flat: Mapping[str, np.ndarray], there: np.ndarray) -> list[Portion]:
        """What is not there of one seed: whole portions as they were, for the same bits; of others what is missing, together."""
        ready = self.job.ready(stage, seed, self.checkpoint)
        whole, rest = [], []
        for portion in portions(ready, flat, self.runs):
            missing = portion.lanes[~there[portion.lanes]]
            if len(missing) == len(portion.lanes):
                whole.append(portion)
            else:
                rest.append(missing)
        left = np.concatenate(rest) if rest else np.zeros(0, int)
        if len(left):
            some = {name: values[left] for name, values in flat.items()}
            whole += [Portion(left[portion.lanes], portion.size) for portion in portions(ready, some, self.runs)]
        return whole

    def _computed(
        self, stage: Stage, seeds: tuple[int, ...], flat: Mapping[str, np.ndarray], todo: list[tuple[int, Portion]]
    ) -> Iterator[Found]:
        """The errors of portions, by the workers, or here."""
        most = len(todo) if self.parts is None else max(1, min(LARGEST, len(todo) // (BUNDLES * max(self.parts.workers, cores()))))
        bundles = bundled(todo, most)
        if self.parts is None:
            for column, portion in bundles:
                yield from self._here(stage, column, seeds[column], flat, portion)
            return
        told = ({**part_of(stage, seeds[column], flat, portion), "column": column} for column, portion in bundles)
        for part, result in self.parts.run(told):
            for sentence in result["said"]:
                if sentence not in self._said:
                    self._said.add(sentence)
                    tell((sentence,), depth=5)
            yield Found(part["column"], part["lanes"], result["errors"])

    def _here(self, stage: Stage, column: int, seed: int, flat: Mapping[str, np.ndarray], portion: Portion) -> Iterator[Found]:
        ready, rows = self.job.ready(stage, seed, self.checkpoint), self.job.rows(stage)
        some = {name: values[portion.lanes] for name, values in flat.items()}
        cut = None
        if ready.trial is not None and portion.size is not None:
            cut = Cut(cut_of(ready.trial, len(portion.lanes)).threads, portion.size)
        for lanes, errors in measured(ready, some, rows, self.job.measure, self.runs, checkpoint=self.checkpoint, cut=cut):
            yield Found(column, portion.lanes[lanes], errors)


def bundled(todo: list[tuple[int, Portion]], most: int) -> list[tuple[int, Portion]]:
    """Neighbours of one seed whose groups have one size, at most `most` of them, as one portion; others as they are."""
    made: list[tuple[int, list[Portion]]] = []
    for column, portion in todo:
        last = made[-1] if made else None
        if (
            last is not None
            and portion.size is not None
            and last[0] == column
            and last[1][-1].size == portion.size
            and len(last[1]) < most
            and len(last[1][-1].lanes) >= len(portion.lanes)
            and last[1][-1].lanes.min() <= portion.lanes.min()
        ):
            last[1].append(portion)
        else:
            made.append((column, [portion]))
    return [(column, Portion(np.sort(np.concatenate([one.lanes for one in some])), some[0].size)) for column, some in made]


def how_to_go_on(error: WorkersLostError, known: int, total: int, store: str | os.PathLike[str] | None) -> str:
    """The words of an end with nobody left to work: what is known, and how to go on."""
    if store is None:
        return f"{error} Of {total:,} models {known:,} were known, and go with this call: give store= a path, and none is computed twice."
    return f"{error} Of {total:,} models {known:,} are in the store {str(store)!r}: with the same store only what is missing is computed."
