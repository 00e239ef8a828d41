"""Reservoir computing and recurrent-network training in a notebook: the names for users.

The widgets are imported when they are first used, so that scripts and servers need no Jupyter.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from rcwidgets.core import analysis, datasets, losses, metrics
from rcwidgets.core.graph import Graph
from rcwidgets.core.loading import load
from rcwidgets.core.nodes import (
    NVAR,
    Activation,
    Concat,
    Delay,
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
)
from rcwidgets.core.runner import RNNRunner
from rcwidgets.core.trainers.lms import LMS
from rcwidgets.core.trainers.recursive import RLS, FORCELearning
from rcwidgets.core.trainers.ridge import RidgeTrainer
from rcwidgets.live.experiment import Experiment

if TYPE_CHECKING:
    from rcwidgets.widgets.controls import controls
    from rcwidgets.widgets.editor import GraphEditor
    from rcwidgets.widgets.playground import Playground
    from rcwidgets.widgets.views import LossView, PredictionView

__version__ = "0.1.0"

_WIDGETS = {"controls": "controls", "GraphEditor": "editor", "LossView": "views", "Playground": "playground", "PredictionView": "views"}

__all__ = [
    "LMS",
    "NVAR",
    "RLS",
    "Activation",
    "Concat",
    "Delay",
    "Dropout",
    "Experiment",
    "FORCELearning",
    "Graph",
    "GraphEditor",
    "Input",
    "Last",
    "LayerNorm",
    "LinearReadout",
    "LossView",
    "Playground",
    "PredictionView",
    "RNNRunner",
    "Reservoir",
    "Reshape",
    "RidgeTrainer",
    "Select",
    "Sum",
    "TimeMean",
    "analysis",
    "controls",
    "datasets",
    "load",
    "losses",
    "metrics",
]


def __getattr__(name: str) -> Any:
    if name not in _WIDGETS:
        raise AttributeError(f"module 'rcwidgets' has no attribute {name!r}")
    return getattr(import_module(f"rcwidgets.widgets.{_WIDGETS[name]}"), name)
