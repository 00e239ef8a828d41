"""Topologies: who is connected to whom, and how strongly, against structures written down one by one."""

import tracemalloc

import numpy as np
import pytest

from rcwidgets.core.algebra.blas import one_thread
from rcwidgets.core.nodes import Reservoir, topology, weights
from rcwidgets.core.nodes import radius as radius_module
from rcwidgets.core.nodes.topology import TOPOLOGIES, Plan
from rcwidgets.core.spec.knobs import knobs_of

KNOBS = {name: knobs_of(Reservoir)[name].default for name in Plan._fields}
SIZES = [1, 2, 3, 7, 40, 350]


def drawn(name, units, seed=0, **knobs):
    plan = Plan(**{**KNOBS, "topology": name, "units": units, **knobs})
    found = topology.draw(np.random.default_rng(seed), plan)
    whole = found if isinstance(found, np.ndarray) else found.toarray()
    assert isinstance(found, np.ndarray) != plan.gathered
    return whole, plan


def radius(matrix):
    with one_thread():
        return np.abs(np.linalg.eigvals(matrix)).max()


@pytest.mark.parametrize("name", [name for name in TOPOLOGIES if name != "delay line"])
@pytest.mark.parametrize("units", SIZES)
def test_the_spectral_radius_is_one(name, units):
    full = {"connectivity": 1.0} if units < 40 else {}
    matrix, _ = drawn(name, units, **full)
    if name == "small world" and units == 1:
        assert not matrix.any()  # a unit is no neighbour of its own
    else:
        assert radius(matrix) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("name", [name for name in TOPOLOGIES if name != "random"])
@pytest.mark.parametrize("units", SIZES)
def test_no_unit_has_more_sources_than_the_in_degree(name, units):
    matrix, plan = drawn(name, units)
    assert np.count_nonzero(matrix, axis=0).max(initial=0) <= plan.in_degree


@pytest.mark.parametrize("units", [1, 5, 350])
def test_a_cycle_feeds_the_next_unit_and_the_last_the_first(units):
    matrix, _ = drawn("cycle", units)
    expected = np.zeros((units, units))
    for unit in range(units):
        expected[unit, (unit + 1) % units] = 1.0
    np.testing.assert_array_equal(matrix, expected)


@pytest.mark.parametrize("units", [1, 5, 350])
def test_a_delay_line_is_nilpotent_with_singular_value_one(units):
    matrix, _ = drawn("delay line", units)
    np.testing.assert_array_equal(matrix, np.eye(units, k=1))
    assert weights.spectral_radius(matrix) == 0
    if units > 1:
        assert np.linalg.norm(matrix, 2) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("units", "length", "jumps"),
    [
        (6, 2, [(0, 2), (2, 4), (4, 0)]),  # the length divides the units: the last jump ends at the first one
        (7, 3, [(0, 3), (3, 6)]),  # it does not: two jumps; 6 -> 0 is the cycle's
        (8, 3, [(0, 3), (3, 6)]),
        (5, 7, []),
    ],
)
def test_jumps_go_both_ways_between_every_so_many_units(units, length, jumps):
    matrix, _ = drawn("cycle with jumps", units, jump_length=length, jump_weight=0.25)
    expected = np.roll(np.eye(units), 1, axis=1)
    for one, other in jumps:
        expected[one, other] = expected[other, one] = 0.25
    np.testing.assert_allclose(matrix, expected / radius(expected), atol=1e-12)


@pytest.mark.parametrize(("units", "length", "weight"), [(350, 7, 0.5), (351, 10, 2.0), (330, 150, 1.0), (303, 2, 0.1)])
def test_the_radius_of_large_cycles_with_jumps_is_the_dense_one(units, length, weight):
    matrix, plan = drawn("cycle with jumps", units, jump_length=length, jump_weight=weight)
    assert plan.gathered
    assert radius(matrix) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("units", [3, 9, 350])
def test_a_small_world_without_rewiring_is_a_ring(units):
    matrix, _ = drawn("small world", units, rewiring=0.0, neighbours=2)
    distance = np.abs(np.subtract.outer(np.arange(units), np.arange(units)))
    around = np.minimum(distance, units - distance)
    np.testing.assert_array_equal(matrix != 0, (around >= 1) & (around <= 2))


