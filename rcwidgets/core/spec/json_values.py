"""Plain values from outside, such as JSON holds: checked, with errors that name the path of the bad entry.

"nodes[2].knobs.leak_rate: Reservoir.leak_rate must be in [0.001, 1.0], got 1.7."

Records are frozen dataclasses of such values, a field an `Annotated[type, reader]`: reader(path, value) gives the value as it is kept, or
raises with the path. What the page may send is told to it by the types (see `scripts/typescript.py`).
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, NoReturn, TypeVar, get_type_hints

import numpy as np

from rcwidgets.core.spec.registry import RESERVED, is_name

WHOLE = "document"  # the path of the whole document
LONGEST_JSON = 256_000  # bytes of JSON
LONGEST_WORD = 200  # characters of a knob's value
FARTHEST = 1e6  # pixels from the origin of the canvas

Position = tuple[float, float]


class DocumentError(ValueError):
    """A document that cannot be read: the words, led by the `path` of the bad entry ("document" for the whole)."""

    def __init__(self, path: str, words: str) -> None:
        super().__init__(f"{path} {words}" if words.startswith("must") else f"{path}: {words}")
        self.path, self.words = path, words


def fail(path: str, words: str) -> NoReturn:
    """Raises a DocumentError."""
    raise DocumentError(path, words)


@contextmanager
def entry(path: str) -> Iterator[None]:
    """Within this context a ValueError or TypeError becomes a DocumentError at `path`."""
    try:
        yield
    except DocumentError:
        raise
    except (ValueError, TypeError) as error:
        raise DocumentError(path, str(error)) from error


def parse(text: str | bytes) -> Any:
    """The JSON text as plain values: at most 256 kB, no key twice, no NaN."""
    size = len(text.encode("utf-8", "surrogatepass")) if isinstance(text, str) else len(text)
    if size > LONGEST_JSON:
        fail(WHOLE, f"must be at most {LONGEST_JSON // 1000} kB, got {size / 1000:.0f} kB.")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=lambda word: fail(WHOLE, f"must hold finite numbers, got {word}."))
    except DocumentError:
        raise
    except RecursionError:
        raise DocumentError(WHOLE, "It is nested too deeply.") from None
    except ValueError as error:
        raise DocumentError(WHOLE, f"It is not JSON: {error}.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        fail(WHOLE, f"It has a key twice: {shown(next(key for key in keys if keys.count(key) > 1))}.")
    return found


def read_array(path: str, data: Any) -> np.ndarray:
    """A list of numbers, or of lists of as many numbers, as a float64 array."""
    if not isinstance(data, list | tuple) or not data:
        fail(path, f"must be a list of numbers, or of lists of them, got {shown(data)}.")
    flat = not isinstance(data[0], list | tuple)
    rows = [data] if flat else data
    for k, row in enumerate(rows):
        at = path if flat else f"{path}[{k}]"
        if not isinstance(row, list | tuple) or len(row) != len(rows[0]):
            fail(at, f"must be a list of {len(rows[0])} numbers, got {shown(row)}.")
        for value in row:
            if not (isinstance(value, float) or is_integer(value)) or not math.isfinite(value):
                fail(at, f"must hold finite numbers, got {shown(value)}.")
    return np.array(data, dtype=np.float64)


def read_object(at: str, data: Any, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """An object with all required keys and no unknown ones."""
    if not isinstance(data, Mapping):
        fail(at, f"must be an object, got {shown(data)}.")
    known = (*required, *optional)
    unknown = next((key for key in data if key not in known), None)
    if unknown is not None:
        fail(at, f"Unknown key {shown(unknown)}. Known keys: {', '.join(known)}.")
    missing = next((key for key in required if key not in data), None)
    if missing is not None:
        fail(at, f"{missing!r} is missing. It needs: {', '.join(required)}.")
    return data


def read_list(path: str, data: Any, most: int, words: str) -> list[tuple[str, Any]]:
    """The items of a list with their paths; more than `most` are refused with `words`."""
    if not isinstance(data, list | tuple):
        fail(path, f"must be a list, got {shown(data)}.")
    if len(data) > most:
        fail(path, f"{words[:-1]}, got {len(data)}.")
    return [(f"{path}[{k}]", item) for k, item in enumerate(data)]


def read_word(path: str, data: Any) -> str:
    """A short text."""
    if not isinstance(data, str) or len(data) > LONGEST_WORD:
        fail(path, f"must be a short text, got {shown(data)}.")
    return data


def read_flag(path: str, data: Any) -> bool:
    """True or false."""
    if not isinstance(data, bool):
        fail(path, f"must be true or false, got {shown(data)}.")
    return data


def read_id(path: str, data: Any) -> str:
    """An id or a name: 1 to 64 letters, digits, '_' or '-'."""
    if not is_name(data):
        fail(path, f"must be 1 to 64 letters, digits, '_' or '-', got {shown(data)}.")
    return data


def read_name(path: str, data: Any) -> str:
    """The id or name of a node, which is none of the other owners of knobs."""
    if read_id(path, data) in RESERVED:
        fail(path, f"must not be {data!r}, which names the {data} itself. Choose another one.")
    return data


def read_position(path: str, data: Any) -> Position:
    """A place (x, y) on the canvas, in pixels."""
    if not isinstance(data, list | tuple) or len(data) != 2:
        fail(path, f"must be [x, y], got {shown(data)}.")
    for value in data:
        if not (isinstance(value, float) or is_integer(value)) or not math.isfinite(value) or abs(value) > FARTHEST:
            fail(path, f"must be two numbers in [{-FARTHEST:.0f}, {FARTHEST:.0f}], got {shown(value)}.")
    return float(data[0]), float(data[1])


def shown(value: Any) -> str:
    """A value in a few words, however large it is."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    if isinstance(value, int) and not isinstance(value, bool) and not is_integer(value):
        return "a number of more than 300 digits"
    text = repr(value) if value is None or isinstance(value, bool | int | float) else type(value).__name__
    return {"None": "null", "True": "true", "False": "false"}.get(text, text)


def is_integer(value: Any) -> bool:
    """Whether it is a whole number of a size that can be written."""
    return isinstance(value, int) and not isinstance(value, bool) and value.bit_length() < 1000


Record = TypeVar("Record")


def kinds_of(*records: type) -> dict[str, type]:
    """Records by the word that names them on the wire: "add" for Add."""
    return {record.__name__.lower(): record for record in records}


@cache
def readers(record: type) -> Mapping[str, Callable[[str, Any], Any]]:
    """What reads each field."""
    return {name: hint.__metadata__[0] for name, hint in get_type_hints(record, include_extras=True).items()}


@cache
def defaults(record: type) -> Mapping[str, Any]:
    """The values of the fields that may be left out."""
    return {field.name: field.default for field in fields(record) if field.default is not MISSING}


def read_record(record: type[Record], at: str, data: Mapping[str, Any]) -> Record:
    """The record of plain data; a field that must not be left out and is not there is read as None."""
    kind: type = record
    left = {name for name, value in defaults(kind).items() if name not in data or (value is None and data[name] is None)}
    return record(**{name: reader(f"{at}.{name}", data.get(name)) for name, reader in readers(kind).items() if name not in left})


def as_given(path: str, value: Any) -> Any:
    """The value itself: what it belongs to checks it."""
    return value
