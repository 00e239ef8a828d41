"""The operators, the names and the sentences."""

import copy
import operator
import pickle

import numpy as np
import pytest

from rcwidgets.core.graph.graph import Edge, Graph
from rcwidgets.core.nodes import Concat, Input, LinearReadout, Reservoir


def wires(graph: Graph) -> list[str]:
    return [f"{graph.names[e.source]} {'<<' if e.feedback else '>>'} {graph.names[e.target]}" for e in graph.edges]


def test_a_chain_wires_each_node_to_the_next_and_names_them_by_class():
    graph = Input(3) >> Reservoir(10) >> LinearReadout(3)
    assert list(graph.names.values()) == ["input", "reservoir", "readout"]
    assert wires(graph) == ["input >> reservoir", "reservoir >> readout"]


def test_feedback_merges_by_identity():
    i, r, o = Input(3), Reservoir(10), LinearReadout(3)
    graph = (i >> r >> o) & (r << o)
    assert len(graph.nodes) == 3
    assert graph.edges[-1] == Edge(o.token.id, r.token.id, True)
    assert graph.exits == [o.token.id]


def test_identity_survives_a_turned_knob():
    i, r, o = Input(3), Reservoir(10), LinearReadout(3)
    turned = (i >> r >> o).replace("reservoir", spectral_radius=1.3)
    graph = turned & (r << o)
    assert len(graph.nodes) == 3
    assert graph["reservoir"].spectral_radius == 1.3


def test_a_list_concatenates_in_its_order_and_a_set_in_the_order_of_creation():
    first, second, o = Reservoir(2), Reservoir(3), LinearReadout(1)
    listed, together = [second, first] >> o, {second, first} >> o
    assert listed.sources(o.token.id) == [second.token.id, first.token.id]
    assert together.sources(o.token.id) == [first.token.id, second.token.id]


def test_fan_out_and_a_later_merge_of_the_branches():
    i, a, b, o = Input(1), Reservoir(2), Reservoir(3), LinearReadout(1)
    graph = i >> [a, b] >> o
    assert wires(graph) == ["input >> reservoir", "input >> reservoir_2", "reservoir >> readout", "reservoir_2 >> readout"]


def test_names_are_numbered_in_order_of_appearance_and_the_left_ones_stay():
    a, b, o = Reservoir(2), Reservoir(3), LinearReadout(1)
    left, right = b >> o, a >> o
    assert (left & right).names == {b.token.id: "reservoir", o.token.id: "readout", a.token.id: "reservoir_2"}


def test_a_fixed_name_stays_and_two_equal_ones_are_refused():
    assert list((Input(1, name="u") >> Reservoir(2)).names.values()) == ["u", "reservoir"]
    with pytest.raises(ValueError, match="Names must be unique: there are two nodes named 'u'"):
        Input(1, name="u") >> Reservoir(2, name="u")


def test_a_cycle_names_its_nodes_and_offers_a_feedback_wire():
    a, b = Reservoir(2), Reservoir(3)
    with pytest.raises(
        ValueError, match=r"closes a cycle: reservoir -> reservoir_2 -> reservoir. Make it a feedback wire \(reservoir << reservoir_2\)"
    ):
        (a >> b) & (b >> a)


@pytest.mark.parametrize(
    ("wire", "words"),
    [
        (lambda: Reservoir(2) >> Input(1), "input takes no input"),
        (lambda: Input(1) << Reservoir(2), "input takes no feedback"),
        (lambda: operator.rshift(Reservoir(2), 3), "Only nodes, models and lists of them can be composed, got int"),
    ],
)
def test_an_impossible_wire_says_why(wire, words):
    with pytest.raises((ValueError, TypeError), match=words):
        wire()


def test_a_node_that_stands_twice_on_one_side_is_refused():
    i, r, c = Input(), Reservoir(5), Concat()
    words = "stands twice on one side of >>, but is wired once. Name it once."
    with pytest.raises(ValueError, match=f"input {words}"):
        [i, i] >> c
    with pytest.raises(ValueError, match=f"reservoir {words}"):
        i >> [r, r]
    with pytest.raises(ValueError, match="reservoir stands twice on one side of <<"):
        c << [i >> r, r]
    assert len(([i, i >> r] >> c).edges) == 3


def test_numpy_arrays_are_not_taken_for_loops():
    with pytest.raises(TypeError):
        np.zeros(3) >> Reservoir(2)


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (Graph(), "The model is empty"),
        (Graph().add(Reservoir(2)), "The model has no Input"),
        (
            (Input(1) >> Reservoir(2) >> LinearReadout(1)) & (Reservoir(3) >> LinearReadout(2)),
            "reservoir_2 has no input. Wire a node to it.",
        ),
    ],
)
def test_a_half_wired_graph_says_what_is_missing(graph, words):
    assert words in " ".join(problem.text for problem in graph.problems())
    with pytest.raises(ValueError, match=words):
        graph.check()


def test_sizes_come_from_the_data_and_a_mismatch_names_both():
    graph = Input() >> Reservoir(10) >> LinearReadout()
    sized = graph.sized(2, 5)
    assert (sized["input"].features, sized["readout"].features) == (2, 5)
    with pytest.raises(ValueError, match="input has 3 features, the data has 2. Set its features to 2, or leave them empty."):
        (Input(3) >> Reservoir(10) >> LinearReadout()).sized(2, 5)
    with pytest.raises(ValueError, match="The size of input is not known before it sees data"):
        graph.check()


def test_a_node_that_leads_nowhere_is_no_part_of_the_used_graph():
    i, r, o = Input(1), Reservoir(2), LinearReadout(1)
    graph = (i >> r >> o) & (i >> Reservoir(5))
    assert list(graph.used().names.values()) == ["input", "reservoir", "readout"]
    assert graph.problems() == []


def test_concat_gives_the_sum_of_its_inputs():
    graph = [Input(2), Input(3)] >> Concat() >> LinearReadout(1)
    assert graph.problems() == []
    assert graph.order() == list(graph.nodes)


def test_a_graph_is_copied_and_sent_with_its_identities():
    reservoir = Reservoir(10)
    graph = (Input(3) >> reservoir >> LinearReadout(3)) & (reservoir << reservoir)
    for other in (copy.copy(graph), copy.deepcopy(graph), pickle.loads(pickle.dumps(graph))):
        assert other.to_json() == graph.to_json() and len((graph & other).nodes) == 3