def test_rewiring_keeps_the_in_degree_and_moves_its_share_of_the_sources():
    ring, _ = drawn("small world", 400, rewiring=0.0, neighbours=3)
    world, _ = drawn("small world", 400, rewiring=0.3, neighbours=3)
    assert set(np.count_nonzero(world, axis=0)) == {6}
    assert not np.diag(world).any()
    assert len(set(np.count_nonzero(world, axis=1))) > 3
    assert ((world != 0) & (ring != 0)).sum() / (ring != 0).sum() == pytest.approx(0.7, abs=0.03)


@pytest.mark.parametrize("units", [5, 40])
def test_a_small_world_may_be_full(units):
    matrix, _ = drawn("small world", units, rewiring=1.0, neighbours=50)
    np.testing.assert_array_equal(matrix != 0, ~np.eye(units, dtype=bool))


@pytest.mark.parametrize("units", [1, 30, 350])
def test_orthogonal_weights_keep_lengths(units):
    matrix, _ = drawn("orthogonal", units)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(units), atol=1e-12)


def test_orthogonal_weights_turn_either_way():
    assert {round(np.linalg.det(drawn("orthogonal", 3, seed)[0])) for seed in range(10)} == {-1, 1}
    assert abs(np.mean([np.trace(drawn("orthogonal", 3, seed)[0]) for seed in range(300)])) < 0.2  # QR alone: 1.2 and more


@pytest.mark.parametrize(("units", "blocks", "sizes"), [(20, 3, [7, 7, 6]), (4, 10, [1, 1, 1, 1]), (1600, 10, [160] * 10)])
def test_blocks_are_full_apart_and_each_of_radius_one(units, blocks, sizes):
    matrix, plan = drawn("block diagonal", units, blocks=blocks)
    assert plan.gathered == (units == 1600)
    start = 0
    for size in sizes:
        block = matrix[start : start + size, start : start + size]
        assert np.count_nonzero(block) == size * size
        assert radius(block) == pytest.approx(1.0, abs=1e-9)
        start += size
    assert np.count_nonzero(matrix) == sum(size * size for size in sizes)


def test_large_random_weights_have_one_in_degree_and_radius_one():
    matrix, plan = drawn("random", 1000, connectivity=0.02, distribution="uniform")
    assert plan.gathered and set(np.count_nonzero(matrix, axis=0)) == {20}
    assert radius(matrix) == pytest.approx(1.0, abs=1e-7)
    there = matrix[matrix != 0]
    assert there.std() == pytest.approx(np.abs(there).max() / np.sqrt(3), rel=0.02)


@pytest.mark.parametrize(("connectivity", "in_degree"), [(0.0, 0), (1e-5, 1), (0.002, 2), (0.0026, 3)])
def test_the_in_degree_is_the_rounded_share_and_at_least_one(connectivity, in_degree):
    matrix, plan = drawn("random", 1000, connectivity=connectivity)
    assert plan.in_degree == in_degree
    assert set(np.count_nonzero(matrix, axis=0)) == {in_degree}


def test_no_square_array_is_made_for_large_sparse_weights():
    node = Reservoir(5000, connectivity=0.002)
    tracemalloc.start()
    held = node.draw(lambda name: np.random.default_rng(0), 1, 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert held["weights"].shape == (10, 5000)
    assert peak < 5000 * 5000  # bytes: not even one for each pair of units


@pytest.mark.parametrize("distribution", weights.DISTRIBUTIONS)
def test_the_circular_law_tells_the_radius_of_large_random_weights_to_two_percent(distribution):
    with one_thread():
        matrix = topology.draw(
            np.random.default_rng(0), Plan(**KNOBS | {"units": 5000, "connectivity": 0.004, "distribution": distribution})
        )
        assert radius_module.circular_radius(matrix) == pytest.approx(1, abs=0.02)


def test_twenty_thousand_random_units_are_scaled_by_the_circular_law():
    matrix = topology.draw(np.random.default_rng(0), Plan(**KNOBS | {"units": 20_000, "connectivity": 0.001}))
    assert matrix.nnz == 20 * 20_000
    assert radius_module.circular_radius(matrix) == pytest.approx(1)
