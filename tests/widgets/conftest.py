"""A page for the widgets: a comm that records what is sent and can say what a page would say."""

from collections.abc import Iterator

import comm
import pytest
from comm.base_comm import BaseComm


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
