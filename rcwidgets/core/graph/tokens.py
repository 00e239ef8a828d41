"""What a node is known by, whatever its name."""

import itertools
import secrets
from typing import NamedTuple, Protocol

import numpy as np

_order = itertools.count()


class Token(NamedTuple):
    """Who a node is: an id that `replace`, copies and JSON keep, and its place in the order of creation."""

    id: str
    order: int


def new_token(id: str | None = None) -> Token:
    """A token with a fresh id, or with the given one (from a document)."""
    return Token(id or secrets.token_hex(6), next(_order))


class Stream(Protocol):
    """Gives an independent random generator for each named matrix, so that one matrix never depends on another's size."""

    def __call__(self, name: str) -> np.random.Generator: ...
