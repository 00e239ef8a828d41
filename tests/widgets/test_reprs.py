"""The texts of all public objects: a few lines, with arrays as their shapes."""

import inspect
import types

import numpy as np
import pytest

import rcwidgets as rc
from rcwidgets.core.short import short, short_repr

LONGEST, LINES = 300, 6
ROWS = 400


@pytest.fixture(scope="module")
def series():
    """Two sine waves, (400, 2)."""
    t = np.arange(float(ROWS))
    return np.stack([np.sin(t / 5), np.cos(t / 7)], axis=1)


@pytest.fixture
def play(page, series):
    made = rc.Playground(rc.Input() >> rc.Reservoir(60, seed=0) >> rc.LinearReadout(), data=series)
    made.wait(60)
    for radius in (0.5, 0.6, 0.7, 0.8):
        made.set("reservoir", spectral_radius=radius)
        made.wait(60)
    made.sweep({"reservoir.spectral_radius": np.linspace(0.1, 1, 5), "beta": np.geomspace(1e-6, 1, 4)}, seeds=None)
    made.wait_sweep(60)
    yield made
    made.close()


def is_short(thing):
    text = repr(thing)
    assert len(text) <= LONGEST and len(text.splitlines()) <= LINES, f"{type(thing).__name__}: {len(text)} characters\n{text}"
    assert "array([" not in text, text
    return text


MODEL = rc.Input(2) >> rc.Reservoir(60, seed=0) >> rc.LinearReadout(2)
TRAINERS = ("RidgeTrainer", "LinearTrainer", "RLS", "FORCELearning", "LMS")
NODES = {
    "Select": lambda: rc.Select("0:2"),
    "Reshape": lambda: rc.Reshape((2, 3)),
    "Activation": lambda: rc.Activation("tanh"),
}


def made_of(name, play):
    """One object of a public class."""
    kind = getattr(rc, name)
    if name == "Playground":
        return play
    if name == "Experiment":
        return play.experiment
    if name == "Graph":
        return MODEL
    if name == "Sweep":
        return play.experiment.sweeping.sweep
    if name == "Search":
        x = np.sin(np.arange(100.0) / 5)[:, None]
        return rc.search(rc.RidgeTrainer(rc.Input(1) >> rc.Reservoir(10) >> rc.LinearReadout(1)), [x, x], {"beta": (1e-6, 1.0)}, trials=2)
    if name in ("Regressor", "Classifier"):
        return kind(MODEL, beta=1e-3)
    if name == "BPTT":
        return kind(rc.Input(2) >> rc.VanillaRNN(60) >> rc.Dense(2))
    if name == "BPTTLanes":
        return kind(made_of("BPTT", play), {"learning_rate": np.geomspace(1e-4, 1e-2, 50)})
    if name == "Lanes":
        return kind(rc.RidgeTrainer(MODEL), {"reservoir.leak_rate": np.linspace(0.1, 1, 50), "beta": np.ones(50)})
    if name == "EstimatorTrainer":
        from sklearn.linear_model import Ridge

        return kind(MODEL, Ridge())
    if name in TRAINERS or name in ("RNNRunner", "IntrinsicPlasticity"):
        return kind(MODEL)
    if name.endswith("View") or name in ("GraphEditor", "RunsTable"):
        return kind(play.experiment)
    return NODES[name]() if name in NODES else kind()


def public():
    return [name for name in rc.__all__ if inspect.isclass(getattr(rc, name))]


@pytest.mark.parametrize("name", public())
def test_every_public_class_has_a_short_text_with_its_name(name, page, series):
    play = rc.Playground(MODEL, data=series)
    play.wait(60)
    if name == "Sweep":
        play.sweep({"beta": np.geomspace(1e-6, 1, 40)})
        play.wait_sweep(60)
    text = is_short(made_of(name, play))
    assert name.removesuffix("Lanes") in text or name == "Lanes"
    play.close()


def test_all_other_public_names_are_functions_or_modules():
    others = [getattr(rc, name) for name in rc.__all__ if name not in public()]
    assert others and all(isinstance(one, types.ModuleType | types.FunctionType) for one in others)


def test_a_fitted_trainer_its_state_and_a_runner_are_short(series):
    trainer = rc.RidgeTrainer(MODEL).fit([series[:-1], series[1:]])
    assert is_short(trainer) == "<RidgeTrainer() of a model of input, reservoir, readout>"
    assert "array (1, 60)" in is_short(trainer.state)
    found = [one for one in vars(rc.analysis).values() if inspect.isclass(one) and hasattr(one, "_fields")]
    assert len(found) >= 3
    for kind in found:
        assert "array (90, 90)" in is_short(kind(*[np.zeros((90, 90))] * len(kind._fields)))
    many = rc.Input(2) >> [rc.Reservoir(3) for _ in range(150)] >> rc.LinearReadout(2)
    is_short(rc.RNNRunner(many))
    assert len(repr(many).splitlines()) < 25 and "more nodes" in repr(many) and "more wires" in repr(many)


def test_all_that_an_experiment_gives_is_short(play):
    experiment = play.experiment
    results = play.results
    given = [
        *(results, results.path, results.data, results.test_score, results.settings, results.model, results.state, results.question),
        *(experiment.split, experiment.split.borders, experiment.data, experiment.document, experiment.status, experiment.task),
        *(play.metrics["nrmse"], play.runs[0], play.trainer, experiment.sweeping),
        *(experiment.look(name) for name in ("closed loop", "spectrum", "activity")),
        play.children,
    ][:-1]
    for thing in given:
        is_short(thing)
    assert "values=array (400, 2)" in is_short(experiment.split)
    assert "run=array" in repr(experiment.look("closed loop")) and "truth=array" in repr(experiment.look("closed loop"))
    assert len(repr(play.metrics)) <= LONGEST + 100 and "\n" not in repr(play.metrics)
    assert len(repr(play.runs).splitlines()) <= LINES and len(repr(play.runs)) <= 400
    assert "5 of 5" not in repr(play.runs) and "reservoir 60" in repr(play.runs)
    for view in (*play.children[1].children, *play.children[2:4], rc.controls(experiment)):
        is_short(view)


def test_a_long_value_is_cut_and_a_collection_counted():
    assert short(np.zeros((400, 400))) == "array (400, 400)"
    assert short({"a": np.zeros(3), "b": 1.23456789}) == "{'a': array (3,), 'b': 1.23457}"
    assert short(list(range(9))) == "[0, 1, 2, ... 6 more]" and short((1,)) == "(1,)"
    assert short("x" * 100).endswith(" ...") and len(short("x" * 100)) == 60
    assert len(short_repr(rc.Experiment(auto=False).document)) <= LONGEST
