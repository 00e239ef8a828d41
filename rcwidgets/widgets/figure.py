"""What the figures share: a named box of panels with a caption."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Generic, TypeVar, cast

import numpy as np
from ipywidgets import HBox, Layout, VBox

from rcwidgets.core.datasets.calendar import calendar_of, written
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.on_demand.closed_loop import FreeRun
from rcwidgets.live.results.question import question
from rcwidgets.live.results.results import Results
from rcwidgets.live.results.words import one_line
from rcwidgets.live.runs.run import Run, drawn_over
from rcwidgets.live.session.session import News
from rcwidgets.live.session.split import Split
from rcwidgets.widgets import channels
from rcwidgets.widgets.caption import Caption, Control, Legend, Table, inside
from rcwidgets.widgets.channels import Choice
from rcwidgets.widgets.closing import close_parts
from rcwidgets.widgets.panel import MARGIN, WHOLE, Panel, draw

CAPTION_HEIGHT = 26
SERIES = "Series"  # the control that steps through several of them
BY_TRIAL = (Results, FreeRun)  # what may have several of them
__all__ = ["CAPTION_HEIGHT", "MARGIN", "WHOLE", "FigureBox", "Panel", "draw"]


Thing = TypeVar("Thing")  # what a figure shows: the results, or a look


def dated(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """A table in which times that count from a date are dates."""
    place, calendar = next(((k, found) for k, name in enumerate(names) if (found := calendar_of(name))), (0, None))
    if calendar is None:
        return names, rows

    def told(row: Sequence[Any]) -> list[Any]:
        time = np.array([row[place]], np.float64)
        return [*row[:place], written(calendar.dates(time)[0]), *row[place + 1 :]]

    return [*names[:place], "date (UTC)" if calendar.zoned else "date", *names[place + 1 :]], map(told, rows)


class FigureBox(VBox, Generic[Thing]):
    """A caption over one or more panels side by side. Subclasses add `paint` and `table_of`; `thing` is what they show.

    `nothing` is what it says before there is anything to show. `look` names what of an experiment it shows, beside the results;
    `experiment` is the one that the figure follows, where it does. `ask` has the figure drawn again after a choice or a zoom: at once, or
    by the publisher of that experiment. `choice` says which channels are drawn.
    """

    look: ClassVar[str | None] = None
    takes_runs: ClassVar[bool] = False  # whether kept runs can be drawn over the results
    by_trial: ClassVar[bool] = False  # whether it shows one of several series at a time
    of_classes: ClassVar[bool | None] = None  # whether it shows classes, or rows of time; None for both
    pinned: Sequence[Run] = ()
    names: Sequence[str]  # of all channels, where the figure draws channels
    experiment: Experiment | None = None
    leaves: tuple[Callable[[], None], ...] = ()  # what ends that it follows the experiment

    def __init__(self, label: str, panels: Sequence[Panel], *, nothing: str = "no forecast yet") -> None:
        self.thing: Thing | None = None
        self.panels, self._owned = list(panels), set(panels)
        self.ask: Callable[[], None] = self.draw_again
        self.choice, self.names = Choice(), ()
        windows, wires = [list(panel.window) for panel in panels], [panel.wire() for panel in panels]
        self.caption = Caption(label, self, subtitle=nothing, summary=nothing and f"{nothing.capitalize()}.", windows=windows, panels=wires)
        self.row = HBox([panel.widget for panel in panels], layout=Layout(min_width="0", overflow="hidden"))
        super().__init__([self.caption, self.row], layout=Layout(min_width="0", overflow="hidden"))
        self.add_class("rcw-figure")
        self.nothing = nothing

    def __repr__(self) -> str:
        return f"<{type(self).__name__}{'' if self.experiment is None else f' of {self.experiment!r}'}>"

    @property
    def shown(self) -> "FigureBox":
        """The figure that is there."""
        return self

    def arrange(self, panels: Sequence[Panel]) -> None:
        """Show these panels and no others; bqplot fails on a figure that is there without room."""
        self.panels = list(panels)
        self._owned |= {*panels}
        widgets = tuple(panel.widget for panel in panels)
        if self.row.children != widgets:
            self.row.children = widgets

    def open(self) -> None:
        """Opens its model on the page, unless it is `inside` a place."""
        if not inside.get():
            super().open()

    def close(self) -> None:
        """Closes the figure with its caption, panels, scales and marks; it then follows its experiment no more."""
        for leave in self.leaves:
            leave()
        close_parts(self, self.row, *(panel.widget for panel in self._owned))
        super().close()

    def table(self) -> Table:
        """The data of the figure in full: the column names and the rows."""
        return ((), ()) if self.thing is None else dated(*self.table_of(self.thing))

    def table_of(self, thing: Thing) -> Table:
        """The table of what is shown."""
        return (), ()

    def show(self, thing: Thing) -> None:
        """Draw the results, or the look. Called by one thread at a time."""
        self.thing = thing
        if refused := self._refused(thing):
            for panel in self.panels:
                panel.blank()
            self.describe(refused, [], refused)
        else:
            self.paint(self._one(thing))

    def _one(self, thing: Thing) -> Thing:
        """What is drawn of it: of the results of several series those of the one that is chosen."""
        if not self.by_trial or not isinstance(thing, BY_TRIAL) or not thing.trials:
            return thing
        return cast(Thing, thing.of_trial(self.choice.trial(thing.trials)))

    def _refused(self, thing: Thing) -> str:
        """Why these results are not what the figure shows; empty where they are."""
        if self.of_classes is None or not isinstance(thing, Results) or thing.classes == self.of_classes:
            return ""
        told = "This task has rows of time and no classes." if self.of_classes else "This task tells whole series apart."
        return f"{told} Choose the figure {'Prediction' if self.of_classes else 'Confusion'}."

    def paint(self, thing: Thing) -> None:
        """Draws what is shown from now on."""

    def follow(self) -> None:
        """Draws what the experiment has now to show, with its pinned runs; nothing before there is any."""
        experiment = self.experiment
        if experiment is not None and (thing := self.newest(experiment)) is not None:
            self.pinned = drawn_over(experiment.runs, experiment.results)
            self.show(thing)

    @property
    def other_runs(self) -> bool:
        """True where other runs are pinned than it has drawn: bqplot is spared what it shows already."""
        followed = self.experiment
        return self.takes_runs and followed is not None and drawn_over(followed.runs, followed.results) != list(self.pinned)

    def draw_again(self) -> None:
        """Draw what is shown once more."""
        if self.thing is not None:
            self.show(self.thing)

    def controls(self) -> list[Control]:
        """What a person can choose in the caption: which of several series is drawn."""
        trials = list(self.thing.trials) if self.by_trial and isinstance(self.thing, BY_TRIAL) else []
        return [{"name": SERIES, "value": self.choice.trial(trials), "options": trials, "form": "steps"}] if len(trials) > 1 else []

    def choose(self, name: str, value: str) -> None:
        """Takes a choice in the caption; what is no option is a ValueError."""
        if name == SERIES and self.by_trial and isinstance(self.thing, BY_TRIAL):
            self.choice.take_trial(self.thing.trials, value)
            self.ask()
            return
        raise ValueError(f"Caption.name must be one of its controls, got {name[:40]!r}.")

    def zoom(self, panel: int, window: Sequence[float]) -> None:
        """Shows a window of a panel: left, right, low and high as parts of the whole."""
        if not 0 <= panel < len(self.panels):
            raise ValueError(f"Caption.panel must be a whole number from 0 to {len(self.panels) - 1}, got {panel}.")
        self.panels[panel].window = tuple(window)
        self.ask()

    def resize(self, panel: int, width: float, height: float) -> None:
        """Takes the width and height of a panel in pixels, as a page shows it."""
        if panel < len(self.panels) and self.panels[panel].resize(width):
            self.ask()

    def show_channels(self, places: Sequence[int]) -> None:
        """Draws the channels at these places, and no others."""
        self.choice.take(self.names, places)
        self.ask()

    def move(self, border: int, row: int, gesture: str | None) -> int:
        """Moves a border of the figure to a row, and returns the revision of the document; most figures have none."""
        raise ValueError("Caption.border must be one of the figure's borders, and this one has none. Choose Data and split.")

    @property
    def news(self) -> News:
        """After what news of an experiment it is drawn anew."""
        return "results" if self.look is None else "looks"

    def newest(self, experiment: Experiment) -> Thing | None:
        """What it shows of an experiment now; None before there is any."""
        return cast(Thing | None, experiment.results if self.look is None else experiment.looks.newest(self.look))

    @property
    def about(self) -> str:
        """What the drawn results are of, for a picture that leaves the page: task, horizon, trainer and error."""
        if isinstance(self.thing, Split):
            return question(self.thing.task).words
        if self.look is not None and self.experiment is not None:
            results = self.experiment.results
            return one_line(results) if results is not None and self.experiment.looks.known(self.look, results) is self.thing else ""
        return one_line(self.thing) if isinstance(self.thing, Results) else ""

    def mark(self, caption: Caption) -> None:
        """Say in a caption what the drawing is of, where it is the last model's, and what there is to do where there is no drawing."""
        if self.experiment is not None:
            with caption.hold_sync():
                caption.old = "" if self.news == "document" else self.experiment.of_last(self.look)
                computing = self.look is not None and self.experiment.looks.awaited(self.look)
                caption.empty = self._vacant(self.experiment.todo or "computing" * computing)

    def _vacant(self, todo: str) -> str:
        """What stands in the place of a drawing; empty where there is one."""
        if self.thing is None:
            return f"{self.nothing}: {todo}" if todo else self.nothing
        return self.caption.subtitle if all(panel.blanked for panel in self.panels) else ""

    def describe(
        self, subtitle: str, legend: Legend, summary: str, *, names: Sequence[str] = (), split: dict[str, object] | None = None
    ) -> None:
        """Write the caption in one message.

        `names` are those of all channels, where the figure draws channels, and `split` has the parts and borders of one that has such.
        """
        self.names = tuple(names)
        with self.caption.hold_sync():
            self.caption.split = split or {}
            self.caption.subtitle, self.caption.legend, self.caption.summary = subtitle, legend, summary
            self.caption.about = self.about
            self.caption.controls = self.controls()
            self.caption.channels = channels.wire(self.names, self.choice.colors(self.names))
            self.caption.windows = [list(panel.window) for panel in self.panels]
            self.caption.panels = [panel.wire() for panel in self.panels]
