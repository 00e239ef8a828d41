"""Arrays of the user's own on their way through JSON, code, saved files and edits."""

import json

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

from rcwidgets.core.document.code import to_code
from rcwidgets.core.document.document import Document
from rcwidgets.core.document.edits import EditError, apply
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.plain import make_node
from rcwidgets.core.loading import load
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.spec.json_values import DocumentError
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer


def digests(graph):
    return {name: {key: array.digest for key, array in node.arrays.items()} for name, node in graph.by_name().items()}


@pytest.fixture
def model(generator):
    """A model with all four arrays, W sparse in content."""
    W = np.where(generator.random((10, 10)) < 0.3, generator.normal(size=(10, 10)), 0)
    shapes = {"W_in": (2, 10), "W_fb": (2, 10), "bias": (10,)}
    node = Reservoir(W=W, **{name: generator.normal(size=shape) for name, shape in shapes.items()}, leak_rate=0.5)
    out = LinearReadout(2)
    return (Input(2) >> node >> out) & (node << out)


@pytest.fixture
def large(generator):
    """A model with arrays that no document holds: W as scipy.sparse, in the gather form, and W_in."""
    return (
        Input()
        >> Reservoir(W=random_array((400, 400), density=0.01, rng=generator), W_in=generator.normal(size=(2, 400)))
        >> LinearReadout()
    )


# JSON


def test_arrays_come_back_from_json_as_they_were(model):
    text = model.to_json()
    again = Graph.from_json(text)
    assert digests(again) == digests(model)
    assert again.to_json() == text
    entry = json.loads(text)["nodes"][1]
    assert list(entry) == ["id", "name", "kind", "knobs", "arrays", "position"]
    assert entry["arrays"]["bias"] == np.asarray(model["reservoir"].bias).tolist()
    assert "arrays" not in json.loads(text)["nodes"][0]


def test_a_small_sparse_array_is_written_with_its_zeros(generator):
    W = random_array((20, 20), density=0.1, rng=generator)
    again = Graph.from_json((Input(1) >> Reservoir(W=W)).to_json())
    np.testing.assert_array_equal(again["reservoir"].W, W.toarray())


def test_an_array_too_large_for_json_says_what_keeps_it(large, generator):
    with pytest.raises(
        ValueError, match=r"at most 256 kB: an array of shape \(400, 400\) is too large. Save a trainer .* `trainer.save` keeps"
    ):
        large.to_json()
    many = Graph().add(Reservoir(W=generator.normal(size=(150, 150))))
    with pytest.raises(ValueError, match="The document must be at most 256 kB, got .* `trainer.save` keeps arrays of any size"):
        Document(many).to_json()


def test_the_key_of_a_document_tells_large_arrays_apart(large):
    document, other = Document(large), Document(large.replace("reservoir", W_in=np.ones((2, 400))))
    assert document.key() == Document(large).key() != other.key()
    assert len(document.key()) < 10_000
    assert document.to_data(arrays=None)["nodes"][1].keys() == {"id", "name", "kind", "knobs", "position"}


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"V": [[1.0]]}, "nodes[1].arrays: Unknown key 'V'. Known keys: W, W_in, W_fb, bias, leak_rate, input_scaling, initial_state."),
        ([1.0], "nodes[1].arrays must be an object, got a list of 1."),
        ({"W": 3}, "nodes[1].arrays.W must be a list of numbers, or of lists of them, got 3."),
        ({"W": []}, "nodes[1].arrays.W must be a list of numbers, or of lists of them, got a list of 0."),
        ({"W": [[1.0, 2.0], [1.0]]}, "nodes[1].arrays.W[1] must be a list of 2 numbers, got a list of 1."),
        ({"W": [[1.0, 2.0], 3.0]}, "nodes[1].arrays.W[1] must be a list of 2 numbers, got 3.0."),
        ({"W": [[1.0, "2"], [1.0, 2.0]]}, "nodes[1].arrays.W[0] must hold finite numbers, got '2'."),
        ({"bias": [1.0, True]}, "nodes[1].arrays.bias must hold finite numbers, got true."),
        ({"bias": [1.0, float("inf")]}, "nodes[1].arrays.bias must hold finite numbers, got inf."),
        ({"bias": [1.0, 10**400]}, "nodes[1].arrays.bias must hold finite numbers, got a number of more than 300 digits."),
        ({"bias": [[1.0]]}, "nodes[1].arrays: Reservoir.bias must have 1 axis (units), got the shape (1, 1)."),
        ({"W": [[1.0, 2.0]]}, "nodes[1].arrays: Reservoir.W must be square (sources, targets), got the shape (1, 2)."),
        ({"bias": [1.0, 2.0]}, "nodes[1].arrays: Reservoir.units must be 2, the size of bias, got 5."),
    ],
)  # fmt: skip
def test_a_bad_array_is_named_by_its_path(arrays, words):
    data = Document(Input(1) >> Reservoir(5)).to_data()
    data["nodes"][1]["arrays"] = arrays
    with pytest.raises(DocumentError) as error:
        Document.from_data(data)
    assert str(error.value).startswith(words)


def test_a_kind_without_arrays_takes_none():
    data = Document(Input(1) >> Reservoir(5)).to_data()
    data["nodes"][0]["arrays"] = {"W": [[1.0]]}
    with pytest.raises(DocumentError, match=r"nodes\[0\].arrays: Unknown key 'W'"):
        Document.from_data(data)


