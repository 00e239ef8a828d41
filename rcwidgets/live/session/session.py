"""The document of an experiment with its history, its revision, the user's own data, those who listen, and the lock over all of it."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from rcwidgets.core.document.document import Document
from rcwidgets.core.document.edits import apply
from rcwidgets.core.document.ops import Choose, Op
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.tasks import AbstractTask, ClassesTask, DataTask, Series, kind_for
from rcwidgets.live.session.choosing import Choosing
from rcwidgets.live.session.comparison import change_of, whole_key
from rcwidgets.live.session.document_file import DocumentFile
from rcwidgets.live.session.locks import Locks

News = Literal["document", "status", "results", "runs", "looks", "sweep"]
_log = logging.getLogger(__name__)
MOST_ENTRIES = 200  # entries; older ones are forgotten


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


class Entry(NamedTuple):
    """A document to come back to, what the change away from it was, and the gesture that made the change."""

    document: Document
    label: str
    gesture: str | None


class History:
    """The document now, what came before it, and what was undone."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._past: list[Entry] = []
        self._future: list[Entry] = []

    def record(self, document: Document, label: str, gesture: str | None = None) -> None:
        """Goes on to a changed document; changes of one gesture are one entry, which keeps the newest label."""
        same = gesture is not None and self._past and self._past[-1].gesture == gesture and not self._future
        if same:
            self._past[-1] = self._past[-1]._replace(label=label)
        else:
            self._past.append(Entry(self.document, label, gesture))
            del self._past[:-MOST_ENTRIES]
        self._future.clear()
        self.document = document

    @property
    def undo_label(self) -> str | None:
        """What the next undo takes back."""
        return self._past[-1].label if self._past else None

    @property
    def before(self) -> Document | None:
        """The document that the next undo brings back."""
        return self._past[-1].document if self._past else None

    @property
    def after(self) -> Document | None:
        """The document that the next redo brings back."""
        return self._future[-1].document if self._future else None

    @property
    def redo_label(self) -> str | None:
        """What the next redo does again."""
        return self._future[-1].label if self._future else None

    def undo(self) -> bool:
        """Goes one gesture back; False where there is none."""
        return self._go(self._past, self._future)

    def redo(self) -> bool:
        """Goes one undone gesture forward; False where there is none."""
        return self._go(self._future, self._past)

    def _go(self, back: list[Entry], forth: list[Entry]) -> bool:
        if not back:
            return False
        entry = back.pop()
        forth.append(Entry(self.document, entry.label, None))
        self.document = entry.document
        return True


class Session:
    """What a person works on. `own` are the user's data; a model that is the `user's` own is never replaced, whatever it looks like."""

    def __init__(self, document: Document, own: Series | None, *, users_model: bool, file: DocumentFile | None) -> None:
        self.lock = threading.RLock()
        self.events = Events()
        self.history = History(document)
        self.own = own
        self.revision = 1
        self._users_model, self._file = users_model, file
        self._brought = ""  # the last change, where it was data and not the document
        self._keyed: tuple[Document, Series | None, str] | None = None
        self.choosing = Choosing(allowed=not users_model)
        self.locks = Locks()

    @property
    def document(self) -> Document:
        """The document now."""
        return self.history.document

    def record(self, document: Document, label: str, gesture: str | None) -> None:
        """Goes on to a document as an entry of the history; what the hand may not change is an EditError, and nothing changes."""
        self.locks.check(self.document, document)
        self.history.record(document, label, gesture)

    def undo(self) -> bool:
        """Goes one gesture back; False where there is none."""
        self.locks.check(self.document, self.history.before or self.document)
        return self.history.undo()

    def redo(self) -> bool:
        """Goes one undone gesture forward; False where there is none."""
        self.locks.check(self.document, self.history.after or self.document)
        return self.history.redo()

    def edited(self, edits: Iterable[Op | Mapping[str, Any]]) -> tuple[Document, str]:
        """The document after the edits, and what the last of them did; an impossible one is an EditError.

        Where it is left with what data of the user's own start with, and asks them something new, the start is chosen by them.
        """
        document, label = self._applied(edits)
        return self.choosing.followed(self.document, document, self.own), label

    def _applied(self, edits: Iterable[Op | Mapping[str, Any]]) -> tuple[Document, str]:
        document, label = self.document, ""
        for edit in edits:
            document, label = apply(document, self._keeping(edit))
        return document, label

    def _keeping(self, edit: Op | Mapping[str, Any]) -> Op | Mapping[str, Any]:
        """The edit; a choice keeps the model that is the user's own."""
        if self._users_model and isinstance(edit, Choose):
            return replace(edit, keep=True)
        return {**edit, "keep": True} if self._users_model and isinstance(edit, Mapping) and edit.get("op") == "choose" else edit

    def revise(self, brought: str = "") -> None:
        """Counts a change; `brought` says what it was, where the document is not all of it."""
        self.revision += 1
        self._brought = brought

    def bring(self, series: Series) -> str:
        """Takes data in the place of those before, chooses the task on them, and returns what was done."""
        document, label = self.document, f"Bring {series.name or 'data'}"
        kind = kind_for(series)
        if not isinstance(document.task, DataTask) or (document.task.kind != kind and (document.task.classes or kind == ClassesTask.kind)):
            document = self.choosing.released(document, self._applied([{"op": "choose", "owner": "task", "kind": kind}])[0])
        document = self.choosing.chosen_by(replace(document, task=_fitted(document.task, series)), series)
        self.locks.check_data()
        self.locks.check(self.document, document)
        if document.key() != self.document.key():
            self.history.record(document, label)
        self.own = series
        return label

    @property
    def kept(self) -> bool:
        """True where the document is written to a file."""
        return self._file is not None

    def write(self) -> None:
        """Writes the document to its file, where it has one."""
        if self._file is not None:
            self._file.write(self.document)

    @property
    def change(self) -> str:
        """What the last change was, in words: "Leak rate 0.5, reservoir"."""
        return self._brought or change_of(self.history.undo_label, self.history.before, self.document)

    def key(self, document: Document) -> str:
        """All that the results of a document depend on, the user's own data too."""
        known, own = self._keyed, self.own
        if known is None or known[0] is not document or known[1] is not own:
            key = whole_key(document) if own is None else f"{own.digest} {whole_key(document)}"
            self._keyed = known = (document, own, key)
        return known[2]

    def sized(self, document: Document) -> Graph:
        """The document's graph, sized by the task where it can be."""
        graph = document.graph
        try:
            sizes = document.task.prepare(self.own).sizes
            return graph if graph.problems(*sizes) else graph.sized(*sizes)
        except ValueError:
            return graph


def _fitted(task: AbstractTask, series: Series) -> AbstractTask:
    """The task, with all columns where one that was chosen is not among those of the data."""
    chosen = {name: getattr(task, name) for name in ("inputs", "targets")}
    gone: dict[str, Any] = {name: None for name, names in chosen.items() if names is not None and not set(names) <= set(series.channels)}
    return replace(task, **gone)
