"""One thread that carries an experiment's news to the page, at most ten times a second, newest only."""

import threading
from collections.abc import Callable

from rcwidgets.live.experiment import Experiment, News

SHORTEST = 0.1  # seconds between two publications


class Publisher:
    """Calls its viewers with the newest status and results; never from a callback of the page, never while one is still drawing.

    `add` takes the news that a viewer shows and what to call. A viewer that fails is reported in the status line of the log and dropped.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self._viewers: list[tuple[News, Callable[[], None]]] = []
        self._pending: set[str] = set()
        self._news = threading.Condition()
        self._closed = False
        self._drawing = False
        self._leave = experiment.subscribe(self._hear)
        self._thread = threading.Thread(target=self._loop, name="rcwidgets-publisher", daemon=True)
        self._thread.start()

    def add(self, news: News, draw: Callable[[], None]) -> None:
        """Has `draw` called now and after each such news."""
        with self._news:
            self._viewers = [*self._viewers, (news, draw)]
        draw()

    def flush(self, timeout: float = 10.0) -> bool:
        """Waits until all news are drawn; False after `timeout` seconds."""
        with self._news:
            return self._news.wait_for(lambda: not self._pending and not self._drawing, timeout)

    def close(self) -> None:
        """Ends the thread."""
        self._leave()
        with self._news:
            self._closed = True
            self._news.notify_all()

    def _hear(self, news: News) -> None:
        if news == "document":
            return
        with self._news:
            self._pending.add(news)
            self._news.notify_all()

    def _loop(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._closed or bool(self._pending))
                if self._closed:
                    return
                news, self._pending = self._pending, set()
                viewers, self._drawing = self._viewers, True
            for kind, draw in viewers:
                if kind in news:
                    draw()
            with self._news:
                self._drawing = False
                self._news.notify_all()
                self._news.wait_for(lambda: self._closed, SHORTEST)
