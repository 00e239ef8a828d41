"""The graph editor alone."""

from rcwidgets.core.graph.graph import Composable
from rcwidgets.live.experiment import Experiment
from rcwidgets.widgets.app import App
from rcwidgets.widgets.handle import experiment_of, publisher_of


class GraphEditor(App):
    """The canvas with palette and inspector, for a layout of your own.

    `x` is an Experiment (shared by all its handles) or a model (then with an experiment of its own, `.experiment`).
    """

    def __init__(self, x: Experiment | Composable, *, height: int = 330) -> None:
        experiment = experiment_of(x, "GraphEditor")
        super().__init__(experiment, publisher_of(experiment), view="editor", height=height)

    @property
    def experiment(self) -> Experiment:
        """The experiment that the editor changes."""
        return self._experiment
