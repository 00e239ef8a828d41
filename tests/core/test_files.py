"""Saved models predict the same, bit for bit; files that are no models are sentences."""

import json
import zipfile

import numpy as np
import pytest

from rcwidgets.core.loading import load
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Concat, Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer


def model(**knobs):
    i, r, o = Input(), Reservoir(20, feedback_scaling=0.3, noise=0.01, **knobs), LinearReadout(name="out")
    return ([i, (i >> r)] >> Concat() >> o) & (r << o)


@pytest.fixture
def trained(generator):
    """A trainer with feedback, noise, a batch and a state."""
    trainer = RidgeTrainer(model(activation_type="external"), beta=1e-3, seed=5)
    x = generator.normal(size=(3, 40, 2))
    trainer.fit([x[:, :-1], x[:, 1:]])
    trainer.predict(x[:, :7])
    return trainer


@pytest.fixture
def rewritten(trained, tmp_path):
    """Saves a trainer, changes the entries of the file, and gives the path."""

    def rewrite(change):
        path = trained.save(tmp_path / "model.npz")
        with np.load(path) as file:
            entries = dict(file)
        change(entries)
        np.savez(path, **entries)
        return path

    return rewrite


def edited(**changes):
    def change(entries):
        header = json.loads(str(entries["model"]))
        header.update(changes)
        entries["model"] = np.array(json.dumps(header))

    return change


@pytest.mark.parametrize("dtype", ["auto", "float32", "float64"])
def test_what_was_saved_goes_on_bit_for_bit(dtype, generator, tmp_path):
    x = generator.normal(size=(3, 40, 2))
    trainer = RidgeTrainer(model(), beta=1e-3, dtype=dtype, seed=3)
    trainer.fit([x[:, :-1], x[:, 1:]])
    assert trainer.save(tmp_path / "model.npz") == tmp_path / "model.npz"
    again = load(tmp_path / "model.npz")
    assert type(again) is RidgeTrainer
    assert again.settings.knobs == trainer.settings.knobs
    assert again.model.to_json() == trainer.model.to_json()
    np.testing.assert_array_equal(again.generate(9), trainer.generate(9))
    np.testing.assert_array_equal(again.predict(x[:, :9]), trainer.predict(x[:, :9]))
    np.testing.assert_array_equal(again.fit([x[:, :-1], x[:, 1:]]).predict(x), trainer.fit([x[:, :-1], x[:, 1:]]).predict(x))
    assert [file.name for file in tmp_path.iterdir()] == ["model.npz"]


def test_a_runner_keeps_given_weights_and_its_flat_state(generator, tmp_path):
    x = generator.normal(size=(30, 2))
    first = RNNRunner(Input(2) >> Reservoir(10) >> LinearReadout(2), seed=1)
    first.predict(x)
    second = RNNRunner(first.model, params=first.params, seed=2)
    fresh = load(second.save(tmp_path / "fresh"))
    assert fresh.state is None
    np.testing.assert_array_equal(fresh.predict(x), second.predict(x))
    used = load(second.save(tmp_path / "used.npz"))
    assert type(used) is RNNRunner
    np.testing.assert_array_equal(used.generate(5), second.generate(5))


def test_a_readout_that_waits_for_targets_still_takes_them(generator, tmp_path):
    x, y = generator.normal(size=(60, 2)), generator.normal(size=(40, 3))
    trainer = RidgeTrainer(Input() >> Reservoir(20) >> LinearReadout())
    assert trainer.predict(x[:20]) is None
    again = load(trainer.save(tmp_path / "warm.npz"))
    np.testing.assert_array_equal(again.fit([x[20:], y]).predict(x), trainer.fit([x[20:], y]).predict(x))


def test_saving_over_an_older_file_leaves_no_half_of_one(trained, tmp_path):
    path = trained.save(tmp_path / "model.npz")
    before = path.read_bytes()
    trained.model = trained.model.replace("reservoir", spectral_radius=np.array([[0.5], [0.6]]))
    with pytest.raises(TypeError, match="Reservoir.spectral_radius must be one number in a document"):
        trained.save(path)
    assert path.read_bytes() == before
    with pytest.raises(ValueError, match="There is no folder"):
        trained.save(tmp_path / "nowhere" / "model.npz")
    with pytest.raises(ValueError, match=r"' is a folder. Name a file in it, such as '.*model.npz'"):
        trained.save(tmp_path)


