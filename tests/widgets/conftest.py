"""A page for the widgets: a comm that records what is sent and can say what a page would say."""

from collections.abc import Iterator

import comm
import pytest
from comm.base_comm import BaseComm
from ipywidgets import Widget

import rcwidgets as rc
from rcwidgets.widgets.app import App
from rcwidgets.widgets.publisher import Publisher
from tests.live.conftest import model, series  # noqa: F401  # fixtures


class RecordingComm(BaseComm):
    """Keeps each message (data and buffers) instead of sending it."""

    def __init__(self, *args, **kwargs):
        self.sent = []
        super().__init__(*args, **kwargs)

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        self.sent.append(data or {})


class Page:
    """What a page would do to a widget."""

    def say(self, widget, content, buffers=()):
        """Sends a custom message with its buffers and returns the answer to it."""
        before = len(widget.comm.sent)
        widget.comm.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": list(buffers)})
        answers = [data["content"] for data in widget.comm.sent[before:] if data.get("method") == "custom"]
        assert len(answers) == 1
        return answers[0]

    def write(self, widget, **state):
        """Writes traits, as a page could."""
        widget.comm.handle_msg({"content": {"data": {"method": "update", "state": state, "buffer_paths": []}}, "buffers": []})


@pytest.fixture
def page(monkeypatch) -> Iterator[Page]:
    """A page that answers nothing by itself."""
    monkeypatch.setattr(comm, "create_comm", RecordingComm)
    yield Page()


@pytest.fixture
def sent(monkeypatch):
    """The messages that widgets made in the test send: (model id, data, buffers)."""
    messages = []

    class Recording(BaseComm):
        def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
            if msg_type == "comm_msg":
                messages.append((self.comm_id, data, buffers))

    monkeypatch.setattr(comm, "create_comm", lambda **keys: Recording(**keys))
    yield messages
    Widget.close_all()


@pytest.fixture
def alone():
    """No widget of another test is open: one that was closed in part cannot be counted."""
    Widget.close_all()


@pytest.fixture
def play(page, model, series):  # noqa: F811
    """A trained playground of the model on the two waves."""
    made = rc.Playground(model, data=series)
    made.wait(60)
    yield made
    made.close()


@pytest.fixture
def app(page):
    """The models of the page's app, of an experiment that does not train by itself."""
    experiment = rc.Experiment(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), "sunspots", auto=False)
    publisher = Publisher(experiment)
    made = App(experiment, publisher)
    made.publisher = publisher
    yield made
    publisher.close()
    experiment.close()
