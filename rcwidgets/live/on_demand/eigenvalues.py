"""The eigenvalues of the recurrent weights that the results were computed with."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from rcwidgets.core import sparse_arrays
from rcwidgets.core.analysis.spectrum import spectrum, square
from rcwidgets.core.model import program as programs
from rcwidgets.core.short import short_repr
from rcwidgets.live.results.results import Results

LARGEST = 1_500  # units: the eigenvalues of more take seconds


@dataclass(frozen=True, eq=False)
class Modes:
    """The eigenvalues (units,) of spectral_radius * W of the node `name`, complex; empty where `problem` says in a sentence why."""

    name: str
    eigenvalues: np.ndarray
    problem: str = ""
    drawn: np.ndarray = field(default_factory=lambda: np.zeros(0), repr=False)  # those of W itself
    digest: str = field(default="", repr=False)

    __repr__ = short_repr


def spectrum_of(results: Results, before: Modes | None, checkpoint: Callable[[], None]) -> Modes:
    """The spectrum of the first reservoir or RNN; a slider of the radius takes up the eigenvalues that were found `before`."""
    program, none = programs.compile_graph(results.model), np.zeros(0)
    found = [(k, square(results.params[program.names[k]])) for k, node in enumerate(program.nodes) if node.stateful]
    place, matrix = next(((k, matrix) for k, matrix in found if matrix is not None), (0, None))
    if matrix is None:
        return Modes("", none, "No node of this model has a square matrix W. Put in a Reservoir or a VanillaRNN.")
    name, units = program.names[place], matrix.shape[0]
    if units > LARGEST:
        return Modes(name, none, f"The eigenvalues of more than {LARGEST:,} units take too long, {name} has {units:,}.")
    checkpoint()
    dense = np.ascontiguousarray(matrix.toarray() if sparse_arrays.issparse(matrix) else matrix)
    digest = hashlib.sha256(dense.data).hexdigest()
    drawn = before.drawn if before is not None and before.digest == digest else spectrum(dense)
    radius = float(getattr(program.nodes[place], "spectral_radius", 1.0))
    return Modes(name, radius * drawn, drawn=drawn, digest=digest)
