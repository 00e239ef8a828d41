"""The error: against ridge beta (the regularisation path), and after each change so far; of an iterative trainer, over its steps."""

import math
from functools import cached_property

import numpy as np

from rcwidgets.core.algebra.path import Path
from rcwidgets.core.short import figure
from rcwidgets.live.results.results import Curve, Results
from rcwidgets.widgets import course, theme
from rcwidgets.widgets.caption import Table, legend_item
from rcwidgets.widgets.course import Course
from rcwidgets.widgets.figure import CAPTION_HEIGHT, FigureBox, Panel, draw
from rcwidgets.widgets.panel import decimate
from rcwidgets.widgets.ticks import CEILING, FLOOR, log_limits, number

TWEAK_POINTS = 300
TWEAK_ROOM = 8  # changes that the axis has room for before it begins to grow


class LossFigure(FigureBox[Results]):
    """Left, training and held-out NRMSE against ridge beta, with the slider's beta; right, the test NRMSE after each change.

    Both panels share one logarithmic y axis. Errors are floored at 1e-16 and cut at 10. Where a trainer has no path, the changes have
    the whole width; one that learns step by step has the course of its loss in their place.
    """

    def __init__(self, *, height: int = 200) -> None:
        self.height = height - CAPTION_HEIGHT
        self.path = Panel("ridge beta", "NRMSE", self.height, log_x=True, log_y=True, ticks=5)
        self.guide = self.path.add(1, theme.GUIDE)
        self.training = self.path.add(1.6, theme.TRAINING)
        self.held_out = self.path.add(2, theme.HELD_OUT)
        self.now = self.path.add(9, theme.NOW)
        self.tweaks = Panel("change", "NRMSE", self.height, log_y=True, whole=True, ticks=4)
        self.trail = self.tweaks.add(1.2, theme.TWEAK)
        self.trail.marker, self.trail.marker_size = "circle", 14
        self.last = self.tweaks.add(9, theme.NOW)
        self.now.apply_clip = self.last.apply_clip = False  # a dot at the edge stays whole
        self.path.widget.layout.flex = "3 1 0%"
        self.tweaks.widget.layout.flex = "2 1 0%"
        self.path.reads(self.training, "training")
        self.path.reads(self.held_out, "held-out")
        self.tweaks.reads(self.trail, "test NRMSE")
        super().__init__("Loss", [self.path, self.tweaks], nothing="no error yet")

    @cached_property
    def course(self) -> Course:
        """The course of a training that learns step by step, made when the first one begins."""
        return Course(self.height)

    def paint(self, results: Results) -> None:
        if results.curve is not None:
            self.arrange(self.course.panels)
            self.course.show(results.curve)
            self.describe(course.subtitle(results.curve), course.legend(results.curve), course.summary(results.curve))
            return
        self.arrange([self.path, self.tweaks])
        path = results.path
        errors = [results.tweaks] if path is None else [path.training, path.held_out, results.tweaks]
        limits = log_limits(np.concatenate(errors))
        self.path.widget.layout.display = "none" if path is None else None
        self.tweaks.stand_alone(path is None)
        if path is not None:
            self._show_path(path, results, limits)
        self._show_tweaks(results.tweaks, limits)
        self.tweaks.words = results.tweak_labels
        lines = [legend_item("training", theme.TRAINING), legend_item("held-out", theme.HELD_OUT)] if path is not None else []
        subtitle = (
            "after each change"
            if path is None
            else f"by ridge beta{_of(results)} and by change"
            if results.followed
            else "by ridge beta, and by change"
        )
        self.describe(subtitle, [*lines, legend_item("now", theme.NOW, "dot")], _summary(results))

    def _show_path(self, path: Path, results: Results, limits: tuple[float, float]) -> None:
        betas = np.concatenate([path.betas, path.left])  # those still to come keep their room on the axis
        betas = betas[betas > 0]
        low, high = (float(betas.min()), float(betas.max())) if betas.size else (1e-12, 100.0)
        beta = results.beta if results.beta > 0 else low  # a log axis has no 0: it stands at the left end
        low, high = min(low, beta), max(high, beta)
        self.path.look((low, high) if high > low else (low / 10, high * 10), limits)
        draw(self.guide, np.array([beta, beta]), np.array(limits))
        draw(self.training, *_curve(path.betas, path.training))
        held_out = _curve(path.betas, path.held_out)
        draw(self.held_out, *held_out)
        here = _at(beta, *held_out)
        if here is None:
            here = results.beta_held_out
        draw(self.now, *_dots(np.array([beta]), np.array([math.nan if here is None else here]), limits))

    def _show_tweaks(self, tweaks: np.ndarray, limits: tuple[float, float]) -> None:
        self.tweaks.look((0.5, max(tweaks.size, TWEAK_ROOM) + 0.5), limits)
        count = np.arange(1.0, tweaks.size + 1)
        numbers, errors = _dots(count, tweaks, limits)
        x, y = decimate(numbers, errors[:, None], TWEAK_POINTS)
        draw(self.trail, x[0], y[0])
        draw(self.last, *_dots(count[-1:], tweaks[-1:], limits))

    def table(self) -> Table:
        """One row a point: which curve, its ridge beta or the number and the words of the change, and the NRMSE."""
        header = ("curve", "ridge beta", "number", "change", "NRMSE")
        if self.thing is None:
            return header, ()
        if self.thing.curve is not None:
            return _steps(self.thing.curve)
        path = self.thing.path
        rows: list[tuple[str, float | str, int | str, str, float]] = []
        if path is not None:
            for name, values in (("training", path.training), ("held-out", path.held_out)):
                rows += [(name, beta, "", "", value) for beta, value in zip(path.betas.tolist(), values.tolist(), strict=True)]
        tweaks = zip(self.thing.tweaks.tolist(), self.thing.tweak_labels, strict=True)
        rows += [("test", "", count, label, value) for count, (value, label) in enumerate(tweaks, start=1)]
        return header, rows


