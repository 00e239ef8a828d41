"""The page app's model of the status, with the table of metrics."""

from typing import Any

import traitlets

from rcwidgets.core.devices import devices_in_words
from rcwidgets.core.spec.json_values import kinds_of
from rcwidgets.live.experiment import Experiment
from rcwidgets.widgets.caption import csv_bytes
from rcwidgets.widgets.message import STATIC, Csv, Result, Told

STATUS = kinds_of(Csv)


class StatusModel(Told):
    """What the worker says: written by the publisher's thread alone. Its own view is the footer with the metrics.

    The page asks with `{id, type: "csv"}` for the table of metrics and gets `{id, ok, result: {csv}}`.
    """

    script = STATIC / "footer.js"
    style = STATIC / "footer.css"
    kinds = STATUS
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
    output = traitlets.Unicode("").tag(sync=True)  # what functions of the user's own printed, as plain text
    old = traitlets.Unicode("").tag(sync=True)  # what the results are of, where they are another model's
    frame = traitlets.Int(0).tag(sync=True)  # which results the figures have got: the page answers when they are on the screen

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.experiment = experiment

    def _do(self, asked: Csv, buffers: Any) -> Result:
        """Gives the table of metrics."""
        metrics = self.experiment.metrics
        if metrics is None:
            raise ValueError("There are no results yet. Train the model first.")
        return {"csv": csv_bytes(*metrics.table()).decode()}

    def show(self) -> None:
        """Takes over the experiment's status, in one message."""
        experiment, status = self.experiment, self.experiment.status
        metrics = experiment.metrics
        with self.hold_sync():
            for name in ("activity", "message", "outcome", "pace", "progress", "revision", "auto", "old", "output"):
                setattr(self, name, getattr(status, name))
            self.nodes = {id: node._asdict() for id, node in status.nodes.items()}
            self.problems = [
                {"owner": one.owner, "knob": one.knob, "text": one.words, "unfinished": one.unfinished} for one in status.problems
            ]
            self.metrics = [metric._asdict() for metric in status.metrics]
            rows = () if metrics is None else metrics.rows()
            self.table = [{**row._asdict(), "channels": [cells._asdict() for cells in row.channels]} for row in rows]
            self.device = devices_in_words()
