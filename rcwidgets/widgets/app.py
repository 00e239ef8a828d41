"""The page app's three models: document, status and transport; each has a comm of its own (see the module `Wire` of the docs)."""

import json
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Annotated, Any, TypedDict

import traitlets
from ipywidgets import widget_serialization

from rcwidgets.core.datasets.table import Series
from rcwidgets.core.document.edits import EditError
from rcwidgets.core.document.offer import Offer
from rcwidgets.core.document.ops import Op, op_data
from rcwidgets.core.document.schema import schema
from rcwidgets.core.graph.graph import Composable
from rcwidgets.core.graph.plain import DocumentData
from rcwidgets.core.spec.json_values import kinds_of
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.session.locks import LocksShown
from rcwidgets.widgets.closing import close_parts
from rcwidgets.widgets.file_words import on_the_page
from rcwidgets.widgets.message import STATIC, Gesture, Result, Told
from rcwidgets.widgets.publisher import Publisher, experiment_of, publisher_of
from rcwidgets.widgets.status import StatusModel
from rcwidgets.widgets.transport import TransportModel
from rcwidgets.widgets.upload import FileRead, Pieces, Read, Upload


def _read_edits(path: str, value: Any) -> Any:
    if not isinstance(value, list):
        raise ValueError(f"{path} must be a list, got {type(value).__name__}.")
    return value  # each is read when its turn comes


@dataclass(frozen=True)
class Edit:
    """Edits, as one entry of the history."""

    edits: Annotated[list[Op], _read_edits]
    gesture: Gesture = None


@dataclass(frozen=True)
class Undo:
    """Takes the last entry back."""


@dataclass(frozen=True)
class Redo:
    """Does it again."""


@dataclass(frozen=True)
class Code:
    """The model as Python."""


APP = kinds_of(Edit, Undo, Redo, Code, Upload, Read)


@cache
def _schema() -> str:
    return json.dumps(schema())


class LeftOut(TypedDict):
    """A column of the user's data that is no series, and why."""

    name: str
    reason: str


class OwnData(TypedDict):
    """What the page shows of the user's own data; `notes` say what was guessed or left out.

    Of several `series` it tells how many rows they have, and of how many `classes` they are; else these are 0.
    """

    name: str
    rows: int
    time: str
    columns: list[str]
    left_out: list[LeftOut]
    notes: list[str]
    series: int
    shortest: int
    longest: int
    classes: int


class History(TypedDict):
    """What the next undo and redo would do, in words."""

    undo: str | None
    redo: str | None


class Shown(TypedDict):
    """What the page shows of an experiment, beside its status."""

    document: DocumentData
    revision: int
    history: History
    data: OwnData | None
    file: FileRead | None
    offer: Offer | None
    locks: LocksShown


