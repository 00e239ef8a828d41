"""The start on data of the user's own, chosen by forecasts within the training part: values or changes, season, drive and beta.

The test part tells nothing: no row from its first on is looked at. What is tried is one run of a reservoir, with a lane for each drive.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.algebra.gram import Cross, Gram
from rcwidgets.core.algebra.solver import EIGEN
from rcwidgets.core.model import drawing
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import Input, Reservoir
from rcwidgets.core.starts import Start
from rcwidgets.core.tasks import DataTask, TaskData
from rcwidgets.core.tasks.baselines import LAGS, season_of
from rcwidgets.core.tasks.own_start import OwnStart
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings

DRIVES = (0.1, 0.3, 1.0)  # input scalings, of what is seen at a spread of 1
USUAL = OwnStart()  # where no data can tell
BETAS = tuple(float(f"{digit}e{power}") for power in range(-8, 5) for digit in (1, 3))
UNITS = (100, 200)  # a fifth of the training rows, within these
MOST = 4000  # rows, the last of the training part: what longer series tell beside these is not worth the time
WIDEST = 120  # channels above which nothing is chosen, and values of all channels that the readout gets: of more than 10, less than 12 each
FEWEST = 20  # rows below which nothing is chosen
DRAWS, FEW = 3, 1000  # reservoirs whose errors are averaged, for up to so many rows: there the best of one hangs on its draw
STRETCHES = 5  # each is forecast by a fit to all rows before it
FIRST = 0.4  # the share of rows that is fitted alone


class OwnChoice(NamedTuple):
    """A start on data of the user's own, and how it was found: its sentence, and the NRMSE of what was tried, by its words."""

    start: Start
    words: str
    tried: dict[str, float]


