"""Stretches side by side: the numbers of a run in order to within rounding, or that run itself."""

import numpy as np
import pytest

from rcwidgets.core.losses import mean_squared_error
from rcwidgets.core.model import plan, side_by_side
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.model.series_parts import Series
from rcwidgets.core.nodes import GRU, LSTM, Delay, Input, LinearReadout, Reservoir, TimeMean, VanillaRNN
from rcwidgets.core.trainers.closed_form.estimator import EstimatorTrainer
from rcwidgets.core.trainers.closed_form.linear import LinearTrainer
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer
from rcwidgets.core.trainers.online.recursive import RLS

STEPS, UNITS = 3000, 20
MODELS = {
    "reservoir": lambda **knobs: Input(2) >> Reservoir(UNITS, **knobs) >> LinearReadout(2),
    "external": lambda **knobs: Input(2) >> Reservoir(UNITS, activation_type="external", **knobs) >> LinearReadout(2),
    "relu": lambda **knobs: Input(2) >> Reservoir(UNITS, activation="relu", **knobs) >> LinearReadout(2),
    "two": lambda **knobs: Input(2) >> Reservoir(UNITS, name="reservoir", **knobs) >> Reservoir(UNITS) >> LinearReadout(2),
    "delay": lambda **knobs: Input(2) >> Delay(7) >> Reservoir(UNITS, **knobs) >> Delay(3) >> LinearReadout(2),
    "rnn": lambda **knobs: Input(2) >> VanillaRNN(UNITS, name="reservoir") >> LinearReadout(2),
    "gru": lambda **knobs: Input(2) >> GRU(UNITS, name="reservoir") >> LinearReadout(2),
    "lstm": lambda **knobs: Input(2) >> LSTM(UNITS, name="reservoir") >> LinearReadout(2),
}


@pytest.fixture(autouse=True)
def _eager(monkeypatch):
    """Short series too, on two cores, whatever the machine has."""
    monkeypatch.setattr(plan, "LEAST", 0.0)
    monkeypatch.setattr(plan, "GAIN", 2.0)
    monkeypatch.setattr(plan, "cores", lambda: 2)


def wave(steps=STEPS, batch=None):
    t = np.arange(steps)
    x = np.stack([np.sin(t / 7), np.cos(t / 3.1)], axis=-1)
    return x if batch is None else np.stack([x * (k + 1) for k in range(batch)])


def chain(**knobs):
    return Input(2) >> Reservoir(UNITS, **{"leak_rate": 0.8, **knobs}) >> LinearReadout(2)


def both(model, x, **options):
    """What a runner gives by itself and in order, and both runners."""
    runners = [RNNRunner(model, parallel=parallel, **options) for parallel in ("auto", "off")]
    return [runner.predict(x, monitors=["reservoir.state"]) for runner in runners], runners


def far(one, other, size, dtype):
    return np.abs(one - other).max() / (np.finfo(dtype).eps * np.abs(size).max())


@pytest.mark.optimised
@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cases_at_random_give_the_numbers_of_a_run_in_order(kind, dtype):
    """Knobs and data vary and compile nothing: some two hundred cases in all."""
    random, ran = np.random.default_rng(1), 0
    for case in range(13):
        knobs = {
            "spectral_radius": random.uniform(0.0, 2.2),
            "leak_rate": 1.0 if case % 2 else random.uniform(0.02, 1.0),
            "input_scaling": 10 ** random.uniform(-2, 1),
            "bias_scaling": random.uniform(0.0, 1.5) * (case % 3 == 0),
            "noise": 0.01 * (case % 5 == 0),
        }
        x = random.normal(size=(STEPS, 2)) if case % 2 else wave() * random.uniform(0.1, 5.0)
        try:
            expected = RNNRunner(MODELS[kind](**knobs), dtype=dtype, parallel="off").predict(x)
        except FloatingPointError:
            with pytest.raises(FloatingPointError, match="not finite from step"):
                RNNRunner(MODELS[kind](**knobs), dtype=dtype).predict(x)
            continue
        (found, _), (runner, in_order) = both(MODELS[kind](**knobs), x, dtype=dtype)
        if runner.forgetting is None:
            np.testing.assert_array_equal(found, expected)
            continue
        ran += 1
        states = in_order.mon["reservoir.state"]
        assert far(runner.mon["reservoir.state"], states, states, dtype) <= 50
        assert far(found, expected, max(np.abs(states).max(), np.abs(expected).max()), dtype) <= 50
        assert 0 <= runner.forgetting.gap <= side_by_side.TOLERANCE
    assert ran >= (1 if kind == "lstm" else 3)  # its gates make what it gives, and the distance of two, go up and down


def test_what_is_told_of_a_run(generator):
    runner = RNNRunner(chain())
    assert runner.forgetting is None
    runner.predict(wave())
    told = runner.forgetting
    assert told.stretches in (2, 10) and side_by_side.LEAST_WASHOUT <= told.washout < STEPS // 4 and told.gap < 8
    runner.predict(wave(20))
    assert runner.forgetting is None


