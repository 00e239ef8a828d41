"""Exported code: run in a fresh namespace, it builds the same graph and gives the same numbers."""

import ast
import warnings
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import rcwidgets as rc
from rcwidgets.core.datasets.reader.notes import DataWarning
from rcwidgets.core.document.code import to_code
from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.code import graph_to_code, identifiers
from rcwidgets.core.graph.graph import Composable, Graph
from rcwidgets.core.graph.plain import make_node
from rcwidgets.core.nodes import Concat, Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import DataTask, LorenzTask, Series, SunspotTask, own_series
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings


def built(code: str, **given: object) -> dict:
    space = dict(given)
    exec(code, space)
    return space


def shape(graph: Graph) -> dict:
    """What a graph is, by names: knobs, and for each node its inputs in their order."""
    return {
        graph.names[id]: (
            node.kind,
            node.knobs,
            [graph.names[source] for source in graph.sources(id)],
            [graph.names[source] for source in graph.sources(id, feedback=True)],
        )
        for id, node in graph.nodes.items()
    }


def i() -> Input:
    return Input(2)


def r(seed: int | None = None) -> Reservoir:
    return Reservoir(5, seed=seed)


def o() -> LinearReadout:
    return LinearReadout(1)


def loop() -> Graph:
    a, b, c = i(), r(seed=3), o()
    return (a >> b >> c) & (b << c)


def skip() -> Graph:
    a, b, c = i(), r(), o()
    return (a >> b >> c) & (a >> c)


def skip_first() -> Graph:
    a, b, c = i(), r(), o()
    return (a >> c) & (a >> b >> c)


def crossed() -> Graph:
    a, b, c, d = r(), r(), o(), o()
    one_way: list[Composable] = [a, b]
    return (one_way >> c) & (one_way[::-1] >> d)


def joined() -> Graph:
    three: list[Composable] = [i(), i(), i()]
    return three >> Concat() >> o()


def lattice() -> Graph:
    a, b, c, d, e = i(), r(), r(), r(), r()
    return a >> [b, c] >> Concat() >> [d, e] >> o()


def complete() -> Graph:
    return i() >> [r(), r()] >> LinearReadout(1) & Graph()


def tangle() -> Graph:
    a, b, c, d, e = i(), r(), r(), r(), o()
    return (a >> [b, c]) & (b >> [d, e]) & (c >> d) & (d >> e) & (b << [e, d]) & (c << c) & (a >> d)


def renamed() -> Graph:
    return (
        (i() >> r() >> r() >> r() >> o()).rename("reservoir", "x").rename("reservoir_2", "reservoir").rename("reservoir_3", "reservoir_2")
    )


def swapped() -> Graph:
    a, b, c = make_node(r(), "a"), make_node(r(), "b"), make_node(o(), "c")
    return Graph((a >> b >> c).nodes, {"a": "reservoir_2", "b": "reservoir", "c": "class"}, (a >> b >> c).edges)


