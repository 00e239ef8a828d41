"""One bqplot figure of lines over two axes, with limits and ticks set from here.

bqplot draws what it is given, and a NaN, an empty log range or a swapped scale object breaks a figure for good. So limits are always
set, scales and marks live as long as their figure, and arrays are new each time. A long series is drawn by fewer points, which give the
same picture.
"""

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from bqplot import Axis, Figure, LinearScale, Lines, LogScale
from ipywidgets import Layout

from rcwidgets.core.datasets.calendar import Calendar, calendar_of
from rcwidgets.widgets.date_ticks import date_ticks
from rcwidgets.widgets.ticks import javascript_key, linear_ticks, log_ticks, tick_labels

MARGIN = {"top": 8, "bottom": 34, "left": 46, "right": 16}
Y_LABEL = 12  # the room above the axis for its label
WHOLE = (0.0, 1.0, 0.0, 1.0)  # the window that shows all: left, right, low, high
POWER = 40  # px that the label of a power of ten takes below an axis, with a gap
FEWEST, MOST, GRAIN = 300, 1_500, 100  # points of a line: as many as it is wide in pixels, but for the grain
POINTS = 500  # of a line where its width is not known: about one a pixel, the least and the greatest value of every second one
Reading = Literal["line", "step", "point", "cell"]  # what is read under the pointer: each line there, or the nearest point or cell


