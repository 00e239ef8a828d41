"""The eigenvalues: right numbers, found once for one matrix, and why there are none."""

import numpy as np
import pytest

from rcwidgets.core.nodes import LSTM, Input, LinearReadout, VanillaRNN
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.on_demand import eigenvalues as modes
from rcwidgets.live.on_demand.eigenvalues import spectrum_of


def never():
    """A checkpoint that lets everything pass."""


def test_the_spectrum_is_the_eigenvalues_times_the_radius(waves):
    found = waves.look("spectrum")
    expected = np.linalg.eigvals(waves.results.params["reservoir"]["W"].astype(float)) * 0.9
    np.testing.assert_allclose(np.sort(np.abs(found.eigenvalues)), np.sort(np.abs(expected)), rtol=1e-9)
    assert found.name == "reservoir" and np.abs(found.eigenvalues).max() == pytest.approx(0.9, rel=1e-6)


def test_a_slider_of_the_radius_takes_up_the_eigenvalues(waves, monkeypatch):
    before = waves.look("spectrum")
    monkeypatch.setattr(modes, "spectrum", lambda matrix: pytest.fail("computed again"))
    waves.set("reservoir", spectral_radius=0.45)
    waves.wait(60)
    np.testing.assert_allclose(waves.look("spectrum").eigenvalues, before.eigenvalues / 2)


@pytest.mark.parametrize(("node", "name"), [(VanillaRNN(8), "vanillarnn"), (LSTM(8), None)])
def test_the_spectrum_is_that_of_a_node_with_a_square_matrix(node, name, series):
    experiment = Experiment(Input() >> node >> LinearReadout(), data=series)
    results = experiment.wait(60)
    found = spectrum_of(results, None, never)
    assert found.eigenvalues.size == (8 if name else 0) and (found.problem == "") == bool(name)
    experiment.close()


def test_the_spectrum_of_a_large_reservoir_is_refused_in_words(waves, monkeypatch):
    monkeypatch.setattr(modes, "LARGEST", 19)
    assert "more than 19 units take too long, reservoir has 20" in spectrum_of(waves.results, None, never).problem
