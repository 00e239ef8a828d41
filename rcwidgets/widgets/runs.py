"""The table of kept runs under the figures: to be sorted, named, pinned, restored and copied as code."""

import math
from dataclasses import dataclass
from typing import Annotated, Any

import traitlets

from rcwidgets.core.graph.graph import Composable
from rcwidgets.core.spec.json_values import as_given, kinds_of
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.results.words import duration
from rcwidgets.live.runs.run import Run, overlaid
from rcwidgets.live.runs.runs import error
from rcwidgets.widgets import theme
from rcwidgets.widgets.caption import csv_bytes
from rcwidgets.widgets.message import STATIC, Csv, Result, Told
from rcwidgets.widgets.publisher import experiment_of, publisher_of

Number = Annotated[int, as_given]  # of a run: the runs check what they get


@dataclass(frozen=True)
class Rename:
    """Names a run."""

    number: Number
    name: Annotated[str, as_given]


@dataclass(frozen=True)
class Pin:
    """Keeps a run, or lets go of it."""

    number: Number
    pinned: Annotated[bool, as_given]


@dataclass(frozen=True)
class Restore:
    """Brings the document of a run back."""

    number: Number


@dataclass(frozen=True)
class Code:
    """A run as Python."""

    number: Number


RUNS = kinds_of(Rename, Pin, Restore, Code, Csv)


class RunsTable(Told):
    """The kept runs of an experiment, newest first until the page sorts them. `x` is an Experiment, or a model with one of its own.

    The publisher's thread writes `rows`.
    """

    script = STATIC / "runs.js"
    style = STATIC / "runs.css"
    kinds = RUNS
    label = traitlets.Unicode("Runs").tag(sync=True)
    rows: traitlets.List[dict[str, object]] = traitlets.List().tag(sync=True)
    shown = traitlets.Int(0).tag(sync=True)
    old = traitlets.Unicode("").tag(sync=True)  # what the shown run is of, where it is another model's

    def __init__(self, x: Experiment | Composable) -> None:
        super().__init__()
        self.experiment: Experiment = experiment_of(x, "RunsTable")
        publisher = publisher_of(self.experiment)
        # What fits over the figure depends on its results.
        self._leave = (publisher.add("runs", self._draw), publisher.add("results", self._draw), publisher.add("status", self._mark))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.experiment!r}>"

    def _draw(self) -> None:
        runs, results = list(self.experiment.runs), self.experiment.results
        notes = overlaid(runs, results)
        drawn = [number for number, note in notes.items() if not note]
        colors = {number: theme.run(place) for place, number in enumerate(drawn)}
        with self.hold_sync():
            best = self.experiment.runs.best_numbers()
            self.rows = [_row(run, run.number in best, notes.get(run.number, ""), colors.get(run.number, "")) for run in runs]
            self.shown = self.experiment.runs.shown or 0

    def _mark(self) -> None:
        self.old = self.experiment.status.old

    def _do(self, asked: Any, buffers: Any) -> Result | bytes:
        """Names, pins or restores a run, or tells what is asked of the runs."""
        runs = self.experiment.runs
        match asked:
            case Rename(number, name):
                runs.rename(number, name)
            case Pin(number, pinned):
                runs.pin(number, pinned)
            case Restore(number):
                return {"revision": self.experiment.restore(number)}
            case Code(number):
                return {"code": runs.export(number)}
            case Csv():
                return csv_bytes(*runs.table())
        return {}


def _row(run: Run, best: bool, note: str, color: str) -> dict[str, Any]:
    """A run as the page shows it: the words, and the numbers to sort by (None where nothing was measured)."""
    return {
        "number": run.number,
        "name": run.name,
        "question": run.question.key,
        "task": run.question.task,
        "horizon": run.question.horizon,
        "settings": run.question.changes,
        "asked": run.question.words,
        "model": run.model_words,
        "change": run.label,
        "trainer": run.document.trainer.label,
        "test": _finite(run.test_nrmse),
        "test_words": error(run.test_nrmse),
        "best": best,
        "train": _finite(run.train_nrmse),
        "train_words": error(run.train_nrmse),
        "time": run.at.timestamp(),
        "time_words": f"{run.at:%H:%M:%S}",
        "time_title": f"{run.at:%Y-%m-%d %H:%M:%S}, took {duration(run.seconds)}",
        "pinned": run.pinned,
        "note": note,
        "color": color,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
