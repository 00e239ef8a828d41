"""Plain values, arrays among them, as bytes and back: JSON text and NumPy's own format, never code."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from io import BytesIO
from typing import Any, Literal, TypeAlias

import numpy as np

from rcwidgets.core import sparse_arrays

Skeleton: TypeAlias = tuple[Literal["value", "list", "dict", "array", "masked", "sparse"], Any]
_TEXT = "plain"


def pack(value: Any) -> bytes:
    """The bytes of None, booleans, numbers, texts, arrays (masked and scipy.sparse ones too), and of lists and dicts of these.

    A tuple comes back as a list, and what NumPy makes an array of (a data frame) as that array.
    """
    arrays: list[np.ndarray] = []
    skeleton = _taken_apart(value, arrays)
    file = BytesIO()
    entries: dict[str, Any] = {str(k): array for k, array in enumerate(arrays)}
    np.savez(file, allow_pickle=False, **{_TEXT: np.array(json.dumps(skeleton))}, **entries)
    return file.getvalue()


def unpack(data: bytes) -> Any:
    """The value of the bytes that `pack` made."""
    with np.load(BytesIO(data), allow_pickle=False) as entries:
        arrays = {name: entries[name] for name in entries.files}
    return _put_together(json.loads(str(arrays.pop(_TEXT))), arrays)


def digest(value: Any) -> str:
    """A name of the content of a value that `pack` takes: the same for the same numbers in the same precision."""
    arrays: list[np.ndarray] = []
    told = blake2b(json.dumps(_taken_apart(value, arrays), sort_keys=True).encode(), digest_size=16)
    for array in arrays:
        told.update(f"{array.dtype.str}{array.shape}".encode())
        told.update(np.ascontiguousarray(array).tobytes())
    return told.hexdigest()


def _taken_apart(value: Any, arrays: list[np.ndarray]) -> Skeleton:
    """The value without its arrays, which are added to `arrays`; in their places stand their numbers."""

    def kept(array: np.ndarray) -> str:
        if array.dtype.kind not in "biufcSU":
            raise TypeError(f"The data must be arrays of numbers to be worked on elsewhere, got {array.dtype} of shape {array.shape}.")
        arrays.append(array)
        return str(len(arrays) - 1)

    if value is None or isinstance(value, bool | int | float | str):
        return "value", value
    if isinstance(value, Mapping):
        return "dict", {str(name): _taken_apart(one, arrays) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return "list", [_taken_apart(one, arrays) for one in value]
    if sparse_arrays.issparse(value):
        columns = sparse_arrays.csc_array(value)
        return "sparse", [[kept(part) for part in (columns.data, columns.indices, columns.indptr)], list(columns.shape)]
    if isinstance(value, np.ma.MaskedArray):
        return "masked", [kept(np.asarray(value.data)), kept(np.ma.getmaskarray(value))]
    return "array", kept(np.asarray(value))


def _put_together(skeleton: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    kind, held = skeleton
    match kind:
        case "dict":
            return {name: _put_together(one, arrays) for name, one in held.items()}
        case "list":
            return [_put_together(one, arrays) for one in held]
        case "array":
            return arrays[held]
        case "masked":
            data, mask = held
            return np.ma.MaskedArray(arrays[data], arrays[mask])
        case "sparse":
            parts, shape = held
            return sparse_arrays.csc_array(tuple(arrays[part] for part in parts), shape=tuple(shape))
    return held
