"""The graph editor alone: with an experiment that others share, or with one of its own."""

import pytest

import rcwidgets as rc
from rcwidgets.widgets.editor import GraphEditor


def test_an_edit_of_the_page_changes_the_experiment_that_it_shares(page):
    experiment = rc.Experiment(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout(), auto=False)
    editor = GraphEditor(experiment, height=200)
    node = experiment.document.graph.id_of("reservoir")
    edit = {"op": "set", "owner": node, "knob": "leak_rate", "value": 0.5}
    assert page.say(editor, {"type": "edit", "id": 1, "edits": [edit]})["ok"]
    assert editor.experiment is experiment and experiment.model.by_name()["reservoir"].leak_rate == 0.5
    editor.close()
    experiment.close()


def test_a_model_gets_an_experiment_of_its_own_and_anything_else_is_refused(page):
    editor = GraphEditor(rc.Input() >> rc.Reservoir(20, seed=0) >> rc.LinearReadout())
    assert editor.experiment.model.by_name()["reservoir"].units == 20
    editor.close()
    editor.experiment.close()
    with pytest.raises(TypeError, match=r"GraphEditor takes an Experiment or a model, got int\."):
        GraphEditor(3)
