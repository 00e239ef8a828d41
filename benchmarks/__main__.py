"""Runs every benchmark: `python -m benchmarks`. The exit status is 1 where a bar was missed."""

import sys

from benchmarks import bptt, esn

sys.exit(0 if all([esn.main(), bptt.main()]) else 1)
