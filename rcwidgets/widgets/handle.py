"""One experiment, many handles: what a view is given, and the one publisher that all views of an experiment share."""

import threading
import weakref

from rcwidgets.core.graph.graph import Composable, Graph, parts
from rcwidgets.live.experiment import Experiment
from rcwidgets.widgets.publisher import Publisher

_publishers: "weakref.WeakKeyDictionary[Experiment, weakref.ref[Publisher]]" = weakref.WeakKeyDictionary()
_making = threading.Lock()


def experiment_of(x: Experiment | Composable, owner: str) -> Experiment:
    """The experiment itself, or one of its own for a graph; anything else is a TypeError."""
    if isinstance(x, Experiment):
        return x
    if isinstance(x, Graph):
        return Experiment(x)
    if isinstance(x, Composable):
        return Experiment(parts(x)[0])
    raise TypeError(f"{owner} takes an Experiment or a model, got {type(x).__name__}.")


def publisher_of(experiment: Experiment) -> Publisher:
    """The publisher that all views of the experiment share, so that each trait has one writer; the experiment keeps it alive."""
    with _making:
        known = _publishers.get(experiment)
        publisher = known() if known is not None else None
        if publisher is None or publisher.closed:
            publisher = Publisher(experiment)
            _publishers[experiment] = weakref.ref(publisher)
        return publisher


def nothing() -> None:
    """What a widget has to leave before it follows an experiment: it may be closed half-made."""
