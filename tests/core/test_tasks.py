"""The tasks: rows, horizons, normalisation, and the sentences of refusal."""

import numpy as np
import pandas as pd
import pytest

from rcwidgets.core.tasks import DataTask, IntegrationTask, LorenzTask, NarmaTask, Series, SunspotTask, TaskError, own_series


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
        (
            np.zeros((2, 3, 4, 1)),
            r"The data must be \(time, channels\) or \(time,\), or \(series, time, channels\), got the shape \(2, 3, 4, 1\)",
        ),
        ([], r"got the shape \(0,\)"),
        ([[1.0, np.nan]], "The data must be finite, got nan in row 0, column 1"),
        (["a", "b"], "The data must be numbers"),
        ([1j], "The data must be numbers"),
    ],
)
def test_own_data_of_the_wrong_kind_are_named(data, words):
    with pytest.raises((ValueError, TypeError), match=words):
        own_series(data)


def table(rows=100):
    """Three columns that differ in size: a, b, c, with a of another scale."""
    random = np.random.default_rng(5)
    return pd.DataFrame({"a": 100 + 10 * random.normal(size=rows), "b": random.normal(size=rows), "c": 3 * random.normal(size=rows)})


@pytest.mark.parametrize("horizon", [0, 2])
def test_inputs_and_targets_are_columns_with_a_normalisation_of_their_own(horizon):
    frame = table()
    data = DataTask(horizon=horizon, inputs=("c", "a"), targets="b", warmup=10, train=50).prepare(own_series(frame))
    given, wanted = frame[["c", "a"]].to_numpy(), frame[["b"]].to_numpy()
    np.testing.assert_allclose(data.inputs, (given - given[:60].mean(0)) / given[:60].std(0))
    np.testing.assert_allclose(data.targets[: 100 - horizon], ((wanted - wanted[:60].mean(0)) / wanted[:60].std(0))[horizon:])
    np.testing.assert_allclose(data.inputs * data.input_scale + data.input_mean, given)
    assert np.isnan(data.targets[100 - horizon :]).all() and data.end == 100 - horizon
    assert (data.input_channels, data.channels, data.sizes) == (("c", "a"), ("b",), (2, 1))
    np.testing.assert_allclose(data.spread, wanted[10 + horizon : 60 + horizon].std(0))


def gap(row):
    frame = table()
    frame.loc[row, "b"] = np.nan
    return frame


@pytest.mark.parametrize(
    ("task", "frame", "words", "knob"),
    [
        (DataTask(inputs=()), table(), "No input is chosen. Take at least one column as input.", "inputs"),
        (DataTask(targets=()), table(), "No target is chosen. Take at least one column as target.", "targets"),
        (DataTask(targets="d"), table(), "The data has no column 'd'. Its columns of numbers: a, b, c.", "targets"),
        (DataTask(inputs="d"), table().assign(d="x"), r"Column 'd' holds no numbers \(text\). Its columns of numbers: a, b, c.", "inputs"),
        (DataTask(), gap(7), "Column 'b' has no number in row 7. Fill it in, or leave the column out.", None),
        (DataTask(horizon=0), table(), "'a' is an input and a target of the same step, so there is nothing to forecast.", "horizon"),
        (DataTask(inputs="a", targets="d"), table().assign(d=1.0), "Channel 'd' is constant before the test part", None),
    ],
)
def test_columns_that_cannot_be_learnt_are_a_sentence_at_their_knob(task, frame, words, knob):
    with pytest.raises(TaskError, match=words) as error:
        task.prepare(own_series(frame))
    assert error.value.knob == knob


def test_columns_that_are_left_out_may_have_gaps_and_may_be_constant():
    data = DataTask(inputs=("a", "c"), targets=("a", "c")).prepare(own_series(gap(3).assign(d=1.0)))
    assert data.channels == ("a", "c") and np.isfinite(data.inputs).all()


def test_the_time_of_a_frame_is_its_index_or_a_column_of_dates():
    frame = table(4)
    days = pd.to_datetime(["2024-01-01", "2024-01-03", "2024-01-04", "2024-01-08"])
    words = days.strftime("%Y-%m-%d")  # as `read_csv` leaves them
    for dated in (frame.set_index(days), frame.assign(day=days), frame.set_index(days.rename("when")), frame.assign(day=words)):
        series = own_series(dated)
        assert series.time_label == "days since 2024-01-01" and series.channels == ("a", "b", "c") and series.origin == "frame"
        np.testing.assert_array_equal(series.time, [0, 2, 3, 7])
    years = own_series(frame.assign(year=[2000, 2001, 2002, 2003], city="x", flag=[True, False, True, True]))
    assert years.time_label == "year" and years.channels == ("a", "b", "c", "flag") and years.left_out == (("city", "text"),)


def test_a_csv_file_is_own_data_too(tmp_path):
    table().to_csv(tmp_path / "my.csv", index=False)
    series = own_series(tmp_path / "my.csv")
    np.testing.assert_allclose(series.values, table().to_numpy())
    assert own_series(series) is series and series.name == "my.csv"


def test_a_frame_with_a_name_twice_or_without_rows_is_refused():
    with pytest.raises(ValueError, match="The data must have columns of different names, got 'a' twice. Rename one."):
        own_series(pd.concat([table()["a"], table()["a"]], axis=1))
    with pytest.raises(ValueError, match="The data must have rows, got an empty data frame."):
        own_series(table(0))


def test_narma_and_integration_map_their_input_to_a_target_of_the_same_step():
    narma = NarmaTask(normalise=False).prepare()
    u, y = narma.inputs[:, 0], narma.targets[:, 0]
    for t in (50, 3999):
        wanted = 0.3 * y[t - 1] + 0.05 * y[t - 1] * y[t - 10 : t].sum() + 1.5 * u[t - 9] * u[t] + 0.1
        assert y[t] == pytest.approx(wanted, rel=1e-12)
    assert (narma.input_channels, narma.channels, narma.horizon, narma.end) == (("u",), ("y",), 0, 4000)
    sums = IntegrationTask(memory=10, normalise=False).prepare()
    x, y = sums.inputs[:, 0], sums.targets[:, 0]
    np.testing.assert_allclose(y[1:], 0.9 * y[:-1] + x[1:], atol=1e-12)
    later = NarmaTask(horizon=3, normalise=False).prepare()
    np.testing.assert_array_equal(later.targets[:-3], narma.targets[3:])
