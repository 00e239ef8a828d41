#!/usr/bin/env bash
# Which factorisations stop every other Python thread while they run?
#
# Guess: none of some size does, since LAPACK touches no Python object and NumPy's linalg lets go of the interpreter's lock.
# Seen with SciPy 1.17.1, NumPy 2.4.6, Python 3.11, two cores: scipy.linalg.svd, eigh, eigvals and inv hold the lock from the first
# to the last moment; scipy.linalg.qr and lu_factor, ARPACK (scipy.sparse.linalg.eigs) and all of numpy.linalg let go of it. Printed for
# each: its time and the longest time in which a thread that sleeps 2 ms did not wake, in ms:
#   scipy svd 759 / 755 · scipy eigh 1226 / 1218 · scipy eigvals 1114 / 1114 · scipy inv 186 / 185 · scipy qr 177 / 6 · scipy lu_factor 31 / 6
#   numpy svd 743 / 9 · numpy eigh 1768 / 18 · numpy eigvals 1228 / 12 · ARPACK 277 / 6
# What follows: a server, a progress bar or a Stop button in the same process is dead for that long; move such a call to numpy.linalg.
# Exits non-zero where one of them behaves otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import threading
import time

import numpy as np
import scipy.linalg
import scipy.sparse.linalg

size, nap = 1500, 0.002
matrix = np.random.default_rng(0).standard_normal((size, size))
definite = matrix @ matrix.T + size * np.eye(size)
longest = 0.0


def watch():
    global longest
    last = time.perf_counter()
    while True:
        time.sleep(nap)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now


def share(call):
    """The longest sleep of the watcher, as a share of the call's time."""
    global longest
    time.sleep(0.05)
    longest, start = 0.0, time.perf_counter()
    call()
    whole = time.perf_counter() - start
    time.sleep(2 * nap)
    return whole, longest


holds = {
    "scipy svd": lambda: scipy.linalg.svd(matrix),
    "scipy eigh": lambda: scipy.linalg.eigh(definite),
    "scipy eigvals": lambda: scipy.linalg.eigvals(matrix),
    "scipy inv": lambda: scipy.linalg.inv(matrix),
}
lets_go = {
    "scipy qr": lambda: scipy.linalg.qr(matrix),
    "scipy lu_factor": lambda: [scipy.linalg.lu_factor(matrix) for _ in range(5)],
    "numpy svd": lambda: np.linalg.svd(matrix),
    "numpy eigh": lambda: np.linalg.eigh(definite),
    "numpy eigvals": lambda: np.linalg.eigvals(matrix),
    "ARPACK": lambda: scipy.sparse.linalg.eigs(matrix, k=6, ncv=40, v0=np.ones(size), return_eigenvectors=False),
}
threading.Thread(target=watch, daemon=True).start()
wrong = []
for calls, held in ((holds, True), (lets_go, False)):
    for name, call in calls.items():
        shares = []
        for _ in range(3):
            whole, gap = share(call)
            shares.append(gap / whole)
        print(f"{name:16} {1000 * whole:6.0f} ms, longest sleep {1000 * gap:6.0f} ms: {'holds' if min(shares) > 0.5 else 'lets go of'} the lock")
        if (min(shares) > 0.5) != held:
            wrong.append(name)
if wrong:
    sys.exit(f"Changed: {', '.join(wrong)}")
PYTHON
