#!/usr/bin/env bash
# Do the public attributes of a fitted ESNRegressor of PyRCN tell what it predicts with?
#
# Guess: yes, as in scikit-learn: `regressor.coef_` are the readout's weights, `hidden_layer_state(x)` are the states that it reads, and
# `normalize=True` scales by what the fit has seen, so that the prediction of a row does not depend on the rows beside it.
# Seen with PyRCN 0.1.0, torch 2.13.0, scikit-learn 1.9.1, Python 3.11: the weights are in private modules of PyTorch alone.
#   after fit, regressor.coef_ has the shape () and a number that nobody set; predict is right
#   after solver="gradient", trainable_reservoir=True: hidden_layer_state(x) is that of the untrained reservoir, and not that of
#   the states that predict reads
#   IncrementalRegression(normalize=True).fit(Z, y): the first of 50 rows is predicted otherwise alone than among the 50
# What follows: read a trained estimator by what predict runs, and refuse normalize=True.
# Exits non-zero where that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet PyRCN==0.1.0 torch==2.13.0 scikit-learn==1.9.1
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import numpy as np
from pyrcn.echo_state_network import ESNRegressor
from pyrcn.linear_model import IncrementalRegression

t = np.arange(60)
x = np.stack([np.sin(t / 5), np.cos(t / 3)], axis=1)
y = x[:, :1] * x[:, 1:]
common = {"hidden_layer_size": 30, "spectral_radius": 0.9, "leakage": 0.4, "alpha": 1e-3, "requires_sequence": False, "verbose": False}

plain = ESNRegressor(**common).fit(x, y)
error = float(np.abs(plain.predict(x) - y).max())
print(f"closed form: predict is {error:.3f} off the targets at most; regressor.coef_ has the shape {np.shape(plain.regressor.coef_)}")

trained = ESNRegressor(**common, solver="gradient", trainable_reservoir=True, epochs=3, learning_rate=0.1).fit(x, y)
told = trained.hidden_layer_state(x)
untrained = float(np.abs(told - plain.hidden_layer_state(x)).max())
_, final = trained.predict(x, return_state=True)
off = float(np.abs(told[-1] - final).max())
print(f"trained reservoir: hidden_layer_state is {untrained:.3f} off the untrained states, and its last is {off:.3f} off predict's")

rows = np.random.default_rng(0).normal(3, 5, (50, 4))
scaled = IncrementalRegression(alpha=10.0, normalize=True).fit(rows.copy(), rows @ np.array([[1.0], [2.0], [3.0], [4.0]]))
among, alone = (float(scaled.predict(one.copy())[0, 0]) for one in (rows, rows[:1]))
print(f"normalize=True: the first row is predicted as {among:.3f} among 50, and as {alone:.3f} alone")

right = {
    "coef_": np.shape(plain.regressor.coef_) == () and error < 0.5,
    "hidden_layer_state": untrained == 0 and off > 0.01,
    "normalize": abs(among - alone) > 0.1,
}
wrong = [name for name, held in right.items() if not held]
if wrong:
    sys.exit(f"Changed: {', '.join(wrong)}")
PYTHON
