"""What the first notebook asks a student to do shows what it says."""

import json

import pytest

from rcwidgets.live.experiment import Experiment
from tests.notebooks.test_notebooks import FOLDER

TEXT = "".join(json.loads((FOLDER / "01_playground.ipynb").read_text())["cells"][0]["source"])


@pytest.fixture
def experiment():
    made = Experiment(auto=False)
    yield made
    made.close()


def trained(experiment):
    experiment.run()
    return experiment.wait(120)


def test_the_closed_loop_moves_with_the_spectral_radius(experiment):
    assert "near 0.9 the run stays with the truth for about nine Lyapunov times, at 0.3 or 1.4 for about five" in TEXT
    found = {}
    for radius in (0.3, 0.9, 1.4):
        experiment.set("reservoir", spectral_radius=radius)
        trained(experiment)
        run = experiment.look("closed loop")
        assert run.unit == "Lyapunov times" and not run.problem
        found[radius] = run.valid
    assert 7 < found[0.9] < 11
    assert 3 < found[0.3] < 7 and 3 < found[1.4] < 7


def test_thirty_steps_ahead_are_hard_and_one_is_easy(experiment):
    assert "**Horizon** to 30 steps" in TEXT
    assert trained(experiment).test_nrmse < 1e-3
    experiment.set("task", horizon=30)
    assert 0.2 < trained(experiment).test_nrmse < 0.6


def test_the_network_that_was_made_stays_on_the_sunspots(experiment):
    assert "the network that you have made stays" in TEXT and "near one half" in TEXT
    experiment.set("reservoir", spectral_radius=0.8)
    experiment.edit([{"op": "add", "kind": "Reservoir", "id": "second"}])
    graph = experiment.document.graph
    for source, target in ((graph.id_of("input"), "second"), ("second", graph.id_of("readout"))):
        experiment.edit([{"op": "connect", "source": source, "target": target}])
    experiment.choose(task="sunspots")
    assert experiment.model["reservoir"].units == 400 and experiment.model["reservoir"].spectral_radius == 0.8
    assert experiment.model["reservoir_2"].units == 300
    results = trained(experiment)
    assert 0.3 < results.test_nrmse < 0.7
