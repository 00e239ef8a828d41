"""Records: frozen dataclasses of what comes from outside as plain data. How a field is read stands beside its type.

A field is an `Annotated[type, reader]`: reader(path, value) gives the value as it is kept, or raises with the path. What the page may send
is told to it by the types (see `rcwidgets/widgets/typescript.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, TypeVar, get_type_hints

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
