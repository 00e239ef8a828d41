"""What the last change was, in words."""

from dataclasses import replace

from rcwidgets.core.document.document import Document
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.live.session.change import change_of


def document(radius=0.9, **knobs):
    return Document(Input(2) >> Reservoir(20, spectral_radius=radius, **knobs) >> LinearReadout(2))


def test_a_change_is_told_with_the_new_values_and_whose_they_are():
    before = document(0.9, seed=1)
    graph = before.graph
    after = replace(before, graph=graph.replace("reservoir", seed=None))
    assert change_of("Set Seed of reservoir", before, after) == "Seed automatic, reservoir"
    both = replace(before, graph=graph.replace("reservoir", leak_rate=0.25, spectral_radius=1.0))
    assert change_of("Set Leak rate of reservoir", before, both) == "Spectral radius 1, Leak rate 0.25, reservoir"
    task = replace(both, task=LorenzTask(horizon=3))
    assert change_of("Reset Horizon of the task", both, task) == "Horizon 3, task"
    assert change_of("Choose Lorenz", before, task) == "Choose Lorenz"
    assert change_of("Set Seed of reservoir", before, before) == "Set Seed of reservoir"
    assert change_of(None, None, before) == "Start"
