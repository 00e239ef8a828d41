"""A document made ready to run: its data, its sized program, and the weights drawn for it."""

from collections.abc import Hashable
from functools import cached_property
from typing import Any

import jax
import numpy as np

from rcwidgets.core.algebra.gram import Readout
from rcwidgets.core.backend import precision, states_dtype
from rcwidgets.core.document.document import Document
from rcwidgets.core.graph.sizing import with_auto_values
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import Params, Program, State
from rcwidgets.core.spec.knobs import Effect, knobs_of
from rcwidgets.core.tasks import TaskData
from rcwidgets.core.trainers.base import fitting_order
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.score import score_of
from rcwidgets.live.stages.stage_cache import StageCache

THRESHOLD = 0.3  # standard deviations: where the forecast counts as apart from the truth


class Prepared:
    """One document, ready to run. `shown` is the place of the readout whose forecast the figures show; `forced` are those that feed back.

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
        features, size = self.data.sizes[1], self.program.wires[self.shown].size
        if size != features:
            name = self.program.names[self.shown]
            raise ValueError(f"{name} gives {size} features, the target has {features}. Put a Dense or a LinearReadout after it.")
        if self.shown in self.program.once:
            name = self.program.names[self.shown]
            raise ValueError(
                f"{name} gives one value a series, and a forecast needs one at every step. Take out Last or TimeMean before it."
            )
        self.forced = tuple(k for k in self.program.fed_back if k in self.program.trained)

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
        key = (node.kind, drawn_from, own, self.program.taken(place), programs.seed_of(node, name, self.settings.seed), self.dtype)

        def make() -> dict[str, Any]:
            self.say("drawing weights")
            self.cache.counts["draws"] += 1
            with precision(self.dtype):
                drawn = programs.cast(programs.draw_node(self.program, place, self.settings.seed), self.dtype)
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
        """The inputs (time, 1, inputs) by place."""
        return {k: np.ascontiguousarray(self.data.inputs[rows, None], dtype=self.dtype) for k in self.program.inputs}

    def results(
        self,
        revision: int,
        trained: np.ndarray | float,
        learned: np.ndarray,
        tested: np.ndarray,
        params: Params,
        state: State,
        **more: Any,
    ) -> Results:
        """What is shown of outputs (rows, channels): `trained` for the targets `learned`, or just its NRMSE, `tested` for the test part."""
        data = self.data
        target = data.targets[data.test_start : data.end]
        spread = data.targets[data.warmup : data.test_start].std(axis=0)
        train = None if isinstance(trained, float) else score_of(trained, learned, data.scale)
        test = score_of(tested, target, data.scale)
        over_all = test.values()
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
            train_nrmse=float(trained) if train is None else train.values()["nrmse"],
            test_nrmse=over_all["nrmse"],
            test_mse=over_all["mse"],
            train_score=train,
            test_score=test,
            model=self.graph,
            settings=self.settings,
            params={name: {key: np.asarray(value) for key, value in own.items()} for name, own in params.items()},
            state=jax.tree.map(np.asarray, state),
            shown=self.program.names[self.shown],
            data=data,
            **more,
        )
