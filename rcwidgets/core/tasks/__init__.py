"""Tasks: what the network is asked. Each owns its data, columns, split, horizon, normalisation, and a model to start from."""

from rcwidgets.core.spec.registry import TASKS, arrange
from rcwidgets.core.tasks.base import FEWEST, FEWEST_TESTED, AbstractTask, Series, TaskData
from rcwidgets.core.tasks.baselines import Baseline, baselines_of
from rcwidgets.core.tasks.classes import NO_ROWS, VowelsTask
from rcwidgets.core.tasks.flows import LorenzTask, RosslerTask
from rcwidgets.core.tasks.forecasts import MackeyGlassTask, SinesTask, SunspotTask
from rcwidgets.core.tasks.gaps import TaskError
from rcwidgets.core.tasks.mappings import IntegrationTask, NarmaTask
from rcwidgets.core.tasks.own import DataTask, mends
from rcwidgets.core.tasks.own_classes import ClassesTask, kind_for
from rcwidgets.core.tasks.own_series import own_series

arrange(
    TASKS, (LorenzTask, SunspotTask, MackeyGlassTask, RosslerTask, SinesTask, NarmaTask, IntegrationTask, VowelsTask, DataTask, ClassesTask)
)

__all__ = [
    "FEWEST",
    "FEWEST_TESTED",
    "NO_ROWS",
    "AbstractTask",
    "Baseline",
    "ClassesTask",
    "DataTask",
    "IntegrationTask",
    "LorenzTask",
    "MackeyGlassTask",
    "NarmaTask",
    "RosslerTask",
    "Series",
    "SinesTask",
    "SunspotTask",
    "TaskData",
    "TaskError",
    "VowelsTask",
    "baselines_of",
    "kind_for",
    "mends",
    "own_series",
]
