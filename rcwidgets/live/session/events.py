"""Those who listen to an experiment."""

import logging
import threading
from collections.abc import Callable
from typing import Literal

News = Literal["document", "status", "results", "runs", "looks", "sweep"]
_log = logging.getLogger(__name__)


class Events:
    """Tells each listener what is new."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.listeners: tuple[Callable[[News], None], ...] = ()

    def subscribe(self, listener: Callable[[News], None]) -> Callable[[], None]:
        """Calls `listener(news)` at each change until the returned function is called."""
        with self._lock:
            self.listeners = (*self.listeners, listener)

        def leave() -> None:
            with self._lock:
                self.listeners = tuple(other for other in self.listeners if other is not listener)

        return leave

    def tell(self, news: News) -> None:
        """Calls all listeners, in the thread of the caller."""
        for listener in self.listeners:
            try:
                listener(news)
            except Exception:  # the others are told all the same, and the worker lives on
                _log.exception("A listener of an experiment failed at the news %r.", news)
