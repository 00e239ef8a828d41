"""The figures as handles of an experiment."""

from collections.abc import Callable
from typing import Any

from rcwidgets.live.experiment import Experiment
from rcwidgets.live.overlay import overlaid
from rcwidgets.widgets.handle import experiment_of, nothing, publisher_of
from rcwidgets.widgets.loss import LossFigure
from rcwidgets.widgets.prediction import PredictionFigure


class PredictionView(PredictionFigure):
    """Truth and forecast of the test part over time, live, and the pinned runs that fit.

    `x` is an Experiment, or a model (then with an experiment of its own).
    """

    _leave: tuple[Callable[[], None], ...] = ()

    def __init__(self, x: Any, **layout: Any) -> None:
        super().__init__(**layout)
        self.experiment: Experiment = experiment_of(x, "PredictionView")
        publisher = publisher_of(self.experiment)
        self._leave = (publisher.add("results", self._draw), publisher.add("runs", self._draw))

    def close(self) -> None:
        """Closes the figure, which then follows the experiment no more."""
        for leave in self._leave:
            leave()
        super().close()

    def _draw(self) -> None:
        results, runs = self.experiment.results, list(self.experiment.runs)
        if results is not None:
            notes = overlaid(runs, results)
            self.show(results, [run for run in runs if notes.get(run.number) == ""])


class LossView(LossFigure):
    """The regularisation path and the error of each tweak, live. `x` is an Experiment, or a model (then with an experiment of its own)."""

    _leave: Callable[[], None] = staticmethod(nothing)

    def __init__(self, x: Any, **layout: Any) -> None:
        super().__init__(**layout)
        self.experiment: Experiment = experiment_of(x, "LossView")
        self._leave = publisher_of(self.experiment).add("results", self._draw)

    def close(self) -> None:
        """Closes the figure, which then follows the experiment no more."""
        self._leave()
        super().close()

    def _draw(self) -> None:
        if self.experiment.results is not None:
            self.show(self.experiment.results)
