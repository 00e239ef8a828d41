"""Ridge regression of rows in one call; the conditioning decides the route."""

from rcwidgets.core.algebra.gram import Cross, Gram
from rcwidgets.core.algebra.orthogonal import Triangle
from rcwidgets.core.algebra.solver import solve, solve_rows


def ridge(x, y, beta, mask=None, *, penalize_bias=False):
    (readout,) = solve(Gram.of(x, mask), Cross.of(x, y, mask), [beta], penalize_bias=penalize_bias)
    return readout or solve_rows(Triangle.of(x, y, mask), [beta], penalize_bias=penalize_bias)[0]
