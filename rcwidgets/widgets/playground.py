"""The Playground: canvas, controls, figures and metrics of one experiment in one box."""

import os
from collections.abc import Mapping, Sequence

import ipywidgets
from numpy.typing import ArrayLike

from rcwidgets.core.document.offer import Offer
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.spec.knobs import Setting
from rcwidgets.core.tasks import AbstractTask
from rcwidgets.core.tasks.own import OwnData
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.on_demand.metrics_table import Metrics
from rcwidgets.live.results.results import Results
from rcwidgets.live.runs.runs import Runs
from rcwidgets.live.session.first_document import GivenTrainer
from rcwidgets.live.sweep.plan import SweepMetric
from rcwidgets.live.sweep.sweeper import Sweeping
from rcwidgets.widgets.app import App
from rcwidgets.widgets.cell import close_replaced, current_run, remember
from rcwidgets.widgets.closing import close_parts
from rcwidgets.widgets.handle import publisher_of
from rcwidgets.widgets.place import FigurePlace
from rcwidgets.widgets.runs import RunsTable
from rcwidgets.widgets.sweep import SweepView
from rcwidgets.widgets.views import FIGURES, LossView

CLOSING = 1.0  # seconds that `close` waits for the worker; a compile goes on to its end in a thread that then ends


class Playground(ipywidgets.VBox):
    """Draw, tweak, train and watch a model: everything that the mouse can do has a call here with an equal result.

    `model` is a graph (or None for the task's own start), `task` a kind ("lorenz", "sunspots") or a task, `data` your own: an array (time,
    channels), a data frame or the path of a CSV file, `file` a path where the drawing is kept: it is there again after a kernel restart.

    A cell that runs again takes the place of what it made before: its earlier playgrounds are closed, and their training ends. Their
    results can still be read. Playgrounds of other cells go on side by side.

    >>> play = Playground()
    >>> play.set("reservoir", spectral_radius=1.2)
    >>> play.wait().test_nrmse < 1
    True
    """

    _app: App | None = None  # None in a playground that could not be made

    def __init__(
        self,
        model: Graph | None = None,
        *,
        task: str | AbstractTask | None = None,
        trainer: GivenTrainer = None,
        data: OwnData | None = None,
        file: "str | os.PathLike[str] | None" = None,
        height: int = 330,
    ) -> None:
        run = current_run()
        close_replaced(run)  # first, since the new one may need its memory and its file
        self._experiment = Experiment(model, task, trainer, data=data, file=file)
        self._publisher = publisher_of(self._experiment)
        self._app = App(self._experiment, self._publisher, height=height)
        figures = ipywidgets.HBox([FigurePlace(self._experiment, FIGURES), LossView(self._experiment)])
        figures.add_class("rcw-figures")
        self._table = RunsTable(self._experiment)
        self._sweep = SweepView(self._experiment, folded=True)
        super().__init__([self._app, figures, self._table, self._sweep, self._app.status_model])
        self.add_class("rcw-playground")
        remember(run, self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>" if self._app is None else f"<{type(self).__name__} of {self._experiment!r}>"

    def close(self) -> None:
        """Ends the threads and closes all widgets of the playground; its experiment takes no more changes."""
        if self._app is not None:
            self._publisher.close()
            self._experiment.close(CLOSING)
            close_parts(self)
        super().close()

    @property
    def experiment(self) -> Experiment:
        """The live experiment behind the widgets; it is shared by all handles."""
        return self._experiment

    @property
    def model(self) -> Graph:
        """The graph as it is drawn."""
        return self._experiment.model

    @property
    def trainer(self) -> AbstractTrainer:
        """A detached trainer with the weights of the last results."""
        return self._experiment.trainer

    @property
    def results(self) -> Results | None:
        """The last good results."""
        return self._experiment.results

    @property
    def metrics(self) -> Metrics | None:
        """The metrics of the last results, train and test, each with its definition: `play.metrics["nrmse"].test`."""
        return self._experiment.metrics

    @property
    def runs(self) -> Runs:
        """The results that came to rest, to be named, pinned and exported: `play.runs.pin(3)`; see also `restore`."""
        return self._experiment.runs

    def bring(self, data: OwnData) -> None:
        """Takes other data of your own: an array (time, channels), a data frame or the path of a CSV file. It trains anew."""
        self._experiment.bring(data)

    def restore(self, number: int) -> None:
        """Brings the model, task and trainer of a kept run back; one undo takes that back."""
        self._experiment.restore(number)

    def sweep(self, knobs: Mapping[str, ArrayLike], *, seeds: Sequence[int] | None = None, metric: SweepMetric = "nrmse") -> None:
        """Begins to train all combinations of values of one or two live knobs, for each seed; the section "Sweep" shows them.

        `play.sweep({"reservoir.spectral_radius": [0.5, 1.0], "beta": [1e-6, 1e-3]}, seeds=(0, 1, 2))`; see `Experiment.sweep`.
        """
        self._experiment.sweep(knobs, seeds=seeds, metric=metric)

    def stop_sweep(self) -> None:
        """Gives the sweep up; what it knows stays."""
        self._experiment.stop_sweep()

    def wait_sweep(self, timeout: float | None = None) -> Sweeping | None:
        """Waits until no sweep runs and returns the last one: `play.turn(play.wait_sweep().best)` sets the best."""
        return self._experiment.wait_sweep(timeout)

    def turn(self, setting: Mapping[str, float]) -> None:
        """Turns live knobs by the names that a sweep gives them, as one entry of the history."""
        self._experiment.turn(setting)

    def code(self) -> str:
        """Python that rebuilds model, task, normalisation and trainer."""
        return self._experiment.code()

    def set(self, name: str, **knobs: Setting) -> None:
        """Turns knobs of a node (by name), of the "trainer" or of the "task"; a value out of range is an error and changes nothing."""
        self._experiment.set(name, **knobs)

    def choose(self, *, task: str | None = None, trainer: str | None = None) -> None:
        """Chooses the task or the trainer by its kind."""
        self._experiment.choose(task=task, trainer=trainer)

    @property
    def offer(self) -> Offer | None:
        """What the task with the trainer would rather start from, where the model is your own; None where there is nothing to say."""
        return self._experiment.offer

    def take_offer(self) -> None:
        """Takes the offer; one undo takes that back."""
        self._experiment.take_offer()

    def undo(self) -> bool:
        """Takes the last gesture back; False where there is none."""
        return self._experiment.undo()

    def redo(self) -> bool:
        """Does the last undone gesture again; False where there is none."""
        return self._experiment.redo()

    def run(self) -> None:
        """Trains once, also while paused."""
        self._experiment.run()

    def pause(self) -> None:
        """Changes train no more until `resume`."""
        self._experiment.pause()

    def resume(self) -> None:
        """Changes train again by themselves."""
        self._experiment.resume()

    def step(self) -> None:
        """Makes one stretch of a training that learns step by step, and holds it."""
        self._experiment.step()

    def reset(self) -> None:
        """Forgets a training that learns step by step: the next `run` starts anew."""
        self._experiment.reset()

    def stop(self) -> None:
        """Gives up the run; the last good results stay."""
        self._experiment.stop()

    def wait(self, timeout: float | None = None) -> Results | None:
        """Waits until nothing runs and the figures are drawn, and returns the results."""
        results = self._experiment.wait(timeout)
        self._publisher.flush()
        return results
