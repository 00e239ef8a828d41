"""A search for good settings of a trainer: Optuna asks and is told, and the trials of a batch run side by side in lanes."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rcwidgets.core.graph.graph import Composable
from rcwidgets.core.search.bench import Bench, Outcome, Setting
from rcwidgets.core.search.doer import Doer, doer_of
from rcwidgets.core.search.library import optuna_there
from rcwidgets.core.search.result import REASON, Search, Tell
from rcwidgets.core.search.space import read_space
from rcwidgets.core.search.validation import Training, Validation, folds_of, measure_of, training_part
from rcwidgets.core.series import Data
from rcwidgets.core.short import figure
from rcwidgets.core.tasks import AbstractTask, TaskData
from rcwidgets.core.trainers.base import AbstractTrainer
from rcwidgets.core.trainers.gaps import TargetGaps, check_gaps, open_gaps
from rcwidgets.core.trainers.sweep.sweep import SweepMetric, check_seeds, metric_named, speaks_once

if TYPE_CHECKING:
    from distributed import Client
    from optuna import Study, Trial
    from optuna.distributions import BaseDistribution
    from optuna.pruners import BasePruner
    from optuna.samplers import BaseSampler
    from optuna.storages import BaseStorage

# what a knob may be, or which models there are
Values: TypeAlias = (
    "tuple[float, float] | Sequence[float | str | None] | BaseDistribution | Sequence[Composable] | Mapping[str, Composable]"
)
MADE_WITH = "rcwidgets"  # the user attribute of a study that tells what its errors are of
MOST_LANES = 64


def search(
    trainer: AbstractTrainer,
    data: "Sequence[Data] | AbstractTask | TaskData | Mapping[str, Sequence[Data]]",
    space: "Mapping[str, Values]",
    *,
    trials: int = 200,
    validation: Validation = "held-out",
    folds: int = 5,
    seeds: Sequence[int] = (0,),
    metric: SweepMetric = "nrmse",
    warmup: Data | None = None,
    forced: Mapping[str, Data] | None = None,
    gaps: TargetGaps = "error",
    lanes: int = 8,
    sampler: "BaseSampler | None" = None,
    pruner: "BasePruner | None" = None,
    storage: "str | BaseStorage | None" = None,
    study: "str | Study | None" = None,
    seed: int = 0,
    baseline: bool = True,
    executor: "Executor | Client | None" = None,
    store: str | os.PathLike[str] | None = None,
    tell: Tell | None = None,
) -> Search:
    """Searches the settings of a trainer that have the least error on rows of the training part that are not fitted.

    `data` = [x, y] is the training part; of a task, of its data, and of {"train": [x, y], ...} the training part alone is used: no row of
    a test part is ever looked at. `space` maps a knob, named as in `rc.sweep` ("reservoir.leak_rate", "beta"; structural ones such as
    "reservoir.units" or "delay.steps" too), to (low, high) on the knob's own scale (log where its slider is, whole numbers where it has
    these), to a list of values, or to a distribution of Optuna. "model" chooses among a list of models, or a dict of them by name; knobs
    that a model does not have are then left out of its trials.

    `trials` is how many there are in the end. Optuna is asked for `lanes` of them at a time, and told when they are measured: those that
    differ in live numbers alone are one matrix product, and share one compiled program; the others are compiled for each structure, so
    give units as a short list. Each trial has the error

        median over seeds of (1 / folds) sum over folds of metric(prediction, target)

    on the last fifth of the rows (validation="held-out"), on each of `folds` stretches after the first 40 % by a fit to all rows before it
    ("walk-forward"), or on each of `folds` equal blocks by a fit to the others ("blocks"). Between two folds the `pruner` (Optuna's median
    pruner) ends the trials that are worse so far. A setting that diverges, or cannot be made, has the error inf, and its trial the
    user attribute "reason". `metric`, `warmup`, `forced` and `gaps` are those of `rc.sweep`.

    `sampler` is any of Optuna's, None for its TPE with the number `seed`. `study` is a study of Optuna, or its name in the `storage` (a
    URL such as "sqlite:///search.db", or a storage of Optuna): a second call goes on with it until there are `trials`. What it holds is
    compared first: other data, model, metric, seeds or validation are a ValueError. A sampler keeps its random numbers in memory, so a
    study that went on is not the one that ran through; the usual one is seeded by `seed` and the number of trials that are there.
    `tell` is called with what is known after each batch, in the caller's thread.

    With an `executor` (a `dask.distributed.Client`, or any `concurrent.futures.Executor` that does not fork) its workers measure the groups
    of a batch, and `lanes` is best eight for each of them. A `store` (a path) keeps each error under a key of data, model, knobs, seed,
    version, precision and plan: a search that is run again computes only what is missing. Metrics, losses and estimators that are functions
    are refused with both, since code does not travel and has no key.

    What a search is worth is told by a random one with the same budget: `found.baseline.value`. It runs, in lanes too, when it is first
    asked for; `baseline=False` leaves it out.

    >>> import rcwidgets as rc
    >>> x = np.sin(np.arange(300) / 5)[:, None]
    >>> trainer = rc.RidgeTrainer(rc.Input(1) >> rc.Reservoir(20) >> rc.LinearReadout(1))
    >>> found = search(trainer, [x[:-1], x[1:]], {"reservoir.leak_rate": (0.1, 1.0), "beta": (1e-8, 1.0)}, trials=16)
    >>> sorted(found.best), found.value < 0.1, len(found.to_frame())
    (['beta', 'reservoir.leak_rate'], True, 16)
    """
    optuna = optuna_there()
    if not isinstance(trainer, AbstractTrainer):
        raise TypeError(f"rc.search.trainer must be a trainer, such as rc.RidgeTrainer(model), got {type(trainer).__name__}.")
    _check_whole("trials", trials, 1_000_000)
    _check_whole("lanes", lanes, MOST_LANES)
    check_gaps("rc.search", gaps)
    name, _ = metric_named(metric)
    asked = read_space(trainer.model, trainer.settings, space)
    given = training_part(data, warmup, forced, gaps)
    once = {speaks_once(model) for model in asked.models.values()}
    if len(once) > 1:
        raise ValueError("rc.search.space['model'] must hold models that all have a target a row, or all one a series.")
    for model in asked.models.values():
        check_seeds(model, seeds)
    if given.gaps == "drop":
        open_gaps(given.data, tells=trainer.model.used())  # how many rows are left out is said once, and not by each trial
    rows = folds_of(given, validation, folds, once=once == {True})

    bench = Bench(trainer, asked, rows, measure_of(metric, rows), tuple(seeds), lanes)
    made_with = _made_with(trainer, given, name, f"{validation}, {len(rows)} folds", tuple(seeds))
    opened, notes = _opened(study, storage, pruner, made_with)
    there = len(Search(opened, bench, name, trials).trials)
    if there:
        notes = (*notes, f"Went on from {there} trials. The sampler began anew, so the rest is not what one run would have drawn.")
    opened.sampler = sampler or (opened.sampler if isinstance(study, optuna.Study) else _usual(seed, there))

    def beside() -> Search:
        """A random search, in a study of its own beside the other."""
        random, _ = _opened(f"{opened.study_name} (random)" if storage is not None else None, storage, pruner, made_with)
        made = Search(random, bench, name, trials)
        random.sampler = optuna.samplers.RandomSampler(seed=(seed + len(made.trials)) % 2**32)
        with doer_of(bench, metric, executor, store) as do:
            _run(made, None, do)
        return made

    found = Search(opened, bench, name, trials, notes, beside if baseline else None)
    with doer_of(bench, metric, executor, store) as do:
        _run(found, tell, do)
    return found


def _run(found: Search, tell: Tell | None, do: Doer) -> None:
    """Asks the study for trials, batch by batch, and tells it their errors, until there are as many as asked for."""
    bench, study = found.bench, found.study
    while (left := found.asked - len(found.trials)) > 0:
        batch = [study.ask() for _ in range(min(bench.lanes, left))]
        try:
            ended = _measure(study, batch, bench, do)
        except BaseException as error:
            for trial in batch:
                trial.set_user_attr(REASON, f"Given up: {type(error).__name__}.")
                study.tell(trial, state=optuna_there().trial.TrialState.FAIL, skip_if_finished=True)
            raise
        if tell is not None:
            tell(found)
        if ended:
            return


def _measure(study: "Study", batch: "Sequence[Trial]", bench: Bench, do: Doer) -> bool:
    """Measures the trials of a batch, fold by fold, and tells the study; True where its sampler has nothing left to try."""
    settings: list[Setting] = [bench.space.asked(trial) for trial in batch]
    sums = np.zeros((len(batch), len(bench.seeds)))
    left, ended, last = list(range(len(batch))), False, len(bench.folds) - 1
    for fold in range(len(bench.folds)):
        going_on = [settings[place] for place in left]
        outcomes: list[Outcome] = bench.outcomes(going_on, do(bench.groups(going_on, fold)))
        if fold == 0 and all(one.refused for one in outcomes) and not study.get_trials(deepcopy=False, states=_ended()):
            raise ValueError(f"rc.search cannot measure a single setting: {outcomes[0].reason}")
        for place, (errors, _, _) in zip(left, outcomes, strict=True):
            sums[place] += errors
            batch[place].report(float(np.median(sums[place])) / (fold + 1), fold)
        going = []
        for place, (errors, reason, _) in zip(left, outcomes, strict=True):
            trial, error = batch[place], float(np.median(sums[place])) / (fold + 1)
            diverged = int(np.isinf(errors).sum())
            if diverged or reason:
                seeds = f" for {diverged} of {len(errors)} seeds" if len(errors) > 1 else ""
                trial.set_user_attr(REASON, reason or f"The run diverged{seeds}.")
            if np.isinf(error) or fold == last:
                ended |= _told(study, trial, error)
            elif trial.should_prune():
                trial.set_user_attr(REASON, f"Pruned after fold {fold + 1} of {last + 1}, with an error of {figure(error)}.")
                ended |= _told(study, trial, None)
            else:
                going.append(place)
        left = going
        if not left:
            break
    return ended


def _told(study: "Study", trial: "Trial", error: float | None) -> bool:
    """Tells the study an error, or that the trial is pruned; True where its sampler has nothing left to try."""
    try:
        if error is None:
            study.tell(trial, state=optuna_there().trial.TrialState.PRUNED)
        else:
            study.tell(trial, error)
    except RuntimeError as stop:  # a sampler that has tried all stops the study, which it can do in Optuna's own loop alone
        if "Study.stop" not in str(stop):
            raise
        return True
    return False


def _ended() -> tuple[Any, ...]:
    states = optuna_there().trial.TrialState
    return states.COMPLETE, states.PRUNED


def _usual(seed: int, there: int) -> "BaseSampler":
    """The usual sampler: TPE, which takes the trials that are under way for bad ones, so that those of a batch differ."""
    sampler: BaseSampler = optuna_there().samplers.TPESampler(seed=(seed + there) % 2**32, constant_liar=True)
    return sampler


def _opened(study: Any, storage: Any, pruner: Any, made_with: Mapping[str, str]) -> "tuple[Study, tuple[str, ...]]":
    """The study, which is made where it is not there; one whose errors are of something else is a ValueError."""
    optuna = optuna_there()
    if isinstance(study, optuna.Study):
        opened = study
        if storage is not None:
            raise ValueError("rc.search.storage must be left out where a study is given, since that has its own. Or give its name.")
        if opened.direction != optuna.study.StudyDirection.MINIMIZE:
            raise ValueError("rc.search.study must minimise, since it is told errors, got one that does not. Make it by create_study().")
        if pruner is not None:
            opened.pruner = pruner
    elif study is None or isinstance(study, str):
        if isinstance(storage, str) and "://" not in storage:
            raise ValueError(f"rc.search.storage must be a URL or a storage of Optuna, got {storage!r}. A file is 'sqlite:///{storage}'.")
        name = study or ("search" if storage is not None else None)
        with _quiet():
            opened = optuna.create_study(storage=storage, study_name=name, pruner=pruner, load_if_exists=True)
    else:
        raise TypeError(f"rc.search.study must be a study of Optuna or its name, got {type(study).__name__}.")
    before = opened.user_attrs.get(MADE_WITH)
    if before is None:
        opened.set_user_attr(MADE_WITH, dict(made_with))
    else:
        other = [what for what, told in made_with.items() if before.get(what) != told]
        if other:
            raise ValueError(
                f"rc.search.study {opened.study_name!r} holds errors of another {' and another '.join(other)}, which cannot be compared. "
                "Take another name for this search."
            )
    return opened, ()


def _made_with(trainer: AbstractTrainer, training: Training, metric: str, validation: str, seeds: tuple[int, ...]) -> dict[str, str]:
    """What the errors of a study are of, in short texts."""
    told = sha256()
    _add(told, [training.data, training.warmup, training.forced, training.gaps])
    model = sha256(f"{trainer.model!r} {trainer.options()!r} {type(trainer).__name__}".encode())
    return {
        "data": told.hexdigest()[:16],
        "model or trainer": model.hexdigest()[:16],
        "metric": metric,
        "validation": validation,
        "seeds": ", ".join(map(str, seeds)),
    }


def _add(told: Any, value: Any) -> None:
    """Adds arrays, and lists and dicts of them, to a digest."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            told.update(str(name).encode())
            _add(told, one)
    elif isinstance(value, list | tuple):
        for one in value:
            _add(told, one)
    elif value is None or isinstance(value, str):
        told.update(repr(value).encode())
    else:
        array = np.asarray(value)
        told.update(f"{array.dtype} {array.shape}".encode())
        told.update(np.ascontiguousarray(array).tobytes())


@contextmanager
def _quiet() -> Iterator[None]:
    """Optuna writes no line on a study that it makes."""
    logging = optuna_there().logging
    before = logging.get_verbosity()
    logging.set_verbosity(logging.WARNING)
    try:
        yield
    finally:
        logging.set_verbosity(before)


def _check_whole(name: str, value: Any, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(f"rc.search.{name} must be a whole number from 1 to {most:,}, got {value!r}.")
