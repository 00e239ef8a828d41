"""Documents as Python that builds model, data and trainer, trains and tests: only `rcwidgets`, NumPy and validated literals."""

from collections.abc import Iterable
from dataclasses import replace
from textwrap import wrap

from rcwidgets.core.datasets.table import Series
from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.code import model_lines, sparse_import
from rcwidgets.core.graph.ends import after
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.needs import unsized
from rcwidgets.core.tasks import AbstractTask
from rcwidgets.core.trainers.base import AbstractTrainerSettings
from rcwidgets.core.trainers.gradient.settings import MOST_EPOCHS, BPTTSettings


def to_code(document: Document, own: Series | None = None, chosen: str = "") -> str:
    """Python that builds model, data and trainer, trains, forecasts the test part and prints its error.

    A model that cannot be trained yet is built, with the reason as a comment. `own` is the user's own data, where they are known, and
    `chosen` says how the model was chosen by them.
    """
    widths = document.task.widths_of(own)
    data, model = _data(document.task, own), model_lines(document.graph, widths[1])
    imports = ["import numpy as np", *(sparse_import(document.graph) or [""]), "import rcwidgets as rc"]
    why = [f"# {line}" for line in wrap(chosen, 100)]
    lines = [*imports, "", *data, "", "# The model", *why, *model, ""]
    reason = _why_not(document.graph, widths, gradient=document.trainer.gradient)
    if reason:
        return "\n".join([*lines, f"# The model cannot be trained yet: {reason}", ""])
    several = own is not None and own.parts is not None and document.task.takes_own
    gaps = ', gaps="drop"' if document.task.leaves_out(own) and not document.task.classes else ""
    return "\n".join([*lines, "# Training", *_training(document, several=several, gaps=gaps), ""])


def _why_not(graph: Graph, widths: tuple[str, str], *, gradient: bool) -> str:
    """The first reason why the model cannot be trained, whatever sizes the data may tell; "" where there is none."""
    waiting = unsized(graph)
    known = all(width.isdigit() for width in widths)
    inputs, outputs = (dict.fromkeys(waiting, int(width)) if known else {} for width in widths)
    problems = [problem for problem in graph.problems(inputs, outputs) if inputs or graph.names.get(problem.owner or "") not in waiting]
    if problems:
        return problems[0].text
    if gradient:
        learns = any(node.learned for node in graph.used().nodes.values())
        return "" if learns else "there is nothing to train. Add a VanillaRNN or a Dense."
    return "" if any(node.trains for node in graph.used().nodes.values()) else "there is nothing to train. Add a LinearReadout."


def _data(task: AbstractTask, own: Series | None) -> list[str]:
    if task.classes:
        return _series(task, own)
    if own is not None and own.parts is not None and task.takes_own:
        return _several(task, own)
    whole = "inputs" if task.maps else "data"
    warmup = f"len({whole}) // 10" if task.warmup is None else repr(task.warmup)
    train = f"(len({whole}) - warmup) * 7 // 10" if task.train is None else repr(task.train)
    lines = [
        *task.source(own),
        f"warmup = {warmup}  # rows that only wash out the initial state",
        f"train = {train}  # rows to train on; the rest tests",
        f"horizon = {task.horizon!r}  # how many steps ahead the model forecasts",
        "test = warmup + train",
    ]
    if task.maps:
        of = "np.nan" if task.leaves_out(own) else ""
        plain = "({0} - {0}[:test].mean(axis=0)) / {0}[:test].std(axis=0)"
        scaled = (
            "{0}" if not task.normalise else plain if not of else "({0} - np.nanmean({0}[:test], axis=0)) / np.nanstd({0}[:test], axis=0)"
        )
        lines += [f"{name} = {scaled.format(whole)}" for name, whole in (("x", "inputs"), ("y", "targets"))]
        return [*lines, "x, y = x[: len(x) - horizon], y[horizon:]"]
    if task.normalise:
        lines += ["known = data[:test]", "series = (data - known.mean(axis=0)) / known.std(axis=0)"]
    else:
        lines += ["series = data"]
    return [*lines, "x, y = series[:-horizon], series[horizon:]"]


def _series(task: AbstractTask, own: Series | None) -> list[str]:
    """The data where whole series are told apart."""
    known = [
        "known = np.concatenate(train_x)",
        "mean, scale = known.mean(axis=0), known.std(axis=0)",
        "train_x, test_x = ([(one - mean) / scale for one in part] for part in (train_x, test_x))",
    ]
    return [*task.source(own), *(known if task.normalise else []), "hot = np.eye(train_y.max() + 1)[train_y]"]


def _several(task: AbstractTask, own: Series) -> list[str]:
    """The data of a forecast in several series, split by series."""
    train = task.knobs.get("train_series")
    lines = [
        *task.source(own),
        f"warmup = {'min(map(len, inputs)) // 10' if task.warmup is None else repr(task.warmup)}  # rows of each series that only wash out",
        f"train = {'len(inputs) * 7 // 10' if train is None else repr(train)}  # series to train on; the rest tests",
        f"horizon = {task.horizon!r}  # how many steps ahead the model forecasts",
    ]
    for name, whole in (("x", "inputs"), ("y", "targets")):
        cut = "one[: len(one) - horizon]" if name == "x" else "one[horizon:]"
        if task.normalise:
            lines.append(f"known = np.concatenate({whole}[:train])")
            cut = f"({cut} - known.mean(axis=0)) / known.std(axis=0)"
        lines.append(f"{name} = [{cut} for one in {whole}]")
    return lines


