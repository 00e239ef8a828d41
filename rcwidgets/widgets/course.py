"""The course of a training that learns step by step: its loss, and the size of what it learns."""

import numpy as np

from rcwidgets.core.short import figure
from rcwidgets.live.results.results import Curve
from rcwidgets.widgets import theme
from rcwidgets.widgets.caption import legend_item
from rcwidgets.widgets.figure import Panel, draw
from rcwidgets.widgets.panel import decimate
from rcwidgets.widgets.ticks import FLOOR, number

ROOM = 1.25  # times the steps so far, that the axis is long where nobody knows how many there will be
RAW_POINTS = 800  # of the raw losses, which are many and thin
SMOOTHED = 50  # a smoothed loss is the mean of that share of the losses so far, one in fifty


class Course:
    """Two panels over the steps: left the loss, raw and smoothed, right the size of the weights or of the gradient.

    Beside the loss stands that of the held-out rows, with a dot at the best, or, where nothing is held out, that of the test part.
    """

    def __init__(self, height: int) -> None:
        self.loss = Panel("step", "loss", height, log_y=True, ticks=5, whole=True)
        self.raw = self.loss.add(1, theme.EACH)
        self.smooth = self.loss.add(2, theme.TRAINING)
        self.tested = self.loss.add(2, theme.HELD_OUT)
        self.tested.marker = "circle"
        self.best = self.loss.add(9, theme.NOW)
        self.size = Panel("step", "size", height, log_y=True, ticks=3, whole=True)
        self.line = self.size.add(2, theme.TRAINING)
        self.loss.reads(self.smooth, "smoothed")
        self.loss.reads(self.raw, "each")
        self.loss.reads(self.tested, "test")
        self.loss.widget.layout.flex = "3 1 0%"
        self.size.widget.layout.flex = "2 1 0%"
        self.panels = [self.loss, self.size]  # from left to right

    def show(self, curve: Curve) -> None:
        """Draw the curve. Called by one thread at a time."""
        across = (0.0, float(max(curve.total or len(curve.losses) * ROOM, 1)))
        steps = np.arange(1.0, len(curve.losses) + 1)
        losses = np.maximum(curve.losses, FLOOR)
        held = curve.held_out.size > 0
        beside, at = (curve.held_out, curve.looked) if held else (curve.tests, curve.tested)
        self.loss.look(across, _limits(np.concatenate([losses, beside])))
        self.loss.x_axis.label = self.size.x_axis.label = curve.unit
        draw(self.raw, *_line(steps, losses, RAW_POINTS))
        draw(self.smooth, *_line(*smoothed(steps, losses)))
        usable = np.isfinite(beside)
        self.tested.marker_size = 1 if held else 24
        draw(self.tested, *_line(at[usable].astype(float), np.maximum(beside[usable], FLOOR)))
        best = [] if curve.best is None else [int(np.nanargmin(curve.held_out))]
        draw(self.best, curve.looked[best].astype(float), np.maximum(curve.held_out[best], FLOOR))
        sizes = np.maximum(curve.sizes, FLOOR)
        if sizes.size:
            self.size.look(across, _limits(sizes))
        self.size.y_axis.label = curve.size_label.split()[-1]
        self.size.reads(self.line, curve.size_label)
        draw(self.line, *_line(curve.marks, sizes))


def smoothed(steps: np.ndarray, losses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Running means of the losses over the last fiftieth of them, (steps,) each."""
    width = max(1, len(losses) // SMOOTHED)
    if width == 1:
        return steps, losses
    sums = np.concatenate([[0.0], np.cumsum(losses)])
    return steps[width - 1 :], np.maximum((sums[width:] - sums[:-width]) / width, FLOOR)


def _line(x: np.ndarray, y: np.ndarray, points: int = 1000) -> tuple[np.ndarray, np.ndarray]:
    if not x.size:
        return x, y
    across, up = decimate(x, y[:, None], points)
    return across[0], up[0]


def _limits(values: np.ndarray) -> tuple[float, float]:
    """The range of the positive finite values, outwards to a power of ten."""
    values = values[np.isfinite(values) & (values > 0)]
    if not values.size:
        return 1e-3, 1.0
    low, high = np.floor(np.log10(values.min())), np.ceil(np.log10(values.max()))
    return float(10**low), float(10 ** max(high, low + 1))


def legend(curve: Curve) -> list[dict[str, str]]:
    """What the lines are."""
    items = [legend_item("each " + curve.unit, theme.EACH), legend_item("smoothed", theme.TRAINING)]
    if curve.held_out.size:
        return [*items, legend_item("held-out", theme.HELD_OUT), legend_item("best", theme.NOW, "dot")]
    return [*items, legend_item("test", theme.HELD_OUT, "dot")] if curve.tests.size else items


def subtitle(curve: Curve) -> str:
    """Over what it goes, and why it ended."""
    return f"over {curve.unit}s" + (f": {curve.ending}" if curve.ending else "")


def summary(curve: Curve) -> str:
    """The figure in sentences, for those who do not see it."""
    count = f"{len(curve.losses):,}" if curve.total is None else f"{len(curve.losses):,} of {curve.total:,}"
    text = f"{count} {curve.unit}s."
    if curve.losses.size:
        recent = smoothed(np.arange(1.0, len(curve.losses) + 1), curve.losses)[1]
        text += f" Loss, the mean squared error, first {figure(recent[0])}, now {figure(recent[-1])}."
    if curve.best is not None:
        text += f" Loss of the held-out rows {figure(curve.held_out[-1])}, at best {figure(np.nanmin(curve.held_out))} after {curve.unit} "
        text += f"{curve.best:,}."
    if curve.tests.size:
        text += f" Loss of the test part {figure(curve.tests[-1])} after {curve.unit} {number(curve.tested[-1])}."
    if curve.sizes.size:
        text += f" The {curve.size_label} is {figure(curve.sizes[-1])}."
    if curve.ending:
        text += f" Ended: {curve.ending}."
    return text
