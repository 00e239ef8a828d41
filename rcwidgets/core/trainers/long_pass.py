"""A pass over pairs that are read block by block: the state carries on from block to block, and the sums of all are added."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from rcwidgets.core.long_series import Blocks, LongSeries, Progress
from rcwidgets.core.model.prediction import begun
from rcwidgets.core.model.snapshot import Snapshot
from rcwidgets.core.trainers.gaps import tell_left_out
from rcwidgets.core.trainers.pairs import Pairs
from rcwidgets.core.trainers.streaming import Add, Counted, Pass, merged

Paired = Callable[[Snapshot, list[np.ndarray]], tuple[Snapshot, Pairs]]


class LongPass(Pass):
    """Goes over long series as `Pass` over arrays; made with the pairs of the first block, and holds one block at a time."""

    def reads(self, source: LongSeries, opened: Blocks, held: Snapshot, paired: Paired, progress: Progress | None) -> None:
        """Tells what is read: the blocks of `source`, which are `opened` already, from what the trainer holds at their start."""
        self._source, self._opened, self._held, self._paired, self._progress = source, opened, held, paired, progress
        self._read = False

    def rows(self, k: int) -> int:
        """How many rows there are, those without a target too; more than anybody has where nobody knows it."""
        return sys.maxsize if self._source.rows is None else self._source.rows * self.pairs.batch

    def summed(self, group: Sequence[int], add: Add, counted: Counted | None = None, *, ordered: bool = False) -> dict[int, Any]:
        sums: dict[int, Any] = {}
        held, again = self._held, self._read
        for first, block in self._blocks():
            held, self.pairs = self._paired(held, block)
            start = begun(self.pairs.program, self._params, held.state, self.pairs.batch, self._dtype)
            run = Pass(self.pairs, self._params, start, self._dtype, self._parallel)
            sums = merged([sums, run.summed(group, add, ordered=ordered)])
            held, self.end = held._replace(state=run.end), run.end
            self.forgetting = run.forgetting
            if self._progress is not None:
                self._progress(first + block[0].shape[-2], self._source.rows)
        if not again:
            batch, program = self.pairs.batch, self.pairs.program
            for k in group:
                tell_left_out(program.names[k], self._source.missing, (first + block[0].shape[-2]) * batch, depth=7)
        return sums

    def _blocks(self) -> Blocks:
        if not self._read:
            self._read = True
            return self._opened
        if self._source.once:
            raise ValueError(
                "These blocks can be read once, and the fit has to go over them again. Give what has a length and slices, an iterable that "
                "can be begun anew, or a larger beta."
            )
        return iter(self._source)

    def stretches(self, group: Sequence[int]) -> NoReturn:
        self._needs_memory()

    def apart(self, group: Sequence[int], add: Add, parts: Mapping[int, np.ndarray], count: int) -> NoReturn:
        self._needs_memory()

    def _needs_memory(self) -> NoReturn:
        raise ValueError("This fit needs all rows in memory, and the series is read in blocks. Fit a part of it.")
