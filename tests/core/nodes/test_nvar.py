"""NVAR against products by hand, counts, another library's node, and the errors that the literature reports."""

from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
import pytest
from reservoirpy.nodes import NVAR as OtherNVAR

from rcwidgets.core import metrics
from rcwidgets.core.datasets import lorenz_series
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.needs import memory_estimate, memory_problem
from rcwidgets.core.loading import load
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import NVAR, Input, LinearReadout, Reservoir
from rcwidgets.core.nodes.nvar import factors
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.online.recursive import RLS

TUTORIAL = Path(__file__).parents[2] / "data" / "lorenz_tutorial.npz"


def by_hand(node, u):
    """The features of u (time, batch, inputs) by loops over times and products."""
    orders = node.order if isinstance(node.order, tuple) else (node.order,)
    rows = []
    for t in range(len(u)):
        taps = [u[t - k * node.stride] if t >= k * node.stride else np.zeros_like(u[0]) for k in range(node.delay)]
        x = np.concatenate(taps, axis=-1).astype(np.float64)
        parts = [np.ones((len(x), 1))] if node.constant else []
        parts.append(x)
        for order in orders:
            if order > 1:
                parts.append(
                    np.stack(
                        [np.prod(x[:, list(places)], axis=1) for places in combinations_with_replacement(range(x.shape[1]), order)], axis=1
                    )
                )
        rows.append(np.concatenate(parts, axis=1))
    return np.array(rows)


NODES = [
    NVAR(),
    NVAR(1, constant=True),
    NVAR(3, order=(3, 2), stride=4),
    NVAR(2, order=1, stride=60),
    NVAR(4, order=2, stride=5, constant=True),
]


@pytest.mark.parametrize("node", NODES, ids=repr)
def test_the_features_are_those_made_by_hand(node, bench, signal, kinds, close):
    u = signal[..., :3]
    expected = by_hand(node, u)
    close(bench(node, 3, *kinds).series(u)[1], expected)
    close(bench(node, 3, *kinds).steps(u)[1], expected)


def test_a_small_case_in_numbers(bench):
    u = np.array([[2.0, 3.0], [5.0, 7.0]])[:, None]
    _, y = bench(NVAR(2, order=2, constant=True), 2).series(u)
    assert y[1, 0].tolist() == [1, 5, 7, 2, 3, 25, 35, 10, 15, 49, 14, 21, 4, 6, 9]
    assert y[0, 0].tolist() == [1, 2, 3, 0, 0, 4, 6, 0, 0, 9, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("inputs", "node", "count"),
    [
        (3, NVAR(2, constant=True), 28),
        (3, NVAR(2, order=3), 62),
        (3, NVAR(2, order=(2, 3)), 83),
        (2, NVAR(4, constant=True), 45),
        (3, NVAR(4), 90),
        (3, NVAR(4, order=1), 12),
    ],
)
def test_the_number_of_features(inputs, node, count):
    assert node.output_size(inputs) == count
    names = node.feature_names(inputs)
    assert len(names) == len(set(names)) == count


@pytest.mark.parametrize("inputs", [0, -1, 2.5, True, "xy", [], ["x", 3]])
def test_names_of_no_inputs_are_refused_in_words(inputs):
    with pytest.raises(ValueError, match=r"NVAR.feature_names takes a number of inputs from 1 or a list of their names, got .* Give 2 or"):
        NVAR(2).feature_names(inputs)
    assert NVAR(2).feature_names(np.int64(2)) == NVAR(2).feature_names(2)


def test_the_names_say_what_each_feature_is(bench, generator):
    node = NVAR(2, order=(2, 3), stride=5, constant=True)
    names = node.feature_names(2)
    assert names[:5] == ["1", "x0[t]", "x1[t]", "x0[t-5]", "x1[t-5]"]
    assert {"x0[t] x1[t-5]", "x0[t]^2", "x0[t]^2 x1[t-5]"} <= set(names)
    assert NVAR(1, order=1).feature_names(["x", "y"]) == ["x[t]", "y[t]"]
    u = generator.normal(size=(9, 1, 2))
    _, y = bench(node, 2).series(u)
    now = {f"x{k}[{when}]": u[t, 0, k] for k in (0, 1) for when, t in (("t", 8), ("t-5", 3))} | {"1": 1.0}
    for name, value in zip(names, y[8, 0], strict=True):
        powers = [(word.split("^")[0], int(word.split("^")[1]) if "^" in word else 1) for word in name.split(" ")]
        assert value == pytest.approx(np.prod([now[word] ** power for word, power in powers]))


