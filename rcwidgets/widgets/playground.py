"""The Playground: canvas, controls, figures and metrics of one experiment in one box."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import ipywidgets
from IPython.display import display
from numpy.typing import ArrayLike

from rcwidgets.core.document.offer import Offer
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.picture import describe
from rcwidgets.core.tasks import AbstractTask
from rcwidgets.core.tasks.own_series import OwnData
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.on_demand.metrics_table import Metrics
from rcwidgets.live.results.results import Results
from rcwidgets.live.runs.runs import Runs
from rcwidgets.live.session.first_document import GivenTrainer
from rcwidgets.live.sweep.plan import SweepMetric
from rcwidgets.widgets.app import App
from rcwidgets.widgets.closing import close_parts, close_replaced, current_run, remember, without_a_page
from rcwidgets.widgets.page import write_page
from rcwidgets.widgets.place import FigurePlace
from rcwidgets.widgets.publisher import publisher_of
from rcwidgets.widgets.runs import RunsTable
from rcwidgets.widgets.sketch import WIDTH, Sketch, in_marimo
from rcwidgets.widgets.still import SHARES, Still
from rcwidgets.widgets.sweep import SweepView
from rcwidgets.widgets.views import FIGURES, LossView

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from distributed import Client

HEADLESS = 60.0  # seconds that a cell without a page waits for its results
CLOSING = 1.0  # seconds that `close` waits for the worker; a compile goes on to its end in a thread that then ends

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def _shared(method: Callable[Concatenate[Experiment, Arguments], Result]) -> Callable[Concatenate["Playground", Arguments], Result]:
    """The same call of a playground's experiment."""

    @wraps(method)
    def call(self: "Playground", *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        return method(self.experiment, *args, **kwargs)

    return call


def _unless(hidden: bool, make: Callable[[Experiment], ipywidgets.Widget], experiment: Experiment) -> list[ipywidgets.Widget]:
    return [] if hidden else [make(experiment)]


class Playground(ipywidgets.VBox):
    """Draw, tweak, train and watch a model: everything that the mouse can do has a call here with an equal result.

    `model` is a graph (or None for the task's own start), `task` a kind ("lorenz", "sunspots") or a task, `data` your own: an array (time,
    channels), a data frame or the path of a CSV file, `file` a path where the drawing is kept: it is there again after a kernel restart.

    For a lesson, what is `locked` is seen on the page and cannot be changed there, and what is in `hide` is not there: nodes, "task",
    "trainer", knobs ("reservoir.units"), parts of the page; see the module `locks`. Python is not bound by it.

    With `save_state=False` a page leaves the state of the widget out of the notebooks that it saves: they hold the picture alone. What runs
    notebooks without a page has a switch of its own, `NotebookClient.store_widget_state`.

    A cell that runs again takes the place of what it made before: its earlier playgrounds are closed, and their training ends. Their
    results can still be read. Playgrounds of other cells go on side by side.

    >>> play = Playground()
    >>> play.set("reservoir", spectral_radius=1.2)
    >>> play.wait().test_nrmse < 1
    True
    """

    _app: App | None = None  # None in a playground that could not be made
    experiment: Experiment  # the live one behind the widgets; it is shared by all handles

    set, turn, choose = _shared(Experiment.set), _shared(Experiment.turn), _shared(Experiment.choose)
    run, pause, resume, stop = _shared(Experiment.run), _shared(Experiment.pause), _shared(Experiment.resume), _shared(Experiment.stop)
    step, reset = _shared(Experiment.step), _shared(Experiment.reset)
    undo, redo, take_offer = _shared(Experiment.undo), _shared(Experiment.redo), _shared(Experiment.take_offer)
    stop_sweep, wait_sweep = _shared(Experiment.stop_sweep), _shared(Experiment.wait_sweep)
    code = _shared(Experiment.code)

    def __init__(
        self,
        model: Graph | None = None,
        *,
        task: str | AbstractTask | None = None,
        trainer: GivenTrainer = None,
        data: OwnData | None = None,
        file: "str | os.PathLike[str] | None" = None,
        height: int = 330,
        locked: Iterable[str] = (),
        hide: Iterable[str] = (),
        save_state: bool = True,
    ) -> None:
        run = current_run()
        close_replaced(run)  # first, since the new one may need its memory and its file
        self.experiment = Experiment(model, task, trainer, data=data, file=file)
        self.experiment.lock(locked, hide)
        self._publisher = publisher_of(self.experiment)
        self._app = App(self.experiment, self._publisher, height=height)
        hidden = self.experiment.locks.hidden
        place = FigurePlace(self.experiment, FIGURES)
        shown = (place, *_unless("loss" in hidden, LossView, self.experiment))
        figures = ipywidgets.HBox(shown)
        figures.add_class("rcw-figures")
        runs = _unless("runs" in hidden, RunsTable, self.experiment)
        sweep = _unless("sweep" in hidden, partial(SweepView, folded=True), self.experiment)
        super().__init__([self._app, figures, *runs, *sweep, self._app.status_model])
        self.add_class("rcw-playground")
        if not save_state:
            self._leave_out(place)
            place.observe(lambda _: self._leave_out(place), "children")
        self._still = Still(self.experiment, self._publisher, lambda: shown)
        self._sketches: tuple[Sketch, ...] = ()
        remember(run, self)

    def _leave_out(self, place: FigurePlace) -> None:
        """Tells the page which boxes, with all in them, are to be in no file; a figure that is not shown now is in no other box."""
        rows = (figure.row for figure in (place, *place.figures.values()))
        if self._app is not None:
            self._app.unsaved = [box.model_id for box in (self, *rows)]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>" if self._app is None else f"<{type(self).__name__} of {self.experiment!r}>"

    def _ipython_display_(self) -> None:
        """Shows the widget, and below it its picture for whoever opens the saved notebook without a kernel.

        Where no page has run the cell, as under nbclient and papermill, it waits for the first results, so that the picture has them.
        """
        if self._app is None or self.comm is None:
            print(repr(self))
            return
        if without_a_page():
            self.wait(HEADLESS)
        words = f"Playground. {describe(self.model)} Its picture is below, as it was left."
        display({**self._repr_mimebundle_(), "text/plain": words}, raw=True)
        self._still.show()

    def _display_(self) -> object:
        """What marimo shows, where boxes and bqplot's figures do not run: the same parts, and the figures as sketches."""
        if not self._sketches:
            widths = [WIDTH * share for share in SHARES]
            boxes = zip(self.children[1].children, widths, strict=False)  # the loss may be hidden
            self._sketches = tuple(Sketch(box, self._publisher, width=width) for box, width in boxes)
        return in_marimo((self._app, *self.children[2:]), self._sketches)

    def to_html(self, path: "str | os.PathLike[str]") -> None:
        """Writes the model, its figures and its numbers as one page that works offline: `play.to_html("page.html")`.

        It needs no kernel and no network. Figures are zoomed by dragging over them, and by keys. A page of Lorenz has some 500 kB.
        """
        write_page(self.experiment, path)

    def close(self) -> None:
        """Ends the threads and closes all widgets of the playground; its experiment takes no more changes."""
        if self._app is not None:
            self._still.close()
            for sketch in self._sketches:
                sketch.close()
            self._publisher.close()
            self.experiment.close(CLOSING)
            close_parts(self)
        super().close()

    @property
    def model(self) -> Graph:
        """The graph as it is drawn."""
        return self.experiment.model

    @property
    def trainer(self) -> AbstractTrainer:
        """A detached trainer with the weights of the last results."""
        return self.experiment.trainer

    @property
    def results(self) -> Results | None:
        """The last good results."""
        return self.experiment.results

    @property
    def metrics(self) -> Metrics | None:
        """The metrics of the last results, train and test, each with its definition: `play.metrics["nrmse"].test`."""
        return self.experiment.metrics

    @property
    def runs(self) -> Runs:
        """The results that came to rest, to be named, pinned and exported: `play.runs.pin(3)`; see also `restore`."""
        return self.experiment.runs

    def bring(self, data: OwnData) -> None:
        """Takes other data of your own: an array (time, channels), a data frame or the path of a CSV file. It trains anew."""
        self.experiment.bring(data)

    def restore(self, number: int) -> None:
        """Brings the model, task and trainer of a kept run back; one undo takes that back."""
        self.experiment.restore(number)

    def sweep(
        self,
        knobs: Mapping[str, ArrayLike],
        *,
        seeds: Sequence[int] | None = None,
        metric: SweepMetric = "nrmse",
        executor: "Executor | Client | None" = None,
        store: "str | os.PathLike[str] | None" = None,
    ) -> None:
        """Begins to train all combinations of values of one or two live knobs, for each seed; the section "Sweep" shows them.

        `play.sweep({"reservoir.spectral_radius": [0.5, 1.0], "beta": [1e-6, 1e-3]}, seeds=(0, 1, 2))`; see `Experiment.sweep`. Then
        `play.turn(play.wait_sweep().best)` sets the best. With `executor`, a dask Client or one of concurrent.futures, others do the work;
        `store` is a file that keeps the results.
        """
        self.experiment.sweep(knobs, seeds=seeds, metric=metric, executor=executor, store=store)

    @property
    def offer(self) -> Offer | None:
        """What the task with the trainer would rather start from, where the model is your own; None where there is nothing to say."""
        return self.experiment.offer

    def wait(self, timeout: float | None = None) -> Results | None:
        """Waits until nothing runs and the figures are drawn, and returns the results."""
        results = self.experiment.wait(timeout)
        self._publisher.flush()
        return results
