"""A document made ready to run: its data, its sized program, the weights drawn for it, and what earlier runs left for it."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from functools import cached_property
from typing import Any, TypeVar

import jax
import numpy as np

from rcwidgets.core.algebra.gram import Readout
from rcwidgets.core.backend import precision, states_dtype
from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.ends import end_of
from rcwidgets.core.graph.sizing import with_auto_values
from rcwidgets.core.metrics import accuracy
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.part import needed
from rcwidgets.core.model.prediction import ByPlace
from rcwidgets.core.model.program import Params, Program, State
from rcwidgets.core.spec.knobs import Effect, knobs_of
from rcwidgets.core.tasks import DataTask, Series, TaskData, baselines_of
from rcwidgets.core.trainers.base import OWN
from rcwidgets.core.trainers.pairs import Pairs, fitting_order
from rcwidgets.core.trainers.pull import pull_back
from rcwidgets.live.results.results import Results, score_of
from rcwidgets.live.stages.each import Heard, rows_of_each, unheard

THRESHOLD = 0.3  # standard deviations: where the forecast counts as apart from the truth
Value = TypeVar("Value")


class StageCache:
    """Keeps the newest value of each stage. Not for several threads at once.

    `own` is the user's series (other data need another cache), and `functions` are the user's own functions of the trainer, by the setting
    that they stand for.
    """

    def __init__(self, own: Series | None = None, functions: Mapping[str, Any] | None = None) -> None:
        self.own, self.functions = own, dict(functions or {})
        self.counts: Counter[str] = Counter()  # what was done, for tests: "steps" of the scan, "draws", "solves", "compiles"
        self._values: dict[str, tuple[Hashable, Any]] = {}
        self._compiled: set[Hashable] = set()

    def keep(self, stage: str, key: Hashable, make: Callable[[], Value], *, feeds: str = "") -> Value:
        """The stage's value for this key: the kept one, or made anew, after the old one and that of the stage it `feeds` are let go."""
        if stage not in self._values or self._values[stage][0] != key:
            self._values.pop(stage, None)
            self._values.pop(feeds, None)
            self._values[stage] = (key, make())
        return self._values[stage][1]

    def functions_of(self, settings: Any) -> dict[str, Any]:
        """The functions that these settings ask for; one that is not there, as after a document was read, is a ValueError."""
        wanted = [name for name, value in settings.knobs.items() if value == OWN]
        for name in wanted:
            if name not in self.functions:
                raise ValueError(
                    f"{settings.kind}.{name} is a function of your own, which a file cannot hold. Give it in Python, as "
                    f"trainer={settings.kind}(model, {name}=...), or choose another {name}."
                )
        return {name: self.functions[name] for name in wanted}

    def compiles(self, key: Hashable) -> bool:
        """True the first time that a program of this key runs."""
        new = key not in self._compiled
        self._compiled.add(key)
        self.counts["compiles"] += new
        return new