def test_chunks_carry_on_where_the_last_one_ended(bench, signal, kinds, close):
    node, u = NVAR(3, stride=4), signal[..., :2]
    whole = bench(node, 2, *kinds).series(u)[1]
    rig = bench(node, 2, *kinds)
    state, parts = None, []
    for rows in (slice(0, 3), slice(3, 4), slice(4, 40)):
        state, y = (rig.steps if rows.start == 3 else rig.series)(u[rows], state)
        parts.append(y)
    close(np.concatenate(parts), whole)


@pytest.mark.parametrize(("delay", "order", "stride"), [(2, 2, 1), (4, 2, 5), (3, 3, 2)])
def test_it_agrees_with_another_library(delay, order, stride, generator):
    u = generator.normal(size=(60, 2))
    theirs = OtherNVAR(delay=delay, order=order, strides=stride).run(u)
    ours = RNNRunner(Input(2) >> NVAR(delay, order=order, stride=stride)).predict(u)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-12)


def test_a_graph_with_it_runs_in_float64():
    assert RNNRunner(Input(2) >> NVAR() >> LinearReadout(1)).dtype == np.float64
    assert RNNRunner(Input(2) >> NVAR() >> LinearReadout(1), dtype="float32").dtype == np.float32


@pytest.mark.parametrize(("penalize_bias", "expected"), [(True, 0.3374), (False, 0.3378)])
def test_the_tutorial_s_z_from_x_and_y(penalize_bias, expected):
    data = np.load(TUTORIAL)["ngrc"]
    x, y, warmup, end = data[:, :2], data[:, 2:], 500, 1500
    trainer = RidgeTrainer(Input(2) >> NVAR(delay=4, order=2, stride=5) >> LinearReadout(1), beta=0.05, penalize_bias=penalize_bias)
    trainer.predict(x[:warmup])
    trainer.fit([x[warmup:end], y[warmup:end]])
    assert metrics.mse(trainer.predict(x[end:]), y[end:]) == pytest.approx(expected, abs=1e-3)


def test_one_step_of_lorenz_is_nearly_exact():
    lorenz = lorenz_series(100, dt=0.01, inits={"x": 8, "y": 1, "z": 1})
    data = np.concatenate([lorenz["x"], lorenz["y"], lorenz["z"]], axis=1)
    x, y = data[:-1], data[1:]
    trainer = RidgeTrainer(Input(3) >> NVAR(delay=4, order=2, stride=5) >> LinearReadout(3), beta=1e-6)
    trainer.predict(x[:2000])
    trainer.fit([x[2000:8000], y[2000:8000]])
    assert metrics.mse(trainer.predict(x[8000:]), y[8000:]) < 1e-10


def test_the_closed_loop_is_the_forecast_put_back_by_hand():
    x = np.stack([np.sin(np.arange(300) / 5), np.cos(np.arange(300) / 7)], axis=1)
    trainer = RidgeTrainer(Input(2) >> NVAR(2, stride=3) >> LinearReadout(2), beta=1e-6).fit([x[:-1], x[1:]])
    by_itself = trainer.generate(20)
    again = RidgeTrainer(Input(2) >> NVAR(2, stride=3) >> LinearReadout(2), beta=1e-6).fit([x[:-1], x[1:]])
    last, rows = x[-1:], []
    for _ in range(20):
        last = again.predict(last)
        rows.append(last[0])
    np.testing.assert_allclose(by_itself, rows, atol=1e-9)


