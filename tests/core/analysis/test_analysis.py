"""The measures of reservoirs against closed forms."""

import sys
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from rcwidgets.core import analysis
from rcwidgets.core.datasets import henon_series
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Concat, Input, LinearReadout, Reservoir
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer


def linear(W, *, radius=1.0, leak=1.0, W_in=None, readout=None, seed=0):
    """A runner of linear units with these recurrent weights."""
    units = len(W)
    graph = Input(1) >> Reservoir(units, activation="identity", leak_rate=leak, spectral_radius=radius, input_scaling=1.0, connectivity=1.0)
    graph = graph if readout is None else graph >> LinearReadout(1)
    drawn = RNNRunner(graph, seed=seed, dtype="float64")
    drawn.predict(np.zeros((1, 1)))
    params = drawn.params
    params["reservoir"]["W"] = W
    if W_in is not None:
        params["reservoir"]["W_in"] = W_in
    if readout is not None:
        params["readout"]["W"] = readout
    return RNNRunner(graph, params=params, dtype="float64")


def cycle(units):
    return np.roll(np.eye(units), 1, axis=1)


def delay_line(units):
    return np.eye(units, k=1)


def test_the_spectrum_of_a_cycle_lies_on_a_circle():
    found = analysis.spectrum(linear(cycle(12), radius=0.7))
    np.testing.assert_allclose(np.abs(found), 0.7, rtol=1e-10)
    np.testing.assert_allclose(np.sort_complex(found**12), np.full(12, 0.7**12), atol=1e-12)
    assert analysis.spectral_radius(linear(cycle(12), radius=0.7)) == pytest.approx(0.7)
    leaky = analysis.spectrum(linear(cycle(4), radius=0.5, leak=0.2), leaky=True)
    np.testing.assert_allclose(leaky, [0.9, 0.8 + 0.1j, 0.8 - 0.1j, 0.7], atol=1e-12)


def test_the_knob_of_a_drawn_reservoir_is_its_spectral_radius():
    graph = Input(1) >> Reservoir(150, spectral_radius=1.3, seed=4)
    assert analysis.spectral_radius(graph) == pytest.approx(1.3, rel=1e-6)
    assert abs(analysis.spectrum(graph)[0]) == pytest.approx(1.3, rel=1e-6)


def test_the_radius_of_a_large_sparse_reservoir_needs_no_dense_matrix(monkeypatch):
    monkeypatch.setattr(csr_array, "toarray", lambda self: pytest.fail("made dense"))
    graph = Input(1) >> Reservoir(3000, topology="small world", spectral_radius=0.7, leak_rate=0.5, seed=4)
    assert analysis.spectral_radius(graph) == pytest.approx(0.7, rel=1e-6)
    ring = Input(1) >> Reservoir(3000, topology="cycle", spectral_radius=0.7, leak_rate=0.5)
    assert analysis.spectral_radius(ring, leaky=True) == pytest.approx(0.5 + 0.5 * 0.7, rel=1e-9)


def test_a_scipy_array_is_a_matrix():
    turn = csr_array(np.array([[0.0, 2.0], [-2.0, 0.0]]))
    np.testing.assert_allclose(analysis.spectrum(turn), [2j, -2j], atol=1e-12)
    assert analysis.spectral_radius(turn) == pytest.approx(2.0)


def test_the_radius_of_many_units_is_told_in_bounded_time(monkeypatch):
    graph = Input(1) >> Reservoir(1500, connectivity=0.02, spectral_radius=0.8, leak_rate=0.5, seed=4)
    exact, turn = analysis.spectral_radius(graph), np.array([[0.0, 1.0], [-4.0, 0.0]])
    monkeypatch.setattr(sys.modules[analysis.spectrum.__module__], "GROWN_FROM", 2)
    assert exact != analysis.spectral_radius(graph) == pytest.approx(exact, rel=0.01)
    assert analysis.spectral_radius(graph, leaky=True) < 1.0
    assert analysis.spectral_radius(turn) == pytest.approx(2.0, rel=0.01)
    assert analysis.spectral_radius(np.triu(np.ones((30, 30)), 1)) == 0.0
    monkeypatch.setattr(sys.modules[analysis.spectrum.__module__], "MOST_UNITS", 1000)
    with pytest.raises(ValueError, match=r"spectrum takes at most 1,000 units, got 1,500: all eigenvalues take some 0.0 hours, and"):
        analysis.spectrum(graph)


