"""The question that results answer: which data, how far ahead, split and normalised how. Errors of two questions cannot be compared."""

import hashlib
import json
from typing import Any, NamedTuple

from rcwidgets.core.spec.knob import plain
from rcwidgets.core.spec.knobs import knobs_of
from rcwidgets.core.tasks import AbstractTask, TaskData

_TOLD = ("horizon", "inputs", "targets")  # knobs that have words of their own, or that the channels tell


class Question(NamedTuple):
    """What a model is asked: `task` ("Lorenz", or the name of the user's file), so many steps ahead (`horizon`).

    `changes` tells in words what else is not as the task has it by default, such as "Training part 4,000"; empty where all is. `key` is the
    same for the same question alone, and a text of another one for data of the user's own that are called the same.
    """

    task: str
    horizon: int
    changes: str
    key: str
    classes: bool = False  # whether whole series are told apart, where nothing lies ahead

    @property
    def words(self) -> str:
        """The question in a few words.

        >>> from rcwidgets.core.tasks import LorenzTask
        >>> question(LorenzTask(horizon=10, train=4000)).words
        'Lorenz, 10 steps ahead (Training part 4,000)'
        """
        return f"{self.task}{'' if self.classes else f', {ahead(self.horizon)}'}" + (f" ({self.changes})" if self.changes else "")


NO_QUESTION = Question("", 1, "", "")


def question(task: AbstractTask, data: TaskData | None = None) -> Question:
    """The question of a task. With its `data`, a part that is "by itself" is the same as one of just as many rows."""
    asked, usual = task.knobs, type(task)().knobs
    columns: list[Any] = [plain(asked.get("inputs")), plain(asked.get("targets"))]
    if data is not None:
        rows = len(data.inputs)
        if data.several:
            asked |= {"warmup": data.washed, "train": None, "train_series": data.trained}
            usual |= {"warmup": data.washed if asked["warmup"] is None else None, "train": None}
        else:
            asked |= {"warmup": data.warmup, "train": data.train}
            usual |= dict(zip(("warmup", "train"), type(task)().split(rows), strict=True))
        columns = [data.input_channels, data.channels]
    known = knobs_of(type(task))
    told = [name for name, value in task.knobs.items() if value is not None and asked[name] != usual[name] and name not in _TOLD]
    changes = [f"{known[name].label} {known[name].show(asked[name])}" for name in told]
    if any(asked.get(name) is not None for name in ("inputs", "targets")):
        changes.append(f"{known['inputs'].show(columns[0])} to {known['targets'].show(columns[1])}")
    digest = "" if data is None else data.digest
    whole = {"kind": task.kind, **asked, "inputs": columns[0], "targets": columns[1], "digest": digest}
    key = hashlib.sha256(json.dumps(whole, default=list, sort_keys=True).encode()).hexdigest()
    name = data.own.name if data is not None and data.own is not None else ""
    return Question(name or task.label, task.horizon, ", ".join(changes), key, task.classes)


def ahead(horizon: int) -> str:
    """How far ahead of the input its target is."""
    return "at the same step" if horizon == 0 else f"{horizon:,} {'step' if horizon == 1 else 'steps'} ahead"
