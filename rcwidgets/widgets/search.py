"""A search on the page: what it knows so far in four figures, while it runs and after it, and a click on a trial that sets the sliders."""

from collections.abc import Mapping
from html import escape, unescape

import numpy as np
from ipywidgets import HTML, Button, Dropdown, HBox, Layout, VBox

from rcwidgets.core.graph.graph import Composable
from rcwidgets.core.search.result import Search
from rcwidgets.core.search.space import knobs_that_turn
from rcwidgets.core.short import figure
from rcwidgets.live.experiment import Experiment
from rcwidgets.widgets.closing import close_parts
from rcwidgets.widgets.publisher import experiment_of
from rcwidgets.widgets.search_axes import labels_of, said
from rcwidgets.widgets.search_figures import HistoryFigure, ImportanceFigure, ParallelFigure, SearchFigure, SliceFigure

LISTED = 20  # trials in the list, the best ones
EMPTY = "No trial yet."


class SearchView(VBox):
    """A search in figures: history, importance, one knob, and all knobs. `show` draws what is known, and may be called while it runs.

    `found` is what `rc.search` gave; `play` is the Playground or the Experiment whose sliders a click on a trial sets, and may stand
    alone.

    >>> import rcwidgets as rc
    >>> view = rc.SearchView()  # rc.search(..., tell=view.show) fills it
    >>> view.words
    'No trial yet.'
    >>> view.close()
    """

    figures: tuple[SearchFigure, ...] = ()

    def __init__(
        self,
        found: Search | Experiment | Composable | VBox | None = None,
        play: Experiment | Composable | VBox | None = None,
        *,
        height: int = 220,
    ) -> None:
        if play is None and not isinstance(found, Search):
            found, play = None, found  # as the other views take it
        if not isinstance(found, Search | None):
            raise TypeError(f"SearchView takes what rc.search gave, got {type(found).__name__}.")
        self.experiment = None if play is None else experiment_of(getattr(play, "experiment", play), "SearchView")
        self.found: Search | None = None
        self.figures = tuple(made(height=height) for made in (HistoryFigure, ImportanceFigure, SliceFigure, ParallelFigure))
        for one in self.figures:
            one.layout.flex, one.layout.width = "1 1 360px", "auto"
            one.clicked = self.take
        self._words, self._done = HTML(EMPTY), HTML("")
        self._list = Dropdown(options=[], description="Trial", layout=Layout(width="auto", max_width="100%"))
        self._set = Button(description="Set sliders", disabled=True, tooltip="Sets the knobs of the playground to those of the trial")
        self._set.on_click(lambda _: self.take(self._list.value))
        grid = HBox(self.figures, layout=Layout(flex_flow="row wrap", min_width="0"))
        row = HBox([self._list, *([] if self.experiment is None else [self._set]), self._done], layout=Layout(flex_flow="row wrap"))
        row.add_class("rcw-search-list")
        super().__init__([self._words, grid, row], layout=Layout(min_width="0"))
        self.add_class("rcw-search")
        if found is not None:
            self.show(found)

    def __repr__(self) -> str:
        return f"<SearchView of {self.found!r}>"

    @property
    def words(self) -> str:
        """What is known, in a sentence."""
        return unescape(self._words.value)

    @property
    def done(self) -> str:
        """What the last choice of a trial did, in a sentence."""
        return unescape(self._done.value)

    def show(self, found: Search) -> None:
        """Draws what a search knows now; called by one thread at a time."""
        self.found = found
        self._words.value = escape(_summary(found))
        for one in self.figures:
            one.show(found)
        self._fill(found)

    def take(self, place: int) -> None:
        """Sets the sliders to the trial at this place of `found.trials`, those that are still there, and says what it did."""
        found = self.found
        if found is None or not 0 <= place < len(found.trials):
            raise ValueError(f"SearchView.trial must be the place of one of the trials, got {place!r}.")
        trial = found.trials[place]
        if any(value == place for _, value in self._list.options):
            self._list.value = place
        setting, told = found.setting(trial), f"Trial {trial.number}"
        if self.experiment is None:
            self._done.value = escape(f"{told}: {_written(found, setting)}.")
            return
        document = self.experiment.document
        known = knobs_that_turn(document.graph, document.trainer)
        there = {name: value for name, value in setting.items() if name in known}
        gone = [labels_of(found)[name] for name in setting if name not in known]
        if there:
            self.experiment.turn(there)  # type: ignore[arg-type]  # words of a list of choices too
        words = f"{told}: set {_written(found, there)}." if there else f"{told}: nothing to set."
        self._done.value = escape(words + (f" Not in this model: {', '.join(gone)}." if gone else ""))

    def close(self) -> None:
        """Closes the view with its figures."""
        for one in self.figures:
            one.close()
        close_parts(self)
        super().close()

    def _fill(self, found: Search) -> None:
        """Lists the best trials, the best one first; what is chosen stays."""
        errors, trials, chosen = found.errors, found.trials, self._list.value
        order = np.argsort(np.where(np.isfinite(errors), errors, np.inf), kind="stable")
        best = [int(place) for place in order[:LISTED] if np.isfinite(errors[place])]
        options = [(f"{trials[place].number}: {found.metric.upper()} {figure(errors[place])}", place) for place in best]
        if list(self._list.options) != options:
            self._list.options = options
            self._list.value = chosen if chosen in best else best[0] if best else None
        self._set.disabled = not best


def _written(found: Search, setting: Mapping[str, object]) -> str:
    labels = labels_of(found)
    return ", ".join(f"{labels[name]} to {said(value)}" for name, value in setting.items())


def _summary(found: Search) -> str:
    """The search in a sentence."""
    if not np.isfinite(found.errors).any():
        return f"{len(found.trials):,} of {found.asked:,} trials, none with an error yet." if len(found.trials) else EMPTY
    words = f"Best of {len(found.trials):,} trials: {found.metric.upper()} {figure(found.value)} at {_at(found)}."
    if found.compared and found.baseline is not None and np.isfinite(found.baseline.errors).any():
        words += f" A random search of as many: {figure(found.baseline.value)}."
    return " ".join([words, *found.notes])


def _at(found: Search) -> str:
    labels = labels_of(found)
    return ", ".join(f"{labels[name]} {said(value)}" for name, value in found.best.items())
