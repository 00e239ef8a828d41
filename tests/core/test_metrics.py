"""Metrics against numbers worked by hand."""

import numpy as np
import pytest

from rcwidgets.core import metrics

T = np.array([[0.0, 10.0], [2.0, 30.0], [4.0, 50.0], [6.0, 30.0]])  # variances 5 and 200
P = T + np.array([[1.0, 0.0], [-1.0, 0.0], [1.0, 20.0], [-1.0, 0.0]])  # mean squared errors 1 and 100


def test_the_values_are_those_worked_by_hand():
    assert metrics.mse(P, T) == pytest.approx(50.5)
    assert metrics.rmse(P, T) == pytest.approx(np.sqrt(50.5))
    assert metrics.nmse(P, T) == pytest.approx((1 / 5 + 100 / 200) / 2)
    assert metrics.nrmse(P, T) == pytest.approx(np.sqrt(0.35))
    assert metrics.r2(P, T) == pytest.approx(0.65)
    assert metrics.mae(P, T) == pytest.approx(3.0)


def test_the_normalised_errors_do_not_depend_on_units():
    scale, shift = np.array([1e-3, 50.0]), np.array([7.0, -2.0])
    assert metrics.nrmse(P * scale + shift, T * scale + shift) == pytest.approx(metrics.nrmse(P, T))


def test_the_mean_of_the_target_has_an_nrmse_of_1_and_an_r2_of_0():
    mean = np.broadcast_to(T.mean(axis=0), T.shape)
    assert metrics.nrmse(mean, T) == pytest.approx(1.0)
    assert metrics.r2(mean, T) == pytest.approx(0.0)


def test_a_batch_and_a_bare_series_are_read_as_channels_last():
    batch, target = np.stack([P[:2], P[2:]]), np.stack([T[:2], T[2:]])
    assert metrics.nmse(batch, target) == pytest.approx(metrics.nmse(P, T))
    assert metrics.nmse(P[:, 0], T[:, 0]) == pytest.approx(1 / 5)


def test_float32_predictions_are_measured_in_float64():
    series = np.linspace(0, 1, 1000)[:, None] + 4000
    assert metrics.nrmse(series.astype(np.float32), series.astype(np.float32)) == 0.0
    assert metrics.nmse(series.astype(np.float32), series) == pytest.approx(
        np.mean((series.astype(np.float32) - series) ** 2) / series.var()
    )


@pytest.mark.parametrize("metric", [metrics.nmse, metrics.nrmse, metrics.r2, metrics.spectrum_distance])
def test_a_constant_channel_is_said_in_words(metric):
    flat = np.array([1.0, 0.0]) * T
    with pytest.raises(
        ValueError, match=rf"{metric.__name__}.targets must vary, got the constant 0 in channel 1. Leave that channel out, or use"
    ):
        metric(P, flat)


@pytest.mark.parametrize(
    "metric", [metrics.mse, metrics.rmse, metrics.mae, metrics.nmse, metrics.nrmse, metrics.r2, metrics.spectrum_distance]
)
def test_other_shapes_are_an_error_that_names_both(metric):
    with pytest.raises(ValueError, match=rf"{metric.__name__}.targets must have the shape of the predictions \(4, 2\), got \(3, 2\)\."):
        metric(P, T[:3])
    with pytest.raises(ValueError, match=rf"{metric.__name__}.predictions must be \(time, channels\), got the shape \(0, 2\)\."):
        metric(P[:0], T[:0])


def forecast_with_error(errors, deviation):
    """A series of this standard deviation and a forecast that is off by `errors` deviations."""
    series = deviation * np.where(np.arange(len(errors)) % 2, 1.0, -1.0)[:, None]
    return series + deviation * np.asarray(errors)[:, None], series


def test_the_valid_time_ends_where_the_error_passes_the_threshold():
    forecast, series = forecast_with_error([0.0, 0.1, 0.29, 0.31, 0.0, 2.0], 5.0)
    assert metrics.valid_prediction_time(forecast, series, dt=0.02, lyapunov_time=0.1) == pytest.approx(3 * 0.02 / 0.1)
    assert metrics.valid_prediction_time(forecast, series, dt=0.02, lyapunov_time=0.1, threshold=0.5) == pytest.approx(5 * 0.02 / 0.1)
    assert metrics.valid_prediction_time(forecast, series, dt=0.02, lyapunov_time=0.1, threshold=3.0) == pytest.approx(6 * 0.02 / 0.1)