class Panel:
    """One bqplot figure of lines over two axes.

    `ticks` is the most ticks of x, and `whole` keeps them to whole numbers. In a `plane` a window narrows both axes, else x alone: y then
    shows all that the window has. The axes appear with the first `look`. `reading` is how the page reads values under the pointer, and
    `words` are those of the whole numbers along x, from 1 on.
    """

    def __init__(
        self,
        x_label: str,
        y_label: str,
        height: int,
        *,
        log_x: bool = False,
        log_y: bool = False,
        whole: bool = False,
        ticks: int = 6,
        plane: bool = False,
        reading: Reading = "line",
    ) -> None:
        self.whole, self.ticks, self.y_label, self.alone = whole, ticks, y_label, True
        self.powers = ticks  # for which there is room
        self.blanked = False
        self.window: tuple[float, ...] = WHOLE
        self.plane, self.reading, self.points = plane, reading, POINTS
        self.words: Sequence[str] = ()
        self.calendar: Calendar | None = None
        self.times_of_rows: np.ndarray | None = None
        self.read: dict[str, tuple[str, tuple[str, ...]]] = {}  # by a mark's id: what kind of value it has, and the names of its lines
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

    def times(self, label: str, rows: np.ndarray | None = None) -> None:
        """The x axis is a time of this name, or counts rows that have these times (rows,).

        Where the time counts from a date, the next `look` shows dates, and the page reads them.
        """
        self.calendar = calendar_of(label)
        self.times_of_rows = None if self.calendar is None else rows
        self.x_axis.label = label if rows is None else "row"

    def _dates(self, calendar: Calendar, low: float, high: float, most: int) -> tuple[np.ndarray, dict[str, str], str] | None:
        """Ticks at dates, their labels and the name of the axis; None where there is no room for two, as below a second."""
        times = self.times_of_rows
        if times is None:
            made = date_ticks(calendar, low, high, most)
            return made if len(made.values) > 1 else None
        rows = np.arange(float(len(times)))
        first, last = np.interp([low, high], rows, times)
        made = date_ticks(calendar, float(first), float(last), most)
        places = np.interp(made.values, times, rows)
        labels = {javascript_key(place): text for place, text in zip(places.tolist(), made.labels.values(), strict=True)}
        return (places, labels, made.title) if len(places) > 1 else None

    def add(self, width: float, *colors: str) -> Lines:
        """A new mark on top of the others, with one line for each color."""
        mark = Lines(x=[], y=[], scales={"x": self.x, "y": self.y}, colors=list(colors), stroke_width=width, enable_hover=False)
        self.widget.marks = [*self.widget.marks, mark]
        return mark

    def reads(self, mark: Any, kind: str, *names: str) -> None:
        """The page reads this mark under the pointer: its lines have these names, and values of this kind ("truth")."""
        self.read[mark.model_id] = (kind, names)

    def wire(self) -> dict[str, Any]:
        """What the page needs to read values under the pointer, and to zoom: the ids of scales and marks, and names."""
        return {
            "plane": self.plane,
            "reading": self.reading,
            "x": self.x.model_id,
            "y": self.y.model_id,
            "across": self.x_axis.label,
            "calendar": None if self.calendar is None else self.calendar.wire(self.times_of_rows),
            "up": self.y_axis.label or self.y_label,
            "words": list(self.words),
            "marks": [{"id": id, "kind": kind, "names": list(names)} for id, (kind, names) in self.read.items()],
        }

    def resize(self, width: float) -> bool:
        """Takes the width of the panel in pixels, for the points of a line and the ticks of a log axis; True where these change."""
        before, plot = (self.points, self.powers), width - self.widget.fig_margin["left"] - self.widget.fig_margin["right"]
        self.points = int(min(MOST, max(FEWEST, GRAIN * round(plot / GRAIN))))
        if isinstance(self.x, LogScale):
            self.powers = int(min(self.ticks, max(2, plot // POWER)))
        return (self.points, self.powers) != before

    def look(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show x from x[0] to x[1] and y from y[0] to y[1], or the window of it that was chosen, with ticks at round numbers."""
        self.blanked = False
        x, y = self.span(x), _within(self.y, y, self.window[2:]) if self.plane else y
        axes = ((self.x, self.x_axis, x, self.powers, self.whole), (self.y, self.y_axis, y, 5, False))
        for scale, axis, (low, high), most, whole in axes:
            ticks = log_ticks(low, high, most) if isinstance(scale, LogScale) else linear_ticks(low, high, most, whole=whole)
            labels = tick_labels(ticks, log=isinstance(scale, LogScale))
            if axis is self.x_axis and self.calendar is not None:
                whole_numbers = (ticks, labels, "row" if self.times_of_rows is not None else self.calendar.label)
                ticks, labels, axis.label = self._dates(self.calendar, low, high, most) or whole_numbers
            if axis is self.y_axis and not self.alone:
                labels = dict.fromkeys(labels, "")
            axis.tick_labels = labels  # in this order: the transition to new ticks writes the labels that it finds at its start
            axis.tick_values = ticks
            axis.visible = True
            with scale.hold_sync():
                scale.min, scale.max = float(low), float(high)

    def span(self, x: tuple[float, float]) -> tuple[float, float]:
        """What is shown of x where all of it reaches from x[0] to x[1]."""
        return _within(self.x, x, self.window[:2])

    def rows(self, x: np.ndarray, whole: tuple[float, float]) -> slice:
        """The rows of x (rows,), which ascends over the whole, that are shown, and one at each side."""
        return _between(x, *self.span(whole))

    def seen(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The rows of x (rows,), which ascends, and y (rows, channels) that the last `look` shows and one at each side, decimated.

        A window of a long series so has all its rows.
        """
        rows = _between(x, self.x.min, self.x.max)
        return decimate(x[rows], y[rows], self.points)

    def blank(self) -> None:
        """Show nothing, until the next `look`."""
        self.blanked = True
        self.x_axis.visible = self.y_axis.visible = False
        for mark in self.widget.marks:
            mark.visible = False


def _between(x: np.ndarray, low: float, high: float) -> slice:
    first, last = np.searchsorted(x, low, "right") - 2, np.searchsorted(x, high, "left") + 2
    return slice(max(int(first), 0), int(last))


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


def finite_rows(*series: np.ndarray) -> int:
    """How many leading rows are finite in every channel of every series, each (rows,) or (rows, channels).

    A single NaN erases a bqplot line for good, so a figure draws a series up to its first value that is not finite.
    """
    finite = np.ones(min(len(values) for values in series), bool)
    for values in series:
        rows = np.isfinite(values)[: finite.size]
        finite &= rows if rows.ndim == 1 else rows.all(axis=1)
    return finite.size if finite.all() else int(np.argmin(finite))


def decimate(x: np.ndarray, y: np.ndarray, points: int = POINTS) -> tuple[np.ndarray, np.ndarray]:
    """At most `points` points a channel: the first row, the least and the greatest row of each bucket, and the last row.

    Shapes: x (rows,), y (rows, channels); both results are new float64 arrays (channels, kept), each channel with its own x.
    """
    rows, channels = y.shape
    if rows <= points:
        return np.tile(np.asarray(x, float), (channels, 1)), np.array(y.T, float, order="C")
    buckets = (points - 2) // 2
    size = -(-rows // buckets)
    padded = np.pad(y, ((0, buckets * size - rows), (0, 0)), mode="edge").reshape(buckets, size, channels)
    start = np.arange(buckets)[:, None] * size
    pair = np.sort(np.stack([padded.argmin(axis=1) + start, padded.argmax(axis=1) + start], axis=1), axis=1)
    inner = np.minimum(pair.reshape(2 * buckets, channels), rows - 1)
    kept = np.vstack([np.zeros((1, channels), int), inner, np.full((1, channels), rows - 1)])
    return np.asarray(x, float)[kept.T], np.take_along_axis(y, kept, axis=0).T.astype(float, order="C")


def steps(x: np.ndarray, marked: np.ndarray, buckets: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """The marked stretches of a series as one step curve of 0 and 1, each at least one of `buckets` parts wide.

    Shapes: x (rows,), marked (rows,) of bool; both results (kept,): the value holds from its x to the next x.
    """
    rows = len(marked)
    starts = np.unique(np.linspace(0, rows, min(buckets, rows), endpoint=False).astype(int))
    level = np.logical_or.reduceat(np.asarray(marked, bool), starts) if rows else np.zeros(0, bool)
    turns = np.flatnonzero(np.diff(level, prepend=~level[:1]))
    edges = np.append(starts[turns], max(rows - 1, 0))[: len(turns) + 1 if rows else 0]
    values = np.append(level[turns], level[-1:])
    return np.asarray(x, float)[edges], values.astype(float)
