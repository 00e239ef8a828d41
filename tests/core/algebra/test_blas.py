"""One BLAS thread inside the block, the process's own number outside."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from rcwidgets.core.algebra.blas import TILE, add_square_by, mirrored, one_thread
from rcwidgets.core.algebra.lapack import add_square


def threads():
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def two_threads():
    """The process starts with two BLAS threads, whatever the machine has."""
    with threadpool_limits(2, user_api="blas"):
        yield


def test_blas_runs_on_one_thread_inside_and_on_its_own_number_outside():
    with one_thread():
        assert threads() == {1}
        with one_thread():
            assert threads() == {1}
        assert threads() == {1}
    assert threads() == {2}


def test_every_thread_can_set_the_limit_whoever_did_before():
    seen = []

    def work():
        with one_thread():
            seen.append(threads())
        seen.append(threads())

    with one_thread():
        pass
    worker = Thread(target=work)
    worker.start()
    worker.join()
    with one_thread():
        seen.append(threads())
    assert seen == [{1}, {2}, {1}]


def test_an_error_inside_lifts_the_limit():
    with pytest.raises(ZeroDivisionError), one_thread():
        _ = 1 / 0
    assert threads() == {2}


def test_blocks_that_overlap_between_threads_lift_the_limit_at_the_last_one_out():
    entered, left, seen = Barrier(2, timeout=10), Barrier(2, timeout=10), []

    def first():
        with one_thread():
            entered.wait()
        left.wait()

    worker = Thread(target=first)
    worker.start()
    with one_thread():
        entered.wait()
        left.wait()
        worker.join()
        seen.append(threads())
    assert seen == [{1}]
    assert threads() == {2}


def test_the_square_is_added_in_place(generator):
    rows, total = generator.normal(size=(20, 4)), np.asfortranarray(np.tril(np.ones((4, 4))))
    added = add_square(rows, total)
    assert np.shares_memory(added, total)
    np.testing.assert_allclose(added, np.tril(1 + rows.T @ rows))


@pytest.mark.parametrize("parts", [1, 2, 7])
def test_threads_share_the_triangle_of_a_square(generator, parts):
    rows, before = generator.normal(size=(30, 11)), generator.normal(size=(11, 11))
    total = before.copy()
    with ThreadPoolExecutor(2) as pool:
        add_square_by(pool, parts, rows, total)
    np.testing.assert_allclose(np.tril(total), np.tril(before + rows.T @ rows), rtol=1e-12)


def test_an_error_of_a_band_is_raised(generator):
    with ThreadPoolExecutor(2) as pool, pytest.raises(ValueError, match="matmul|broadcast"):
        add_square_by(pool, 2, generator.normal(size=(30, 5)), np.zeros((11, 11)))


@pytest.mark.parametrize("size", [1, TILE, 2 * TILE + 3])
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_lower_triangle_is_mirrored_in_place(generator, size, order):
    matrix = np.array(generator.normal(size=(size, size)), order=order)
    wanted = np.tril(matrix) + np.tril(matrix, -1).T
    assert mirrored(matrix) is matrix
    np.testing.assert_array_equal(matrix, wanted)
