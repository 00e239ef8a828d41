"""What the reader found out by itself, or left out: one warning in words."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_INSTEAD: ContextVar[Callable[[str], object] | None] = ContextVar("instead", default=None)


class DataWarning(UserWarning):
    """Says what was guessed, left out or put in order when data were read, and which option says it otherwise."""


class DataError(ValueError):
    """Data that cannot be read, in words that name the place and the option that mends it."""


class Notes:
    """Sentences about one reading, in the order in which they were found, each of them once."""

    def __init__(self) -> None:
        self._said: dict[str, None] = {}

    def add(self, sentence: str) -> None:
        """Adds a sentence."""
        self._said[sentence] = None

    @property
    def said(self) -> tuple[str, ...]:
        """All sentences."""
        return tuple(self._said)


def tell(sentences: tuple[str, ...], name: str = "", *, depth: int = 2) -> None:
    """Gives the sentences as one DataWarning, from the place `depth` calls up; without any there is none."""
    if not sentences:
        return
    words = f"{name}: {' '.join(sentences)}" if name else " ".join(sentences)
    instead = _INSTEAD.get()
    if instead is None:
        warnings.warn(words, DataWarning, stacklevel=depth + 1)
    else:
        instead(words)


@contextmanager
def said_elsewhere(instead: Callable[[str], object] = lambda words: None) -> Iterator[None]:
    """No DataWarning comes of what runs in here, in this thread: whoever shows the results tells it. `instead` is called with the words."""
    before = _INSTEAD.set(instead)
    try:
        yield
    finally:
        _INSTEAD.reset(before)
