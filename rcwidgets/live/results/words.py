"""The results in words: numbers, spans, and the footer's figures."""

from typing import NamedTuple

import numpy as np

from rcwidgets.core.short import figure
from rcwidgets.live.results.definitions import MEASURES
from rcwidgets.live.results.question import ahead
from rcwidgets.live.results.results import Results

_SIZES = {"norm of the weights": "all trained weights", "norm of the gradient": "the gradient of all trained weights, before it is clipped"}


class Metric(NamedTuple):
    """A figure for the footer: what it is, its value in words, and its definition with unit."""

    label: str
    value: str
    title: str


def horizon_and_part(results: Results) -> str:
    """How far ahead results forecast, and which part: "1 step ahead, test part"."""
    return f"{ahead(results.horizon)}, {'test part' if results.part == 'test' else 'as it learns'}"


def one_line(results: Results) -> str:
    """What results are of, in one line: "Lorenz, 1 step ahead, Ridge, test NRMSE 2.1e-4"."""
    question = results.question
    parts = [ahead(results.horizon) if question is None else question.words, results.settings.label]
    if np.isfinite(results.test_nrmse):
        parts.append(f"test NRMSE {figure(results.test_nrmse)}")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """A time span in ms or s."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def outcome_of(results: Results) -> str:
    """How good the results are, in a few words: "Test NRMSE 2.5e-5"; of a training before its test, what it learned with."""
    return next((f"{one.label} {one.value}" for one in metrics_of(results) if one.label.endswith("NRMSE") and "Train" not in one.label), "")


def metrics_of(results: Results) -> tuple[Metric, ...]:
    """The footer's figures."""
    if results.curve is not None:
        return _metrics_of_training(results)
    worse = " (worse than the mean)" if results.test_nrmse > 1 else ""
    nrmse = MEASURES["nrmse"].definition
    return (
        Metric("Train NRMSE", figure(results.train_nrmse), f"Training part, {ahead(results.horizon)}. {nrmse}"),
        Metric("Test NRMSE", figure(results.test_nrmse) + worse, f"Test part, {ahead(results.horizon)}. {nrmse}"),
        Metric("Test MSE", figure(results.test_mse), f"Test part, in {MEASURES['mse'].unit}. {MEASURES['mse'].definition}"),
        Metric("Last change", duration(results.seconds), "From the change to the new forecast."),
    )


def _metrics_of_training(results: Results) -> tuple[Metric, ...]:
    curve = results.curve
    if curve is None:
        return ()
    nrmse = MEASURES["nrmse"].definition
    size = curve.sizes[-1] if curve.sizes.size else 0.0
    found = [
        Metric("Learning NRMSE", figure(results.train_nrmse), f"The last rows of the training part, as they were learned. {nrmse}"),
        Metric(curve.size_label.capitalize(), figure(size), f"Root of the sum of the squares of {_SIZES[curve.size_label]}."),
    ]
    if np.isfinite(results.test_nrmse):
        worse = " (worse than the mean)" if results.test_nrmse > 1 else ""
        found.insert(0, Metric("Test NRMSE", figure(results.test_nrmse) + worse, f"Test part, with learning off. {nrmse}"))
    if curve.ending:
        found.append(Metric("Ended", curve.ending.split(";")[0], f"Why training ended: {curve.ending}."))
    return (*found, Metric("Training", duration(results.seconds), "Since Run was pressed."))
