"""The devices that JAX computes on: what they are, and rows that are spread over several of them."""

import platform
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, TypeVar, overload

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from rcwidgets.core.cores import cores, memory

if TYPE_CHECKING:
    import pandas

Made = TypeVar("Made")


@dataclass(frozen=True)
class Device:
    """A device: `memory` in bytes and `cores` for this process, None where nobody tells."""

    number: int
    platform: str
    name: str
    memory: int | None
    cores: int | None
    used_for: str


class Devices(Sequence[Device]):
    """What `devices()` found; shows itself as a table in a notebook."""

    def __init__(self, found: Sequence[Device]) -> None:
        self._found = tuple(found)

    @overload
    def __getitem__(self, place: int) -> Device: ...

    @overload
    def __getitem__(self, place: slice) -> "Devices": ...

    def __getitem__(self, place: int | slice) -> "Device | Devices":
        return Devices(self._found[place]) if isinstance(place, slice) else self._found[place]

    def __len__(self) -> int:
        return len(self._found)

    @property
    def in_words(self) -> str:
        """What is used, in short: "CPU, 2 cores", "4 CPU", "GPU"."""
        return _in_short(self)

    def rows(self) -> list[list[str]]:
        """The table in words."""
        return [
            [
                str(one.number),
                one.platform.upper(),
                one.name,
                "" if one.memory is None else f"{one.memory / 2**30:.1f} GiB",
                "" if one.cores is None else str(one.cores),
                one.used_for,
            ]
            for one in self
        ]

    def __repr__(self) -> str:
        table = [HEAD, *self.rows()]
        widths = [max(len(row[k]) for row in table) for k in range(len(HEAD))]
        return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table)

    def _repr_html_(self) -> str:
        head = "".join(f'<th style="text-align:left">{name}</th>' for name in HEAD)
        lines = ["<tr>" + "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in row) + "</tr>" for row in self.rows()]
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"

    def to_frame(self) -> "pandas.DataFrame":
        """The devices as a data frame, a row each."""
        import pandas

        return pandas.DataFrame([asdict(one) for one in self])


def _in_short(found: Sequence[Any]) -> str:
    kind = str(found[0].platform).upper()
    if len(found) > 1:
        return f"{len(found)} {kind}"
    return f"CPU, {cores()} core{'s' * (cores() > 1)}" if kind == "CPU" else kind


@cache
def devices_in_words() -> str:
    """What is used, in short, without a look at each: "CPU, 2 cores", "4 CPU", "GPU"."""
    return _in_short(jax.devices())


HEAD = ["device", "kind", "name", "memory", "cores", "used for"]
ALONE = "everything"
SHARED = "rows of batches, lanes and seeds, shared with the others"


def devices() -> Devices:
    """The devices of JAX's default backend, which all that this package computes runs on.

    Where there are several, the rows of a batch, lanes and seeds are spread over all of them where they divide evenly; what does not runs
    on the first one. JAX_PLATFORMS chooses the backend and CUDA_VISIBLE_DEVICES the GPUs, before JAX is imported.

    >>> devices()[0].platform == jax.default_backend()
    True
    """
    found = jax.devices()
    use = ALONE if len(found) == 1 else SHARED
    return Devices([_described(one, use) for one in found])


def _described(device: Any, use: str) -> Device:
    cpu = device.platform == "cpu"
    name = platform.processor() or platform.machine() if cpu else device.device_kind
    return Device(device.id, device.platform, name, _memory(device), cores() if cpu else None, use)


def _memory(device: Any) -> int | None:
    """What a device has, in bytes; of the CPU that of the machine, or of the container."""
    if device.platform == "cpu":
        return memory()
    return (device.memory_stats() or {}).get("bytes_limit")


@cache
def _mesh() -> Mesh:
    return Mesh(np.array(jax.devices()), ("rows",))


def spreads(rows: int, *trees: Any) -> bool:
    """Whether so many rows can be spread over several devices; not where the arrays of `trees` are traced, so inside a program."""
    count = len(jax.devices())
    if count == 1 or rows % count:
        return False
    return not any(isinstance(leaf, jax.core.Tracer) for leaf in jax.tree.leaves(trees))


def spread(tree: Any, axis: int) -> Any:
    """The arrays with their rows, which are along `axis`, spread over all devices."""
    where = NamedSharding(_mesh(), PartitionSpec(*[None] * axis, "rows"))
    return jax.tree.map(lambda leaf: jax.device_put(leaf, where), tree)


def spread_run(state: Any, inputs: Any, forced: Any, alive: Any) -> tuple[Any, Any, Any, Any]:
    """What a program runs over, (time, batch, ...), and its state (batch, ...), with the rows spread where they can be."""
    if not spreads(next(iter(inputs.values())).shape[1], inputs, state):
        return state, inputs, forced, alive
    state = state._replace(nodes=spread(state.nodes, 0), feedback=spread(state.feedback, 0))
    return state, spread(inputs, 1), spread(forced, 1), spread(alive, 1)


def spread_batch(batch: Any, rows: int) -> Any:
    """Batches of updates, `inputs` (updates, time, batch, ...) and others (updates, batch, ...), spread over all devices if they can be."""
    if not spreads(rows, batch):
        return batch
    others = {name: spread(value, 1) for name, value in batch._asdict().items() if name != "inputs"}
    return type(batch)(inputs=spread(batch.inputs, 2), **others)


def at_once() -> int:
    """How many things can be done at once: on each core, or on each of several devices."""
    return max(cores(), len(jax.devices()))


def on_device(number: int, work: Callable[..., Made]) -> Callable[..., Made]:
    """The same work, on one of the devices, which take turns."""
    found = jax.devices()

    def placed(*given: Any) -> Made:
        with nullcontext() if len(found) == 1 else jax.default_device(found[number % len(found)]):
            return work(*given)

    return placed
