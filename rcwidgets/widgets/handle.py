"""One experiment, many handles: what a view is given, and the one publisher that all views of an experiment share."""

import weakref
from typing import Any

from rcwidgets.core.graph import Composable, Graph, parts
from rcwidgets.live.experiment import Experiment
from rcwidgets.widgets.publisher import Publisher

_publishers: "weakref.WeakKeyDictionary[Experiment, Publisher]" = weakref.WeakKeyDictionary()


def experiment_of(x: Any, owner: str) -> Experiment:
    """The experiment itself, or one of its own for a graph; anything else is a TypeError."""
    if isinstance(x, Experiment):
        return x
    if isinstance(x, Graph):
        return Experiment(x)
    if isinstance(x, Composable):
        return Experiment(parts(x)[0])
    raise TypeError(f"{owner} takes an Experiment or a model, got {type(x).__name__}.")


def publisher_of(experiment: Experiment) -> Publisher:
    """The publisher that all views of the experiment share, so that each trait has one writer."""
    if experiment not in _publishers:
        _publishers[experiment] = Publisher(experiment)
    return _publishers[experiment]
