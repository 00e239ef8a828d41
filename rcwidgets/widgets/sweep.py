"""The sweep of an experiment on the page: a form, a heat map that fills while the models are trained, and a click that sets the knobs."""

from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

import numpy as np
import traitlets

from rcwidgets.core.graph.graph import Composable
from rcwidgets.core.short import figure
from rcwidgets.core.spec.json_values import as_given, kinds_of
from rcwidgets.core.trainers.lanes.settings import live_knobs
from rcwidgets.core.trainers.sweep.sweep import METRICS
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.results.question import question
from rcwidgets.live.results.words import duration, time_left
from rcwidgets.live.sweep.plan import SweepError
from rcwidgets.live.sweep.sweeping import Sweeping
from rcwidgets.widgets.caption import Table, csv_bytes
from rcwidgets.widgets.executors import Executors, Offered, after_cells
from rcwidgets.widgets.message import STATIC, Csv, Result, Told
from rcwidgets.widgets.publisher import experiment_of, publisher_of
from rcwidgets.widgets.sweep_form import form_of, read_form

# One knob of the form, as a person wrote it.
Written = TypedDict("Written", {"knob": str, "from": str, "to": str, "count": str, "log": bool})


@dataclass(frozen=True)
class Sweep:
    """A sweep, as the form was written; `read_form` checks it."""

    x: Annotated[Written, as_given]
    y: Annotated[Written | None, as_given]
    seeds: Annotated[str, as_given]
    metric: Annotated[str, as_given]
    executor: Annotated[str, as_given]


@dataclass(frozen=True)
class Stop:
    """Ends the sweep."""


@dataclass(frozen=True)
class Look:
    """Looks anew at which executors there are."""


@dataclass(frozen=True)
class Take:
    """Sets the knobs to a place of the map with this number."""

    number: Annotated[int, as_given]
    place: Annotated[int, as_given]


SWEEP = kinds_of(Sweep, Stop, Look, Take, Csv)


class SweepView(Told):
    """A sweep of one or two live knobs over several seeds, live. `x` is an Experiment, or a model (then with an experiment of its own).

    The publisher's thread writes the traits; `folded` says whether the page shows the heading alone at first.
    """

    script = STATIC / "sweep.js"
    style = STATIC / "sweep.css"
    kinds = SWEEP
    label = traitlets.Unicode("Sweep").tag(sync=True)
    folded = traitlets.Bool(False).tag(sync=True)
    form = traitlets.Dict().tag(sync=True)
    executors: traitlets.List[Offered] = traitlets.List().tag(sync=True)  # who could do it
    progress = traitlets.Dict().tag(sync=True)
    map = traitlets.Dict().tag(sync=True)
    medians = traitlets.Bytes(b"").tag(sync=True)  # float64, one a setting: NaN not known yet, inf diverged
    errors = traitlets.Bytes(b"").tag(sync=True)  # the same, settings by seeds

    def __init__(self, x: Experiment | Composable, *, folded: bool = False) -> None:
        super().__init__(folded=folded)
        self.experiment: Experiment = experiment_of(x, "SweepView")
        self._publisher = publisher_of(self.experiment)
        self._executors = Executors()
        self._leave = (
            self._publisher.add("sweep", self._draw),
            self.experiment.subscribe(self._hear),
            after_cells(self._look),
            self._executors.close,
        )
        self._list()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.experiment!r}>"

    def table(self) -> Table:
        """One row for each setting and seed: the held-out error, inf where the run diverged, and the test error of the best setting.

        What is not known or not measured is empty.
        """
        sweeping = self.experiment.sweeping
        if sweeping is None:
            return (), ()
        names, rows = sweeping.sweep.table()
        return names, [["" if np.isnan(value) else value for value in row] for row in rows]

    def _hear(self, news: str) -> None:
        if news == "document":
            self._publisher.ask(self._draw)

    def _look(self) -> None:
        self._publisher.ask(self._list)

    def _list(self) -> None:
        self.executors = self._executors.offered()

    def _draw(self) -> None:
        sweeping, document = self.experiment.sweeping, self.experiment.document
        with self.hold_sync():
            self.form = form_of(document)
            if sweeping is not None:
                self.progress = _progress(sweeping)
                self.map = {**_map(sweeping), "now": sweeping.values_now(document), "note": sweeping.changed_since(document)}
                self.medians = sweeping.medians.astype("<f8").tobytes()
                self.errors = sweeping.sweep.errors.astype("<f8").tobytes()

    def _do(self, asked: Any, buffers: Any) -> Result | bytes:
        """Begins or ends a sweep, or takes a place of its map."""
        match asked:
            case Sweep():
                self._begin(asked)
            case Stop():
                self.experiment.stop_sweep()
            case Look():
                self._look()
            case Take():
                return {"words": self._take(asked)}
            case Csv():
                return csv_bytes(*self.table())
        return {}

    def _begin(self, asked: Sweep) -> None:
        refused = form_of(self.experiment.document)["refused"]
        if refused:
            raise SweepError(refused)
        knobs, seeds, metric = read_form(self.experiment.document, vars(asked))
        last = self.experiment.sweeping
        place = self._executors.place(asked.executor, None if last is None else last.store)
        self.experiment.sweep(knobs, seeds=seeds, metric=metric, executor=place.executor, store=place.store)

    def _take(self, asked: Take) -> str:
        """Sets the knobs to a place of the map, those that are still there, and says what it did."""
        sweeping = self.experiment.sweeping
        if sweeping is None or asked.number != sweeping.number:
            raise ValueError("This map is not there any more: a newer sweep has taken its place.")
        setting = sweeping.setting(asked.place)
        known = sweeping.names_now(self.experiment.document)
        labels = _labels(sweeping)
        gone = " and ".join(labels[name] for name in setting if name not in known)
        if not known:
            raise ValueError(f"The model has no {gone} any more, so there is nothing to set. Sweep anew.")
        self.experiment.turn({name: setting[old] for old, name in known.items()})
        done = " and ".join(f"{labels[old]} to {figure(setting[old])}" for old in known)
        return f"Set {done}." + (f" {gone} is not there any more." if gone else "")


