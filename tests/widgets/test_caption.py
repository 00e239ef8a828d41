"""The caption: its words in one message, its CSV for the page, and what is refused."""

from unittest.mock import Mock

import pytest

from rcwidgets.widgets.caption import Caption, csv_bytes, legend_item
from rcwidgets.widgets.figure import FigureBox, Panel


def states(sent, widget):
    return [data["state"] for id, data, _ in sent if id == widget.model_id and data["method"] == "update"]


def test_the_caption_is_written_in_one_message(sent):
    box = FigureBox("Loss", [Panel("x", "y", 100)])
    box.describe("after each change", [legend_item("now", "red", "dot", "the last one")], "One change.")
    (state,) = states(sent, box.caption)
    assert (box.caption.panels[0]["across"], box.caption.windows) == ("x", [[0, 1, 0, 1]])
    legend = [{"text": "now", "color": "red", "form": "dot", "title": "the last one"}]
    assert state == {"subtitle": "after each change", "legend": legend, "summary": "One change."}
    sent.clear()
    box.describe("after each change", legend, "Two changes.")
    assert states(sent, box.caption) == [{"summary": "Two changes."}]


class Of:
    """A figure with a table and nothing else."""

    def __init__(self, *table):
        self.table, self.shown = lambda: table, self


def ask(caption, content):
    caption.comm.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})


def test_the_page_asks_for_csv_and_gets_the_bytes_under_its_number(sent):
    caption = Caption("Loss", Of(("a", "b"), [(1.5, "x"), (float("inf"), "y, z")]))
    ask(caption, {"id": 7, "type": "csv"})
    ((_, data, buffers),) = sent
    assert data["content"] == {"id": 7, "ok": True}
    assert bytes(buffers[0]).decode() == 'a,b\n1.5,x\ninf,"y, z"\n'


@pytest.mark.parametrize("content", [{"id": 7, "type": "exec"}, {"id": 7}])
def test_another_message_is_refused_in_words(sent, content):
    ask(Caption("Loss", Of((), ())), content)
    assert sent[0][1]["content"]["ok"] is False
    words = "Caption.type must be one of csv, choose, channels, zoom, size, split, got "
    assert sent[0][1]["content"]["error"]["text"].startswith(words)


@pytest.mark.parametrize("content", [{"type": "csv"}, {"id": "7", "type": "csv"}, "csv", None])
def test_a_message_without_a_number_is_not_answered(sent, content):
    ask(Caption("Loss", Of((), ())), content)
    assert sent == []


@pytest.mark.parametrize(
    ("kind", "text"), [(TypeError, "no table"), (OSError, "no table"), (KeyError, "The kernel failed: KeyError: 'no table'")]
)
def test_whatever_goes_wrong_the_page_gets_an_answer(sent, kind, text):
    figure = Of((), ())
    figure.table = Mock(side_effect=kind("no table"))
    ask(Caption("Loss", figure), {"id": 7, "type": "csv"})
    assert [data["content"] for _, data, _ in sent] == [{"id": 7, "ok": False, "error": {"text": text}}]


def test_csv_texts_that_a_spreadsheet_would_run_are_quoted_and_numbers_are_not():
    assert csv_bytes(["=1+1"], [["@x", -1.5]]).decode() == "'=1+1\n'@x,-1.5\n"
