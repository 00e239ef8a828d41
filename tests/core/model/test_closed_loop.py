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


def driven_data(rows=900):
    """A signal y that a known drive u pushes about: rows (y, u), and y one step later."""
    u = np.sin(np.arange(rows) / 7) * np.cos(np.arange(rows) / 31)
    y = np.zeros(rows + 1)
    for t in range(rows):
        y[t + 1] = 0.8 * y[t] + 0.3 * np.tanh(u[t])
    return np.stack([y[:-1], u], axis=1), y[1:, None]


def one_input(size=2):
    return Input(size) >> Reservoir(80, seed=1, input_scaling=0.4) >> LinearReadout(1)


def test_known_inputs_drive_the_loop_and_outputs_take_the_place_of_the_others():
    x, y = driven_data()
    trainer = RidgeTrainer(one_input(), beta=1e-8, dtype="float64")
    trainer.predict(x[:100])
    trainer.fit([x[100:700], y[100:700]])
    held = trainer.snapshot()
    forecast = trainer.generate(200, drive=x[700:, 1:])
    assert np.abs(forecast - y[700:]).max() < 2e-3 < np.abs(y[700:]).max() / 50
    trainer.restore(held)
    fed = np.concatenate([y[699:700], forecast[:-1]])
    np.testing.assert_allclose(trainer.predict(np.hstack([fed, x[700:, 1:]])), forecast, atol=1e-12)
    trainer.restore(held)
    parts = [trainer.generate(60, drive=x[700:760, 1]), trainer.generate(140, drive=x[760:, 1:])]
    np.testing.assert_allclose(np.concatenate(parts), forecast, atol=1e-12)
    trainer.restore(held)
    assert np.abs(trainer.generate(200, drive=np.zeros(200)) - forecast).max() > 0.1


def test_nan_tells_the_columns_that_are_outputs_and_names_tell_the_inputs():
    x, y = driven_data()
    first = RidgeTrainer(one_input(), beta=1e-8, dtype="float64").fit([x[:700], y[:700]])
    forecast = first.generate(200, drive=x[700:, 1:])
    weights = first.params
    weights["reservoir"]["W_in"] = weights["reservoir"]["W_in"][::-1]
    turned = RNNRunner(one_input(), params=weights, dtype="float64")
    turned.predict(x[:700, ::-1])
    start = RNNRunner(one_input(), params=first.params, dtype="float64")
    start.predict(x[:700])
    known = np.stack([x[700:, 1], np.full(200, np.nan)], axis=1)
    np.testing.assert_allclose(turned.generate(200, drive=known), start.generate(200, drive=x[700:, 1:]), atol=1e-12)
    signal, wind = Input(1, name="signal"), Input(1, name="wind")
    two = RidgeTrainer(
        [signal, wind] >> Reservoir(80, seed=1, input_scaling=0.4, name="reservoir") >> LinearReadout(1), beta=1e-8, dtype="float64"
    )
    two.fit([{"signal": x[:700, :1], "wind": x[:700, 1:]}, y[:700]])
    assert np.abs(two.generate(200, drive={"wind": x[700:, 1:]}) - y[700:]).max() < 2e-3
    assert np.abs(forecast - y[700:]).max() < 2e-3


def test_each_series_of_a_batch_has_its_drive_or_all_have_one(generator):
    runner = RNNRunner(one_input(), dtype="float64")
    runner.predict(generator.normal(size=(3, 20, 2)))
    held = runner.snapshot()
    drive = generator.normal(size=(3, 15, 1))
    every = runner.generate(15, drive=drive)
    runner.restore(held)
    same = runner.generate(15, drive=drive[1])
    np.testing.assert_allclose(same[1], every[1], atol=1e-12)
    assert np.abs(same[0] - every[0]).max() > 1e-3


@pytest.mark.parametrize(
    ("drive", "words"),
    [
        (None, r"readout gives 1 feature, input takes 2. .* or give the 1 feature that is known"),
        (np.zeros((5, 2)), "must have its last 1 feature, where readout is the first 1, or all 2, with nan in the columns"),
        (np.zeros((4, 1)), r"drive of 'input' must be \(5, features\), a row for each step, got the shape \(4, 1\)"),
        (np.full((5, 1), np.nan), r"drive of 'input' must be finite, got nan in row 0"),
        ({"wind": np.zeros(5)}, "drive must be of Inputs, got 'wind'. The Inputs: input"),
        (np.array(["a"] * 5), "drive of 'input' must be numbers"),
    ],
)
def test_a_drive_that_does_not_fit_is_a_sentence(drive, words):
    runner = RNNRunner(one_input())
    runner.predict(np.zeros((4, 2)))
    with pytest.raises((ValueError, TypeError), match=words):
        runner.generate(5, drive=drive)


def test_where_all_is_known_or_nothing_is_a_sentence():
    runner = RNNRunner(model())
    runner.predict(np.zeros((4, 2)))
    with pytest.raises(ValueError, match="readout gives all that input takes, so nothing of it is known. Leave drive out"):
        runner.generate(5, drive=np.zeros((5, 2)))
    two = RNNRunner([Input(1, name="a"), Input(1, name="b")] >> Reservoir(5) >> LinearReadout(1))
    two.predict({"a": np.zeros(4), "b": np.zeros(4)})
    with pytest.raises(ValueError, match=r"generate\(steps, drive=\{'b': ...\}\)"):
        two.generate(5)
    with pytest.raises(ValueError, match="must leave one Input that takes what readout gives, got none left"):
        two.generate(5, drive={"a": np.zeros(5), "b": np.zeros(5)})
    with pytest.raises(ValueError, match="got a, b left"):
        two.generate(5, drive={})
