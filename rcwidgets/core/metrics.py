"""Figures of merit of finished predictions, in float64 NumPy.

Predictions and targets have one shape: (time, channels), (batch, time, channels) or (time,), or are lists of series (time_k, channels) of
unequal length, whose rows are taken one behind the other. Below, mse_c and var_c are the mean squared
error and the variance of the target of one channel over all times and series.

With gaps="drop" times at which a target is NaN or masked are left out of an error, as the trainers leave them out of a fit; without it NaN
gives NaN, and a masked entry is an error.

mse, rmse, mae, nmse, nrmse and r2 also take series (time, channels) that do not fit in memory: what has a length and slices, such as a
memory-mapped .npy or an array of HDF5, zarr or dask, or iterables of blocks (rows, channels). They are read a block at a time.
"""

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.compared import rows_of, variance_of
from rcwidgets.core.error_sums import ErrorSums, error_sums
from rcwidgets.core.real_numbers import check_numbers, is_hot
from rcwidgets.core.series import LongData

Gaps = Literal["error", "drop"]


def _sums(owner: str, predictions: Any, targets: Any, gaps: Gaps) -> ErrorSums | None:
    """The sums of series that are read block by block; None where they are in memory."""
    if gaps not in ("error", "drop"):
        raise ValueError(f"{owner}.gaps must be 'error' or 'drop', got {gaps!r}.")
    return error_sums(owner, predictions, targets, drop=gaps == "drop")


def mse(predictions: ArrayLike | LongData, targets: ArrayLike | LongData, *, gaps: Gaps = "error") -> float:
    """Mean squared error over all entries, in the data's units squared."""
    return _mse("mse", predictions, targets, gaps)


def _mse(owner: str, predictions: Any, targets: Any, gaps: Gaps) -> float:
    sums = _sums(owner, predictions, targets, gaps)
    if sums is not None:
        return sums.mse
    p, t = rows_of(owner, predictions, targets, gaps)
    return float(np.mean(np.square(p - t)))


def rmse(predictions: ArrayLike | LongData, targets: ArrayLike | LongData, *, gaps: Gaps = "error") -> float:
    """Root of the mean squared error, in the data's units."""
    return math.sqrt(_mse("rmse", predictions, targets, gaps))


def mae(predictions: ArrayLike | LongData, targets: ArrayLike | LongData, *, gaps: Gaps = "error") -> float:
    """Mean absolute error over all entries, in the data's units."""
    sums = _sums("mae", predictions, targets, gaps)
    if sums is not None:
        return sums.mae
    p, t = rows_of("mae", predictions, targets, gaps)
    return float(np.mean(np.abs(p - t)))


def nmse(predictions: ArrayLike | LongData, targets: ArrayLike | LongData, *, gaps: Gaps = "error") -> float:
    """mean over channels of mse_c / var_c: 0 is perfect, 1 is as good as the mean of the target. The square of `nrmse`."""
    return _nmse("nmse", predictions, targets, gaps)


def _nmse(owner: str, predictions: Any, targets: Any, gaps: Gaps) -> float:
    sums = _sums(owner, predictions, targets, gaps)
    if sums is not None:
        return sums.nmse(owner)
    p, t = rows_of(owner, predictions, targets, gaps)
    errors = np.square(p - t).reshape(-1, p.shape[-1]).mean(axis=0)
    return float(np.mean(errors / variance_of(owner, t)))


def nrmse(predictions: ArrayLike | LongData, targets: ArrayLike | LongData, *, gaps: Gaps = "error") -> float:
    """sqrt(mean over channels of mse_c / var_c): the error in standard deviations of the target, channel by channel.

    0 is perfect, 1 is as good as the mean of the target. Some authors divide by the range or the mean instead; this divides by the
    standard deviation. A channel that is constant has none, and is an error.
    """
    return math.sqrt(_nmse("nrmse", predictions, targets, gaps))


def r2(predictions: ArrayLike | LongData, targets: ArrayLike | LongData, *, gaps: Gaps = "error") -> float:
    """Coefficient of determination, 1 - mean over channels of mse_c / var_c: 1 is perfect, 0 is as good as the mean of the target."""
    return 1.0 - _nmse("r2", predictions, targets, gaps)


def normalised_error(predictions: ArrayLike, targets: ArrayLike) -> np.ndarray:
    """The error at each time (time,): e(t) = sqrt(mean over channels of (p[t] - y[t])^2 / var_c), for arrays (time, channels)."""
    p, t = rows_of("normalised_error", predictions, targets)
    with np.errstate(over="ignore"):  # a run that blows up
        return np.sqrt(np.mean(np.square(p - t) / variance_of("normalised_error", t), axis=-1))


