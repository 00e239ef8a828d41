"""How the weights of recurrent layers are drawn."""

from collections.abc import Callable

import numpy as np

Draw = Callable[[np.random.Generator, int, int], np.ndarray]


def xavier(generator: np.random.Generator, sources: int, targets: int) -> np.ndarray:
    """Weights (sources, targets) from normal(0, 2 / (sources + targets)), the second number being the variance.

    Reference: Glorot & Bengio (2010), Proceedings of AISTATS, 249-256.
    """
    return generator.normal(0.0, np.sqrt(2.0 / (sources + targets)), (sources, targets))


def orthogonal(generator: np.random.Generator, sources: int, targets: int) -> np.ndarray:
    """A square orthogonal matrix, every one as likely (QR of a normal matrix, with the signs of R's diagonal taken out).

    Reference: Saxe, McClelland & Ganguli (2014), arXiv:1312.6120.
    """
    q, r = np.linalg.qr(generator.normal(size=(sources, targets)))
    return q * np.sign(np.diag(r))
