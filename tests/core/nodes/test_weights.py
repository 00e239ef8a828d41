"""The random weights: radius, sparsity, distribution."""

import numpy as np
import pytest

from rcwidgets.core.nodes import weights


@pytest.mark.parametrize("units", [1, 20, 150, 400])
@pytest.mark.parametrize("distribution", weights.DISTRIBUTIONS)
def test_recurrent_weights_have_spectral_radius_one(units, distribution):
    drawn = weights.recurrent(np.random.default_rng(3), units, 1.0 if units == 1 else 0.2, distribution)
    assert np.abs(np.linalg.eigvals(drawn)).max() == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_the_arnoldi_radius_is_the_dense_one(seed):
    drawn = weights.sparse(np.random.default_rng(seed), (200, 200), 0.1, "normal")
    assert weights.spectral_radius(drawn) == pytest.approx(np.abs(np.linalg.eigvals(drawn)).max(), rel=1e-9)


def test_no_connections_are_a_radius_of_zero():
    assert not weights.recurrent(np.random.default_rng(0), 30, 0.0, "normal").any()


@pytest.mark.parametrize(("distribution", "variance"), [("normal", 1.0), ("uniform", 1 / 3), ("bernoulli", 1.0)])
def test_distributions_have_zero_mean_and_their_variance(distribution, variance):
    drawn = weights.sample(np.random.default_rng(0), (40_000,), distribution)
    assert abs(drawn.mean()) < 0.02 and drawn.var() == pytest.approx(variance, rel=0.03)
    assert distribution != "bernoulli" or set(drawn) == {-1.0, 1.0}


@pytest.mark.parametrize("connectivity", [0.0, 0.1, 1.0])
def test_connectivity_is_the_share_of_connections(connectivity):
    drawn = weights.sparse(np.random.default_rng(0), (300, 300), connectivity, "normal")
    assert (drawn != 0).mean() == pytest.approx(connectivity, abs=0.01)


@pytest.mark.parametrize("units", [20, 100, 300])
@pytest.mark.parametrize("seed", range(6))
def test_connections_that_close_no_cycle_do_not_blow_up(units, seed, monkeypatch):
    generator = np.random.default_rng(seed)
    shuffled = generator.permutation(units)
    acyclic = np.triu(weights.sparse(generator, (units, units), 2 / units, "normal"), 1)[np.ix_(shuffled, shuffled)]
    assert weights.spectral_radius(acyclic) == 0
    monkeypatch.setattr(weights, "sparse", lambda *_: acyclic)
    drawn = weights.recurrent(generator, units, 2 / units, "normal")
    assert np.linalg.norm(drawn, 2) == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(6))
def test_the_radius_of_few_connections_is_that_of_the_cycles(seed):
    drawn = weights.sparse(np.random.default_rng(seed), (150, 150), 2 / 150, "normal")
    reference = np.abs(np.linalg.eigvals(drawn)).max()
    assert weights.spectral_radius(drawn) == pytest.approx(reference, rel=1e-6)


@pytest.mark.parametrize(("units", "seed"), [(5, 29), (10, 7), (20, 0), (20, 14), (50, 3)])
def test_the_radius_of_small_networks_is_that_of_the_dense_eigenvalues(units, seed):
    drawn = weights.sparse(np.random.default_rng([seed, units]), (units, units), 0.1 if units > 5 else 0.2, "normal")
    assert weights.spectral_radius(drawn) == pytest.approx(np.abs(np.linalg.eigvals(drawn)).max(), rel=1e-6)


def test_a_self_connection_inside_a_group_is_no_eigenvalue_by_itself():
    # [[1, 2], [-1, 0]] has the eigenvalues (1 +- i sqrt 7) / 2, of absolute value sqrt 2; [[1, -0.2], [1, 0]] has (1 +- sqrt 0.2) / 2
    assert weights.spectral_radius(np.array([[1.0, 2.0], [-1.0, 0.0]])) == pytest.approx(np.sqrt(2))
    assert weights.spectral_radius(np.array([[1.0, -0.2], [1.0, 0.0]])) == pytest.approx((1 + np.sqrt(0.2)) / 2)
    assert weights.spectral_radius(np.array([[-3.0, 0.0], [1.0, 2.0]])) == pytest.approx(3.0)