def test_the_spectrum_of_the_gather_form_is_that_of_its_matrix():
    packed, whole = (Input(1) >> Reservoir(400, topology="small world", seed=4, trainable=on) for on in (False, True))
    np.testing.assert_allclose(np.abs(analysis.spectrum(packed)), np.abs(analysis.spectrum(whole)), atol=1e-9)


@pytest.mark.parametrize("r", [0.9, 0.5])
def test_the_memory_capacity_of_a_linear_cycle_is_its_closed_form(r, generator):
    runner = linear(cycle(20), radius=r, W_in=generator.uniform(0.5, 1.5, (1, 20)) * generator.choice([-1, 1], (1, 20)))
    found = analysis.memory_capacity(runner, lags=200, steps=5000)
    assert (found.lags, found.steps, found.rank) == (200, 5000, 20)
    assert found.total == pytest.approx(20 - (1 - r**40), abs=0.12)
    np.testing.assert_allclose(found.by_lag[:19], 1.0, atol=0.02)
    assert np.abs(found.by_lag[80:].mean()) < 1e-3


def test_a_delay_line_holds_one_input_less_than_it_has_units():
    found = analysis.memory_capacity(linear(delay_line(10), W_in=np.eye(1, 10)), lags=30, steps=3000)
    np.testing.assert_allclose(found.by_lag[:9], 1.0, atol=1e-10)
    assert found.total == pytest.approx(9.0, abs=0.02)


def test_the_lags_go_on_for_as_long_as_there_is_memory():
    """A linear cycle of N units with weight r holds N - (1 - r^(2 N)) in theory; most of it lies beyond 2 N lags where r is close to 1."""
    cycle = Input() >> Reservoir(20, topology="cycle", spectral_radius=0.99, activation="identity", leak_rate=1.0)
    found = analysis.memory_capacity(cycle, steps=100_000)
    assert found.lags > 300
    assert found.total == pytest.approx(20 - (1 - 0.99**40), abs=0.05)
    short = analysis.memory_capacity(cycle.replace("reservoir", spectral_radius=0.5))
    assert (short.lags, round(short.total, 2)) == (40, 19.0)
    with pytest.warns(
        UserWarning, match=r"memory_capacity stops at 320 lags, of which the last half still holds .* Give more steps, such as"
    ):
        analysis.memory_capacity(cycle, steps=2000)


def test_rectified_delay_units_hold_their_input_and_its_square_as_an_integral_says():
    """max(u, 0) of u uniform in [-1, 1]: corr^2 is (1/6)^2 / (5/48 / 3) = 0.8 with u, (1/16)^2 / (5/48 / 5) = 0.1875 with its square, 0 with P_3."""
    graph = Input(1) >> Reservoir(3, activation="relu", leak_rate=1.0, spectral_radius=1.0, input_scaling=2.0)
    drawn = RNNRunner(graph, dtype="float64")
    drawn.predict(np.zeros((1, 1)))
    own = {**drawn.params["reservoir"], "W": delay_line(3), "W_in": np.eye(1, 3)}
    runner = RNNRunner(graph, {"input": {}, "reservoir": own}, dtype="float64")
    for degree, known in ((1, 0.8), (2, 0.1875), (3, 0.0)):
        found = analysis.memory_capacity(runner, lags=5, steps=50_000, amplitude=0.5, degree=degree)
        np.testing.assert_allclose(found.by_lag, [known, known, 0, 0, 0], atol=0.01)


def test_quadratic_memory_needs_a_bias_and_takes_from_the_linear_one():
    graph = Input(1) >> Reservoir(30, spectral_radius=0.9, leak_rate=1.0, input_scaling=1.0, seed=0)
    odd = [analysis.memory_capacity(graph, degree=degree, lags=60).total for degree in (1, 2)]
    assert odd[1] == pytest.approx(0.0, abs=0.05) and odd[0] > 5
    even = [analysis.memory_capacity(graph.replace("reservoir", bias_scaling=1.0), degree=degree, lags=60).total for degree in (1, 2)]
    assert even[1] > 1 and sum(even) < 30


