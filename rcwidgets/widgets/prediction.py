"""The forecast over the truth, on the test part."""

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from bqplot import Lines

from rcwidgets.core.datasets.calendar import moment
from rcwidgets.core.short import figure
from rcwidgets.live.results.question import ahead
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import horizon_and_part
from rcwidgets.live.runs.run import OVERLAYS
from rcwidgets.widgets import channels, theme
from rcwidgets.widgets.caption import Table, blank_gaps, legend_item
from rcwidgets.widgets.figure import CAPTION_HEIGHT, FigureBox, Panel, draw
from rcwidgets.widgets.panel import finite_rows, steps
from rcwidgets.widgets.ticks import linear_limits, number

LONGEST_RUN_NAME = 18  # characters of a run's name in the legend, which has one line


class PredictionFigure(FigureBox[Results]):
    """Truth as a wide grey line, the forecast in the colour of its channel, a strip along x where the two part; pinned runs are dashed.

    The y axis follows the truth, and the forecast only as far as one range of the truth beyond it: a forecast that runs away
    leaves the picture and does not flatten it.
    """

    takes_runs: ClassVar[bool] = True
    of_classes: ClassVar[bool | None] = False
    by_trial: ClassVar[bool] = True

    def __init__(self, *, height: int = 200) -> None:
        self.panel = Panel("time", "", height - CAPTION_HEIGHT)
        self.parts = self.panel.add(0, theme.PARTS)
        self.parts.interpolation, self.parts.fill = "step-after", "bottom"
        self.truth = self.panel.add(5, theme.TRUTH)
        self.gaps = self.panel.add(0, theme.GAP)
        self.gaps.interpolation, self.gaps.fill = "step-after", "bottom"
        self.forecast = self.panel.add(1.8, *map(theme.channel, range(theme.CHANNELS)))
        self.runs: list[Lines] = []  # made when the first run is pinned
        super().__init__("Prediction", [self.panel])

    def paint(self, results: Results) -> None:
        """Draws the results, and over them up to three kept runs of the same rows: `pinned`."""
        runs = [one for run in self.pinned if (one := run.of_trial(results)) is not None]
        rows = finite_rows(results.time, results.forecast)
        missing = ~np.isfinite(results.truth[:rows]).all(axis=1)
        colors = self.choice.colors(results.channels)
        drawn = list(colors)
        self.panel.times(results.time_label)
        time, truth, forecast = results.time[:rows], results.truth[:rows, drawn], results.forecast[:rows, drawn]
        parts = results.parts[:rows]
        if len(drawn) < len(results.channels):
            parts = np.max(results.errors[:rows, drawn], axis=1, initial=0.0) > results.threshold
        across = whole_of(time)
        part = self.panel.rows(time, across)
        low, high = near_limits(truth[part][~missing[part]], forecast[part])
        span = high - low
        if rows:
            self.panel.look(across, (low, high))
        self.forecast.colors = [theme.channel(color) for color in colors.values()]
        names = [results.channels[place] for place in drawn]
        self.panel.reads(self.forecast, "forecast", *names)
        self.panel.reads(self.truth, "truth", *names)
        draw(self.truth, *self.panel.seen(time[~missing], truth[~missing]))
        self._cover(time, missing, low, high)
        draw(self.forecast, *self.panel.seen(time, np.clip(forecast, low - 9 * span, high + 9 * span)))
        edges, level = steps(time, parts)
        draw(self.parts, edges, low + level * span)
        if runs and not self.runs:
            self.runs = [self.panel.add(1.1, *[theme.run(place)] * theme.CHANNELS) for place in range(OVERLAYS)]
        for place, mark in enumerate(self.runs):
            if place < len(runs):
                run = runs[place]
                draw(mark, *self.panel.seen(run.time, np.clip(run.forecast[:, drawn], low - 9 * span, high + 9 * span)))
                self.panel.reads(mark, run.name, *names)
            else:
                mark.visible = False
        pinned = [run.name for run in runs[:OVERLAYS]]
        legend = _legend(results, bool(parts.any()), bool(missing.any()), channels.items(results.channels, colors), pinned)
        words = channels.listed(results.channels, colors)
        cut = "" if rows == len(results.time) else f", not finite from row {rows:,}"
        gone = f"; {missing.sum():,} rows have no target" if missing.any() else ""
        self.describe(horizon_and_part(results) + cut, legend, _summary(results, rows, words, pinned, gone), names=results.channels)

    def _cover(self, time: np.ndarray, missing: np.ndarray, low: float, high: float) -> None:
        """Covers the truth where it is not known: its line goes straight there. A stretch reaches from the row before to the row after."""
        if not missing.any():
            self.gaps.visible = False
            return
        edges, level = steps(time, missing | np.append(missing[1:], False))
        draw(self.gaps, edges, low + level * (high - low))

    def table_of(self, results: Results) -> Table:
        """One row a time step, all channels: the truth, the forecast, and whether they part."""
        names = [f"{name} {kind}" for name in results.channels for kind in ("truth", "forecast")]
        both = blank_gaps(np.stack([results.truth, results.forecast], axis=2).reshape(len(results.time), -1))
        owner = [[name] for name, rows in results.trials.items() for _ in range(rows.stop - rows.start)] or [[]] * len(both)
        header = [*(["series"] if results.trials else []), results.time_label, *names, f"error above {number(results.threshold)}"]
        lines = zip(owner, results.time.tolist(), both, results.parts.tolist(), strict=True)
        return header, ([*whose, time, *values, int(parts)] for whose, time, values, parts in lines)