@pytest.mark.optimised
def test_the_same_call_gives_the_same_bits():
    one, other = (RNNRunner(chain(noise=0.1)).predict(wave()) for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_the_state_carries_on_and_its_noise_too():
    (_, _), (one, other) = both(chain(noise=0.1), wave())
    for state, wanted in zip(one.state.nodes, other.state.nodes, strict=True):
        for key, value in wanted.items():
            np.testing.assert_allclose(state[key], value, atol=1e-5)
    assert int(one.state.steps) == int(other.state.steps) == STEPS
    np.testing.assert_allclose(one.predict(wave()), other.predict(wave()), atol=1e-5)
    assert one.forgetting is not None


@pytest.mark.parametrize("batch", [1, 2])
def test_sparse_weights_have_eight_rows_a_core(batch):
    model = Input(2) >> Reservoir(400, name="reservoir", topology="cycle", leak_rate=0.8) >> LinearReadout(2)
    (found, expected), (runner, other) = both(model, wave(6000, batch))
    assert "sources" in runner.params["reservoir"] and runner.forgetting.stretches == 16 // batch
    states = other.mon["reservoir.state"]
    assert far(runner.mon["reservoir.state"], states, states, np.float32) <= 50
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_several_series_run_together():
    (found, expected), (runner, _) = both(chain(), wave(batch=2))
    assert runner.forgetting.stretches in (2, 6)
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.optimised
def test_series_of_unequal_lengths_run_in_order():
    x = [wave(), wave(STEPS - 100)]
    (found, expected), (runner, _) = both(chain(), x)
    assert runner.forgetting is None
    for one, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, wanted)


