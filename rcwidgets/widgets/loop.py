"""The closed loop from the end of the training part, beside the truth; inputs that are no targets are given to it."""

import math
from typing import ClassVar

import numpy as np

from rcwidgets.core.short import figure
from rcwidgets.live.on_demand.closed_loop import FreeRun, listed
from rcwidgets.widgets import channels, theme
from rcwidgets.widgets.caption import Table, legend_item
from rcwidgets.widgets.figure import CAPTION_HEIGHT, FigureBox, Panel, draw
from rcwidgets.widgets.prediction import near_limits
from rcwidgets.widgets.ticks import number


class LoopFigure(FigureBox[FreeRun]):
    """The model on its own: each forecast is its next input. A dashed line marks how long the run holds to the truth."""

    look = "closed loop"
    by_trial: ClassVar[bool] = True

    def __init__(self, *, height: int = 200) -> None:
        self.panel = Panel("steps", "", height - CAPTION_HEIGHT)
        self.truth = self.panel.add(4, theme.TRUTH)
        self.run = self.panel.add(1.5, *map(theme.channel, range(theme.CHANNELS)))
        self.guide = self.panel.add(1.5, theme.GUIDE)
        super().__init__("Closed loop", [self.panel], nothing="not run yet")

    def paint(self, thing: FreeRun) -> None:
        colors = self.choice.colors(thing.channels)
        truth, run = thing.truth[:, list(colors)], thing.run[:, list(colors)]
        if not len(truth):
            self.panel.blank()
            self.describe(thing.problem, [], thing.problem)
            return
        time = thing.time if thing.when is None else thing.when
        whole = (0.0 if thing.when is None else float(time[0]), float(time[-1]))
        self.panel.times(thing.time_label if thing.when is not None else f"{thing.unit} {_since(thing)}")
        part = self.panel.rows(time, whole)
        low, high = near_limits(truth[part], run[part] if len(run[part]) else truth[part][:1])
        span = high - low
        self.panel.look(whole, (low, high))
        self.run.colors = [theme.channel(color) for color in colors.values()]
        names = [thing.channels[place] for place in colors]
        self.panel.reads(self.run, "run", *names)
        self.panel.reads(self.truth, "truth", *names)
        draw(self.truth, *self.panel.seen(time, truth))
        draw(self.run, *self.panel.seen(time[: len(run)], np.clip(run, low - 9 * span, high + 9 * span)))
        marked = math.isfinite(thing.valid)
        held_until = float(np.interp(thing.valid, thing.time, time)) if marked else math.nan
        draw(self.guide, np.full(2 * marked, held_until), np.array([low, high])[: 2 * marked])
        legend = [legend_item(f"error {number(thing.threshold)}", theme.GUIDE, "dashed")] if marked else []
        if not thing.problem:  # else the sentence needs the room
            legend += [legend_item("truth", theme.TRUTH, "wide"), *channels.items(thing.channels, colors)]
        words = channels.listed(thing.channels, colors)
        held = f"holds for {_valid(thing)}" if marked else _since(thing)
        if thing.trial:
            held += f", series {thing.trial}" if marked else ""
        if thing.known:
            held += f", given {listed(thing.known)}"
        self.describe(thing.problem or held, legend, _summary(thing, words), names=thing.channels)

    def table_of(self, thing: FreeRun) -> Table:
        """One row a step: truth and run of every channel; nothing where the run has ended."""
        label, time = (thing.unit, thing.time) if thing.when is None else (thing.time_label, thing.when)
        header = [label, *(f"{name} {kind}" for name in thing.channels for kind in ("truth", "run"))]
        if thing.each:
            parts = [(name, self.table_of(one)[1]) for name, one in thing.each.items()]
            return ["series", *header], ([name, *line] for name, lines in parts for line in lines)
        runs = [*thing.run.tolist(), *([""] * len(thing.channels) for _ in range(len(thing.truth) - len(thing.run)))]
        lines = zip(time.tolist(), thing.truth.tolist(), runs, strict=True)
        return header, ([time, *(value for pair in zip(truth, run, strict=True) for value in pair)] for time, truth, run in lines)


def _since(thing: FreeRun) -> str:
    """From where on the run goes by itself."""
    return f"from the end of the warm-up of series {thing.trial}" if thing.trial else "from the end of training"


def _valid(thing: FreeRun) -> str:
    """How long the run holds, with its unit."""
    unit = thing.unit.removesuffix("s") if thing.valid == 1 else thing.unit
    return f"{'at least ' if thing.held_to_the_end else ''}{figure(thing.valid)} {unit}"


def _summary(thing: FreeRun, names: str) -> str:
    """The figure in a sentence, for those who do not see it."""
    text = f"{names}: {len(thing.run):,} steps in which each forecast is the next input, beside the truth."
    if thing.known:
        text += f" {listed(thing.known)}, which the model does not forecast, {'is' if len(thing.known) == 1 else 'are'} as in the data."
    if math.isfinite(thing.valid):
        text += f" The valid prediction time, up to an error of {number(thing.threshold)} standard deviations, is {_valid(thing)}."
    return f"{text} {thing.problem}".strip()
