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
from rcwidgets.core.model import program as programs
from rcwidgets.core.nodes import Input, Reservoir
from rcwidgets.core.starts import Start
from rcwidgets.core.tasks import DataTask, TaskData
from rcwidgets.core.tasks.baselines import LAGS, season_of
from rcwidgets.core.tasks.own_start import RADIUS, OwnStart
from rcwidgets.core.trainers.closed_form.ridge import RidgeSettings

DRIVES = (0.1, 0.3, 1.0)  # input scalings, of what is seen at a spread of 1
HEDGE = 0.25  # standard errors of the difference to the simplest forecast that count beside an error: what is far from it may be luck
CLEAR = 2.5  # standard errors by which a reservoir has to be better than the line
LINE = (0.001, 1e-2)  # input scaling and beta at which what the reservoir adds weighs nothing: the line through the last values, AR(12)
BETAS = tuple(float(f"{digit}e{power}") for power in range(-8, 5) for digit in (1, 3))
UNITS = (100, 200)  # a fifth of the training rows, within these
MOST = 4000  # rows, the last of the training part: what longer series tell beside these is not worth the time
WIDEST = 120  # channels above which nothing is chosen, and values of all channels that the readout gets: of more than 10, less than 12 each
FEWEST = 20  # rows below which nothing is chosen
STRETCHES = 5  # each is forecast by a fit to all rows before it
FIRST = 0.4  # the share of rows that is fitted alone


class OwnChoice(NamedTuple):
    """A start on data of the user's own, and how it was found: its sentence, and the NRMSE of what was tried, by its words."""

    start: Start
    words: str
    tried: dict[str, float]


