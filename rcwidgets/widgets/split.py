"""The whole series of the task under its three parts, whose borders a hand drags."""

from typing import Any

import numpy as np

from rcwidgets.core.datasets.calendar import moment
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.session.session import News
from rcwidgets.live.session.split import PARTS, Split
from rcwidgets.widgets import channels, theme
from rcwidgets.widgets.caption import Table
from rcwidgets.widgets.figure import CAPTION_HEIGHT, MARGIN, FigureBox, Panel, draw
from rcwidgets.widgets.ticks import linear_limits

NAMES = 20  # the room above the axis for the names of the parts
RIGHT = 24  # where the label of the last row ends
LABEL = "Data and split"


class SplitFigure(FigureBox[Split]):
    """The series of the task, all its rows, shaded as warm-up, train and test. It follows the document, also where nothing is trained yet.

    The page draws the shades and the borders from the caption's `split` (see `frontend/src/figure/split.ts`), so that they follow the
    hand at once; this draws the lines.
    """

    def __init__(self, *, height: int = 200) -> None:
        self.height = height - CAPTION_HEIGHT
        self.panel = Panel("row", "", self.height)
        self.panel.margin = {**MARGIN, "top": MARGIN["top"] + NAMES, "right": RIGHT}
        self.panel.widget.fig_margin = self.panel.margin
        self.lines = self.panel.add(1.2, *map(theme.channel, range(theme.CHANNELS)))
        self._asked: Any = None  # what the lines were drawn for, and of
        self._values = np.zeros((0, 0))
        super().__init__(LABEL, [self.panel], nothing="no data yet")

    @property
    def news(self) -> News:
        """The document's."""
        return "document"

    def newest(self, experiment: Experiment) -> Split:
        """The split of the document."""
        return experiment.split

    def paint(self, thing: Split) -> None:
        if thing.rows == 0:
            self.panel.blank()
            self.describe(thing.problem, [], thing.problem)
            return
        colors = self.choice.colors(thing.channels)
        values = thing.values[:, list(colors)]
        there = np.flatnonzero(np.isfinite(values).all(axis=1))
        known, rows, whole = values[there], there.astype(np.float64), (0.0, float(thing.rows))
        self.panel.times("row" if thing.starts else thing.time_label, thing.time)  # times of several series start again
        self.panel.look(whole, linear_limits(known[self.panel.rows(rows, whole)]))
        asked = (colors, tuple(self.panel.window), self.panel.points)
        if not self.lines.visible or asked != self._asked or not np.array_equal(self._values, thing.values):
            self._asked, self._values = asked, thing.values
            self.lines.colors = [theme.channel(color) for color in colors.values()]
            draw(self.lines, *self.panel.seen(rows, known))
        self.panel.reads(self.lines, "", *(thing.channels[place] for place in colors))
        legend, words = channels.items(thing.channels, colors), channels.listed(thing.channels, colors)
        self.describe(thing.problem or "drag a border", legend, _summary(thing, words), names=thing.channels, split=self._wire(thing))

    def move(self, border: int, row: int, gesture: str | None) -> int:
        """Moves a border in the document of the experiment that the figure follows."""
        if self.experiment is None:
            return super().move(border, row, gesture)
        return self.experiment.move_border(border, row, gesture)

    def table_of(self, thing: Split) -> Table:
        """One row a time step: its number, its time, all channels, and its part; the last ones are forecast and no input to a test."""
        counts = (thing.warmup, thing.train, thing.test)
        parts = [*(name for name, count in zip(PARTS, counts, strict=True) for _ in range(count)), *["Horizon"] * thing.rows][: thing.rows]
        lines = zip(range(thing.rows), thing.time.tolist(), thing.values.tolist(), parts, strict=True)
        header = ["row", *([] if thing.time_label == "row" else [thing.time_label]), *thing.channels, "part"]
        if thing.time_label == "row":
            return header, ([row, *values, part] for row, _, values, part in lines)
        return header, ([row, time, *values, part] for row, time, values, part in lines)

    def _wire(self, thing: Split) -> dict[str, object]:
        """What the page needs to draw the parts: rows, borders with their reach, and where the plot lies in the panel, in pixels."""
        borders = [border._asdict() for border in thing.borders]
        plot = {"height": self.height, "margin": [self.panel.margin[side] for side in ("left", "top", "right", "bottom")]}
        return {"revision": thing.revision, "rows": thing.rows, "end": thing.end, "parts": list(PARTS), "borders": borders, **plot}


def _summary(thing: Split, names: str) -> str:
    """The figure in sentences, for those who do not see it."""
    parts = f"warm-up {thing.warmup:,}, train {thing.train:,} and test {thing.test:,} rows"
    if thing.problem:
        return f"{names} over {thing.rows:,} rows: {parts}. {thing.problem}"
    rows = {"train": thing.warmup, "test": thing.warmup + thing.train}
    starts = [f"{name} from {moment(thing.time_label, thing.time[min(row, thing.rows - 1)])}" for name, row in rows.items()]
    horizon = thing.task.horizon
    last = f"; the last {'row is' if horizon == 1 else f'{horizon:,} rows are'} only forecast" if horizon else ""
    return f"{names} over {thing.rows:,} rows: {parts}; {', '.join(starts)}{last}."
