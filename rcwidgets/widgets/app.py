"""The page app's three models: document, status and transport; each has a comm of its own (see the module `Wire` of the docs)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import jax
import traitlets
from ipywidgets import widget_serialization

from rcwidgets.core.document.schema import schema
from rcwidgets.live.experiment import Experiment
from rcwidgets.widgets.caption import csv_bytes
from rcwidgets.widgets.closing import close_parts
from rcwidgets.widgets.message import answer, gesture_of
from rcwidgets.widgets.publisher import Publisher
from rcwidgets.widgets.upload import Upload

STATIC = Path(__file__).parent.parent / "static"


class StatusModel(anywidget.AnyWidget):
    """What the worker says: written by the publisher's thread alone. Its own view is the footer with the metrics.

    The page asks with `{id, type: "csv"}` for the table of metrics and gets `{id, ok, result: {csv}}`.
    """

    _esm = STATIC / "footer.js"
    _css = STATIC / "footer.css"
    activity = traitlets.Unicode("idle").tag(sync=True)
    message = traitlets.Unicode("").tag(sync=True)
    outcome = traitlets.Unicode("").tag(sync=True)
    pace = traitlets.Unicode("").tag(sync=True)
    progress = traitlets.Float(None, allow_none=True).tag(sync=True)
    nodes = traitlets.Dict().tag(sync=True)
    problems: traitlets.List[Any] = traitlets.List().tag(sync=True)
    metrics: traitlets.List[Any] = traitlets.List().tag(sync=True)
    table: traitlets.List[Any] = traitlets.List().tag(sync=True)  # all metrics, as rows of `MetricRow`
    device = traitlets.Unicode("").tag(sync=True)
    revision = traitlets.Int(0).tag(sync=True)
    auto = traitlets.Bool(True).tag(sync=True)
    old = traitlets.Unicode("").tag(sync=True)  # what the results are of, where they are another model's
    frame = traitlets.Int(0).tag(sync=True)  # which results the figures have got: the page answers when they are on the screen

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self._experiment = experiment
        self.on_msg(self._receive)

    def _receive(self, _: Any, message: Any, buffers: Any) -> None:
        answer(self, message, self._do)

    def _do(self, message: dict[str, Any]) -> dict[str, Any]:
        if message.get("type") != "csv":
            raise ValueError(f"Unknown message {message.get('type')!r}. Known: csv.")
        metrics = self._experiment.metrics
        if metrics is None:
            raise ValueError("There are no results yet. Train the model first.")
        return {"csv": csv_bytes(*metrics.table()).decode()}

    def show(self) -> None:
        """Takes over the experiment's status, in one message."""
        experiment, status = self._experiment, self._experiment.status
        metrics = experiment.metrics
        with self.hold_sync():
            self.activity, self.message, self.progress = status.activity, status.message, status.progress
            self.pace, self.outcome = status.pace, status.outcome
            self.nodes = {id: node._asdict() for id, node in status.nodes.items()}
            self.problems = [
                {"owner": one.owner, "knob": one.knob, "text": one.words, "unfinished": one.unfinished} for one in status.problems
            ]
            self.metrics = [metric._asdict() for metric in status.metrics]
            rows = () if metrics is None else metrics.rows()
            self.table = [{**row._asdict(), "channels": [cells._asdict() for cells in row.channels]} for row in rows]
            self.revision, self.auto, self.old = status.revision, status.auto, status.old
            self.device = jax.default_backend().upper()


class TransportModel(anywidget.AnyWidget):
    """Run, Pause, Stop and the live knobs: messages from the page.

    The worker never publishes on it, so that it answers while a cell runs. `{type: "drawn", frame}` tells that the figures show a frame of
    the status; it has no id, and gets no answer.
    """

    _esm = "export default {}"

    def __init__(self, experiment: Experiment, publisher: Publisher) -> None:
        super().__init__()
        self._experiment = experiment
        self._publisher = publisher
        self.on_msg(self._receive)

    def _receive(self, _: Any, message: Any, buffers: Any) -> None:
        if isinstance(message, dict) and message.get("type") == "drawn" and isinstance(frame := message.get("frame"), int):
            self._publisher.drawn(frame)
        else:
            answer(self, message, self._do)

    def _do(self, message: dict[str, Any]) -> dict[str, Any]:
        kind = message.get("type")
        experiment = self._experiment
        if kind == "set":
            edit = {"op": "set", **{key: message.get(key) for key in ("owner", "knob", "value")}}
            return {"revision": experiment.edit([edit], gesture_of(message))}
        actions = {
            "run": experiment.run,
            "pause": experiment.pause,
            "resume": experiment.resume,
            "stop": experiment.stop,
            "step": experiment.step,
            "reset": experiment.reset,
            "ready": lambda: None,
        }
        if not isinstance(kind, str) or kind not in actions:
            raise ValueError(f"Unknown message {kind!r}. Known: set, {', '.join(actions)}.")
        actions[kind]()
        return {"revision": experiment.revision}