class Prepared:
    """One document, ready to run. `shown` is the place of the readout whose errors the figures show, and `out` that of the output that it
    leads to, whose forecast they show; `forced` are the places of what readouts give that is fed back.

    A document that cannot be run is a ValueError in words.
    """

    def __init__(self, cache: StageCache, document: Document) -> None:
        self.cache, self.task = cache, document.task
        self.settings: Any = document.trainer
        self.data: TaskData = cache.keep("data", repr(self.task), lambda: self.task.prepare(cache.own))
        self.turn(document)
        if self.settings.gradient and not any(node.learned for node in self.program.nodes):
            raise ValueError("There is nothing to train. Add a node that learns, such as VanillaRNN, Dense or LinearReadout.")
        if not self.settings.gradient and not self.program.trained:
            raise ValueError("There is nothing to train. Add a LinearReadout and wire the reservoir to it.")
        self.dtype = states_dtype(self.settings.precision, self.program.nodes)
        self.levels = fitting_order(self.program)
        self.shown = self.program.exits[-1] if self.settings.gradient else self.levels[-1][-1]
        self.out = self.shown if self.settings.gradient else self._end_of(self.shown)
        features, size, name = self.data.sizes[1], self.program.wires[self.out].size, self.program.names[self.out]
        if size != features:
            raise ValueError(f"{name} gives {size} features, the target has {features}. Put a Dense or a LinearReadout after it.")
        later = self.program.after(self.program.trained)
        self.forced = tuple(k for k in self.program.fed_back if k in later)
        self._check_once()

    def _check_once(self) -> None:
        """Raises where a task of classes meets a model or a trainer that gives a value at every step, or the other way round."""
        name, once = self.program.names[self.out], self.out in self.program.once
        if once and not self.data.classes:
            raise ValueError(
                f"{name} gives one value a series, and a forecast needs one at every step. Take out Last or TimeMean before it."
            )
        if not self.data.classes:
            return
        if not once:
            raise ValueError(f"{name} gives a value at every step, and this task asks for one a series. Put TimeMean or Last before it.")
        if self.settings.iterative and not self.settings.gradient:
            raise ValueError(f"{self.settings.label} learns at every step, and this task asks for one value a series. Take Ridge or BPTT.")
        every = [self.program.names[k] for k in self.program.trained if k not in self.program.once]
        if every:
            raise ValueError(
                f"{every[0]} is trained at every step, and the classes are known of whole series. Put it after TimeMean or Last."
            )
        if self.goes_on and set(self.program.inputs) & needed(self.program, [self.out], self.program.trained, ()):
            raise ValueError(f"{name} takes another signal than what is trained, and this task asks for one value a series. Take it out.")

    def _end_of(self, place: int) -> int:
        """The place of the output that a readout leads to."""
        names = self.program.names
        return names.index(self.graph.names[end_of(self.graph, self.graph.id_of(names[place]))])

    @property
    def goes_on(self) -> bool:
        """Whether nodes follow the shown readout."""
        return self.out != self.shown

    def taught(self) -> Pairs:
        """The inputs and targets of the rows up to the test part, those of each readout pulled back from the output that it leads to.

        Of several series they are side by side, (time, series, ...). Targets that cannot be pulled back are a ValueError in words.
        """
        if self.data.several and not self.data.classes:
            return self._taught_each()
        rows = slice(0, self.data.test_start)
        ends = dict.fromkeys(self._end_of(k) for k in self.program.trained)
        known = None if self.data.known is None else self.data.known[rows]
        wanted = self.data.targets[rows] if known is None else np.where(known[:, None], self.data.targets[rows], 0.0)
        told = {k: np.asarray(wanted[:, None], np.float64) for k in ends}
        counted: dict[int, np.ndarray | None] = dict.fromkeys(told, None if known is None else known[:, None])
        inputs = self.at_once(rows)
        return pull_back(self.program, self.params(), None, inputs, told, counted, None, self.dtype, forces=self.settings.forces)

    def _taught_each(self) -> Pairs:
        """The same of the several series that train: rows after the warm-up count, and feedback wires deliver the targets of it too."""
        data = self.data
        assert data.at is not None
        assert data.lengths is not None
        inputs = self.inputs(slice(0, data.trained))
        steps = next(iter(inputs.values())).shape[0]
        full = np.isfinite(data.targets[: data.test_start]).all(axis=1)
        at = data.at[1][: data.test_start][full], data.at[0][: data.test_start][full]
        told, counts = np.zeros((steps, data.trained, data.targets.shape[1])), np.zeros((steps, data.trained), bool)
        told[at], counts[at] = data.targets[: data.test_start][full], True
        alive = np.arange(steps)[:, None] < data.lengths[: data.trained] - data.horizon
        there = counts
        if self.forced and not self.settings.forces:
            assert data.led is not None
            led = np.swapaxes(data.led[: data.trained], 0, 1)
            there = counts.copy()
            there[: data.washed] = np.isfinite(led).all(axis=2)
            told[: data.washed] = np.where(there[: data.washed, :, None], led, 0.0)
            there = alive if (there == alive).all() else there
        ends = dict.fromkeys(self._end_of(k) for k in self.program.trained)
        known: dict[int, np.ndarray | None] = dict.fromkeys(ends, there)
        everything = dict.fromkeys(ends, told)
        pairs = pull_back(self.program, self.params(), None, inputs, everything, known, alive, self.dtype, forces=self.settings.forces)
        return pairs._replace(counted=dict.fromkeys(pairs.counted, counts))

    def at_once(self, rows: slice) -> dict[int, np.ndarray]:
        """The inputs (rows, 1, inputs) by place; of several series, of which nodes after a readout see none, zeros."""
        if not self.data.several:
            return self.inputs(rows)
        return {k: np.zeros((rows.stop - rows.start, 1, self.program.wires[k].size), self.dtype) for k in self.program.inputs}

    def say(self, words: str) -> None:
        """Hears what is done now; a run that tells it overrides this."""

    @cached_property
    def drawn(self) -> list[tuple[Hashable, dict[str, Any]]]:
        """The weights of each node, by place, with the key of what they were drawn from; drawn when they are first asked for."""
        return [self._drawn(k) for k in range(len(self.program.nodes))]

    def turn(self, document: Document) -> None:
        """Takes over the document's live knobs; all else must be as it was."""
        document.graph.check(*self.data.sizes)
        self.settings = document.trainer
        self.graph = with_auto_values(document.graph.used().sized(*self.data.sizes), self.settings.forces)
        self.program: Program = programs.compile_graph(self.graph)

    def _drawn(self, place: int) -> tuple[Hashable, dict[str, Any]]:
        """A node's weights and the key of what they were drawn from."""
        node, name = self.program.nodes[place], self.program.names[place]
        drawn_from = tuple(value for name, value in node.knobs.items() if knobs_of(type(node))[name].effect is not Effect.LIVE)
        own = tuple((name, array.digest) for name, array in node.arrays.items())
        key = (node.kind, drawn_from, own, self.program.taken(place), drawing.seed_of(node, name, self.settings.seed), self.dtype)

        def make() -> dict[str, Any]:
            self.say("drawing weights")
            self.cache.counts["draws"] += 1
            with precision(self.dtype):
                drawn = drawing.cast(drawing.draw_node(self.program, place, self.settings.seed), self.dtype)
                return jax.device_put(dict(drawn))  # compiles nothing, where jnp.asarray compiles a program for each shape

        return key, self.cache.keep(f"weights {place}", key, make)

    def params(self) -> Params:
        """The weights as they were drawn, by node name."""
        return {name: dict(own) for name, (_, own) in zip(self.program.names, self.drawn, strict=True)}

    def weights_of(self, readout: Readout) -> dict[str, Any]:
        """A readout as params."""
        with precision(self.dtype):
            made: dict[str, Any] = jax.device_put({"W": readout.weights.astype(self.dtype), "b": readout.bias.astype(self.dtype)})
            return made

    def inputs(self, rows: slice) -> dict[int, np.ndarray]:
        """The inputs (time, 1, inputs) by place; of several series, which `rows` then names, (time, series, inputs)."""
        if self.data.several:
            given = np.ascontiguousarray(self.data.inputs[rows].swapaxes(0, 1), dtype=self.dtype)
            return dict.fromkeys(self.program.inputs, given)
        return {k: np.ascontiguousarray(self.data.inputs[rows, None], dtype=self.dtype) for k in self.program.inputs}

    def of_each(
        self,
        params: Params,
        some: slice,
        places: list[int],
        checkpoint: Callable[[], None],
        *,
        taught: ByPlace | None = None,
        outputs: bool = False,
        heard: Heard = unheard,
    ) -> dict[int, np.ndarray]:
        """What arrives at some places, or what these give (rows, features), in some of the several series, at the steps that are rows of
        the data. Each starts from rest, with `taught` on the feedback wires."""
        data = self.data
        assert data.at is not None
        assert data.lengths is not None
        (owner, step), lengths = data.at, data.lengths[some]
        there = (some.start <= owner) & (owner < some.stop)
        at = owner[there] - some.start, step[there]
        options: dict[str, Any] = {"outputs": outputs, "forced": taught}
        return rows_of_each(self.program, params, self.inputs(some), at, lengths, places, self.dtype, checkpoint, heard, **options)

    def kept(self, params: Params, state: State | None = None) -> State:
        """The state that the results hold: that after the training part, or of several series, whose states are not kept, rest."""
        if state is not None and not self.data.several:
            return state
        with precision(self.dtype):
            return programs.init(self.program, params, 1, self.dtype)

    def results(
        self, revision: int, trained: np.ndarray | float, learned: np.ndarray, tested: np.ndarray, params: Params, state: State, **more: Any
    ) -> Results:
        """What is shown of outputs (rows, channels): `trained` for the targets `learned`, or just its NRMSE, `tested` for the test part.

        `last` is the target of the last training row, unless `more` has it; of several series there is none.
        """
        data = self.data
        more = {"last": None if data.several else data.targets[data.test_start - 1, None], **more}
        rows = slice(data.test_start, data.end)
        train = None if isinstance(trained, float) else score_of(trained, learned, data.scale)
        if data.classes:
            more["train_accuracy"] = accuracy(trained, learned)
        if self.cache.own is not None and isinstance(self.task, DataTask):
            more["baselines"] = self.cache.keep("baselines", repr(self.task), lambda: baselines_of(data))
        test = score_of(tested, data.targets[rows], data.scale)
        errors = {"train_nrmse": float(trained) if train is None else train.values()["nrmse"], "train_score": train, "test_score": test}
        errors |= {f"test_{name}": test.values()[name] for name in ("nrmse", "mse")}
        return self.shown_of(rows, tested, params, state, revision=revision, **errors, **more)

    def shown_of(self, rows: slice | np.ndarray, outputs: np.ndarray, params: Params, state: State, **more: Any) -> Results:
        """What is shown of the outputs (rows, channels) for these rows of the data, a slice or their places; `more` has what is known of
        the errors."""
        data, target = self.data, self.data.targets[rows]
        spread = data.spread / data.scale
        wrong = np.abs(outputs - target) > THRESHOLD * spread if not data.classes else (outputs.argmax(1) != target.argmax(1))[:, None]
        return Results(
            time=data.time[rows],
            time_label=data.time_label,
            truth=target * data.scale + data.mean,
            forecast=outputs * data.scale + data.mean,
            channels=data.channels,
            horizon=data.horizon,
            parts=wrong.any(axis=1),
            threshold=THRESHOLD,
            model=self.graph,
            settings=self.settings,
            params={name: {key: np.asarray(value) for key, value in own.items()} for name, own in params.items()},
            state=jax.tree.map(np.asarray, state),
            shown=self.program.names[self.shown],
            followed=self.goes_on,
            data=data,
            owner=data.at[0][rows] if data.at is not None and not data.classes else None,
            **more,
        )
