"""Undo and redo: one entry a gesture."""

from typing import NamedTuple

from rcwidgets.core.document.document import Document

MOST_ENTRIES = 200  # entries; older ones are forgotten


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
