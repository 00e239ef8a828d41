#!/usr/bin/env bash
# What does a step of a scan cost that adds noise to 300 units, on a CPU?
#
# Guess: Threefry's twenty rounds are a dozen additions, rotations and exclusive ors each, so that XLA makes one loop over the units of
# them, and the step has no loop of its own: the compiled program has one `while`, that of the scan, with noise as without.
# Seen with jax 0.10.2 and jaxlib 0.10.2, Python 3.11, on a CPU: with noise by jax.random.normal there are three, of which two are the
# rounds, run anew in each step, one for the key of the step and one for its numbers; some twenty kernels a step, and 11 us where the step
# without noise takes 0.4 us. With "rbg" keys one loop fewer is left: fold_in hashes by Threefry there too. Printed:
#   no noise: 1 while
#   threefry2x32: 3 while
#   rbg: 2 while
# What follows: a reservoir with noise that uses jax.random in its step pays more for the hash than for the network up to some hundred
# units; the same rounds, written one after another, give the same numbers without the two loops.
# Exits non-zero where that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet jax==0.10.2 jaxlib==0.10.2
JAX_PLATFORMS=cpu "$folder/venv/bin/python" -W ignore - <<'PYTHON'
import re
import sys

import jax
import jax.numpy as jnp

UNITS, STEPS = 300, 2000


def whiles(impl):
    def step(h, number):
        h = jnp.tanh(0.9 * h)
        if impl is not None:
            h = h + 1e-3 * jax.random.normal(jax.random.fold_in(jax.random.key(0, impl=impl), number), (UNITS,))
        return h, h[0]

    program = jax.jit(lambda h: jax.lax.scan(step, h, jnp.arange(STEPS, dtype=jnp.uint32)))
    return len(re.findall(r" while\(", program.lower(jnp.ones(UNITS)).compile().as_text()))


expected = {None: 1, "threefry2x32": 3, "rbg": 2}
found = {impl: whiles(impl) for impl in expected}
for impl, count in found.items():
    print(f"{impl or 'no noise'}: {count} while")
sys.exit(found != expected)
PYTHON
