"""The transport: Run, Pause, Stop and the live knobs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from rcwidgets.core.spec.json_values import as_given, kinds_of
from rcwidgets.core.spec.knob import KnobValue
from rcwidgets.live.experiment import Experiment
from rcwidgets.widgets.message import Gesture, Result, Told, Whole
from rcwidgets.widgets.publisher import Publisher


@dataclass(frozen=True)
class Set:
    """The value of a live knob, while a hand moves it."""

    owner: Annotated[str, as_given]  # an edit checks these three
    knob: Annotated[str, as_given]
    value: Annotated[KnobValue, as_given]
    gesture: Gesture = None


COMMANDS: dict[str, Callable[[Experiment], None]] = {
    "run": Experiment.run,  # trains now
    "pause": Experiment.pause,  # stops training by itself
    "resume": Experiment.resume,  # goes on
    "stop": Experiment.stop,  # gives up what is under way
    "step": Experiment.step,  # trains a little
    "reset": Experiment.reset,  # forgets what was learned step by step
    "ready": lambda experiment: None,  # the page is there
}


@dataclass(frozen=True)
class Command:
    """One of the commands, by its word."""

    type: Annotated[str, as_given]


@dataclass(frozen=True)
class Drawn:
    """The figures show a frame of the status. It has no id, and gets no answer."""

    frame: Whole


TRANSPORT = {**kinds_of(Set), **dict.fromkeys(COMMANDS, Command), **kinds_of(Drawn)}


class TransportModel(Told):
    """Run, Pause, Stop and the live knobs: messages from the page.

    The worker never publishes on it, so that it answers while a cell runs.
    """

    _esm = "export default {}"
    kinds = TRANSPORT

    def __init__(self, experiment: Experiment, publisher: Publisher) -> None:
        super().__init__()
        self._experiment = experiment
        self._publisher = publisher

    def _do(self, asked: Any, buffers: Any) -> Result:
        """Does it at once, whatever a cell or the worker is at."""
        experiment = self._experiment
        match asked:
            case Set(owner, knob, value, gesture):
                return {"revision": experiment.edit([{"op": "set", "owner": owner, "knob": knob, "value": value}], gesture)}
            case Command(word):
                COMMANDS[word](experiment)
            case Drawn(frame):
                self._publisher.drawn(frame)
        return {"revision": experiment.revision}
