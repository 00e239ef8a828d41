"""Models of orc (OpenReservoirComputing)."""

from typing import Any

import numpy as np

from rcwidgets.core import sparse_arrays
from rcwidgets.core.graph.graph import Composable
from rcwidgets.core.model.runner import RNNRunner
from rcwidgets.core.nodes import Input, Last, LinearReadout, TimeMean
from rcwidgets.core.peers.parts import dense, kind, no_kind, readout, reservoir

WHERE = "from_orc.model"
DRIVERS = ("ESNDriver", "ParallelESNDriver")
EMBEDDINGS = ("LinearEmbedding", "ParallelLinearEmbedding", "EnsembleLinearEmbedding")
READOUTS = ("LinearReadout", "ParallelLinearReadout", "EnsembleLinearReadout")


def from_orc(model: object, *, dtype: str = "float64") -> RNNRunner:
    """A model of orc 0.4 with the weights that it has, as a runner from rest: its states and outputs are the same.

    orc (on PyPI: openreservoircomputing) keeps wr as (chunks, targets, sources), win as (chunks, targets, inputs) and wout as (chunks,
    outputs, units), with the radius in wr, the scaling in win and one bias for all units; all weights here are stored (sources, targets),
    so they are transposed. Its chunks are one reservoir of chunks * units units here, whose W has a block for each; which inputs a chunk
    sees is in W_in; the readout averages the chunks of an ensemble. Trained anew, the readout sees all chunks.

    `model` is an ESNForecaster, an EnsembleESNForecaster, an ESNClassifier (its outputs are those before its softmax) or an ESNController
    (its inputs are the system's, then the controls). A continuous, Taylor or GRU driver and a quadratic or other nonlinear readout are not
    here: a ValueError. orc's forecast begins with the readout of the state that it is given, which is the last output of `predict` here:
    `generate` gives what comes after it. `dtype` is that of the states.

    Reference: Pathak, Hunt, Girvan, Lu and Ott (2018), Physical Review Letters 120, 024102, for the chunks.

    Shapes: states (batch, time, chunks * units), chunk after chunk.
    """
    if not all(hasattr(model, name) for name in ("driver", "embedding", "readout", "in_dim", "res_dim")):
        raise TypeError(f"{WHERE} must be an orc forecaster, classifier or controller of version 0.4, got {type(model).__name__}.")
    return _read(model, dtype)


def _read(model: Any, dtype: str) -> RNNRunner:
    driver, embedding, theirs = model.driver, model.embedding, model.readout
    for part, known in ((driver, DRIVERS), (embedding, EMBEDDINGS), (theirs, READOUTS)):
        if kind(part) not in known:
            raise ValueError(no_kind(WHERE, kind(part), known))
    if driver.mode != "discrete":
        raise ValueError(f"{WHERE} is {driver.mode} in time: its states solve a differential equation. Only discrete ones are read.")
    W = sparse_arrays.block_diag(_blocks(driver.wr), format="csr")
    # read off, row by row: which inputs a chunk sees, and at the edges, is theirs to say
    W_in = np.stack([dense(embedding.embed(row)).ravel() for row in np.eye(embedding.in_dim)])
    graph: Composable = Input(len(W_in)) >> reservoir(WHERE, W, W_in, driver.bias, leak=driver.leak, activation="tanh")
    if hasattr(model, "state_repr"):
        graph = graph >> (Last() if model.state_repr == "final" else TimeMean())
    wout = dense(theirs.wout).swapaxes(1, 2)
    ensemble = kind(theirs) == "EnsembleLinearReadout"
    weights = np.concatenate(wout) / len(wout) if ensemble else sparse_arrays.block_diag(wout)
    return RNNRunner(graph >> LinearReadout(theirs.out_dim, name="readout"), {"readout": readout(weights, None)}, dtype=dtype)


def _blocks(wr: Any) -> "list[sparse_arrays.csr_array]":
    """The recurrent matrix of each chunk, (sources, targets); `wr` is a BCOO array of JAX with one batch axis."""
    values, places = np.asarray(wr.data, np.float64), np.asarray(wr.indices)
    return [sparse_arrays.csr_array((data, (at[:, 1], at[:, 0])), shape=wr.shape[1:]) for data, at in zip(values, places, strict=True)]
