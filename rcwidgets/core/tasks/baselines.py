"""What a forecast has to be better than: the last value, the season before, and a line through the last values."""

from typing import NamedTuple

import numpy as np

from rcwidgets.core.tasks.base import TaskData

LAGS = 12  # values that the line goes through
LONGEST_SEASON = 3  # a season comes at least so often in the training part
NEARLY = 0.85  # of the highest peak of the autocorrelation, from which on a peak is as good
SEASONAL = 0.3  # of the autocorrelation at a season, from which on there is one


class Baseline(NamedTuple):
    """The test NRMSE of a forecast without a network: what it is called, and how it forecasts."""

    name: str
    nrmse: float
    definition: str


def baselines_of(data: TaskData) -> tuple[Baseline, ...]:
    """The baselines of a task that forecasts its own inputs, channel by channel; none of other tasks.

    Persistence says the value of now. The season before is the value one or more whole periods ago, where the training part has a period:
    the first high peak of its autocorrelation; of several series there is none. AR(12) is the least-squares line from the last 12 values
    and a constant to the value at the horizon, fitted to the training part; before the start of one of several series its first value
    stands. Each has the NRMSE of `rcwidgets.metrics` on the test part.

    Reference: Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., sections 5.2 and 9.3.
    """
    if data.classes or data.horizon == 0 or not set(data.channels) <= set(data.input_channels):
        return ()
    places = [data.input_channels.index(name) for name in data.channels]
    values = data.inputs[..., places] * data.input_scale[places] + data.input_mean[places]
    truth = data.targets[: data.end] * data.scale + data.mean
    tested, known = np.arange(data.test_start, data.end), np.isfinite(truth).all(axis=1)

    def error(forecast: np.ndarray) -> float:
        right, wanted = forecast[known[tested]], truth[tested][known[tested]]
        return float(np.sqrt(np.mean(np.mean(np.square(right - wanted), axis=0) / wanted.var(axis=0))))

    if data.at is None:
        lagged, first = _lagged(values), max(data.warmup, LAGS - 1)
        learned = np.arange(first, data.test_start)
    else:
        (owner, step), lengths = data.at, np.asarray(data.lengths)
        lagged = np.concatenate([_lagged(one[:length]) for one, length in zip(values, lengths, strict=True)])
        lagged = lagged[np.concatenate([[0], np.cumsum(lengths)[:-1]])[owner] + step]
        learned = np.flatnonzero(step[: data.test_start] >= LAGS - 1)
    found = [Baseline("Persistence", error(lagged[tested, :, -1]), "Says the value of now.")]
    season = None if data.several else season_of(values[: data.test_start])
    if season is not None:
        back = season * -(-data.horizon // season) - data.horizon
        if data.test_start >= back:
            words = f"Says the value of the season before, {season:,} rows long."
            found.append(Baseline("Season before", error(values[tested - back]), words))
    learned = learned[known[learned]]
    if len(learned) > 2 * LAGS:
        line = np.stack([_line(lagged[:, k], truth[:, k], learned, tested) for k in range(len(places))], axis=1)
        words = f"The least-squares line through the last {LAGS} values of each channel, fitted to the training part."
        found.append(Baseline(f"AR({LAGS})", error(line), words))
    return tuple(found)


def _lagged(series: np.ndarray) -> np.ndarray:
    """The last 12 values (rows, channels, 12) of a series (rows, channels), the newest last; before its start its first value."""
    whole = np.concatenate([np.repeat(series[:1], LAGS - 1, axis=0), series])
    return np.lib.stride_tricks.sliding_window_view(whole, LAGS, axis=0)


def _line(lagged: np.ndarray, truth: np.ndarray, learned: np.ndarray, tested: np.ndarray) -> np.ndarray:
    """The forecast (rows,) of the rows that test, from values (rows, 12), by the line that fits the rows that are learned."""
    x, y = lagged[learned], truth[learned]
    centre, mean = x.mean(axis=0), y.mean()
    weights = np.linalg.lstsq(x - centre, y - mean, rcond=None)[0]
    return np.asarray((lagged[tested] - centre) @ weights + mean)


def season_of(values: np.ndarray) -> int | None:
    """The period in rows of series (time, channels), of their values or, where drift hides it, of their changes from row to row; or None.

    It is the first peak of the autocorrelation after its first zero that is high. Twice a period is a period too, and noise may put its
    peak a little higher.

    >>> season_of(np.sin(2 * np.pi * np.arange(200) / 25)[:, None])
    25
    """
    return _period(values) or _period(np.diff(values, axis=0))


def _period(values: np.ndarray) -> int | None:
    rows = len(values)
    most = rows // LONGEST_SEASON
    if most < 2:
        return None
    centred = values - values.mean(axis=0)
    size = 1 << (2 * rows - 1).bit_length()
    power = np.square(np.abs(np.fft.rfft(centred, size, axis=0)))
    sums = np.fft.irfft(power, size, axis=0)[: most + 1]
    spread = sums[0] * (1 - np.arange(most + 1)[:, None] / rows)  # as many products as a lag has
    found = np.divide(sums, spread, out=np.zeros_like(sums), where=spread > 0).mean(axis=1)
    below = np.flatnonzero(found <= 0)
    if not below.size:
        return None
    high = np.flatnonzero(found[below[0] :] >= max(NEARLY * found[below[0] :].max(), SEASONAL)) + below[0]
    if not high.size:
        return None
    peak = high[: np.argmax(np.diff(high, append=high[-1] + 2) > 1) + 1]
    return int(peak[found[peak].argmax()])