def choose_start(task: DataTask, data: TaskData, settings: RidgeSettings, betas: Sequence[float] = BETAS) -> OwnChoice | None:
    """The start of the least NRMSE in walk-forward validation.

    It is None where too few rows can tell, where there are more than 120 channels, and where the data are not standardised.

    The training part is cut into a first share of 40 % and five stretches after it: each stretch is forecast by a readout that is fitted
    to all rows before it. sqrt(mean over channels of mse / var) over all stretches decides, for each way of seeing the data (values, or
    changes where the task forecasts its own inputs; with or without the value of the season before; three input scalings) and each of
    `betas`. All other `settings` stay as they are. Of few rows the least of many errors is less than it will be. So where the task
    forecasts its own inputs, 0.25 standard errors of the mean difference to the better of two simple forecasts, the value of now and the
    line through the last values, are added to each error; and where that line is the better one, it is taken unless the best of all
    others is better by 2.5 standard errors.

    References: Bergmeir, Hyndman & Koo (2018), Computational Statistics & Data Analysis 120, 70-83; Hastie, Tibshirani & Friedman (2009),
    The Elements of Statistical Learning, 2nd ed., section 7.10 (standard errors in a choice).
    """
    stop = data.test_start - data.horizon
    begin = max(0, stop - MOST)
    first = max(data.warmup, begin + LAGS)
    if data.lengths is not None or not task.normalise or len(data.input_channels) > WIDEST:
        return None
    signal, targets = data.inputs[begin:stop], data.targets[begin:stop]
    rows = np.arange(first - begin, len(signal))
    rows = rows[np.isfinite(targets[rows]).all(axis=1)]
    if len(rows) < FEWEST:
        return None
    spread = targets[rows].var(axis=0)
    varies = spread > 0
    if not varies.any():
        return None
    units = int(np.clip(data.train // 50 * 10, *UNITS))
    if data.channels == data.input_channels:
        now = (np.square((targets - signal)[rows])[:, varies] / spread[varies]).mean(axis=1)[-count_ahead(len(rows)) :]
    else:
        now = None
    found, line = list[_Tried](), None
    for option, features, base in _options(signal, data, units, settings.seed, line=now is not None and len(betas) > 1):
        x, y = features[rows], (targets - base)[rows]
        if option.input_scaling == LINE[0]:
            line = _Tried(errors_ahead(x, y, LINE[1:], spread)[:, 0], option, LINE[1])
            continue
        errors = errors_ahead(x, y, betas, spread)
        simple = [one for one in (now, None if line is None else line.errors) if one is not None]
        place = int(np.argmin(_hedged(errors, min(simple, key=np.mean, default=None))))
        found.append(_Tried(errors[:, place], option, betas[place]))
    chosen, why = _settled(found, line, now)
    tried = {_words(one.option, data.horizon): one.nrmse for one in ([] if line is None else [line]) + found}
    told = f"{_words(chosen.option, data.horizon)}, {units} units" + (f", beta {chosen.beta:g}" if len(betas) > 1 else "")
    words = (
        f"Chosen on the training part alone: {told} (NRMSE {chosen.nrmse:.3g} of rows {first + 1:,} to {stop:,}, each told by those before "
        f"it).{why}"
    )
    return OwnChoice(Start(chosen.option.graph(), task, replace(settings, beta=chosen.beta)), words, tried)


class _Tried(NamedTuple):
    """The squared error (rows,), in variances of the targets, of each row that was forecast by an option at its best beta."""

    errors: np.ndarray
    option: OwnStart
    beta: float

    @property
    def nrmse(self) -> float:
        """The root of the mean error."""
        return float(np.sqrt(self.errors.mean()))


def _hedged(errors: np.ndarray, simple: np.ndarray | None) -> np.ndarray:
    """The mean of errors (rows, ...), and a share of the standard error of what they are above those of a simple forecast (rows,)."""
    if simple is None:
        return np.asarray(errors.mean(axis=0))
    above = errors - simple.reshape(-1, *[1] * (errors.ndim - 1))
    return np.asarray(errors.mean(axis=0) + HEDGE * above.std(axis=0, ddof=1) / np.sqrt(len(errors)))


def _settled(found: Sequence[_Tried], line: _Tried | None, now: np.ndarray | None) -> tuple[_Tried, str]:
    """What is taken of all that was tried, with a sentence where it is the line, whose error may not be the least.

    `now` (rows,) are the errors of the value of now.
    """
    simple = [one for one in (now, None if line is None else line.errors) if one is not None]
    better = min(simple, key=np.mean, default=None)
    best = min(found, key=lambda one: float(_hedged(one.errors, better)))
    if line is None or now is None or line.errors.mean() > now.mean():
        return best, ""
    gain = line.errors - best.errors
    if gain.mean() > CLEAR * gain.std(ddof=1) / np.sqrt(len(gain)):
        return best, ""
    return line, (
        f" So it is nearly the line through the last {LAGS} values: the best of all others ({best.nrmse:.3g}) is not clearly better, by "
        f"{CLEAR:g} standard errors."
    )


class View(NamedTuple):
    """How a network may see a signal (time, inputs): what arrives, what is added to what the readout gives, and `OwnStart.magnified`."""

    seen: np.ndarray
    base: np.ndarray
    magnified: float | None


def views(signal: np.ndarray, data: TaskData) -> list[View]:
    """The values themselves, and where the task forecasts its own inputs their changes from row to row, at a spread of 1."""
    changes = np.diff(signal, axis=0, prepend=signal[:1])
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


def features_of(seen: np.ndarray, late: int, states: np.ndarray) -> np.ndarray:
    """What the readout of a start gets (time, features): the last values, that of the season before, and the reservoir's states."""
    return np.hstack([*(_late(seen, lag) for lag in range(lags_of(seen.shape[1]))), *([_late(seen, late)] if late else []), states])


def _options(signal: np.ndarray, data: TaskData, units: int, seed: int, *, line: bool) -> Iterator[tuple[OwnStart, np.ndarray, np.ndarray]]:
    """What is tried: the choices, the features (time, features) that a readout gets, and what is added to what it gives.

    With `line` the line through the last values comes first.
    """
    late, ways = late_season(signal, data), views(signal, data)
    states = iter(_states([LINE[0] * signal] * line + [drive * way.seen for way in ways for drive in DRIVES], units, seed))
    if line:
        yield OwnStart(units, LINE[0], lags_of(signal.shape[1])), features_of(signal, 0, next(states)), ways[0].base
    for way in ways:
        for drive in DRIVES:
            state = next(states)
            for season in (0, late) if late else (0,):
                yield (
                    OwnStart(units, drive, lags_of(signal.shape[1]), season, way.magnified),
                    features_of(way.seen, season, state),
                    way.base,
                )


def _states(driven: Sequence[np.ndarray], units: int, seed: int) -> np.ndarray:
    """The states (lanes, time, units) of the start's reservoir, one lane for each signal (time, inputs).

    h[t+1] = tanh(spectral_radius h[t] W + u[t] V), as `Reservoir` has it without leak and bias: without JAX, since a compile takes longer
    than all else here.
    """
    u = np.stack(driven, axis=1)
    node = Reservoir(units, spectral_radius=RADIUS, leak_rate=1.0, input_scaling=1.0)
    program = programs.compile_graph(Input(u.shape[-1]) >> node)
    drawn = programs.draw_node(program, 1, seed)
    recurrent, drive = node.spectral_radius * np.asarray(drawn["W"]), u @ np.asarray(drawn["W_in"])
    found = np.empty_like(drive)
    h = np.zeros(drive.shape[1:])
    with one_thread():
        for step, given in enumerate(drive):
            h = found[step] = np.tanh(given + h @ recurrent)
    return np.swapaxes(found, 0, 1)


def _late(signal: np.ndarray, steps: int) -> np.ndarray:
    """The signal some steps later, after zeros."""
    return np.concatenate([np.zeros((steps, signal.shape[1])), signal])[: len(signal)]


def count_ahead(rows: int) -> int:
    """How many of so many rows walk-forward validation forecasts: the last ones."""
    return rows - int(rows * FIRST)


def errors_ahead(x: np.ndarray, y: np.ndarray, betas: Sequence[float], spread: np.ndarray) -> np.ndarray:
    """The squared errors (rows, betas) of walk-forward validation of features x (rows, features) and targets y (rows, outputs).

    Each is divided by `spread` (outputs,), and is the mean over the outputs of which that is above 0; of the rows that are fitted alone
    there is none.
    """
    borders = (len(x) * np.linspace(FIRST, 1, STRETCHES + 1)).astype(int)
    gram, cross = Gram.of(x[: borders[0]]), Cross.of(x[: borders[0]], y[: borders[0]])
    share = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0) / max(np.sum(spread > 0), 1)
    found = []
    for start, stop in pairwise(borders.tolist()):
        weights, bias = EIGEN.init(gram).project(cross).solve_many(betas)
        with one_thread():
            told = (x[start:stop] @ np.hstack(list(weights))).reshape(stop - start, len(betas), -1) + bias
        found.append(np.square(told - y[start:stop, None]) @ share)
        gram, cross = gram + Gram.of(x[start:stop]), cross + Cross.of(x[start:stop], y[start:stop])
    return np.concatenate(found)


def _words(option: OwnStart, horizon: int) -> str:
    """The choices in words: "changes, season of 12 rows, input scaling 0.3"."""
    seen = "values" if option.magnified is None else "changes (differenced)"
    season = f", season {option.season + horizon} rows before" if option.season else ""
    return f"{seen}{season}, input scaling {option.input_scaling:g}"
