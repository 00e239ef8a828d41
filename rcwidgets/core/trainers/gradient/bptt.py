"""Backpropagation through time: every trainable node learns by the gradient of a loss over whole series."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import jax
import numpy as np
from numpy.typing import ArrayLike

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.long_series import is_long_pair
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.plan import Parallel
from rcwidgets.core.model.program import GivenParams
from rcwidgets.core.model.snapshot import Snapshot
from rcwidgets.core.series import Data, not_finite
from rcwidgets.core.spec.knobs import Effect, Setting, Spec, knob_named
from rcwidgets.core.trainers.base import OWN, AbstractTrainer
from rcwidgets.core.trainers.gaps import TargetGaps, check_gaps, filled, open_gaps
from rcwidgets.core.trainers.gradient.batches import Pieces, TrainingData, sources, weighed
from rcwidgets.core.trainers.gradient.descent import Advice, Descent, Ending, Plateau, Progress, check_own, check_whole, copied, start, told
from rcwidgets.core.trainers.gradient.objective import Objective
from rcwidgets.core.trainers.gradient.reading import Reader, Rows, example_of, whole_where_labels
from rcwidgets.core.trainers.gradient.settings import EPOCHS, BPTTSettings
from rcwidgets.core.trainers.gradient.updates import Carry, Knobs, Optimizer, adam, live_numbers, parted, read_memory, written_memory

Loss = str | Callable[..., ArrayLike]  # of predictions, targets and, where it takes them, the params
_NUMBERS = ("train_losses", "grad_norms", "learning_rates", "test_losses", "test_updates")
_CALMER = "Lower the learning rate, or set max_grad_norm. The weights are those before that update, with patience the best."
_ADAM_RATE = BPTTSettings().learning_rate


class BPTT(AbstractTrainer):
    """Trains by backpropagation through time: an optimiser steps down the gradient of a loss over batches of whole series.

    Every batch starts from the model's initial state (h0). What is learned are the params that the nodes name, of RNNs, Dense layers and
    readouts, a reservoir's too where it is trainable. A feedback wire carries the model's own output.

    `loss` is the name of one of `losses`, or a function f(predictions, targets) or f(predictions, targets, params) of arrays (batch, time,
    features), of one value a series (batch, features), or of dicts of them by node name where there are several outputs; params are the
    trained ones, {node: {name: array}}. `optimizer` is an optax transformation; without one it is Adam with the live knob `learning_rate`.
    A gradient longer than `max_grad_norm` is shortened to it, before the optimiser. With `truncate=k`, series are run in stretches of k
    steps that hand on the state but no gradient. `num_train` and `num_batch` are those of `fit`; one long series, (time, features), is cut
    into pieces of `window` steps, whose first `washout` steps only run in: they do not count in the loss, and pieces overlap by them.

    With `patience=n`, training ends after n epochs without a better loss on `test_data`, or, where there are none, on the last fifth of
    the data, which is then held out; the best params are kept. A loss is better where it falls by the share `least_gain` or more. Before
    it ends, it goes back to the best `rate_cuts` times, each time with a third of the learning rate (of its own Adam). `ending` says why
    it ended.

    Reference: Werbos (1990), Proceedings of the IEEE 78, 1550-1560; Williams & Peng (1990), Neural Computation 2, 490-501, for truncation;
    Kingma & Ba (2015), arXiv:1412.6980, for Adam.

    >>> from rcwidgets.core.nodes import Dense, Input, VanillaRNN
    >>> x = np.random.default_rng(0).normal(size=(8, 10, 1))
    >>> bptt = BPTT(Input(1) >> VanillaRNN(5) >> Dense(1)).fit((x, x.cumsum(axis=1)), num_train=2, num_batch=4, num_report=0)
    >>> bptt.train_losses.shape
    (4,)
    """

    settings: BPTTSettings

    def __init__(
        self,
        model: Graph,
        *,
        loss: Loss = "mean_squared_error",
        optimizer: Optimizer | str | None = None,
        max_grad_norm: float | None = None,
        learning_rate: float = _ADAM_RATE,
        seed: int = 0,
        dtype: str = "auto",
        params: GivenParams | None = None,
        shuffle: bool = True,
        truncate: int | None = None,
        patience: int | None = None,
        num_train: int | None = None,
        num_batch: int = 128,
        window: int | None = 50,
        washout: int = 0,
        least_gain: float = 0.0,
        rate_cuts: int = 0,
        parallel: Parallel = "auto",
    ) -> None:
        named = "adam" if optimizer is None else optimizer if isinstance(optimizer, str) else OWN
        check_own(loss, None if isinstance(optimizer, str) else optimizer)
        self.settings = BPTTSettings(
            learning_rate=learning_rate,
            max_grad_norm=max_grad_norm,
            truncate=truncate,
            patience=patience,
            num_train=num_train,
            num_batch=num_batch,
            window=window,
            washout=washout,
            least_gain=least_gain,
            rate_cuts=rate_cuts,
            shuffle=shuffle,
            loss=loss if isinstance(loss, str) else OWN,
            optimizer=named,
            seed=seed,
            dtype=dtype,
        )
        if self.settings.optimizer == OWN and learning_rate != _ADAM_RATE:
            raise ValueError("BPTT.learning_rate is that of its own Adam, got an optimizer too. Give the rate to the optimizer.")
        super().__init__(model, params, seed=seed, dtype=dtype, parallel=parallel)
        self.loss: Loss = loss
        self.optimizer: Any = adam() if self.settings.optimizer == "adam" else optimizer
        self._descent: Descent | None = None
        self.forget()

    def forget(self) -> None:
        """Forgets all that was learned: the next fit draws anew."""
        self.held = Snapshot(given=self.held.given)
        self.train_losses, self.grad_norms, self.learning_rates, self.test_losses, self.test_updates = (np.zeros(0) for _ in _NUMBERS)
        self.optimizer_state: Any = None
        self.ending: Ending | None = None
        self._plateau = Plateau()
        self._best: Carry | None = None
        self.updates = self.epochs = 0

    def set(self, **knobs: Setting) -> None:
        """Turns live knobs (`learning_rate`, `max_grad_norm`, `patience`, `rate_cuts`, `shuffle`): training that runs takes them up."""
        for name in knobs:
            if knob_named(BPTTSettings, name).effect is not Effect.LIVE:
                raise ValueError(f"BPTT.{name} cannot change in training. Make a new BPTT.")
        turned: dict[str, Any] = knobs
        self.settings = replace(self.settings, **turned)

    def turn(self, model: Graph) -> None:
        """Takes over the live knobs of another model of the same structure. Training that runs takes them with its next chunk."""
        self.model = model
        if self._descent is not None:
            self._descent.program = programs.compile_graph(model)
            self.held = self.held._replace(sized=model, program=self._descent.program)

    def fit(
        self,
        train_data: TrainingData,
        *,
        num_train: int | None = None,
        num_batch: int | None = None,
        num_report: int = 500,
        test_data: TrainingData | None = None,
        reset: bool = False,
        gaps: TargetGaps = "error",
        sample_weight: ArrayLike | Sequence[ArrayLike] | None = None,
    ) -> "BPTT":
        """Trains for `num_train` epochs (30); a second fit goes on where the first ended, unless `reset`.

        `train_data` is a pair (x, y), cut into batches of `num_batch` series (128), or a function whose call yields batches (x, y) anew
        for each epoch. x are (batch, time, features); y are (batch, time, features), or, of a model with one value a series, (batch,
        features), and for cross entropy class numbers without the last axis. x may be a list of series of unequal length, and y a list of
        series as long as these, or an array with one value for each. Several inputs or outputs are dicts by node name. A pair that does not
        fit in memory (what has a length and slices, such as a memory-mapped .npy) stays where it is: its pieces are read batch by batch.
        After every `num_report` updates a line with the mean loss is printed; 0 prints none. `test_data` are like `train_data` and are
        looked at after each epoch; with patience and without them, the last fifth of the rows of one long series is, or every fifth series.

        With gaps="drop" rows of the targets that are NaN or masked, class numbers too, are left out of the loss, which is the mean over the
        others of a batch; a function of your own is no such loss. A DataWarning says how many rows of a pair these are.

        `sample_weight` tells how much each row of a pair counts, from 0, in the shape of y without features, or one number a series: the
        loss of a batch is sum(w loss) / sum(w) over its rows, also of those that are held out. It needs a loss by its name.

        `train_losses`, `grad_norms` and `learning_rates` have one number an update, `test_losses` one an epoch. A loss that is not finite
        is a FloatingPointError that says at which update; the params are then those before it.
        """
        check_whole(0, " 0 prints nothing.", num_report=num_report)
        steps = self.training(
            train_data, num_train=num_train, num_batch=num_batch, test_data=test_data, reset=reset, gaps=gaps, sample_weight=sample_weight
        )
        told(steps, num_report)
        return self

    def training(
        self,
        train_data: TrainingData,
        *,
        num_train: int | None = None,
        num_batch: int | None = None,
        test_data: TrainingData | None = None,
        reset: bool = False,
        gaps: TargetGaps = "error",
        sample_weight: ArrayLike | Sequence[ArrayLike] | None = None,
    ) -> Iterator[Progress]:
        """`fit` as a generator, which yields its progress after each chunk of some 75 ms; it may be left at any time."""
        check_gaps("BPTT.fit", gaps)
        if gaps == "drop":
            train_data = train_data if is_long_pair(train_data) else open_gaps(train_data, tells=self.model.used())
            test_data = test_data if is_long_pair(test_data) else open_gaps(test_data)
        if sample_weight is not None:
            train_data = self._weighed(train_data, sample_weight)
        settings = self.settings
        num_train = (settings.num_train or EPOCHS) if num_train is None else num_train
        num_batch = settings.num_batch if num_batch is None else num_batch
        train, test, at_once = sources("BPTT", settings, train_data, test_data, num_batch)
        check_whole(1, num_train=num_train, num_batch=num_batch)
        if reset:
            self.forget()
        reader = self.reader(*train.first(), gaps=gaps)
        carry, fixed = start(self.program, self.held.params, self.optimizer, self.optimizer_state, self.updates, self.dtype)
        descent = self._descent = Descent(self.program, reader, fixed, carry, self.optimizer, settings.truncate)
        self.held, self.ending = self.held._replace(state=None, last={}), None
        self._plateau, self._best = Plateau(settings.least_gain), None
        try:
            if test is None:
                yield from self._learn(descent, self.batches(train, reader, num_batch, num_train))
                self.ending = Ending("epochs", int(descent.carry.updates), int(descent.carry.updates), 0)
            else:
                yield from self._watched(descent, train, test, num_batch, at_once, num_train)
        finally:
            self.adopt_now()

    def _weighed(self, data: TrainingData, weights: ArrayLike | Sequence[ArrayLike]) -> Any:
        """A pair with its weights."""
        if callable(self.loss):
            raise ValueError("BPTT.sample_weight needs a loss by its name, got a function of your own. Weigh the rows in it.")
        if is_long_pair(data):
            raise ValueError("BPTT.fit takes no sample_weight of a series that is read in pieces. Fit it in memory.")
        if callable(data) or len(data) != 2:
            raise TypeError("BPTT.sample_weight belongs to a pair (x, y), got a function that yields batches. Give the pair.")
        return weighed(data[0], data[1], weights)

    def _watched(self, descent: Descent, train: Pieces, test: Pieces, num_batch: int, at_once: int, epochs: int) -> Iterator[Progress]:
        """Trains with a look at the test data after each epoch; with patience, the best params so far are kept."""
        best, no_better = int(descent.carry.updates), False
        for _ in range(epochs):
            yield from self._learn(descent, self.batches(train, descent.reader, num_batch, 1))
            updates = int(descent.carry.updates)
            self.test_losses = np.append(self.test_losses, descent.test_loss(test, at_once, self.dtype))
            self.test_updates = np.append(self.test_updates, updates)
            yield Progress(updates, self.epochs, np.zeros(0))
            if self.settings.patience is None:
                continue
            advice = self._plateau.look(float(self.test_losses[-1]), self.settings.patience, self.settings.rate_cuts)
            if advice is Advice.BEST:
                best, self._best = updates, copied(descent.carry)
            elif advice is Advice.BACK and self._best is not None:
                descent.carry = copied(self._best)._replace(updates=descent.carry.updates)
            elif advice is Advice.END:
                no_better = True
                break
        updates = int(descent.carry.updates)
        self.ending = Ending("no better" if no_better else "epochs", updates, updates if self._best is None else best, updates - best)

    def _learn(self, descent: Descent, batches: Iterator[Rows]) -> Iterator[Progress]:
        """Makes one update a batch, and keeps their numbers."""
        for losses, norms, rates, made, finite in descent.run(batches, self.knobs, self.dtype):
            self.train_losses = np.append(self.train_losses, losses[:made])
            self.grad_norms = np.append(self.grad_norms, norms[:made])
            self.learning_rates = np.append(self.learning_rates, rates[:made])
            updates = int(descent.carry.updates)
            if not finite:
                since = f"at update {updates} (loss {losses[made]:.4g})"
                raise not_finite("The loss, its gradient or the step", _CALMER, since=since, happened="training diverged")
            yield Progress(updates, self.epochs, losses)

    def batches(self, source: Pieces, reader: Reader, size: int, count: int) -> Iterator[Rows]:
        """The batches of `count` epochs, each in an order of its own."""
        for _ in range(count):
            order = np.random.default_rng([self.seed, self.epochs]) if self.settings.shuffle else None
            yield from source.epoch(reader, size, order)
            self.epochs += 1

    def reader(self, x: Data, y: Data, *, gaps: TargetGaps = "error") -> Reader:
        """Sizes the model by an example of the data; the reader of all other data."""
        if self.loss == OWN or self.optimizer == OWN:
            what = "loss" if self.loss == OWN else "optimizer"
            raise ValueError(f"The {what} was a function of your own, which a file cannot hold. Set trainer.{what} before fit.")
        example = whole_where_labels(filled(y)[0], self.loss) if gaps == "drop" else y
        self.held = self.sized(self.held, x, example_of(self.model.used(), x, example, self.loss))
        program = self.program
        if not any(parted(program, self.held.params)[0]):
            raise ValueError("There is nothing to train. Add a node such as Dense or VanillaRNN (trainable=True) to the model.")
        return Reader(program, Objective.of(self.loss, program, self.settings.washout, gaps=gaps == "drop"))

    def targets_of(self, used: Graph, y: object) -> list[str]:
        return [used.names[id] for id in used.exits]

    def adopt_now(self) -> None:
        """Takes over what training that goes on has learned so far: with patience, the best of it."""
        if self._descent is not None:
            self.adopt((self._best or self._descent.carry)._replace(updates=self._descent.carry.updates))

    def adopt(self, carry: Carry) -> None:
        """Takes over what was learned."""
        params = dict(self.held.params)
        for name, own in zip(self.program.names, carry.learned, strict=True):
            params[name] = {key: np.array(own.get(key, value)) for key, value in params[name].items()}
        self.held = self.held._replace(params=params)
        self.optimizer_state = jax.tree.map(np.array, carry.optimizer)
        self.updates = int(carry.updates)

    def snapshot(self) -> Snapshot:
        """What it holds, with how often it learned and Adam's averages; what an optimiser of the user's own keeps is left out."""
        held = super().snapshot()
        if held.program is None:
            return held
        adam = self.optimizer_state if self.settings.optimizer == "adam" else None
        own = written_memory(held.program.names, parted(held.program, held.params)[0], self.updates, self.epochs, adam)
        return held._replace(memory=own)

    def restore(self, held: Snapshot) -> None:
        super().restore(held._replace(memory={}))
        if held.program is not None and held.memory:
            learned = parted(held.program, self.held.params)[0]
            self.updates, self.epochs, self.optimizer_state = read_memory(held.program.names, learned, held.memory)

    def detached(self, model: Graph, settings: Spec, held: Snapshot) -> Self:
        made = self._made(model, settings.knobs)
        made.restore(held)
        vars(made).update({name: getattr(self, name) for name in (*_NUMBERS, "updates", "epochs", "optimizer_state")})
        return made

    def _made(self, model: Graph, knobs: Mapping[str, Any]) -> Self:
        own = {"loss": self.loss, "optimizer": self.optimizer if knobs["optimizer"] == OWN else None}
        return type(self)(model, **{**knobs, **own}, parallel=self.parallel)

    def knobs(self) -> Knobs:
        """The live numbers of training, as they stand."""
        rate = self.settings.learning_rate * self._plateau.share if self.settings.optimizer == "adam" else None
        return live_numbers(rate, self.settings.max_grad_norm, self.dtype)
