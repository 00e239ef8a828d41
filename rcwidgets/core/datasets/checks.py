"""The checks that all data sets share: errors in words before any number is computed."""

import math
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

MOST_ROWS = 100_000_000


def check_number(where: str, value: Any, *, above: float = -math.inf, at_least: float = -math.inf, at_most: float = math.inf) -> float:
    """The value as a float if it is finite and in the range, else an error that names `where` ("lorenz_series.dt")."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"{where} must be a number, got {value!r}.")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{where} must be finite, got {value!r}.")
    if not number > above:
        raise ValueError(f"{where} must be above {above:g}, got {value!r}.")
    if not at_least <= number <= at_most:
        rule = f"at least {at_least:g}" if at_most == math.inf else f"in [{at_least:g}, {at_most:g}]"
        raise ValueError(f"{where} must be {rule}, got {value!r}.")
    return number


def check_count(where: str, value: Any, *, at_least: int = 1, at_most: int = MOST_ROWS) -> int:
    """The value as an int if it is a whole number in the range, else an error that names `where`."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
        raise TypeError(f"{where} must be a whole number, got {value!r}.")
    count = int(value)
    if not at_least <= count <= at_most:
        raise ValueError(f"{where} must be in [{at_least}, {at_most}], got {value!r}.")
    return count


def random_of(owner: str, seed: Any) -> np.random.Generator:
    """Random numbers that are the same for the same seed."""
    return np.random.default_rng(check_count(f"{owner}.seed", seed, at_least=0, at_most=2**63))


def steps_of(owner: str, duration: float, dt: float) -> int:
    """How many steps of `dt` the duration holds, rounded to the nearest whole number."""
    length, step = check_number(f"{owner}.duration", duration, above=0.0), check_number(f"{owner}.dt", dt, above=0.0)
    if not 1 <= length / step + 0.5 < MOST_ROWS:
        raise ValueError(
            f"{owner}.duration must hold between 1 and {MOST_ROWS} steps of dt = {dt!r}, got {duration!r}. Change one of them."
        )
    return round(length / step)


def start_of(owner: str, inits: Mapping[str, float] | None, default: Mapping[str, float]) -> list[float]:
    """The start values in the order of `default`, which also gives those that `inits` leaves out."""
    if not isinstance(inits, Mapping | None):
        raise TypeError(f"{owner}.inits must be a dict of variables and numbers, got {inits!r}. Valid names: {', '.join(default)}.")
    given = {} if inits is None else dict(inits)
    unknown = [name for name in given if name not in default]
    if unknown:
        raise ValueError(f"{owner}.inits must name variables, got {unknown[0]!r}. Valid names: {', '.join(default)}.")
    return [check_number(f"{owner}.inits[{name!r}]", given.get(name, value)) for name, value in default.items()]


def finite_series(owner: str, values: np.ndarray, advice: str) -> np.ndarray:
    """The series if every value is finite, else an error that names the first row that is not."""
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values.reshape(len(values), -1)).all(axis=1))[0])
        raise ValueError(f"{owner} blew up, got a value that is not finite in row {row}. {advice}")
    return values
