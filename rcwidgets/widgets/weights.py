"""The weights of the readout whose forecast is shown, sorted by their size."""

import numpy as np

from rcwidgets.core.short import figure
from rcwidgets.live.results.results import Results
from rcwidgets.widgets import channels, theme
from rcwidgets.widgets.caption import Table
from rcwidgets.widgets.figure import CAPTION_HEIGHT, FigureBox, Panel, draw
from rcwidgets.widgets.panel import decimate
from rcwidgets.widgets.ticks import FLOOR, log_limits

LEAST = 1e-6  # of the largest weight: what is smaller lies below the axis


class WeightsFigure(FigureBox[Results]):
    """The absolute weights to each channel, largest first, on a log axis: how many features count, and how much."""

    def __init__(self, *, height: int = 200) -> None:
        self.panel = Panel("weight, largest first", "size", height - CAPTION_HEIGHT, log_y=True, whole=True, reading="step")
        self.lines = self.panel.add(1.8, *map(theme.channel, range(theme.CHANNELS)))
        self.lines.interpolation = "step-after"
        super().__init__("Readout weights", [self.panel], nothing="not trained yet")

    def paint(self, thing: Results) -> None:
        weights = _weights(thing)
        if not weights.size or not np.isfinite(weights).all():
            self.panel.blank()
            words = f"{thing.shown or 'the model'} has no weights to show"
            self.describe(words, [], f"{words[0].upper()}{words[1:]}.")
            return
        sizes = -np.sort(-np.abs(weights), axis=0)
        colors = self.choice.colors(thing.channels)
        drawn = sizes[:, list(colors)]
        names = [thing.channels[place] for place in colors]
        self.lines.colors = [theme.channel(color) for color in colors.values()]
        self.panel.reads(self.lines, "size", *names)
        low, high = log_limits(np.maximum(drawn, max(LEAST * float(drawn.max()), FLOOR)))
        high = max(high, 1.5 * float(drawn.max()))  # weights have no ceiling
        self.panel.look((0.0, float(len(sizes))), (low, high))
        edges = np.arange(len(sizes) + 1.0)
        draw(self.lines, *decimate(edges, np.maximum(np.vstack([drawn, drawn[-1:]]), low / 10), self.panel.points))
        subtitle = f"of {thing.shown}, {len(sizes):,} a channel"
        self.describe(subtitle, channels.items(thing.channels, colors), _summary(thing, drawn, names), names=thing.channels)

    def table_of(self, thing: Results) -> Table:
        """One row a feature that arrives at the readout, in its own order: its weight to each channel, with its sign."""
        rows = _weights(thing).tolist()
        return ["feature", *thing.channels], ([index, *row] for index, row in enumerate(rows, start=1))


def _weights(thing: Results) -> np.ndarray:
    """The weights (features, channels) of the shown readout; empty where it has none."""
    weights = np.asarray(thing.params.get(thing.shown, {}).get("W", ()), np.float64)
    return weights if weights.ndim == 2 and weights.shape[1] == len(thing.channels) else np.zeros((0, len(thing.channels)))


def _summary(thing: Results, sizes: np.ndarray, names: list[str]) -> str:
    """The figure in sentences, for those who do not see it."""
    halves = 1 + (np.cumsum(np.square(sizes), axis=0) < 0.5 * np.square(sizes).sum(axis=0)).sum(axis=0)
    parts = [
        f"{name}: largest {figure(float(sizes[0, k]))}, median {figure(float(np.median(sizes[:, k])))}, "
        f"{int(min(halves[k], len(sizes))):,} make half of the sum of squares"
        for k, name in enumerate(names)
    ]
    return f"{len(sizes):,} weights a channel of {thing.shown}, by size. {'; '.join(parts)}."
