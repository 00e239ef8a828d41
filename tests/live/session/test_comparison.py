"""What counts for the results of a document, what a training can take up of it, and what its last change was in words."""

from dataclasses import replace

import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.core.tasks import LorenzTask
from rcwidgets.core.trainers.gradient.settings import BPTTSettings
from rcwidgets.live.session.comparison import change_of, fixed_key, whole_key


@pytest.fixture
def document():
    return Document(Input(2) >> Reservoir(20, seed=1) >> LinearReadout(2))


def test_places_and_nodes_that_lead_nowhere_do_not_count(document):
    moved = replace(document, positions=dict.fromkeys(document.graph.nodes, (5.0, 5.0)))
    beside = replace(document, graph=document.graph.add(Reservoir(7)))
    assert whole_key(document) == whole_key(moved) == whole_key(beside)
    turned = replace(document, graph=document.graph.replace("reservoir", leak_rate=0.5))
    assert whole_key(turned) != whole_key(document) != whole_key(replace(document, task=LorenzTask(horizon=3)))


def test_live_knobs_are_taken_up_and_all_else_is_not(document):
    def with_(**knobs):
        return fixed_key(replace(document, graph=document.graph.replace("reservoir", **knobs)))

    assert with_(leak_rate=0.5) == with_(spectral_radius=0.1) == fixed_key(document)
    assert fixed_key(document) not in (with_(seed=2), with_(units=21))


def test_a_knob_that_counts_only_at_the_start_of_a_training_ends_it(document):
    settings = BPTTSettings()
    taught = replace(document, trainer=settings)
    assert fixed_key(taught) == fixed_key(replace(taught, trainer=replace(settings, learning_rate=settings.learning_rate / 2)))
    for name in settings.at_start:
        other = replace(settings, **{name: getattr(settings, name) * 0.5 if getattr(settings, name) else 0.5})
        assert fixed_key(replace(taught, trainer=other)) != fixed_key(taught), name


def test_a_change_is_told_with_the_new_values_and_whose_they_are(document):
    before = document
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
