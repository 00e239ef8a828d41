"""What functions of the user's own print while an experiment trains: caught in its threads, where a notebook would put it under whichever
cell ran last, and kept as plain text of a bounded length.
"""

import re
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LONGEST = 6_000  # characters that are kept, the last ones
OURS = str(Path(__file__).parents[1])
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
_lock = threading.Lock()
_catching: dict[int, "Printed"] = {}  # by thread, the newest last


class Printed:
    """The text that was printed during the newest job that printed any, and the traceback of the error that ended one."""

    def __init__(self) -> None:
        self.text = ""
        self._stale = self._failed = False

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Catches what this thread prints, and what threads of JAX and of ours print meanwhile."""
        self._stale, me = True, threading.get_ident()
        if self._failed:
            self._failed, self.text = False, ""
        with _lock:
            _catching[me] = self
            for name in ("stdout", "stderr"):
                if not isinstance(getattr(sys, name), _Route):
                    setattr(sys, name, _Route(getattr(sys, name)))
        try:
            yield
        finally:
            with _lock:
                del _catching[me]
                for name in ("stdout", "stderr"):
                    route = getattr(sys, name)
                    if not _catching and isinstance(route, _Route):
                        setattr(sys, name, route.beside)

    def add(self, text: str) -> None:
        """Takes text after what the same job has printed."""
        if self._stale:
            self._stale, self.text = False, ""
        self.text = _bounded(self.text + _ESCAPES.sub("", text))

    def add_error(self, error: BaseException) -> None:
        """Takes the traceback of an error, where the user's own code is in it."""
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _of_libraries(frame.filename)]
        if frames:
            self._failed = True
            self.add("Traceback (most recent call last), in your own code:\n")
            self.add("".join(traceback.format_list(frames)) + f"{type(error).__name__}: {error}\n")


def _of_libraries(file: str) -> bool:
    return "site-packages" in file or file.startswith((OURS, "<frozen", str(Path(threading.__file__).parent)))


def _bounded(text: str) -> str:
    return text if len(text) <= LONGEST else f"... {text[-LONGEST:]}"


class _Route:
    """A stream of text: what a catching thread writes goes to its experiment, all else to the stream beside it."""

    def __init__(self, beside: Any) -> None:
        self.beside = beside

    def __getattr__(self, name: str) -> Any:
        return getattr(self.beside, name)

    def write(self, text: str) -> int:
        catcher = _catching.get(threading.get_ident())
        if catcher is None and _catching and _of_no_cell(threading.current_thread()):
            catcher = next(reversed(_catching.values()))
        if catcher is None:
            return int(self.beside.write(text))
        catcher.add(text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)


def _of_no_cell(thread: threading.Thread) -> bool:
    """Whether it is a thread that XLA or the experiment has started: no cell's."""
    return isinstance(thread, threading._DummyThread) or thread.name.startswith("rcwidgets-")
