"""Solutions at many betas from one tridiagonal form, against NumPy's own and against a Cholesky factorisation each."""

import numpy as np
import pytest

from rcwidgets.core.algebra import solver
from rcwidgets.core.algebra.gram import Cross, Gram
from rcwidgets.core.algebra.solver import CHOLESKY, QR, TRIDIAGONAL, TRIDIAGONAL_BETAS, reduce, select, solve, solve_reduced


def solve_shifted(matrix, right, betas):
    return solve_reduced(reduce(matrix), right, betas)


def solve_by(one, gram, cross, betas, penalize):
    return one.compute(one.init(gram, penalize_bias=penalize), cross, betas)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 30])
@pytest.mark.parametrize("columns", [1, 3])
def test_each_solution_is_that_of_the_shifted_matrix(generator, size, columns):
    rows = generator.normal(size=(40, size))
    matrix, right = rows.T @ rows, generator.normal(size=(size, columns))
    found = solve_shifted(matrix.copy(), right, [0.0, 1e-3, 10.0])
    for beta, solution in zip([0.0, 1e-3, 10.0], found, strict=True):
        np.testing.assert_allclose(solution, np.linalg.solve(matrix + beta * np.eye(size), right), rtol=1e-9, atol=1e-13)


def test_a_matrix_that_is_not_positive_definite_has_no_solution_and_spoils_no_other(generator):
    basis, _ = np.linalg.qr(generator.normal(size=(6, 6)))
    matrix = basis * [-1.0, 1.0, 2.0, 3.0, 4.0, 5.0] @ basis.T
    none, some = solve_shifted((matrix + matrix.T) / 2, np.ones((6, 1)), [0.5, 2.0])
    assert none is None
    np.testing.assert_allclose(some, np.linalg.solve(matrix + 2 * np.eye(6), np.ones((6, 1))), rtol=1e-10)
    assert solve_shifted(np.array([[-1.0]]), np.ones((1, 1)), [0.5, 2.0])[0] is None
    assert solve_shifted((matrix + matrix.T) / 2, np.ones((6, 1)), [0.5]) == [None]


@pytest.mark.parametrize("penalize", [False, True])
def test_many_betas_give_what_each_gives_alone(generator, penalize, monkeypatch):
    x = generator.normal(size=(300, 20)) * np.logspace(0, -3, 20)
    y = generator.normal(size=(300, 2))
    gram, cross, betas = Gram.of(x), Cross.of(x, y), np.logspace(-6, 1, TRIDIAGONAL_BETAS)
    assert select(gram, 1e-6, penalize_bias=penalize, betas=len(betas)) is TRIDIAGONAL
    together = solve(gram, cross, betas, penalize_bias=penalize)
    for beta, readout in zip(betas, together, strict=True):
        (alone,) = solve_by(CHOLESKY, gram, cross, [beta], penalize)
        np.testing.assert_allclose(readout.weights, alone.weights, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(readout.bias, alone.bias, rtol=1e-8, atol=1e-10)
    monkeypatch.setattr(solver, "CACHED", 10)  # a large matrix is factorised each time
    assert select(gram, 1e-6, penalize_bias=penalize, betas=len(betas)) is CHOLESKY
    for one, other in zip(together, solve(gram, cross, betas, penalize_bias=penalize), strict=True):
        np.testing.assert_allclose(one.weights, other.weights, rtol=1e-8, atol=1e-10)


def test_a_beta_that_is_too_small_is_said_among_many(generator):
    x = generator.normal(size=(3, 8))
    gram, cross = Gram.of(x), Cross.of(x, x[:, :1])
    with pytest.raises(ValueError, match=r"Ridge.beta must be at least .* got 0.0. Solve by the orthogonal route."):
        solve_by(TRIDIAGONAL, gram, cross, [1.0, 1.0, 1.0, 1.0, 0.0], False)
    assert select(gram, 0.0, betas=5) is QR and solve(gram, cross, [1.0, 0.0])[1] is None
