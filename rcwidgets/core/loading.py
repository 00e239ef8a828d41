"""Reads the files that `save` writes: the counterpart of saving. Nothing in a file leads to anything but a registry; no pickle."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import jax
import numpy as np

from rcwidgets.core import sparse_arrays
from rcwidgets.core.backend import precision
from rcwidgets.core.files import read_archive
from rcwidgets.core.graph.graph import Graph
from rcwidgets.core.graph.plain import read_choice, read_document
from rcwidgets.core.model import program as programs
from rcwidgets.core.model.program import Params, Program, State
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.model.saving import FORMAT, SPARSE_PARTS, VERSION
from rcwidgets.core.model.snapshot import Snapshot
from rcwidgets.core.spec.json_values import DocumentError, fail, parse, read_flag, read_object, shown
from rcwidgets.core.spec.registry import is_name
from rcwidgets.core.trainers.table import RUNNERS

_DEPTHS = {"steps": 1, "last": 2, "feedback": 2, "params": 3, "state": 3, "memory": 3, "arrays": 3}  # how many words an entry has


def load(path: str | os.PathLike[str]) -> RNNRunner:
    """The runner or trainer that `save` wrote: it predicts the same, bit for bit, and goes on from the same state.

    A file that is not there is a FileNotFoundError; one that is no model, is broken, is of a newer version, or holds arrays that do not fit
    its graph is a ValueError; both say which file and what is wrong.
    """
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"There is no file {str(file)!r}.")
    try:
        text, found = read_archive(file)
        return build(parse(text), found)
    except (ValueError, TypeError) as error:
        raise DocumentError(file.name, str(error)) from error


def build(data: Any, found: Mapping[str, np.ndarray]) -> RNNRunner:
    """The runner of a header (see `saving.header`) and the arrays by entry."""
    keys = ("format", "version", "document", "trainer", "ready", "features", "guessed", "flat")
    fields = read_object("model", data, keys[:2], (*keys, *data) if isinstance(data, Mapping) else keys)
    if fields["format"] != FORMAT:
        fail("format", f"must be {FORMAT!r}, got {shown(fields['format'])}.")
    if fields["version"] != VERSION:
        words = f"The file is of version {shown(fields['version'])}; this rcwidgets reads version {VERSION}."
        fail("version", f"{words} Install the rcwidgets that saved it.")
    fields = read_object("model", data, keys)
    for key in ("ready", "flat"):
        read_flag(key, fields[key])
    graph = Graph.from_parts(read_document(fields["document"]))
    settings = read_choice("trainer", fields["trainer"], {name: kind.settings for name, kind in RUNNERS.items()})
    groups = _grouped(found, set(graph.names.values()))
    for name, own in groups["arrays"].items():
        graph = graph.replace(name, **_own_arrays(name, type(graph[name]).takes_arrays, own))
    runner = RUNNERS[settings.kind].trainer(graph, **settings.knobs)
    features, guessed = (_read_sizes(key, fields[key], graph) for key in ("features", "guessed"))
    params, ready = groups["params"], fields["ready"]
    held = Snapshot.of_sizes(runner.model, features, guessed) if ready else Snapshot(given=params or None)
    held = held._replace(params=params, flat=fields["flat"], memory=groups["memory"]) if ready else held
    _check_numbers(runner.dtype, params, ready)
    runner.restore(held)
    if ready and "steps" in found:
        state = _read_state(runner.program, runner.params, groups, found["steps"], runner.dtype)
        runner.restore(held._replace(state=state, last=groups["last"]))
    return runner


def _read_sizes(path: str, data: Any, graph: Graph) -> dict[str, int]:
    sizes = read_object(path, data, (), tuple(graph.names.values()))
    for name, size in sizes.items():
        graph[name].replace(features=size)
    return dict(sizes)


def _grouped(found: Mapping[str, np.ndarray], names: set[str]) -> dict[str, Any]:
    """The arrays as {group: {node: array}} or {group: {node: {name: array}}}."""
    groups: dict[str, Any] = {group: {} for group in _DEPTHS}
    for entry, array in found.items():
        group, *rest = entry.split("/")
        if _DEPTHS.get(group) != 1 + len(rest) or (rest and rest[0] not in names) or not all(is_name(word) for word in rest):
            raise ValueError(f"Unknown entry {shown(entry)}. It may be damaged, or of another version.")
        if len(rest) == 2:
            groups[group].setdefault(rest[0], {})[rest[1]] = array
        elif rest:
            groups[group][rest[0]] = array
    return groups


def _own_arrays(node: str, known: Iterable[str], found: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """The arrays of the user's own that a node had, NumPy or scipy.sparse."""
    arrays: dict[str, Any] = {name: found[name] for name in known if name in found}
    parts = {name: [f"{name}_{part}" for part in SPARSE_PARTS] for name in known}
    for name in known:
        if any(part in found for part in parts[name]):
            missing = next((part for part in parts[name] if part not in found), None)
            if missing or name in arrays:
                fail(f"arrays/{node}/{missing or name}", "must be there once, and nothing beside it. The file may be damaged.")
            arrays[name] = _read_sparse(f"arrays/{node}/{name}", *(found[part] for part in parts[name]))
    stray = next((name for name in found if name not in arrays and not any(name in parts[own] for own in known)), None)
    if stray is not None:
        raise ValueError(f"Unknown entry {shown(f'arrays/{node}/{stray}')}. It may be damaged, or of another version.")
    return arrays


