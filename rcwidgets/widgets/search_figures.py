"""The figures of a search: its history, how much each knob counts, the error along one knob, and all knobs of all trials."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from bqplot import Scatter

from rcwidgets.core.search.library import optuna_there
from rcwidgets.core.search.result import Search
from rcwidgets.core.search.space import Axis
from rcwidgets.core.short import figure
from rcwidgets.widgets import theme
from rcwidgets.widgets.caption import Control, Table, legend_item
from rcwidgets.widgets.figure import CAPTION_HEIGHT, MARGIN, FigureBox, Panel, draw
from rcwidgets.widgets.search_axes import labels_of, said, shares_of, values_of
from rcwidgets.widgets.ticks import CEILING, javascript_key, linear_limits, log_limits

KNOB = "Knob"  # the control that chooses what lies across
LETTER, LONGEST = 6, 18  # of a knob's name beside an axis: pixels of a letter, and letters
SIZE = 36  # of a dot, in square pixels
BEST = 0.1  # the share of the trials that is drawn in colour where all are drawn


class SearchFigure(FigureBox[Search]):
    """A figure of a search. `clicked` is called with the place of a trial whose dot a hand has clicked."""

    clicked: Callable[[int], None] | None = None

    def __init__(self, label: str, panels: Sequence[Panel]) -> None:
        super().__init__(label, panels, nothing="no trial yet")
        self.add_class("rcw-choosing")

    @property
    def about(self) -> str:
        return "" if self.thing is None else f"{len(self.thing.trials)} trials, {self.thing.metric.upper()}"

    def table_of(self, thing: Search) -> Table:
        """One row a trial, as `to_frame` has them; what is not there is empty."""
        names, rows = thing.table()
        return names, [["" if value is None or value != value else value for value in row] for row in rows]

    def _dots(self, panel: Panel, color: str) -> Scatter:
        """Dots that can be clicked."""
        none = np.array([1.0])
        made = Scatter(
            x=none, y=none, scales={"x": panel.x, "y": panel.y}, colors=[color], default_size=SIZE, visible=False, enable_hover=False
        )
        made.on_element_click(lambda _, event: self._hear(event))
        panel.widget.marks = [*panel.widget.marks, made]
        panel.reads(made, "trial")
        return made

    def _hear(self, event: Any) -> None:
        place = event.get("data", {}).get("index") if isinstance(event, dict) else None
        places = np.zeros(0, int) if self.thing is None else self._dotted(self.thing)
        if self.clicked is not None and isinstance(place, int) and 0 <= place < len(places):
            self.clicked(int(places[place]))

    def _drawn(self, thing: Search) -> np.ndarray:
        """Which trials (trials,) are drawn."""
        return np.isfinite(thing.errors)

    def _dotted(self, thing: Search) -> np.ndarray:
        """The places of the trials that have a dot, in the order of the dots."""
        return np.flatnonzero(self._drawn(thing))


class HistoryFigure(SearchFigure):
    """The error of each trial in order, the least so far, and the least so far of the random search where that was run."""

    def __init__(self, *, height: int = 220) -> None:
        self.panel = Panel("trial", "error", height - CAPTION_HEIGHT, log_y=True, whole=True, reading="point")
        self.random = self.panel.add(1.5, theme.GUIDE)
        self.best = self.panel.add(2, theme.HELD_OUT)
        self.dots = self._dots(self.panel, theme.channel(1))
        super().__init__("History", [self.panel])

    def paint(self, thing: Search) -> None:
        errors = thing.errors
        there = self._drawn(thing)
        beside = thing.baseline.errors if thing.compared and thing.baseline is not None else np.zeros(0)
        if not there.any():
            self.panel.blank()
            words = "no trial with an error yet"
            self.describe(words, [], f"{words.capitalize()}.")
            return
        least, random = (np.fmin.accumulate(np.where(np.isfinite(one), one, np.inf)) for one in (errors, beside))
        both = np.concatenate([errors[there], random[np.isfinite(random)]])
        self.panel.y_axis.label = self.panel.y_label = thing.metric.upper()
        self.panel.look((0.0, float(max(len(errors), len(beside), 2)) + 1), log_limits(np.minimum(both, CEILING)))
        for mark, line in ((self.best, least), (self.random, random)):
            known = np.isfinite(line)
            draw(mark, np.flatnonzero(known) + 1.0, line[known])
        draw(self.dots, np.flatnonzero(there) + 1.0, np.minimum(errors[there], CEILING))
        legend = [legend_item("trial", theme.channel(1), "dot"), legend_item("least so far", theme.HELD_OUT, "wide")]
        legend += [legend_item("random search", theme.GUIDE, "dashed")] if len(beside) else []
        self.describe(_counts(thing), legend, f"{_counts(thing)}: the least {thing.metric.upper()} is {figure(thing.value)}.")


class ImportanceFigure(SearchFigure):
    """How much of the error's variance each knob tells, as shares of 1 (PED-ANOVA): of the knobs that all trials have."""

    def __init__(self, *, height: int = 220) -> None:
        self.panel = Panel("share of the variance", "", height - CAPTION_HEIGHT, reading="point")
        self.bars = self.panel.add(10, theme.HELD_OUT)
        self.shares: dict[str, float] = {}
        super().__init__("Importance", [self.panel])

    def paint(self, thing: Search) -> None:
        self.shares = importance(thing)
        labels = labels_of(thing)
        if not self.shares:
            self.panel.blank()
            self.describe("too few trials yet", [], "Too few trials to tell which knob counts.")
            return
        names = list(self.shares)[::-1]  # the greatest on top
        places = np.arange(1.0, len(names) + 1)
        longest = min(LONGEST, max(len(labels[name]) for name in names))
        self.panel.margin = {**MARGIN, "left": max(MARGIN["left"], 16 + LETTER * longest)}
        self.panel.widget.fig_margin = self.panel.margin
        self.panel.look((0.0, 1.0), (0.4, len(names) + 0.6))
        told = zip(places.tolist(), names, strict=True)
        self.panel.y_axis.tick_labels = {javascript_key(place): labels[name][:LONGEST] for place, name in told}
        self.panel.y_axis.tick_values = places
        shares = np.array([self.shares[name] for name in names])
        self.bars.colors = [theme.HELD_OUT] * len(names)
        self.panel.reads(self.bars, "share", *(labels[name] for name in names))
        draw(self.bars, np.column_stack([np.zeros(len(names)), shares]), np.column_stack([places, places]))
        words = ", ".join(f"{labels[name]} {100 * share:.0f} %" for name, share in self.shares.items())
        self.describe("which knob counts", [], f"Of the variance of the error: {words}.")

    def table_of(self, thing: Search) -> Table:
        """One row a knob: its share of the error's variance."""
        return ("knob", "share"), list(self.shares.items())