def valid_prediction_time(predictions: ArrayLike, targets: ArrayLike, *, dt: float, lyapunov_time: float, threshold: float = 0.3) -> float:
    """How long a forecast holds, in Lyapunov times: the first time at which e(t) passes `threshold`.

    e(t) is the `normalised_error` of arrays (time, channels) whose row 0 is dt after the start. A value that is not finite has passed.
    A forecast that holds to the end gives the length of the series: the true figure may be larger.
    Definitions differ, so quote the threshold with the figure: 0.3 and 0.5 on e are usual, and a limit of 0.4 on the squared error is
    sqrt(0.4) here.

    Reference: Vlachas et al. (2020), Neural Networks 126, 191-217.
    """
    p, t = rows_of("valid_prediction_time", predictions, targets)
    if p.ndim != 2:
        raise ValueError(f"valid_prediction_time.predictions must be (time, channels), got the shape {p.shape}. Take one series at a time.")
    for name, value in (("dt", dt), ("lyapunov_time", lyapunov_time), ("threshold", threshold)):
        if not 0 < value < math.inf:
            raise ValueError(f"valid_prediction_time.{name} must be above 0 and finite, got {value!r}.")
    error = normalised_error(p, t)
    passed = np.flatnonzero(~(error <= threshold))
    steps = int(passed[0]) if passed.size else len(error)
    return steps * dt / lyapunov_time


def spectrum_distance(predictions: ArrayLike, targets: ArrayLike, *, smoothing: float = 2.0) -> float:
    """How far a free run's power spectrum is from the data's: the Hellinger distance, from 0 (equal) to 1 (no frequency in common).

    sqrt(1 - sum_f sqrt(P[f] Q[f])), averaged over channels (and series), where P and Q are the squared magnitudes of the Fourier
    transforms of the two series less their means, smoothed by a Gaussian of `smoothing` frequency bins and scaled to sum 1. It judges the
    rhythm of a forecast that has long lost the phase. A constant prediction has no spectrum: its distance is 1.

    Reference: Mikhaeil, Monfared & Durstewitz (2022), NeurIPS 35.
    """
    p, t = rows_of("spectrum_distance", predictions, targets)
    if not 0 <= smoothing < math.inf:
        raise ValueError(f"spectrum_distance.smoothing must be at least 0 and finite, got {smoothing!r}.")
    if p.shape[-2] < 4:
        raise ValueError(f"spectrum_distance.predictions must have at least 4 times, got {p.shape[-2]}. Predict for longer.")
    variance_of("spectrum_distance", t)
    overlap = np.sqrt(_spectrum(p, smoothing) * _spectrum(t, smoothing)).sum(axis=-2)
    return float(np.mean(np.sqrt(np.maximum(1.0 - overlap, 0.0))))


def _spectrum(series: np.ndarray, smoothing: float) -> np.ndarray:
    """The power spectrum (..., frequencies, channels), scaled to sum 1 over the frequencies above 0; zero where the series is constant."""
    from scipy.ndimage import gaussian_filter1d  # here alone, and slow to import

    centred = series - series.mean(axis=-2, keepdims=True)
    power = np.square(np.abs(np.fft.rfft(centred, axis=-2)))[..., 1:, :]
    power = gaussian_filter1d(power, smoothing, axis=-2, mode="nearest") if smoothing else power
    total = power.sum(axis=-2, keepdims=True)
    return power / np.where(total > 0, total, 1.0)


def confusion_matrix(predictions: ArrayLike, labels: ArrayLike) -> np.ndarray:
    """How often (classes, classes) a case of one class (row) was told as another (column): right answers are on the diagonal.

    `predictions` are scores (cases, classes), whose largest counts; `labels` are class numbers (cases,) from 0 on, or one-hot rows.

    >>> confusion_matrix([[0.9, 0.1], [0.4, 0.6], [0.7, 0.3]], [0, 1, 1])
    array([[1, 0],
           [1, 1]])
    """
    p, t = np.asarray(predictions), np.asarray(labels)
    if p.ndim != 2 or p.shape[1] < 2:
        raise ValueError(f"confusion_matrix.predictions must be scores (cases, classes) of two classes or more, got the shape {p.shape}.")
    accuracy(p, t)  # what it cannot read, it says
    told, right = p.argmax(axis=1), t.argmax(axis=1) if t.ndim == 2 else t.astype(int)
    counts = np.zeros((p.shape[1], p.shape[1]), int)
    np.add.at(counts, (right, told), 1)
    return counts


