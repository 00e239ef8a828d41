"""Knobs that are written, not turned: texts and whole numbers, in Python, in documents, in edits and on stock controls."""

import json
from dataclasses import dataclass, field

import numpy as np
import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.document.edits import EditError, apply
from rcwidgets.core.document.schema import schema
from rcwidgets.core.nodes import NVAR, Input, LinearReadout, Reshape, Select
from rcwidgets.core.spec.json_values import DocumentError
from rcwidgets.core.spec.knob import plain
from rcwidgets.core.spec.knobs import Spec, arguments, ints, knobs_of, text


@dataclass(frozen=True, repr=False)
class Note(Spec):
    words: str = text("none", "A note.")
    sizes: int | tuple[int, ...] = ints((1, 2), -1, 9, "Some sizes.")
    unused: list[int] = field(default_factory=list)


KNOBS = knobs_of(Note)


@pytest.mark.parametrize(("value", "kept"), [(3, 3), ([3], 3), ((3, -1), (3, -1)), ([np.int64(3), 4], (3, 4)), (np.int32(5), 5)], ids=str)
def test_whole_numbers_are_kept_plain(value, kept):
    found = Note(sizes=value).sizes
    assert found == kept
    assert {type(one) for one in (found if isinstance(found, tuple) else (found,))} == {int}


@pytest.mark.parametrize("value", [10, (1, -2), [3] * 17, ()])
def test_whole_numbers_out_of_range_or_too_many_are_a_value_error(value):
    with pytest.raises(ValueError, match="Note.sizes must be"):
        Note(sizes=value)


@pytest.mark.parametrize("value", [1.5, True, None, "1, 2", {1, 2}, (1, 2.0), np.array([1, 2])], ids=str)
def test_what_is_no_whole_number_is_a_type_error(value):
    with pytest.raises(TypeError, match="Note.sizes must be a whole number or several, such as 2 or"):
        Note(sizes=value)


@pytest.mark.parametrize("value", [1, None, ["a"]], ids=str)
def test_what_is_no_text_is_a_type_error(value):
    with pytest.raises(TypeError, match="Note.words must be a text, got"):
        Note(words=value)


def test_they_are_written_as_python():
    assert arguments(Note("it's", (1, 2))) == ['"it\'s"']
    assert arguments(Note(sizes=(3, 4))) == ["'none'", "sizes=(3, 4)"]
    assert eval(repr(NVAR(2, order=(2, 3))), {"NVAR": NVAR}).order == (2, 3)


def test_the_schema_is_plain_json():
    shape = schema()["nodes"]["Reshape"]["knobs"]["shape"]
    assert (shape["kind"], shape["default"], shape["effect"]) == ("ints", [1, -1], "rebuild")
    assert schema()["nodes"]["NVAR"]["knobs"]["order"]["default"] == 2
    assert schema()["nodes"]["Select"]["knobs"]["features"]["kind"] == "text"
    assert json.loads(json.dumps(shape)) == shape
    assert plain((1, 2)) == [1, 2]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (2, 2),
        ([2, 3], (2, 3)),
        ("2", 2),
        ("2,3", (2, 3)),
        (" 2 , 3 ", (2, 3)),
        ("(2, 3)", (2, 3)),
        ("[2, 3]", (2, 3)),
        ("2,", 2),
        ("-1, 4", (-1, 4)),
    ],
)
def test_a_document_or_the_page_may_write_them_as_text(value, kept):
    assert KNOBS["sizes"].read("Note.sizes", value) == kept


@pytest.mark.parametrize("value", ["", "two", "2;3", "2 3", "1e3", "2.0", ",", "9" * 12, "1," * 150 + "1", "２"])
def test_a_text_that_is_no_whole_number_is_refused_in_words(value):
    with pytest.raises(ValueError, match="Note.sizes must be whole numbers with commas between, such as 2, 3, got"):
        KNOBS["sizes"].read("Note.sizes", value)


@pytest.mark.parametrize("value", [None, True, 2.5, [2, "3"], [[2]], {"a": 1}, 10**400])
def test_other_json_is_refused_in_words(value):
    with pytest.raises(ValueError, match="Note.sizes must be a whole number or a list of them, got"):
        KNOBS["sizes"].read("Note.sizes", value)


@pytest.mark.parametrize("value", [[0, 1], {"a": 1}, "x" * 201])
def test_a_text_knob_takes_a_short_text(value):
    with pytest.raises(ValueError, match="Note.words must be a short text, got"):
        KNOBS["words"].read("Note.words", value)


def test_a_document_keeps_them():
    graph = Input(4) >> Reshape((2, 2)) >> Select([0, -1]) >> NVAR(order=(2, 3)) >> LinearReadout(1)
    data = json.loads(Document(graph).to_json())
    assert [node["knobs"].get("shape") or node["knobs"].get("order") for node in data["nodes"]] == [None, [2, 2], None, [2, 3], None]
    again = Document.from_data(data)
    assert again.to_json() == Document(graph).to_json()
    assert (again.graph["reshape"].shape, again.graph["select"].features, again.graph["nvar"].order) == ((2, 2), "0,-1", (2, 3))


@pytest.mark.parametrize(
    ("node", "knob", "value", "words"),
    [
        (3, "order", [2, 2], r"nodes[3].knobs.order: NVAR.order must be different degrees, got (2, 2)."),
        (3, "order", "two", r"nodes[3].knobs.order: NVAR.order must be whole numbers with commas between"),
        (2, "features", "first", r"nodes[2].knobs.features: Select.features must be places and ranges"),
        (1, "shape", [0], r"nodes[1].knobs.shape: Reshape.shape must be sizes from 1"),
    ],
)
def test_a_bad_one_in_a_document_is_named_by_its_path(node, knob, value, words):
    data = Document(Input(4) >> Reshape() >> Select() >> NVAR() >> LinearReadout(1)).to_data()
    data["nodes"][node]["knobs"][knob] = value
    with pytest.raises(DocumentError) as caught:
        Document.from_data(data)
    assert str(caught.value).startswith(words)


def test_an_edit_sets_resets_and_refuses_them():
    document = Document(Input(4) >> Select() >> NVAR() >> LinearReadout(1))
    nvar, select = document.graph.id_of("nvar"), document.graph.id_of("select")
    after, label = apply(document, {"op": "set", "owner": nvar, "knob": "order", "value": "3, 2"})
    assert (after.graph["nvar"].order, label) == ((3, 2), "Set Order of nvar")
    after, _ = apply(after, {"op": "reset", "owner": nvar, "knob": "order"})
    assert after.graph["nvar"].order == 2
    assert apply(after, {"op": "set", "owner": select, "knob": "features", "value": " ::2 "})[0].graph["select"].features == "::2"
    with pytest.raises(EditError, match="Select.features must be places and ranges such as 1, 0:2 or 0,2,-1, got 'x'.") as caught:
        apply(after, {"op": "set", "owner": select, "knob": "features", "value": "x"})
    assert (caught.value.owner, caught.value.knob) == (select, "features")
    larger, _ = apply(document, {"op": "set", "owner": nvar, "knob": "delay", "value": 100})
    with pytest.raises(EditError, match=r"nvar makes the model need .* GB of memory; a model may take 4 GB. Lower its order.") as caught:
        apply(larger, {"op": "set", "owner": nvar, "knob": "order", "value": 6})
    assert (caught.value.owner, caught.value.knob) == (nvar, "order")
