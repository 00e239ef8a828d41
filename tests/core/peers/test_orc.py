"""Models of orc: objects that stand in for them, of recorded weights; states and outputs against those recorded."""

import numpy as np
import pytest
from scipy.special import softmax

import rcwidgets as rc
from tests.core.peers.standing import instance, recorded

RECORDED = recorded("orc")
X = RECORDED[""]["x"]
NAMES = {
    "plain": ("ParallelESNDriver", "ParallelLinearEmbedding", "ParallelLinearReadout"),
    "chunks": ("ParallelESNDriver", "ParallelLinearEmbedding", "ParallelLinearReadout"),
    "edges": ("ParallelESNDriver", "ParallelLinearEmbedding", "ParallelLinearReadout"),
    "one edge": ("ParallelESNDriver", "ParallelLinearEmbedding", "ParallelLinearReadout"),
    "ensemble": ("ParallelESNDriver", "EnsembleLinearEmbedding", "EnsembleLinearReadout"),
    "final": ("ESNDriver", "LinearEmbedding", "LinearReadout"),
    "mean": ("ESNDriver", "LinearEmbedding", "LinearReadout"),
    "control": ("ESNDriver", "LinearEmbedding", "LinearReadout"),
}


def embedding_of(name, own, periodic):
    """An embedding with orc's way of giving each chunk its part of the input and `locality` values on both sides of it."""
    win, locality = own["win"], int(own["locality"])
    size = win.shape[2] - 2 * locality
    features = win.shape[2] if name.startswith("Ensemble") else size * len(win)

    def embed(row):
        if name.startswith("Ensemble"):
            return win @ row
        padded = np.concatenate([row[-locality:], row, row[:locality]])
        if not periodic:
            padded[:locality] = padded[locality]
            padded[-locality:] = padded[-locality]  # the first value, not the last: orc's way, at this edge and without locality
        return np.stack([one @ padded[k * size : k * size + one.shape[1]] for k, one in enumerate(win)])

    return instance(name, in_dim=features, win=win, embed=embed)


def stand_in(case, **changed):
    """orc's model of the recorded weights."""
    own = RECORDED[case]
    driver, embedding, readout = NAMES[case]
    chunks, units = own["win"].shape[:2]
    wr = instance("BCOO", data=own["data"], indices=own["indices"], shape=(chunks, units, units))
    wout = own["wout"]
    outputs = wout.shape[1] if case == "ensemble" else wout.shape[0] * wout.shape[1]
    entry = embedding_of(embedding, own, periodic="edge" not in case)
    made = {
        "driver": instance(driver, wr=wr, leak=float(own["leak"]), bias=float(own["bias"]), mode="discrete", res_dim=units),
        "embedding": entry,
        "readout": instance(readout, wout=wout, out_dim=outputs),
        "in_dim": entry.in_dim,
        "res_dim": units,
    }
    if case in ("final", "mean"):
        made["state_repr"] = case
    return instance("Model", **made | changed)


@pytest.mark.parametrize("case", ["plain", "chunks", "edges", "one edge", "ensemble"])
def test_states_outputs_and_forecast_are_those_recorded(case):
    own, runner = RECORDED[case], rc.from_orc(stand_in(case))
    outputs = runner.predict(X, monitors=["reservoir.state"])
    np.testing.assert_allclose(runner.mon["reservoir.state"][0], own["states"], rtol=0, atol=1e-6)
    np.testing.assert_allclose(outputs, own["outputs"], rtol=0, atol=1e-6)
    first = runner.predict(X[:40], reset=True)[-1:]
    np.testing.assert_allclose(np.concatenate([first, runner.generate(19)]), own["forecast"], rtol=0, atol=1e-5)
    assert runner.dtype == np.float64


@pytest.mark.parametrize("case", ["final", "mean"])
def test_probabilities_of_a_classifier_are_the_softmax_of_the_outputs(case):
    scores = rc.from_orc(stand_in(case)).predict(X[None])[0]
    np.testing.assert_allclose(softmax(scores), RECORDED[case]["outputs"], rtol=0, atol=1e-6)


def test_a_controller_takes_inputs_then_controls():
    runner = rc.from_orc(stand_in("control"))
    runner.predict(X, monitors=["reservoir.state"])
    np.testing.assert_allclose(runner.mon["reservoir.state"][0], RECORDED["control"]["states"], rtol=0, atol=1e-6)


def with_part(part, **changed):
    model = stand_in("plain")
    own = vars(getattr(model, part))
    name = changed.pop("kind", type(getattr(model, part)).__name__)
    setattr(model, part, instance(name, **own | changed))
    return model


REFUSED = {
    "continuous": (lambda: with_part("driver", mode="continuous"), "is continuous in time"),
    "taylor": (lambda: with_part("driver", kind="ParallelTaylorDriver"), "a part of the kind ParallelTaylorDriver, which is not read"),
    "quadratic": (lambda: with_part("readout", kind="ParallelQuadraticReadout"), "a part of the kind ParallelQuadraticReadout"),
    "embedding": (lambda: with_part("embedding", kind="MyEmbedding"), "a part of the kind MyEmbedding, which is not read"),
    "leak": (
        lambda: with_part("driver", leak=np.linspace(0.2, 0.6, 30)),
        "a leak rate for each unit, from 0.2 to 0.6. Give all units one.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_here_is_refused_in_words(case):
    make, words = REFUSED[case]
    with pytest.raises(ValueError, match=r"^from_orc\.model ") as refused:
        rc.from_orc(make())
    assert words in str(refused.value)


def test_what_is_no_model_is_refused():
    with pytest.raises(
        TypeError, match=r"from_orc\.model must be an orc forecaster, classifier or controller of version 0\.4, got float\."
    ):
        rc.from_orc(0.5)