class SliceFigure(SearchFigure):
    """The error of each trial over one of its knobs."""

    def __init__(self, *, height: int = 220) -> None:
        size = height - CAPTION_HEIGHT
        self.scales = [Panel("", "error", size, log_x=log, log_y=True, reading="point") for log in (False, True)]
        self.dots = [self._dots(panel, theme.channel(1)) for panel in self.scales]
        self.knob = ""
        super().__init__("Slice", self.scales[:1])
        self._owned |= {*self.scales}

    def paint(self, thing: Search) -> None:
        axis, label = self._axis(thing), self._label(thing)
        panel, dots = self.scales[axis.log], self.dots[axis.log]
        self.arrange([panel])
        there = self._drawn(thing)
        if not there.any():
            panel.blank()
            self.describe("no trial with an error yet", [], "No trial with an error yet.")
            return
        values, errors = values_of(thing, axis)[there], np.minimum(thing.errors[there], CEILING)
        one: Any = axis.distribution
        choices = list(getattr(one, "choices", ()))
        across = (-0.5, len(choices) - 0.5) if choices else (float(one.low), float(one.high))
        if not axis.log:
            across = linear_limits(np.array(across)) if not choices else across
        panel.x_axis.label, panel.y_axis.label, panel.y_label = label, thing.metric.upper(), thing.metric.upper()
        panel.look((across[0], max(across[1], across[0] * 1.01 if axis.log else across[1])), log_limits(errors))
        if choices:
            panel.x_axis.tick_labels = {javascript_key(float(k)): said(axis.value(one))[:LONGEST] for k, one in enumerate(choices)}
            panel.x_axis.tick_values = np.arange(float(len(choices)))
        draw(dots, values, errors)
        at = thing.best.get(axis.name)
        words = f"{thing.metric.upper()} of {there.sum():,} trials over {label}; the least at {said(at)}."
        self.describe(f"over {label}", [legend_item("trial", theme.channel(1), "dot")], words)

    def _axis(self, thing: Search) -> Axis:
        axes = thing.bench.space.axes
        return axes[self.knob if self.knob in axes else next(iter(axes))]

    def _label(self, thing: Search) -> str:
        return labels_of(thing)[self._axis(thing).name]

    def _drawn(self, thing: Search) -> np.ndarray:
        known: np.ndarray = np.isfinite(thing.errors) & np.isfinite(values_of(thing, self._axis(thing)))
        return known

    def controls(self) -> list[Control]:
        """The knob across."""
        return (
            []
            if self.thing is None
            else [{"name": KNOB, "value": self._label(self.thing), "options": list(labels_of(self.thing).values())}]
        )

    def choose(self, name: str, value: str) -> None:
        """Takes another knob across."""
        known = {} if self.thing is None else {label: knob for knob, label in labels_of(self.thing).items()}
        if name != KNOB:
            super().choose(name, value)
            return
        if value not in known:
            raise ValueError(f"SliceFigure.knob must be one of {', '.join(known)}, got {value[:40]!r}.")
        self.knob = known[value]
        self.ask()


