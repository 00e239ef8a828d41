"""The threads of this package, which end before the interpreter does: one that comes back from XLA after that kills the process.

At its end Python first joins the threads that are not daemons, then calls what `atexit` knows, and then finalises. By the time of `atexit`
the pools of `concurrent.futures` take no work any more, so that a job under way would fail. `threading._register_atexit`, which those
pools use themselves, comes before all of that, newest first: it is private, and there is no public way that comes as early.
"""

import concurrent.futures.thread  # noqa: F401  # registers the end of the pools, which has to come after ours
import threading
from collections.abc import Callable
from threading import _register_atexit  # type: ignore[attr-defined]  # see above

_lock = threading.Lock()
_living: dict[threading.Thread, Callable[[], None]] = {}
_over = False


def start(run: Callable[[], None], name: str, end: Callable[[], None]) -> threading.Thread | None:
    """Starts a daemon thread; when the interpreter is about to end, `end()` tells it to end too, and it is waited for.

    `end` returns at once, and may be called more than once. A thread ends after the stretch or the compile that it is in. Once the
    interpreter ends no thread starts any more, and this returns None.
    """

    def body() -> None:
        try:
            run()
        finally:
            with _lock:
                _living.pop(thread, None)

    thread = threading.Thread(target=body, name=name, daemon=True)
    with _lock:
        if _over:
            return None
        _living[thread] = end
        thread.start()
    return thread


def _end_all() -> None:
    """Tells every thread to end, and waits for it; also through an interrupt, since nothing can break a compile."""
    global _over
    with _lock:
        _over = True
        living = dict(_living)
    for end in living.values():
        end()
    for thread in living:
        while thread.is_alive():
            try:
                thread.join()
            except KeyboardInterrupt:
                continue


_register_atexit(_end_all)