def accuracy(predictions: ArrayLike, labels: ArrayLike) -> float:
    """The share of right answers.

    `predictions` are classes of the shape of `labels`, or scores (..., classes) of two classes or more, whose largest counts. `labels` of
    scores are class numbers (...) from 0 on, or one-hot rows (..., classes). One score a row is an error: nobody knows its threshold.
    """
    for name, value in (("predictions", predictions), ("labels", labels)):
        if np.ma.is_masked(value):
            check_numbers(f"accuracy.{name}", value)
    p, t = np.asarray(predictions), np.asarray(labels)
    if t.size == 0:
        raise ValueError(f"accuracy.labels must hold a label, got the shape {t.shape}. Check the split of the data.")
    words = [one.dtype.kind not in "iubf" for one in (p, t)]
    if words[0] != words[1]:
        raise TypeError(f"accuracy.labels must be of the kind of the predictions, got {t.dtype} for {p.dtype}. Convert one of them.")
    if p.shape == t.shape and not _is_scores(p):
        if not words[0] and p.ndim > 1 and p.shape[-1] > 2 and is_hot(p) and is_hot(t):
            raise ValueError(
                f"accuracy.labels {t.shape} may be one-hot rows or {t.size} classes. Give classes, by argmax(axis=-1) of both."
            )
        return float(np.mean(p == t))
    hot = p.shape == t.shape and p.ndim > 1 and p.shape[-1] > 1
    if p.ndim and p.shape[-1] == 1 and p.shape in ((*t.shape, 1), t.shape):
        raise ValueError(
            f"accuracy.predictions must be classes, or scores of two classes or more, got one score a row {p.shape}. "
            "Compare it with a threshold, such as predictions[..., 0] > 0.5, and give labels of that shape."
        )
    if not hot and p.shape[:-1] != t.shape:
        raise ValueError(
            f"accuracy.labels must have the shape {p.shape} or {p.shape[:-1]}, got {t.shape}. Give one label for each row."
            if p.shape != t.shape
            else f"accuracy.predictions must be classes, got scores of the shape of the labels {p.shape}. Round or compare them first."
        )
    check_numbers("accuracy.predictions", p)
    if np.isnan(p.astype(np.float64)).any():
        raise ValueError("accuracy.predictions must be numbers, got nan. Leave out the rows without a score.")
    if hot:
        if not is_hot(t):
            raise ValueError("accuracy.labels of the shape of the scores must be one-hot rows, with a single 1 each. Give class numbers.")
        t = t.argmax(axis=-1)
    elif t.dtype.kind not in "iub" or not (t.min() >= 0 and t.max() < p.shape[-1]):
        told = f"{t.min()} to {t.max()}" if t.dtype.kind in "iubf" else f"an array of {t.dtype}"
        raise ValueError(
            f"accuracy.labels of scores must be whole class numbers from 0 to {p.shape[-1] - 1}, got {told}. "
            "Renumber them by np.unique(labels, return_inverse=True), as the scores are ordered."
        )
    return float(np.mean(p.argmax(axis=-1) == t))


def _yes_or_no(owner: str, predictions: ArrayLike, labels: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Both as matrices (cases, labels) of True and False."""
    p, t = np.asarray(predictions), np.asarray(labels)
    for name, value in (("predictions", p), ("labels", t)):
        check_numbers(f"{owner}.{name}", value)
        if value.ndim != 2 or value.size == 0 or not np.isin(value, (0, 1)).all():
            raise ValueError(
                f"{owner}.{name} must be (cases, labels) of 0 and 1, got the shape {value.shape}. Compare scores first: p > 0.5."
            )
    if p.shape != t.shape:
        raise ValueError(f"{owner}.labels must have the shape of the predictions {p.shape}, got {t.shape}.")
    return p.astype(bool), t.astype(bool)


def exact_match(predictions: ArrayLike, labels: ArrayLike) -> float:
    """The share of cases all of whose labels are right, where each may have several: both (cases, labels) of 0 and 1.

    >>> exact_match([[1, 0], [1, 1]], [[1, 0], [0, 1]])
    0.5
    """
    p, t = _yes_or_no("exact_match", predictions, labels)
    return float((p == t).all(axis=1).mean())


def hamming_loss(predictions: ArrayLike, labels: ArrayLike) -> float:
    """The share of wrong answers among all labels of all cases: both (cases, labels) of 0 and 1.

    >>> hamming_loss([[1, 0], [1, 1]], [[1, 0], [0, 1]])
    0.25
    """
    p, t = _yes_or_no("hamming_loss", predictions, labels)
    return float((p != t).mean())


def f1(predictions: ArrayLike, labels: ArrayLike) -> float:
    """The mean over labels of 2 TP / (2 TP + FP + FN), the balance of precision and recall: both (cases, labels) of 0 and 1.

    A label that nobody has and nobody was told is 0, as in scikit-learn.

    >>> f1([[1, 0], [1, 1]], [[1, 0], [0, 1]])
    0.8333333333333333
    """
    p, t = _yes_or_no("f1", predictions, labels)
    right, wrong = (p & t).sum(axis=0), (p != t).sum(axis=0)
    return float(np.mean(2 * right / np.maximum(2 * right + wrong, 1)))


def _is_scores(values: np.ndarray) -> bool:
    """Whether an array of the shape of the labels cannot be classes: floats that are not whole."""
    return values.dtype.kind == "f" and not bool(np.all(values == np.round(values)))
