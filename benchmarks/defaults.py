"""What the defaults of Reservoir are worth: the test error of each knob's other values. Run `python -m benchmarks.defaults`.

The table in Reservoir's docstring is printed here. Each row changes one knob, or input scaling and input connectivity together.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from benchmarks.problems import lorenz, mackey_glass, narma10
from benchmarks.settings import Problem, errors
from rcwidgets.core.nodes import Reservoir
from rcwidgets.core.spec.knobs import knobs_of

SEEDS = 10
CONNECTIVITIES = (0.1, 1.0)
GRID: Mapping[str, tuple[float, ...]] = {
    "input_scaling": (0.01, 0.02, 0.05, 0.1, 0.3, 1.0),
    "leak_rate": (0.1, 1.0),
    "bias_scaling": (0.1, 1.0),
}
DEFAULTS: Mapping[str, float] = {name: knobs_of(Reservoir)[name].default for name in ("input_connectivity", *GRID)}


class Column(NamedTuple):
    """One or more columns of the table: the problem of a seed, and the network that takes it."""

    titles: tuple[str, ...]
    problem: Callable[[int], Problem]
    units: int
    radius: float


def columns() -> list[Column]:
    """The problems; those without random numbers are made once."""
    chaos, delayed = lorenz(), mackey_glass()
    return [
        Column(("Lorenz, MSE",), lambda _: chaos, 400, 0.9),
        Column(("at radius 1.4",), lambda _: chaos, 400, 1.4),
        Column(("Mackey-Glass, NRMSE", "84 steps"), lambda _: delayed, 400, 0.9),
        Column(("NARMA10, NMSE",), narma10, 200, 0.95),
    ]


def settings() -> list[dict[str, float]]:
    """The live knobs of each row: the grid of one knob after another, the others at their defaults, each setting once."""
    usual = {name: DEFAULTS[name] for name in GRID}
    every = [{**usual, name: value} for name, values in GRID.items() for value in values]
    return [setting for place, setting in enumerate(every) if setting not in every[:place]]


def medians(column: Column) -> np.ndarray:
    """The median over seeds of the test error (connectivities, settings, questions)."""
    found = [
        [
            errors(column.problem(seed), column.units, seed, settings(), spectral_radius=column.radius, input_connectivity=share)
            for share in CONNECTIVITIES
        ]
        for seed in range(SEEDS)
    ]
    return np.median(found, axis=0)


def lines(titles: list[str], figures: np.ndarray) -> list[str]:
    """The table in Markdown, the defaults in bold; `figures` (connectivities, settings, columns)."""
    table = ["| " + " | ".join(["connectivity", "scaling", "leak", "bias", *titles]) + " |", "|" + " --- |" * (4 + len(titles))]
    for share, rows in zip(CONNECTIVITIES, figures, strict=True):
        for setting, row in zip(settings(), rows, strict=True):
            words = [f"{value:g}" for value in (share, *setting.values())]
            marked = [f"**{word}**" for word in words] if {"input_connectivity": share, **setting} == DEFAULTS else words
            table.append("| " + " | ".join([*marked, *map(short, row)]) + " |")
    return table


def short(value: float) -> str:
    """Two digits, as a person writes them: 4.4e-8."""
    return f"{value:.2g}".replace("e-0", "e-")


def main() -> None:
    """Prints the table, and how far the defaults are from the best row of each column."""
    every = columns()
    figures = np.concatenate([medians(column) for column in every], axis=-1)
    titles = [title for column in every for title in column.titles]
    print("\n".join(lines(titles, figures)))
    usual = figures[CONNECTIVITIES.index(DEFAULTS["input_connectivity"]), settings().index({name: DEFAULTS[name] for name in GRID})]
    print(f"\nMedians of {SEEDS} seeds, test part. The defaults against the best row of the column:")
    for title, value, best in zip(titles, usual, figures.reshape(-1, len(titles)).min(axis=0), strict=True):
        print(f"  {title}: {short(value)}, {value / best:.1f} times {short(best)}")


if __name__ == "__main__":
    main()