class App(Told):
    """The canvas with palette, inspector and (as "playground") the top bar, and the document of `experiment` that all its views share."""

    script = STATIC / "app.js"
    style = STATIC / "app.css"
    kinds = APP
    document = traitlets.Dict().tag(sync=True)
    revision = traitlets.Int(0).tag(sync=True)
    history = traitlets.Dict().tag(sync=True)
    data = traitlets.Dict(None, allow_none=True).tag(sync=True)
    file = traitlets.Dict(None, allow_none=True).tag(sync=True)  # the file of the data, or one that could not be read
    reading = traitlets.Float(None, allow_none=True).tag(sync=True)  # the share of a file that has been read, while it is
    offer = traitlets.Dict(None, allow_none=True).tag(sync=True)  # {text, label, edit}: what task and trainer would rather start from
    locks = traitlets.Dict().tag(sync=True)  # what the hand may not change, and what is not there
    view = traitlets.Unicode("playground").tag(sync=True)
    height = traitlets.Int(330).tag(sync=True)
    unsaved: traitlets.List[str] = traitlets.List().tag(sync=True)  # the models of boxes that a page leaves out of what it saves
    status_model = traitlets.Instance(StatusModel).tag(sync=True, **widget_serialization)
    transport_model = traitlets.Instance(TransportModel).tag(sync=True, **widget_serialization)

    def __init__(self, experiment: Experiment, publisher: Publisher, *, view: str = "playground", height: int = 330) -> None:
        status = StatusModel(experiment)
        self._pieces = Pieces(self._tell)
        self._told = 0.0
        super().__init__(
            status_model=status,
            transport_model=TransportModel(experiment, publisher),
            view=view,
            height=height,
            **_shown(experiment, self._pieces),
        )
        self.experiment = experiment
        # A look may measure what the table of metrics left open.
        self._leave = (
            experiment.subscribe(self._hear),
            publisher.add("status", status.show),
            publisher.add("looks", status.show),
            publisher.add("results", lambda: status.set_trait("frame", publisher.frame), "frame"),
        )
        self._hear("document")  # what changed in another thread since the first look

    def close(self) -> None:
        """Closes the three models, which then follow the experiment no more."""
        if self._leave:
            close_parts(self)
            self._pieces.forget()
        super().close()

    def _facts(self) -> str:
        return _schema()

    def _hear(self, news: str) -> None:
        if news == "document":
            with self.hold_sync():
                for name, value in _shown(self.experiment, self._pieces).items():
                    setattr(self, name, value)

    def _tell(self, share: float | None) -> None:
        """Tells the page the share of a file that has been read, ten times a second."""
        if share is None or monotonic() - self._told > 0.1:
            self._told = monotonic()
            self.reading = share

    def _again(self, asked: Read) -> Series:
        return self._pieces.again(self.experiment.data, asked.options)

    def _do(self, asked: Any, buffers: Any) -> Result:
        """Changes the document, or gives it as code."""
        experiment = self.experiment
        undo, redo = experiment.history
        match asked:
            case Edit(edits, gesture):
                return {"revision": experiment.edit(edits, gesture)}
            case Undo():
                return {"done": experiment.undo(), "label": undo, "revision": experiment.revision}
            case Redo():
                return {"done": experiment.redo(), "label": redo, "revision": experiment.revision}
            case Code():
                return {"code": experiment.code()}
            case Upload() | Read():
                try:
                    table = self._pieces.take(asked, buffers, experiment.data) if isinstance(asked, Upload) else self._again(asked)
                except EditError:
                    self.set_trait("file", _file(experiment, self._pieces))
                    raise
                return {} if table is None else {"revision": experiment.bring(table)}
            case _:
                raise TypeError(f"The app does nothing at {asked!r}.")


class GraphEditor(App):
    """The canvas with palette and inspector, for a layout of your own.

    `x` is an Experiment (shared by all its handles) or a model (then with an experiment of its own, `.experiment`).
    """

    def __init__(self, x: Experiment | Composable, *, height: int = 330) -> None:
        experiment = experiment_of(x, "GraphEditor")
        super().__init__(experiment, publisher_of(experiment), view="editor", height=height)


def _data(experiment: Experiment) -> OwnData | None:
    own = experiment.data
    if own is None:
        return None
    left_out: list[LeftOut] = [{"name": name, "reason": reason} for name, reason in own.left_out]
    lengths = [] if own.parts is None else [rows.stop - rows.start for rows in own.slices]
    return {
        "name": own.name,
        "rows": len(own.values),
        "time": own.time_label,
        "columns": list(own.channels),
        "left_out": left_out,
        "notes": [
            *filter(None, [experiment.chosen]),
            *(on_the_page(note) if own.origin == "file" else note for note in experiment.task.notes(own)),
        ],
        "series": len(lengths),
        "shortest": min(lengths, default=0),
        "longest": max(lengths, default=0),
        "classes": 0 if own.parts is None else len(set(own.parts.labels)),
    }


def _file(experiment: Experiment, pieces: Pieces) -> FileRead | None:
    data = experiment.data
    return pieces.shown(data, experiment.task.notes(data) if data is not None else ())


def _shown(experiment: Experiment, pieces: Pieces) -> Shown:
    undo, redo = experiment.history
    document: Any = experiment.document.to_data(arrays=None)  # the page neither shows nor changes arrays of the user's own
    offered = experiment.offer
    offer: Any = offered and {**offered._asdict(), "edit": op_data(offered.edit)}
    return {
        "document": document,
        "revision": experiment.revision,
        "history": {"undo": undo, "redo": redo},
        "data": _data(experiment),
        "file": _file(experiment, pieces),
        "offer": offer,
        "locks": experiment.locks.shown,
    }
