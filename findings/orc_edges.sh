#!/usr/bin/env bash
# What does orc's embedding see beyond the edges of a field that is not periodic?
#
# Guess: with periodic=False "the input is padded with boundary values at the edges (i.e., edge values are extended to the locality
# region)", as its help says: the first value to the left of the first, the last value to the right of the last; and with locality=0,
# the default, nothing is padded, so that periodic=False changes nothing.
# Seen with openreservoircomputing 0.4.0, JAX 0.10.2, Python 3.11: the left edge is as told; the right one is filled with the first value
# that the periodic padding brought there, so that the last chunk sees the other end of the field. With locality=0 all channels become
# the first one: rows 2 to 4 of the identity are embedded as zeros, and the reservoir hears one channel of four, without a word. Printed:
#   locality 1, periodic=False, input [1, 2, 3, 4]: the two chunks see [[1, 1, 2, 3], [2, 3, 4, 1]]
#   locality 0, periodic=False, input [1, 2, 3, 4]: the chunk sees [[1, 1, 1, 1]]
#   locality 0, periodic=True, input [1, 2, 3, 4]: the chunk sees [[1, 2, 3, 4]]
# What follows: whoever reads such a model's weights must read off what its embedding does, not what its help says.
# Exits non-zero where that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet openreservoircomputing==0.4.0 jax==0.10.2
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import sys

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)
from orc.forecaster import ESNForecaster

field = np.array([1.0, 2.0, 3.0, 4.0])
expected = {
    (2, 1, False): [[1, 1, 2, 3], [2, 3, 4, 1]],
    (1, 0, False): [[1, 1, 1, 1]],
    (1, 0, True): [[1, 2, 3, 4]],
}
wrong = []
for (chunks, locality, periodic), known in expected.items():
    embedding = ESNForecaster(4, 20, chunks=chunks, locality=locality, periodic=periodic, seed=0).embedding
    seen = np.asarray(embedding.localize(field)).astype(int).tolist()
    # the same from outside: what the weights make of each channel alone
    embedded = np.stack([np.asarray(embedding.embed(row)) for row in np.eye(4)])
    heard = int((np.abs(embedded).max(axis=(1, 2)) > 0).sum())
    print(f"locality {locality}, periodic={periodic}: chunks see {seen}; channels that reach the reservoir: {heard} of 4")
    if seen != known or heard != (1 if (locality, periodic) == (0, False) else 4):
        wrong.append(f"locality {locality}, periodic={periodic}")
if wrong:
    sys.exit(f"Changed: {', '.join(wrong)}")
PYTHON
