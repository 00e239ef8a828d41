"""How messages of the page are read and answered, whatever the model."""

from dataclasses import dataclass

import pytest

from rcwidgets.core.spec.json_values import kinds_of
from rcwidgets.widgets.caption import Caption
from rcwidgets.widgets.message import Csv, Text, Told, Whole, read_message


@dataclass(frozen=True)
class Turn:
    """A message of the tests."""

    count: Whole
    name: Text


KINDS = kinds_of(Turn, Csv)


class Model(Told):
    """A model that does what it is told to do, and keeps what it would send."""

    _esm = "export default {}"
    kinds = KINDS

    def __init__(self, do):
        super().__init__()
        self._do = lambda asked, buffers: do(asked)
        self.sent = []

    def send(self, content, callbacks=None, buffers=None):
        self.sent.append((content, list(buffers or [])))

    def hear(self, content):
        """What the page says."""
        self._receive(self, content, [])


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
    model = Model(lambda asked: result)
    model.hear({"id": 7, "type": "csv"})
    assert model.sent == [reply]


def test_a_message_without_a_number_is_answered_only_where_it_is_refused():
    done = []
    model = Model(done.append)
    model.hear({"type": "turn", "count": 3, "name": "a"})
    assert model.sent == [] and done == [Turn(3, "a")]
    model.hear({"type": "turn", "count": "3"})
    words = "Message turn.count must be a whole number, got '3'."
    assert model.sent == [({"id": None, "ok": False, "error": {"text": words}}, [])] and len(done) == 1


class Broken:
    """A figure that fails with the error it is given."""

    def __init__(self, error):
        self.error, self.shown = error, self

    def table(self):
        raise self.error


def test_a_caption_answers_an_error_of_any_kind(page):
    answered = page.say(Caption("Loss", Broken(TypeError("The rows must be numbers."))), {"id": 7, "type": "csv"})
    assert answered == {"id": 7, "ok": False, "error": {"text": "The rows must be numbers."}}


def test_a_fault_of_the_kernel_is_answered_and_raised():
    model = Model(lambda asked: {}["lost"])
    with pytest.raises(KeyError):
        model.hear({"id": 7, "type": "csv"})
    assert model.sent == [({"id": 7, "ok": False, "error": {"text": "The kernel failed: KeyError: 'lost'"}}, [])]
