"""Runs every benchmark: `python -m benchmarks`. The exit status is 1 where a bar was missed."""

import sys

from benchmarks import esn, sparse

met = [benchmark.main() for benchmark in (esn, sparse)]
sys.exit(0 if all(met) else 1)
