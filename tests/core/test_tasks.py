"""The tasks: rows, horizons, normalisation, and the sentences of refusal."""

import numpy as np
import pandas as pd
import pytest

from rcwidgets.core.tasks import DataTask, LorenzTask, Series, SunspotTask, own_series


def ramp(rows=100, channels=2):
    return Series(np.arange(rows * channels, dtype=float).reshape(rows, channels), np.arange(rows) * 0.5, ("a", "b")[:channels])


@pytest.mark.parametrize("horizon", [1, 10])
def test_the_target_is_the_input_some_steps_later(horizon):
    data = DataTask(horizon=horizon, normalise=False).prepare(ramp())
    np.testing.assert_array_equal(data.targets[:-horizon], data.inputs[horizon:])
    assert np.isnan(data.targets[-horizon:]).all() and data.targets.shape == data.inputs.shape
    assert data.end == 100 - horizon
    assert data.time[0] == 0.5 * horizon and data.time[data.end - 1] == 49.5


def test_standardising_uses_the_rows_before_the_test_part_only():
    data = DataTask(warmup=10, train=40).prepare(ramp())
    known = ramp().values[:50]
    np.testing.assert_allclose(data.mean, known.mean(0))
    np.testing.assert_allclose(data.scale, known.std(0))
    np.testing.assert_allclose(data.inputs * data.scale + data.mean, ramp().values)
    changed = ramp()
    changed.values[60:] *= 100
    np.testing.assert_array_equal(DataTask(warmup=10, train=40).prepare(changed).inputs[:50], data.inputs[:50])


def test_lorenz_is_the_tutorials():
    data = LorenzTask().prepare()
    assert data.inputs.shape == (10_000, 3) and (data.warmup, data.train, data.test_start, data.end) == (2000, 6000, 8000, 9999)
    np.testing.assert_array_equal(data.mean, 0)
    assert data.channels == ("x", "y", "z") and data.time[0] == pytest.approx(0.02)


def test_sunspots_are_standardised_and_tested_on_later_years():
    data = SunspotTask().prepare()
    assert data.inputs.shape == (309, 1) and data.time[data.test_start] == 1930 and data.time[data.end - 1] == 2008
    assert data.inputs[: data.test_start].mean() == pytest.approx(0, abs=1e-12)


def two_steps(late):
    """A channel that changes at row 4 and, where that is past row 60, at row `late`, but no more."""
    values = np.ones((100, 1))
    values[:4] = 0
    values[late if late > 60 else 100 :] = 2
    values[20 : late if late > 60 else 20] += 0.5
    return Series(values, np.arange(100), ("a",))


@pytest.mark.parametrize(
    ("task", "series", "words"),
    [
        (DataTask(), None, r"This task needs data of your own. Load a CSV file, or give"),
        (DataTask(warmup=95), ramp(), "100 rows, of which 95 for the warm-up"),
        (DataTask(horizon=90), ramp(), "The data has too few rows"),
        (DataTask(), Series(np.ones((100, 2)), np.arange(100), ("a", "b")), "Channel 'a' is constant before the test part"),
        (DataTask(warmup=10, train=88), ramp(), "leave 1 to test. Training needs 10 and testing 2: take a shorter"),
        (DataTask(), two_steps(20), "Channel 'a' is constant in the training part, so its error has no scale. Leave it out"),
        (DataTask(warmup=8), two_steps(70), "Channel 'a' is constant in the test part, so its error has no scale. Leave it out"),
    ],
)
def test_what_cannot_be_learnt_is_a_sentence(task, series, words):
    with pytest.raises(ValueError, match=words):
        task.prepare(series)


def test_own_data_are_arrays_lists_or_frames():
    np.testing.assert_array_equal(own_series([1, 2, 3]).values, [[1.0], [2.0], [3.0]])
    frame = pd.DataFrame({"flow": [1.0, 2.0], "level": [3, 4]})
    series = own_series(frame)
    assert series.channels == ("flow", "level") and series.values.dtype == np.float64
    assert own_series(np.ones((5, 2))).channels == ("channel 1", "channel 2")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (np.zeros((2, 3, 4)), r"The data must be \(time, channels\) or \(time,\), got the shape \(2, 3, 4\)"),
        ([], r"got the shape \(0,\)"),
        ([[1.0, np.nan]], "The data must be finite, got nan in row 0, column 1"),
        (["a", "b"], "The data must be numbers"),
        ([1j], "The data must be numbers"),
    ],
)
def test_own_data_of_the_wrong_kind_are_named(data, words):
    with pytest.raises((ValueError, TypeError), match=words):
        own_series(data)
