"""The figures as handles of an experiment, and all of them by the names that a person chooses from."""

from collections.abc import Callable
from typing import Any

from rcwidgets.core.graph.graph import Composable
from rcwidgets.live.experiment import Experiment
from rcwidgets.widgets.closing import unless_closed
from rcwidgets.widgets.confusion import ConfusionFigure
from rcwidgets.widgets.error import ErrorFigure
from rcwidgets.widgets.figure import FigureBox
from rcwidgets.widgets.heat import ActivityFigure
from rcwidgets.widgets.loop import LoopFigure
from rcwidgets.widgets.loss import LossFigure
from rcwidgets.widgets.phase import PhaseFigure
from rcwidgets.widgets.prediction import PredictionFigure
from rcwidgets.widgets.publisher import experiment_of, publisher_of
from rcwidgets.widgets.residuals import ResidualsFigure
from rcwidgets.widgets.spectrum import SpectrumFigure
from rcwidgets.widgets.split import LABEL, SplitFigure
from rcwidgets.widgets.weights import WeightsFigure

# The figures of a run, the first at first; the name of each is its label.
FIGURES: dict[str, Callable[[], FigureBox]] = {
    "Prediction": PredictionFigure,
    "Error over time": ErrorFigure,
    "Phase portrait": PhaseFigure,
    "Confusion": ConfusionFigure,
    "Closed loop": LoopFigure,
    "Residuals": ResidualsFigure,
    "Readout weights": WeightsFigure,
    "Spectrum of W": SpectrumFigure,
    "Activity": ActivityFigure,
    LABEL: SplitFigure,
}


class Following(FigureBox[Any]):
    """What makes a figure a handle: it follows an experiment from when it is made until it is closed.

    `x` is an Experiment, which all handles share, or a model, which gets an experiment of its own, in `experiment`.
    """

    def __init__(self, x: Experiment | Composable, *, height: int = 200) -> None:
        super().__init__(height=height)  # type: ignore[call-arg]
        self.experiment: Experiment = experiment_of(x, type(self).__name__)
        publisher = publisher_of(self.experiment)
        self.ask = lambda: publisher.ask(self._draw)
        if self.look is not None:
            self.leaves += (self.experiment.looks.watch(self.look),)
        self.leaves += (publisher.add(self.news, self._draw), publisher.add("status", self._mark))
        if self.takes_runs:
            self.leaves += (publisher.add("runs", lambda: self._draw() if self.other_runs else None),)

    def _draw(self) -> None:
        with unless_closed(self, *(panel.widget for panel in self.panels)):
            self.follow()
            self._mark()

    def _mark(self) -> None:
        self.mark(self.caption)


class PredictionView(Following, PredictionFigure):
    """Truth and forecast of the test part over time, live. `x` is an Experiment, or a model (then with an experiment of its own)."""


class LossView(Following, LossFigure):
    """The regularisation path and the error after each change, live. `x` is an Experiment, or a model (with one of its own)."""


class ConfusionView(Following, ConfusionFigure):
    """Which classes are taken for which, live. `x` is an Experiment, or a model (then with an experiment of its own)."""


class ErrorView(Following, ErrorFigure):
    """The error over time, live. `x` is an Experiment, or a model (then with an experiment of its own)."""


class PhaseView(Following, PhaseFigure):
    """Two channels against each other, truth and forecast, live. `x` is an Experiment, or a model (then with an experiment of its own)."""


class ClosedLoopView(Following, LoopFigure):
    """The closed loop beside the truth, live. `x` is an Experiment, or a model (then with an experiment of its own)."""


class ResidualsView(Following, ResidualsFigure):
    """The distribution of the errors, live. `x` is an Experiment, or a model (then with an experiment of its own)."""


class WeightsView(Following, WeightsFigure):
    """The weights of the readout, live. `x` is an Experiment, or a model (then with an experiment of its own)."""


class SpectrumView(Following, SpectrumFigure):
    """The eigenvalues of the recurrent weights, live. `x` is an Experiment, or a model (then with an experiment of its own)."""


class ActivityView(Following, ActivityFigure):
    """The outputs of the units, live. `x` is an Experiment, or a model (then with an experiment of its own)."""


class SplitView(Following, SplitFigure):
    """The whole series with its warm-up, training and test part, to be dragged. `x` is an Experiment, or a model (as for all views)."""
