"""NARMA, the memory task and white-noise integration, each against its own recursion."""

import numpy as np
import pytest

from rcwidgets.core.datasets import integration_batches, integration_series, memory_series, narma_series


def test_narma_follows_its_recursion():
    data = narma_series(300, 5, seed=1)
    u, s = data["u"][:, 0], np.concatenate([[0.0], data["y"][:, 0]])  # s[t + 1] is y[t]
    assert s[1] == pytest.approx(0.1)
    for t in range(5, 300):
        wanted = 0.3 * s[t] + 0.05 * s[t] * s[t - 4 : t + 1].sum() + 1.5 * u[t - 4] * u[t] + 0.1
        assert s[t + 1] == pytest.approx(wanted, rel=1e-12)


def test_narma_inputs_are_uniform_up_to_a_half():
    u = narma_series(4000)["u"]
    assert u.min() >= 0
    assert u.max() < 0.5
    assert u.mean() == pytest.approx(0.25, abs=0.01)


def test_narma_that_runs_off_is_said_in_words():
    with pytest.raises(
        ValueError, match=r"narma_series blew up, got a value that is not finite in row \d+. Take another seed or a lower order\."
    ):
        narma_series(2000, 60)


def test_memory_targets_are_the_input_some_steps_late():
    data = memory_series(50, 7, seed=2, scale=0.8)
    for k in range(1, 8):
        np.testing.assert_array_equal(data["y"][k:, k - 1], data["u"][:-k, 0])
    assert np.isfinite(data["y"]).all()
    assert 0.5 < np.abs(data["u"]).max() < 0.8


def test_integration_targets_are_running_sums():
    x, y = next(integration_batches(batch=4, steps=10)())
    assert x.shape == y.shape == (4, 10, 1)
    np.testing.assert_allclose(y[:, 0], x[:, 0])
    np.testing.assert_allclose(np.diff(y, axis=1), x[:, 1:], atol=1e-15)


def test_integration_inputs_have_a_bias_of_each_series_and_noise_of_each_step():
    """The bias is 2 * 0.025 * (m - 0.5): mean -0.025, deviation 0.05; the noise has the deviation 0.01 / sqrt(0.04) = 0.05."""
    x, _ = next(integration_batches(batch=20_000, steps=25)())
    means = x.mean(axis=1)
    assert x.mean() == pytest.approx(-0.025, abs=0.002)
    assert (x - means[:, None]).std(ddof=1) * np.sqrt(25 / 24) == pytest.approx(0.05, rel=0.01)
    assert means.std() == pytest.approx(np.sqrt(0.05**2 + 0.05**2 / 25), rel=0.02)


def test_integration_epochs_are_new_and_repeat_with_the_seed():
    train_data, again = integration_batches(2, batch=3, steps=4, seed=5), integration_batches(2, batch=3, steps=4, seed=5)
    first, second = list(train_data()), list(train_data())
    assert len(first) == len(second) == 2
    assert (first[0][0] != second[0][0]).all()
    for left, right in zip(first + second, list(again()) + list(again()), strict=True):
        np.testing.assert_array_equal(left, right)


def test_errors_are_in_words():
    with pytest.raises(ValueError, match=r"integration_batches.dt must be above 0, got 0\."):
        integration_batches(dt=0)
    with pytest.raises(ValueError, match=r"integration_batches.batch must be in \[1, 100000000\], got 0\."):
        integration_batches(batch=0)
    with pytest.raises(ValueError, match=r"memory_series.delays must be in \[1, 100000\], got 0\."):
        memory_series(10, 0)


def test_a_long_integration_decays_and_stays_in_bounds():
    data = integration_series(5000, memory=20, seed=4)
    x, y = data["x"][:, 0], data["y"][:, 0]
    assert y[0] == x[0]
    np.testing.assert_allclose(y[1:], 0.95 * y[:-1] + x[1:], atol=1e-12)
    halves = y[200:2600].std(), y[2600:].std()
    assert 0.7 < halves[0] / halves[1] < 1.4
    drift = x.reshape(-1, 25).mean(1)  # of each stretch: 2 bias (m - 0.5), and the mean of 25 noises of 0.05
    assert drift.mean() == pytest.approx(-0.025, abs=0.01)
    assert drift.std() == pytest.approx(np.hypot(0.05, 0.01), rel=0.15)
