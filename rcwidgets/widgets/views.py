"""The figures as handles of an experiment."""

from collections.abc import Callable
from typing import Any

from rcwidgets.live.experiment import Experiment
from rcwidgets.widgets.handle import experiment_of, nothing, publisher_of
from rcwidgets.widgets.loss import LossFigure
from rcwidgets.widgets.prediction import PredictionFigure


class PredictionView(PredictionFigure):
    """Truth and forecast of the test part over time, live. `x` is an Experiment, or a model (then with an experiment of its own)."""

    _leave: Callable[[], None] = staticmethod(nothing)

    def __init__(self, x: Any, **layout: Any) -> None:
        super().__init__(**layout)
        self.experiment: Experiment = experiment_of(x, "PredictionView")
        self._leave = publisher_of(self.experiment).add("results", self._draw)

    def close(self) -> None:
        """Closes the figure, which then follows the experiment no more."""
        self._leave()
        super().close()

    def _draw(self) -> None:
        if self.experiment.results is not None:
            self.show(self.experiment.results)


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
