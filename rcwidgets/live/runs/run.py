"""A kept run: a result at rest with the document that led to it, thinned so that many of them fit into memory.

A figure of the forecast draws pinned runs too: those that answer the same question.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np

from rcwidgets.core.datasets.table import Series
from rcwidgets.core.document.code import to_code
from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.structure import in_short
from rcwidgets.live.results.question import NO_QUESTION, Question, question
from rcwidgets.live.results.results import Results
from rcwidgets.live.session.comparison import specs_by_name

ROWS = 2_000  # of a kept forecast or loss curve
CHANNELS = 6  # of a kept forecast, as many as a figure draws
OVERLAYS = 3  # pinned runs that a figure draws; with more of them nobody could tell the lines apart
HUGE = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """A result at rest, the document that gave it, and the change that led to it.

    `question` is what was asked: task, horizon, data, split and normalisation. Errors of different questions cannot be compared.

    `forecast` (kept, channels) is of the test part, in the data's own units, at the times `time` (kept,), and `losses` (done,) after the
    steps `steps`: float32, thinned to at most 2,000 rows. `rows`, `start` and `end` tell which rows the test part had; a training that was
    held before its test has none. The NRMSE are NaN where there was no test. `at` is the time of day.
    """

    number: int
    name: str
    label: str
    document: Document = field(repr=False)
    model: Graph = field(repr=False)
    train_nrmse: float
    test_nrmse: float
    test_mse: float
    seconds: float
    at: datetime
    channels: tuple[str, ...]
    horizon: int
    rows: int
    start: float
    end: float
    time: np.ndarray = field(repr=False)
    forecast: np.ndarray = field(repr=False)
    steps: np.ndarray = field(repr=False)
    losses: np.ndarray = field(repr=False)
    pinned: bool = False
    own: Series | None = field(default=None, repr=False)  # what is known of data of the user's own, without their values
    key: str = field(default="", repr=False)
    gesture: str | None = field(default=None, repr=False)
    question: Question = field(default=NO_QUESTION, repr=False)

    @property
    def named(self) -> bool:
        """True where a person has given it a name."""
        return self.name != f"Run {self.number}"

    @property
    def model_words(self) -> str:
        """The model in a few words, such as "reservoir 400"."""
        return in_short(self.document.graph)

    def __repr__(self) -> str:
        words = "not tested" if math.isnan(self.test_nrmse) else f"test NRMSE {self.test_nrmse:.3g}"
        return f"Run({self.number}, {self.name!r}: {self.question.words}, {self.model_words}, {self.document.trainer.label}, {words})"

    def of_trial(self, results: Results) -> "Run | None":
        """The run with the rows of the one of several series that the results are of; None where that is none of the test part, or where it
        has too many rows to keep them all."""
        if not results.trial or results.data is None:
            return self
        rows = dict(results.data.trials()).get(results.trial)
        if rows is None or len(self.time) != self.rows:
            return None
        return replace(self, time=self.time[rows], forecast=self.forecast[rows])

    def code(self) -> str:
        """Python that rebuilds model, task, normalisation and trainer."""
        return to_code(replace(self.document, graph=self.model), self.own)

    @property
    def knobs(self) -> dict[str, Any]:
        """All hyperparameters by "reservoir.leak_rate", "trainer.beta", "task.horizon"."""
        specs = specs_by_name(self.document)
        return {f"{name}.{knob}": value for name, spec in specs.items() for knob, value in spec.knobs.items()}


def thinned(x: np.ndarray, y: np.ndarray, most: int = ROWS) -> tuple[np.ndarray, np.ndarray]:
    """At most `most` rows of x (rows,) and y (rows, channels) as float32: the least and the greatest value of each stretch.

    The two stand at the first and the last x of their stretch, in the order in which the channel goes there.
    """
    y = np.clip(y, -HUGE, HUGE)
    if len(x) > most:
        edges = np.linspace(0, len(x), most // 2 + 1).astype(int)
        starts, ends = edges[:-1], edges[1:] - 1
        low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
        rises = y[ends] >= y[starts]
        y = np.stack([np.where(rises, low, high), np.where(rises, high, low)], axis=1).reshape(-1, y.shape[1])
        x = np.stack([x[starts], x[ends]], axis=1).reshape(-1)
    return np.array(x, np.float32), np.array(y, np.float32)


def extent(results: Results) -> tuple[int, float, float]:
    """How many rows of the test part the results have, and their first and last time."""
    rows = len(results.time) if results.part == "test" else 0
    return (rows, float(results.time[0]), float(results.time[-1])) if rows else (0, math.nan, math.nan)


def run_of(number: int, document: Document, model: Graph, label: str, results: Results, at: datetime, key: str, gesture: str | None) -> Run:
    """The run of results at rest, as nobody has named or pinned it yet."""
    rows, start, end = extent(results)
    time, forecast = thinned(results.time[:rows], results.forecast[:rows, :CHANNELS])
    losses = np.zeros(0) if results.curve is None else np.asarray(results.curve.losses, float)
    steps, curve = thinned(np.arange(1.0, len(losses) + 1), losses[:, None])
    return Run(
        number=number,
        name=f"Run {number}",
        label=label,
        document=document,
        model=model,
        train_nrmse=results.train_nrmse,
        test_nrmse=results.test_nrmse,
        test_mse=results.test_mse,
        seconds=results.seconds,
        at=at,
        channels=results.channels,
        horizon=results.horizon,
        rows=rows,
        start=start,
        end=end,
        time=time,
        forecast=forecast,
        steps=steps,
        losses=curve[:, 0],
        own=None if results.data is None else results.data.own,
        key=key,
        gesture=gesture,
        question=question(document.task, results.data),
    )


def overlaid(runs: Iterable[Run], results: Results | None) -> dict[int, str]:
    """For each pinned run by number: "" where a figure of these results draws it too, else the reason why not."""
    found: dict[int, str] = {}
    for run in runs:
        if run.pinned:
            reason = _misfit(run, results)
            full = not reason and sum(not other for other in found.values()) >= OVERLAYS
            found[run.number] = f"not drawn: {OVERLAYS} others are" if full else f"not drawn: {reason}" if reason else ""
    return found


def drawn_over(runs: Iterable[Run], results: Results | None) -> list[Run]:
    """The pinned runs that a figure of these results draws too."""
    kept = list(runs)
    notes = overlaid(kept, results)
    return [run for run in kept if notes.get(run.number) == ""]


def _misfit(run: Run, results: Results | None) -> str:
    if run.rows == 0:
        return "held before its test"
    if results is None or results.part != "test":
        return "the figure shows no test part now"
    if run.channels != results.channels:
        return "another task"
    if results.data is not None and ("" if run.own is None else run.own.digest) != results.data.digest:
        return "other data"
    if run.horizon != results.horizon:
        steps = "step" if run.horizon == 1 else "steps"
        return f"forecasts {run.horizon:,} {steps} ahead, the figure {results.horizon:,}"
    if (run.rows, run.start, run.end) != extent(results):
        return "other test rows"
    if results.question is not None and run.question.key != results.question.key:
        return f"another question: {run.question.words}"
    return ""
