"""What an executor is, for a list to choose from: its kind, how many work for it, and whether it can be used at all."""

from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, NamedTuple

from rcwidgets.core.parts.parts import is_client, is_executor

PATIENCE = 1.0  # seconds for a scheduler that does not answer
FORKS = 'it starts its processes by fork: give it mp_context=multiprocessing.get_context("spawn")'

KINDS: dict[type[Executor], str] = {ThreadPoolExecutor: "threads", ProcessPoolExecutor: "processes"}


class About(NamedTuple):
    """The `kind` of an executor in a word, how many `workers` it has (None where nobody knows), and why it cannot be used, if it cannot."""

    kind: str
    workers: int | None
    refused: str = ""

    @property
    def words(self) -> str:
        """As in "dask: 8 workers"."""
        if self.workers is None:
            return self.kind
        return f"{self.kind}: {self.workers} worker{'' if self.workers == 1 else 's'}"


def about(given: Any) -> About | None:
    """What an executor is; None for anything else, and for one that is closed."""
    if not is_executor(given):
        return None
    return _about_client(given) if is_client(given) else _about_pool(given)


def _about_client(client: Any) -> About | None:
    if client.status not in ("running", "connecting"):
        return None
    if client.asynchronous:
        return About("dask", None, "it was made with asynchronous=True: leave that out")
    try:
        return About("dask", len(client.nthreads(callback_timeout=PATIENCE)))
    except (OSError, TimeoutError):
        return About("dask", None, "its scheduler does not answer")


def _about_pool(pool: Executor) -> About | None:
    # Pools have no public word for their state. One whose words are others counts as open, and says at the first part that it is not.
    if any(getattr(pool, state, False) for state in ("_shutdown", "_shutdown_thread", "_broken")):
        return None
    kind = next((word for known, word in KINDS.items() if isinstance(pool, known)), type(pool).__name__.lstrip("_"))
    context = getattr(pool, "_mp_context", None)
    forks = isinstance(pool, ProcessPoolExecutor) and context is not None and context.get_start_method() == "fork"
    return About(kind, getattr(pool, "_max_workers", None), FORKS if forks else "")
