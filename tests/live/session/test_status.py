"""The status: what it starts with, and a text of one line however much it holds."""

from rcwidgets.live.session.status import NodeStatus, Status


def test_it_starts_at_rest_with_nothing_to_say():
    status = Status()
    assert (status.activity, status.message, status.progress, status.auto, status.old) == ("idle", "", None, True, "")


def test_its_text_stays_short():
    told = repr(Status(nodes={str(k): NodeStatus("ok", "word " * 20) for k in range(100)}, message="training"))
    assert len(told) <= 300 and "\n" not in told and "training" in told
