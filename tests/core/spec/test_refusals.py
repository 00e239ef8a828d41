"""A refusal has two wordings: Python's names class and field, the page's names the control by its label. One knob makes both."""

import re
from typing import Any

import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.document.edits import EditError, apply
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.nodes import Dense, Input, LinearReadout, Reservoir, Reshape, Select
from rcwidgets.core.spec.knobs import Knob, knobs_of
from rcwidgets.core.spec.refusal import Refusal, number_word, said_of
from rcwidgets.core.spec.registry import NODES, TASKS, TRAINERS

KNOBS = [
    pytest.param(cls.kind, name, made, id=f"{cls.kind}.{name}")
    for kinds in (NODES, TASKS, TRAINERS)
    for cls in kinds.values()
    for name, made in knobs_of(cls).items()
]
BAD: dict[str, list[Any]] = {
    "float": ["abc", 1e400, -1e300, 1e300, True],
    "int": ["abc", 0.5, 1e400, 10**12, -(10**12)],
    "bool": ["yes", 2],
    "choice": ["nonsense", 3],
    "text": ["a b c"],
    "ints": ["two", 1.5, [], [10**9], [1] * 99],
    "columns": [3, [""], ["a", "a"]],
}
PYTHON = re.compile(r"\w\.\w+_|[\[\](){}'\"]|\bNone\b|\bTrue\b|\bFalse\b|, got ")  # what no sentence on the page has


def refusals_of(kind: str, name: str, made: Knob) -> list[Refusal]:
    """What the knob says to all that it cannot be."""
    found: list[Refusal] = []
    for value in BAD[made.kind]:
        try:
            made.check(f"{kind}.{name}", value)
        except (ValueError, TypeError) as error:
            assert isinstance(error, Refusal), f"{value!r}: {error!r}"
            found.append(error)
    return found


@pytest.mark.parametrize(("kind", "name", "made"), KNOBS)
def test_each_knob_refuses_in_both_wordings(kind: str, name: str, made: Knob) -> None:
    found = refusals_of(kind, name, made)
    assert found
    for error in found:
        assert str(error).startswith(f"{kind}.{name} must ")
        assert error.said.startswith(f"{made.label} must ") and error.said.endswith(".")
        assert not PYTHON.search(error.said), error.said
        assert f"{kind}." not in error.said and ("_" not in name or name not in error.said)


@pytest.mark.parametrize(("kind", "name", "made"), KNOBS)
def test_the_page_says_of_a_number_what_the_kernel_says(kind: str, name: str, made: Knob) -> None:
    if made.kind not in ("float", "int"):
        assert made.says is None
        return
    assert made.says is not None
    for value, word in [("abc", "number"), (1e300, "range")]:
        with pytest.raises((ValueError, TypeError)) as caught:
            made.check(f"{kind}.{name}", value)
        said = said_of(caught.value)
        assert said == made.says[word] or (made.kind == "int" and said == made.says[word].replace("a whole number", "a number"))


def test_the_range_is_written_as_people_write_it() -> None:
    radius = knobs_of(Reservoir)["spectral_radius"]
    assert radius.says == {
        "number": "Spectral radius must be a number between 0 and 10.",
        "range": "Spectral radius must lie between 0 and 10.",
        "span": "between 0 and 10",
    }
    words = [number_word(value) for value in (0.0, 0.001, 20_000, 1e12, 1e-12, -0.99, 10_000_000, 2**32 - 1)]
    assert words == ["0", "0.001", "20,000", "1e12", "1e-12", "-0.99", "10,000,000", "4.29497e9"]


def edit_error(graph: Graph, **edit: object) -> EditError:
    with pytest.raises(EditError) as caught:
        apply(Document(graph), edit)
    return caught.value


def test_names_wires_and_texts_are_refused_in_the_words_of_the_page() -> None:
    graph = Input(3) >> Reservoir(20, name="pool") >> LinearReadout(3)
    readout, pool, select = graph.id_of("readout"), graph.id_of("pool"), Select("0")
    assert said_of(edit_error(graph, op="rename", node=pool, name="my pool")) == (
        "A name must be 1 to 64 letters, digits, _ or -, without spaces."
    )
    assert said_of(edit_error(graph, op="rename", node=pool, name="readout")) == (
        "There is a node named readout already. Choose another name."
    )
    assert said_of(edit_error(graph, op="rename", node=pool, name="task")) == "task is the task itself. Choose another name."
    cycle = edit_error(graph, op="connect", source=readout, target=pool)
    assert str(cycle).startswith("Edge readout -> pool closes a cycle")
    assert said_of(cycle).startswith("A wire from readout to pool would close a circle") and "<<" not in said_of(cycle)
    chosen = Graph().add(select)
    wrong = edit_error(chosen, op="set", owner=select.token.id, knob="features", value="x")
    assert (str(wrong), said_of(wrong)) == (
        "Select.features must be places and ranges such as 1, 0:2 or 0,2,-1, got 'x'.",
        "Features must be places and ranges such as 1, 0:2 or 0,2,-1.",
    )


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (Input(3) >> Select("7") >> LinearReadout(3), "Features must be among the 3 features that arrive, got 7."),
        (Input(3) >> Reshape((2, 2)) >> LinearReadout(3), "Shape must fit the 3 features that arrive: 2, 2 is 4."),
        (Input(3) >> Dense(2) >> LinearReadout(), "The size of readout is not known before it sees data. Give it a number of features."),
    ],
    ids=["select", "reshape", "size"],
)
def test_what_does_not_fit_is_said_in_the_words_of_the_page(graph: Graph, words: str) -> None:
    (problem,) = graph.problems(3)
    assert words in problem.words and not problem.unfinished
    assert "Select." not in problem.words and "Reshape." not in problem.words and "LinearReadout(" not in problem.words
    assert problem.said and problem.text != problem.said


def test_what_is_not_wired_yet_is_unfinished_and_not_wrong() -> None:
    for graph in (Graph(), Graph().add(Reservoir(5)), Graph().add(Input(3)).add(LinearReadout(3))):
        assert all(problem.unfinished for problem in graph.problems(3, 3))
