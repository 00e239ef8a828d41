"""The transport: Run, Pause, Stop and the live knobs."""

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


@dataclass(frozen=True)
class Run:
    """Trains now."""


@dataclass(frozen=True)
class Pause:
    """Stops training by itself."""


@dataclass(frozen=True)
class Resume:
    """Goes on."""


@dataclass(frozen=True)
class Stop:
    """Gives up what is under way."""


@dataclass(frozen=True)
class Step:
    """Trains a little."""


@dataclass(frozen=True)
class Reset:
    """Forgets what was learned step by step."""


@dataclass(frozen=True)
class Ready:
    """The page is there."""


@dataclass(frozen=True)
class Drawn:
    """The figures show a frame of the status. It has no id, and gets no answer."""

    frame: Whole


TRANSPORT = kinds_of(Set, Run, Pause, Resume, Stop, Step, Reset, Ready, Drawn)


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
            case Run():
                experiment.run()
            case Pause():
                experiment.pause()
            case Resume():
                experiment.resume()
            case Stop():
                experiment.stop()
            case Step():
                experiment.step()
            case Reset():
                experiment.reset()
            case Drawn(frame):
                self._publisher.drawn(frame)
        return {"revision": experiment.revision}
