"""Stock ipywidgets controls made from knobs, for a layout of your own."""

import math
import time
from collections.abc import Callable
from typing import Any

import ipywidgets

from rcwidgets.core.graph.graph import Composable
from rcwidgets.core.spec.kinds import BoolKnob, ChoiceKnob, ColumnsKnob, IntKnob, IntsKnob, TextKnob
from rcwidgets.core.spec.knob import Knob
from rcwidgets.core.spec.knobs import knobs_of
from rcwidgets.core.spec.refusal import said_of
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.session.comparison import set_edits, specs_by_name
from rcwidgets.widgets.closing import close_parts, parts
from rcwidgets.widgets.publisher import experiment_of, publisher_of

PAUSE = 1.0  # seconds without a change after which a slider's next change is a new entry of the undo
STYLE = {"description_width": "140px"}


def controls(x: Experiment | Composable) -> ipywidgets.Accordion:
    """Sliders and fields for every node, the trainer and the task; they follow the experiment and turn its knobs.

    `x` is an Experiment (shared by all its handles) or a model (then with an experiment of its own). The returned box has it as
    `.experiment`, and `.knobs` maps ("reservoir", "spectral_radius") to the stock widget, for jslink and observe.
    """
    experiment = experiment_of(x, "controls")
    publisher_of(experiment)
    return _Controls(experiment)


class _Controls(ipywidgets.Accordion):
    """One page an owner; the message line under a page says why a value was refused."""

    _leave: Callable[[], None] = staticmethod(lambda: None)  # it may be closed half-made

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.add_class("rcw-controls")
        self.experiment = experiment
        self.knobs: dict[tuple[str, str], ipywidgets.Widget] = {}
        self._following = False
        self._gesture = ("", "", 0)  # owner, knob, and how many gestures there were before
        self._turned = 0.0
        self._build()
        self._leave = experiment.subscribe(self._hear)

    def __repr__(self) -> str:
        return f"<controls of {self.experiment!r}>"

    def close(self) -> None:
        """Closes the box and its widgets, which then follow the experiment no more."""
        self._leave()
        close_parts(self)
        super().close()

    def _build(self) -> None:
        owners = specs_by_name(self.experiment.document)
        self.knobs = {}
        pages = []
        for owner, spec in owners.items():
            refusal = ipywidgets.Label()
            for name, made in knobs_of(type(spec)).items():
                self.knobs[owner, name] = stock_widget(made, self._shown(made, getattr(spec, name)))
                self.knobs[owner, name].observe(self._turn(owner, name, made, refusal), "value")
            pages.append(ipywidgets.VBox([*(self.knobs[owner, name] for name in spec.knobs), refusal]))
        self.children = pages
        self.titles = list(owners)

    def _shown(self, made: Knob, value: Any) -> Any:
        """The value, or what an empty one stands for under this trainer."""
        return made.auto[self.experiment.document.trainer.forces] if value is None and made.auto is not None else value

    def _turn(self, owner: str, name: str, made: Knob, refusal: ipywidgets.Label) -> Callable[[Any], None]:
        def turn(change: Any) -> None:
            if self._following:
                return
            try:
                edits = set_edits(self.experiment.document, owner, {name: from_stock(made, change["new"])})
                self.experiment.edit(edits, self._gesture_of(owner, name))
                refusal.value = ""
            except (ValueError, TypeError, OSError, RuntimeError) as error:
                refusal.value = said_of(error)

        return turn

    def _gesture_of(self, owner: str, name: str) -> str:
        """One id for the changes of one knob that follow each other closely: a drag of a slider is one entry of the undo."""
        now, count = time.monotonic(), self._gesture[2]
        if self._gesture[:2] != (owner, name) or now - self._turned > PAUSE:
            self._gesture = (owner, name, count + 1)
        self._turned = now
        return f"controls-{id(self)}-{self._gesture[2]}"

    def _hear(self, news: str) -> None:
        if news != "document":
            return
        owners = specs_by_name(self.experiment.document)
        if {(owner, name) for owner, spec in owners.items() for name in spec.knobs} != set(self.knobs):
            old = parts(*self.children)
            self._build()
            for widget in old:
                widget.close()
            return
        self._following = True
        try:
            for (owner, name), widget in self.knobs.items():
                made = knobs_of(type(owners[owner]))[name]
                value = to_stock(made, self._shown(made, getattr(owners[owner], name)))
                if isinstance(widget, ipywidgets.Dropdown) and value not in widget.options:
                    widget.options = (*widget.options, value)
                widget.value = value
        finally:
            self._following = False


def stock_widget(made: Knob, value: Any) -> ipywidgets.Widget:
    """The stock ipywidget for a knob, at this value."""
    words = {"description": made.label, "tooltip": made.doc, "style": STYLE, "layout": {"width": "auto"}, "value": to_stock(made, value)}
    if isinstance(made, ChoiceKnob):
        return ipywidgets.Dropdown(options=list(dict.fromkeys([*made.offered, value])), **words)
    if isinstance(made, BoolKnob):
        return ipywidgets.Checkbox(indent=False, **words)
    if isinstance(made, ColumnsKnob):
        return ipywidgets.Text(placeholder="all", continuous_update=False, **words)
    if isinstance(made, TextKnob | IntsKnob):
        return ipywidgets.Text(continuous_update=False, **words)
    if made.optional and made.auto is None:
        return ipywidgets.Text(placeholder="by itself", continuous_update=False, **words)
    if isinstance(made, IntKnob):
        return ipywidgets.BoundedIntText(min=made.low, max=made.high, **words)
    if made.slider is None:
        return ipywidgets.BoundedFloatText(min=made.low, max=made.high, step=None, **words)
    low, high, step = made.slider
    if made.log:
        return ipywidgets.FloatLogSlider(min=math.log10(low), max=math.log10(high), step=step, readout_format=".1e", **words)
    return ipywidgets.FloatSlider(min=low, max=high, step=step, readout_format=".3f", **words)


def to_stock(made: Knob, value: Any) -> Any:
    """A knob's value as the stock widget holds it; a slider stands at its end where the value lies past it."""
    if isinstance(made, IntsKnob):
        return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    if isinstance(made, ColumnsKnob):
        return ", ".join(value or ())
    if made.optional and made.auto is None:
        return "" if value is None else str(value)
    if made.slider is not None and not isinstance(made, IntKnob):
        return min(max(value, made.slider[0]), made.slider[1])
    return value


def from_stock(made: Knob, value: Any) -> Any:
    """What the stock widget holds as the knob's value."""
    if made.optional and made.auto is None:
        if value.strip() == "":
            return None
        if isinstance(made, ColumnsKnob):
            return [name.strip() for name in value.split(",")]
        try:
            return float(value)
        except ValueError:
            raise ValueError(f"{made.label} must be a number or empty, got {value!r}.") from None
    return value
