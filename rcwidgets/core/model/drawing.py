"""The params of a program's nodes, drawn at random by seed and name."""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import numpy as np

from rcwidgets.core.model.program import Params, Program
from rcwidgets.core.nodes.base import AbstractNode


def seed_of(node: AbstractNode, name: str, seed: int) -> tuple[int, ...]:
    """The node's own seed, else the common seed folded with the node's name."""
    own = getattr(node, "seed", None)
    return (own,) if own is not None else (seed, crc32(name.encode()))


def draw_node(program: Program, place: int, seed: int) -> dict[str, np.ndarray]:
    """The params of one node in float64."""
    node, entropy = program.nodes[place], seed_of(program.nodes[place], program.names[place], seed)

    def stream(name: str) -> np.random.Generator:
        return np.random.default_rng([*entropy, crc32(name.encode())])

    return node.draw(stream, *program.taken(place))


def draw(program: Program, seed: int, dtype: Any) -> Params:
    """The params of all nodes by name, floating ones in `dtype`."""
    return {name: cast(draw_node(program, place, seed), dtype) for place, name in enumerate(program.names)}


def cast(params: Mapping[str, Any], dtype: Any) -> dict[str, Any]:
    """Floating arrays in `dtype`, others as they are."""
    return {name: value.astype(dtype) if np.issubdtype(value.dtype, np.floating) else value for name, value in params.items()}
