"""LAPACK without the interpreter's lock, in steps that can be given up.

SciPy's own wrappers hold the lock from the call to the return: 8 s for an eigendecomposition of 2,500 features, in which no cell and no
slider answers. The same routines of the same library, as SciPy hands them to Cython (`scipy.linalg.cython_lapack`), are called here through
ctypes, which lets go of the lock. `__pyx_capi__` of those modules, where Cython and Numba look too, has their addresses and signatures.

Nothing can break a call, so the long ones are made of LAPACK's own parts, of some 0.1 s each; `checkpoint()` is called between two of them,
and may raise. Matrices are float64 in Fortran order and are written over, but for those that are called right. A symmetric matrix in C
order is its own transpose: give `matrix.T`.
"""

import ctypes
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import ModuleType
from typing import Any

import numpy as np
import scipy  # on Windows it also tells where compiled libraries are


def _library(name: str) -> ModuleType:
    """A module of `scipy.linalg`. By itself, where it is a file: an import by its name runs all of `scipy.linalg`, a tenth of the time to
    the first figure."""
    whole = f"scipy.linalg.{name}"
    found = PathFinder.find_spec(whole, [f"{folder}/linalg" for folder in scipy.__path__])
    if whole in sys.modules or found is None or found.loader is None:
        return import_module(whole)
    library = module_from_spec(found)
    found.loader.exec_module(library)
    sys.modules.pop(whole, None)  # Cython put it there: an import by its name shall find it anew, and tell `scipy.linalg` of it
    return library


cython_blas, cython_lapack = _library("cython_blas"), _library("cython_lapack")
PANEL = 32  # columns that one step of a blocked algorithm eliminates; the fastest of 16, 32, 64 for a QR of 400 columns
STEP = 3e9  # multiplications and additions, some 0.1 s of one core
_get_name, _get_pointer = ctypes.pythonapi.PyCapsule_GetName, ctypes.pythonapi.PyCapsule_GetPointer
_get_name.restype, _get_name.argtypes = ctypes.c_char_p, [ctypes.py_object]
_get_pointer.restype, _get_pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
_KINDS: dict[str, Any] = {"char": ctypes.c_char, "int": ctypes.c_int}  # of a parameter, by how it is written; all others are float64
Checkpoint = Callable[[], None]


def nothing() -> None:
    """A checkpoint that never raises."""


@cache
def _routine(library: ModuleType, name: str) -> tuple[Callable[..., None], list[Any]]:
    """A routine, and the kind of each of its parameters, which are all pointers."""
    capsule = library.__pyx_capi__[name]
    written = _get_name(capsule)
    parameters = written.decode().removeprefix("void (").removesuffix(")").split(", ")
    made = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * len(parameters))(_get_pointer(capsule, written))
    return made, [_KINDS.get(one.split()[0], ctypes.c_double) for one in parameters]


