#!/bin/sh
# Makes the virtual environment in the folder $1 with the first Python 3.11 or newer that can make one ($PYTHON, else what is on PATH).
set -eu
folder=$1

if [ -x "$folder/bin/python" ] && "$folder/bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  exit 0
fi

without_venv=
for python in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python}; do
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
  if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "Making $folder with $("$python" --version) ($(command -v "$python"))"
    exec "$python" -m venv --clear "$folder"
  fi
  without_venv=${without_venv:-$python}
done

if [ -n "$without_venv" ]; then
  version=$("$without_venv" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  echo "$without_venv cannot make virtual environments: it comes without ensurepip. Install it (Debian, Ubuntu: apt install python$version-venv)," \
    "or name another Python: make run PYTHON=/path/to/python3" >&2
else
  echo "rcwidgets needs Python 3.11 or newer, and none was found as ${PYTHON:-python3 on PATH}." \
    "Install one, or name it: make run PYTHON=/path/to/python3" >&2
fi
exit 1
