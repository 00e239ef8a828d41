#!/usr/bin/env bash
# Does a study that is asked and told end as quietly with a grid as Optuna's own loop does?
#
# Guess: GridSampler ends `study.optimize` when all points are tried; where the caller asks and tells by itself, `tell` of the last point
# returns as that of any other, and the caller counts the points.
# Seen with optuna 5.0.0, Python 3.11: the `tell` of the last point raises RuntimeError, since the sampler calls `Study.stop`, which is
# refused outside of `optimize`; and yet that trial is COMPLETE with its value. BruteForceSampler does the same. Printed:
#   GridSampler: tell of point 3 of 3 raised RuntimeError, the trial is COMPLETE
#   BruteForceSampler: tell of point 3 of 3 raised RuntimeError, the trial is COMPLETE
# What follows: a loop that asks and tells takes that error for the end, and must not tell the trial again.
# Exits non-zero where that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet optuna==5.0.0
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
points = [0.1, 0.2, 0.3]
changed = []
for sampler in (optuna.samplers.GridSampler({"x": points}), optuna.samplers.BruteForceSampler()):
    study, raised = optuna.create_study(sampler=sampler), []
    for number in range(1, len(points) + 1):
        trial = study.ask()
        value = trial.suggest_categorical("x", points)
        try:
            study.tell(trial, value)
        except RuntimeError:
            raised.append(number)
    state = study.get_trials()[-1].state.name
    name = type(sampler).__name__
    print(f"{name}: tell of point {raised[-1] if raised else None} of {len(points)} raised RuntimeError, the trial is {state}")
    if raised != [3] or state != "COMPLETE":
        changed.append(name)
if changed:
    sys.exit(f"Changed: {', '.join(changed)}")
PYTHON
