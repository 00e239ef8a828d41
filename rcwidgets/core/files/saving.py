"""Models on disk: one .npz file with the JSON of graph and trainer, and the arrays beside it, without pickle.

Entries: `model` (the JSON text, see `header`), `params/<node>/<name>`, and, once the model has run, `state/<node>/<name>` and
`feedback/<node>` and `last/<node>` (batch, ...), `steps`, and what an online trainer keeps as `memory/<node>/<name>`. Arrays of the user's
own are `arrays/<node>/<name>`, a scipy.sparse one as `<name>_data`, `<name>_indices` and `<name>_indptr` of its columns.
"""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rcwidgets.core.graph.writing import graph_data, spec_data, to_text
from rcwidgets.core.model.program import Params, State
from rcwidgets.core.short import short_repr

if TYPE_CHECKING:
    from rcwidgets.core.graph.graph import Graph
    from rcwidgets.core.model.runner import RNNRunner

FORMAT = "rcwidgets-model"
VERSION = 1
SPARSE_PARTS = ("data", "indices", "indptr")  # of a scipy.sparse array by columns


class Snapshot(NamedTuple):
    """What a runner holds beside its model and settings.

    `features` are the sizes, by node name, that the data gave; `guessed` those that a later `fit` may change; `params` and `memory` are
    {node name: {name: array}}, `state` is None before the first run, `last` are outputs (batch, features) by node name; `flat` is True
    after data without an axis of batch, `ready` where the sizes are known.
    """

    ready: bool
    features: dict[str, int]
    guessed: dict[str, int]
    flat: bool
    params: Params
    state: State | None
    last: dict[str, np.ndarray]
    memory: Params

    def __repr__(self) -> str:
        return short_repr(self)


def save(runner: "RNNRunner", path: str | os.PathLike[str]) -> Path:
    """Writes the runner to `path` in one go: an older file stays whole until the new one is. Returns the path."""
    target = Path(path)
    if not target.parent.is_dir():
        raise ValueError(f"There is no folder {str(target.parent)!r} to save {target.name!r} in. Make it first.")
    if target.is_dir():
        raise ValueError(f"{str(target)!r} is a folder. Name a file in it, such as {str(target / 'model.npz')!r}.")
    held = runner.snapshot()
    entries = {"model": np.array(to_text(header(runner, held))), **arrays(held, runner.program.names if held.ready else ())}
    entries |= own_arrays(runner.model)
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with partial.open("xb") as file:
            np.savez(file, **entries)  # type: ignore[arg-type]
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def header(runner: "RNNRunner", held: Snapshot) -> dict[str, Any]:
    """What the file says in words: the model as it was given, the trainer's settings, and the sizes that the data gave."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "document": graph_data(runner.model, arrays=None),
        "trainer": spec_data(runner.options()),
        "ready": held.ready,
        "features": held.features,
        "guessed": held.guessed,
        "flat": held.flat,
    }


def arrays(held: Snapshot, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The arrays of the file by entry; `names` are those of the nodes by place."""
    found = {f"params/{node}/{name}": value for node, own in held.params.items() for name, value in own.items()}
    found |= {f"memory/{node}/{name}": value for node, own in held.memory.items() for name, value in own.items()}
    if held.state is not None:
        found |= {f"state/{names[k]}/{name}": value for k, own in enumerate(held.state.nodes) for name, value in own.items()}
        found |= {f"feedback/{names[k]}": value for k, value in held.state.feedback.items()}
        found |= {f"last/{node}": value for node, value in held.last.items()} | {"steps": held.state.steps}
    return {entry: np.asarray(value) for entry, value in found.items()}


def own_arrays(graph: "Graph") -> dict[str, np.ndarray]:
    """The arrays of the user's own by entry."""
    found: dict[str, np.ndarray] = {}
    for node, spec in graph.by_name().items():
        for name, array in spec.arrays.items():
            entry = f"arrays/{node}/{name}"
            if array.sparse:
                found |= {f"{entry}_{part}": getattr(array.value, part) for part in SPARSE_PARTS}
            else:
                found[entry] = array.value
    return found
