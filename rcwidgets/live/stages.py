"""The stages of a run: data -> states -> moments -> solve -> predict -> path. Each is kept with the key of what fed it.

A change of beta solves anew; a change of the horizon goes from the cross moments on; a live knob of a node from the states on; a redraw
knob draws that node's weights first. Only a change of structure compiles.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np

from rcwidgets.core import program as programs
from rcwidgets.core.document import Document
from rcwidgets.core.knobs import Effect, knobs_of
from rcwidgets.core.metrics import mse, nrmse
from rcwidgets.core.precision import precision
from rcwidgets.core.program import Params, Program, State
from rcwidgets.core.tasks import Series, TaskData
from rcwidgets.core.trainers.levels import levels
from rcwidgets.core.trainers.streaming import stream
from rcwidgets.live.fit import Fit, Signals
from rcwidgets.live.results import Results

Value = TypeVar("Value")
Key = tuple[Hashable, ...]
THRESHOLD = 0.3  # standard deviations: where the forecast counts as apart from the truth
LARGEST = 1 << 30  # bytes of signals that are kept


class Stages:
    """Computes results for documents and keeps what a later document can use again. Not for several threads at once."""

    def __init__(self, own: Series | None = None) -> None:
        self.own = own
        self.counts: Counter[str] = Counter()  # what was done, for tests: "steps" of the scan, "draws", "solves", "compiles"
        self._kept: dict[str, tuple[Hashable, Any]] = {}
        self._compiled: set[Hashable] = set()

    def compute(
        self, document: Document, revision: int, checkpoint: Callable[[], None], report: Callable[[str, float | None], None]
    ) -> Iterator[Results]:
        """Yields the results without the regularisation path first, then with it, then with its small betas by the orthogonal route.

        `checkpoint()` is called between chunks and may raise; `report(activity, share done)` tells the progress. A document that cannot
        be run is a ValueError in words.
        """
        run = _Run(self, document, checkpoint, report)
        results = run.forecast(revision)
        yield results
        yield run.with_path(results)
        run.factor()
        if run.path_is_short():
            yield run.with_whole_path(results)

    def keep(self, stage: str, key: Hashable, make: Callable[[], Value], *, feeds: str = "") -> Value:
        """The stage's value for this key: the kept one, or made anew, after the old one and that of the stage it `feeds` are let go."""
        if stage not in self._kept or self._kept[stage][0] != key:
            self._kept.pop(stage, None)
            self._kept.pop(feeds, None)
            self._kept[stage] = (key, make())
        return self._kept[stage][1]

    def compiles(self, key: Hashable) -> bool:
        """True the first time that a program of this key runs."""
        new = key not in self._compiled
        self._compiled.add(key)
        self.counts["compiles"] += new
        return new


class _Level:
    """What the streaming of one level of readouts leaves: their signals, and the state at the end of the training part."""

    def __init__(self, signals: dict[int, Signals], state: State) -> None:
        self.signals, self.state = signals, state


def _fits(level: _Level, targets: np.ndarray) -> dict[int, Fit]:
    return {k: Fit(signals, targets) for k, signals in level.signals.items()}


