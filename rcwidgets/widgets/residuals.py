"""How the errors of the test part are distributed."""

from typing import ClassVar

import numpy as np

from rcwidgets.core.short import figure
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import horizon_and_part
from rcwidgets.widgets import channels, theme
from rcwidgets.widgets.caption import Table, blank_gaps, legend_item
from rcwidgets.widgets.figure import CAPTION_HEIGHT, FigureBox, Panel, draw

REACH = 4.0  # standard deviations to each side
BINS = 80


class ResidualsFigure(FigureBox[Results]):
    """A histogram of forecast minus truth for each channel, in standard deviations of that difference, over the normal curve.

    The differences are not centred: a histogram beside the curve shows a forecast that is wrong in the mean.
    """

    of_classes: ClassVar[bool | None] = False

    def __init__(self, *, height: int = 200) -> None:
        self.panel = Panel("forecast minus truth, in its standard deviations", "density", height - CAPTION_HEIGHT, ticks=9, reading="step")
        self.normal = self.panel.add(5, theme.TRUTH)
        self.bars = self.panel.add(1.6, *map(theme.channel, range(theme.CHANNELS)))
        self.bars.interpolation = "step-after"
        super().__init__("Residuals", [self.panel])

    def paint(self, thing: Results) -> None:
        scores, kept = _scores(thing)
        colors = self.choice.colors(thing.channels)
        edges, density = _histogram(scores)
        curve = np.linspace(-REACH, REACH, 161)
        normal = np.exp(-np.square(curve) / 2) / np.sqrt(2 * np.pi)
        shown = [place for place in colors if place in kept]
        drawn = density[[kept.index(place) for place in shown]]
        top = max(float(drawn.max(initial=0.0)), float(normal.max()))
        self.panel.look((-REACH, REACH), (0.0, 1.08 * top))
        draw(self.normal, curve, normal)
        stepped = np.hstack([drawn, drawn[:, -1:]])  # the last step is as wide as the others
        draw(self.bars, np.tile(edges, (len(drawn), 1)), stepped)
        self.bars.colors = [theme.channel(colors[place]) for place in shown] or [theme.channel(0)]
        self.panel.reads(self.bars, "density", *(thing.channels[place] for place in shown))
        legend = [legend_item("normal curve", theme.TRUTH, "wide"), *channels.items(thing.channels, colors)]
        scores, names = scores[:, [kept.index(place) for place in shown]], [thing.channels[place] for place in shown]
        self.describe(horizon_and_part(thing), legend, _summary(scores, names), names=thing.channels)

    def table_of(self, thing: Results) -> Table:
        """One row a time step: forecast minus truth of every channel, in the data's own units."""
        differences = blank_gaps(thing.forecast - thing.truth)
        return [thing.time_label, *thing.channels], ([time, *values] for time, values in zip(thing.time.tolist(), differences, strict=True))


def _scores(thing: Results) -> tuple[np.ndarray, list[int]]:
    """The finite differences (rows, kept channels) in standard deviations, and the places of the channels.

    A channel whose difference never changes is left out.
    """
    differences = thing.forecast - thing.truth
    differences = differences[np.isfinite(differences).all(axis=1)]
    if not len(differences):
        return np.zeros((0, 0)), []
    with np.errstate(over="ignore"):  # a forecast that ran away has no spread
        spread = differences.std(axis=0)
    kept = np.flatnonzero((spread > 0) & np.isfinite(spread))
    return differences[:, kept] / spread[kept], kept.tolist()


def _histogram(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The edges (bins + 1,) and the densities (channels, bins) over all rows, also those beyond the edges."""
    edges = np.linspace(-REACH, REACH, BINS + 1)
    if not scores.size:
        return edges, np.zeros((0, BINS))
    counts = np.stack([np.histogram(column, edges)[0] for column in scores.T])
    return edges, counts / (len(scores) * (edges[1] - edges[0]))


def _summary(scores: np.ndarray, names: list[str]) -> str:
    """The figure in sentences, for those who do not see it."""
    if not scores.size:
        return "No errors that vary."
    beyond = 100 * (np.abs(scores - scores.mean(axis=0)) > 3).mean(axis=0)
    each = zip(names, scores.mean(axis=0), beyond, strict=False)
    parts = [f"{name}: mean {mean:.2g}, {share:.2g} % beyond 3" for name, mean, share in each]
    return (
        f"Forecast minus truth over {len(scores):,} rows, in standard deviations. {'; '.join(parts)} (a normal curve has {figure(0.27)} %)."
    )