def test_a_forecast_that_blows_up_has_ended_there():
    forecast, series = forecast_with_error([0.0, 0.0, np.nan, 0.0], 1.0)
    assert metrics.valid_prediction_time(forecast, series, dt=1.0, lyapunov_time=1.0) == 2.0


def test_the_valid_time_refuses_what_it_cannot_use():
    with pytest.raises(ValueError, match=r"valid_prediction_time.threshold must be above 0 and finite, got -1\."):
        metrics.valid_prediction_time(P, T, dt=1.0, lyapunov_time=1.0, threshold=-1)
    with pytest.raises(ValueError, match=r"valid_prediction_time.predictions must be \(time, channels\), got the shape \(1, 4, 2\)\."):
        metrics.valid_prediction_time(P[None], T[None], dt=1.0, lyapunov_time=1.0)


def test_the_spectrum_distance_ignores_phase_scale_and_mean_and_hears_pitch():
    t = np.arange(400)[:, None]
    slow, fast = np.sin(2 * np.pi * t / 40), np.sin(2 * np.pi * t / 8)
    assert metrics.spectrum_distance(slow, slow) == pytest.approx(0.0, abs=1e-7)
    assert metrics.spectrum_distance(3 + 5 * np.cos(2 * np.pi * t / 40), slow) == pytest.approx(0.0, abs=1e-6)
    assert metrics.spectrum_distance(fast, slow) == pytest.approx(1.0, abs=1e-3)
    assert metrics.spectrum_distance(slow + fast, slow, smoothing=0) == pytest.approx(np.sqrt(1 - np.sqrt(0.5)), rel=1e-6)
    assert metrics.spectrum_distance(np.zeros_like(slow), slow) == 1.0


def test_the_spectrum_distance_refuses_what_it_cannot_use():
    with pytest.raises(ValueError, match=r"spectrum_distance.predictions must have at least 4 times, got 3\."):
        metrics.spectrum_distance(P[:3], T[:3])
    with pytest.raises(ValueError, match=r"spectrum_distance.smoothing must be at least 0 and finite, got -1\."):
        metrics.spectrum_distance(P, T, smoothing=-1)


def test_accuracy_of_classes_and_of_scores():
    labels = np.array([0, 1, 2, 1])
    assert metrics.accuracy(np.array([0, 1, 1, 1]), labels) == 0.75
    assert metrics.accuracy(np.eye(3)[[0, 2, 2, 0]], labels) == 0.5
    with pytest.raises(ValueError, match=r"accuracy.labels must have the shape \(4, 3\) or \(4,\), got \(3,\)\."):
        metrics.accuracy(np.eye(3)[labels], labels[:3])
    with pytest.raises(ValueError, match=r"accuracy.labels must hold a label, got the shape \(0,\)\."):
        metrics.accuracy(labels[:0], labels[:0])


def test_accuracy_takes_one_hot_labels_of_scores():
    scores = np.array([[0.9, 0.2, 0.1], [0.3, 0.2, 0.6], [0.1, 0.7, 0.4]])
    assert metrics.accuracy(scores, np.eye(3)[[0, 2, 0]]) == pytest.approx(2 / 3)
    assert metrics.accuracy(scores[None], np.eye(3, dtype=int)[[[0, 2, 0]]]) == pytest.approx(2 / 3)
    assert metrics.accuracy(["a", "b"], ["a", "a"]) == 0.5
    assert metrics.accuracy([True, False], [1, 1]) == 0.5
    assert metrics.accuracy([[1, 0], [0, 1]], [[1, 0], [1, 1]]) == 0.75  # two series of two classes