class App(anywidget.AnyWidget):
    """The canvas with palette, inspector and (as "playground") the top bar, and the document that all its views share."""

    _esm = STATIC / "app.js"
    _css = STATIC / "app.css"
    document = traitlets.Dict().tag(sync=True)
    revision = traitlets.Int(0).tag(sync=True)
    history = traitlets.Dict().tag(sync=True)
    schema = traitlets.Dict().tag(sync=True)
    data = traitlets.Dict(None, allow_none=True).tag(sync=True)
    offer = traitlets.Dict(None, allow_none=True).tag(sync=True)  # {text, label, edit}: what task and trainer would rather start from
    view = traitlets.Unicode("playground").tag(sync=True)
    height = traitlets.Int(330).tag(sync=True)
    _leave: tuple[Callable[[], None], ...] = ()
    status_model = traitlets.Instance(StatusModel).tag(sync=True, **widget_serialization)
    transport_model = traitlets.Instance(TransportModel).tag(sync=True, **widget_serialization)

    def __init__(self, experiment: Experiment, publisher: Publisher, *, view: str = "playground", height: int = 330) -> None:
        status = StatusModel(experiment)
        super().__init__(
            status_model=status,
            transport_model=TransportModel(experiment, publisher),
            schema=schema(),
            view=view,
            height=height,
            **_shown(experiment),
        )
        self._experiment = experiment
        self._upload = Upload()
        self.on_msg(self._receive)
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
        for leave in self._leave:
            leave()
        if self._leave:
            self._leave = ()
            close_parts(self)
        super().close()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Ignores what the page writes: its traits are the kernel's, and changes come as checked messages."""

    def _hear(self, news: str) -> None:
        if news == "document":
            with self.hold_sync():
                for name, value in _shown(self._experiment).items():
                    setattr(self, name, value)

    def _receive(self, _: Any, message: Any, buffers: Any) -> None:
        answer(self, message, lambda asked: self._do(asked, buffers))

    def _do(self, message: dict[str, Any], buffers: Any) -> dict[str, Any]:
        kind = message.get("type")
        experiment = self._experiment
        if kind == "upload":
            table = self._upload.take(message, buffers)
            return {} if table is None else {"revision": experiment.bring(table)}
        if kind == "edit":
            edits = message.get("edits")
            if not isinstance(edits, list):
                raise ValueError(f"Message edit.edits must be a list, got {type(edits).__name__}.")
            return {"revision": experiment.edit(edits, gesture_of(message))}
        if kind == "undo":
            label, _ = experiment.history
            return {"done": experiment.undo(), "label": label, "revision": experiment.revision}
        if kind == "redo":
            _, label = experiment.history
            return {"done": experiment.redo(), "label": label, "revision": experiment.revision}
        if kind == "code":
            return {"code": experiment.code()}
        raise ValueError(f"Unknown message {kind!r}. Known: edit, undo, redo, code, upload.")


def _data(experiment: Experiment) -> dict[str, Any] | None:
    """What the page shows of the user's own data: an OwnData of the wire, or None."""
    own = experiment.data
    if own is None:
        return None
    left_out = [{"name": name, "reason": reason} for name, reason in own.left_out]
    return {"name": own.name, "rows": len(own.values), "time": own.time_label, "columns": list(own.channels), "left_out": left_out}


def _shown(experiment: Experiment) -> dict[str, Any]:
    undo, redo = experiment.history
    document = experiment.document.to_data(arrays=None)  # the page neither shows nor changes arrays of the user's own
    offer = experiment.offer
    return {
        "document": document,
        "revision": experiment.revision,
        "history": {"undo": undo, "redo": redo},
        "data": _data(experiment),
        "offer": None if offer is None else offer._asdict(),
    }