def _steps(curve: Curve) -> Table:
    """One row a step: its loss, and the size and the losses of held-out rows and of the test where they were taken after it."""
    sizes = dict(zip(curve.marks.tolist(), curve.sizes.tolist(), strict=True))
    held_out = dict(zip(curve.looked.tolist(), curve.held_out.tolist(), strict=True))
    tests = dict(zip(curve.tested.tolist(), curve.tests.tolist(), strict=True))
    every = enumerate(curve.losses.tolist(), start=1)
    rows = [(step, loss, sizes.get(step, ""), held_out.get(step, ""), tests.get(step, "")) for step, loss in every]
    if not held_out:
        return (curve.unit, "loss", curve.size_label, "test loss"), [(*row[:3], row[4]) for row in rows]
    return (curve.unit, "loss", curve.size_label, "held-out loss", "test loss"), rows


def _of(results: Results) -> str:
    """Whose targets the errors over beta are of, where nodes follow the readout: what it is fitted to is not what the model gives."""
    return f" of {results.shown}, before what follows it," if results.followed else ""


def _curve(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The points that a log-log panel can show; errors are floored and cut."""
    usable = (x > 0) & np.isfinite(y)
    return x[usable], np.clip(y[usable], FLOOR, 100 * CEILING)


def _dots(x: np.ndarray, y: np.ndarray, limits: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """The finite points; one beyond the limits stands at the limit."""
    usable = np.isfinite(y)
    return x[usable], np.clip(y[usable], *limits)


def _at(beta: float, betas: np.ndarray, errors: np.ndarray) -> float | None:
    """The curve's error at `beta`, between its points on log axes; None outside of it."""
    if betas.size == 0 or not betas[0] <= beta <= betas[-1]:
        return None
    return float(np.exp(np.interp(math.log(beta), np.log(betas), np.log(errors))))


def _summary(results: Results) -> str:
    """The figure in sentences, for those who do not see it."""
    texts = []
    path = results.path
    if path is not None and np.isfinite(path.held_out).any():
        best = int(np.nanargmin(path.held_out))
        texts.append(
            f"NRMSE{_of(results)} against ridge beta from {number(path.betas.min())} to {number(path.betas.max())}: "
            f"the held-out error is least, {figure(path.held_out[best])}, at {number(path.betas[best])}."
        )
    if results.beta_held_out is not None and math.isfinite(results.beta_held_out):
        whose = "slider's" if results.settings.knobs.get("selection") == "fixed" else "chosen"
        texts.append(f"At the {whose} {number(results.beta)} it is {figure(results.beta_held_out)}.")
    tweaks = results.tweaks[np.isfinite(results.tweaks)]
    if tweaks.size:
        count = f"{results.tweaks.size:,} {'change' if results.tweaks.size == 1 else 'changes'}"
        texts.append(f"{count}: test NRMSE first {figure(tweaks[0])}, least {figure(tweaks.min())}, last {figure(tweaks[-1])}.")
    return " ".join(texts) or "No error yet."
