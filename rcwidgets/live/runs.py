"""Kept runs: the results at rest with the documents that led to them, to be compared, named, pinned, restored and exported."""

import hashlib
import html
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, overload

import numpy as np

from rcwidgets.core.document import Document
from rcwidgets.core.graph import Graph
from rcwidgets.live.keys import whole_key
from rcwidgets.live.report import duration, figure
from rcwidgets.live.results import Results
from rcwidgets.live.run import Run, run_of

MOST = 50  # runs that are kept: with 2,000 rows of 6 channels each they take a few MB
LONGEST_NAME = 40
COLUMNS = ("Number", "Name", "Change", "Trainer", "Test NRMSE", "Training NRMSE", "Took", "Time", "Pinned")


class Runs(Sequence[Run]):
    """The newest 50 runs, the oldest first; pinned ones are not dropped. `shown` is the number of the one that came to rest last.

    Runs of equal documents are one, and so are those of one gesture, such as the drag of a slider, unless it was pinned or named in
    between. `now` gives the time of day, and `changed` is called after each change, from whichever thread made it.
    """

    def __init__(self, now: Callable[[], datetime], changed: Callable[[], None]) -> None:
        self._now, self._changed = now, changed
        self._lock = threading.Lock()
        self._runs: tuple[Run, ...] = ()
        self._count = 0
        self.shown: int | None = None

    def __len__(self) -> int:
        return len(self._runs)

    @overload
    def __getitem__(self, place: int) -> Run: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Run, ...]: ...
    def __getitem__(self, place: int | slice) -> Run | tuple[Run, ...]:
        return self._runs[place]

    def __iter__(self) -> Iterator[Run]:
        return iter(self._runs)

    def numbered(self, number: int) -> Run:
        """The run of this number; an unknown one is a ValueError."""
        if isinstance(number, bool) or not isinstance(number, int | np.integer):
            raise TypeError(f"The number of a run must be a whole number, got {number!r}.")
        runs = self._runs
        for run in runs:
            if run.number == number:
                return run
        known = f"The newest is run {runs[-1].number}." if runs else "There are none yet."
        raise ValueError(f"There is no run {number}. {known}")

    def keep(self, document: Document, model: Graph, label: str, results: Results, gesture: str | None = None) -> Run:
        """Keeps results at rest; `model` is the document's graph with its sizes."""
        with self._lock:
            digest = "" if results.data is None else results.data.digest
            key = hashlib.sha256(f"{digest} {whole_key(document)}".encode()).hexdigest()
            same = [run for run in self._runs if run.key == key]
            early = [run for run in self._runs if gesture is not None and run.gesture == gesture and not run.pinned and not run.named]
            number = (same or early)[0].number if same or early else self._count + 1
            made = run_of(number, document, model, label, results, self._now(), key, gesture)
            if same:
                made = replace(made, name=same[0].name, label=same[0].label, pinned=same[0].pinned, gesture=same[0].gesture)
            gone = {run.number for run in (*same, *early)}
            rest = [run for run in self._runs if run.number not in gone]
            loose = [run for run in rest if not run.pinned]
            dropped = loose[: max(0, len(rest) + 1 - MOST)]
            self._runs = tuple(sorted([*(run for run in rest if run not in dropped), made], key=lambda run: run.number))
            self._count = max(self._count, number)
            self.shown = number
        self._changed()
        return made

    def rename(self, number: int, name: str) -> None:
        """Names a run, in at most 40 characters; a name that another run has is a ValueError."""
        if not isinstance(name, str):
            raise TypeError(f"The name of a run must be a text, got {name!r}.")
        words = " ".join(name.split())
        if not words or len(words) > LONGEST_NAME or not words.isprintable():
            raise ValueError(f"The name of a run must have 1 to {LONGEST_NAME} characters, got {name[:60]!r}.")
        with self._lock:
            run = self.numbered(number)
            other = next((other for other in self._runs if other.name == words and other.number != number), None)
            if other is not None:
                raise ValueError(f"The name of a run must be its own, got {words!r}, which is that of run {other.number}.")
            self._put(replace(run, name=words))
        self._changed()

    def pin(self, number: int, pinned: bool = True) -> None:
        """Keeps a run for good, and draws it over the forecast where it fits; or lets go of it."""
        if not isinstance(pinned, bool):
            raise TypeError(f"Runs.pin must be given True or False, got {pinned!r}.")
        with self._lock:
            run = self.numbered(number)
            if pinned and sum(other.pinned for other in self._runs if other is not run) >= MOST:
                raise ValueError(f"At most {MOST} runs can be pinned. Let go of one first.")
            self._put(replace(run, pinned=pinned))
        self._changed()

    def export(self, number: int) -> str:
        """Python that rebuilds the model, task and trainer of a run."""
        return self.numbered(number).code()

    def to_frame(self) -> Any:
        """A pandas data frame with one row a run: what it is called, how good it was, and all its knobs."""
        import pandas

        found = [dict(zip(COLUMNS, _values(run), strict=True)) | run.knobs for run in self._runs]
        return pandas.DataFrame(found, columns=None if found else list(COLUMNS)).set_index("Number")

    def _put(self, run: Run) -> None:
        self._runs = tuple(run if other.number == run.number else other for other in self._runs)

    def __repr__(self) -> str:
        lines = [f"{run.name}: {run.label}, {run.document.trainer.label}, test NRMSE {error(run.test_nrmse)}" for run in self._runs]
        return "\n".join(lines) or "No runs yet."

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in COLUMNS)
        lines = (_words(run) for run in self._runs)
        body = "".join(f"<tr>{''.join(f'<td>{html.escape(word)}</td>' for word in line)}</tr>" for line in lines)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def error(value: float) -> str:
    """An error in words; nothing where it was not measured."""
    return "" if math.isnan(value) else figure(value)


def _values(run: Run) -> tuple[Any, ...]:
    return (
        run.number,
        run.name,
        run.label,
        run.document.trainer.label,
        run.test_nrmse,
        run.train_nrmse,
        run.seconds,
        run.at,
        run.pinned,
    )


def _words(run: Run) -> tuple[str, ...]:
    number, name, label, trainer, test, train, seconds, at, pinned = _values(run)
    words = (error(test), error(train), duration(seconds), f"{at:%H:%M:%S}", "yes" if pinned else "")
    return (str(number), name, label, trainer, *words)
