"""The direct solve at one beta, as several tests call it."""

from rcwidgets.core.algebra.solver import CHOLESKY


def solve(gram, cross, beta, *, penalize_bias=False):
    """The readout by a Cholesky factorisation."""
    return CHOLESKY.compute(CHOLESKY.init(gram, penalize_bias=penalize_bias), cross, [beta])[0]
