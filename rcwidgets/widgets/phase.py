"""The path of truth and forecast through the plane of two channels."""

from typing import ClassVar

import numpy as np

from rcwidgets.core.series import embedding_delay
from rcwidgets.core.short import figure
from rcwidgets.live.on_demand.metrics_table import told_apart
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import horizon_and_part
from rcwidgets.widgets import theme
from rcwidgets.widgets.caption import Control, Table, legend_item
from rcwidgets.widgets.figure import CAPTION_HEIGHT, FigureBox, Panel, draw
from rcwidgets.widgets.panel import finite_rows
from rcwidgets.widgets.prediction import near_limits

ACROSS, UP = "Across", "Up"
ROWS = 2_000  # of the path


class PhaseFigure(FigureBox[Results]):
    """One channel against another: the truth in grey under the forecast, of the last 2,000 rows.

    A single channel is drawn against itself some steps earlier: `embedding_delay` of the truth.
    """

    of_classes: ClassVar[bool | None] = False
    by_trial: ClassVar[bool] = True

    def __init__(self, *, height: int = 200) -> None:
        self.places = {ACROSS: 0, UP: 1}  # of the channels
        self.panel = Panel("", " ", height - CAPTION_HEIGHT, plane=True, reading="point")
        self.truth = self.panel.add(3.5, theme.TRUTH)
        self.forecast = self.panel.add(1.2, theme.channel(0))
        self.panel.reads(self.forecast, "forecast")
        self.panel.reads(self.truth, "truth")
        super().__init__("Phase portrait", [self.panel])

    def paint(self, thing: Results) -> None:
        across, up, delay, names = self._plane(thing)
        known = np.isfinite(across[:, 0]) & np.isfinite(up[:, 0])  # rows with a target
        across, up = across[known], up[known]
        rows = finite_rows(across, up)
        across, up = across[:rows][-ROWS:], up[:rows][-ROWS:]
        if rows:
            self.panel.look(near_limits(across[:, :1], across[:, 1:]), near_limits(up[:, :1], up[:, 1:]))
        self.panel.x_axis.label, self.panel.y_axis.label = names
        draw(self.truth, across[:, 0], up[:, 0])
        draw(self.forecast, across[:, 1], up[:, 1])
        late = f"each value over that {delay:,} {'step' if delay == 1 else 'steps'} earlier" if delay else ""
        cut = f"the last {ROWS:,} rows" if rows > ROWS else ""
        stopped = f"not finite from row {rows:,}" if rows < len(known) and rows < known.sum() else ""
        words = ", ".join(word for word in (late, cut, stopped) if word)
        legend = [legend_item("truth", theme.TRUTH, "wide"), legend_item("forecast", theme.channel(0))]
        subtitle = f"{words or f'{names[1]} over {names[0]}'}, {horizon_and_part(thing)}"
        self.describe(subtitle, legend, _summary(thing, names, delay, len(across)))

    def _plane(self, thing: Results) -> tuple[np.ndarray, np.ndarray, int, tuple[str, str]]:
        """What lies across and up, (rows, 2) each with the truth first, the delay, and their names."""
        both = np.stack([thing.truth, thing.forecast], axis=2)
        if len(thing.channels) == 1:
            known = thing.truth[np.isfinite(thing.truth[:, 0]), 0]
            delay = embedding_delay(known) if known.size > 1 else 0
            name = thing.channels[0]
            return both[: len(both) - delay, 0], both[delay:, 0], delay, (f"{name}, {delay} earlier", name)
        across, up = (min(place, len(thing.channels) - 1) for place in self.places.values())
        return both[:, across], both[:, up], 0, (thing.channels[across], thing.channels[up])

    def controls(self) -> list[Control]:
        """The channels across and up, where there are several."""
        if self.thing is None or len(self.thing.channels) == 1:
            return super().controls()
        names = told_apart(self.thing.channels)
        planes: list[Control] = [
            {"name": name, "value": names[min(place, len(names) - 1)], "options": names} for name, place in self.places.items()
        ]
        return [*super().controls(), *planes]

    def choose(self, name: str, value: str) -> None:
        """Takes another channel across or up."""
        names = [] if self.thing is None else told_apart(self.thing.channels)
        if name not in self.places:
            super().choose(name, value)
            return
        if value not in names:
            raise ValueError(f"PhaseFigure.{name.lower()} must be one of {', '.join(names)}, got {value[:40]!r}.")
        self.places[name] = names.index(value)
        self.ask()

    def table_of(self, thing: Results) -> Table:
        """One row a time step: truth and forecast, across and up; of the one of several series that is drawn."""
        thing = self._one(thing)
        across, up, delay, names = self._plane(thing)
        header = [thing.time_label, *(f"{name} {kind}" for name in names for kind in ("truth", "forecast"))]
        lines = zip(thing.time[delay:].tolist(), np.hstack([across, up]).tolist(), strict=True)
        return header, ([time, *values] for time, values in lines)


def _summary(thing: Results, names: tuple[str, str], delay: int, rows: int) -> str:
    """The figure in a sentence, for those who do not see it."""
    return f"{names[1]} over {names[0]} at {rows:,} times, truth and forecast; NRMSE {figure(thing.test_nrmse)}."
