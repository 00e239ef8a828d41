"""Lanes against single runs of the same settings."""

from typing import Any

import numpy as np
import pytest

from rcwidgets.core.algebra.solver import TRIDIAGONAL_BETAS
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Concat, Input, Last, LinearReadout, Reservoir, TimeMean
from rcwidgets.core.nodes.base import linear
from rcwidgets.core.trainers.closed_form.lanes import add_moments, moments_of
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.lanes.lanes import Lanes
from rcwidgets.core.trainers.lanes.runs import GROUP, groups
from rcwidgets.core.trainers.online import long_fit
from rcwidgets.core.trainers.online.lms import LMS
from rcwidgets.core.trainers.online.recursive import RLS, FORCELearning

NO_TRAINER: Any = RNNRunner

TIMES = np.arange(361) / 5
SERIES = np.column_stack([np.sin(TIMES), np.sin(2.3 * TIMES + 1) + 0.3 * np.sin(TIMES) ** 3])
WARMUP, TRAIN, TEST = slice(0, 60), slice(60, 300), slice(300, 360)  # predictions of one length: fewer programs to compile


def chain(**knobs):
    return Input(2) >> Reservoir(40, seed=1, **knobs) >> LinearReadout(2)


def looped(**knobs):
    i, r, o = Input(2), Reservoir(40, seed=1, feedback_scaling=0.3, **knobs), LinearReadout(2)
    return (i >> r >> o) & (r << o)


def spread(lanes, **more):
    """Settings of the live knobs: radius up to 1.4."""
    generator = np.random.default_rng(3)
    return {
        "reservoir.spectral_radius": np.linspace(0.1, 1.4, lanes),
        "reservoir.leak_rate": generator.uniform(0.2, 1.0, lanes),
        "reservoir.input_scaling": np.geomspace(0.05, 0.5, lanes),
        **{name: np.geomspace(*ends, lanes) for name, ends in more.items()},
    }


def singles(trainer, model, knobs, x=SERIES[:-1], y=SERIES[1:], cuts=(WARMUP, TRAIN, TEST), **options):
    """The trainers of all settings, one after the other, and what they predict."""
    done, predicted = [], []
    for lane in range(len(next(iter(knobs.values())))):
        graph = model
        for name in [name for name in knobs if "." in name]:
            node, knob = name.split(".")
            graph = graph.replace(node, **{knob: float(knobs[name][lane])})
        one = trainer(graph, **options, **{name: float(values[lane]) for name, values in knobs.items() if "." not in name})
        one.predict(x[..., cuts[0], :])
        one.fit([x[..., cuts[1], :], y[..., cuts[1], :]])
        predicted.append(one.predict(x[..., cuts[2], :]))
        done.append(one)
    return done, np.array(predicted)


def side_by_side(lanes, x=SERIES[:-1], y=SERIES[1:], cuts=(WARMUP, TRAIN, TEST)):
    lanes.predict(x[..., cuts[0], :])
    lanes.fit([x[..., cuts[1], :], y[..., cuts[1], :]])
    return lanes.predict(x[..., cuts[2], :])


def batched(generator):
    x = SERIES[:-1] + 0.1 * generator.normal(size=(3, 360, 2))
    return x, np.roll(x, -1, axis=1)


TRAINERS = [
    pytest.param(RidgeTrainer, {"beta": (1e-6, 1e-2)}, id="ridge"),
    pytest.param(RLS, {"alpha": (1e-3, 1.0), "forgetting": (0.99, 1.0)}, id="RLS"),
    pytest.param(FORCELearning, {"alpha": (1e-3, 1.0)}, id="FORCE"),
    pytest.param(LMS, {"learning_rate": (1e-4, 1e-2)}, id="LMS"),
]


@pytest.mark.parametrize("trainer", [RidgeTrainer, RLS])
def test_32_settings_are_32_single_runs(trainer):
    knobs = spread(32, **({"beta": (1e-4, 1.0)} if trainer is RidgeTrainer else {"alpha": (1e-2, 1.0)}))
    _, expected = singles(trainer, chain(), knobs)
    found = side_by_side(Lanes(trainer(chain()), knobs))
    assert found.shape == (32, 60, 2) and found.dtype == np.float32
    np.testing.assert_array_less(np.abs(found - expected).max(axis=(1, 2)), 1e-5 * SERIES.std(0).min())


