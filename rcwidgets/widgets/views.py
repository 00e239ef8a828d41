"""The figures as handles of an experiment."""

from typing import Any

from rcwidgets.live.experiment import Experiment
from rcwidgets.widgets.handle import experiment_of, publisher_of
from rcwidgets.widgets.loss import LossFigure
from rcwidgets.widgets.prediction import PredictionFigure


class PredictionView(PredictionFigure):
    """Truth and forecast of the test part over time, live. `x` is an Experiment, or a model (then with an experiment of its own)."""

    def __init__(self, x: Any, **layout: Any) -> None:
        super().__init__(**layout)
        self.experiment: Experiment = experiment_of(x, "PredictionView")
        publisher_of(self.experiment).add("results", self._draw)

    def _draw(self) -> None:
        if self.experiment.results is not None:
            self.show(self.experiment.results)


class LossView(LossFigure):
    """The regularisation path and the error of each tweak, live. `x` is an Experiment, or a model (then with an experiment of its own)."""

    def __init__(self, x: Any, **layout: Any) -> None:
        super().__init__(**layout)
        self.experiment: Experiment = experiment_of(x, "LossView")
        publisher_of(self.experiment).add("results", self._draw)

    def _draw(self) -> None:
        if self.experiment.results is not None:
            self.show(self.experiment.results)
