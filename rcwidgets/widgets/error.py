"""The size of the forecast's error at each time of the test part."""

from typing import ClassVar

import numpy as np

from rcwidgets.core.datasets.calendar import moment
from rcwidgets.core.short import figure
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import horizon_and_part
from rcwidgets.widgets import channels, theme
from rcwidgets.widgets.caption import Table, blank_gaps, legend_item
from rcwidgets.widgets.figure import CAPTION_HEIGHT, FigureBox, Panel, draw
from rcwidgets.widgets.panel import finite_rows
from rcwidgets.widgets.prediction import whole_of
from rcwidgets.widgets.ticks import CEILING, FLOOR, log_limits, number

DIPS = 0.02  # of the errors lie below the axis: where an error changes its sign, a log axis has no end


class ErrorFigure(FigureBox[Results]):
    """The error of each channel in its standard deviations, on a log axis, and the threshold above which Prediction has its band."""

    of_classes: ClassVar[bool | None] = False
    by_trial: ClassVar[bool] = True

    def __init__(self, *, height: int = 200) -> None:
        self.panel = Panel("time", "standard deviations", height - CAPTION_HEIGHT, log_y=True)
        self.guide = self.panel.add(1, theme.GUIDE)
        self.lines = self.panel.add(1.2, *map(theme.channel, range(theme.CHANNELS)))
        super().__init__("Error over time", [self.panel])

    def paint(self, thing: Results) -> None:
        thing = thing.of_known()
        rows = finite_rows(thing.time, thing.truth, thing.forecast)
        colors = self.choice.colors(thing.channels)
        time, errors = thing.time[:rows], np.clip(thing.errors[:rows, list(colors)], FLOOR, 100 * CEILING)
        self.panel.times(thing.time_label)
        if rows:
            across = whole_of(time)
            shown = errors[self.panel.rows(time, across)]
            seen = np.append(shown[shown >= np.quantile(shown, DIPS)], [thing.threshold, 2 * thing.threshold])
            self.lines.colors = [theme.channel(color) for color in colors.values()]
            self.panel.reads(self.lines, "error", *(thing.channels[place] for place in colors))
            low, high = log_limits(seen)
            self.panel.look(across, (low, high))
            draw(self.guide, np.array(across), np.full(2, thing.threshold))
            draw(self.lines, *self.panel.seen(time, np.maximum(errors, low / 10)))
        legend = [legend_item(f"threshold {number(thing.threshold)}", theme.GUIDE, "dashed"), *channels.items(thing.channels, colors)]
        self.describe(horizon_and_part(thing), legend, _summary(thing, rows, channels.listed(thing.channels, colors)), names=thing.channels)

    def table_of(self, thing: Results) -> Table:
        """One row a time step: the error of each channel in standard deviations, and whether one is above the threshold."""
        header = [thing.time_label, *thing.channels, f"above {number(thing.threshold)}"]
        lines = zip(thing.time.tolist(), blank_gaps(thing.errors), thing.parts.tolist(), strict=True)
        return header, ([time, *values, int(parts)] for time, values, parts in lines)


def _summary(thing: Results, rows: int, names: str) -> str:
    """The figure in a sentence, for those who do not see it."""
    if rows == 0:
        return "No error that could be drawn."
    largest = thing.errors[:rows].max(axis=1)
    worst = int(np.argmax(largest))
    return (
        f"{names}: the largest error of a channel is {figure(float(np.median(largest)))} standard deviations "
        f"in the median, at most {figure(float(largest[worst]))}, at {moment(thing.time_label, thing.time[worst])}; it is above "
        f"{number(thing.threshold)} on {100 * float(thing.parts.mean()):.2g} % of the rows."
    )