# code


def test_code_with_literals_builds_the_same(model):
    space: dict = {}
    exec(model.to_code(), space)
    assert digests(space["model"]) == digests(model)


def test_code_of_long_arrays_loads_what_its_comments_write(large, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = large.to_code()
    assert "rc.Reservoir(400, W=scipy.sparse.load_npz('reservoir_W.npz'), W_in=" in code
    written = [line.removeprefix("# ") for line in code.splitlines() if line.startswith(("# np.save", "# scipy.sparse.save_npz"))]
    assert written == ["scipy.sparse.save_npz('reservoir_W.npz', model['reservoir'].W.value)"]
    exec("import numpy as np\nimport scipy\n" + "\n".join(written), {"model": large})
    space: dict = {}
    exec(code, space)
    assert digests(space["model"]) == digests(large)


def test_code_of_a_document_with_arrays_runs(model):
    text = to_code(Document(Input() >> model["reservoir"].replace(W_in=None) >> LinearReadout()))
    space: dict = {}
    exec(text[: text.index("# Training")].replace("series(100,", "series(1,"), space)
    assert space["model"]["reservoir"].W.digest == model["reservoir"].W.digest


# files


@pytest.mark.parametrize("which", ["model", "large"])
@pytest.mark.parametrize("dtype", ["auto", "float64"])
def test_saved_models_keep_arrays_of_any_size(which, dtype, request, generator, tmp_path):
    graph, x = request.getfixturevalue(which), generator.normal(size=(200, 2))
    trainer = RidgeTrainer(graph, beta=1e-3, dtype=dtype).fit([x[:-1], x[1:]])
    again = load(trainer.save(tmp_path / "model.npz"))
    assert digests(again.model) == digests(graph)
    assert again.model["reservoir"].W.sparse == graph["reservoir"].W.sparse
    np.testing.assert_array_equal(again.predict(x), trainer.predict(x))
    np.testing.assert_array_equal(again.generate(5), trainer.generate(5))


def test_an_untouched_runner_keeps_its_arrays(model, tmp_path):
    again = load(RNNRunner(model).save(tmp_path / "model.npz"))
    assert digests(again.model) == digests(model)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda e: e.pop("arrays/reservoir/W_indptr"), "arrays/reservoir/W_indptr must be there once"),
        (lambda e: e.update({"arrays/reservoir/W": np.eye(400)}), "arrays/reservoir/W must be there once"),
        (lambda e: e.update({"arrays/reservoir/W_indices": e["arrays/reservoir/W_indices"] + 300}), "arrays/reservoir/W: It is no sparse array"),
        (lambda e: e.update({"arrays/reservoir/W_data": e["arrays/reservoir/W_data"] * np.nan}), "Reservoir.W must be finite"),
        (lambda e: e.update({"arrays/reservoir/V": np.eye(4)}), "Unknown entry 'arrays/reservoir/V'"),
        (lambda e: e.update({"arrays/readout/W": np.eye(4)}), "Unknown entry 'arrays/readout/W'"),
        (lambda e: e.update({"arrays/reservoir/W_in": np.ones((2, 3))}), "Reservoir.W_in must have as many units as Reservoir.W, 400, got 3"),
        (lambda e: e.update({"params/reservoir/sources": e["params/reservoir/sources"] * 1.0}), "params/reservoir/sources must be float32, got float64"),
    ],
)  # fmt: skip
def test_a_wrong_array_of_a_file_is_a_sentence(change, words, large, generator, tmp_path):
    x = generator.normal(size=(60, 2))
    path = RidgeTrainer(large, beta=1e-3).fit([x[:-1], x[1:]]).save(tmp_path / "model.npz")
    with np.load(path) as file:
        entries = dict(file)
    change(entries)
    np.savez(path, **entries)
    with pytest.raises(ValueError, match=words):
        load(path)


# edits


def test_edits_keep_the_arrays_and_refuse_other_sizes(model):
    id = model.id_of("reservoir")
    document, _ = apply(Document(model), {"op": "set", "owner": id, "knob": "leak_rate", "value": 0.9})
    assert digests(document.graph) == digests(model)
    with pytest.raises(EditError, match="Reservoir.units must be 10, the size of W, got 11"):
        apply(document, {"op": "set", "owner": id, "knob": "units", "value": 11})


def test_a_redraw_knob_that_makes_the_weights_too_large_is_refused():
    sparse = Document(Graph().add(make_node(Reservoir(20_000, connectivity=0.001), "r")))
    with pytest.raises(EditError, match="reservoir makes the model need 6.8 GB"):
        apply(sparse, {"op": "set", "owner": "r", "knob": "topology", "value": "orthogonal"})


def test_choosing_a_task_never_swaps_a_model_with_arrays(generator):
    start = Document(Graph()).task.start()[0]
    name = next(name for name, node in start.by_name().items() if node.kind == "Reservoir")
    units = start[name].units
    document = Document(start.replace(name, W=csr_array(np.eye(units))))
    after, _ = apply(document, {"op": "choose", "owner": "task", "kind": "sunspots"})
    assert digests(after.graph) == digests(document.graph)
