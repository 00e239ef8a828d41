"""Models on disk: one .npz file with the JSON of graph and trainer, and the arrays beside it, without pickle.

Entries: `model` (the JSON text, see `save`), `params/<node>/<name>`, and, once the model has run, `state/<node>/<name>` and
`feedback/<node>` and `last/<node>` (batch, ...), `steps`, and what an online trainer keeps as `memory/<node>/<name>`. Arrays of the user's
own are `arrays/<node>/<name>`, a scipy.sparse one as `<name>_data`, `<name>_indices` and `<name>_indptr` of its columns.
"""

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rcwidgets.core.files.archive import target_of, write_archive
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.writing import graph_data, spec_data, to_text
from rcwidgets.core.model.program import Params, State
from rcwidgets.core.short import short_repr
from rcwidgets.core.spec.knobs import Spec

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


def save(path: str | os.PathLike[str], model: Graph, options: Spec, held: Snapshot, names: tuple[str, ...]) -> Path:
    """Writes what a runner holds to `path` in one go; `names` are those of the nodes by place. Returns the path.

    The text says in words: the model as it was given, the runner's options, and the sizes that the data gave.
    """
    target = target_of(path)
    header = {
        "format": FORMAT,
        "version": VERSION,
        "document": graph_data(model, arrays=None),
        "trainer": spec_data(options),
        "ready": held.ready,
        "features": held.features,
        "guessed": held.guessed,
        "flat": held.flat,
    }
    write_archive(target, to_text(header), arrays(held, names) | own_arrays(model))
    return target


def arrays(held: Snapshot, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The arrays of the file by entry; `names` are those of the nodes by place."""
    found = {f"params/{node}/{name}": value for node, own in held.params.items() for name, value in own.items()}
    found |= {f"memory/{node}/{name}": value for node, own in held.memory.items() for name, value in own.items()}
    if held.state is not None:
        found |= {f"state/{names[k]}/{name}": value for k, own in enumerate(held.state.nodes) for name, value in own.items()}
        found |= {f"feedback/{names[k]}": value for k, value in held.state.feedback.items()}
        found |= {f"last/{node}": value for node, value in held.last.items()} | {"steps": held.state.steps}
    return {entry: np.asarray(value) for entry, value in found.items()}


def own_arrays(graph: Graph) -> dict[str, np.ndarray]:
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
