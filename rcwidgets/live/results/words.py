"""The results in words: node statuses, problems and the footer's metrics."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.sizing import Problem, sizes
from rcwidgets.core.spec.knobs import knobs_of
from rcwidgets.core.spec.refusal import said_of
from rcwidgets.core.tasks import DataTask, Series
from rcwidgets.live.results.definitions import MEASURES
from rcwidgets.live.results.question import ahead
from rcwidgets.live.results.results import Results
from rcwidgets.live.session.status import Metric, NodeStatus
from rcwidgets.live.trainings.base import AbstractTraining

_SIZES = {"norm of the weights": "all trained weights", "norm of the gradient": "the gradient of all trained weights, before it is clipped"}
CHAOTIC_FROM = 1.5  # spectral radius from which a float32 run gives other digits on another machine


def figure(value: float) -> str:
    """A number as a person would write it: three digits or more, or two and an exponent."""
    if not np.isfinite(value):
        return "too large" if value > 0 else "not a number"
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        return f"{value:.3g}" if abs(value) < 999.5 else f"{value:,.0f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"


def asked(results: Results) -> str:
    """How far ahead results forecast, and which part: "1 step ahead, test part"."""
    return f"{ahead(results.horizon)}, {'test part' if results.part == 'test' else 'as it learns'}"


def told(results: Results) -> str:
    """What results are of, in one line: "Lorenz, 1 step ahead, Ridge, test NRMSE 2.1e-4"."""
    question = results.question
    parts = [ahead(results.horizon) if question is None else question.words, results.settings.label]
    if np.isfinite(results.test_nrmse):
        parts.append(f"test NRMSE {figure(results.test_nrmse)}")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """A time span in ms or s."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def pace(training: AbstractTraining, before: int, seconds: float) -> str:
    """How far a training is, how fast it goes since step `before`, and how long it will take, or how it stands."""
    if training.done == before or seconds <= 0:
        return training.count
    rate = (training.done - before) / seconds
    left = training.standing if training.total is None else f"{duration((training.total - training.done) / rate)} left"
    return ", ".join(word for word in (training.count, f"{figure(rate)}/s", left) if word)


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


def problems_of(document: Document, own: Series | None, text: str) -> tuple[Problem, ...]:
    """Why a document could not be run: the sentences of its task and graph, else `text`."""
    try:
        sizes = document.task.prepare(own).sizes
    except (ValueError, TypeError) as error:
        missing = own is None and isinstance(document.task, DataTask)
        return (Problem("task", str(error), getattr(error, "knob", None), said_of(error), unfinished=missing),)
    found = document.graph.problems(*sizes)
    if found:
        return tuple(found)
    nothing = not any(node.trains for node in document.graph.nodes.values())
    return (Problem("trainer" if nothing else None, text, unfinished=nothing),)


def cannot_run(document: Document, own: Series | None) -> bool:
    """True where the task has no data, or the graph is not whole."""
    try:
        sizes = document.task.prepare(own).sizes
    except ValueError:
        return True
    return bool(document.graph.problems(*sizes))


def node_statuses(
    document: Document, own: Series | None, problems: Sequence[Problem], params: dict[str, Any] | None = None, *, awaiting: bool = False
) -> dict[str, NodeStatus]:
    """The state of each node by id: what is wrong with it, what it waits for, or its size and counts.

    While `awaiting` a run, what that run would train is not trained yet.
    """
    graph = document.graph
    try:
        data = document.task.prepare(own)
        channels, (inputs, outputs) = data.input_channels, data.sizes
    except (ValueError, TypeError):
        channels, inputs, outputs = (), 0, 0
    known, _ = sizes(graph, inputs or None, outputs or None)
    used = graph.used().nodes
    wrong = {problem.owner: problem for problem in problems}
    statuses = {}
    for id, node in graph.nodes.items():
        name, size = graph.names[id], known.get(id) or None  # without an input there is nothing to count
        counts = node.counts(params[name]) if params is not None and name in params else (0, 0)
        if id in wrong:
            unfinished = wrong[id].unfinished or (size is None and not graph.sources(id))
            statuses[id] = NodeStatus("unwired" if unfinished else "error", wrong[id].words, size, *counts)
        elif id not in used:
            statuses[id] = NodeStatus("unwired", "leads to no readout", size, *counts)
        elif node.takes_input and not graph.sources(id):
            statuses[id] = NodeStatus("unwired", f"{name} has no input. Wire a node to it.", size, *counts)
        elif problems:
            statuses[id] = NodeStatus("waiting", "waits", size, *counts)
        elif np.max(getattr(node, "spectral_radius", 0.0)) > CHAOTIC_FROM and document.trainer.precision != "float64":
            statuses[id] = NodeStatus("warning", "not reproducible in float32", size, *counts)
        elif awaiting and (node.learned if document.trainer.gradient else node.trains):
            statuses[id] = NodeStatus("untrained", "not trained yet", size, *counts)
        else:
            statuses[id] = NodeStatus("ok", ", ".join(channels) if not node.takes_input else "ok", size, *counts)
    return statuses


def change_of(label: str | None, before: Document | None, after: Document) -> str:
    """What the last change was; knobs that were turned with their new values: "Leak rate 0.5, reservoir"."""
    if label is None or before is None:
        return "Start"
    old, new = _specs(before), _specs(after)
    turned = [
        (f"{knobs_of(type(spec))[name].label} {_shown(value, knobs_of(type(spec))[name].kind)}", after.graph.names.get(id, id))
        for id, spec in new.items()
        if id in old and old[id].kind == spec.kind
        for name, value in spec.knobs.items()
        if repr(value) != repr(old[id].knobs[name])
    ]
    if not turned or not label.startswith(("Set ", "Reset ")):
        return label
    return ", ".join([*(knob for knob, _ in turned), *dict.fromkeys(owner for _, owner in turned)])


def _specs(document: Document) -> dict[str, Any]:
    return {**document.graph.nodes, "trainer": document.trainer, "task": document.task}


def _shown(value: Any, kind: str) -> str:
    if kind == "columns":
        return "all" if value is None else ", ".join(value) or "none"
    return "automatic" if value is None else figure(value) if isinstance(value, float) else str(value)
