"""Kept runs: the results at rest with the documents that led to them, to be compared, named, pinned, restored and exported."""

import hashlib
import html
import math
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, overload

import numpy as np

from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.short import figure
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import duration
from rcwidgets.live.runs.run import Run, run_of
from rcwidgets.live.session.comparison import whole_key

MOST = 50  # runs that are kept: with 2,000 rows of 6 channels each they take a few MB
LONGEST_NAME = 40
TOLD = 3  # runs that the short text names
COLUMNS = (
    *("Number", "Name", "Task", "Horizon", "Other settings", "Model", "Trainer", "Change"),
    *("Test NRMSE", "Best", "Training NRMSE", "Took", "Time", "Pinned", "Question"),
)
SHOWN = 14  # of these columns: the last one is a key for programs


class Runs(Sequence[Run]):
    """The newest 50 runs, the oldest first; pinned ones are not dropped. `shown` is the number of the one that came to rest last.

    Errors can be compared among the runs of one question alone (task, horizon, data, split and normalisation): `best` is the run of the
    least test error for one question. The table in a notebook and `to_frame` have the question in columns.

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

    def best(self, question: str | None = None) -> Run | None:
        """The run of the least test error among those of one question (its `key`), by default that of the newest run; None without one."""
        runs = self._runs
        key = runs[-1].question.key if question is None and runs else question
        tested = [run for run in runs if run.question.key == key and math.isfinite(run.test_nrmse)]
        return min(reversed(tested), key=lambda run: run.test_nrmse) if tested else None

    def best_numbers(self) -> set[int]:
        """The numbers of the best runs, one for each question to which there are several tested answers."""
        asked = [run.question.key for run in self._runs if math.isfinite(run.test_nrmse)]
        best = [self.best(key) for key in dict.fromkeys(asked) if asked.count(key) > 1]
        return {run.number for run in best if run is not None}

    def to_frame(self) -> Any:
        """A pandas data frame with one row a run: what it was asked, what it is called, how good it was, and all its knobs.

        "Best" is True for the least test error of each question, and "Question" the same text for the same question alone.
        """
        import pandas

        best = self.best_numbers()
        found = [dict(zip(COLUMNS, _values(run, best), strict=True)) | run.knobs for run in self._runs]
        return pandas.DataFrame(found, columns=None if found else list(COLUMNS)).set_index("Number")

    def to_json(self) -> str:
        """The table of `to_frame` as JSON, a list with one object a run; what was not measured is null."""
        return str(self.to_frame().reset_index().to_json(orient="records", date_format="iso"))

    def table(self) -> tuple[list[str], list[list[Any]]]:
        """Header and rows of the table, question by question, for a file; what was not measured is empty."""
        best = self.best_numbers()
        lines = [_values(run, best) for run in self._by_question()]
        plain = [["" if isinstance(value, float) and math.isnan(value) else value for value in line] for line in lines]
        return list(COLUMNS), plain

    def _by_question(self) -> list[Run]:
        """The runs, those of one question together, in the order in which the questions came up."""
        keys = list(dict.fromkeys(run.question.key for run in self._runs))
        return sorted(self._runs, key=lambda run: keys.index(run.question.key))

    def _put(self, run: Run) -> None:
        self._runs = tuple(run if other.number == run.number else other for other in self._runs)

    def __repr__(self) -> str:
        best = self.best_numbers()
        told = [f"{run!r}{', the best' if run.number in best else ''}" for run in self._runs[-TOLD:]]
        count = f"{len(self._runs)} runs" + (", the newest:" if len(self._runs) > TOLD else ":")
        return "\n".join([count, *told]) if told else "No runs yet."

    def _repr_html_(self) -> str:
        best = self.best_numbers()
        head = "".join(f"<th>{name}</th>" for name in COLUMNS[:SHOWN])
        lines = (_words(run, best)[:SHOWN] for run in self._by_question())
        body = "".join(f"<tr>{''.join(f'<td>{html.escape(word)}</td>' for word in line)}</tr>" for line in lines)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def error(value: float) -> str:
    """An error in words; nothing where it was not measured."""
    return "" if math.isnan(value) else figure(value)


def _values(run: Run, best: Collection[int]) -> tuple[Any, ...]:
    asked = (run.question.task, run.question.horizon, run.question.changes, run.model_words, run.document.trainer.label, run.label)
    found = (run.test_nrmse, run.number in best, run.train_nrmse, run.seconds, run.at, run.pinned)
    return (run.number, run.name, *asked, *found, run.question.key)


def _words(run: Run, best: Collection[int]) -> tuple[str, ...]:
    number, name, task, horizon, changes, model, trainer, label, test, least, train, seconds, at, pinned, key = _values(run, best)
    asked = (task, f"{horizon:,}", changes, model, trainer, label)
    words = (error(test), "best" if least else "", error(train), duration(seconds), f"{at:%H:%M:%S}", "yes" if pinned else "", key)
    return (str(number), name, *asked, *words)
