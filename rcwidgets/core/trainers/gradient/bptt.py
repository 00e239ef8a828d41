"""Backpropagation through time: every trainable node learns by the gradient of a loss over whole series."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import jax
import numpy as np
import optax
from numpy.typing import ArrayLike

from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.sizing import waits
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import GivenParams, Params
from rcwidgets.core.series import Data, as_batch, as_values, is_list
from rcwidgets.core.spec.knobs import Effect, Setting, knob_named
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.gradient import moments
from rcwidgets.core.trainers.gradient.batches import Reader, Rows, Source, TrainingData, hold_out, in_pieces, is_labels, targets_by_name
from rcwidgets.core.trainers.gradient.descent import Descent, copied, start
from rcwidgets.core.trainers.gradient.objective import Objective
from rcwidgets.core.trainers.gradient.plateau import Advice, Ending, Plateau, Reason
from rcwidgets.core.trainers.gradient.settings import EPOCHS, BPTTSettings
from rcwidgets.core.trainers.gradient.updates import ADAM, Carry, Knobs, knobs_of, parted
from rcwidgets.core.trainers.settings import OWN

Loss = str | Callable[..., ArrayLike]  # of predictions, targets and, where it takes them, the params
_ADAM_RATE = BPTTSettings().learning_rate
LOOKED_AT = 256  # held-out series in one look


class Progress(NamedTuple):
    """Where training stands: updates and whole epochs made in all fits, and the losses of the updates since the last progress."""

    updates: int
    epochs: int
    losses: np.ndarray


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
        optimizer: optax.GradientTransformation | str | None = None,
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
    ) -> None:
        if not isinstance(loss, str) and not callable(loss):
            raise TypeError(f"BPTT.loss must be a name or a function f(predictions, targets), got {loss!r}.")
        named = optimizer is None or isinstance(optimizer, str)
        if not named and not (callable(getattr(optimizer, "init", None)) and callable(getattr(optimizer, "update", None))):
            raise TypeError(f"BPTT.optimizer must be an optax optimiser such as optax.adam(0.01), got {optimizer!r}.")
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
            optimizer=OWN if not named else optimizer or "adam",
            seed=seed,
            dtype=dtype,
        )
        if self.settings.optimizer == OWN and learning_rate != _ADAM_RATE:
            raise ValueError("BPTT.learning_rate is that of its own Adam, got an optimizer too. Give the rate to the optimizer.")
        super().__init__(model, params, seed=seed, dtype=dtype)
        self.loss: Loss = loss
        self.optimizer: Any = ADAM if self.settings.optimizer == "adam" else optimizer
        self._descent: Descent | None = None
        self.forget()

    def forget(self) -> None:
        """Forgets all that was learned: the next fit draws anew."""
        self._params, self._program = {}, None
        self.train_losses, self.grad_norms, self.learning_rates, self.test_losses, self.test_updates = (np.zeros(0) for _ in range(5))
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
            self._sized = model
            self._program = self._descent.program = programs.compile_graph(model)

    def fit(
        self,
        train_data: TrainingData,
        *,
        num_train: int | None = None,
        num_batch: int | None = None,
        num_report: int = 500,
        test_data: TrainingData | None = None,
        reset: bool = False,
    ) -> "BPTT":
        """Trains for `num_train` epochs (30); a second fit goes on where the first ended, unless `reset`.

        `train_data` is a pair (x, y), cut into batches of `num_batch` series (128), or a function whose call yields batches (x, y) anew
        for each epoch. x are (batch, time, features); y are (batch, time, features), or, of a model with one value a series, (batch,
        features), and for cross entropy class numbers without the last axis. Where there is one value a series, x may be a list of series
        of unequal length. Several inputs or outputs are dicts by node name. After every `num_report` updates a line with the mean loss is
        printed; 0 prints none. `test_data` are like `train_data` and are looked at after each epoch; with patience and without them, the
        last fifth of a pair is: of the rows of one long series, else of the series.

        `train_losses`, `grad_norms` and `learning_rates` have one number an update, `test_losses` one an epoch. A loss that is not finite
        is a FloatingPointError that says at which update; the params are then those before it.
        """
        if isinstance(num_report, bool) or not isinstance(num_report, int | np.integer) or num_report < 0:
            raise ValueError(f"BPTT.fit takes a whole num_report from 0, got {num_report!r}. 0 prints nothing.")
        begun, since = time.perf_counter(), list[float]()
        for progress in self.training(train_data, num_train=num_train, num_batch=num_batch, test_data=test_data, reset=reset):
            for done, loss in enumerate(progress.losses, progress.updates - len(progress.losses) + 1):
                since.append(loss)
                if num_report and done % num_report == 0:
                    seconds, mean = time.perf_counter() - begun, np.mean(since)
                    print(f"{done} updates, {seconds:.1f} s: loss {mean:.4g} (mean of {len(since)} updates)", flush=True)
                    since = []
        return self

    def training(
        self,
        train_data: TrainingData,
        *,
        num_train: int | None = None,
        num_batch: int | None = None,
        test_data: TrainingData | None = None,
        reset: bool = False,
    ) -> Iterator[Progress]:
        """`fit` as a generator, which yields its progress after each chunk of some 75 ms; it may be left at any time."""
        settings = self.settings
        num_train = (settings.num_train or EPOCHS) if num_train is None else num_train
        num_batch = settings.num_batch if num_batch is None else num_batch
        Source(train_data, "BPTT.train_data")  # data of another kind are an error in words
        at_once = num_batch  # series in one look at the test data
        if settings.patience is not None and test_data is None:
            train_data, test_data = hold_out(train_data, settings.washout)
            at_once = max(num_batch, LOOKED_AT)
        cut = (settings.window, settings.washout)
        train = Source(in_pieces(train_data, *cut), "BPTT.train_data")
        test = None if test_data is None else Source(in_pieces(test_data, *cut), "BPTT.test_data")
        for name, value in (("num_train", num_train), ("num_batch", num_batch)):
            if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
                raise ValueError(f"BPTT.fit takes a whole {name} from 1, got {value!r}.")
        if reset:
            self.forget()
        reader = self.reader(*train.first())
        carry, fixed = start(self.program, self._params, self.optimizer, self.optimizer_state, self.updates, self.dtype)
        descent = self._descent = Descent(self.program, reader, fixed, carry, self.optimizer, settings.truncate)
        self._state, self._last, self.ending = None, {}, None
        self._plateau, self._best = Plateau(settings.least_gain), None
        try:
            if test is None:
                yield from self._learn(descent, self.batches(train, reader, num_batch, num_train))
                self.ending = Ending("epochs", int(descent.carry.updates), int(descent.carry.updates), 0)
            else:
                yield from self._watched(descent, train, test, num_batch, at_once, num_train)
        finally:
            self.adopt_now()

    def _watched(self, descent: Descent, train: Source, test: Source, num_batch: int, at_once: int, epochs: int) -> Iterator[Progress]:
        """Trains with a look at the test data after each epoch; with patience, the best params so far are kept."""
        best = int(descent.carry.updates)
        reason: Reason = "epochs"
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
                reason = "no better"
                break
        updates = int(descent.carry.updates)
        self.ending = Ending(reason, updates, updates if self._best is None else best, updates - best)

    def _learn(self, descent: Descent, batches: Iterator[Rows]) -> Iterator[Progress]:
        """Makes one update a batch, and keeps their numbers."""
        for losses, norms, rates, made, finite in descent.run(batches, self.knobs, self.dtype):
            self.train_losses = np.append(self.train_losses, losses[:made])
            self.grad_norms = np.append(self.grad_norms, norms[:made])
            self.learning_rates = np.append(self.learning_rates, rates[:made])
            updates = int(descent.carry.updates)
            if not finite:
                raise FloatingPointError(
                    f"The loss, its gradient or the step is not finite at update {updates} (loss {losses[made]:.4g}): training diverged. "
                    "Lower the learning rate, or set max_grad_norm. The weights are those before that update, with patience the best."
                )
            yield Progress(updates, self.epochs, losses)

    def batches(self, source: Source, reader: Reader, size: int, count: int) -> Iterator[Rows]:
        """The batches of `count` epochs, each in an order of its own."""
        for _ in range(count):
            order = np.random.default_rng([self.seed, self.epochs]) if self.settings.shuffle else None
            yield from source.epoch(reader, size, order)
            self.epochs += 1

    def reader(self, x: Data, y: Data) -> Reader:
        """Sizes the model by an example of the data; the reader of all other data."""
        if self.loss == OWN or self.optimizer == OWN:
            what = "loss" if self.loss == OWN else "optimizer"
            raise ValueError(f"The {what} was a function of your own, which a file cannot hold. Set trainer.{what} before fit.")
        used = self.model.used()
        exits = {used.names[id]: used.nodes[id] for id in used.exits}
        once = {used.names[id] for id in used.once}
        given = targets_by_name(y, list(exits))
        sizes = {name: self._size_of(name, node, given[name], x, name in once) for name, node in exits.items()}
        self._prepare(x, {name: np.zeros((1, size) if name in once else (1, 1, size)) for name, size in sizes.items()})
        program = self._ready()
        if not any(parted(program, self._params)[0]):
            raise ValueError("There is nothing to train. Add a node such as Dense or VanillaRNN (trainable=True) to the model.")
        return Reader(program, Objective.of(self.loss, program, self.settings.washout))

    def _size_of(self, name: str, node: Any, y: Any, x: Any, once: bool) -> int:
        """How many features the data want of an output."""
        one = next(iter(x.values())) if isinstance(x, Mapping) else x
        flat = not is_list(one) and np.ndim(one) < 3
        leading = as_batch(one, "x").shape[:2]
        size: int | None = getattr(node, "features", None)
        own = callable(self.loss)
        if is_labels(y, leading[:1] if once else leading, flat):
            if waits(node) and (own or self.loss == "cross_entropy"):
                raise ValueError(f"The size of {name} is not known from class numbers. Give it one, such as {node.kind}({np.max(y) + 1}).")
            return size or 1
        return size if own and size is not None else (as_values(y, "y") if once else as_batch(y, "y")).shape[-1]

    def _target_names(self, used: Graph) -> list[str]:
        return [used.names[id] for id in used.exits]

    def adopt_now(self) -> None:
        """Takes over what training that goes on has learned so far: with patience, the best of it."""
        if self._descent is not None:
            now = self._descent.carry
            self.adopt(now if self._best is None else self._best._replace(updates=now.updates))

    def adopt(self, carry: Carry) -> None:
        """Takes over what was learned."""
        for name, own in zip(self._ready().names, carry.learned, strict=True):
            self._params[name] = {key: np.array(own.get(key, value)) for key, value in self._params[name].items()}
        self.optimizer_state = jax.tree.map(np.array, carry.optimizer)
        self.updates = int(carry.updates)

    def _memory(self) -> Params:
        """How often it learned, and Adam's moments; what an optimiser of the user's own keeps is left out."""
        learned = parted(self._ready(), self._params)[0]
        adam = self.optimizer_state if self.settings.optimizer == "adam" else None
        return moments.held(self._ready().names, learned, self.updates, self.epochs, adam)

    def _remember(self, memory: Params) -> None:
        if memory:
            learned = parted(self._ready(), self._params)[0]
            self.updates, self.epochs, self.optimizer_state = moments.read(self._ready().names, learned, memory)

    def detached(self, model: Graph | None = None, settings: BPTTSettings | None = None) -> "BPTT":
        """A trainer of its own that stands where this one does, with another model of the same structure or other settings."""
        known = settings or self.settings
        own = {"loss": self.loss, "optimizer": self.optimizer if known.optimizer == OWN else None}
        options: dict[str, Any] = {**known.knobs, **own}
        made = BPTT(model or self.model, **options)
        made.restore(self.snapshot())
        made.updates, made.epochs, made.optimizer_state = self.updates, self.epochs, self.optimizer_state
        for name in ("train_losses", "grad_norms", "learning_rates", "test_losses", "test_updates"):
            setattr(made, name, getattr(self, name))
        return made

    def anew(self, seed: int) -> "BPTT":
        """A trainer like this one that has learned nothing, with another seed."""
        own = {"loss": self.loss, "optimizer": self.optimizer if self.settings.optimizer == OWN else None}
        options: dict[str, Any] = {**replace(self.settings, seed=seed).knobs, **own}
        return BPTT(self.model, **options)

    def knobs(self) -> Knobs:
        """The live numbers of training, as they stand."""
        rate = self.settings.learning_rate * self._plateau.share if self.settings.optimizer == "adam" else None
        return knobs_of(rate, self.settings.max_grad_norm, self.dtype)
