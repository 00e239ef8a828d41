"""Parts of some work, done by an executor, and yielded in the order in which they end."""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any, Self, TypeAlias

from rcwidgets.core.parts.engine import AbstractEngine, Again, Pool, WorkersLostError
from rcwidgets.core.parts.worker import KINDS, Part, Work

GLANCE = 0.05  # seconds between two calls of the checkpoint
TRIES = 5  # of one part
Heard: TypeAlias = Callable[[int, tuple[str, ...]], None]  # how many workers there are, and what happened to them
_END = object()


def is_executor(given: Any) -> bool:
    """Whether parts can be done by it: a `dask.distributed.Client`, or any `concurrent.futures.Executor`."""
    return isinstance(given, Executor) or is_client(given)


def is_client(given: Any) -> bool:
    """Whether it is a `dask.distributed.Client`. A client was made by distributed, so that it is imported already wherever there is one."""
    distributed = sys.modules.get("distributed")
    return distributed is not None and isinstance(given, distributed.Client)


class Parts:
    """Does `work(shared, part)` for parts, by the workers of an executor; `shared.data` are the plain values `data`, which travel once.

    `work` must be a function at the top of a module of this package: workers import it by its name, and get nothing else than plain values
    and arrays (`plain.pack`). `run` may be called several times. `notes` are sentences on what happened to workers, in order, and `workers`
    is how many there are, as far as that is known. `checkpoint` is called every few hundredths of a second, and may raise; what nobody has
    begun is then given up. `heard(workers, notes)` is called when either has changed.

    `window` is how many parts are under way at most; None leaves it to the kind of executor. Parts are asked for one by one, so a generator
    can make each of what is known by then.
    """

    def __init__(
        self,
        executor: Any,
        work: Work,
        data: Any,
        *,
        checkpoint: Callable[[], None] = lambda: None,
        heard: Heard = lambda workers, notes: None,
        window: int | None = None,
    ) -> None:
        self._engine = _engine_of(executor, work, data)
        self._checkpoint, self._heard, self._window = checkpoint, heard, window
        self._notes: dict[str, None] = {}
        self._told: tuple[int, tuple[str, ...]] = (0, ())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._engine.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """What happened to workers, each sentence once."""
        return tuple(self._notes)

    @property
    def workers(self) -> int:
        """How many workers there are; of a pool, how many have answered."""
        return self._engine.workers

    @property
    def word(self) -> str:
        """What the workers are: "workers", "processes" or "threads"."""
        return self._engine.word

    def run(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Any]]:
        """Yields each part and its result when it is done.

        An error of `work` is raised here in its kind and words. Where nobody is left who could work, it is a `WorkersLostError`.
        """
        source, numbers, done = iter(parts), count(), SimpleQueue[int]()
        under_way: dict[int, tuple[Any, Part, int]] = {}

        again: deque[tuple[Part, int]] = deque()  # parts that have to be done once more, and how often they were tried

        def submit(part: Part, tries: int) -> None:
            number = next(numbers)
            try:
                future = self._engine.submit(part)
            except Again as why:
                put_back(part, tries, why)
                return
            under_way[number] = (future, part, tries)
            future.add_done_callback(lambda _: done.put(number))

        def put_back(part: Part, tries: int, why: Again) -> None:
            self._say(str(why))
            if tries == TRIES:
                raise WorkersLostError(f"A part was given up after {TRIES} tries: what it needs is lost again and again.") from why
            again.append((part, tries + 1))

        ended = False
        self._look()
        try:
            while True:
                while (again or not ended) and len(under_way) < self._most():
                    part, tries = again.popleft() if again else (next(source, _END), 1)
                    ended = ended or part is _END
                    if part is not _END:
                        submit(part, tries)
                if ended and not under_way and not again:
                    break
                try:
                    number = done.get(timeout=GLANCE)
                except Empty:
                    self._checkpoint()
                    self._look()
                    continue
                self._checkpoint()
                future, part, tries = under_way.pop(number)
                try:
                    told = self._engine.outcome(future)
                except Again as why:
                    put_back(part, tries, why)
                    continue
                if "refused" in told:
                    raise ValueError(told["refused"])
                if "error" in told:
                    raise KINDS.get(told["error"], RuntimeError)(told["words"])
                self._look()
                yield part, told["result"]
            self._look()
        finally:
            for future, _, _ in under_way.values():
                self._engine.drop(future)

    def _most(self) -> int:
        return self._engine.window if self._window is None else min(self._window, self._engine.window)

    def _look(self) -> None:
        self._say(self._engine.look())
        now = self.workers, self.notes
        if now != self._told:
            self._told = now
            self._heard(*now)

    def _say(self, sentence: str) -> None:
        if sentence:
            self._notes[sentence] = None


def _engine_of(executor: Any, work: Work, data: Any) -> AbstractEngine:
    if is_client(executor):
        from rcwidgets.core.parts.cluster import Cluster

        return Cluster(executor, work, data)
    if isinstance(executor, Executor):
        return Pool(executor, work, data)
    raise TypeError(f"executor must be a dask.distributed.Client or a concurrent.futures.Executor, got {type(executor).__name__}.")
