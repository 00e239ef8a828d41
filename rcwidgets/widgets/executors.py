"""The executors that the notebook has made, for the page to choose from: it gets their words, and names one by a key that means nothing."""

import tempfile
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, TypedDict
from weakref import WeakKeyDictionary

from IPython.core.getipython import get_ipython

from rcwidgets.core.parts.about import about
from rcwidgets.core.parts.parts import is_executor
from rcwidgets.live.sweep.plan import HERE, Place, SweepError

THIS_MACHINE = "this machine"


class Offered(TypedDict):
    """One to choose: its `key`, which is empty for this machine, its words, and why it cannot be chosen, if it cannot."""

    key: str
    label: str
    refused: str


class Executors:
    """What the names of the notebook stand for, as far as that can do a sweep. A name with an underscore is nobody's choice.

    Where nobody has named a store, what executors compute is kept in a file until `close`.
    """

    def __init__(self) -> None:
        self._numbers = count(1)
        self._keys: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def offered(self) -> list[Offered]:
        """This machine, and the executors that are open; those that are alike have the name of their variable."""
        found = [(name, given, told) for name, given in _names() if (told := about(given)) is not None]
        alike = Counter(told.words for _, _, told in found)
        offers: list[Offered] = [{"key": "", "label": THIS_MACHINE, "refused": ""}]
        for name, given, told in found:
            label = told.words if alike[told.words] == 1 else f"{told.words} ({name})"
            why = f"{label} cannot be chosen: {told.refused}." if told.refused else ""
            offers.append({"key": self._key(given), "label": label, "refused": why})
        return offers

    def place(self, key: str, store: Any) -> Place:
        """Where the sweep of this key is done; `store` is the one that was named last, if any. Who has gone is a SweepError.

        A store whose folder is gone, as that of another view that was closed, is none.
        """
        store = store if store is not None and Path(store).parent.is_dir() else None
        if not key:
            return HERE if store is None else Place(store=store)
        for _, given in _names():
            told = about(given)
            if told is None or self._key(given) != key:
                continue
            if told.refused:
                raise SweepError(f"This executor cannot be chosen: {told.refused}.", "executor")
            return Place(given, self._file() if store is None else store)
        raise SweepError("This executor is not there any more. Choose another one.", "executor")

    def close(self) -> None:
        """Takes the file of results away."""
        if self._folder is not None:
            self._folder.cleanup()

    def _key(self, executor: Any) -> str:
        return self._keys.setdefault(executor, str(next(self._numbers)))

    def _file(self) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="rcwidgets-", ignore_cleanup_errors=True)
        return Path(self._folder.name, "sweep.store")


def _names() -> list[tuple[str, Any]]:
    """The executors that names of the notebook stand for, each once, with the first of its names; none outside of IPython."""
    shell, found = get_ipython(), dict[int, tuple[str, Any]]()
    for name, given in [] if shell is None else list(shell.user_ns.items()):
        if not name.startswith("_") and is_executor(given):
            found.setdefault(id(given), (name, given))
    return list(found.values())


def after_cells(call: Callable[[], None]) -> Callable[[], None]:
    """Has `call` called after each cell, until the returned function is called."""
    shell = get_ipython()
    if shell is None:
        return lambda: None

    def heard(_: object) -> None:
        call()

    shell.events.register("post_run_cell", heard)
    return lambda: shell.events.unregister("post_run_cell", heard)
