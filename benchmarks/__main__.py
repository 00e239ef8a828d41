"""Runs every benchmark, or those that are named: `python -m benchmarks esn rls`. The exit status is 1 where a bar was missed."""

import sys
from importlib import import_module

NAMES = (
    "esn",
    "stretches",
    "live",
    "ngrc",
    "rls",
    "bptt",
    "lanes",
    "sweeps",
    "search",
    "sparse",
    "memory",
    "ticks",
    "first",
    "lock",
    "start",
    "reader",
    "accuracy",
)

wanted = sys.argv[1:] or NAMES
met = [import_module(f"benchmarks.{name}").main() for name in wanted]
sys.exit(0 if all(met) else 1)