@pytest.mark.parametrize(("trainer", "own"), TRAINERS)
@pytest.mark.parametrize(("model", "batch"), [(chain(), 1), (looped(input_noise=0.01, feedback_noise=0.02), 3)], ids=["chain", "feedback"])
def test_weights_states_and_outputs_are_those_of_single_runs(trainer, own, batch, model, generator):
    x, y = batched(generator) if batch > 1 else (SERIES[:-1], SERIES[1:])
    knobs = {**spread(3, **own), **({"reservoir.noise": np.array([0.0, 0.01, 0.02])} if batch > 1 else {})}
    done, expected = singles(trainer, model, knobs, x, y, dtype="float64")
    lanes = Lanes(trainer(model, dtype="float64"), knobs)
    np.testing.assert_allclose(side_by_side(lanes, x, y), expected, rtol=1e-6, atol=1e-8)
    for each in [lanes, *done]:
        each.fit([x, y])
    if trainer is not RidgeTrainer:
        np.testing.assert_allclose(lanes.train_losses, [one.train_losses for one in done], rtol=1e-5, atol=1e-10)
    for lane, one in enumerate(done):
        np.testing.assert_allclose(lanes.params["readout"]["W"][lane], one.params["readout"]["W"], rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(lanes.params["readout"]["b"][lane], one.params["readout"]["b"], rtol=1e-5, atol=1e-7)
        detached = lanes[lane]
        assert type(detached) is trainer and detached.model.to_json() == one.model.to_json() and detached.settings == one.settings
        np.testing.assert_allclose(detached.generate(5), one.generate(5), rtol=1e-5, atol=1e-7)
        found, alone = detached.predict(x[..., TEST, :]), one.predict(x[..., TEST, :])
        np.testing.assert_allclose(found[..., :15, :], alone[..., :15, :], rtol=1e-5, atol=1e-7)  # later, feedback may be unstable


@pytest.mark.parametrize("model", [chain(), looped()], ids=["chain", "feedback"])
def test_generate_goes_on_in_every_lane(model):
    knobs = {"beta": [1e-4, 1e-3, 1e-3], "reservoir.spectral_radius": [0.5, 0.5, 1.2]}
    done, _ = singles(RidgeTrainer, model, knobs, dtype="float64")
    lanes = Lanes(RidgeTrainer(model, dtype="float64"), knobs)
    side_by_side(lanes)
    for _ in range(2):
        np.testing.assert_allclose(lanes.generate(5), [one.generate(5) for one in done], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(lanes.predict(SERIES[TEST]), [one.predict(SERIES[TEST]) for one in done], rtol=1e-6, atol=1e-8)


def test_a_drive_is_the_same_for_every_lane():
    model = Input(2) >> Reservoir(20, seed=1) >> LinearReadout(1)
    knobs = {"beta": [1e-4, 1e-3, 1e-3], "reservoir.spectral_radius": [0.5, 0.5, 1.2]}
    done, _ = singles(RidgeTrainer, model, knobs, y=SERIES[1:, :1], dtype="float64")
    lanes = Lanes(RidgeTrainer(model, dtype="float64"), knobs)
    side_by_side(lanes, y=SERIES[1:, :1])
    drive = SERIES[-5:, 1:]
    np.testing.assert_allclose(lanes.generate(5, drive=drive), [one.generate(5, drive=drive) for one in done], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("model", [chain(), looped()], ids=["chain", "feedback"])
@pytest.mark.parametrize("count", [3, TRIDIAGONAL_BETAS])
def test_betas_alone_share_one_run_and_one_gram(model, count, monkeypatch):
    knobs = {"beta": np.geomspace(1e-4, 1.0, count)}
    _, expected = singles(RidgeTrainer, model, knobs, dtype="float64")
    lanes, rows = Lanes(RidgeTrainer(model, dtype="float64"), knobs), []
    monkeypatch.setattr(programs, "run", lambda *words, run=programs.run, **more: rows.append(words[3][0].shape[1]) or run(*words, **more))
    lanes.fit([SERIES[:-1], SERIES[1:]])
    assert rows == [1]
    lanes = Lanes(RidgeTrainer(model, dtype="float64"), knobs)
    np.testing.assert_allclose(side_by_side(lanes), expected, rtol=1e-6, atol=1e-8)
    fits = lanes.params["readout"]["W"]
    assert np.unique(fits[:, 0, 0]).size == count


def test_a_beta_that_the_normal_equations_cannot_tell_is_solved_by_qr(generator):
    x = np.cumsum(generator.normal(size=(360, 2)), axis=0) * 1e-3
    knobs = {"beta": [1e-16, 1e-3], "reservoir.spectral_radius": [0.2, 0.2]}
    _, expected = singles(RidgeTrainer, chain(), knobs, x, np.roll(x, 3, axis=0), dtype="float64")
    found = side_by_side(Lanes(RidgeTrainer(chain(), dtype="float64"), knobs), x, np.roll(x, 3, axis=0))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4 * x.std())


def test_one_trace_for_all_settings_of_a_number_of_lanes():
    x, y = SERIES[:-1], SERIES[1:]
    Lanes(RidgeTrainer(chain()), spread(12)).fit([x, y])
    before = programs.TRACES["run"]
    knobs = {name: values[::-1] for name, values in spread(12).items()}
    Lanes(RidgeTrainer(chain(), beta=1e-3), knobs).fit([x, y])
    assert programs.TRACES["run"] == before
    Lanes(RLS(chain()), spread(12)).fit([x, y])
    before = programs.TRACES["learn"]
    Lanes(RLS(chain()), {**knobs, "alpha": np.ones(12)}).fit([x, y])
    assert programs.TRACES["learn"] == before


def test_first_runs_of_many_lanes_cost_one_trace():
    before = programs.TRACES["run"]
    Lanes(RidgeTrainer(chain(bias_scaling=0.1)), spread(3 * GROUP - 1)).fit([SERIES[:77], SERIES[1:78]])
    assert programs.TRACES["run"] == before + 1


@pytest.mark.parametrize("model", [chain(), looped()], ids=["chain", "feedback"])
@pytest.mark.parametrize("trainer", [RidgeTrainer, RLS])
def test_series_of_unequal_length(trainer, model, generator):
    lengths = (50, 90, 70)
    x = [SERIES[:n] + 0.1 * generator.normal(size=(n, 2)) for n in lengths]
    y = [np.roll(one, 1, axis=0) for one in x]
    lanes = Lanes(trainer(model, dtype="float64"), spread(3)).fit([x, y])
    found = lanes.predict(x)
    for lane in range(3):
        one = trainer(lanes[lane].model, dtype="float64").fit([x, y])
        np.testing.assert_allclose(lanes.params["readout"]["W"][lane], one.params["readout"]["W"], rtol=1e-6, atol=1e-8)
        for mine, theirs in zip(found, one.predict(x), strict=True):
            np.testing.assert_allclose(mine[lane], theirs, rtol=1e-6, atol=1e-8)
    assert [part.shape for part in found] == [(3, n, 2) for n in lengths]


def test_one_value_a_series(generator):
    x, y = generator.normal(size=(4, 30, 2)), generator.normal(size=(4, 1))
    for end in (TimeMean(), Last()):
        model = Input(2) >> Reservoir(20, seed=0, input_scaling=0.5) >> end >> LinearReadout()
        lanes = Lanes(RidgeTrainer(model, dtype="float64"), spread(3, beta=(1e-3, 1.0))).fit([x, y])
        assert lanes.predict(x).shape == (3, 4, 1) and lanes.predict(x[:1, :9][0], reset=True).shape == (3, 1)
        for lane in range(3):
            one = RidgeTrainer(lanes[lane].model, beta=lanes[lane].settings.beta, dtype="float64").fit([x, y])
            np.testing.assert_allclose(lanes.predict(x, reset=True)[lane], one.predict(x, reset=True), rtol=1e-7)


def test_readouts_behind_one_another_and_monitors(generator):
    i, r, a = Input(2), Reservoir(20, seed=0, input_scaling=0.5), LinearReadout(1, name="a")
    model = (i >> r >> a) & ([r, a] >> Concat() >> LinearReadout(2, name="b"))
    x, y = SERIES[:-1], {"a": SERIES[1:, :1], "b": SERIES[1:]}
    knobs = {"beta": [1e-3, 1e-1, 1e-1], "reservoir.leak_rate": [0.5, 0.5, 0.9]}
    lanes = Lanes(RidgeTrainer(model, dtype="float64"), knobs).fit([x, y])
    found = lanes.predict(x, monitors=["reservoir.state", "a.output"])
    assert lanes.mon["reservoir.state"].shape == (3, 1, 360, 20)
    for lane in range(3):
        one = RidgeTrainer(lanes[lane].model, beta=knobs["beta"][lane], dtype="float64").fit([x, y])
        np.testing.assert_allclose(found[lane], one.predict(x, monitors=["reservoir.state", "a.output"]), rtol=1e-6, atol=1e-9)
        for monitor, values in one.mon.items():
            np.testing.assert_allclose(lanes.mon[monitor][lane], values, rtol=1e-6, atol=1e-9)


def test_forced_series_are_what_feedback_wires_deliver_in_every_lane():
    knobs, taught = spread(3), {"readout": SERIES[: WARMUP.stop]}
    lanes = Lanes(RidgeTrainer(looped(), dtype="float64"), knobs)
    found = lanes.predict(SERIES[: WARMUP.stop], forced=taught)
    for lane in range(3):
        one = RidgeTrainer(lanes[lane].model, dtype="float64")
        np.testing.assert_allclose(found[lane], one.predict(SERIES[: WARMUP.stop], forced=taught), rtol=1e-9, atol=1e-12)
    free = Lanes(RidgeTrainer(looped(), dtype="float64"), knobs).predict(SERIES[: WARMUP.stop])
    assert np.abs(found - free).max() > 1e-3


def test_a_warm_up_before_the_targets_are_known():
    model = Input() >> Reservoir(20, seed=0) >> LinearReadout()
    lanes, one = Lanes(RidgeTrainer(model), {"beta": [1e-3, 1e-2]}), RidgeTrainer(model, beta=1e-2)
    assert lanes.predict(SERIES[:50]) is None
    one.predict(SERIES[:50])
    for each in (lanes, one):
        each.fit([SERIES[50:-1], SERIES[51:]])
    np.testing.assert_allclose(lanes.params["readout"]["W"][1], one.params["readout"]["W"], rtol=1e-4, atol=1e-5)


def test_the_trainer_gives_its_weights_and_is_left_as_it_was():
    trainer = RidgeTrainer(chain(), beta=1e-3).fit([SERIES[:-1], SERIES[1:]])
    state, weights = trainer.state, trainer.params["readout"]["W"]
    lanes = Lanes(trainer, {"reservoir.leak_rate": [0.3, 0.9]})
    alone = RNNRunner(chain(leak_rate=0.9), params=trainer.params)
    np.testing.assert_allclose(lanes.predict(SERIES)[1], alone.predict(SERIES), rtol=1e-4, atol=1e-5)
    lanes.fit([SERIES[:-1], -SERIES[1:]])
    np.testing.assert_array_equal(trainer.params["readout"]["W"], weights)
    np.testing.assert_array_equal(trainer.state.nodes[1]["h"], state.nodes[1]["h"])


def test_data_of_another_size_start_afresh():
    model = Input() >> Reservoir(20, seed=0, input_scaling=0.5) >> LinearReadout()
    lanes, other = (Lanes(RidgeTrainer(model, dtype="float64"), {"beta": [1e-3, 1e-2]}) for _ in range(2))
    lanes.fit([SERIES[:-1], SERIES[1:]]).fit([SERIES[:-1, :1], SERIES[1:, :1]])
    other.fit([SERIES[:-1, :1], SERIES[1:, :1]])
    np.testing.assert_array_equal(lanes.params["readout"]["W"], other.params["readout"]["W"])


def test_fit_again_and_reset():
    once, twice = (Lanes(RLS(chain(), dtype="float64"), spread(3)) for _ in range(2))
    once.fit([SERIES[:-1], SERIES[1:]])
    twice.fit([SERIES[:-1], -SERIES[1:]]).fit([SERIES[:-1], SERIES[1:]], reset=True)
    np.testing.assert_array_equal(once.params["readout"]["W"], twice.params["readout"]["W"])
    np.testing.assert_array_equal(once.train_losses, twice.train_losses)


def test_groups_are_of_one_size_and_hold_every_run_once():
    for count in (1, GROUP - 1, GROUP, GROUP + 1, 5 * GROUP - 2):
        made = groups(np.arange(count))
        assert len({len(runs) for runs, _ in made}) == 1 and len(made[0][0]) <= GROUP
        assert np.concatenate([runs[:kept] for runs, kept in made]).tolist() == list(range(count))


def test_a_readout_of_lanes_is_one_of_each(generator):
    u, w, b = generator.normal(size=(7, 6, 4)), generator.normal(size=(2, 4, 5)), generator.normal(size=(2, 5))
    expected = np.concatenate([u[:, :3] @ w[0] + b[0], u[:, 3:] @ w[1] + b[1]], axis=1)
    np.testing.assert_allclose(linear(u, {"W": w, "b": b}), expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(linear(u[0], {"W": w, "b": b}), expected[0], rtol=1e-4, atol=1e-6)


def test_one_product_holds_all_moments(generator):
    x, y, mask = generator.normal(size=(1200, 5)), generator.normal(size=(1200, 2)), generator.random(1200) < 0.7
    lower = add_moments(add_moments(None, x[:700], y[:700], mask[:700]), x[700:], y[700:], mask[700:])
    gram, cross = moments_of(lower, 5)
    assert gram.count == cross.count == mask.sum()
    for found, expected in [
        (gram.sum_x, x[mask].sum(0)),
        (gram.xx, x[mask].T @ x[mask]),
        (cross.sum_y, y[mask].sum(0)),
        (cross.xy, x[mask].T @ y[mask]),
        (cross.yy, (y[mask] ** 2).sum(0)),
    ]:
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10)


def test_a_lane_that_diverges_is_named():
    model = Input(2) >> Reservoir(20, seed=0, activation="identity", leak_rate=1.0) >> LinearReadout(2)
    lanes = Lanes(RidgeTrainer(model), {"reservoir.spectral_radius": [0.9, 10.0]})
    with pytest.raises(FloatingPointError, match=r"reservoir is not finite from step \d+ on in lane 1: the run diverged"):
        lanes.fit([SERIES[:-1], SERIES[1:]])
    lanes = Lanes(LMS(chain()), {"learning_rate": [1e-3, 50.0]})
    with pytest.raises(
        FloatingPointError, match=r"readout is not finite from step \d+ on in lane 1: learning diverged. Lower the learning"
    ):
        lanes.fit([np.tile(SERIES[:-1], (10, 1)), np.tile(SERIES[1:], (10, 1))])
    assert not lanes.params["readout"]["W"].any()


def test_a_checkpoint_ends_a_run():
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Lanes(RidgeTrainer(chain()), {"beta": [1.0, 2.0]}, checkpoint=stop).predict(SERIES)


def test_learning_in_stretches_is_learning_at_once_and_hears_its_checkpoint(generator, monkeypatch):
    x = [SERIES[:n] + 0.1 * generator.normal(size=(n, 2)) for n in (50, 90, 150)]
    heard: list[int] = []

    def learned(work):
        monkeypatch.setattr(long_fit, "WORK", work)
        heard.clear()
        lanes = Lanes(FORCELearning(looped(), dtype="float64"), {"alpha": [1e-2, 1.0]}, checkpoint=lambda: heard.append(1))
        return lanes.fit([x, x]), len(heard)

    (parted, looks), (whole, few) = learned(64), learned(1 << 26)
    assert (looks, few) == (3, 1)
    np.testing.assert_allclose(parted.params["readout"]["W"], whole.params["readout"]["W"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(parted.train_losses, whole.train_losses, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(parted.generate(3), whole.generate(3), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("knobs", "error", "words"),
    [
        (
            {"reservoir.units": [3, 4]},
            ValueError,
            r"Lanes.knobs must be live knobs, got 'reservoir.units'. The live ones: reservoir.spectral",
        ),
        ({"penalize_bias": [True, False]}, ValueError, "got 'penalize_bias'. The live ones: .*, beta"),
        ({"alpha": [1.0]}, ValueError, "got 'alpha'"),
        ({"reservoir.leak_rate": [0.1, 0.2, 1.7]}, ValueError, r"Reservoir.leak_rate of lane 2 must be in \[0.001, 1.0\], got 1.7"),
        ({"beta": [1.0, 2.0], "reservoir.leak_rate": [0.1]}, ValueError, "got 2 of beta, 1 of reservoir.leak_rate. Make all"),
        ({"beta": 1.0}, ValueError, r"Lanes.knobs\['beta'\] must be an array \(lanes,\), got the shape \(\)"),
        ({"beta": ["much"]}, TypeError, "RidgeTrainer.beta of lane 0 must be a number"),
        ({}, TypeError, "Lanes.knobs must be a dict"),
    ],
)
def test_wrong_knobs_are_a_sentence(knobs, error, words):
    with pytest.raises(error, match=words):
        Lanes(RidgeTrainer(chain()), knobs)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda lanes: Lanes(NO_TRAINER(chain()), {"beta": [1.0]}), TypeError, "Lanes.trainer must be a RidgeTrainer, RLS"),
        (lambda lanes: Lanes(RidgeTrainer(chain()), {"beta": [1.0]}).generate(3), ValueError, "has seen no data yet. Call predict first"),
        (lambda lanes: lanes.generate(0), ValueError, "whole number of steps from 1, got 0"),
        (lambda lanes: lanes[2], IndexError, "There are 2 lanes, got 2"),
        (lambda lanes: lanes.fit([SERIES, SERIES[1:]]), ValueError, "x and y must have the same rows"),
        (
            lambda lanes: (lanes.predict(SERIES[:3][None]), lanes.predict(np.zeros((2, 3, 2)))),
            ValueError,
            "x has 2 series, the state is of 1",
        ),
    ],
)
def test_wrong_calls_are_a_sentence(call, error, words):
    lanes = Lanes(RidgeTrainer(chain()), {"beta": [1.0, 2.0]})
    lanes.predict(SERIES[:9])
    with pytest.raises(error, match=words):
        call(lanes)
