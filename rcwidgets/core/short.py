"""Short texts: a number as a person would write it, arrays as their shapes, long collections as their first items and a count."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import jax
import numpy as np

C = TypeVar("C")
LONGEST = 300  # characters of the text of an object
PART = 60  # characters of one of its values
ITEMS = 3  # of a collection


def figure(value: float) -> str:
    """A number as a person would write it: three digits or more, or two and an exponent."""
    if not np.isfinite(value):
        return "too large" if value > 0 else "not a number"
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        return f"{value:.3g}" if abs(value) < 999.5 else f"{value:,.0f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"


def short(value: Any) -> str:
    """A value in at most some 60 characters and one line.

    >>> short({"W": np.zeros((400, 400)), "name": "reservoir"})
    "{'W': array (400, 400), 'name': 'reservoir'}"
    """
    if isinstance(value, np.ndarray | jax.Array) and np.ndim(value):
        return f"array {np.shape(value)}"
    if isinstance(value, np.ndarray | np.generic | jax.Array):
        return short(value.item())
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return _cut("{" + _some([f"{key!r}: {short(one)}" for key, one in list(value.items())[: ITEMS + 1]], len(value)) + "}")
    if type(value) in (list, tuple):
        inside = _some([short(one) for one in value[: ITEMS + 1]], len(value))
        return _cut(f"[{inside}]" if isinstance(value, list) else f"({inside},)" if len(value) == 1 else f"({inside})")
    return _cut(" ".join(repr(value).split()))


def short_repr(spec: object) -> str:
    """The text of a dataclass or of a named tuple: its fields by name, each `short`, in at most some 300 characters.

    Fields with `repr=False` are left out.
    """
    names = [one.name for one in fields(spec) if one.repr] if is_dataclass(spec) else list(getattr(spec, "_fields", ()))
    return called(type(spec).__name__, ((name, getattr(spec, name)) for name in names))


def in_short(cls: type[C]) -> type[C]:
    """A class decorator: the text of an object is its `short_repr`."""
    cls.__repr__ = short_repr  # type: ignore[method-assign]
    return cls


def called(name: str, values: Iterable[tuple[str, Any]]) -> str:
    """A text such as Name(rows=3, values=array (3, 2)), which ends with ... where it would be too long."""
    told, length = list[str](), len(name)
    for key, value in values:
        word = f"{key}={short(value)}"
        length += len(word) + 2
        if length > LONGEST - 5:
            told.append("...")
            break
        told.append(word)
    return f"{name}({', '.join(told)})"


def _some(words: list[str], count: int) -> str:
    return ", ".join([*words[:ITEMS], f"... {count - ITEMS} more"] if count > ITEMS else words)


def _cut(text: str) -> str:
    return text if len(text) <= PART else f"{text[: PART - 4]} ..."
