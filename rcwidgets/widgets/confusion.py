"""Which classes are taken for which, and how many of each are told wrongly."""

from typing import ClassVar

import numpy as np
from bqplot import Bars, ColorScale, HeatMap, Label

from rcwidgets.live.on_demand.metrics_table import told_apart
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import horizon_and_part, share
from rcwidgets.widgets import theme
from rcwidgets.widgets.caption import Table, legend_item
from rcwidgets.widgets.figure import CAPTION_HEIGHT, FigureBox, Panel
from rcwidgets.widgets.panel import MARGIN
from rcwidgets.widgets.ticks import javascript_key, linear_limits

RIGHT, WRONG, NONE = "#0072b2", "#d55e00", "#80889020"  # plain colours, not a theme's: the page paints a heat map on a canvas
ON_RIGHT, ON_WRONG = "white", "var(--jp-ui-font-color1)"
LEAST = 0.3  # of the colour that a single wrong one has, so that it is seen
MOST_WRITTEN = 20  # classes up to which each cell has its count, and each class its name; of more, as many have
LONGEST, ACROSS, LETTER = 12, 60, 6  # letters of a name upwards, of all names across, and the pixels of one


class ConfusionFigure(FigureBox[Results]):
    """A cell for each pair of classes: how many series of one (up) were told as the other (across), and beside it the wrong ones of each.

    The colour is the share of the class: blue where it was right, orange where it was wrong.
    """

    of_classes: ClassVar[bool | None] = True

    def __init__(self, *, height: int = 200) -> None:
        self.panel = Panel("told as", "class", height - CAPTION_HEIGHT, plane=True, reading="cell")
        self.wrong = Panel("class", "wrong, %", height - CAPTION_HEIGHT, whole=True, reading="step")
        self.colors = ColorScale(colors=[WRONG, NONE, RIGHT], min=-1.0, mid=0.0, max=1.0)
        scales, none = {"x": self.panel.x, "y": self.panel.y, "color": self.colors}, np.arange(2.0)
        self.map = HeatMap(x=none, y=none, color=np.zeros((2, 2)), scales=scales, visible=False)
        self.counts = [self._written(color) for color in (ON_RIGHT, ON_WRONG)]
        self.panel.widget.marks = [self.map, *self.counts]
        self.bars = Bars(
            x=none, y=np.zeros(2), scales={"x": self.wrong.x, "y": self.wrong.y}, colors=[theme.PARTS], padding=0.3, visible=False
        )
        self.wrong.widget.marks = [self.bars]
        super().__init__("Confusion", [self.panel, self.wrong])

    def paint(self, thing: Results) -> None:
        counts = thing.confusion
        assert counts is not None
        places = np.arange(1.0, len(counts) + 1)
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        wrong = 100 * (1 - shares.diagonal())
        names, common = short_names(thing.channels)
        right = np.eye(len(counts), dtype=bool)
        edges = (0.5, len(counts) + 0.5)
        self.panel.look(edges, edges)
        self.wrong.look(edges, linear_limits(np.append(wrong, [0.0, 5.0])))
        self.panel.x_axis.label, self.panel.y_axis.label = f"told as {common}".strip(), common or "class"
        self.wrong.x_axis.label = common or "class"
        some = slice(None, None, -(-len(counts) // MOST_WRITTEN))
        across = max(2, ACROSS // len(names[some]))
        for axis, letters in ((self.panel.y_axis, LONGEST), (self.panel.x_axis, across), (self.wrong.x_axis, across)):
            told = zip(places[some].tolist(), names[some], strict=True)
            axis.tick_labels = {javascript_key(place): _short(name, letters) for place, name in told}
            axis.tick_values = places[some].copy()
        longest = min(LONGEST, max(map(len, names[some])))
        self.panel.margin = {**self.panel.margin, "left": max(MARGIN["left"], 22 + LETTER * longest)}
        self.panel.widget.fig_margin = self.panel.margin
        with self.map.hold_sync():
            self.map.x, self.map.y, self.map.visible = places, places.copy(), True
            self.map.color = np.where(right, shares, np.where(counts > 0, -LEAST - (1 - LEAST) * shares, 0.0))
        for mark, cells in zip(self.counts, (right, ~right), strict=True):
            self._write(mark, np.where(cells & (len(counts) <= MOST_WRITTEN), counts, 0))
        with self.bars.hold_sync():
            self.bars.x, self.bars.y, self.bars.visible = places.copy(), wrong, True
        legend = [legend_item("right", RIGHT, "band"), legend_item("wrong", WRONG, "band")]
        self.describe(f"{share(float(thing.accuracy or 0.0))} right, {horizon_and_part(thing)}", legend, _summary(thing, counts))

    def _written(self, color: str) -> Label:
        """The mark of the counts of some cells."""
        scales, none = {"x": self.panel.x, "y": self.panel.y}, np.zeros(1)
        return Label(
            x=none, y=none, text=[""], scales=scales, colors=[color], align="middle", default_size=10, font_weight="normal", visible=False
        )

    def _write(self, mark: Label, counts: np.ndarray) -> None:
        """Writes the counts that are not zero into their cells."""
        rows, columns = np.nonzero(counts)
        mark.visible = bool(rows.size)
        if rows.size:
            with mark.hold_sync():
                mark.x, mark.y, mark.text = columns + 1.0, rows + 1.0, [f"{count:,}" for count in counts[rows, columns]]

    def table_of(self, thing: Results) -> Table:
        """One row a class: how many series it has, the share that is right, and how many were told as each class."""
        counts, names = thing.confusion, told_apart(thing.channels)
        assert counts is not None
        rows = (
            [name, int(row.sum()), float(row[k] / max(row.sum(), 1)), *row.tolist()]
            for k, (name, row) in enumerate(zip(names, counts, strict=True))
        )
        return ["class", "series", "right", *(f"told as {name}" for name in names)], rows


def short_names(names: tuple[str, ...]) -> tuple[list[str], str]:
    """The names without the words that all of them begin with, and those words.

    >>> short_names(("speaker 1", "speaker 2"))
    (['1', '2'], 'speaker')
    """
    words, same = [name.split(" ") for name in names], 0
    while all(len(one) > same + 1 and one[same] == words[0][same] for one in words):
        same += 1
    return [" ".join(one[same:]) for one in words], " ".join(words[0][:same])


def _short(name: str, letters: int) -> str:
    return name if len(name) <= letters else f"{name[: letters - 1]}…"


def _summary(thing: Results, counts: np.ndarray) -> str:
    """The figure in sentences, for those who do not see it."""
    total, right = int(counts.sum()), int(counts.trace())
    text = f"{right:,} of {total:,} series of the test part are told right, {share(right / max(total, 1))}."
    wrong = counts - np.diag(counts.diagonal())
    if not wrong.any():
        return text
    row, column = np.unravel_index(int(wrong.argmax()), wrong.shape)
    most = int((wrong.sum(axis=1) / np.maximum(counts.sum(axis=1), 1)).argmax())
    return (
        f"{text} Most often {thing.channels[row]} is taken for {thing.channels[column]}, {wrong[row, column]:,} times; "
        f"{thing.channels[most]} is told worst: {int(wrong[most].sum()):,} of {int(counts[most].sum()):,} are wrong."
    )