class ParallelFigure(SearchFigure):
    """A line for each trial through all of its knobs, each from its low to its high value, to the error at the right, the least on top.

    The best tenth is drawn in colour, with a dot for each.
    """

    def __init__(self, *, height: int = 220) -> None:
        self.panel = Panel("", "", height - CAPTION_HEIGHT, reading="point")
        self.panel.margin = {**MARGIN, "left": 40, "right": 40}
        self.panel.widget.fig_margin = self.panel.margin
        self.others, self.best = self.panel.add(0.8, theme.EACH), self.panel.add(1.6, theme.HELD_OUT)
        self.dots = self._dots(self.panel, theme.channel(1))
        super().__init__("Parallel coordinates", [self.panel])

    def paint(self, thing: Search) -> None:
        there, labels = self._drawn(thing), labels_of(thing)
        if not there.any():
            self.panel.blank()
            self.describe("no trial with all knobs yet", [], "No trial with all knobs and an error yet.")
            return
        errors = thing.errors[there]
        order = np.argsort(np.argsort(errors))
        ranks = 1 - order / max(len(errors) - 1, 1)
        lines = np.column_stack([*(shares_of(thing, axis)[there] for axis in thing.bench.space.axes.values()), ranks])
        count = lines.shape[1]
        places = np.arange(float(count))
        good = _best(errors)
        self.panel.look((0.0, count - 1.0), (-0.03, 1.03))
        words = [*labels.values(), "rank"]
        self.panel.x_axis.tick_labels = {javascript_key(float(k)): word[:LONGEST] for k, word in enumerate(words)}
        self.panel.x_axis.tick_values = places.copy()
        self.panel.y_axis.tick_labels = {javascript_key(0.0): "low", javascript_key(1.0): "high"}
        self.panel.y_axis.tick_values = np.array([0.0, 1.0])
        for mark, some, color in ((self.others, lines[~good], theme.EACH), (self.best, lines[good], theme.HELD_OUT)):
            mark.colors = [color] * max(1, len(some))
            draw(mark, np.tile(places, (len(some), 1)), some)
        draw(self.dots, np.full(int(good.sum()), count - 1.0), ranks[good])
        legend = [legend_item("best tenth", theme.HELD_OUT, "wide"), legend_item("others", theme.EACH)]
        told = "; ".join(f"{labels[name]} {self._span(thing, name, good, there)}" for name in labels)
        self.describe(f"{len(errors):,} trials", legend, f"The best tenth of {len(errors):,} trials has {told}.")

    def _drawn(self, thing: Search) -> np.ndarray:
        shares = [np.isfinite(shares_of(thing, axis)) for axis in thing.bench.space.axes.values()]
        known: np.ndarray = np.isfinite(thing.errors) & np.all(shares, axis=0)
        return known

    def _dotted(self, thing: Search) -> np.ndarray:
        there = np.flatnonzero(self._drawn(thing))
        return there[_best(thing.errors[there])]

    def _span(self, thing: Search, name: str, good: np.ndarray, there: np.ndarray) -> str:
        axis = thing.bench.space.axes[name]
        values = values_of(thing, axis)[there][good]
        choices = list(getattr(axis.distribution, "choices", ()))
        if choices:
            return " or ".join(said(axis.value(choices[int(k)])) for k in np.unique(values))
        return f"from {figure(float(values.min()))} to {figure(float(values.max()))}"


def _best(errors: np.ndarray) -> np.ndarray:
    """Which of the errors (trials,) are the best tenth."""
    found: np.ndarray = np.argsort(np.argsort(errors)) < max(1, round(BEST * len(errors)))
    return found


def importance(found: Search) -> dict[str, float]:
    """The share of the error's variance that each knob tells, the greatest first; empty where too little is known."""
    optuna = optuna_there()
    if np.isfinite(found.errors).sum() < 4:
        return {}
    try:
        told = optuna.importance.get_param_importances(found.study, evaluator=optuna.importance.PedAnovaImportanceEvaluator())
    except (ValueError, RuntimeError):  # no knob that all trials have, or all errors are the same
        return {}
    return {name: float(share) for name, share in told.items() if name in found.bench.space.axes and np.isfinite(share)}


def _counts(found: Search) -> str:
    """How many trials there are, in words."""
    errors = found.errors
    lost, pruned = int(np.isinf(errors).sum()), int(np.isnan(errors).sum())
    more = [f"{lost:,} without an error"] * bool(lost) + [f"{pruned:,} pruned"] * bool(pruned)
    return ", ".join([f"{len(errors):,} of {found.asked:,} trials", *more])
