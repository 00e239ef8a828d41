"""Records: what they read, what may be left out, and what comes back as plain data."""

from dataclasses import dataclass
from typing import Annotated

import pytest

from rcwidgets.core.document.ops import Add, Connect, Remove, Set, Start, op_data, read_op
from rcwidgets.core.spec.json_values import as_given, defaults, kinds_of, read_record


def read_even(path, value):
    """A reader of even numbers."""
    if not isinstance(value, int) or value % 2:
        raise ValueError(f"{path} must be even, got {value!r}.")
    return value


@dataclass(frozen=True)
class Pair:
    """Two numbers, the second of which may be left out, and a note."""

    first: Annotated[int, read_even]
    second: Annotated[int, read_even] = 2
    note: Annotated[str | None, as_given] = None


def test_fields_are_read_and_what_is_left_out_takes_its_default():
    assert read_record(Pair, "Pair", {"first": 4}) == Pair(4, 2, None)
    assert read_record(Pair, "Pair", {"first": 4, "second": 8, "note": "a", "more": 1}) == Pair(4, 8, "a")
    assert read_record(Pair, "Pair", {"first": 4, "note": None}).note is None
    assert defaults(Pair) == {"second": 2, "note": None}
    assert kinds_of(Pair, Add) == {"pair": Pair, "add": Add}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"first": 3}, "Pair.first must be even, got 3."),
        ({}, "Pair.first must be even, got None."),
        ({"first": 4, "second": None}, "Pair.second must be even, got None."),
    ],
)
def test_a_field_that_cannot_be_is_refused_with_its_path(data, words):
    with pytest.raises(ValueError, match=f"^{words}$"):
        read_record(Pair, "Pair", data)


def test_ops_are_read_from_plain_data_and_written_back():
    assert read_op({"op": "add", "kind": "GRU", "id": None, "position": [1, 2]}) == Add("GRU", None, (1.0, 2.0))
    assert read_op({"op": "connect", "source": "a", "target": "b"}) == Connect("a", "b", False)
    assert read_op({"op": "remove", "edges": [{"source": "a", "target": "b"}]}) == Remove((), (("a", "b", False),))
    assert op_data(Start()) == {"op": "start"}
    assert read_op(op_data(Set("task", "normalise", True))) == Set("task", "normalise", True)