def _training(document: Document, *, several: bool, gaps: str) -> list[str]:
    graph, task, settings = document.graph.used(), document.task, document.trainer
    usual = type(settings)().knobs
    asked = replace(settings, patience=settings.waits) if isinstance(settings, BPTTSettings) else settings
    if isinstance(asked, BPTTSettings) and (several or task.classes):  # a window would cut one long series
        asked = replace(asked, window=None, washout=0)
    knobs = [f"{name}={value!r}" for name, value in asked.knobs.items() if name in settings.card or value != usual[name]]
    if several and isinstance(settings, BPTTSettings):
        knobs.append("washout=warmup")
    lines, exits = [f"trainer = rc.{settings.kind}(model, {', '.join(knobs)})"], graph.exits
    if task.classes:
        return [*lines, *_of_classes(settings)]
    if several:
        return [*lines, *_of_several(graph, settings, gaps)]
    if isinstance(settings, BPTTSettings):
        endless = f"{gaps}, num_train={MOST_EPOCHS:_})  # until it no longer gets better on the last fifth of these rows"
        lines.append(f"trainer.fit([x[warmup:test], y[warmup:test]]{endless if settings.num_train is None else f'{gaps})'}")
        lines.append("trainer.predict(x[:test])  # runs into the test part")
        shown = exits[-1:]
    else:
        if task.warmup != 0 and _forced(graph, settings):
            lines.append("trainer.fit([x[:warmup], y[:warmup]])  # warms up, with the target in place of what is fed back")
        elif task.warmup != 0:
            lines.append("trainer.predict(x[:warmup])  # warms up")
        lines.append(f"trainer.fit([x[warmup:test], y[warmup:test]]{gaps})")
        shown = [_deepest(graph, exits)]
    which = f"[{graph.names[shown[0]]!r}]" if len(exits) > 1 else ""
    tested = f"nrmse = rc.metrics.nrmse(predicted, y[test:]{gaps})"
    return [*lines, f"predicted = trainer.predict(x[test:]){which}", tested, "print(f'Test NRMSE: {nrmse:.3g}')"]


def _forced(graph: Graph, settings: AbstractTrainerSettings) -> bool:
    """Whether targets take the place of what is fed back from the first row on."""
    later = {id for one, node in graph.nodes.items() if node.trains for id in (one, *after(graph, one))}
    return not settings.iterative and any(edge.feedback and edge.source in later for edge in graph.edges)


def _of_several(graph: Graph, settings: AbstractTrainerSettings, gaps: str) -> list[str]:
    """The training and the test of a forecast in several series, each after its own warm-up."""
    exits = graph.exits
    which = f"[{graph.names[_deepest(graph, exits)]!r}]" if len(exits) > 1 else ""
    if isinstance(settings, BPTTSettings):
        endless = settings.num_train is None
        epochs = f", num_train={MOST_EPOCHS:_})  # until it no longer gets better on every fifth of these series" if endless else ")"
        lines = [f"trainer.fit([x[:train], y[:train]]{gaps}{epochs}"]
    else:
        warms = "    trainer.predict([one[:warmup] for one in x[:train]])  # warms up"
        if _forced(graph, settings):
            washed = ", ".join(f"[one[:warmup] for one in {part}[:train]]" for part in "xy")
            warms = f"    trainer.fit([{washed}])  # warms up, with the target in place of what is fed back"
        lines = [
            "if warmup:",
            warms,
            f"trainer.fit([[one[warmup:] for one in x[:train]], [one[warmup:] for one in y[:train]]]{gaps})",
        ]
    return [
        *lines,
        f"predicted = np.concatenate([one[warmup:] for one in trainer.predict(x[train:], reset=True){which}])",
        f"nrmse = rc.metrics.nrmse(predicted, np.concatenate([one[warmup:] for one in y[train:]]){gaps})",
        "print(f'Test NRMSE: {nrmse:.3g}')",
    ]


def _of_classes(settings: AbstractTrainerSettings) -> list[str]:
    """The training and the test where whole series are told apart."""
    endless = isinstance(settings, BPTTSettings) and settings.num_train is None
    epochs = f", num_train={MOST_EPOCHS:_})  # until it no longer gets better on every fifth of these series" if endless else ")"
    return [
        f"trainer.fit([train_x, hot]{epochs}",
        "scores = trainer.predict(test_x, reset=True)",
        "accuracy = rc.metrics.accuracy(scores, test_y)",
        "print(f'Test accuracy: {accuracy:.3g}')",
    ]


def _deepest(graph: Graph, exits: Iterable[str]) -> str:
    """The exit with the most trained nodes one behind another before it, the last one of several: the one whose forecast is shown."""
    depth: dict[str, int] = {}
    for id in graph.order():
        before = max((depth[source] for source in graph.sources(id)), default=0)
        depth[id] = before + graph.nodes[id].trains
    return max((depth[id], k, id) for k, id in enumerate(id for id in graph.order() if id in set(exits)))[2]
