"""A sweep beside the document as it is now."""

from rcwidgets.core.nodes import Reservoir

KNOBS = {"reservoir.spectral_radius": [0.3, 0.6, 0.9], "beta": [1e-6, 1e-2]}


def test_a_changed_model_says_so_and_keeps_the_knobs_that_are_there(experiment):
    experiment.sweep(KNOBS)
    swept = experiment.wait_sweep(60)
    assert swept.changed_since(experiment.document) == "" and swept.names_now(experiment.document) == {name: name for name in KNOBS}
    experiment.set("trainer", beta=1.0)
    assert swept.changed_since(experiment.document) == ""
    assert swept.values_now(experiment.document) == {"reservoir.spectral_radius": Reservoir().spectral_radius, "beta": 1.0}
    experiment.set("reservoir", leak_rate=0.5, units=30)
    words = swept.changed_since(experiment.document)
    assert words == f"Swept with Units 20, now 30; Leak rate {Reservoir().leak_rate:g}, now 0.5."
    node = experiment.document.graph.id_of("reservoir")
    experiment.edit([{"op": "rename", "node": node, "name": "memory"}])
    experiment.choose(trainer="RLS")
    assert swept.names_now(experiment.document) == {"reservoir.spectral_radius": "memory.spectral_radius"}
    assert swept.changed_since(experiment.document).startswith("The model has changed since: this is Your data, Ridge, input, res")
    experiment.edit([{"op": "remove", "nodes": [node]}])
    assert swept.names_now(experiment.document) == {}
