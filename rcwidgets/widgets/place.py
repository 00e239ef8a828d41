"""One place for several figures: a person chooses in its caption which of them is there."""

from collections.abc import Callable, Mapping
from contextvars import copy_context
from functools import partial

from rcwidgets.live.experiment import Experiment
from rcwidgets.live.session.session import News
from rcwidgets.widgets.caption import Control, inside
from rcwidgets.widgets.closing import unless_closed
from rcwidgets.widgets.figure import FigureBox
from rcwidgets.widgets.publisher import publisher_of

FIGURE = "Figure"


class FigurePlace(FigureBox[object]):
    """The figures `kinds` of an experiment, by name, one of them at a time, the first one at first; one that is not shown costs nothing.

    The caption stays when the figure changes, so that the choice keeps the focus of the keyboard.
    """

    _unwatch: Callable[[], None] = staticmethod(lambda: None)
    _there: FigureBox | None = None
    experiment: Experiment

    def __init__(self, experiment: Experiment, kinds: Mapping[str, Callable[[], FigureBox]]) -> None:
        self.kinds = dict(kinds)
        self.figures: dict[str, FigureBox] = {}
        self.chosen = next(iter(self.kinds))
        super().__init__(self.chosen, [], nothing="")
        self.experiment = experiment
        publisher = publisher_of(experiment)
        self.ask = lambda: publisher.ask(self._draw)
        self.leaves = (
            publisher.add("results", self._draw, "first"),
            publisher.add("looks", partial(self._draw_after, "looks")),
            publisher.add("document", partial(self._draw_after, "document")),
            publisher.add("runs", self._draw_runs),
            publisher.add("status", self._mark),
        )

    @property
    def shown(self) -> FigureBox:
        """The figure that is there."""
        return self.figures[self.caption.label]

    def close(self) -> None:
        """Closes all figures of the place, which then follow the experiment no more."""
        self._unwatch()
        for figure in self.figures.values():
            figure.close()
        super().close()

    def controls(self) -> list[Control]:
        """Which figure, and what that one leaves to choose."""
        return [{"name": FIGURE, "value": self.caption.label, "options": self._names()}, *self.shown.controls()]

    def choose(self, name: str, value: str) -> None:
        """Takes another figure, or a choice of the one that is there."""
        if name != FIGURE:
            self.shown.choose(name, value)
        elif value not in self._names():
            raise ValueError(f"FigurePlace.figure must be one of {', '.join(self._names())}, got {value[:40]!r}.")
        else:
            self.chosen = value
        self.ask()

    def _names(self) -> list[str]:
        """The figures that can show what there is: of classes, or of rows of time."""
        results = self.experiment.results
        classes = results is not None and results.classes
        return [name for name, kind in self.kinds.items() if getattr(kind, "of_classes", None) in (None, classes)]

    def _fitting(self, name: str) -> str:
        """The figure of this name, or where it cannot show what there is the first one of its kind."""
        known = self._names()
        return name if name in known else next((one for one in known if getattr(self.kinds[one], "of_classes", None) is not None), name)

    def _draw(self) -> None:
        """Brings the chosen figure and draws it. Called by the publisher's thread only."""
        name = self._fitting(self.chosen)
        if name not in self.figures:
            context = copy_context()
            context.run(inside.set, True)
            figure = self.figures[name] = context.run(self.kinds[name])
            figure.choice, figure.ask, figure.experiment = self.choice, self.ask, self.experiment
        figure = self.figures[name]
        if self._there is not figure:
            self._there = figure
            self._unwatch()
            self._unwatch = (lambda: None) if figure.look is None else self.experiment.looks.watch(figure.look)
        with unless_closed(self, figure.row, *(panel.widget for panel in figure.panels)):
            self.children = (self.caption, figure.row)
            figure.follow()
            with self.caption.hold_sync():
                for trait in ("label", "subtitle", "legend", "summary", "split", "about", "channels", "panels", "windows"):
                    setattr(self.caption, trait, getattr(figure.caption, trait))
                self.caption.controls = self.controls()
            self._mark()

    def _mark(self) -> None:
        if self._there is not None:
            self._there.mark(self.caption)

    def _draw_runs(self) -> None:
        if self._there is not None and self._there.other_runs:
            self._draw()

    def _draw_after(self, news: News) -> None:
        if self._there is not None and self._there.news == news:
            self._draw()
