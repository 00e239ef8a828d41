"""What the units did, as a heat map."""

import numpy as np
from bqplot import ColorScale, HeatMap

from rcwidgets.core.short import figure
from rcwidgets.live.on_demand.unit_activity import UnitActivity
from rcwidgets.widgets.caption import Table, legend_item
from rcwidgets.widgets.figure import CAPTION_HEIGHT, FigureBox, Panel
from rcwidgets.widgets.ticks import number

LOW, MIDDLE, HIGH = "#d55e00", "#808890", "#0072b2"  # plain colours, not a theme's: the page paints a heat map on a canvas


class ActivityFigure(FigureBox[UnitActivity]):
    """Up to 60 units over the last rows of the test part, one row a unit; the colours reach from minus to plus the largest output."""

    look = "activity"

    def __init__(self, *, height: int = 200) -> None:
        self.panel = Panel("time", "shown unit", height - CAPTION_HEIGHT, plane=True, reading="cell")
        self.colors = ColorScale(colors=[LOW, MIDDLE, HIGH], min=-1.0, mid=0.0, max=1.0)
        scales, none = {"x": self.panel.x, "y": self.panel.y, "color": self.colors}, np.arange(2.0)
        self.map = HeatMap(x=none, y=none, color=np.zeros((2, 2)), scales=scales, visible=False)
        self.panel.widget.marks = [self.map]
        self.panel.reads(self.map, "output")
        super().__init__("Activity", [self.panel], nothing="not computed yet")

    def paint(self, thing: UnitActivity) -> None:
        rows, count = thing.values.shape
        if rows < 2 or not count:
            self.panel.blank()
            self.describe(thing.problem, [], thing.problem or "Too few rows to show.")
            return
        values, units = thing.values.T, np.arange(1.0, count + 1)
        if count == 1:  # a heat map has at least two rows
            values, units = np.repeat(values, 2, axis=0), np.arange(1.0, 3.0)
        largest = float(np.abs(values).max()) or 1.0
        self.panel.times(thing.time_label)
        self.panel.look((float(thing.time[0]), float(thing.time[-1])), (0.5, len(units) + 0.5))
        with self.colors.hold_sync():
            self.colors.min, self.colors.max = -largest, largest
        with self.map.hold_sync():
            self.map.x, self.map.y, self.map.color, self.map.visible = np.array(thing.time), units, np.array(values), True
        ends = ((-largest, LOW), (0, MIDDLE), (largest, HIGH))
        legend = [legend_item(number(float(f"{value:.2g}")), color, "band") for value, color in ends]
        shown = f"{count:,} of {thing.total:,} units" if count < thing.total else f"{count:,} units"
        self.describe(f"{shown} of {thing.name}", legend, _summary(thing, shown))

    def table_of(self, thing: UnitActivity) -> Table:
        """One row a time step: the output of every shown unit."""
        header = [thing.time_label, *(f"unit {unit + 1}" for unit in thing.units.tolist())]
        return header, ([time, *row] for time, row in zip(thing.time.tolist(), thing.values.tolist(), strict=True))


def _summary(thing: UnitActivity, shown: str) -> str:
    """The figure in a sentence, for those who do not see it."""
    spread = thing.values.std(axis=0)
    return (
        f"{shown} of {thing.name} over {len(thing.values):,} rows: outputs from {figure(float(thing.values.min()))} to "
        f"{figure(float(thing.values.max()))}; a unit's standard deviation is {figure(float(np.median(spread)))} in the median."
    )