def _read_sparse(path: str, data: np.ndarray, indices: np.ndarray, indptr: np.ndarray) -> "sparse_arrays.csc_array":
    """A square scipy.sparse array of its parts, checked."""
    try:
        square = sparse_arrays.csc_array((data, indices, indptr), shape=(len(indptr) - 1,) * 2)
        square.check_format(full_check=True)
    except (ValueError, TypeError) as error:
        fail(path, f"It is no sparse array: {error} The file may be damaged.")
    return square


def _check_numbers(dtype: np.dtype, params: Params, ready: bool) -> None:
    """All floats finite, and the weights in the precision of the runner."""
    for node, own in params.items():
        for name, value in own.items():
            if ready and value.dtype.kind == "f" and value.dtype != dtype:
                fail(f"params/{node}/{name}", f"must be {dtype}, got {value.dtype}.")
            if not np.isfinite(value).all():
                fail(f"params/{node}/{name}", "must be finite, got NaN or infinity.")


def _read_state(program: Program, params: Params, groups: Mapping[str, Any], steps: np.ndarray, dtype: np.dtype) -> State:
    """The state, checked against the one that the program starts with."""
    held = [value for own in groups["state"].values() for value in own.values()] + list(groups["last"].values())
    batch = max((len(value) for value in held if value.ndim), default=1)
    with precision(dtype):
        start = jax.eval_shape(lambda: programs.init(program, params, batch, dtype))
    wanted: dict[str, Any] = {f"state/{program.names[k]}/{name}": value for k, own in enumerate(start.nodes) for name, value in own.items()}
    wanted |= {f"feedback/{program.names[k]}": value for k, value in start.feedback.items()} | {"steps": start.steps}
    given = {f"state/{node}/{name}": value for node, own in groups["state"].items() for name, value in own.items()}
    given |= {f"feedback/{node}": value for node, value in groups["feedback"].items()} | {"steps": steps}
    for entry in sorted({*wanted, *given}):
        here, there = ((value.shape, value.dtype.name) if value is not None else None for value in (wanted.get(entry), given.get(entry)))
        if here != there:
            fail(entry, f"must be {here}, got {there}: the state is of another model.")
    outputs = {program.names[k]: (batch, program.wires[k].size) for k in program.exits}
    for node, value in groups["last"].items():
        if outputs.get(node) != value.shape:
            fail(f"last/{node}", f"must be {outputs.get(node, 'of an output')}, got {value.shape}: the state is of another model.")
    nodes = tuple({name: groups["state"][program.names[k]][name] for name in own} for k, own in enumerate(start.nodes))
    return State(nodes, {k: groups["feedback"][program.names[k]] for k in start.feedback}, steps)
