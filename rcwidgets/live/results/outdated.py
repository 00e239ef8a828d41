"""What results are of, where the model that stands there is another one: "of the last model: Lorenz, 1 step"."""

from typing import NamedTuple

from rcwidgets.core.document.document import Document
from rcwidgets.core.tasks import DataTask, Series
from rcwidgets.live.results.results import Results


class Asked(NamedTuple):
    """What a model is asked for, and by whom it is taught: the kind of task, the digest of data of the user's own, horizon and trainer.

    The split and the columns are left out: a hand that drags a border changes them many times a second. `name` and `teacher` are words.
    """

    task: str
    digest: str
    horizon: int
    trainer: str
    name: str
    teacher: str


def asked_of(results: Results) -> Asked | None:
    """What the results answer; None where it is not known."""
    question, data, settings = results.question, results.data, results.settings
    if question is None or data is None or data.task is None:
        return None
    return Asked(data.task.kind, data.digest, results.horizon, settings.kind, question.task, settings.label)


def asked_by(document: Document, own: Series | None) -> Asked:
    """What the document asks for."""
    task, trainer = document.task, document.trainer
    series = own if isinstance(task, DataTask) else None
    name = task.label if series is None or not series.name else series.name
    return Asked(task.kind, "" if series is None else series.digest, task.horizon, trainer.kind, name, trainer.label)


def last_words(then: Asked, now: Asked) -> str:
    """What results are of, in words; with the trainer where another one is chosen now.

    >>> lorenz = Asked("lorenz", "", 10, "RidgeTrainer", "Lorenz", "Ridge")
    >>> last_words(lorenz, lorenz._replace(trainer="BPTT", teacher="BPTT"))
    'of the last model: Lorenz, 10 steps, Ridge'
    """
    steps = "same step" if then.horizon == 0 else f"{then.horizon:,} {'step' if then.horizon == 1 else 'steps'}"
    words = [then.name, steps]
    if then.trainer != now.trainer:
        words.append(then.teacher)
    if then.digest != now.digest and then.name == now.name:
        words.append("the data before")
    return f"of the last model: {', '.join(words)}"
