"""What an experiment says of itself, and those who listen."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from rcwidgets.live.session.status import Status

News = Literal["document", "status", "results", "runs", "looks", "sweep"]
_log = logging.getLogger(__name__)


class Announcer:
    """Keeps a status, and tells each listener what is new."""

    def __init__(self, status: Status) -> None:
        self._lock = threading.RLock()
        self._listeners: list[Callable[[News], None]] = []
        self._status = status

    @property
    def status(self) -> Status:
        """What the worker does, and what is known about the document."""
        return self._status

    def subscribe(self, listener: Callable[[News], None]) -> Callable[[], None]:
        """Calls `listener(news)` at each change until the returned function is called."""
        with self._lock:
            self._listeners = [*self._listeners, listener]

        def leave() -> None:
            with self._lock:
                self._listeners = [other for other in self._listeners if other is not listener]

        return leave

    def _tell(self, news: News) -> None:
        for listener in self._listeners:
            try:
                listener(news)
            except Exception:  # the others are told all the same, and the worker lives on
                _log.exception("A listener of an experiment failed at the news %r.", news)

    def _publish(self, **changes: Any) -> None:
        pace = "" if "activity" in changes and "pace" not in changes else self._status.pace
        outcome = "" if changes.get("message", self._status.message) != self._status.message else self._status.outcome
        self._status = replace(self._status, **{"pace": pace, "outcome": outcome, **changes})
        self._tell("status")
