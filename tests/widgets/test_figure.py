import comm
import pytest
from comm.base_comm import BaseComm
from ipywidgets import Widget

from rcwidgets.widgets.figure import FigureBox, Panel


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


def states(sent, widget):
    return [data["state"] for id, data, _ in sent if id == widget.model_id and data["method"] == "update"]


def test_the_box_holds_the_caption_above_the_panels_and_carries_the_class():
    panel = Panel("x", "y", 100)
    box = FigureBox("Loss", [panel])
    assert box.children[0] is box.caption and box.caption.label == "Loss"
    assert box.children[1].children == (panel.widget,)
    assert "rcw-figure" in box._dom_classes
