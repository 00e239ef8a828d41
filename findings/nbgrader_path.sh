#!/usr/bin/env bash
# Does nbgrader run by the path of its Python, when its environment is not on the PATH (as a cron job or a hub's service calls it)?
#
# Guess: `python -m nbgrader generate_assignment` needs nothing but that Python, as nbconvert and nbclient do.
# Seen with nbgrader 0.9.6 and alembic 1.20.0, Python 3.11: the first command that opens the gradebook fails for every assignment, since
# nbgrader calls the program `alembic` by its bare name to stamp the database. With the environment's bin folder on the PATH it works.
# Printed:
#   without bin on PATH: exit 1, FileNotFoundError: [Errno 2] No such file or directory: 'alembic'
#   with bin on PATH: exit 0
# What follows: whoever grades from a script puts the environment's bin folder on the PATH, as scripts/try_nbgrader.py does.
# Exits non-zero where that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet nbgrader==0.9.6 alembic==1.20.0 ipykernel
export JUPYTER_DATA_DIR="$folder/data" JUPYTER_CONFIG_DIR="$folder/config" IPYTHONDIR="$folder/ipython"
mkdir -p "$folder/course/source/one"
cat > "$folder/course/source/one/one.ipynb" <<'JSON'
{"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
 "cells": [{"cell_type": "code", "id": "a", "source": "assert 1 + 1 == 2", "outputs": [], "execution_count": null,
 "metadata": {"nbgrader": {"schema_version": 3, "grade_id": "a", "grade": true, "solution": false, "task": false, "locked": true, "points": 1}}}]}
JSON
cd "$folder/course"
plain=$(getconf PATH)
told() { # told NAME PATH
  status=0
  PATH="$2" "$folder/venv/bin/python" -m nbgrader generate_assignment one --create > "$folder/log" 2>&1 || status=$?
  why=$(grep -o "FileNotFoundError: .*'alembic'" "$folder/log" | tail -n 1 || true)
  echo "$1: exit $status${why:+, $why}"
}
without=$(told "without bin on PATH" "$plain")
with=$(told "with bin on PATH" "$folder/venv/bin:$plain")
printf '%s\n%s\n' "$without" "$with"
[ "$without" = "without bin on PATH: exit 1, FileNotFoundError: [Errno 2] No such file or directory: 'alembic'" ]
[ "$with" = "with bin on PATH: exit 0" ]