def test_files_that_are_no_models_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no file '.*absent.npz'"):
        load(tmp_path / "absent.npz")
    (tmp_path / "notes.npz").write_text("not a model")
    with pytest.raises(ValueError, match=r"notes.npz: It is no model that was saved by rcwidgets: it is not an .npz file"):
        load(tmp_path / "notes.npz")
    np.savez(tmp_path / "other.npz", a=np.ones(3))
    with pytest.raises(ValueError, match="other.npz: .* it has no entry 'model'"):
        load(tmp_path / "other.npz")


def test_a_damaged_file_names_the_entry(trained, tmp_path):
    path = trained.save(tmp_path / "model.npz")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"model.npz: .* or only a part of one"):
        load(path)
    path.write_bytes(whole)
    with zipfile.ZipFile(path) as file:
        at = file.getinfo("params/out/W.npy").header_offset + 200
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
    with pytest.raises(ValueError, match="model.npz: The entry 'params/out/W' cannot be read"):
        load(path)


def test_pickled_objects_are_never_read(rewritten):
    def change(entries):
        entries["params/out/W"] = np.array([{"a": 1}], dtype=object)

    with pytest.raises(ValueError, match="The entry 'params/out/W' cannot be read: Object arrays cannot be loaded"):
        load(rewritten(change))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (edited(format="other"), "model.npz: format must be 'rcwidgets-model', got 'other'"),
        (edited(version=7), "version: The file is of version 7; this rcwidgets reads version 1. Install"),
        (edited(version=7, extra=1), "The file is of version 7"),
        (edited(extra=1), "model: Unknown key 'extra'"),
        (edited(flat=1), "flat must be true or false, got 1"),
        (edited(features={"input": 2, "nobody": 3}), "features: Unknown key 'nobody'"),
        (edited(features={"input": -2, "out": 2}), r"Input.features must be in \[1, 10000\], got -2"),
        (edited(features={"input": 3, "out": 2}), r"params\['reservoir'\] must have the shapes"),
        (edited(trainer={"kind": "os.system", "knobs": {}}), "Unknown trainer kind 'os.system'. Known kinds: RNNRunner, RidgeTrainer"),
        (edited(trainer={"kind": "RidgeTrainer", "knobs": {"beta": -1}}), r"trainer.knobs.beta: RidgeTrainer.beta must be in"),
        (edited(trainer={"kind": "RidgeTrainer", "knobs": {"dtype": "float64"}}), "must be float64, got float32"),
        (edited(document={"format": "rcwidgets", "version": 1}), "'nodes' is missing"),
        (lambda e: e.update({"params/out/W": e["params/out/W"][1:]}), r"params\['out'\] must have the shapes \{'W': \(22, 2\)"),
        (lambda e: e.update({"params/out/W": e["params/out/W"] * np.nan}), "params/out/W must be finite, got NaN or infinity"),
        (
            lambda e: e.update({"state/reservoir/r": e["state/reservoir/r"][:, 1:]}),
            r"state/reservoir/r must be \(\(3, 20\), 'float32'\), got",
        ),
        (lambda e: e.pop("state/reservoir/h"), "state/reservoir/h must be .* got None: the state is of another model"),
        (lambda e: e.update({"last/out": e["last/out"][:, 1:]}), r"last/out must be \(3, 2\), got \(3, 1\)"),
        (lambda e: e.update({"params/nobody/W": np.ones(2)}), "Unknown entry 'params/nobody/W'"),
        (lambda e: e.update({"words": np.ones(2)}), "Unknown entry 'words'"),
        (lambda e: e.update({"steps": np.array("two")}), "'steps' must be numbers, got <U3"),
        (lambda e: e.update({"model": np.array("{")}), "document: It is not JSON"),
        (lambda e: e.update({"memory/out/P": np.ones((2, 2))}), "memory/out must be the beta that RidgeTrainer used, got beta, P"),
    ],
)
def test_a_wrong_entry_is_a_sentence(change, words, rewritten):
    with pytest.raises(ValueError, match=words):
        load(rewritten(change))
