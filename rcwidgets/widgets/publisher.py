"""One thread that carries an experiment's news to the page, each kind at most ten times a second, newest only.

One experiment has many handles: here is what a view is given, and the one publisher that all views of an experiment share.
"""

import logging
import math
import threading
import time
import weakref
from collections.abc import Callable
from typing import Literal

from rcwidgets.core.graph.graph import Composable, Graph, parts
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.session.session import News
from rcwidgets.live.worker import start

SHORTEST = 0.1  # seconds between two publications of the same kind of news
STALE = 0.4  # from one to the next of which the hand has left the position: by then the newest is there, most often
AWAIT_DRAWN = 0.5  # seconds that the next results wait for the page to say that it has drawn the last ones
GLANCE = 0.06  # seconds that what is looked at later waits for the page to draw what is looked at first
IDLE = 10.0  # seconds after which the thread ends until the next news, so that it does not keep the experiment alive
ORDER: dict[News, int] = {"results": 0, "status": 2}  # all others in between
Turn = Literal["first", "frame", "rest"]
TURNS: tuple[Turn, ...] = ("first", "frame", "rest")
_log = logging.getLogger(__name__)

Viewer = tuple[News, Callable[[], None], Turn]


class Publisher:
    """Calls its viewers with the newest status and results; never from a callback of the page, never while one is still drawing.

    Results come first, and wait for no other news: the hand waits for them. The status, which many things change, comes last. `add` takes
    the news that a viewer shows and what to call; news that no viewer shows wake nobody. A viewer that fails is logged and dropped; the
    others go on.

    A page that says what it has drawn (`drawn`) gets one frame of results at a time: one that is slow falls behind by one, not by a queue.
    `frame` counts them. Of each frame it gets what is looked `first` at, then the frame's number, and the `rest` when the first is on the
    screen, or `GLANCE` later: what the hand waits for has the page, the processes between, and the interpreter for itself. `closed` is
    True after `close`.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self._viewers: list[Viewer] = []
        self._pending: set[News] = set()
        self._drawn: dict[News, float] = {}  # when each kind was drawn last
        self._asked: list[Callable[[], None]] = []
        self._news = threading.Condition()
        self.frame = 0
        self._frame_drawn = 0
        self._followed = False  # whether a page says what it has drawn
        self._turn = threading.RLock()  # one viewer is drawn at a time
        self._thread: threading.Thread | None = None
        self.closed = False
        self._drawing = False
        self._leave = experiment.subscribe(self._hear)

    def add(self, news: News, draw: Callable[[], None], turn: Turn = "rest") -> Callable[[], None]:
        """Has `draw` called now and after each such news, until the returned function is called."""
        viewer = (news, draw, turn)
        with self._news:
            self._viewers = [*self._viewers, viewer]
        with self._turn:
            draw()
        return lambda: self._drop(viewer)

    def ask(self, draw: Callable[[], None]) -> None:
        """Has `draw` called once, soon, in the publisher's thread: for what a person chose in a figure."""
        with self._news:
            self._asked = [*(other for other in self._asked if other != draw), draw]
            self._wake()

    def drawn(self, frame: int) -> None:
        """A page has drawn the results up to this frame."""
        with self._news:
            self._frame_drawn, self._followed = max(self._frame_drawn, min(frame, self.frame)), True
            self._news.notify_all()

    def _end(self) -> None:
        """Ends the thread once it has drawn what it draws."""
        self._leave()
        with self._news:
            self.closed = True
            self._viewers = []
            self._news.notify_all()

    def _drop(self, viewer: Viewer) -> None:
        with self._news:
            self._viewers = [other for other in self._viewers if other is not viewer]

    def flush(self, timeout: float = 10.0) -> bool:
        """Waits until all news are drawn; False after `timeout` seconds."""
        with self._news:
            return self._news.wait_for(lambda: self.closed or not (self._pending or self._asked or self._drawing), timeout)

    def close(self) -> None:
        """Ends the thread; what is being drawn is drawn first, so that nothing is sent to a widget that is closed next."""
        self._end()
        with self._turn:
            pass

    def _hear(self, news: News) -> None:
        with self._news:
            if not any(viewer[0] == news for viewer in self._viewers):
                return
            self._pending.add(news)
            self._wake()

    def _wake(self) -> None:
        if self._thread is None and not self.closed:
            self._thread = start(self._loop, "rcwidgets-publisher", self._end)
        self._news.notify_all()

    def _loop(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self.closed or bool(self._pending or self._asked), IDLE)
                if self.closed or not (self._pending or self._asked):
                    self._thread = None
                    return
                early = min((self._rest(news) for news in self._pending), default=0.0)
                if early > 0 and not self._asked:
                    self._news.wait(early)
                    continue
                due = {news for news in self._pending if self._rest(news) <= 0}
                asked, self._asked = self._asked, []
                self._pending -= due
                viewers, self._drawing = sorted(self._viewers, key=lambda one: (ORDER.get(one[0], 1), TURNS.index(one[2]))), True
                if "results" in due:
                    self._followed = self._followed and self._frame_drawn == self.frame  # no word of the last: no page follows
                    self.frame += 1
            began, glanced = time.monotonic(), "results" not in due
            self.experiment.page_draws(not glanced and self._followed)
            for viewer in viewers:
                if viewer[0] not in due:
                    continue
                if not glanced and viewer[2] == "rest":
                    glanced = self._await_glance()
                self._draw(viewer)
            self.experiment.page_draws(False)
            for draw in asked:
                self._draw(("looks", draw, "rest"))
            with self._news:
                self._drawn |= dict.fromkeys(due, max(began, time.monotonic() - SHORTEST / 2))
                self._drawing = False
                self._news.notify_all()

    def _await_glance(self) -> bool:
        """Leaves the page alone with what was drawn first, where one says what it has drawn; always True."""
        with self._news:
            self._news.wait_for(lambda: self.closed or not self._followed or self._frame_drawn == self.frame, GLANCE)
        self.experiment.page_draws(False)
        return True

    def _rest(self, news: News) -> float:
        """How many seconds such news must still wait."""
        results, pause = self.experiment.results, SHORTEST
        if news == "results" and self._followed and self._frame_drawn < self.frame:
            pause = AWAIT_DRAWN
        elif news == "results" and results is not None and results.revision != self.experiment.revision:
            pause = STALE
        return self._drawn.get(news, -math.inf) + pause - time.monotonic()

    def _draw(self, viewer: Viewer) -> None:
        try:
            with self._turn:
                if not self.closed:
                    viewer[1]()
        except Exception:  # one broken figure must not silence the others
            _log.exception("A view of %r failed and is not drawn any more.", viewer[0])
            self._drop(viewer)


_publishers: "weakref.WeakKeyDictionary[Experiment, weakref.ref[Publisher]]" = weakref.WeakKeyDictionary()
_making = threading.Lock()


def experiment_of(x: Experiment | Composable, owner: str) -> Experiment:
    """The experiment itself, or one of its own for a graph; anything else is a TypeError."""
    if isinstance(x, Experiment):
        return x
    if isinstance(x, Graph):
        return Experiment(x)
    if isinstance(x, Composable):
        return Experiment(parts(x)[0])
    raise TypeError(f"{owner} takes an Experiment or a model, got {type(x).__name__}.")


def publisher_of(experiment: Experiment) -> Publisher:
    """The publisher that all views of the experiment share, so that each trait has one writer; the experiment keeps it alive."""
    with _making:
        known = _publishers.get(experiment)
        publisher = known() if known is not None else None
        if publisher is None or publisher.closed:
            publisher = Publisher(experiment)
            _publishers[experiment] = weakref.ref(publisher)
        return publisher
