"""When the start on data of the user's own is chosen by these: where the model is a start that nobody has touched."""

from dataclasses import replace

from rcwidgets.core.document.document import Document
from rcwidgets.core.document.offer import as_known, same_model
from rcwidgets.core.own_choice import BETAS, OwnChoice, choose_start
from rcwidgets.core.starts import start_of
from rcwidgets.core.tasks import DataTask, Series
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings


class Choosing:
    """The newest choice of a start; it is not `allowed` where the model is the user's own.

    What a user has turned since stays: a model that is no longer as it was chosen is never replaced, and a beta that was turned is kept.
    """

    def __init__(self, *, allowed: bool) -> None:
        self._allowed = allowed
        self._choice: OwnChoice | None = None

    def words(self, document: Document) -> str:
        """How the model of the document was chosen; "" where it was not, or where it has been changed since."""
        choice = self._choice
        if choice is None or not _same_question(document, choice.start.task) or not same_model(document.graph, choice.start.graph):
            return ""
        return choice.words if document.trainer == choice.start.trainer else ""

    def followed(self, before: Document, after: Document, own: Series | None) -> Document:
        """The document after an edit, with the start that the data ask for where it asks them something new.

        A model of changes, or with a season, hangs on the columns and the horizon and is chosen anew with them. Any other one stays.
        """
        after = self.released(before, after)
        if own is None or not isinstance(after.task, DataTask):
            return after
        hangs = any(node.kind in ("Difference", "Delay") for node in after.graph.nodes.values())  # on columns and horizon
        new = (hangs and not _same_question(before, after.task)) or before.trainer.kind != after.trainer.kind
        new |= not isinstance(before.task, DataTask) or (_usual(after) and not _usual(before))
        return self.chosen_by(after, own) if new else after

    def released(self, before: Document, after: Document) -> Document:
        """The document after another kind of task was chosen: a beta that the data had chosen for the last one goes with it."""
        last, trainer = self._choice, after.trainer
        other = type(after.task) is not type(before.task)
        if not other or last is None or before.trainer != last.start.trainer or not isinstance(trainer, RidgeSettings):
            return after
        start = start_of(type(after.task)(), trainer.kind).trainer
        if not isinstance(start, RidgeSettings) or trainer.beta != last.start.trainer.knobs["beta"]:
            return after
        return replace(after, trainer=replace(trainer, beta=start.beta))

    def chosen_by(self, document: Document, own: Series, *, keeps_beta: bool = False) -> Document:
        """The document with the start that the data ask for, where its model is a start; with `keeps_beta` its beta stays."""
        task, trainer, last = document.task, document.trainer, self._choice
        if not (self._allowed and isinstance(task, DataTask) and not task.classes and isinstance(trainer, RidgeSettings)):
            return document
        if not (_usual(document) or (last is not None and same_model(document.graph, last.start.graph))):
            return document
        known = [start_of(type(task)(), trainer.kind).trainer, *([] if last is None else [last.start.trainer])]
        keeps_beta |= trainer.beta not in [one.beta for one in known if isinstance(one, RidgeSettings)]
        try:
            choice = choose_start(task, task.prepare(own), trainer, (trainer.beta,) if keeps_beta else BETAS)
        except ValueError:  # such as gaps: the run says them, and the start is chosen when they are mended
            choice = None
        if choice is None:
            return document
        self._choice = choice
        graph = as_known(document.graph, choice.start.graph)
        positions = document.positions if set(graph.nodes) == set(document.graph.nodes) else {}
        return replace(document, graph=graph, trainer=choice.start.trainer, positions=positions)


def _usual(document: Document) -> bool:
    """Whether the model is what the task starts with where no data have told."""
    return same_model(document.graph, start_of(type(document.task)(), document.trainer.kind).graph)


def _same_question(document: Document, task: object) -> bool:
    """Whether a document asks what a task does, whatever the split."""
    one = document.task
    if not isinstance(one, DataTask) or type(one) is not type(task):
        return False
    return _but_split(one) == _but_split(task)


def _but_split(task: DataTask) -> dict[str, object]:
    """The knobs of a task that do not split its data."""
    return {name: value for name, value in task.knobs.items() if name not in ("warmup", "train", "train_series")}