def _call(name: str, *values: Any, library: ModuleType = cython_lapack) -> int:
    """Calls a routine with letters, numbers and arrays; returns its last parameter, `info`, where the values leave that out.

    A matrix is followed by the rows from one of its columns to the next.
    """
    routine, kinds = _routine(library, name)
    kept: list[Any] = []
    addresses: list[int] = []
    for value in values:
        kind = kinds[len(addresses)]
        if isinstance(value, np.ndarray):
            assert value.dtype == (np.intc if kind is ctypes.c_int else np.float64), (name, value.dtype)
            addresses.append(value.ctypes.data)
            if value.ndim == 2:
                assert value.strides[0] == 8 or len(value) == 1, (name, value.strides)
                kept.append(ctypes.c_int(max(value.strides[1] // 8 if value.shape[1] > 1 else 0, len(value), 1)))
                addresses.append(ctypes.addressof(kept[-1]))
        else:
            kept.append(kind(value))
            addresses.append(ctypes.addressof(kept[-1]))
    info = ctypes.c_int(0)
    if len(addresses) < len(kinds):
        addresses.append(ctypes.addressof(info))
    assert len(addresses) == len(kinds), (name, len(addresses), len(kinds))
    routine(*addresses)
    return info.value


def _check(name: str, info: int) -> None:
    if info != 0:
        raise ValueError(f"The features could not be factored, got info {info} from {name}. Check that they are finite.")


def _columns(size: int, cost: float) -> Iterator[slice]:
    """Columns of a matrix of so many, in groups that take a step where each costs that many operations."""
    width = max(PANEL, int(STEP / cost))
    return (slice(start, start + width) for start in range(0, size, width))


def add_square(rows: np.ndarray, total: np.ndarray) -> np.ndarray:
    """total + rows.T @ rows in the lower triangle, computed in place.

    `rows` (n, p) float64 in C order and `total` (p, p) float64 in Fortran order: then nothing is copied, and only half of the products
    are formed.
    """
    count, size = rows.shape
    _call("dsyrk", b"L", b"N", size, count, 1.0, rows.T, 1.0, total, library=cython_blas)
    return total


def add_product(left: np.ndarray, right: np.ndarray, total: np.ndarray) -> None:
    """Adds left @ right.T to `total` (m, n), in place and without memory of its own; all in Fortran order, parts of larger ones too."""
    _call("dgemm", b"N", b"T", *total.shape, left.shape[1], 1.0, left, right, 1.0, total, library=cython_blas)


def cholesky(matrix: np.ndarray, checkpoint: Checkpoint = nothing) -> np.ndarray | None:
    """The lower Cholesky factor of a symmetric matrix; what is above its diagonal means nothing. None where it is not positive definite."""
    size = len(matrix)
    width = size if size**3 / 3 < STEP else max(PANEL, int(STEP / size**2))
    for start in range(0, size, max(width, 1)):
        checkpoint()
        stop = min(start + width, size)
        corner, below, rest = matrix[start:stop, start:stop], matrix[stop:, start:stop], matrix[stop:, stop:]
        if _call("dpotrf", b"L", len(corner), corner):
            return None
        if len(below):
            _call("dtrsm", b"R", b"L", b"T", b"N", *below.shape, 1.0, corner, below, library=cython_blas)
            _call("dsyrk", b"L", b"N", *below.shape, -1.0, below, 1.0, rest, library=cython_blas)
    return matrix


def cholesky_solve(lower: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The solution (n, columns) of L L.T w = right."""
    solution = np.array(right, np.float64, order="F")
    _call("dpotrs", b"L", len(lower), solution.shape[1], lower, solution)
    return solution


def tridiagonal(matrix: np.ndarray, checkpoint: Checkpoint = nothing) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """T = Q.T A Q of a symmetric matrix A (n, n): its diagonal (n,), what is beside it (n - 1,), and the scales of the reflectors.

    The reflectors, of which Q is made, are left in the matrix. As LAPACK's dsytrd, panel by panel.
    """
    size = len(matrix)
    diagonal, beside, scales = np.empty(size), np.empty(max(size - 1, 0)), np.empty(max(size - 1, 0))
    start = 0
    while size - start > 4 * PANEL:
        checkpoint()
        stop = start + PANEL
        rest, strip = matrix[start:, start:], np.empty((size - start, PANEL), order="F")
        _call("dlatrd", b"L", len(rest), PANEL, rest, beside[start:], scales[start:], strip)
        outer = (-1.0, matrix[stop:, start:stop], strip[PANEL:], 1.0, matrix[stop:, stop:])
        _call("dsyr2k", b"L", b"N", size - stop, PANEL, *outer, library=cython_blas)
        places = np.arange(start, stop)
        matrix[places + 1, places] = beside[start:stop]
        diagonal[start:stop] = matrix[places, places]
        start = stop
    rest, work = matrix[start:, start:], np.empty(PANEL * max(size, 1))
    _check("dsytrd", _call("dsytrd", b"L", len(rest), rest, diagonal[start:], beside[start:], scales[start:], work, len(work)))
    return diagonal, beside, scales


def reflect(reflectors: np.ndarray, scales: np.ndarray, columns: np.ndarray, *, back: bool, checkpoint: Checkpoint = nothing) -> np.ndarray:
    """Q.T @ columns with the Q that `tridiagonal` left; `back` Q @ columns. The columns (n, m) are written over."""
    way, size = b"N" if back else b"T", len(reflectors)
    return _in_groups("dormtr", lambda group: (b"L", b"L", way, size, group.shape[1], reflectors, scales), size, columns, checkpoint)


def _in_groups(
    name: str, values: Callable[[np.ndarray], tuple[Any, ...]], size: int, columns: np.ndarray, checkpoint: Checkpoint
) -> np.ndarray:
    """The columns (size, m), written over group by group by a routine that turns them; `values` are what it takes before a group."""
    for part in _columns(columns.shape[1], 2.0 * size**2):
        checkpoint()
        group = columns[:, part]
        work = np.empty(PANEL * max(group.shape[1], 1) + 65 * 64)
        _check(name, _call(name, *values(group), group, work, len(work)))
    return columns


def eigen(matrix: np.ndarray, checkpoint: Checkpoint = nothing) -> tuple[np.ndarray, np.ndarray]:
    """The eigenvalues (n,) in rising order and the eigenvectors (n, n) of a symmetric matrix, as LAPACK's dsyevd."""
    size = len(matrix)
    values, beside, scales = tridiagonal(matrix, checkpoint)
    checkpoint()
    vectors = np.empty((size, size), order="F")
    work, places = np.empty(1 + 4 * size + size**2), np.empty(3 + 5 * size, np.intc)
    _check("dstedc", _call("dstedc", b"I", size, values, beside, vectors, work, len(work), places, len(places)))
    return values, reflect(matrix, scales, vectors, back=True, checkpoint=checkpoint)


def singular(matrix: np.ndarray, right: np.ndarray, checkpoint: Checkpoint = nothing) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of X = U S V.T (n, n): S (n,) in falling order, U.T right (n, columns), and V (n, n), as LAPACK's dgesdd; U is not formed."""
    size = len(matrix)
    values, above, lefts, rights = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    start = 0
    while size - start > 4 * PANEL:
        checkpoint()
        stop, left = start + PANEL, size - start - PANEL
        x, y = np.empty((size - start, PANEL), order="F"), np.empty((size - start, PANEL), order="F")
        ends = (values[start:], above[start:], lefts[start:], rights[start:])
        _call("dlabrd", size - start, size - start, PANEL, matrix[start:, start:], *ends, x, y)
        rest = matrix[stop:, stop:]
        _call("dgemm", b"N", b"T", left, left, PANEL, -1.0, matrix[stop:, start:stop], y[PANEL:], 1.0, rest, library=cython_blas)
        _call("dgemm", b"N", b"N", left, left, PANEL, -1.0, x[PANEL:], matrix[start:stop, stop:], 1.0, rest, library=cython_blas)
        places = np.arange(start, stop)
        matrix[places, places], matrix[places, places + 1] = values[start:stop], above[start:stop]
        start = stop
    rest, work = matrix[start:, start:], np.empty(2 * PANEL * max(size, 1))
    ends = (values[start:], above[start:], lefts[start:], rights[start:])
    _check("dgebrd", _call("dgebrd", len(rest), len(rest), rest, *ends, work, len(work)))
    turned = _turned(b"Q", b"T", matrix, lefts, np.array(right, np.float64, order="F"), checkpoint)
    u, vt = np.empty((size, size), order="F"), np.empty((size, size), order="F")
    one, none = np.empty(1), np.empty(1, np.intc)
    work, places = np.empty(3 * size**2 + 4 * size), np.empty(8 * max(size, 1), np.intc)
    checkpoint()
    _check("dbdsdc", _call("dbdsdc", b"U", b"I", size, values, above, u, vt, one, none, work, places))
    checkpoint()
    return values, u.T @ turned, _turned(b"P", b"N", matrix, rights, np.asfortranarray(vt.T), checkpoint)


def _turned(which: bytes, way: bytes, matrix: np.ndarray, scales: np.ndarray, columns: np.ndarray, checkpoint: Checkpoint) -> np.ndarray:
    """The columns multiplied from the left by Q or P (`which`) of a bidiagonal form, or its transpose (`way`), in place."""
    size = len(matrix)
    return _in_groups("dormbr", lambda group: (which, b"L", way, size, group.shape[1], size, matrix, scales), size, columns, checkpoint)


def absorb(r: np.ndarray, rows: np.ndarray, *, triangular: bool = False, checkpoint: Checkpoint = nothing) -> None:
    """Makes `r` (n, n), upper triangular, the triangular factor of itself with `rows` (m, n) below it, which are written over.

    `triangular` says that row k of `rows` is zero before column k.
    """
    size = len(r)
    height = max(2 * PANEL, int(STEP / (2 * size**2)))
    for start in range(0, len(rows), height):
        checkpoint()
        first = start if triangular else 0  # the factor changes from there on
        block, corner = rows[start : start + height, first:], r[first:, first:]
        panel = min(PANEL, len(corner))
        factors, work = np.empty((panel, len(corner)), order="F"), np.empty(panel * len(corner))
        pentagon = min(len(block), len(corner)) if triangular else 0
        _check("dtpqrt", _call("dtpqrt", len(block), len(corner), pentagon, panel, corner, block, factors, work))


def solve_tridiagonal(diagonal: np.ndarray, beside: np.ndarray, right: np.ndarray) -> np.ndarray | None:
    """The solution (n, columns) of T w = right with T symmetric and tridiagonal; None where T is not positive definite."""
    lower, off, solution = diagonal.copy(), beside.copy(), np.array(right, np.float64, order="F")
    if _call("dpttrf", len(lower), lower, off):
        return None
    _check("dpttrs", _call("dpttrs", len(lower), solution.shape[1], lower, off, solution))
    return solution