@pytest.mark.optimised
@pytest.mark.parametrize(
    "model",
    [
        chain(spectral_radius=2.5, input_scaling=1e-3, initial_state=0.1),
        chain(leak_rate=0.002),
        Input(2) >> Reservoir(UNITS) >> TimeMean() >> LinearReadout(2),
        Input(2) >> Reservoir(UNITS) >> Delay(STEPS // 2) >> LinearReadout(2),
    ],
    ids=["chaos", "slow leak", "mean", "long delay"],
)
def test_what_does_not_forget_runs_in_order_to_the_bit(model):
    (found, expected), (runner, _) = both(model, wave())
    assert runner.forgetting is None
    np.testing.assert_array_equal(found, expected)


@pytest.mark.optimised
def test_chaos_behind_a_quiet_start_is_seen_at_the_seams(generator):
    """The first rows, on which two starts are compared, are silent; the seams lie where the states never meet."""
    x = wave() * 1e-3
    x[: STEPS // 8] = 0
    (found, expected), (runner, _) = both(chain(spectral_radius=2.5, initial_state=0), x)
    assert runner.forgetting is None
    np.testing.assert_array_equal(found, expected)


def lively():
    """A model that forgets its start, and spreads rounding for a while now and then; its data, and its seed."""
    random = np.random.default_rng(10)
    x, radius = random.normal(size=(STEPS, 2)), random.uniform(1.6, 2.4)
    return chain(spectral_radius=radius, leak_rate=0.9, input_scaling=10 ** random.uniform(-0.5, 0.3)), x, {"seed": 10}


@pytest.mark.optimised
def test_a_run_that_spreads_rounding_between_two_seams_goes_in_order(monkeypatch):
    """Its stretches meet at all seams, and are 58 units of rounding off on the way."""
    model, x, options = lively()
    (found, expected), (runner, _) = both(model, x, **options)
    assert runner.forgetting is None
    np.testing.assert_array_equal(found, expected)
    monkeypatch.setattr(side_by_side, "MOST_RISE", np.inf)
    _, (runner, other) = both(model, x, **options)
    states = other.mon["reservoir.state"]
    assert runner.forgetting.gap < 8 and far(runner.mon["reservoir.state"], states, states, np.float32) > 20


def test_it_is_looked_for_at_the_seams_too(monkeypatch):
    calls = []

    def rise(gaps):
        calls.append(len(gaps))
        return 1.0 if len(calls) <= 2 else 5.0  # the probe looks after its first few steps, and after a chunk

    monkeypatch.setattr(side_by_side, "rise_of", rise)
    (found, expected), (runner, _) = both(chain(), wave())
    assert runner.forgetting is None and len(calls) == 3 and 32 <= calls[2] <= 128
    np.testing.assert_array_equal(found, expected)


def test_a_readout_that_is_fed_back_runs_in_order_and_side_by_side_where_it_is_forced(generator):
    reservoir, readout = Reservoir(UNITS, feedback_scaling=0.5), LinearReadout(2)
    model = (Input(2) >> reservoir >> readout) & (reservoir << readout)
    free, forced = RNNRunner(model), RNNRunner(model)
    free.predict(wave())
    assert free.forgetting is None
    y = generator.normal(size=(STEPS, 2))
    found = forced.predict(wave(), forced={"readout": y})
    assert forced.forgetting is not None
    np.testing.assert_allclose(found, RNNRunner(model, parallel="off").predict(wave(), forced={"readout": y}), atol=1e-5)
    fitted = [RidgeTrainer(model, parallel=parallel).fit([wave(), y]) for parallel in ("auto", "off")]
    assert fitted[0].forgetting is not None
    np.testing.assert_allclose(fitted[0].params["readout"]["W"], fitted[1].params["readout"]["W"], rtol=0, atol=1e-2)


def trainers(parallel):
    return {
        "ridge": RidgeTrainer(chain(), beta=1e-3, parallel=parallel),
        "blocks": RidgeTrainer(chain(), beta="auto", parallel=parallel),
        "held out": RidgeTrainer(chain(), beta="auto", selection="held out", parallel=parallel),
        "by QR": RidgeTrainer(chain(leak_rate=1.0), beta=0.0, dtype="float64", parallel=parallel),
        "least squares": LinearTrainer(chain(leak_rate=1.0), dtype="float64", parallel=parallel),
        "RLS": RLS(chain(), parallel=parallel),
    }


@pytest.mark.parametrize("kind", trainers("off"))
def test_trainers_fit_what_they_fit_in_order(kind, generator):
    x = generator.normal(size=(STEPS, 2))
    y = np.tanh(np.roll(x, 1, axis=0)) + 0.05 * generator.normal(size=x.shape)
    one, other = (trainers(parallel)[kind].fit([x, y]) for parallel in ("auto", "off"))
    found, expected = (mean_squared_error(trainer.predict(x, reset=True), y) for trainer in (one, other))
    assert found == pytest.approx(expected, rel=1e-3)
    np.testing.assert_allclose(one.predict(x), other.predict(x), atol=2e-3)
    assert one.forgetting is not None and other.forgetting is None
    assert getattr(one, "betas", None) == getattr(other, "betas", None)


@pytest.mark.optimised
def test_an_estimator_sees_the_rows_in_order(generator):
    from sklearn.linear_model import Ridge

    seen = []

    class Watching(Ridge):
        def fit(self, X, y):
            seen.append(np.array(X))
            return super().fit(X, y)

    for parallel in ("auto", "off"):
        EstimatorTrainer(chain(), Watching(), parallel=parallel).fit([wave(), wave()])
    np.testing.assert_array_equal(seen[0], seen[1])


def test_long_series_are_cut_into_blocks_with_seams_of_their_own(monkeypatch):
    monkeypatch.setattr(side_by_side, "BLOCK", 3000)
    (found, expected), (runner, _) = both(chain(), wave(8000))
    assert runner.forgetting is not None
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.optimised
def test_what_forgets_too_slowly_for_a_block_runs_in_order(monkeypatch):
    """A tenth of the series would be soon enough, and is longer than a block."""
    monkeypatch.setattr(side_by_side, "BLOCK", 1000)
    (found, expected), (runner, _) = both(chain(leak_rate=0.05, spectral_radius=0.5), wave(12_000))
    assert runner.forgetting is None
    np.testing.assert_array_equal(found, expected)


def test_a_number_of_cores_makes_a_plan_and_one_core_too(monkeypatch):
    for count in (1, 3, 8):
        monkeypatch.setattr(plan, "cores", lambda count=count: count)
        (found, expected), (runner, _) = both(chain(), wave(4000 if count > 1 else 20_000))
        assert runner.forgetting.stretches in {1: (5,), 3: (3, 15), 8: (8, 40)}[count]
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_checkpoint_that_raises_ends_all():
    runner = RNNRunner(chain())
    runner.predict(wave(10))
    x = wave()[:, None].astype(np.float32)
    calls = []

    class Stop(Exception):
        pass

    def stop():
        calls.append(1)
        if len(calls) > 3:
            raise Stop

    series = Series(runner.program, runner.held.params, {0: x}, {}, [1], [], np.float32, 0).ready()
    start = series.rest(np.zeros(1, int))
    with pytest.raises(Stop):
        side_by_side.run_side_by_side(series, start, lambda *_: None, stop)
    assert len(calls) <= 6


def test_a_run_that_blows_up_says_so_in_words():
    x = np.where(np.arange(STEPS)[:, None] < 1000, 0.0, 1.0) * np.ones(2)
    with pytest.raises(FloatingPointError, match="readout is not finite from step 1"):
        RNNRunner(chain(activation="relu", spectral_radius=10.0)).predict(x)


@pytest.mark.parametrize("make", [RNNRunner, RidgeTrainer, RLS])
def test_another_word_is_refused(make):
    with pytest.raises(ValueError, match=rf"{make.__name__}\.parallel must be one of auto, off, got 'on'"):
        make(chain(), parallel="on")


def test_a_trainer_of_another_seed_runs_alike():
    assert RidgeTrainer(chain(), parallel="off").anew(3).parallel == "off"