def test_tanh_and_single_precision_hold_no_more_than_their_units():
    found = analysis.memory_capacity(Input() >> Reservoir(30, spectral_radius=0.95, leak_rate=1.0, seed=0), lags=100, steps=4000)
    assert 4 < found.total < 30
    single = RNNRunner(Input(1) >> Reservoir(30, spectral_radius=0.95, leak_rate=1.0, seed=0), dtype="float32")
    assert analysis.memory_capacity(single, lags=100, steps=4000).total < 30


@pytest.mark.parametrize(("radius", "leak"), [(0.9, 1.0), (0.8, 0.3)])
def test_two_starts_of_a_linear_reservoir_converge_at_its_largest_eigenvalue(radius, leak, generator):
    runner = linear(cycle(8), radius=radius, leak=leak)
    found = analysis.echo_state(runner, generator.normal(size=(400, 1)))
    expected = np.log(analysis.spectral_radius(runner, leaky=True))
    assert found.holds
    assert found.rate == pytest.approx(expected, rel=1e-3)
    exponent = analysis.lyapunov_exponent(runner, generator.normal(size=(400, 1)))
    assert exponent.exponent == pytest.approx(expected, rel=1e-3)
    assert exponent.growth.shape == (300,)


def test_the_steps_within_which_a_start_is_forgotten_are_told():
    x = np.sin(np.arange(600) / 9)[:, None]
    graph = Input(1) >> Reservoir(50, leak_rate=1.0, seed=0) >> LinearReadout(1)
    quick, slow = (analysis.echo_state(graph.replace("reservoir", spectral_radius=radius), x).washout for radius in (0.3, 0.9))
    assert 5 <= quick < slow < 600
    assert analysis.echo_state(graph.replace("reservoir", spectral_radius=3.0, input_scaling=1e-3), x).washout is None


def test_a_strong_reservoir_without_input_remembers_its_start():
    graph = Input(1) >> Reservoir(100, spectral_radius=3.0, leak_rate=1.0, seed=0)
    silence = np.zeros((500, 1))
    assert not analysis.echo_state(graph, silence).holds
    assert analysis.lyapunov_exponent(graph.replace("reservoir", bias_scaling=0.1), silence).exponent > 0.05
    assert analysis.echo_state(graph.replace("reservoir", spectral_radius=0.5), silence).holds


def test_both_measures_of_forgetting_agree_on_a_nonlinear_reservoir(generator):
    graph = Input(1) >> Reservoir(60, spectral_radius=1.1, leak_rate=0.5, input_scaling=1.0, noise=0.01, seed=3)
    x = generator.uniform(-1, 1, (1500, 1))
    rate, exponent = analysis.echo_state(graph, x[:400]).rate, analysis.lyapunov_exponent(graph, x, dt=2.0).exponent
    assert rate < 0
    assert 2.0 * exponent == pytest.approx(rate, rel=0.15)


def test_feedback_is_part_of_the_state(generator):
    i, r, o = Input(1), Reservoir(6, activation="identity", leak_rate=1.0, feedback_scaling=0.5, seed=0), LinearReadout(1)
    runner = RNNRunner((i >> r >> o) & (r << o), dtype="float64")
    x = generator.normal(size=(600, 1))
    runner.predict(x)
    own, out = runner.params["reservoir"], runner.params["readout"]
    matrix = 0.9 * own["W"] + 0.5 * out["W"] @ own["W_fb"]
    found = analysis.lyapunov_exponent(runner, x, washout=200).exponent
    assert found == pytest.approx(np.log(np.abs(np.linalg.eigvals(matrix)).max()), abs=0.01)


def test_the_exponent_of_a_linear_closed_loop_is_that_of_its_matrix(generator):
    out = generator.normal(size=(6, 1)) * 0.3
    runner = linear(cycle(6), radius=0.8, W_in=generator.normal(size=(1, 6)), readout=out)
    runner.predict(generator.normal(size=(20, 1)))
    own, before = runner.params["reservoir"], runner.state
    matrix = 0.8 * own["W"] + out @ own["W_in"]
    found = analysis.closed_loop_exponent(runner, 800, washout=300)
    assert found.growth.shape == (800,)
    assert found.exponent == pytest.approx(np.log(np.abs(np.linalg.eigvals(matrix)).max()), abs=0.01)
    np.testing.assert_array_equal(runner.state.nodes[1]["h"], before.nodes[1]["h"])


