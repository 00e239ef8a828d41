"""The eigenvalues of the recurrent weights in the complex plane."""

import numpy as np

from rcwidgets.core.short import figure
from rcwidgets.live.on_demand.eigenvalues import Modes
from rcwidgets.widgets import theme
from rcwidgets.widgets.caption import Table, legend_item
from rcwidgets.widgets.figure import CAPTION_HEIGHT, FigureBox, Panel, draw
from rcwidgets.widgets.ticks import number

CIRCLE = np.linspace(0, 2 * np.pi, 181)
WIDE = 2.0  # how many times as wide as high the figure is, so that the circle looks like one


class SpectrumFigure(FigureBox[Modes]):
    """The eigenvalues of the weights times the spectral radius, and the unit circle: linear units forget inside of it."""

    look = "spectrum"

    def __init__(self, *, height: int = 200) -> None:
        self.panel = Panel("real part", "imaginary part", height - CAPTION_HEIGHT, ticks=9, plane=True, reading="point")
        tall, margin = height - CAPTION_HEIGHT, self.panel.margin
        self.panel.widget.min_aspect_ratio = self.panel.widget.max_aspect_ratio = WIDE
        self.ratio = (WIDE * tall - margin["left"] - margin["right"]) / (tall - margin["top"] - margin["bottom"])
        self.circle = self.panel.add(1.5, theme.TRUTH)
        self.dots = self.panel.add(0, theme.channel(0))
        self.dots.marker, self.dots.marker_size = "circle", 8
        self.panel.reads(self.dots, "eigenvalue")
        super().__init__("Spectrum of W", [self.panel], nothing="not computed yet")

    def resize(self, panel: int, width: float, height: float) -> None:
        """Keeps the circle round."""
        margin = self.panel.margin
        ratio = (WIDE * height - margin["left"] - margin["right"]) / max(height - margin["top"] - margin["bottom"], 1.0)
        if panel == 0 and ratio != self.ratio:
            self.ratio = ratio
            self.ask()

    def paint(self, thing: Modes) -> None:
        values = thing.eigenvalues
        if not values.size:
            self.panel.blank()
            self.describe(thing.problem, [], thing.problem)
            return
        reach = 1.1 * max(1.0, float(np.abs(values).max()))
        self.panel.look((-self.ratio * reach, self.ratio * reach), (-reach, reach))
        draw(self.circle, np.cos(CIRCLE), np.sin(CIRCLE))
        draw(self.dots, values.real, values.imag)
        legend = [legend_item("unit circle", theme.TRUTH), legend_item("eigenvalue", theme.channel(0), "dot")]
        largest = float(np.abs(values).max())
        self.describe(f"of {thing.name}, radius {number(round(largest, 4))}", legend, _summary(thing, largest))

    def table_of(self, thing: Modes) -> Table:
        """One row an eigenvalue, the largest first: its real and its imaginary part."""
        return ("real part", "imaginary part"), ((value.real, value.imag) for value in thing.eigenvalues.tolist())


def _summary(thing: Modes, largest: float) -> str:
    """The figure in a sentence, for those who do not see it."""
    outside = int((np.abs(thing.eigenvalues) > 1).sum())
    return (
        f"{thing.eigenvalues.size:,} eigenvalues of the recurrent weights of {thing.name}; the largest absolute value is "
        f"{figure(largest)}, {outside:,} {'lies' if outside == 1 else 'lie'} outside of the unit circle."
    )
