"""The memory estimate against counts by hand."""

import re
import tracemalloc

import numpy as np
import pytest

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.needs import memory_estimate, memory_problem
from rcwidgets.core.nodes import Concat, Input, LinearReadout, Reservoir


def test_a_reservoir_with_a_readout_by_hand():
    graph = Input(3) >> Reservoir(100) >> LinearReadout(2)
    weights = 100 * 100 + 100 * (3 + 1) + 2 * (100 + 1)
    moments = 100 * 100
    assert memory_estimate(graph) == 8 * (weights + moments) + 9 * 100 * 100


def test_feedback_and_concatenation_count():
    i, r, o = Input(3), Reservoir(100), LinearReadout(2)
    fed = (i >> r >> o) & (r << o)
    assert memory_estimate(fed) - memory_estimate(i >> r >> o) == 8 * 100 * 2
    joined = [Input(2), Reservoir(4)] >> Concat() >> LinearReadout(1, trainable=False)
    assert memory_estimate(joined) == 8 * (4 * 4 + 4 * 1 + 1 * (6 + 1)) + 9 * 4 * 4


def test_a_size_that_the_data_will_tell_does_not_hide_what_follows():
    assert memory_estimate(Input() >> Reservoir(1000) >> LinearReadout()) == memory_estimate(
        Input(1) >> Reservoir(1000) >> LinearReadout(1)
    )
    assert memory_estimate(Graph()) == 0


def test_few_connections_count_alone():
    graph = Graph().add(Reservoir(5000, topology="cycle with jumps"))
    assert memory_estimate(graph) == 8 * (3 * 3 * 5000 + 5000) + 9 * 3 * 3 * 5000
    trainable = Graph().add(Reservoir(5000, topology="cycle with jumps", trainable=True))
    assert memory_estimate(trainable) == 8 * (5000 * 5000 + 5000) + 9 * 5000 * 5000


@pytest.mark.parametrize("knobs", [{"units": 600}, {"units": 1500, "connectivity": 0.1}], ids=["dense", "gather"])
def test_the_estimate_covers_the_drawing_of_a_reservoir(knobs):
    graph = Graph().add(Reservoir(**knobs))
    tracemalloc.start()
    Reservoir(**knobs).draw(lambda name: np.random.default_rng(0), 1, 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0.8 * peak <= memory_estimate(graph) <= 1.5 * peak


@pytest.mark.parametrize(
    ("graph", "words", "knob"),
    [
        (
            lambda: Input(1) >> Reservoir(20_000, connectivity=0.5),
            r"reservoir makes the model need 6.8 GB of memory; a model may take 4 GB. Choose fewer units.",
            "units",
        ),
        (
            lambda: Input(1) >> [Reservoir(9_000) for _ in range(6)] >> LinearReadout(1),
            "readout makes the model need .* Give it fewer features.",
            None,
        ),
    ],
)
def test_a_model_too_large_names_the_node_that_takes_most(graph, words, knob):
    made = graph()
    problem = memory_problem(made)
    assert problem is not None
    assert problem.knob == knob
    assert made.names[problem.owner] in problem.text
    assert re.fullmatch(words, problem.text)


def test_the_largest_dense_reservoir_of_a_laptop_fits():
    assert memory_problem(Input(3) >> Reservoir(10_000) >> LinearReadout(3)) is None
