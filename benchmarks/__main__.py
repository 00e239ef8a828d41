"""Runs every benchmark: `python -m benchmarks`. The exit status is 1 where a bar was missed."""

import sys

from benchmarks import esn, ngrc

sys.exit(0 if all([esn.main(), ngrc.main()]) else 1)
