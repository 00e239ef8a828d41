"""What BPTT keeps beside the params, as {node: {name: array}}: the form in which trainers are saved."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rcwidgets.core.model.program import Params
from rcwidgets.core.trainers.gradient.updates import Own

_KINDS = ("mean", "square")
_COUNTS = ("updates", "epochs", "steps")


def written(names: tuple[str, ...], learned: Own, updates: int, epochs: int, adam: Any) -> Params:
    """The counts, at the first node that learns, and Adam's averages, where `adam` is its state and not None; nothing before any update."""
    if not updates:
        return {}
    memory: Params = {name: {} for name, own in zip(names, learned, strict=True) if own}
    first = next(iter(memory.values()))
    first.update(updates=np.asarray(updates, np.uint32), epochs=np.asarray(epochs, np.uint32))
    if adam is not None:
        first["steps"] = np.asarray(adam.count)
        for kind, averages in zip(_KINDS, (adam.mu, adam.nu), strict=True):
            for name, own in zip(names, averages, strict=True):
                for key, value in own.items():
                    memory[name][f"{key}-{kind}"] = np.asarray(value)
    return memory


def read(names: tuple[str, ...], learned: Own, memory: Mapping[str, Mapping[str, Any]]) -> tuple[int, int, Any]:
    """The numbers of updates and of epochs, and Adam's state or None; arrays that do not fit the learned params are a ValueError."""
    counts = {key: value for own in memory.values() for key, value in own.items() if key in _COUNTS}
    given = {(name, key): value for name, own in memory.items() for key, value in own.items() if key not in _COUNTS}
    wanted = {
        (name, f"{key}-{kind}"): value
        for name, own in zip(names, learned, strict=True)
        for key, value in own.items()
        for kind in _KINDS
        if "steps" in counts
    }
    for name, key in {**given, **wanted}:
        shapes = [None if entry is None else np.shape(entry) for entry in (wanted.get((name, key)), given.get((name, key)))]
        if shapes[0] != shapes[1]:
            raise ValueError(f"memory/{name}/{key} must be {shapes[0]}, got {shapes[1]}: it is of another model.")
    if not {"updates", "epochs"} <= counts.keys() or any(np.shape(value) or value.dtype.kind not in "ui" for value in counts.values()):
        raise ValueError(f"memory must say how many updates and epochs were made, got {', '.join(counts) or 'nothing'}.")
    adam = None
    if "steps" in counts:
        mean, square = (
            tuple(
                {key: given[name, f"{key}-{kind}"].astype(value.dtype) for key, value in own.items()}
                for name, own in zip(names, learned, strict=True)
            )
            for kind in _KINDS
        )
        from optax import ScaleByAdamState

        adam = ScaleByAdamState(np.asarray(counts["steps"], np.int32), mean, square)
    return int(counts["updates"]), int(counts["epochs"]), adam