def near_limits(truth: np.ndarray, forecast: np.ndarray) -> tuple[float, float]:
    """The limits of y: those of the truth, widened to the forecast by at most one range of the truth at each side."""
    if truth.size == 0:
        return 0.0, 1.0
    span = float(np.ptp(truth)) or abs(float(truth.max())) or 1.0
    return linear_limits(np.concatenate([truth, np.clip(forecast, truth.min() - span, truth.max() + span)]))


def whole_of(x: np.ndarray) -> tuple[float, float]:
    """The limits of x (rows,), which ascends; a single row has room at both sides."""
    start, end = (float(x[0]), float(x[-1])) if x.size else (0.0, 1.0)
    return (start, end) if end > start else (start - 0.5, start + 0.5)


def _legend(results: Results, parts: bool, gaps: bool, drawn: list[dict[str, str]], runs: Sequence[str]) -> list[dict[str, str]]:
    """Truth, channels and kept runs, and the strip in front where there is one, so that the others keep their places.

    What folds in a narrow cell is the end: the colours of channels are named in the list there, and a grey band nowhere else.
    """
    level = number(results.threshold)
    title = f"The strip along the axis: there the error of a channel is above {level} of its standard deviation."
    items = [legend_item(f"error above {level}", theme.PARTS, "strip", title)] if parts else []
    items += [legend_item("truth", theme.TRUTH, "wide")]
    items += [legend_item("no target", theme.GAP, "band", "Rows without a target, which count in no error.")] if gaps else []
    items += drawn
    short = [name if len(name) <= LONGEST_RUN_NAME else f"{name[: LONGEST_RUN_NAME - 1]}…" for name in runs]
    return [*items, *(legend_item(name, theme.run(place), "dashed") for place, name in enumerate(short))]


def _summary(results: Results, rows: int, names: str, runs: Sequence[str], gone: str) -> str:
    """The figure in a sentence, for those who do not see it."""
    text = f"{names}: forecast {ahead(results.horizon)} over {len(results.time):,} {results.part} rows"
    if math.isfinite(results.test_nrmse):
        text += f", NRMSE {figure(results.test_nrmse)}"
    text += gone
    if rows < len(results.time):
        text += f"; not finite from row {rows:,}"
    if results.parts.any():
        first = float(results.time[int(np.argmax(results.parts))])
        share = 100 * float(results.parts.mean())
        text += (
            f"; the error is above {number(results.threshold)} on {share:.2g} % of the rows, first at {moment(results.time_label, first)}"
        )
    if runs:
        text += f"; dashed over it: {', '.join(runs)}"
    return text + "."