@pytest.mark.parametrize("node", [NVAR(1000, order=6), NVAR(30, order=10), NVAR(1000, order=(2, 3), stride=10_000)], ids=repr)
def test_one_too_large_is_refused_in_words_before_anything_is_made(node):
    factors.cache_clear()
    graph = Input(50) >> node >> LinearReadout(1)
    with pytest.raises(ValueError, match=r"nvar makes the model need .* GB of memory; a model may take 4 GB. Lower its order."):
        RNNRunner(graph).predict(np.zeros((5, 50)))
    assert factors.cache_info().currsize == 0


def test_many_features_before_a_readout_are_the_nvar_s_affair():
    problem = memory_problem(Input(30) >> NVAR(10) >> LinearReadout(1))
    assert problem is not None
    assert problem.text.startswith("nvar makes the model need") and problem.knob == "order"
    assert memory_problem(Input(3) >> NVAR(4, order=(2, 3)) >> LinearReadout(3)) is None


def test_what_it_holds_by_hand():
    """A delay line of 3 steps, the tables of 10 products of 2 and 20 products of 3, and 64 steps of 34 features."""
    graph = Input(2) >> NVAR(2, order=(2, 3), stride=3)
    assert memory_estimate(graph) == 8 * (3 * 2 + 10 * 2 + 20 * 3 + 64 * 34)


def test_the_size_of_the_data_counts_where_the_input_has_none():
    graph = Input() >> NVAR(10) >> LinearReadout()
    assert graph.problems(1, 1) == []
    (problem,) = graph.problems(30, 1)
    assert problem.text.startswith("nvar makes the model need")


@pytest.mark.parametrize(
    ("knobs", "error", "words"),
    [
        ({"order": 0}, ValueError, r"NVAR.order must be in \[1, 10\], got 0."),
        ({"order": (2, 2)}, ValueError, r"NVAR.order must be different degrees, got \(2, 2\)."),
        ({"order": ()}, ValueError, r"NVAR.order must be 1 to 16 whole numbers, got 0."),
        ({"order": 2.5}, TypeError, r"NVAR.order must be a whole number or several, such as 2 or \(2, 3\), got 2.5."),
        ({"order": "2"}, TypeError, r"NVAR.order must be a whole number or several"),
        ({"order": (2, True)}, TypeError, r"NVAR.order must be a whole number or several"),
        ({"delay": 0}, ValueError, r"NVAR.delay must be in \[1, 1000\], got 0."),
    ],
)
def test_bad_knobs_are_refused_in_words(knobs, error, words):
    with pytest.raises(error, match=words):
        NVAR(**knobs)


def test_its_order_is_kept_through_json_and_code():
    assert NVAR(order=[2, 3]).order == NVAR(order=(np.int64(2), 3)).order == (2, 3)
    assert NVAR(order=(3,)).order == 3
    graph = Input(2) >> NVAR(4, order=(2, 3), stride=5) >> Reservoir(3)
    assert "nvar = rc.NVAR(4, order=(2, 3), stride=5)" in graph.to_code()
    assert Graph.from_json(graph.to_json())["nvar"].knobs == {"delay": 4, "order": (2, 3), "stride": 5, "constant": False}


def test_step_by_step_learning_ends_where_ridge_regression_does(generator):
    x = generator.normal(size=(200, 2))
    y = x[:, :1] * np.roll(x[:, 1:], 2, axis=0)
    model = Input(2) >> NVAR(2, stride=2) >> LinearReadout(1)
    ridge = RidgeTrainer(model, beta=0.1, penalize_bias=True).fit([x, y]).params["readout"]
    learned = RLS(model, alpha=0.1).fit([x, y]).params["readout"]
    np.testing.assert_allclose(learned["W"], ridge["W"], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(learned["b"], ridge["b"], rtol=1e-6, atol=1e-9)


def test_a_saved_model_goes_on_with_its_delay_line(tmp_path, generator):
    x = generator.normal(size=(80, 2))
    trainer = RidgeTrainer(Input(2) >> NVAR(3, order=(2, 3), stride=4) >> LinearReadout(1), beta=1e-3).fit([x[:60], x[:60, :1]])
    again = load(trainer.save(tmp_path / "model.npz"))
    np.testing.assert_array_equal(again.predict(x[60:]), trainer.predict(x[60:]))
