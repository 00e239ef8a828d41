"""What the tutorial's tasks and their like must give, with few seeds: `python -m benchmarks.accuracy` has the medians of ten."""

import numpy as np
import pytest

from rcwidgets.core import analysis, metrics
from rcwidgets.core.datasets import (
    LORENZ_LYAPUNOV_TIME,
    ROSSLER_LYAPUNOV_TIME,
    japanese_vowels,
    lorenz_series,
    narma_series,
    rossler_series,
)
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, Last, LinearReadout, Reservoir, TimeMean
from rcwidgets.core.trainers.closed_form.ridge import RidgeTrainer

LORENZ = lorenz_series(101, dt=0.01, inits={"x": 8, "y": 1, "z": 1})
SERIES = np.hstack([LORENZ["x"], LORENZ["y"], LORENZ["z"]])
HORIZONS = (1, 10, 100)
TRUTH = [SERIES[8000 + horizon : 10_000 + horizon] for horizon in HORIZONS]


def forecast_errors(seed, **knobs):
    """The test MSE at each horizon of 400 units on raw Lorenz: warm-up 2,000, training 6,000, test 2,000 steps, beta 1e-6."""
    trainer = RidgeTrainer(Input(3) >> Reservoir(400, **knobs) >> LinearReadout(9), beta=1e-6, seed=seed)
    trainer.predict(SERIES[:2000])
    trainer.fit([SERIES[2000:8000], np.hstack([SERIES[2000 + horizon : 8000 + horizon] for horizon in HORIZONS])])
    forecasts = np.split(trainer.predict(SERIES[8000:10_000]), 3, axis=1)
    return [metrics.mse(forecast, truth) for forecast, truth in zip(forecasts, TRUTH, strict=True)]


def test_lorenz_at_radius_0_9_with_the_tutorials_sparse_normal_input_weights():
    knobs = {"input_connectivity": 0.1, "input_distribution": "normal", "input_scaling": 0.1}
    one, ten, hundred = np.median([forecast_errors(seed, spectral_radius=0.9, leak_rate=0.3, **knobs) for seed in range(5)], axis=0)
    assert 1e-7 < one < 2.5e-6
    assert 6e-7 < ten < 2.5e-5
    assert 13 < hundred < 55


def test_lorenz_at_radius_1_4_is_forecast_one_step_and_lost_at_a_hundred():
    one, ten, hundred = np.median([forecast_errors(seed, spectral_radius=1.4) for seed in range(5)], axis=0)
    assert one < 2e-2
    assert one < ten < hundred
    assert hundred > np.mean(TRUTH[-1].var(axis=0))  # worse than the mean


@pytest.mark.parametrize(("units", "known"), [(50, 0.16), (100, 0.119), (200, 0.07)])
def test_narma10_comes_out_within_a_factor_of_1_3(units, known):
    """Radius 0.95, ridge 1e-8, 3,800 training steps; the target has no slow part, so the leak rate is 1."""
    found = []
    for seed in range(5):
        data = narma_series(6000, seed=seed)
        u, y = data["u"], data["y"]
        graph = Input(1) >> Reservoir(units, spectral_radius=0.95, leak_rate=1.0, input_scaling=0.1) >> LinearReadout(1)
        trainer = RidgeTrainer(graph, beta=1e-8, seed=seed)
        trainer.predict(u[:200])
        trainer.fit([u[200:4000], y[200:4000]])
        found.append(metrics.nmse(trainer.predict(u[4000:]), y[4000:]))
    assert known / 2 < np.median(found) < 1.3 * known


@pytest.mark.parametrize(("units", "weight", "lags", "steps"), [(10, 0.5, 40, 20_000), (20, 0.9, 80, 100_000), (50, 0.9, 100, 50_000)])
def test_the_memory_capacity_of_a_linear_cycle(units, weight, lags, steps):
    """N - (1 - r^(2 N)), within 0.05 at these lags and steps."""
    knobs = {"activation": "identity", "leak_rate": 1.0, "spectral_radius": weight, "input_scaling": 1.0}
    cycle = RNNRunner(Input(1) >> Reservoir(units, topology="cycle", **knobs), seed=0, dtype="float64")
    found = analysis.memory_capacity(cycle, lags=lags, steps=steps)
    assert found.total == pytest.approx(units - (1 - weight ** (2 * units)), abs=0.05)


def divergence(make, start, *, span, dt, rounds, apart=1e-8):
    """The largest Lyapunov exponent by two orbits, a distance `apart` that is restored after each `span` of time; ten spans to forget."""
    orbit, beside, growth = np.array(start), np.array(start) + np.array([apart, 0.0, 0.0]), []
    for _ in range(rounds):
        ends = [make(span, dt=dt, inits=dict(zip("xyz", point.tolist(), strict=True))) for point in (orbit, beside)]
        orbit, beside = (np.array([end[name][-1, 0] for name in "xyz"]) for end in ends)
        distance = np.linalg.norm(beside - orbit)
        growth.append(np.log(distance / apart))
        beside = orbit + (beside - orbit) * apart / distance
    return np.mean(growth[10:]) / span


def test_nearby_lorenz_orbits_part_at_the_known_exponent():
    found = divergence(lorenz_series, (8.0, 1.0, 1.0), span=1.0, dt=0.01, rounds=1000)
    assert found == pytest.approx(0.9056, abs=0.01)
    assert 1 / LORENZ_LYAPUNOV_TIME == pytest.approx(0.9056)


def test_nearby_rossler_orbits_part_at_the_known_exponent():
    found = divergence(rossler_series, (-0.1, 0.0, 0.02), span=10.0, dt=0.025, rounds=500)
    assert found == pytest.approx(0.0714, abs=0.003)
    assert 1 / ROSSLER_LYAPUNOV_TIME == pytest.approx(0.0714)


@pytest.mark.parametrize("middle", [TimeMean, Last])
def test_japanese_vowels_are_told_apart_by_the_mean_state_and_by_the_last_one(middle):
    (x, speaker), (test_x, test_speaker) = japanese_vowels()
    found = []
    for seed in range(5):
        model = Input(12) >> Reservoir(200, input_scaling=0.5, seed=seed) >> middle() >> LinearReadout(9)
        trainer = RidgeTrainer(model, beta=1e-2).fit([x, np.eye(9)[speaker]])
        found.append(metrics.accuracy(trainer.predict(test_x, reset=True), test_speaker))
    assert np.median(found) >= 0.96
