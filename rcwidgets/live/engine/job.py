"""What the worker of an experiment is asked for."""

from typing import NamedTuple

from rcwidgets.core.document.document import Document


class TrainingJob(NamedTuple):
    """A document to compute, what it is worth knowing by, and what it was asked for; `change` is in the words of the kept run.

    `gesture` is what it belongs to, and `single` asks for one stretch only.
    """

    document: Document
    revision: int
    key: str
    label: str
    change: str = ""
    gesture: str | None = None
    single: bool = False

    @property
    def words(self) -> str:
        """What it was asked for, with the values of knobs that were turned: "Spectral radius 1.1, reservoir"."""
        return self.change if self.change and self.label.startswith(("Set ", "Reset ")) else self.label
