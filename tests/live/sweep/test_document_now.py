"""A sweep beside the document as it is now."""

import pytest

from rcwidgets.core.nodes import Input, LinearReadout, Reservoir
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.sweep.document_now import changed_since, names_now, values_now

KNOBS = {"reservoir.spectral_radius": [0.3, 0.6, 0.9], "beta": [1e-6, 1e-2]}


@pytest.fixture
def free():
    """A chain with 20 units that are drawn by the trainer's seed."""
    return Input() >> Reservoir(20, input_scaling=0.3) >> LinearReadout()


@pytest.fixture
def experiment(series, free):
    made = Experiment(free, data=3 + 5 * series)
    made.wait(60)
    yield made
    made.close()


def test_a_changed_model_says_so_and_keeps_the_knobs_that_are_there(experiment):
    experiment.sweep(KNOBS)
    swept = experiment.wait_sweep(60).document
    look = (swept, experiment.document, KNOBS)
    assert changed_since(*look) == "" and names_now(*look) == {name: name for name in KNOBS}
    experiment.set("trainer", beta=1.0)
    assert changed_since(swept, experiment.document, KNOBS) == ""
    assert values_now(swept, experiment.document, KNOBS) == {"reservoir.spectral_radius": Reservoir().spectral_radius, "beta": 1.0}
    experiment.set("reservoir", leak_rate=0.5, units=30)
    words = changed_since(swept, experiment.document, KNOBS)
    assert words == f"Swept with Units 20, now 30; Leak rate {Reservoir().leak_rate:g}, now 0.5."
    node = experiment.document.graph.id_of("reservoir")
    experiment.edit([{"op": "rename", "node": node, "name": "memory"}])
    experiment.choose(trainer="RLS")
    assert names_now(swept, experiment.document, KNOBS) == {"reservoir.spectral_radius": "memory.spectral_radius"}
    assert changed_since(swept, experiment.document, KNOBS).startswith("The model has changed since: this is Your data, Ridge, input, res")
    experiment.edit([{"op": "remove", "nodes": [node]}])
    assert names_now(swept, experiment.document, KNOBS) == {}
