"""The closed loop against plain NumPy loops, and the sentences of refusal."""

import numpy as np
import pytest

from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Concat, Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer


def model(feedback=False, **knobs):
    i, r, o = Input(2), Reservoir(30, seed=1, input_scaling=0.4, feedback_scaling=0.3, **knobs), LinearReadout(2)
    return (i >> r >> o) & (r << o) if feedback else i >> r >> o


def by_hand(node, params, h, y, fed, steps):
    """The loop in NumPy: `fed` is the output on the feedback wire, or None."""
    own, out = params["reservoir"], params["readout"]
    outputs = []
    for _ in range(steps):
        drive = node.spectral_radius * h @ own["W"] + node.input_scaling * y @ own["W_in"]
        drive = drive if fed is None else drive + node.feedback_scaling * fed @ own["W_fb"]
        h = (1 - node.leak_rate) * h + node.leak_rate * np.tanh(drive)
        y = h @ out["W"] + out["b"]
        fed = None if fed is None else y
        outputs.append(y)
    return np.swapaxes(outputs, 0, 1)


@pytest.mark.parametrize("feedback", [False, True])
@pytest.mark.parametrize("batch", [1, 3])
def test_it_feeds_each_output_back_as_the_next_input(feedback, batch, generator):
    graph = model(feedback)
    runner = RNNRunner(graph, dtype="float64")
    y = runner.predict(generator.normal(size=(batch, 20, 2)))
    h, fed = runner.state.nodes[1]["h"], runner.state.feedback.get(2)
    generated = runner.generate(25)
    assert generated.shape == (batch, 25, 2)
    np.testing.assert_allclose(generated, by_hand(graph["reservoir"], runner.params, h, y[:, -1], fed, 25), atol=1e-12)
    assert np.abs(np.diff(generated, axis=1)).max() > 1e-3


def test_it_equals_predict_on_its_own_outputs_and_carries_on(generator):
    x = generator.normal(size=(20, 2))
    runs = [RNNRunner(model(noise=0.01), dtype="float64") for _ in range(3)]
    first = runs[0].predict(x)
    for runner in runs[1:]:
        runner.predict(x)
    whole = runs[0].generate(12)
    np.testing.assert_allclose(np.vstack([runs[1].generate(5), runs[1].generate(7)]), whole, atol=1e-12)
    np.testing.assert_allclose(runs[2].predict(np.vstack([first[-1:], whole[:-1]])), whole, atol=1e-12)
    np.testing.assert_allclose(runs[2].generate(3), runs[0].generate(3), atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_after_fit_it_starts_from_the_last_target_and_forecasts(dtype):
    waves = np.stack([np.sin(np.arange(900) / 8), np.cos(np.arange(900) / 8)], axis=1)
    trainer = RidgeTrainer(model(), beta=1e-6, dtype=dtype)
    trainer.predict(waves[:100])
    trainer.fit([waves[100:699], waves[101:700]])
    forecast = trainer.generate(200)
    assert forecast.dtype == np.dtype(dtype)
    np.testing.assert_allclose(forecast, waves[700:], atol=2e-3)
    again = RidgeTrainer(model(), beta=1e-6, dtype=dtype)
    again.predict(waves[:100])
    again.fit([waves[100:699], waves[101:700]])
    np.testing.assert_allclose(again.predict(waves[699:700]), forecast[:1], rtol=1e-5)


def test_a_run_that_blows_up_says_where_and_leaves_the_state(generator):
    drawn = RNNRunner(model())
    drawn.predict(np.zeros((1, 2)))
    weights = drawn.params
    weights["readout"]["W"] *= 50
    runner = RNNRunner(model(activation="identity"), params=weights, dtype="float64")
    runner.predict(generator.normal(size=(5, 2)))
    before = runner.state
    with pytest.raises(FloatingPointError, match=r"readout is not finite from step \d+ of the closed loop on: the run blew up") as caught:
        runner.generate(5000)
    np.testing.assert_array_equal(runner.state.nodes[1]["h"], before.nodes[1]["h"])
    last_finite = int(str(caught.value).split("step ")[1].split()[0])
    assert np.isfinite(runner.generate(last_finite)).all()
    with pytest.raises(FloatingPointError, match="not finite from step 0 of"):
        runner.generate(1)


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (
            Input(2) >> Reservoir(5) >> LinearReadout(3),
            "readout gives 3 features, input takes 2. Train the model to forecast its own input",
        ),
        (
            [Input(1), Input(1)] >> Concat() >> Reservoir(5) >> LinearReadout(2),
            "needs one Input and one output, got 2 inputs: input, input_2",
        ),
        (
            Input(2) >> Reservoir(5) >> [LinearReadout(2), LinearReadout(2)],
            "needs one Input and one output, got 2 outputs: readout, readout_2",
        ),
    ],
)
def test_a_model_that_cannot_close_the_loop_is_a_sentence(graph, words):
    runner = RNNRunner(graph)
    x = np.zeros((4, 2))
    runner.predict({"input": x[:, :1], "input_2": x[:, :1]} if "2 inputs" in words else x)
    with pytest.raises(ValueError, match=words):
        runner.generate(5)


@pytest.mark.parametrize("steps", [0, -1, 2.5, True, "7"])
def test_a_wrong_number_of_steps_is_a_sentence(steps):
    runner = RNNRunner(model())
    with pytest.raises(ValueError, match="RNNRunner has seen no data yet"):
        runner.generate(3)
    runner.predict(np.zeros((1, 2)))
    with pytest.raises(ValueError, match=f"RNNRunner.generate takes a whole number of steps from 1, got {steps!r}"):
        runner.generate(steps)
