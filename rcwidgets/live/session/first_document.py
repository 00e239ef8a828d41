"""The document that an experiment starts with."""

from typing import Any, TypeAlias

from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.spec.registry import TASKS, TRAINERS, kind_named
from rcwidgets.core.starts import start_of
from rcwidgets.core.tasks import AbstractTask
from rcwidgets.core.trainers.base import OWN, AbstractTrainerSettings
from rcwidgets.core.trainers.table import RUNNERS

# A trainer, its class, its settings, or the kind of it; None where the task may choose.
GivenTrainer: TypeAlias = RNNRunner | type[RNNRunner] | AbstractTrainerSettings | None


def start_document(model: Graph | None, task: "str | AbstractTask", trainer: GivenTrainer) -> Document:
    """The model with the task and the settings of the trainer; without a model, what this task starts with under this trainer.

    A task, or settings, that are given as such stay as they are.
    """
    given = isinstance(task, AbstractTask)
    chosen: AbstractTask = task if isinstance(task, AbstractTask) else kind_named(TASKS, task, "task")()
    settings = _settings(trainer)
    start = start_of(chosen, settings if isinstance(settings, str) else None if settings is None else settings.kind)
    return Document(
        start.graph if model is None else model,
        chosen if given or model is not None else start.task,
        settings if isinstance(settings, AbstractTrainerSettings) else start.trainer,
    )


def functions_of(trainer: Any) -> dict[str, Any]:
    """The user's own functions of a trainer, such as the loss of BPTT, by the setting that they stand for: no document holds them."""
    settings = getattr(trainer, "settings", None)
    if not isinstance(settings, AbstractTrainerSettings):
        return {}
    return {name: getattr(trainer, name) for name, value in settings.knobs.items() if value == OWN}


def _settings(trainer: Any) -> AbstractTrainerSettings | str | None:
    """The settings of a trainer, the kind of a class of trainers, or None where the task may choose."""
    if trainer is None:
        return None
    given = getattr(trainer, "settings", trainer)
    if isinstance(given, AbstractTrainerSettings) and given.kind in TRAINERS:
        return given
    for kind, (runner, _) in RUNNERS.items():
        if trainer is runner and kind in TRAINERS:
            return kind
    raise TypeError(f"Experiment.trainer must be one of {', '.join(TRAINERS)}, or one with settings of its own, got {trainer!r}.")
