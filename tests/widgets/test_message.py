"""How messages of the page are read and answered, whatever the model."""

from dataclasses import dataclass

import pytest

from rcwidgets.core.spec.record import kinds_of
from rcwidgets.widgets.caption import Caption
from rcwidgets.widgets.message import Csv, Text, Whole, answer, read_message


@dataclass(frozen=True)
class Turn:
    """A message of the tests."""

    count: Whole
    name: Text


KINDS = kinds_of(Turn, Csv)


class Told:
    """Keeps what a widget would send."""

    def __init__(self):
        self.sent = []

    def send(self, content, buffers=()):
        self.sent.append((content, list(buffers)))


def test_a_message_becomes_the_record_of_its_type():
    assert read_message({"id": 1, "type": "turn", "count": 3, "name": 5}, KINDS) == Turn(3, "5")
    with pytest.raises(ValueError, match="^Message turn.count must be a whole number, got 'True'.$"):
        read_message({"type": "turn", "count": True}, KINDS)
    with pytest.raises(ValueError, match="^Unknown message 'jump'. Known: turn, csv.$"):
        read_message({"type": "jump"}, KINDS)
    with pytest.raises(ValueError, match="^Caption.type must be one of turn, csv, got 'jump'.$"):
        read_message({"type": "jump"}, KINDS, "Caption")


@pytest.mark.parametrize(
    ("result", "reply"),
    [
        ({"revision": 3}, ({"id": 7, "ok": True, "result": {"revision": 3}}, [])),
        (None, ({"id": 7, "ok": True}, [])),
        (b"a,b\n", ({"id": 7, "ok": True}, [b"a,b\n"])),
    ],
)
def test_the_answer_has_the_number_of_the_message_and_what_was_done(result, reply):
    told = Told()
    answer(told, {"id": 7, "type": "csv"}, KINDS, lambda asked: result)
    assert told.sent == [reply]


def test_a_message_without_a_number_is_answered_only_where_it_is_refused():
    told, done = Told(), []
    answer(told, {"type": "turn", "count": 3, "name": "a"}, KINDS, done.append)
    assert told.sent == [] and done == [Turn(3, "a")]
    answer(told, {"type": "turn", "count": "3"}, KINDS, done.append)
    words = "Message turn.count must be a whole number, got '3'."
    assert told.sent == [({"id": None, "ok": False, "error": {"text": words}}, [])] and len(done) == 1


class Broken:
    """A figure that fails with the error it is given."""

    def __init__(self, error):
        self.error = error

    def table(self):
        raise self.error


def test_a_caption_answers_an_error_of_any_kind(page):
    answered = page.say(Caption("Loss", Broken(TypeError("The rows must be numbers."))), {"id": 7, "type": "csv"})
    assert answered == {"id": 7, "ok": False, "error": {"text": "The rows must be numbers."}}


def test_a_fault_of_the_kernel_is_answered_and_raised():
    told = Told()
    with pytest.raises(KeyError):
        answer(told, {"id": 7, "type": "csv"}, KINDS, lambda asked: {}["lost"])
    assert told.sent == [({"id": 7, "ok": False, "error": {"text": "The kernel failed: KeyError: 'lost'"}}, [])]