def _labels(sweeping: Sweeping) -> dict[str, str]:
    live = live_knobs(sweeping.document.graph, sweeping.document.trainer)
    return {name: live[name][1].label for name in sweeping.sweep.knobs}


def _progress(sweeping: Sweeping) -> dict[str, Any]:
    """How far a sweep is, as a share and in words, and what happened last to who does it."""
    models = f"{sweeping.total:,} model" + ("s" if sweeping.total != 1 else "")
    words, stored = f"{sweeping.done:,} of {models}", sweeping.sweep.stored
    workers = f"{sweeping.workers:,} worker{'' if sweeping.workers == 1 else 's'}" if sweeping.workers else ""
    match sweeping.activity:
        case "running" if sweeping.workers == 0:
            words += ", waits for a worker"
        case "running" if sweeping.done == sweeping.total:
            words = f"{models}, tests the best setting"
        case "running" if sweeping.left is not None and sweeping.rate is not None:
            pace = f"{figure(sweeping.rate)} a second{f' by {workers}' if workers else ''}"
            words += f", {pace}, {time_left(sweeping.left)} left"
        case "running" if sweeping.done == stored:
            words += f", {workers}, compiling" if workers else ", compiling"
        case "waiting":
            words += ", waits for the run"
        case "stopped":
            words = f"stopped after {words}"
        case "done":
            words = f"{models} in {duration(sweeping.seconds)}" + (f", {stored:,} of them known before" if stored else "")
    return {
        "activity": sweeping.activity,
        "share": sweeping.done / sweeping.total,
        "words": words,
        "problem": sweeping.problem,
        "lost": sweeping.notes[-1] if sweeping.notes else "",
    }


def _map(sweeping: Sweeping) -> dict[str, Any]:
    """The axes, the best place and the map in sentences, for the page; the errors travel beside it."""
    found, labels = sweeping.sweep, _labels(sweeping)
    axes = [
        {
            "name": name,
            "label": labels[name],
            "owner": name.rpartition(".")[0],
            "values": values.tolist(),
            "words": [figure(value) for value in values.tolist()],
        }
        for name, values in found.knobs.items()
    ]
    return {
        "number": sweeping.number,
        "axes": axes,
        "seeds": list(found.seeds),
        "metric": _measure(found.metric),
        "best": sweeping.best_place,
        "test": _tested(sweeping),
        "summary": _summary(sweeping, labels),
        "about": f"{question(sweeping.document.task).words}, {sweeping.document.trainer.label}",
    }


def _tested(sweeping: Sweeping) -> str:
    """The test error of the chosen setting in a sentence, or why there is none."""
    found = sweeping.sweep
    if sweeping.tested:
        each = f", the median of {len(found.seeds)} seeds ({', '.join(map(_error, found.test_errors))})" if len(found.seeds) > 1 else ""
        return f"{_measure(found.metric)} {_error(found.test_error)}{each}."
    if sweeping.under_way:
        return "measured at the end, when all settings are known."
    return "not measured: no setting is left." if sweeping.done == sweeping.total else "not measured: the sweep did not end."


def _error(value: float) -> str:
    return "diverged" if np.isinf(value) else figure(float(value))


def _measure(metric: str) -> str:
    return metric.upper() if metric in METRICS else metric


def _summary(sweeping: Sweeping, labels: dict[str, str]) -> str:
    """The map in sentences, for those who do not see it."""
    found, medians = sweeping.sweep, sweeping.medians
    over = " and ".join(
        f"{labels[name]}, {len(values)} values from {figure(values[0])} to {figure(values[-1])}" for name, values in found.knobs.items()
    )
    seeds = f"the median of {len(found.seeds)} seeds" if len(found.seeds) > 1 else "one seed"
    known, diverged = np.count_nonzero(~np.isnan(medians)), np.count_nonzero(np.isinf(medians))
    text = f"Held-out error ({_measure(found.metric)}), {seeds}, over {over}."
    text += f" {known} of {medians.size} settings are known, {diverged} diverged."
    if sweeping.best_place is None:
        return text
    at = " and ".join(f"{labels[name]} {figure(value)}" for name, value in sweeping.best.items())
    finite = medians[np.isfinite(medians)]
    text += f" Errors from {figure(finite.min())} to {figure(finite.max())}; the least at {at}."
    return f"{text} Test error of that setting: {_tested(sweeping)}"
