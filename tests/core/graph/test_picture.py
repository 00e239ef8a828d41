"""The static picture: well-formed SVG with the right nodes, wires, numbers and words."""

import itertools
import xml.etree.ElementTree as ElementTree

import pytest

from rcwidgets.core.graph.graph import Composable, Graph
from rcwidgets.core.graph.picture import describe, known_sizes, layers_of, svg
from rcwidgets.core.nodes import Concat, Input, LinearReadout, Reservoir

SVG = "{http://www.w3.org/2000/svg}"


def loop() -> Graph:
    i, r, o = Input(3), Reservoir(400), LinearReadout(2)
    return (i >> r >> o) & (r << o)


def wide() -> Graph:
    i, fast, slow, both, o = Input(3), Reservoir(100, name="fast"), Reservoir(1000, name="slow"), Concat(), LinearReadout(2)
    return (i >> [fast, slow] >> both >> o) & (i >> both) & (fast << o) & (slow << o) & (fast << fast)


def tangle() -> Graph:
    nodes: list[Composable] = [Reservoir(k + 1) for k in range(6)]
    graph = Graph()
    for a, b in itertools.combinations(range(6), 2):
        graph = graph & (nodes[a] >> nodes[b]) & (nodes[a] << nodes[b])
    return graph & Reservoir(9)


GRAPHS = {"empty": Graph, "one": lambda: Graph().add(Reservoir(5)), "loop": loop, "wide": wide, "tangle": tangle}


def root(graph: Graph) -> ElementTree.Element:
    return ElementTree.fromstring(svg(graph))


def cards(graph: Graph) -> dict[str, tuple[float, float, float, float]]:
    """x, y, width and height of each card by the name on it."""
    found = {}
    for group in root(graph).iter(f"{SVG}g"):
        card, name = group.find(f"{SVG}rect"), group.find(f"{SVG}text")
        if card is not None and name is not None:
            found[str(name.text)] = tuple(float(card.get(key, "nan")) for key in ("x", "y", "width", "height"))
    return found  # type: ignore[return-value]


@pytest.mark.parametrize("name", GRAPHS)
def test_it_is_an_image_with_a_title_and_all_nodes_inside(name):
    graph = GRAPHS[name]()
    made = root(graph)
    assert made.get("role") == "img"
    assert made.find(f"{SVG}title").text == describe(graph)
    width, height = float(made.get("width")), float(made.get("height"))
    placed = cards(graph)
    assert set(placed) == set(graph.names.values())
    for x, y, wide_, high in placed.values():
        assert 0 <= x < x + wide_ <= width
        assert 0 <= y < y + high <= height


@pytest.mark.parametrize("name", GRAPHS)
def test_no_card_covers_another_and_wires_go_to_the_right(name):
    graph = GRAPHS[name]()
    placed = cards(graph)
    for (ax, ay, aw, ah), (bx, by, bw, bh) in itertools.combinations(placed.values(), 2):
        assert ax + aw <= bx or bx + bw <= ax or ay + ah <= by or by + bh <= ay
    for edge in graph.edges:
        if not edge.feedback:
            source, target = placed[graph.names[edge.source]], placed[graph.names[edge.target]]
            assert source[0] + source[2] < target[0]


@pytest.mark.parametrize("name", ["loop", "wide", "tangle"])
def test_feedback_is_dashed_below_all_cards_and_named(name):
    graph = GRAPHS[name]()
    paths = list(root(graph).iter(f"{SVG}path"))
    dashed = [path for path in paths if path.get("stroke-dasharray")]
    plain = [path for path in paths if path.get("stroke") and not path.get("stroke-dasharray")]
    count = sum(edge.feedback for edge in graph.edges)
    assert (len(dashed), len(plain)) == (count, len(graph.edges) - count)
    labels = [text for text in root(graph).iter(f"{SVG}text") if text.text == "1 step late"]
    assert len(labels) == count
    low = max(y + high for _, y, _, high in cards(graph).values())
    assert all(float(label.get("y", "0")) > low for label in labels)


def test_numbers_tell_the_order_of_concatenation():
    i, a, b = Input(1), Reservoir(2), Reservoir(3)
    both: list[Composable] = [b, a]
    graph = (i >> [a, b]) & (both >> LinearReadout(1))
    numbers = [text for text in root(graph).iter(f"{SVG}text") if text.get("font-size") == "10"]
    at = {str(text.text): float(text.get("y", "nan")) for text in numbers}
    placed = cards(graph)
    above = "reservoir_2" if placed["reservoir_2"][1] < placed["reservoir"][1] else "reservoir"
    assert set(at) == {"1", "2"}
    assert (at["1"] < at["2"]) == (above == "reservoir_2")


def test_one_input_has_no_number():
    assert [text.text for text in root(Input(1) >> Reservoir(2)).iter(f"{SVG}text") if text.get("font-size") == "10"] == []


def test_the_title_says_it_in_words():
    assert describe(loop()) == (
        "Model of 3 nodes: input, reservoir, readout; input to reservoir; reservoir to readout; readout back to reservoir, 1 step late."
    )
    assert describe(Graph()) == "An empty model."


def test_sizes_are_shown_where_the_data_do_not_decide_them():
    graph = Input() >> [Reservoir(1500), Concat()] >> LinearReadout()
    assert {graph.names[id]: size for id, size in known_sizes(graph).items()} == {"reservoir": 1500}
    assert ">1,500</text>" in svg(graph)
    graph = Input(2) >> [Reservoir(50), Concat()] >> LinearReadout(4)
    assert {graph.names[id]: size for id, size in known_sizes(graph).items()} == {"input": 2, "reservoir": 50, "concat": 2, "readout": 4}


def test_each_family_has_its_form():
    text = svg(wide())
    for form in ('<path d="M0-6', "<circle", '<rect y="-5"', '<path d="M5-5'):
        assert form in text


def test_long_names_are_cut_and_text_is_escaped():
    graph = Graph().add(Reservoir(5, name="a" * 64))
    assert f">{'a' * 23}…</text>" in svg(graph)
    assert "&#x27;sin&#x27;" in svg(Graph().add(Reservoir(5, activation="sin")))


def test_a_picture_shows_itself_and_is_saved(tmp_path):
    picture = loop().plot_node_graph()
    assert picture._repr_html_() == picture._repr_svg_() == str(picture) == svg(loop())
    assert repr(picture).startswith("<Picture: Model of 3 nodes")
    picture.save(tmp_path / "model.svg")
    assert (tmp_path / "model.svg").read_text(encoding="utf-8") == str(picture)
    with pytest.raises(ValueError, match=r"Picture.save takes a path that ends in .svg, got '.*model.png'"):
        picture.save(tmp_path / "model.png")


def test_an_input_stands_just_before_what_it_feeds():
    first, second, late = Reservoir(2), Reservoir(3), Input(1, name="late")
    graph = (Input(1) >> first >> second >> LinearReadout(1)) & (late >> second)
    layers = [[graph.names[item] for item in layer if isinstance(item, str)] for layer in layers_of(graph).layers]
    assert layers == [["input"], ["reservoir", "late"], ["reservoir_2"], ["readout"]]


def test_a_long_wire_passes_between_the_cards():
    i, a, b = Input(1), Reservoir(2), Reservoir(3)
    arranged = layers_of((i >> a >> b >> LinearReadout(1)) & (i >> b))
    assert [len(layer) for layer in arranged.layers] == [1, 2, 1, 1]
    assert [len(route) for route in arranged.routes] == [2, 2, 2, 3]