GRAPHS = {
    "loop": (loop, "model = (input_ >> reservoir >> readout) & (reservoir << readout)"),
    "chain": (lambda: i() >> r(), "model = input_ >> reservoir"),
    "fan out": (lambda: i() >> [r(), r()] >> o(), "model = input_ >> [reservoir, reservoir_2] >> readout"),
    "concatenate": (joined, "model = [input_, input_2, input_3] >> concat >> readout"),
    "skip": (skip, "model = (input_ >> reservoir >> readout) & (input_ >> readout)"),
    "skip first": (skip_first, "model = (input_ >> readout) & (input_ >> reservoir >> readout)"),
    "crossed": (crossed, "model = (reservoir >> readout) & (reservoir_2 >> [readout, readout_2]) & (reservoir >> readout_2)"),
    "lattice": (lattice, "model = input_ >> [reservoir, reservoir_2] >> concat >> [reservoir_3, reservoir_4] >> readout"),
    "complete": (complete, "model = input_ >> [reservoir, reservoir_2] >> readout"),
    "tangle": (tangle, "(reservoir_2 << reservoir_2)"),
    "leaves": (lambda: i() >> r() >> [o(), o()], "model = input_ >> reservoir >> [readout, readout_2]"),
    "empty": (Graph, "model = rc.Graph()"),
    "one": (lambda: Graph().add(r()), "model = rc.Graph() & reservoir"),
    "loose": (lambda: r() & o(), "model = reservoir & readout"),
    "half": (lambda: (i() >> r()) & o(), "model = (input_ >> reservoir) & readout"),
    "self": (lambda: (a := r()) << a, "model = reservoir << reservoir"),
    "renamed": (renamed, "name='x'"),
    "swapped": (swapped, "class_ = rc.LinearReadout(1, name='class')"),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_the_code_of_a_graph_builds_it_again(name):
    make, words = GRAPHS[name]
    graph = make()
    code = graph.to_code()
    assert words in code
    assert shape(built(code)["model"]) == shape(graph)


def test_random_graphs_come_back(generator):
    for _ in range(60):
        count = int(generator.integers(2, 9))
        nodes = [Reservoir(k + 1) for k in range(count)]
        graph = Graph()
        for node in nodes:
            graph = graph.add(node)
        for a, b in generator.permutation([(a, b) for a in range(count) for b in range(count)])[: 2 * count]:
            graph = graph.connect(nodes[a].token.id, nodes[b].token.id, feedback=bool(a >= b))
        assert shape(built(graph_to_code(graph))["model"]) == shape(graph)


def test_names_become_variables_that_python_takes():
    names = dict(enumerate(["input", "my-net", "my_net", "3d", "lambda", "match", "model", "-", "__", "rc", "resérvoir", "memory"]))
    variables = identifiers(names)
    assert list(variables.values()) == [
        "input_", "my_net", "my_net_2", "node_3d", "lambda_", "match_", "model_", "__", "___", "rc_", "res_rvoir", "memory",
    ]  # fmt: skip
    assert all(variable.isidentifier() for variable in variables.values())


def small() -> Graph:
    return Input() >> Reservoir(20, leak_rate=1.0, seed=0) >> LinearReadout()


def by_hand(document: Document, *, data: Series | None = None, teach: bool = False) -> tuple[np.ndarray, rc.RidgeTrainer]:
    """What the code should do, from the task's own preparation of the data."""
    made = document.task.prepare(data)
    x, y, start, test = made.inputs, made.targets, made.warmup, made.test_start
    options: dict[str, Any] = document.trainer.knobs
    trainer = rc.RidgeTrainer(document.graph.sized(x.shape[1], y.shape[1]), **options)
    if teach:
        trainer.fit([x[:start], y[:start]])
    else:
        trainer.predict(x[:start])
    trainer.fit([x[start:test], y[start:test]])
    return np.asarray(trainer.predict(x[test : made.end])), trainer


@pytest.mark.parametrize(
    "task", [SunspotTask(), SunspotTask(horizon=11, normalise=False, train=150), LorenzTask(horizon=10, train=300, warmup=100)]
)
def test_the_code_of_a_document_gives_the_same_forecast(task, capsys):
    document = Document(small(), task, RidgeSettings(beta=1e-2, penalize_bias=True, dtype="float64"))
    space = built(to_code(document))
    expected, trainer = by_hand(document)
    np.testing.assert_allclose(space["predicted"], expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(space["trainer"].params["readout"]["W"], trainer.params["readout"]["W"], rtol=1e-7, atol=1e-12)
    made = task.prepare()
    error = rc.metrics.nrmse(expected, made.targets[made.test_start : made.end])
    assert capsys.readouterr().out == f"Test NRMSE: {error:.3g}\n"


@pytest.mark.parametrize("selection", ["blocked", "cross-validated", "held out"])
def test_the_code_chooses_the_same_beta(selection):
    document = Document(small(), SunspotTask(), RidgeSettings(selection=selection, dtype="float64"))
    code = to_code(document)
    assert f"trainer = rc.RidgeTrainer(model, beta=1e-06, selection={selection!r}, dtype='float64')" in code
    expected, trainer = by_hand(document)
    space = built(code)
    assert space["trainer"].betas == trainer.betas != {"readout": 1e-6}
    np.testing.assert_allclose(space["predicted"], expected, rtol=1e-9, atol=1e-12)


def test_a_fed_back_readout_is_taught_during_the_warm_up():
    a, b, c = Input(), Reservoir(20, leak_rate=1.0, seed=0), LinearReadout()
    document = Document((a >> b >> c) & (b << c), SunspotTask(), RidgeSettings(beta=1e-2, dtype="float64"))
    code = to_code(document)
    assert "trainer.fit([x[:warmup], y[:warmup]])  # warms up, with the target in place of what is fed back" in code
    expected, _ = by_hand(document, teach=True)
    np.testing.assert_allclose(built(code)["predicted"], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("columns", [1, 2])
def test_own_data_is_loaded_by_the_reader_of_the_code(columns):
    data = np.sin(np.arange(200)[:, None] * np.array([[0.3, 0.41]]))[:, :columns]
    document = Document(small(), DataTask(horizon=2), RidgeSettings(beta=1e-4, dtype="float64"))
    code = to_code(document)
    assert "# data = np.loadtxt('my_data.csv', delimiter=',')" in code
    with pytest.raises(NameError):
        built(code)
    space = built(code, data=data if columns > 1 else data[:, 0])
    assert (space["warmup"], space["train"]) == DataTask().split(200)
    expected, _ = by_hand(document, data=own_series(data))
    np.testing.assert_allclose(space["predicted"], expected, rtol=1e-9, atol=1e-12)


def frame() -> pd.DataFrame:
    """Three columns of numbers, one of text."""
    steps = np.arange(200)
    return pd.DataFrame({"a": np.sin(0.3 * steps), "b": 5 + np.cos(0.41 * steps), "c": np.sin(0.17 * steps), "city": "Oslo"})


@pytest.mark.parametrize("origin", ["array", "frame", "file"])
@pytest.mark.parametrize(
    "task",
    [
        DataTask(horizon=2),
        DataTask(horizon=0, inputs=["c", "a"], targets=["b"]),
        DataTask(targets=["c"], normalise=False, warmup=20),
        DataTask(inputs=["b"]),
    ],
    ids=lambda task: repr(task),
)
def test_the_code_takes_the_same_columns_of_data_of_ones_own(task, origin, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    frame().to_csv("my.csv", index=False)
    numbers, given = frame()[["a", "b", "c"]].to_numpy(), {}
    if origin == "array":
        channels = {"a": "channel 1", "b": "channel 2", "c": "channel 3"}
        chosen = {name: names and [channels[one] for one in names] for name, names in (("inputs", task.inputs), ("targets", task.targets))}
        task, given = replace(task, **chosen), {"data": numbers}
    elif origin == "frame":
        given = {"data": frame()}
    with pytest.warns(DataWarning, match="Left out: 'city'") if origin == "file" else nullcontext():
        own = own_series({"array": numbers, "frame": frame(), "file": "my.csv"}[origin])
    document = Document(small(), task, RidgeSettings(beta=1e-4, dtype="float64"))
    code = to_code(document, own.head)
    assert ("rc.datasets.from_csv('my.csv'" in code) == (origin == "file")
    space = built(code, **given)
    made = task.prepare(own)
    np.testing.assert_allclose(space["x"][: made.end], made.inputs[: made.end], atol=1e-12)
    np.testing.assert_allclose(space["y"], made.targets[: made.end], atol=1e-12)
    expected, _ = by_hand(document, data=own)
    np.testing.assert_allclose(space["predicted"], expected, rtol=1e-8, atol=1e-10)


def test_without_the_data_the_code_reads_a_frame_with_the_columns_that_were_chosen():
    document = Document(small(), DataTask(inputs=["a"], targets=["b"]), RidgeSettings(beta=1e-4, dtype="float64"))
    code = to_code(document)
    assert "# The data: load your own here, as a data frame with these columns" in code
    assert "readout = rc.LinearReadout(1)" in code
    space = built(code, data=frame())
    np.testing.assert_allclose(space["predicted"], by_hand(document, data=own_series(frame()))[0], rtol=1e-8, atol=1e-10)


def test_two_readouts_name_the_one_that_is_measured():
    a, b = Input(), Reservoir(20, seed=0)
    first, second = LinearReadout(name="early"), LinearReadout(name="late")
    document = Document((a >> b >> first) & (b >> second), SunspotTask(), RidgeSettings(beta=0.1))
    code = to_code(document)
    assert "predicted = trainer.predict(x[test:])['late']" in code
    assert built(code)["predicted"].shape[1] == 1


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (Graph(), "# The model cannot be trained yet: The model is empty."),
        (Graph() & Reservoir(3), "# The model cannot be trained yet: The model has no Input."),
        (Input(2) >> Reservoir(3), "# The model cannot be trained yet: there is nothing to train. Add a LinearReadout."),
    ],
)
def test_a_model_that_cannot_be_trained_is_built_and_says_why(graph, words):
    code = to_code(Document(graph))
    assert words in code
    assert "RidgeTrainer" not in code
    assert shape(built(code)["model"]) == shape(graph)


def test_no_warm_up_is_no_line():
    assert "trainer.predict(x[:warmup])" not in to_code(Document(small(), SunspotTask(warmup=0)))


def test_the_code_holds_no_calls_but_those_of_the_library():
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(to_code(Document(loop())))) if isinstance(node, ast.Call)]
    assert all(call.startswith(("rc.", "np.", "trainer.")) or call == "print" for call in calls)


def test_lanes_of_a_knob_have_no_code():
    with pytest.raises(TypeError, match="Reservoir.leak_rate must be one number in a document"):
        Graph().add(Reservoir(5, leak_rate=np.array([[0.1], [0.2]]))).to_code()


def test_the_code_raises_no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compile(to_code(Document(tangle())), "code", "exec")