def test_a_model_that_has_learned_the_henon_series_has_its_exponent():
    data = henon_series(4000)
    series = np.hstack([data["x"], data["y"]])
    graph = Input(2) >> Reservoir(200, spectral_radius=0.1, leak_rate=1.0, input_scaling=0.5, bias_scaling=1.0, seed=0) >> LinearReadout(2)
    trainer = RidgeTrainer(graph, beta=1e-10, dtype="float64")
    trainer.predict(series[:100])
    trainer.fit([series[100:2999], series[101:3000]])
    assert analysis.closed_loop_exponent(trainer, 3000).exponent == pytest.approx(0.4192, abs=0.02)


def test_kernel_and_generalisation_rank_of_a_delay_line():
    line = linear(delay_line(10), W_in=np.eye(1, 10))
    assert analysis.kernel_rank(line, streams=15).rank == 10
    assert analysis.kernel_rank(line, streams=4).rank == 4
    assert analysis.generalization_rank(line, shared=6, streams=15).rank == 4 + 1
    assert analysis.generalization_rank(line, shared=10, streams=15).rank == 1
    assert analysis.kernel_rank(line, streams=15).singular_values.shape == (10,)


def test_a_longer_common_end_makes_states_more_alike():
    graph = Input(1) >> Reservoir(40, spectral_radius=0.9, leak_rate=1.0, input_scaling=0.5, seed=0)
    ranks = [analysis.generalization_rank(graph, shared=shared).rank for shared in (1, 5, 20, 80)]
    assert analysis.kernel_rank(graph).rank > ranks[0] - 1
    assert ranks == sorted(ranks, reverse=True) and ranks[0] > ranks[2] and ranks[-1] == 1


def test_the_ranks_keep_the_last_states_alone(monkeypatch):
    """Those of all steps of 5,000 streams and units would take 40 GB."""
    real, kept = programs.run, []

    def spied(*given, **named):
        after, found, seen = real(*given, **named)
        kept.extend(found.values())
        return after, found, seen

    monkeypatch.setattr(programs, "run", spied)
    graph = Input(1) >> Reservoir(30, spectral_radius=0.9, input_scaling=0.5, seed=0)
    found = analysis.kernel_rank(graph, streams=40, steps=50)
    assert kept[-1].shape == (1, 40, 30)
    assert {len(one) for one in kept} == {1}
    runner = RNNRunner(graph, dtype="float64")
    u = np.random.default_rng(0).uniform(-1, 1, (50, 40, 1)).swapaxes(0, 1)
    runner.predict(u, monitors=["reservoir.state"])
    values = np.linalg.svd(runner.mon["reservoir.state"][:, -1], compute_uv=False)
    np.testing.assert_allclose(found.singular_values, values, rtol=1e-10, atol=1e-12)


def test_the_subject_stays_as_it_is(generator):
    x = generator.normal(size=(30, 1))
    runner = RNNRunner(Input() >> Reservoir(10, seed=0) >> LinearReadout(1))
    analysis.echo_state(runner, x)
    assert not runner.ready and runner.state is None
    first = runner.predict(x)
    analysis.lyapunov_exponent(runner, x, washout=3)
    analysis.memory_capacity(runner, steps=100, lags=10)
    np.testing.assert_array_equal(runner.predict(x, reset=True), first)