class _Run:
    """One document on its way through the stages."""

    def __init__(
        self, stages: Stages, document: Document, checkpoint: Callable[[], None], report: Callable[[str, float | None], None]
    ) -> None:
        self.stages, self.checkpoint, self.report = stages, checkpoint, report
        self.task, self.settings = document.task, document.trainer
        self.data: TaskData = stages.keep("data", repr(self.task), lambda: self.task.prepare(stages.own))
        features = len(self.data.channels)
        document.graph.check(features, features)
        self.graph = document.graph.used().sized(features, features)
        self.program: Program = programs.compile_graph(self.graph)
        if not self.program.trained:
            raise ValueError("There is nothing to train. Add a LinearReadout and wire the reservoir to it.")
        self.dtype = np.dtype(np.float32 if self.settings.dtype == "auto" else self.settings.dtype)
        self.levels = levels(self.program)
        self.shown = self.levels[-1][-1]
        self.forced = tuple(k for k in self.program.fed_back if k in self.program.trained)
        self.drawn = [self._drawn(k) for k in range(len(self.program.nodes))]
        self.fits: dict[int, Fit] = {}

    def _drawn(self, place: int) -> tuple[Hashable, dict[str, Any]]:
        """A node's weights and the key of what they were drawn from."""
        node, name = self.program.nodes[place], self.program.names[place]
        drawn_from = tuple(value for name, value in node.knobs.items() if knobs_of(type(node))[name].effect is not Effect.LIVE)
        own = tuple((name, array.digest) for name, array in node.arrays.items())
        key = (node.kind, drawn_from, own, self.program.taken(place), programs.seed_of(node, name, self.settings.seed), self.dtype)

        def make() -> dict[str, Any]:
            self.stages.counts["draws"] += 1
            with precision(self.dtype):
                drawn = programs.cast(programs.draw_node(self.program, place, self.settings.seed), self.dtype)
                return {name: jnp.asarray(value) for name, value in drawn.items()}

        return key, self.stages.keep(f"weights {place}", key, make)

    def forecast(self, revision: int) -> Results:
        """The stages up to the forecast of the test part."""
        data, beta, penalize = self.data, self.settings.beta, self.settings.penalize_bias
        params: Params = {name: own for name, (_, own) in zip(self.program.names, self.drawn, strict=True)}
        own_task = self.task if self.forced else replace(self.task, horizon=1)
        key: Key = (
            jax.tree.structure(self.program),
            tuple(jax.tree.leaves(self.program)),
            tuple(key for key, _ in self.drawn),
            repr(own_task),
        )
        for depth, group in enumerate(self.levels):
            level = self.stages.keep(f"level {depth}", key, partial(self._stream, group, params), feeds=f"fits {depth}")
            target_key: Key = (key, data.horizon)
            fits = self.stages.keep(f"fits {depth}", target_key, partial(_fits, level, data.targets))
            for k, fit in fits.items():
                self.checkpoint()
                readout = fit.solve(beta, penalize)
                self.stages.counts["solves"] += 1
                with precision(self.dtype):
                    params[self.program.names[k]] = {
                        "W": jnp.asarray(readout.weights, self.dtype),
                        "b": jnp.asarray(readout.bias, self.dtype),
                    }
            self.fits |= fits
            key = (*target_key, beta, penalize)
        self.checkpoint()
        trained = self.fits[self.shown].predict(slice(data.warmup, data.test_start))
        tested = self._free_run(params, level.state) if self.forced else self.fits[self.shown].predict(slice(data.test_start, data.end))
        if not (np.isfinite(trained).all() and np.isfinite(tested).all()):
            raise FloatingPointError(
                "The forecast is not finite: the run diverged. Lower the spectral radius or the feedback scaling, or raise beta."
            )
        return self._results(revision, trained, tested, params, level.state)

    def _results(self, revision: int, trained: np.ndarray, tested: np.ndarray, params: Params, state: State) -> Results:
        data = self.data
        target = data.targets[data.test_start : data.end]
        spread = data.targets[data.warmup : data.test_start].std(axis=0)
        return Results(
            revision=revision,
            time=data.time[data.test_start : data.end],
            time_label=data.time_label,
            truth=target * data.scale + data.mean,
            forecast=tested * data.scale + data.mean,
            channels=data.channels,
            horizon=data.horizon,
            parts=(np.abs(tested - target) > THRESHOLD * spread).any(axis=1),
            threshold=THRESHOLD,
            train_nrmse=nrmse(trained, data.targets[data.warmup : data.test_start]),
            test_nrmse=nrmse(tested, target),
            test_mse=mse(tested * data.scale, target * data.scale),
            beta=self.settings.beta,
            model=self.graph,
            settings=self.settings,
            params={name: {key: np.asarray(value) for key, value in own.items()} for name, own in params.items()},
            state=jax.tree.map(np.asarray, state),
            last=data.targets[data.test_start - 1, None],
        )

    def _inputs(self, rows: slice) -> dict[int, np.ndarray]:
        return {k: np.ascontiguousarray(self.data.inputs[rows, None], dtype=self.dtype) for k in self.program.inputs}

    def _stream(self, group: list[int], params: Params) -> _Level:
        """Runs over the training part and, where no readout feeds back, over the test part; keeps the signals of the readouts."""
        data = self.data
        rows = data.test_start if self.forced else len(data.inputs)
        sizes = {k: self.program.taken(k)[0] for k in group}
        if sum(sizes.values()) * rows * 8 > LARGEST:
            needs = f"{rows} rows of {sum(sizes.values())} features need more than {LARGEST >> 30} GB"
            raise ValueError(f"The network's signals are too large: {needs}. Take fewer units or fewer rows.")
        signals = {k: Signals(rows, size, slice(data.warmup, data.test_start)) for k, size in sizes.items()}
        shapes = tuple(value.shape for value in jax.tree.leaves(params))
        if self.stages.compiles((jax.tree.structure(self.program), shapes, self.dtype, tuple(sizes), rows, data.test_start)):
            self.report("compiling", None)
        with precision(self.dtype):
            state = programs.init(self.program, 1, self.dtype)
        taught = data.targets.astype(self.dtype)[:, None]
        for part in (slice(0, data.test_start), slice(data.test_start, rows)):
            if part.start >= part.stop:
                continue
            forced = dict.fromkeys(self.forced, taught[part])
            pieces = stream(self.program, params, state, self._inputs(part), group, self.dtype, forced=forced, checkpoint=self.checkpoint)
            for cut, arrived, after in pieces:
                state = after
                self.stages.counts["steps"] += cut.stop - cut.start
                here = slice(part.start + cut.start, part.start + cut.stop)
                for k, x in arrived.items():
                    signals[k].take(here, x)
                self.report("running", here.stop / rows)
            if part.start == 0:
                trained = state
        return _Level(signals, trained)

    def _free_run(self, params: Params, state: State) -> np.ndarray:
        """The forecast of the test part with the readout's own output on the feedback wires."""
        part = slice(self.data.test_start, self.data.end)
        outputs = []
        for cut, arrived, _ in stream(
            self.program, params, state, self._inputs(part), [self.shown], self.dtype, checkpoint=self.checkpoint
        ):
            self.stages.counts["steps"] += cut.stop - cut.start
            outputs.append(self.fits[self.shown].apply(arrived[self.shown]))
        return np.concatenate(outputs)

    def with_path(self, results: Results) -> Results:
        """The results with the regularisation path of the shown readout."""
        self.checkpoint()
        fit = self.fits[self.shown]
        return replace(results, path=fit.path(self.settings.penalize_bias))

    def path_is_short(self) -> bool:
        """True where the path leaves out betas that are too small for the normal equations."""
        return len(self.fits[self.shown].path(self.settings.penalize_bias).left) > 0

    def with_whole_path(self, results: Results) -> Results:
        """The results with the path over all its betas, for when the hand rests: it takes a factorisation of all training rows."""
        self.checkpoint()
        return replace(results, path=self.fits[self.shown].whole_path(self.settings.penalize_bias))

    def factor(self) -> None:
        """Decomposes the shown readout's Gram matrix ahead, so that the next beta is a rescale."""
        self.checkpoint()
        fit = self.fits[self.shown]
        fit.projection("train", self.settings.penalize_bias)
