"""LAPACK by its own parts, against SciPy's and NumPy's; the interpreter's lock is free meanwhile, and each step may be the last."""

import threading
import time

import numpy as np
import pytest
import scipy.linalg

from rcwidgets.core.algebra import lapack

SIZES = [1, 2, 3, 50, 200, 333]


@pytest.fixture(params=[3e9, 1e5], ids=["in one", "in steps"])
def steps(request, monkeypatch):
    """Small matrices in one step, or in as many as large ones take."""
    monkeypatch.setattr(lapack, "STEP", request.param)


@pytest.fixture(params=SIZES)
def rows(request, generator):
    """Rows (2 n + 5, n) whose singular values span six decades."""
    n = request.param
    return generator.normal(size=(2 * n + 5, n)) * 10.0 ** -np.linspace(0, 6, n)


@pytest.mark.usefixtures("steps")
def test_a_cholesky_factor_times_its_transpose_is_the_matrix(rows, generator):
    matrix = rows.T @ rows + np.eye(rows.shape[1])
    lower = lapack.cholesky(matrix.T.copy(order="F"))
    np.testing.assert_allclose(np.tril(lower) @ np.tril(lower).T, matrix, rtol=1e-12, atol=1e-12)
    right = generator.normal(size=(len(matrix), 3))
    kept = right.copy()
    np.testing.assert_allclose(lapack.cholesky_solve(lower, right), np.linalg.solve(matrix, right), rtol=1e-9)
    np.testing.assert_array_equal(right, kept)


@pytest.mark.usefixtures("steps")
def test_a_matrix_that_is_not_positive_definite_has_no_cholesky_factor():
    matrix = np.eye(300, order="F")
    matrix[250, 250] = -1.0
    assert lapack.cholesky(matrix) is None


@pytest.mark.usefixtures("steps")
def test_eigenvalues_and_vectors_are_those_of_scipy(rows):
    matrix = rows.T @ rows
    values, vectors = lapack.eigen(matrix.T.copy(order="F"))
    expected = scipy.linalg.eigh(matrix, eigvals_only=True)
    np.testing.assert_allclose(values, expected, atol=1e-13 * expected[-1])
    np.testing.assert_allclose(vectors * values @ vectors.T, matrix, atol=1e-12 * expected[-1])
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(len(matrix)), atol=1e-12)


@pytest.mark.usefixtures("steps")
def test_singular_values_and_vectors_are_those_of_scipy(rows, generator):
    matrix = np.linalg.qr(rows)[1]
    right = generator.normal(size=(len(matrix), 3))
    values, turned, basis = lapack.singular(np.array(matrix, order="F"), right)
    np.testing.assert_allclose(values, scipy.linalg.svdvals(matrix), rtol=1e-9)
    np.testing.assert_allclose(basis.T @ basis, np.eye(len(matrix)), atol=1e-12)
    np.testing.assert_allclose(basis @ (values[:, None] * turned), matrix.T @ right, atol=1e-12 * values[0])


@pytest.mark.usefixtures("steps")
@pytest.mark.parametrize("triangular", [False, True])
def test_rows_that_are_absorbed_add_their_moments(rows, triangular, generator):
    r = np.array(np.linalg.qr(rows)[1], order="F")
    below = generator.normal(size=(rows.shape[1] + 70, rows.shape[1]))
    below = np.linalg.qr(below)[1] if triangular else below
    expected = r.T @ r + below.T @ below
    lapack.absorb(r, np.array(below, order="F"), triangular=triangular)
    np.testing.assert_allclose(r.T @ r, expected, rtol=1e-9, atol=1e-11)
    np.testing.assert_array_equal(r, np.triu(r))


class GivenUp(Exception):
    """Raised by a checkpoint."""


@pytest.mark.parametrize(
    "work",
    [
        lambda a, check: lapack.cholesky(a, check),
        lambda a, check: lapack.eigen(a, check),
        lambda a, check: lapack.singular(a, np.ones((len(a), 1)), check),
        lambda a, check: lapack.absorb(np.eye(len(a), order="F"), a, checkpoint=check),
    ],
    ids=["cholesky", "eigen", "singular", "absorb"],
)
def test_what_takes_long_can_be_given_up_at_each_step(work, monkeypatch):
    monkeypatch.setattr(lapack, "STEP", 1e5)
    met = []

    def count():
        met.append(True)

    def raise_at_last():
        met.pop()
        if not met:
            raise GivenUp

    work(400.0 * np.eye(400, order="F"), count)
    assert len(met) > 5
    with pytest.raises(GivenUp):
        work(400.0 * np.eye(400, order="F"), raise_at_last)


def test_other_threads_run_while_a_matrix_is_factorised():
    """One call of some 100 ms: with the lock held no thread would tick within it."""
    matrix, ticks, over = 2000.0 * np.eye(1990, order="F"), [], threading.Event()

    def tick():
        while not over.wait(0.001):
            ticks.append(time.perf_counter())

    thread = threading.Thread(target=tick)
    thread.start()
    began = time.perf_counter()
    lapack.cholesky(matrix)
    ended = time.perf_counter()
    over.set()
    thread.join()
    assert sum(began < at < ended for at in ticks) >= 5


def test_the_libraries_are_those_of_scipy_also_where_they_came_by_themselves():
    from scipy.linalg import cython_blas, cython_lapack

    assert (lapack.cython_blas, lapack.cython_lapack) == (cython_blas, cython_lapack)
    assert scipy.linalg.cython_lapack is lapack.cython_lapack
