"""Reservoir computing and recurrent-network training in a notebook: the names for users.

The widgets are imported when they are first used, so that scripts and servers need no Jupyter.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from rcwidgets.core.collector import paused

with paused():
    from rcwidgets import classroom
    from rcwidgets.core import analysis, datasets, losses, metrics, tasks
    from rcwidgets.core import nodes as _nodes
    from rcwidgets.core.devices import devices
    from rcwidgets.core.estimator import Classifier, Regressor
    from rcwidgets.core.graph.graph import Graph
    from rcwidgets.core.loading import load
    from rcwidgets.core.model.runner import RNNRunner
    from rcwidgets.core.nodes import *
    from rcwidgets.core.peers import from_orc, from_pyrcn, from_resdag, from_reservoirpy
    from rcwidgets.core.search.result import Search
    from rcwidgets.core.search.search import search
    from rcwidgets.core.tasks import (
        ClassesTask,
        DataTask,
        IntegrationTask,
        LorenzTask,
        MackeyGlassTask,
        NarmaTask,
        RosslerTask,
        SinesTask,
        SunspotTask,
        VowelsTask,
    )
    from rcwidgets.core.trainers import table as _table
    from rcwidgets.core.trainers.closed_form.estimator import EstimatorTrainer
    from rcwidgets.core.trainers.gradient.lanes import BPTTLanes
    from rcwidgets.core.trainers.lanes.lanes import Lanes
    from rcwidgets.core.trainers.plasticity import IntrinsicPlasticity
    from rcwidgets.core.trainers.sweep.sweep import Sweep, sweep, sweep_parts
    from rcwidgets.core.trainers.table import *
    from rcwidgets.core.version import __version__ as __version__
    from rcwidgets.live.experiment import Experiment

if TYPE_CHECKING:
    from rcwidgets.widgets.app import GraphEditor
    from rcwidgets.widgets.controls import controls
    from rcwidgets.widgets.playground import Playground
    from rcwidgets.widgets.runs import RunsTable
    from rcwidgets.widgets.search import SearchView
    from rcwidgets.widgets.sweep import SweepView
    from rcwidgets.widgets.views import (
        ActivityView,
        ClosedLoopView,
        ConfusionView,
        ErrorView,
        LossView,
        PhaseView,
        PredictionView,
        ResidualsView,
        SpectrumView,
        SplitView,
        WeightsView,
    )

__all__ = [
    "ActivityView",
    "BPTTLanes",
    "ClassesTask",
    "Classifier",
    "ClosedLoopView",
    "ConfusionView",
    "DataTask",
    "ErrorView",
    "EstimatorTrainer",
    "Experiment",
    "Graph",
    "GraphEditor",
    "IntegrationTask",
    "IntrinsicPlasticity",
    "Lanes",
    "LorenzTask",
    "LossView",
    "MackeyGlassTask",
    "NarmaTask",
    "PhaseView",
    "Playground",
    "PredictionView",
    "RNNRunner",
    "Regressor",
    "ResidualsView",
    "RosslerTask",
    "RunsTable",
    "Search",
    "SearchView",
    "SinesTask",
    "SpectrumView",
    "SplitView",
    "SunspotTask",
    "Sweep",
    "SweepView",
    "VowelsTask",
    "WeightsView",
    "analysis",
    "classroom",
    "controls",
    "datasets",
    "devices",
    "from_orc",
    "from_pyrcn",
    "from_resdag",
    "from_reservoirpy",
    "load",
    "losses",
    "metrics",
    "search",
    "sweep",
    "sweep_parts",
    "tasks",
]
# The module of each widget.
_WIDGETS = dict.fromkeys((name for name in __all__ if name.endswith("View")), "views")
_WIDGETS |= {
    "controls": "controls",
    "GraphEditor": "app",
    "Playground": "playground",
    "RunsTable": "runs",
    "SweepView": "sweep",
    "SearchView": "search",
}
__all__ += _nodes.__all__
__all__ += _table.__all__


def __getattr__(name: str) -> Any:
    if name not in _WIDGETS:
        raise AttributeError(f"module 'rcwidgets' has no attribute {name!r}")
    with paused():
        module = import_module(f"rcwidgets.widgets.{_WIDGETS[name]}")
    return getattr(module, name)


def _drawn(found: Search) -> dict[str, object]:
    """A search as a notebook shows it: in figures."""
    bundle: dict[str, object] = import_module("rcwidgets.widgets.search").SearchView(found)._repr_mimebundle_()
    return {**bundle, "text/plain": repr(found)}


Search.drawn = _drawn


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
