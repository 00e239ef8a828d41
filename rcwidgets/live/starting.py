"""The document that an experiment starts with."""

from typing import Any

from rcwidgets.core.document import Document
from rcwidgets.core.graph import Graph
from rcwidgets.core.loading import RUNNERS
from rcwidgets.core.registry import TASKS, TRAINERS, kind_named
from rcwidgets.core.tasks import AbstractTask
from rcwidgets.core.trainers.settings import OWN, AbstractTrainerSettings


def start_document(model: Graph | None, task: "str | AbstractTask", trainer: Any) -> Document:
    """The model, or the task's own start, with the task and the settings of the trainer."""
    chosen = task if isinstance(task, AbstractTask) else kind_named(TASKS, task, "task")()
    graph, settings = chosen.start()
    return Document(model if model is not None else graph, chosen, _settings(trainer, settings))


def functions_of(trainer: Any) -> dict[str, Any]:
    """The user's own functions of a trainer, such as the loss of BPTT, by the setting that they stand for: no document holds them."""
    settings = getattr(trainer, "settings", None)
    if not isinstance(settings, AbstractTrainerSettings):
        return {}
    return {name: getattr(trainer, name) for name, value in settings.knobs.items() if value == OWN}


def _settings(trainer: Any, usual: AbstractTrainerSettings) -> AbstractTrainerSettings:
    """The settings of a trainer, or of its class; those that are usual for the task where it is their class, or where it is None."""
    if trainer is None:
        return usual
    given = getattr(trainer, "settings", trainer)
    if isinstance(given, AbstractTrainerSettings) and given.kind in TRAINERS:
        return given
    for kind, (runner, settings) in RUNNERS.items():
        if trainer is runner and kind in TRAINERS:
            made: AbstractTrainerSettings = usual if kind == usual.kind else settings()
            return made
    raise TypeError(f"Experiment.trainer must be one of {', '.join(TRAINERS)}, or one with settings of its own, got {trainer!r}.")
