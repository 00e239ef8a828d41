"""Runs every benchmark: `python -m benchmarks`. The exit status is 1 where a bar was missed."""

import sys

from benchmarks import esn, lanes

sys.exit(0 if all([esn.main(), lanes.main()]) else 1)
