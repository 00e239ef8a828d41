"""The results in words: numbers, spans, the footer's figures, what the metrics are, and what results are of once the model is another.

Footer, table and Python tell what the metrics are from here.
"""

from typing import NamedTuple

import numpy as np

from rcwidgets.core.document.document import Document
from rcwidgets.core.short import figure
from rcwidgets.core.spec.registry import TASKS
from rcwidgets.core.tasks import DataTask, Series
from rcwidgets.live.results.question import ahead
from rcwidgets.live.results.results import Results

_SIZES = {"norm of the weights": "all trained weights", "norm of the gradient": "the gradient of all trained weights, before it is clipped"}


class Measure(NamedTuple):
    """A metric: its label, the unit of its values, its definition in words, and its formula in plain text.

    In the formulas mse_c and var_c are the mean squared error and the variance of the target of one channel, over the rows of the part.
    """

    label: str
    unit: str
    definition: str
    formula: str


MEASURES: dict[str, Measure] = {
    "accuracy": Measure(
        "Accuracy", "share", "Share of the series whose largest output is that of their class; below, of each class.", "right / all"
    ),
    "nrmse": Measure(
        "NRMSE",
        "standard deviations",
        "Root mean squared error divided by the target's standard deviation, over all channels; 1 is as good as always saying the mean.",
        "sqrt(mean over channels of mse_c / var_c)",
    ),
    "rmse": Measure("RMSE", "the data's unit", "Root of the mean squared error: the usual size of an error.", "sqrt(MSE)"),
    "mse": Measure("MSE", "the data's unit, squared", "Mean squared error, over all rows and channels.", "mean of (forecast - truth)^2"),
    "nmse": Measure(
        "NMSE",
        "variances",
        "Mean squared error divided by the target's variance, over all channels: the square of NRMSE.",
        "mean over channels of mse_c / var_c",
    ),
    "r2": Measure(
        "R²",
        "no unit",
        "Share of the target's variance that the forecast explains: 1 is perfect, 0 is as good as always saying the mean.",
        "1 - NMSE",
    ),
    "mae": Measure("MAE", "the data's unit", "Mean size of an error, over all rows and channels.", "mean of |forecast - truth|"),
    "valid_prediction_time": Measure(
        "Valid prediction time",
        "steps or Lyapunov times",
        "How long the closed loop, in which each forecast is the next input, keeps its error below the threshold. A Lyapunov time is "
        "the time in which a small error of a chaotic system grows e-fold.",
        "first t at which sqrt(mean over channels of (run - truth)^2 / var_c) > threshold",
    ),
    "trained_weights": Measure(
        "Trained weights", "weights", "How many numbers training sets: weights and biases.", "sum over nodes of their trained numbers"
    ),
    "washout": Measure(
        "Forgets its start",
        "steps",
        "Within so many steps a run from rest comes to the states of one that began earlier, to within rounding: the echo state property. "
        "The series was therefore run in stretches side by side, and their ends were held against each other.",
        "least w: state from rest at t - w = state at t",
    ),
    "rows": Measure(
        "Rows", "rows", "How many rows of the data train the network, and how many test it.", "test = all rows - warm-up - train - horizon"
    ),
    "seconds": Measure("Training time", "seconds", "From the change, or from Run, to these results.", ""),
}


class Metric(NamedTuple):
    """A figure for the footer: what it is, its value in words, and its definition with unit."""

    label: str
    value: str
    title: str


def horizon_and_part(results: Results) -> str:
    """How far ahead results forecast, and which part: "1 step ahead, test part"."""
    part = "test part" if results.part == "test" else "as it learns"
    part += f", series {results.trial}" * bool(results.trial)
    return part if results.classes else f"{ahead(results.horizon)}, {part}"


