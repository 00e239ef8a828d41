"""Reshape against NumPy's own."""

import numpy as np
import pytest

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, LinearReadout, Reshape


@pytest.mark.parametrize("shape", [(2, 3), (3, 2), (-1, 2), (2, -1), (1, -1), 6, -1, (1, 2, 3), (3, -1, 2)])
def test_it_reads_by_rows_and_gives_by_columns(shape, bench, signal, kinds, close):
    expected = np.array([[row.reshape(shape).ravel(order="F") for row in rows] for rows in signal])
    close(bench(Reshape(shape), 6, *kinds).series(signal)[1], expected)
    close(bench(Reshape(shape), 6, *kinds).steps(signal)[1], expected)


def test_taps_of_channels_become_channels_of_taps(bench):
    u = np.array([10.0, 11, 20, 21, 30, 31])[None, None]  # three taps of two channels
    assert bench(Reshape((3, 2)), 6).series(u)[1].ravel().tolist() == [10, 20, 30, 11, 21, 31]
    assert bench(Reshape((2, 3)), 6).series(bench(Reshape((3, 2)), 6).series(u)[1])[1].tolist() == u.tolist()


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((2, 2), r"reshape: Reshape.shape must fit the 6 features that arrive, got \(2, 2\), which is 4. Choose sizes that multiply to 6."),
        ((4, -1), r"reshape: Reshape.shape must fit the 6 features that arrive, got \(4, -1\), which is a multiple of 4."),
    ],
)
def test_sizes_that_do_not_fit_are_refused_with_both(shape, words):
    with pytest.raises(ValueError, match=words):
        RNNRunner(Input(6) >> Reshape(shape) >> LinearReadout(1)).predict(np.zeros((3, 6)))
    assert (Input(6) >> Reshape(shape) >> LinearReadout(1)).problems(6, 1)[0].knob == "shape"


@pytest.mark.parametrize("shape", [0, (2, 0), (-1, -1)])
def test_a_shape_that_no_array_has_is_refused(shape):
    with pytest.raises(ValueError, match=r"Reshape.shape must be sizes from 1, of which one may be -1"):
        Reshape(shape)


def test_json_and_code():
    graph = Input(6) >> Reshape((3, 2)) >> LinearReadout(1)
    assert "rc.Reshape((3, 2))" in graph.to_code()
    assert Graph.from_json(graph.to_json())["reshape"].shape == (3, 2)
