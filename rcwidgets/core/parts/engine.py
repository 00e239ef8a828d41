"""Those who do the parts: what an engine must tell, and the pools of Python's own."""

import os
import tempfile
from abc import ABC, abstractmethod
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from rcwidgets.core.cores import cores
from rcwidgets.core.parts.plain import digest, pack
from rcwidgets.core.parts.worker import FORKED, Part, Work, do
from rcwidgets.core.version import __version__

WINDOW = 64  # parts: nobody tells how many workers a pool has


class WorkersLostError(RuntimeError):
    """Nobody is left who could do the parts: the words say who went, and how to go on."""


class Again(Exception):
    """The part has to be done once more; the text says why, where that is worth a sentence."""


class AbstractEngine(ABC):
    """Does parts elsewhere: `work(shared, part)` for the plain values `data`, which travel once.

    `window` is how many parts should be under way: enough that nobody waits. `word` names those who work.
    """

    word: str

    def __init__(self, work: Work, data: Any) -> None:
        self._work, self._packed, self._name = work, pack(data), digest(data)

    @property
    @abstractmethod
    def window(self) -> int:
        """How many parts should be under way."""

    @property
    @abstractmethod
    def workers(self) -> int:
        """How many workers there are, as far as that is known."""

    @abstractmethod
    def submit(self, part: Part) -> Any:
        """The future of a part, which has `add_done_callback`."""

    @abstractmethod
    def outcome(self, future: Any) -> dict[str, Any]:
        """What `do` gave for a future that is done. `Again` asks for another try, and a `WorkersLostError` ends all."""

    def drop(self, future: Any) -> None:
        """Gives a part up, if nobody has begun it."""
        future.cancel()

    def look(self) -> str:
        """What has happened to the workers since the last look, in a sentence, or nothing. A `WorkersLostError` ends all."""
        return ""

    @abstractmethod
    def close(self) -> None:
        """Takes away what was laid down for the workers; they stay."""

    def asked(self) -> tuple[str, int, int]:
        """What workers are told of this process: its version, the cores that it plans for, and its number."""
        return __version__, cores(), os.getpid()


class Pool(AbstractEngine):
    """Any `concurrent.futures.Executor`. The data are laid down in a file; a worker that cannot read it gets them with its part."""

    def __init__(self, executor: Executor, work: Work, data: Any) -> None:
        super().__init__(work, data)
        # A pool has no public word for how it starts its processes. What this cannot see, the worker does.
        context = getattr(executor, "_mp_context", None)
        if isinstance(executor, ProcessPoolExecutor) and context is not None and context.get_start_method() == "fork":
            raise ValueError(FORKED)
        self.word = "threads" if isinstance(executor, ThreadPoolExecutor) else "processes"
        self._executor, self._seen = executor, set[str]()
        self._source: bytes | str = self._packed
        self._file: Path | None = None
        with suppress(OSError):  # a disk that is full: the data travel with the parts
            handle, path = tempfile.mkstemp(prefix="rcwidgets-", suffix=".npz")
            self._file = Path(path)
            with open(handle, "wb") as file:
                file.write(self._packed)
            self._source = path

    @property
    def window(self) -> int:
        return WINDOW

    @property
    def workers(self) -> int:
        most = getattr(self._executor, "_max_workers", None)  # a pool whose workers rest between has others later
        return len(self._seen) if most is None else min(len(self._seen), most)

    def submit(self, part: Part) -> Future[dict[str, Any]]:
        try:
            return self._executor.submit(do, self._work, self._name, self._source, part, *self.asked())
        except RuntimeError as error:  # broken, or shut down
            raise self._lost(error) from error

    def outcome(self, future: Future[dict[str, Any]]) -> dict[str, Any]:
        try:
            told = future.result()
        except (BrokenExecutor, CancelledError) as error:
            raise self._lost(error) from error
        if told.get("missing"):
            self._source = self._packed
            raise Again
        if "worker" in told:
            self._seen.add(told["worker"])
        return told

    def _lost(self, error: BaseException) -> WorkersLostError:
        why = "A process of it has ended" if isinstance(error, BrokenExecutor) else "It was shut down"
        return WorkersLostError(f"The executor takes no more work. {why}, so make a new one, and go on with that.")

    def close(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.unlink(missing_ok=True)