def one_line(results: Results) -> str:
    """What results are of, in one line: "Lorenz, 1 step ahead, Ridge, test NRMSE 2.1e-4"."""
    question = results.question
    parts = [ahead(results.horizon) if question is None else question.words, results.settings.label]
    if results.accuracy is not None:
        parts.append(f"test accuracy {share(results.accuracy)}")
    elif np.isfinite(results.test_nrmse):
        parts.append(f"test NRMSE {figure(results.test_nrmse)}")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """A time span in ms or s."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def time_left(seconds: float) -> str:
    """A time span that is a guess, without digits that nobody knows.

    >>> time_left(4.2), time_left(75.3), time_left(418.9), time_left(40_000)
    ('4.2 s', '75 s', '7 min', '11 h')
    """
    if seconds < 10:
        return duration(seconds)
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def share(value: float) -> str:
    """A share in per cent.

    >>> share(364 / 370)
    '98.4 %'
    """
    return f"{100 * value:.3g} %"


def outcome_of(results: Results) -> str:
    """How good the results are, in a few words: "Test NRMSE 2.5e-5"; of a training before its test, what it learned with."""
    if results.accuracy is not None:
        return f"Test accuracy {share(results.accuracy)}"
    return next((f"{one.label} {one.value}" for one in metrics_of(results) if one.label.endswith("NRMSE") and "Train" not in one.label), "")


def metrics_of(results: Results) -> tuple[Metric, ...]:
    """The footer's figures."""
    nrmse, curve = MEASURES["nrmse"].definition, results.curve
    if results.accuracy is not None:
        return _metrics_of_classes(results, results.accuracy)
    test, beaten = figure(results.test_nrmse), results.beaten_by
    if beaten is not None:
        test += f" (worse than {beaten.name}, {figure(beaten.nrmse)})"
    elif results.test_nrmse > 1:
        test += " (worse than the mean)"
    if curve is None:
        return (
            Metric("Train NRMSE", figure(results.train_nrmse), f"Training part, {ahead(results.horizon)}. {nrmse}"),
            Metric("Test NRMSE", test, f"Test part, {ahead(results.horizon)}. {nrmse}"),
            Metric("Test MSE", figure(results.test_mse), f"Test part, in {MEASURES['mse'].unit}. {MEASURES['mse'].definition}"),
            Metric("Last change", duration(results.seconds), _how_it_ran(results)),
        )
    size = curve.sizes[-1] if curve.sizes.size else 0.0
    found = [
        Metric("Learning NRMSE", figure(results.train_nrmse), f"The last rows of the training part, as they were learned. {nrmse}"),
        Metric(curve.size_label.capitalize(), figure(size), f"Root of the sum of the squares of {_SIZES[curve.size_label]}."),
    ]
    if np.isfinite(results.test_nrmse):
        found.insert(0, Metric("Test NRMSE", test, f"Test part, with learning off. {nrmse}"))
    if curve.ending:
        found.append(Metric("Ended", curve.ending.split(";")[0], f"Why training ended: {curve.ending}."))
    return (*found, Metric("Training", duration(results.seconds), "Since Run was pressed."))


def _how_it_ran(results: Results) -> str:
    """What the time is of, and how the series was run."""
    words, told = "From the change to the new forecast.", results.forgetting
    if told is None:
        return words
    return f"{words} The network forgets its start within {told.washout:,} steps, so {told.stretches} stretches ran side by side."


def _metrics_of_classes(results: Results, accuracy: float) -> tuple[Metric, ...]:
    """The footer's figures where whole series are told apart."""
    definition, count = MEASURES["accuracy"].definition.split(";")[0] + ".", len(results.truth)
    right = round(accuracy * count)
    curve = results.curve
    return (
        *((Metric("Train accuracy", share(results.train_accuracy), definition),) if np.isfinite(results.train_accuracy) else ()),
        Metric("Test accuracy", share(accuracy), f"{right:,} of {count:,} series of the test part. {definition}"),
        Metric(
            "Test NRMSE",
            figure(results.test_nrmse),
            f"Of the outputs, for 1 of the right class and 0 of the others. {MEASURES['nrmse'].definition}",
        ),
        *(
            (Metric("Ended", curve.ending.split(";")[0], f"Why training ended: {curve.ending}."),)
            if curve is not None and curve.ending
            else ()
        ),
        Metric(
            "Last change" if curve is None else "Training", duration(results.seconds), "From the change, or from Run, to these results."
        ),
    )


class Asked(NamedTuple):
    """What a model is asked for, and by whom it is taught: the kind of task, the digest of data of the user's own, horizon and trainer.

    The split and the columns are left out: a hand that drags a border changes them many times a second. `name` and `teacher` are words.
    """

    task: str
    digest: str
    horizon: int
    trainer: str
    name: str
    teacher: str


def asked_of(results: Results) -> Asked | None:
    """What the results answer; None where it is not known."""
    question, data, settings = results.question, results.data, results.settings
    if question is None or data is None or data.task is None:
        return None
    return Asked(data.task.kind, data.digest, results.horizon, settings.kind, question.task, settings.label)


def asked_by(document: Document, own: Series | None) -> Asked:
    """What the document asks for."""
    task, trainer = document.task, document.trainer
    series = own if isinstance(task, DataTask) else None
    name = task.label if series is None or not series.name else series.name
    return Asked(task.kind, "" if series is None else series.digest, task.horizon, trainer.kind, name, trainer.label)


def last_words(then: Asked, now: Asked) -> str:
    """What results are of, in words; with the trainer where another one is chosen now.

    >>> lorenz = Asked("lorenz", "", 10, "RidgeTrainer", "Lorenz", "Ridge")
    >>> last_words(lorenz, lorenz._replace(trainer="BPTT", teacher="BPTT"))
    'of the last model: Lorenz, 10 steps, Ridge'
    """
    steps = "same step" if then.horizon == 0 else f"{then.horizon:,} {'step' if then.horizon == 1 else 'steps'}"
    words = [then.name] if TASKS[then.task].classes else [then.name, steps]
    if then.trainer != now.trainer:
        words.append(then.teacher)
    if then.digest != now.digest and then.name == now.name:
        words.append("the data before")
    return f"of the last model: {', '.join(words)}"