def choose_start(task: DataTask, data: TaskData, settings: RidgeSettings, betas: Sequence[float] = BETAS) -> OwnChoice | None:
    """The start of the least NRMSE in walk-forward validation; changes, where values are not clearly better.

    It is None where too few rows can tell, where there are more than 120 channels, and where the data are not standardised.

    The training part is cut into a first share of 40 % and five stretches after it: each stretch is forecast by a readout that is fitted
    to all rows before it. sqrt(mean over channels of mse / var) over all stretches decides, for each way of seeing the data (values, or
    changes where the task forecasts its own inputs; with or without the value of the season before; three input scalings) and each of
    `betas`. Of up to 1,000 rows the errors of three draws of the reservoir are averaged. All other `settings` stay as they are. Of several
    series each starts from rest, none has a season, the readout may also get the last value alone, since there are no 12 at the start of
    each, and of five series and more each fifth is told by all others.

    Where values are best, the best of changes is taken all the same if its squared errors are above theirs by no more than one standard
    error (the spread of the difference, row by row, over the root of the number of rows): a model of changes also goes with a level that
    the training part has not seen.

    References: Bergmeir, Hyndman & Koo (2018), Computational Statistics & Data Analysis 120, 70-83; Hastie, Tibshirani & Friedman (2009),
    The Elements of Statistical Learning, 2nd ed., section 7.10 (the rule of one standard error).
    """
    if data.classes or not task.normalise or len(data.input_channels) > WIDEST:
        return None
    past = _past_of(data)
    targets, rows = past.targets, past.rows
    rows = rows[np.isfinite(targets[rows]).all(axis=1)]
    if len(rows) < FEWEST:
        return None
    spread = targets[rows].var(axis=0)
    varies = spread > 0
    if not varies.any():
        return None
    units = int(np.clip(data.train // 50 * 10, *UNITS))
    draws, found = DRAWS if len(rows) <= FEW else 1, []
    for tried in zip(*(_options(past, data, units, settings.seed + draw) for draw in range(draws)), strict=True):
        option, _, base = tried[0]
        y = (targets - base)[rows][:, varies] / np.sqrt(spread[varies])
        errors = np.mean([past.errors(features[rows], y, rows, betas) for _, features, _ in tried], axis=0)
        place = int(np.argmin(errors.mean(axis=0)))
        found.append(_Tried(errors[:, place], option, betas[place]))
    chosen, best = _settled(found)
    option, beta = chosen.option, chosen.beta
    told = f"{_words(option, data.horizon)}, {units} units" + (f", beta {beta:g}" if len(betas) > 1 else "")
    words = f"Chosen on the training part alone: {told} (NRMSE {chosen.nrmse:.3g} of {past.words}, each told by {past.by})."
    if best is not chosen:
        words += f" Values are better by less than one standard error ({best.nrmse:.3g})."
    nrmses = {_words(one.option, data.horizon): one.nrmse for one in found}
    return OwnChoice(Start(option.graph(), task, replace(settings, beta=beta)), words, nrmses)


class _Tried(NamedTuple):
    """The squared errors (rows,), in variances of the targets, of an option at its best beta."""

    errors: np.ndarray
    option: OwnStart
    beta: float

    @property
    def nrmse(self) -> float:
        """The root of their mean."""
        return float(np.sqrt(self.errors.mean()))


def _settled(found: Sequence[_Tried]) -> tuple[_Tried, _Tried]:
    """What is taken of all that was tried, and what has the least error: changes go before values that are not clearly better."""
    best = min(found, key=lambda one: one.nrmse)
    changes = min((one for one in found if one.option.magnified is not None), key=lambda one: one.nrmse, default=best)
    above = changes.errors - best.errors
    return (changes if above.mean() <= above.std(ddof=1) / np.sqrt(len(above)) else best), best


class _Past(NamedTuple):
    """What a choice may look at: the signal (time, inputs), the targets (time, outputs) and the `rows` of them that count.

    Several series stand one behind the other; `age` (time,) is how many rows there are before each in its series. `words` name
    the rows, and `by` those that each is told by.
    """

    signal: np.ndarray
    targets: np.ndarray
    rows: np.ndarray
    age: np.ndarray
    words: str
    by: str = "those before it"

    def errors(self, x: np.ndarray, y: np.ndarray, rows: np.ndarray, betas: Sequence[float]) -> np.ndarray:
        """The squared errors (rows, betas) of these rows: each fifth of the series told by all others, or by the rows before it."""
        starts = np.searchsorted(rows, np.flatnonzero(self.age == 0))
        if len(starts) < STRETCHES:
            return errors_ahead(x, y, betas)
        first = [starts[len(starts) * block // STRETCHES] for block in range(STRETCHES)]
        return errors_apart(x, y, betas, [*map(int, first), len(rows)])


def _past_of(data: TaskData) -> _Past:
    """What of the training part a choice may look at: its last rows, or the last ones of its series."""
    horizon = data.horizon
    if data.at is None:
        stop = data.test_start - horizon
        begin = max(0, stop - MOST)
        first = max(data.warmup, begin + LAGS)
        signal, targets = data.inputs[begin:stop], data.targets[begin:stop]
        rows = np.arange(first - begin, len(signal))
        return _Past(signal, targets, rows, np.arange(len(signal)), f"rows {first + 1:,} to {stop:,}")
    x, y = data.pairs(slice(0, data.trained))
    lengths = np.array([len(one) for one in x])
    first = min(int(np.searchsorted(-np.cumsum(lengths[::-1])[::-1], -MOST)), data.trained - 1)
    x, wanted = [one[-MOST:] for one in x[first:]], [one[-MOST:] for one in y[first:]]
    counts = [len(one) for one in x]
    age = np.concatenate([np.arange(count) for count in counts])
    signal, targets = np.concatenate(x), np.concatenate(wanted)
    words = f"series {data.names[first]} to {data.names[data.trained - 1]}"
    by = "the others" if len(x) >= STRETCHES else "those before it"
    return _Past(signal, targets, np.flatnonzero(age >= data.washed), age, words, by)


class View(NamedTuple):
    """How a network may see a signal (time, inputs): what arrives, what is added to what the readout gives, and `OwnStart.magnified`."""

    seen: np.ndarray
    base: np.ndarray
    magnified: float | None


def views(signal: np.ndarray, data: TaskData, age: np.ndarray | None = None) -> list[View]:
    """The values themselves, and where the task forecasts its own inputs their changes from row to row, at a spread of 1.

    `age` (time,) is how many rows there are before each in its series, where the signal has several one behind the other.
    """
    changes = np.diff(signal, axis=0, prepend=signal[:1])
    if age is not None:
        changes[age == 0] = 0.0
    spread = np.sqrt(np.square(changes).mean())
    found = [View(signal, np.zeros(()), None)]
    if data.horizon and data.channels == data.input_channels and spread > 0:
        magnified = float(f"{1 / spread:.3g}")
        found.append(View(changes * magnified, signal, magnified))
    return found


def late_season(signal: np.ndarray, data: TaskData) -> int:
    """How many steps late the value of the season before arrives, 0 without one, or where the last values tell it already."""
    season = season_of(signal)
    late = 0 if season is None else season * -(-data.horizon // season) - data.horizon
    return late if late >= LAGS else 0


def lags_of(channels: int) -> int:
    """How many last values of each channel the readout gets: 12, less where there are many channels."""
    return int(np.clip(WIDEST // channels, 1, LAGS))


def features_of(seen: np.ndarray, late: int, states: np.ndarray, age: np.ndarray | None = None, lags: int | None = None) -> np.ndarray:
    """What the readout of a start gets (time, features): the last values, that of the season before, and the reservoir's states."""
    steps = [*range(lags_of(seen.shape[1]) if lags is None else lags), *([late] if late else [])]
    return np.hstack([*(_late(seen, lag, age) for lag in steps), states])


def _options(past: _Past, data: TaskData, units: int, seed: int) -> Iterator[tuple[OwnStart, np.ndarray, np.ndarray]]:
    """What is tried: the choices, the features (time, features) that a readout gets, and what is added to what it gives."""
    signal, age = past.signal, past.age
    late, ways = 0 if data.several else late_season(signal, data), views(signal, data, age)
    drives, lags = (
        (DRIVES, [lags_of(signal.shape[1])]) if not data.several else ((USUAL.input_scaling, *DRIVES), [lags_of(signal.shape[1]), 1])
    )
    states = iter(_states([drive * way.seen for way in ways for drive in drives], age, units, seed))
    for way in ways:
        for drive in drives:
            state = next(states)
            for count in dict.fromkeys(lags):
                for season in (0, late) if late else (0,):
                    features = features_of(way.seen, season, state, age, count)
                    yield OwnStart(units, drive, count, season, way.magnified), features, way.base


def _states(driven: Sequence[np.ndarray], age: np.ndarray, units: int, seed: int) -> np.ndarray:
    """The states (lanes, time, units) of the start's reservoir, one lane for each signal (time, inputs); at rest where the age is 0.

    h[t+1] = tanh(spectral_radius h[t] W + u[t] V), as `Reservoir` has it without leak and bias: without JAX, since a compile takes longer
    than all else here.
    """
    u = np.stack(driven, axis=1)
    node = Reservoir(units, leak_rate=1.0, input_scaling=1.0)
    program = programs.compile_graph(Input(u.shape[-1]) >> node)
    drawn = drawing.draw_node(program, 1, seed)
    recurrent, drive = node.spectral_radius * np.asarray(drawn["W"]), u @ np.asarray(drawn["W_in"])
    found = np.empty_like(drive)
    h = np.zeros(drive.shape[1:])
    with one_thread():
        for step, given in enumerate(drive):
            h = found[step] = np.tanh(given + h @ recurrent if age[step] else given)
    return np.swapaxes(found, 0, 1)


def _late(signal: np.ndarray, steps: int, age: np.ndarray | None = None) -> np.ndarray:
    """The signal some steps later, after zeros in each series."""
    late = np.concatenate([np.zeros((steps, signal.shape[1])), signal])[: len(signal)]
    return late if age is None else np.where(age[:, None] < steps, 0.0, late)


def errors_apart(x: np.ndarray, y: np.ndarray, betas: Sequence[float], borders: Sequence[int]) -> np.ndarray:
    """The squared errors (rows, betas) of blocks of rows between `borders`, each told by a readout that is fitted to all others."""
    blocks = [slice(start, stop) for start, stop in pairwise(borders)]
    moments = [(Gram.of(x[one]), Cross.of(x[one], y[one])) for one in blocks]
    found = []
    for place, one in enumerate(blocks):
        (gram, cross), *others = [own for other, own in enumerate(moments) if other != place]
        for more in others:
            gram, cross = gram + more[0], cross + more[1]
        found.append(_squares(gram, cross, x[one], y[one], betas))
    return np.concatenate(found)


def _squares(gram: Gram, cross: Cross, x: np.ndarray, y: np.ndarray, betas: Sequence[float]) -> np.ndarray:
    """The squared errors (rows, betas), each the mean over the outputs, of rows by the readouts of these moments."""
    weights, bias = EIGEN.init(gram).project(cross).solve_many(betas)
    with one_thread():
        told = (x @ np.hstack(list(weights))).reshape(len(x), len(betas), -1) + bias
    return np.asarray(np.square(told - y[:, None]).mean(axis=2))


def errors_ahead(x: np.ndarray, y: np.ndarray, betas: Sequence[float]) -> np.ndarray:
    """The squared errors (rows, betas) of walk-forward validation of features x (rows, features) and targets y (rows, outputs).

    Each is the mean over the outputs; the rows that are fitted alone have none.
    """
    borders = (len(x) * np.linspace(FIRST, 1, STRETCHES + 1)).astype(int)
    gram, cross = Gram.of(x[: borders[0]]), Cross.of(x[: borders[0]], y[: borders[0]])
    found = []
    for start, stop in pairwise(borders.tolist()):
        found.append(_squares(gram, cross, x[start:stop], y[start:stop], betas))
        gram, cross = gram + Gram.of(x[start:stop]), cross + Cross.of(x[start:stop], y[start:stop])
    return np.concatenate(found)


def _words(option: OwnStart, horizon: int) -> str:
    """The choices in words: "changes, season of 12 rows, input scaling 0.3"."""
    seen = "values" if option.magnified is None else "changes (differenced)"
    last = ", the last value alone" if option.lags == 1 else ""
    season = f", season {option.season + horizon} rows before" if option.season else ""
    return f"{seen}{last}{season}, input scaling {option.input_scaling:g}"
