"""What the figures share: panels with limits and ticks set from here, in a named box with a caption.

bqplot draws what it is given, and a NaN, an empty log range or a swapped scale object breaks a figure for good. So limits are always
set, scales and marks live as long as their figure, and arrays are new each time.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from bqplot import Axis, Figure, LinearScale, Lines, LogScale
from ipywidgets import HBox, Layout, VBox

from rcwidgets.live.experiment import Experiment
from rcwidgets.live.news import News
from rcwidgets.live.run import Run
from rcwidgets.widgets.caption import Caption, Control, Table, refuse, refuse_border
from rcwidgets.widgets.closing import close_parts
from rcwidgets.widgets.decimate import decimate
from rcwidgets.widgets.ticks import linear_ticks, log_ticks, tick_labels

CAPTION_HEIGHT = 26
MARGIN = {"top": 8, "bottom": 34, "left": 46, "right": 16}
Y_LABEL = 12  # the room above the axis for its label
WHOLE = (0.0, 1.0, 0.0, 1.0)  # the window that shows all: left, right, low, high


class Panel:
    """One bqplot figure of lines over two axes.

    `ticks` is the most ticks of x, and `whole` keeps them to whole numbers. The axes appear with the first `look`.
    """

    def __init__(
        self, x_label: str, y_label: str, height: int, *, log_x: bool = False, log_y: bool = False, whole: bool = False, ticks: int = 6
    ) -> None:
        self.whole, self.ticks, self.y_label, self.alone = whole, ticks, y_label, True
        self.window: tuple[float, ...] = WHOLE
        self.margin = {**MARGIN, "top": MARGIN["top"] + (Y_LABEL if y_label else 0)}
        self.x = (LogScale if log_x else LinearScale)(min=1e-3 if log_x else 0.0, max=1.0, allow_padding=False)
        self.y = (LogScale if log_y else LinearScale)(min=1e-3 if log_y else 0.0, max=1.0, allow_padding=False)
        self.x_axis = Axis(scale=self.x, label=x_label, grid_lines="none", label_offset="28px", visible=False)
        self.y_axis = Axis(scale=self.y, label=y_label, side="left", label_location="end", label_offset="7px", visible=False)
        self.widget = Figure(
            axes=[self.x_axis, self.y_axis],
            animation_duration=0,
            display_toolbar=False,
            fig_margin=self.margin,
            layout=Layout(height=f"{height}px", width="auto", min_width="0", flex="1 1 0%"),
        )

    def stand_alone(self, alone: bool) -> None:
        """Label the y axis, or leave that to the neighbour at the left, whose y axis is the same. Takes effect with the next `look`."""
        if alone != self.alone:
            self.alone = alone
            self.y_axis.label = self.y_label if alone else ""
            self.widget.fig_margin = self.margin if alone else {**self.margin, "left": 6}

    def add(self, width: float, *colors: str) -> Lines:
        """A new mark on top of the others, with one line for each color."""
        mark = Lines(x=[], y=[], scales={"x": self.x, "y": self.y}, colors=list(colors), stroke_width=width, enable_hover=False)
        self.widget.marks = [*self.widget.marks, mark]
        return mark

    def look(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show x from x[0] to x[1] and y from y[0] to y[1], or the window of it that was chosen, with ticks at round numbers."""
        x, y = (_within(scale, limits, part) for scale, limits, part in ((self.x, x, self.window[:2]), (self.y, y, self.window[2:])))
        for scale, axis, (low, high), most, whole in ((self.x, self.x_axis, x, self.ticks, self.whole), (self.y, self.y_axis, y, 5, False)):
            ticks = log_ticks(low, high, most) if isinstance(scale, LogScale) else linear_ticks(low, high, most, whole=whole)
            labels = tick_labels(ticks, log=isinstance(scale, LogScale))
            if axis is self.y_axis and not self.alone:
                labels = dict.fromkeys(labels, "")
            axis.tick_labels = labels  # in this order: the transition to new ticks writes the labels that it finds at its start
            axis.tick_values = ticks
            axis.visible = True
            with scale.hold_sync():
                scale.min, scale.max = float(low), float(high)

    def seen(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The rows of x (rows,), which ascends, and y (rows, channels) that the last `look` shows and one at each side, decimated.

        A window of a long series so has all its rows.
        """
        first, last = np.searchsorted(x, self.x.min, "right") - 2, np.searchsorted(x, self.x.max, "left") + 2
        rows = slice(max(int(first), 0), int(last))
        return decimate(x[rows], y[rows])

    def blank(self) -> None:
        """Show nothing, until the next `look`."""
        self.x_axis.visible = self.y_axis.visible = False
        for mark in self.widget.marks:
            mark.visible = False


def _within(scale: Any, limits: tuple[float, float], part: Sequence[float]) -> tuple[float, float]:
    """A part of the limits, on the scale's own measure; the whole stays as it is, to the last digit."""
    low, high = part
    if (low, high) == (0, 1):
        return limits
    if isinstance(scale, LogScale):
        start, span = math.log(limits[0]), math.log(limits[1] / limits[0])
        return math.exp(start + low * span), math.exp(start + high * span)
    return limits[0] + low * (limits[1] - limits[0]), limits[0] + high * (limits[1] - limits[0])


def draw(mark: Lines, x: np.ndarray, y: np.ndarray) -> None:
    """Give a mark new points, x and y in one message. Shapes: both (points,), or both (lines, points).

    Without points the mark is hidden and keeps its old ones, since bqplot fails on arrays that become empty. A single point is sent
    twice: round caps make a line without length a dot.
    """
    if x.size == 0:
        mark.visible = False
        return
    if x.shape[-1] == 1:
        x, y = np.repeat(x, 2, axis=-1), np.repeat(y, 2, axis=-1)
    with mark.hold_sync():
        mark.x, mark.y, mark.visible = np.array(x, float), np.array(y, float), True


class FigureBox(VBox):
    """A caption over one or more panels side by side. Subclasses add `show` and `table`; `thing` is what they show.

    `spare` are panels that `arrange` may show later. `look` names what of an experiment they show, beside the results; `experiment` is the
    one that the figure follows, where it does. `ask` has the figure drawn again after a choice or a zoom: at once, or by the publisher of
    that experiment.
    """

    look: ClassVar[str | None] = None
    takes_runs: ClassVar[bool] = False  # whether kept runs can be drawn over the results
    pinned: Sequence[Run] = ()
    experiment: Experiment | None = None

    def __init__(self, label: str, panels: Sequence[Panel], *, spare: Sequence[Panel] = ()) -> None:
        self.thing: Any = None
        self.panels, self._owned = list(panels), [*panels, *spare]
        self.ask: Callable[[], None] = self.draw_again
        self.caption = Caption(label, self.table, self.choose, self.zoom, self.move)
        self.row = HBox([panel.widget for panel in panels], layout=Layout(min_width="0", overflow="hidden"))
        super().__init__([self.caption, self.row], layout=Layout(min_width="0", overflow="hidden"))
        self.add_class("rcw-figure")

    def arrange(self, panels: Sequence[Panel]) -> None:
        """Show these panels and no others; bqplot fails on a figure that is there without room."""
        self.panels = list(panels)
        widgets = tuple(panel.widget for panel in panels)
        if self.row.children != widgets:
            self.row.children = widgets

    def move_in(self) -> None:
        """Leaves the page but for its row: a place shows that one below a caption of its own, and this caption sends no more messages."""
        self.caption.close()
        super().close()

    def close(self) -> None:
        """Closes the figure with its caption, panels, scales and marks."""
        close_parts(self, self.row, *(panel.widget for panel in self._owned))
        super().close()

    def table(self) -> Table:
        """The data of the figure in full: the column names and the rows."""
        return (), ()

    def show(self, thing: Any) -> None:
        """Draw the results, or the look. Called by one thread at a time."""
        self.thing = thing

    def draw_again(self) -> None:
        """Draw what is shown once more."""
        if self.thing is not None:
            self.show(self.thing)

    def controls(self) -> list[Control]:
        """What a person can choose in the caption."""
        return []

    def choose(self, name: str, value: str) -> None:
        """Takes a choice in the caption; what is no option is a ValueError."""
        refuse(name, value)

    def zoom(self, panel: int, window: Sequence[float]) -> None:
        """Shows a window of a panel: left, right, low and high as parts of the whole."""
        if not 0 <= panel < len(self.panels):
            raise ValueError(f"Caption.panel must be a whole number from 0 to {len(self.panels) - 1}, got {panel}.")
        self.panels[panel].window = tuple(window)
        self.ask()

    def move(self, border: int, row: int, gesture: str | None) -> int:
        """Moves a border of the figure to a row, and returns the revision of the document; most figures have none."""
        return refuse_border(border, row, gesture)

    @property
    def news(self) -> News:
        """After what news of an experiment it is drawn anew."""
        return "results" if self.look is None else "looks"

    def newest(self, experiment: Experiment) -> Any | None:
        """What it shows of an experiment now; None before there is any."""
        return experiment.results if self.look is None else experiment.looks.newest(self.look)

    def describe(self, subtitle: str, legend: list[dict[str, str]], summary: str, split: dict[str, Any] | None = None) -> None:
        """Write the caption in one message; `split` has the parts and borders of a figure that has such."""
        with self.caption.hold_sync():
            self.caption.split = split or {}
            self.caption.subtitle, self.caption.legend, self.caption.summary = subtitle, legend, summary
            self.caption.controls = self.controls()
            self.caption.windows = [list(panel.window) for panel in self.panels]