TWO = [Input(1) >> Reservoir(5), Input(1) >> Reservoir(5)] >> Concat()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: analysis.spectrum(np.zeros((2, 3))), r"The matrix must be square, got the shape \(2, 3\)"),
        (lambda: analysis.spectrum(np.zeros((0, 0))), r"The matrix must be square, got the shape \(0, 0\)"),
        (lambda: analysis.spectral_radius(np.diag([1.0, np.nan])), "The matrix must be finite, got nan"),
        (
            lambda: analysis.spectrum(TWO),
            "node must be given where a model has not one node with a state. The nodes .*: reservoir, reservoir_2",
        ),
        (lambda: analysis.kernel_rank(Input(1) >> Reservoir(5), node="echo"), "node must have a state, got 'echo'"),
        (lambda: analysis.memory_capacity(Input(2) >> Reservoir(5)), "takes a model with one input feature, got 2"),
        (
            lambda: analysis.memory_capacity(Input(1) >> Reservoir(5), lags=0),
            "memory_capacity.lags must be a whole number of at least 1, got 0",
        ),
        (
            lambda: analysis.memory_capacity(Input(1) >> Reservoir(5), degree=0),
            "memory_capacity.degree must be a whole number of at least 1, got 0",
        ),
        (
            lambda: analysis.memory_capacity(Input(1) >> Reservoir(5), amplitude=0.0),
            r"memory_capacity.amplitude must be above 0 and finite, got 0.0. 1.0 is usual\.",
        ),
        (lambda: analysis.memory_capacity(TWO, node="reservoir"), "The model must have one Input, got 2"),
        (
            lambda: analysis.kernel_rank(Input(1) >> Reservoir(5), amplitude=np.nan),
            "kernel_rank.amplitude must be above 0 and finite, got nan",
        ),
        (
            lambda: analysis.echo_state(Input(1) >> Reservoir(5), np.zeros((50, 1)), spread=np.nan),
            "echo_state.spread must be above 0 and finite, got nan",
        ),
        (
            lambda: analysis.echo_state(Input(1) >> Reservoir(5), np.zeros((50, 1)), spread=0.0),
            "echo_state.spread must be above 0 and finite, got 0.0",
        ),
        (
            lambda: analysis.lyapunov_exponent(Input(1) >> Reservoir(5), np.zeros((300, 1)), dt=-1.0),
            "lyapunov_exponent.dt must be above 0 and finite, got -1.0",
        ),
        (
            lambda: analysis.closed_loop_exponent(RNNRunner(Input(1) >> Reservoir(5)), 10, dt=0),
            "closed_loop_exponent.dt must be above 0 and finite, got 0",
        ),
        (lambda: analysis.kernel_rank(Input(1) >> Reservoir(5), tolerance=0.0), "kernel_rank.tolerance must be between 0 and 1, got 0.0"),
        (lambda: analysis.generalization_rank(Input(1) >> Reservoir(5), shared=0), "generalization_rank.shared must be a whole number"),
        (lambda: analysis.lyapunov_exponent(Input(1) >> Reservoir(5), np.zeros((50, 1))), "x must be one series of more than 100 steps"),
        (lambda: analysis.echo_state(Input(1) >> LinearReadout(1), np.zeros((50, 1))), "has no node with a state"),
        (lambda: analysis.closed_loop_exponent(RNNRunner(Input(1) >> Reservoir(5)), 10), "RNNRunner has seen no data yet"),
    ],
)
def test_a_wrong_call_is_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()


WRONG: Any = "wrong"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: analysis.spectrum([[0.5, 0.0], [0.0, 1.0]]), "The matrix must be a NumPy or scipy.sparse array, .* got list"),
        (lambda: analysis.spectral_radius(np.array([[0, 1j], [1j, 0]])), "The matrix must hold real numbers, got complex128"),
        (lambda: analysis.lyapunov_exponent(Input(1) >> Reservoir(5), np.zeros((300, 1)), dt=WRONG), "dt must be a number, got 'wrong'"),
        (lambda: analysis.closed_loop_exponent(WRONG, 10), "closed_loop_exponent.trainer must be a trained model, got str"),
    ],
)
def test_a_wrong_kind_is_a_sentence(call, words):
    with pytest.raises(TypeError, match=words):
        call()


def test_a_run_that_blows_up_says_so():
    graph = Input(1) >> Reservoir(5, activation="identity", leak_rate=1.0, spectral_radius=10.0, connectivity=1.0, seed=0)
    with pytest.raises(FloatingPointError, match="reservoir is not finite: the run diverged"):
        analysis.memory_capacity(graph, steps=2000)
    with pytest.raises(TypeError, match="model must be a model or a trainer, got 3"):
        analysis.echo_state(3, np.zeros((50, 1)))
