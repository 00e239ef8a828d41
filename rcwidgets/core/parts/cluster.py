"""The workers of a `dask.distributed.Client`. Imported only where one was given."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import distributed

from rcwidgets.core.parts.engine import AbstractEngine, Again, WorkersLostError
from rcwidgets.core.parts.worker import Part, Work, do

PATIENCE = 5.0  # seconds for a scheduler that does not answer, and for a worker to send data to
LOOK = 0.5  # seconds between two looks at who is there


@contextmanager
def _sending_unlogged() -> Iterator[None]:
    """Sending that breaks is answered here. A scheduler in this process would print its traceback into the notebook besides."""

    def other(record: logging.LogRecord) -> bool:
        return record.args != ("scatter",)

    log = logging.getLogger("distributed.core")
    log.addFilter(other)
    try:
        yield
    finally:
        log.removeFilter(other)


class Cluster(AbstractEngine):
    """The workers of a client. The data are scattered to all of them; a worker that comes later gets them from the others.

    A part whose worker is lost is done by another one: dask sees to that, and `look` says it. Data that are lost with all who held them
    are scattered anew.
    """

    word = "workers"

    def __init__(self, client: distributed.Client, work: Work, data: Any) -> None:
        super().__init__(work, data)
        if client.asynchronous:
            raise TypeError("The executor must be a Client that waits for its answers, got one with asynchronous=True. Leave that out.")
        self._client = client
        self._data: distributed.Future | None = None
        self._known: dict[str, int] = {}
        self._looked = float("-inf")

    @property
    def workers(self) -> int:
        return len(self._known)

    @property
    def window(self) -> int:
        """Two parts a thread: one is under way, and one is there already when it ends. None before there is a worker."""
        return 2 * sum(self._known.values())

    def submit(self, part: Part) -> distributed.Future:
        if self._data is None or self._data.status in ("cancelled", "lost", "error"):
            self._data = self._sent()
        try:
            return self._client.submit(do, self._work, self._name, self._data, part, *self.asked(), pure=False)
        except Exception as error:
            if self._client.status != "running":
                raise self._lost() from error
            raise

    def _sent(self) -> distributed.Future:
        """The data with all workers. Who dies as they reach him breaks the sending, which is made again when it is known who is left."""
        try:
            with _sending_unlogged():
                return self._client.scatter(self._packed, broadcast=True, hash=False, timeout=PATIENCE)
        except Exception as error:
            self._wait_for_scheduler()
            if not isinstance(error, OSError | ValueError):  # a ValueError is dask's word for no worker that is left
                raise
            self._known, self._looked = {}, time.monotonic()
            raise Again("Data did not reach the workers, and are sent anew.") from error

    def outcome(self, future: distributed.Future) -> dict[str, Any]:
        status = future.status
        if status in ("cancelled", "lost"):
            self._wait_for_scheduler()
            self._data = None
            raise Again("Data were lost with the workers that held them, and are sent anew.")
        try:
            told: dict[str, Any] = future.result(timeout=60)
        except distributed.KilledWorker as error:
            raise WorkersLostError(
                f"A part was given up: the workers that had it died one after another. They may lack memory. ({error})"
            ) from error
        except (distributed.CancelledError, TimeoutError) as error:
            self._wait_for_scheduler()
            raise Again from error
        except ImportError as error:
            raise WorkersLostError(f"The workers cannot import rcwidgets: {error}. Install it there, the same version as here.") from error
        return told

    def drop(self, future: distributed.Future) -> None:
        future.release()

    def look(self) -> str:
        now = time.monotonic()
        if now - self._looked < LOOK:
            return ""
        self._looked = now
        if self._client.status != "running":
            self._wait_for_scheduler()
        try:
            there = dict(self._client.nthreads(callback_timeout=PATIENCE))
        except (OSError, TimeoutError):
            self._known = {}
            return ""  # it has just gone: the next look waits for it
        gone, self._known = [address for address in self._known if address not in there], there
        if gone:
            left = "What it had is computed by the others." if there else "There is no other: the sweep waits for one."
            return f"The worker{'s' if len(gone) > 1 else ''} {', '.join(gone)} went away. {left}"
        return ""

    def _wait_for_scheduler(self) -> None:
        """Returns when the scheduler answers; one that does not come back is a WorkersLostError."""
        until = time.monotonic() + PATIENCE
        while self._client.status == "connecting" and time.monotonic() < until:
            time.sleep(0.05)
        if self._client.status != "running":
            raise self._lost()

    def _lost(self) -> WorkersLostError:
        return WorkersLostError(
            "The scheduler of the executor does not answer any more. Start a cluster and connect a new Client, and go on with that."
        )

    def close(self) -> None:
        self._data = None
