"""The stages of a run: data -> states -> moments -> solve -> predict -> path. Each is kept with the key of what fed it.

A change of beta solves anew; a change of the horizon goes from the cross moments on; a live knob of a node from the states on; a redraw
knob draws that node's weights first. Only a change of structure compiles.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import jax
import numpy as np

from rcwidgets.core.algebra.blocked import BLOCKS
from rcwidgets.core.algebra.gram import SHARED_FEATURES
from rcwidgets.core.algebra.lapack import nothing
from rcwidgets.core.backend import precision
from rcwidgets.core.document.document import Document
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.forgetting import Forgetting
from rcwidgets.core.model.part import run_part
from rcwidgets.core.model.plan import may_run_in_stretches
from rcwidgets.core.model.program import Params, State
from rcwidgets.core.model.series_parts import ByPlace, Series
from rcwidgets.core.series import not_finite
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings
from rcwidgets.core.trainers.streaming import stream
from rcwidgets.live.results.results import Results, score_of
from rcwidgets.live.stages.prepared import Prepared, StageCache
from rcwidgets.live.stages.ridge_problem import Fit, Signals
from rcwidgets.live.stages.side_by_side import Crosses, fill

Key = tuple[Hashable, ...]
Report = Callable[[str, float | None, str], None]
LARGEST = 1 << 30  # bytes of signals that are kept
AHEAD = 2000  # features whose matrices are decomposed while the hand rests; of 5,000 that takes minutes, and a new beta alone a second
RUNNING = "running the network"


class Stages(StageCache):
    """Computes results for documents and keeps what a later document can use again. Not for several threads at once."""

    def compute(self, document: Document, revision: int, checkpoint: Callable[[], None], report: Report) -> Iterator[Results]:
        """Yields the results without the regularisation path first, then with it, then with its small betas by the orthogonal route.

        Of more than `AHEAD` features the small betas are left out, and the next beta is factorised when it comes.

        `checkpoint()` is called between chunks and may raise; `report(activity, share done, words)` tells the progress, with words on what
        is done where that takes long, else "". A document that cannot be run is a ValueError in words.
        """
        run = _RidgePass(self, document, checkpoint, report)
        results = run.forecast(revision)
        yield results
        results = run.with_path(results)
        yield results
        if run.program.taken(run.shown)[0] > AHEAD:
            return
        run.factor()
        if results.path is not None and len(results.path.left):  # betas that are too small for the normal equations
            yield run.with_whole_path(results)


@dataclass
class _Level:
    """What one level of readouts leaves: their signals, and the state at the end of the training part; where it ran side by side, also the
    moments with the targets of its key `asked`, and what was found of its forgetting."""

    signals: dict[int, Signals]
    state: State = field(init=False)
    crosses: Crosses = field(default_factory=dict)
    asked: Key = ()
    forgetting: Forgetting | None = None


class _RidgePass(Prepared):
    """One document on its way through the stages."""

    settings: RidgeSettings

    def __init__(self, stages: Stages, document: Document, checkpoint: Callable[[], None], report: Report) -> None:
        super().__init__(stages, document)
        self.stages, self.checkpoint, self.report = stages, checkpoint, report
        self.slow = max(wires.size for wires in self.program.wires) >= SHARED_FEATURES
        self.fits: dict[int, Fit] = {}
        self.betas: dict[int, float] = {}
        self.trained: np.ndarray | float = 0.0  # what is said of the training part, or its NRMSE
        self.pairs = self.taught()
        self.whole: np.ndarray | None = None  # where nodes follow the shown readout: what these give, from the first row on

    def say(self, words: str) -> None:
        """Tells what is done now, where it takes long enough to be read."""
        if self.slow:
            self.report("running", None, words)

    def forecast(self, revision: int) -> Results:
        """The stages up to the forecast of the test part."""
        data, penalize, selection = self.data, self.settings.penalize_bias, self.settings.selection
        params = self.params()
        own_task = self.task if self.forced or data.several or data.known is not None else replace(self.task, horizon=1)
        key: Key = (
            jax.tree.structure(self.program),
            tuple(jax.tree.leaves(self.program)),
            tuple(key for key, _ in self.drawn),
            repr(own_task),
        )
        for depth, group in enumerate(self.levels):
            target_key: Key = (key, data.horizon)
            learn = partial(self._learn, depth, target_key, params)
            level = self.stages.keep(f"level {depth}", key, partial(self._stream, group, params, learn, target_key), feeds=f"fits {depth}")
            learn(level)
            key = (*target_key, selection, *(self.betas[k] for k in group), penalize)
        self.checkpoint()
        if self.goes_on:
            self.whole = self._followed(params)
            self.trained = self._predicted()
        trained, rows = self.trained, slice(data.test_start, data.end)
        if self.forced:
            tested = self._free_run(params, level.state)
        else:
            tested = self.fits[self.shown].predict(rows) if self.whole is None else self.whole[rows]
        if not (np.isfinite(trained).all() and np.isfinite(tested).all()):
            raise not_finite("The forecast", "Lower the spectral radius or the feedback scaling, or raise the ridge beta.")
        memory = {self.program.names[k]: {"beta": np.float64(beta)} for k, beta in self.betas.items()}
        learned = data.targets[data.warmup : data.test_start]
        more = {"beta": self.betas[self.shown], "memory": memory, "forgetting": level.forgetting}
        return self.results(revision, trained, learned, tested, params, level.state, **more)

    def _learn(self, depth: int, key: Key, params: Params, level: _Level) -> None:
        """Fits the readouts of a level, once, and puts their weights into `params`."""
        penalize, selection = self.settings.penalize_bias, self.settings.selection
        if level.signals.keys() <= self.fits.keys():
            return
        fits = self.stages.keep(f"fits {depth}", key, lambda: {k: Fit(one, self._targets(k)) for k, one in level.signals.items()})
        for k, fit in fits.items():
            if level.asked == key:
                fit.know(level.crosses[k])
            fit.checkpoint = self.checkpoint
            self.checkpoint()
            self.say("solving")
            self.betas[k] = self.settings.beta if selection == "fixed" else fit.choose(selection, penalize)
            params[self.program.names[k]] = self.weights_of(fit.solve(self.betas[k], penalize))
            self.stages.counts["solves"] += 1
        self.fits |= fits
        if self.shown in fits and not self.goes_on:
            told = fits[self.shown].train_nrmse(self.betas[self.shown], penalize)
            self.trained = self._predicted() if told is None or self.data.classes else told

    def _stream(self, group: list[int], params: Params, learn: Callable[[_Level], None], asked: Key) -> _Level:
        """Runs over the training part and, where no readout feeds back, over the test part; keeps the signals of the readouts.

        In order, `learn` is called on the training part while the test part is scanned. `asked` is the key of the targets.
        """
        data = self.data
        rows = data.test_start if self.forced else len(data.targets)
        sizes = {k: self.program.taken(k)[0] for k in group}
        if sum(sizes.values()) * rows * self.dtype.itemsize > LARGEST:
            needs = f"{rows} rows of {sum(sizes.values())} features need more than {LARGEST >> 30} GB"
            raise ValueError(f"The network's signals are too large: {needs}. Take fewer units or fewer rows.")
        train, starts = slice(data.warmup, data.test_start), data.blocks(BLOCKS)
        signals = {k: Signals(rows, size, train, self.dtype, data.known, starts) for k, size in sizes.items()}
        shapes = tuple(value.shape for value in jax.tree.leaves(params))
        if self.stages.compiles((jax.tree.structure(self.program), shapes, self.dtype, tuple(sizes), rows, data.test_start)):
            self.report("compiling", None, "compiling")
        with precision(self.dtype):
            state = programs.init(self.program, params, 1, self.dtype)
        level, params = _Level(signals), dict(params)
        if data.lengths is not None:
            self._take_each(level, params, data.lengths)
            return level
        taught = self.pairs.forced(self.dtype)
        if self._side_by_side(level, params, state, taught, asked):
            return level
        for part in (slice(0, data.test_start), slice(data.test_start, rows)):
            if part.start >= part.stop:
                continue
            forced = {k: one[part] for k, one in taught.items()}
            known = partial(learn, level) if part.start else nothing  # before the training part is known, there is nothing to learn from
            pieces = stream(
                self.program,
                params,
                state,
                self.inputs(part),
                group,
                self.dtype,
                forced=forced,
                checkpoint=self.checkpoint,
                meanwhile=known,
            )
            for cut, arrived, after in pieces:
                state = after
                if part.start + cut.start == 0:  # the program is there
                    self.report("running", 0.0, RUNNING)
                self.stages.counts["steps"] += cut.stop - cut.start
                here = slice(part.start + cut.start, part.start + cut.stop)
                for k, x in arrived.items():
                    if self.slow and signals[k].will_sum(here):
                        self.report("running", here.start / rows, "summing the Gram matrix")
                    signals[k].take(here, x, self.checkpoint)
                self.report("running", here.stop / rows, RUNNING if self.slow else "")
            if part.start == 0:
                level.state = state
        return level

    def _side_by_side(self, level: _Level, params: Params, state: State, taught: ByPlace, asked: Key) -> bool:
        """Runs over all rows in stretches side by side; False where they have to run in order."""
        signals, program = level.signals, self.program
        rows = len(next(iter(signals.values())).x)
        forced = {k: one[:rows] for k, one in taught.items()}
        if not may_run_in_stretches(program, 1, rows, list(forced), "auto") or any(len(one) < rows for one in forced.values()):
            return False
        collect = sorted({source for k in signals for source in program.wires[k].forward})
        kept = self.data.test_start if self.data.test_start < rows else None
        series = Series(program, params, self.inputs(slice(0, rows)), forced, collect, [], self.dtype, int(state.steps), kept)
        targets = {k: self._targets(k)[:rows] for k in signals}
        found = fill(series, state, signals, targets, self.checkpoint, lambda share: self.report("running", share, RUNNING))
        if found is None:
            return False
        ran, level.crosses = found
        level.state = ran.state if ran.kept is None else ran.kept
        level.asked, level.forgetting = asked, ran.forgetting
        self.stages.counts["steps"] += rows
        return True

    def _take_each(self, level: _Level, params: Params, lengths: np.ndarray) -> None:
        """Runs over all series side by side, and keeps what arrives at the readouts at the steps that are rows of the data."""
        level.state = self.kept(params)
        taught, some = (self.pairs.forced(self.dtype), slice(0, self.data.trained)) if self.forced else ({}, slice(0, len(lengths)))
        for k, x in self.of_each(params, some, list(level.signals), self.checkpoint, taught=taught, heard=self._heard).items():
            level.signals[k].take(slice(0, len(x)), x, self.checkpoint)

    def _heard(self, share: float, steps: int) -> None:
        self.report("running", share, RUNNING)
        self.stages.counts["steps"] += steps

    def _free_run(self, params: Params, state: State) -> np.ndarray:
        """The forecast of the test part with the readout's own output on the feedback wires; each of several series starts from rest."""
        if self.data.several:
            tests = slice(self.data.trained, len(self.data.names))
            given = self.of_each(params, tests, [self.out], self.checkpoint, outputs=self.goes_on, heard=self._heard)[self.out]
            return np.asarray(given if self.goes_on else self.fits[self.shown].apply(given), np.float64)
        part = slice(self.data.test_start, self.data.end)
        outputs = []
        for cut, found, _ in stream(
            self.program, params, state, self.inputs(part), [self.out], self.dtype, checkpoint=self.checkpoint, outputs=self.goes_on
        ):
            self.stages.counts["steps"] += cut.stop - cut.start
            outputs.append(found[self.out] if self.goes_on else self.fits[self.shown].apply(found[self.shown]))
        return np.concatenate(outputs).astype(np.float64)

    def _targets(self, place: int) -> np.ndarray:
        """The targets (rows, outputs) of a readout; NaN from the test part on where they are pulled back."""
        data, whole = self.data, self.data.targets
        if self._end_of(place) == place:
            return whole
        given, learned = self.pairs.targets[place], slice(0, data.test_start)
        pulled = given[:, 0] if data.at is None or data.classes else given[data.at[1][learned], data.at[0][learned]]
        return np.concatenate([pulled, np.full((len(whole) - len(pulled), pulled.shape[1]), np.nan)])

    def _followed(self, params: Params) -> np.ndarray:
        """What the nodes after the readouts give (rows, channels), up to the test part, or through it where nothing feeds back."""
        if self.data.several and not self.data.classes:
            taught = self.pairs.forced(self.dtype) if self.forced else {}
            some = slice(0, self.data.trained if self.forced else len(self.data.names))
            found = self.of_each(params, some, [self.out], self.checkpoint, taught=taught, outputs=True, heard=self._heard)
            return found[self.out].astype(np.float64)
        rows = slice(0, self.data.test_start if self.forced else self.data.end)
        given = {k: fit.predict(rows)[:, None] for k, fit in self.fits.items()}
        taught = {k: one[rows] for k, one in self.pairs.taught.items()}
        found = run_part(
            self.program, params, None, self.at_once(rows), [self.out], given=given, taught=taught, alive=None, dtype=self.dtype
        )
        return found[self.out][:, 0].astype(np.float64)

    def with_path(self, results: Results) -> Results:
        """The results with the regularisation path of the shown readout, and the held-out error at a beta that was chosen."""
        self.checkpoint()
        self.say("drawing the loss over beta")
        fit, penalize, data = self.fits[self.shown], self.settings.penalize_bias, self.data
        if results.train_score is None:
            score = score_of(self._predicted(), data.targets[data.warmup : data.test_start], data.scale)
            results = replace(results, train_score=score, train_nrmse=score.values()["nrmse"])
        error = None if self.settings.selection == "fixed" else fit.held_out(results.beta, penalize)
        return replace(results, path=fit.path(penalize), beta_held_out=error)

    def _predicted(self) -> np.ndarray:
        """What is said of the training part."""
        rows = slice(self.data.warmup, self.data.test_start)
        return self.fits[self.shown].predict(rows) if self.whole is None else self.whole[rows]

    def with_whole_path(self, results: Results) -> Results:
        """The results with the path over all its betas, for when the hand rests: it takes a factorisation of all training rows."""
        self.checkpoint()
        self.say("drawing the loss over the smallest betas")
        return replace(results, path=self.fits[self.shown].whole_path(self.settings.penalize_bias))

    def factor(self) -> None:
        """Decomposes the shown readout's Gram matrix ahead, so that the next beta is a rescale."""
        self.checkpoint()
        self.say("preparing for the next beta")
        self.fits[self.shown].projection("train", self.settings.penalize_bias)