@pytest.mark.parametrize(
    ("predictions", "labels", "words"),
    [
        (
            [[0.9], [0.1], [0.8]],
            [1, 0, 1],
            r"got one score a row \(3, 1\)\. Compare it with a threshold, such as predictions\[..., 0\] > 0.5",
        ),
        ([[0.9], [0.1], [0.8]], [[1], [0], [1]], r"got one score a row \(3, 1\)\."),
        ([[1], [0], [1]], [1, 0, 1], r"got one score a row \(3, 1\)\."),
        ([0.9, 0.1, 0.8], [1, 0, 1], r"accuracy.predictions must be classes, got scores of the shape of the labels \(3,\)\."),
        ([[0.9, 0.1], [0.2, 0.8]], [[0.5, 0.5], [1, 0]], r"must be one-hot rows, with a single 1 each\."),
        ([[0.9, 0.1], [0.2, 0.8]], [0, 2], r"must be whole class numbers from 0 to 1, got 0 to 2\."),
        ([[0.9, 0.1], [0.2, 0.8]], [-1, 1], r"must be whole class numbers from 0 to 1, got -1 to 1\."),
        ([[0.9, 0.1], [0.2, 0.8]], [0.5, 1.0], r"must be whole class numbers from 0 to 1, got 0.5 to 1.0\."),
        ([[0.9, np.nan], [0.2, 0.8]], [0, 1], r"accuracy.predictions must be numbers, got nan\."),
        (np.eye(3)[[0, 1]], np.eye(3)[[0, 2]], r"may be one-hot rows or 6 classes\. Give classes, by argmax"),
        (np.ma.masked_equal([0, 1, -9], -9), [0, 1, 1], r"accuracy.predictions must have no masked entries, got one at \(2,\)\."),
        ([0, 1, 1], np.ma.masked_equal([0, 1, -9], -9), r"accuracy.labels must have no masked entries, got one at \(2,\)\."),
    ],
)
def test_accuracy_of_what_may_mean_two_things_is_an_error(predictions, labels, words):
    with pytest.raises(ValueError, match=words):
        metrics.accuracy(predictions, labels)


def test_accuracy_of_words_and_numbers_is_an_error():
    with pytest.raises(TypeError, match=r"accuracy.labels must be of the kind of the predictions, got int64 for <U1\."):
        metrics.accuracy(["1", "0"], [1, 0])


@pytest.mark.parametrize("metric", [metrics.mse, metrics.rmse, metrics.mae, metrics.nmse, metrics.nrmse, metrics.r2])
def test_masked_entries_and_complex_numbers_are_refused(metric):
    good, masked = np.array([1.0, 2.0, 3.0]), np.ma.masked_equal([1.0, -9999.0, 3.0], -9999.0)
    with pytest.raises(ValueError, match=rf"{metric.__name__}.targets must have no masked entries, got one at \(1,\)\."):
        metric(good, masked)
    with pytest.raises(ValueError, match=rf"{metric.__name__}.predictions must have no masked entries"):
        metric(masked, good)
    with pytest.raises(TypeError, match=rf"{metric.__name__}.predictions must be real numbers, got an array of complex128\."):
        metric(good * 1j, good)


def test_the_normalised_error_is_the_root_of_the_mean_square_over_channels_at_each_time():
    generator = np.random.default_rng(0)
    targets, errors = generator.normal(size=(50, 2)) * [1, 10], generator.normal(size=(50, 2))
    expected = [np.sqrt(((e / s) ** 2).mean()) for e, s in zip(errors, [targets.std(axis=0)] * 50, strict=True)]
    np.testing.assert_allclose(metrics.normalised_error(targets + errors, targets), expected)


@pytest.mark.parametrize("metric", [metrics.mse, metrics.rmse, metrics.mae, metrics.nrmse, metrics.nmse, metrics.r2])
def test_lists_of_series_of_unequal_length_are_measured_over_all_rows(metric, generator):
    p, t = ([generator.normal(size=(length, 2)) for length in (4, 7, 5)] for _ in range(2))
    assert metric(p, t) == metric(np.concatenate(p), np.concatenate(t))
    with pytest.raises(ValueError, match=r"targets must be series as long as those of the predictions, series of \[4, 7, 5\] rows, got"):
        metric(p, [t[1], t[0], t[2]])


def test_frames_whose_columns_stand_in_another_order_are_refused():
    pandas = pytest.importorskip("pandas")
    one = pandas.DataFrame({"a": [1.0, 2, 3], "b": [3.0, 1, 2]})
    assert metrics.mse(one, one) == 0
    with pytest.raises(ValueError, match=r"mse.targets must have the columns of the predictions in their order, \['a', 'b'\], got"):
        metrics.mse(one, one[["b", "a"]])
