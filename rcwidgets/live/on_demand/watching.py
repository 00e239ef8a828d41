"""What a view asks for beyond the results: computed when it is shown, in a thread of its own while the hand rests, and kept."""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rcwidgets.live.on_demand.closed_loop import closed_loop
from rcwidgets.live.on_demand.eigenvalues import spectrum_of
from rcwidgets.live.on_demand.unit_activity import activity_of
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import Asked, asked_of
from rcwidgets.live.worker import Overtaken, Worker

_log = logging.getLogger(__name__)
Compute = Callable[[Results, Any, Callable[[], None]], Any]  # (results, the value before or None, checkpoint)
_NONE = (None, None, None)
LOOKS: dict[str, Compute] = {"closed loop": closed_loop, "spectrum": spectrum_of, "activity": activity_of}


class Looks:
    """The newest value of each look, and who watches it.

    `results` gives the results now, `tell` is called when a look that is watched has a new value, and `fail` with the name of one that
    could not be computed. A look is computed anew only for other weights than those it was computed from. `worker` computes what is
    watched: a run that begins cancels it.
    """

    def __init__(self, results: Callable[[], Results | None], tell: Callable[[], None], fail: Callable[[str, Exception], None]) -> None:
        self._results, self._tell, self._fail, self._lock = results, tell, fail, threading.Lock()
        self._watched = Counter[str]()
        self._found: dict[str, tuple[Any, Any, Asked | None]] = {}  # by name: the weights it was computed from, the value, what it is of
        self._missed: set[str] = set()  # those that could not be computed
        self.worker: Worker[str] = Worker(self._work)

    def newest(self, name: str) -> Any | None:
        """The value that was computed last, maybe of older results; None before the first."""
        return self._found.get(name, _NONE)[1]

    def asked(self, name: str) -> Asked | None:
        """What the newest value is of; None before the first."""
        return self._found.get(name, _NONE)[2]

    def awaited(self, name: str) -> bool:
        """True where the look is still to come: there is none yet, and none was tried in vain."""
        return name not in self._found and name not in self._missed

    def known(self, name: str, results: Results) -> Any | None:
        """The value where it was computed from these very results, else None."""
        params, value, _ = self._found.get(name, _NONE)
        return value if params is results.params else None

    def compute(self, name: str, checkpoint: Callable[[], None] = lambda: None) -> Any:
        """The look at the results now: the kept one, or computed in the calling thread. None before the first results."""
        if name not in LOOKS:
            raise ValueError(f"Experiment.look must be one of {', '.join(LOOKS)}, got {name!r}.")
        results = self._results()
        if results is None:
            return None
        params, before, _ = self._found.get(name, _NONE)
        if params is results.params:
            return before
        value = LOOKS[name](results, before, checkpoint)
        self._found[name] = (results.params, value, asked_of(results))
        return value

    def watch(self, name: str) -> Callable[[], None]:
        """Keeps a look up to date until the returned function is called."""
        with self._lock:
            self._watched[name] += 1
        self.ask()

        def leave() -> None:
            with self._lock:
                self._watched[name] -= 1
                self._watched += Counter()  # drops the zeros

        return leave

    def ask(self) -> None:
        """Brings what is watched up to date, in the thread of the looks."""
        if self._watched and self._results() is not None:
            with suppress(RuntimeError):  # closed: nobody looks any more
                self.worker.submit("look")

    def _work(self, _: str) -> None:
        for name in list(self._watched):
            results = self._results()
            if results is None or self._found.get(name, _NONE)[0] is results.params:
                continue
            try:
                self.compute(name, self.worker.checkpoint)
            except Overtaken:
                return
            except Exception as error:  # such as too little memory for the eigenvalues; the other looks go on
                _log.info("A look at the %s failed.", name, exc_info=True)
                self._missed.add(name)
                self._fail(name, error)
                continue
            self._tell()
