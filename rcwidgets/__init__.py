"""Reservoir computing and recurrent-network training in a notebook: the names for users.

The widgets are imported when they are first used, so that scripts and servers need no Jupyter.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from rcwidgets.core import analysis, datasets, losses, metrics, tasks
from rcwidgets.core.estimator import Classifier, Regressor
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.loading import load
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import (
    GRU,
    LSTM,
    NVAR,
    Activation,
    Concat,
    Delay,
    Dense,
    Dropout,
    Input,
    Last,
    LayerNorm,
    LinearReadout,
    Reservoir,
    Reshape,
    Select,
    Sum,
    TimeMean,
    VanillaRNN,
)
from rcwidgets.core.tasks import DataTask, IntegrationTask, LorenzTask, MackeyGlassTask, NarmaTask, RosslerTask, SinesTask, SunspotTask
from rcwidgets.core.trainers.closed_form.estimator import EstimatorTrainer
from rcwidgets.core.trainers.closed_form.linear import LinearTrainer
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.gradient.bptt import BPTT
from rcwidgets.core.trainers.lanes.bptt import BPTTLanes
from rcwidgets.core.trainers.lanes.lanes import Lanes
from rcwidgets.core.trainers.lanes.sweep import Sweep, sweep, sweep_parts
from rcwidgets.core.trainers.online.lms import LMS
from rcwidgets.core.trainers.online.recursive import RLS, FORCELearning
from rcwidgets.core.trainers.plasticity import IntrinsicPlasticity
from rcwidgets.live.experiment import Experiment

if TYPE_CHECKING:
    from rcwidgets.widgets.controls import controls
    from rcwidgets.widgets.editor import GraphEditor
    from rcwidgets.widgets.playground import Playground
    from rcwidgets.widgets.runs import RunsTable
    from rcwidgets.widgets.sweep import SweepView
    from rcwidgets.widgets.views import (
        ActivityView,
        ClosedLoopView,
        ErrorView,
        LossView,
        PhaseView,
        PredictionView,
        ResidualsView,
        SpectrumView,
        SplitView,
        WeightsView,
    )

__version__ = "0.1.0"

_VIEWS = (
    "ActivityView",
    "ClosedLoopView",
    "ErrorView",
    "LossView",
    "PhaseView",
    "PredictionView",
    "ResidualsView",
    "SpectrumView",
    "SplitView",
    "WeightsView",
)
_WIDGETS = {"controls": "controls", "GraphEditor": "editor", "Playground": "playground", "RunsTable": "runs", "SweepView": "sweep"}
_WIDGETS |= dict.fromkeys(_VIEWS, "views")

__all__ = [
    "BPTT",
    "GRU",
    "LMS",
    "LSTM",
    "NVAR",
    "RLS",
    "Activation",
    "ActivityView",
    "BPTTLanes",
    "Classifier",
    "ClosedLoopView",
    "Concat",
    "DataTask",
    "Delay",
    "Dense",
    "Dropout",
    "ErrorView",
    "EstimatorTrainer",
    "Experiment",
    "FORCELearning",
    "Graph",
    "GraphEditor",
    "Input",
    "IntegrationTask",
    "IntrinsicPlasticity",
    "Lanes",
    "Last",
    "LayerNorm",
    "LinearReadout",
    "LinearTrainer",
    "LorenzTask",
    "LossView",
    "MackeyGlassTask",
    "NarmaTask",
    "PhaseView",
    "Playground",
    "PredictionView",
    "RNNRunner",
    "Regressor",
    "Reservoir",
    "Reshape",
    "ResidualsView",
    "RidgeTrainer",
    "RosslerTask",
    "RunsTable",
    "Select",
    "SinesTask",
    "SpectrumView",
    "SplitView",
    "Sum",
    "SunspotTask",
    "Sweep",
    "SweepView",
    "TimeMean",
    "VanillaRNN",
    "WeightsView",
    "analysis",
    "controls",
    "datasets",
    "load",
    "losses",
    "metrics",
    "sweep",
    "sweep_parts",
    "tasks",
]


def __getattr__(name: str) -> Any:
    if name not in _WIDGETS:
        raise AttributeError(f"module 'rcwidgets' has no attribute {name!r}")
    return getattr(import_module(f"rcwidgets.widgets.{_WIDGETS[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
