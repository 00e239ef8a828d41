"""Models on disk: one .npz file with the JSON of graph and trainer, and the arrays beside it, without pickle.

Entries: `model` (the JSON text, see `save`), `params/<node>/<name>`, and, once the model has run, `state/<node>/<name>` and
`feedback/<node>` and `last/<node>` (batch, ...), `steps`, and what an online trainer keeps as `memory/<node>/<name>`. Arrays of the user's
own are `arrays/<node>/<name>`, a scipy.sparse one as `<name>_data`, `<name>_indices` and `<name>_indptr` of its columns.
"""

import os
from pathlib import Path

import numpy as np

from rcwidgets.core.files import target_of, write_archive
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.plain import graph_data, spec_data, to_text
from rcwidgets.core.model.snapshot import Snapshot
from rcwidgets.core.spec.knobs import Spec

FORMAT = "rcwidgets-model"
VERSION = 1
SPARSE_PARTS = ("data", "indices", "indptr")  # of a scipy.sparse array by columns


def save(path: str | os.PathLike[str], model: Graph, options: Spec, held: Snapshot) -> Path:
    """Writes what a runner holds to `path` in one go. Returns the path.

    The text says in words: the model as it was given, the runner's options, and the sizes that the data gave.
    """
    target = target_of(path)
    header = {
        "format": FORMAT,
        "version": VERSION,
        "document": graph_data(model, arrays=None),
        "trainer": spec_data(options),
        "ready": held.ready,
        "features": held.features(model),
        "guessed": held.guessed,
        "flat": held.flat,
    }
    write_archive(target, to_text(header), arrays(held) | own_arrays(model))
    return target


def arrays(held: Snapshot) -> dict[str, np.ndarray]:
    """The arrays of the file by entry: before any data those of the weights that were given."""
    names, params = (held.program.names, held.params) if held.program else ((), held.given or {})
    found = {f"params/{node}/{name}": value for node, own in params.items() for name, value in own.items()}
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
