"""Select and the brackets of nodes and models, against NumPy's own indexing."""

import numpy as np
import pytest

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir, Select

KEYS = [1, -1, slice(0, 2), slice(None, None, 2), slice(-2, None), slice(None, None, -1), [0, 2], [3, 3, -6], (0, 2)]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_it_gives_what_python_would(key, bench, signal, kinds, close):
    expected = signal[..., list(np.atleast_1d(np.arange(6)[list(key) if isinstance(key, tuple) else key]))]
    assert Select(key).output_size(6) == expected.shape[-1]
    close(bench(Select(key), 6, *kinds).series(signal)[1], expected)
    close(bench(Select(key), 6, *kinds).steps(signal)[1], expected)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (1, "1"),
        (np.int64(1), "1"),
        (slice(0, 2), "0:2"),
        (slice(None, None, 2), "::2"),
        ([0, 2, -1], "0,2,-1"),
        ([slice(0, 2), -1], "0:2,-1"),
        (" 0:2 , -1", "0:2,-1"),
        ("[0, 2]", "0,2"),
    ],
)
def test_its_knob_is_text(key, text):
    assert Select(key).features == text
    assert repr(Select(key)) == f"Select({text!r})"


@pytest.mark.parametrize(
    ("key", "error", "words"),
    [
        ("first", ValueError, "Select.features must be places and ranges such as 1, 0:2 or 0,2,-1, got 'first'."),
        ("", ValueError, "Select.features must be places and ranges"),
        ("0,,1", ValueError, "Select.features must be places and ranges"),
        ("0:1:2:3", ValueError, "Select.features must be places and ranges"),
        ("::0", ValueError, "Select.features must have ranges whose step is not 0, got '::0'."),
        ([], ValueError, "Select.features must be places and ranges"),
        (True, TypeError, "Select.features must be a place, a range or a list of them, such as 1, 0:2 or .0, 2., got True."),
        (1.0, TypeError, "Select.features must be a place, a range"),
        (None, TypeError, "Select.features must be a place, a range"),
    ],
)
def test_what_is_no_choice_is_refused_in_words(key, error, words):
    with pytest.raises(error, match=words):
        Select(key)


def test_brackets_of_a_node_and_of_a_model(generator):
    u = generator.normal(size=(20, 3))
    node = Reservoir(10, seed=0)
    whole = RNNRunner(Input(3) >> node).predict(u)
    np.testing.assert_array_equal(RNNRunner(Input(3) >> node[2:5]).predict(u), whole[:, 2:5])
    np.testing.assert_array_equal(RNNRunner((Input(3) >> node)[[0, -1]]).predict(u), whole[:, [0, -1]])
    np.testing.assert_array_equal(RNNRunner((Input(3) >> node)[4]).predict(u), whole[:, 4:5])
    np.testing.assert_array_equal(RNNRunner(Input(3)[::2]).predict(u), u[:, ::2].astype(np.float32))


def test_a_name_in_the_brackets_of_a_model_is_still_a_node():
    graph = Input(3) >> Reservoir(10)
    assert isinstance(graph["reservoir"], Reservoir)
    assert isinstance(graph[0:2], Graph)
    with pytest.raises(TypeError, match=r"such as node\[0:2\], got 'reservoir'"):
        graph["reservoir"]["reservoir"]
    with pytest.raises(TypeError):
        list(graph["reservoir"])


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (
            3,
            "select: Select.features must be among the 3 features that arrive, got 3. Choose from 0 to 2, or from -3 to -1 counted from the end.",
        ),
        (-4, "select: Select.features must be among the 3 features that arrive, got -4."),
        ([0, 7], "select: Select.features must be among the 3 features that arrive, got 7."),
        (slice(3, 9), "select: Select.features must choose something of the 3 features that arrive, got '3:9'."),
    ],
)
def test_a_place_that_is_not_there_is_named_with_node_and_size(key, words):
    with pytest.raises(ValueError) as caught:
        RNNRunner(Input(3) >> Select(key) >> LinearReadout(1)).predict(np.zeros((5, 3)))
    assert str(caught.value).startswith(words)
    (problem,) = (Input(3) >> Select(key) >> LinearReadout(1)).problems(3, 1)
    assert problem.knob == "features"


def test_json_and_code():
    graph = Input(3)[0:2] >> LinearReadout(1)
    assert "rc.Select('0:2')" in graph.to_code()
    assert Graph.from_json(graph.to_json())["select"].features == "0:2"
