"""What all tests and the examples in docstrings share: how JAX compiles, and that it refuses to mix dtypes or to guess ranks, so that a
promotion is a decision."""

import os
from collections.abc import Iterator
from pathlib import Path

import jax
import pytest

from rcwidgets.live import compile_cache

TESTS = Path(__file__).parent / "tests"
QUICK = TESTS / "core" / "trainers"  # the heaviest compiles, of what is built on nodes and programs, whose own tests optimise

# A program is compiled once for all files, processes and layers; the folder of whoever runs the tests is left alone.
os.environ[compile_cache.VARIABLE] = str(TESTS / "artifacts" / "compiled")
# The same code, compiled in one piece: several processes keep the cores busy already. Kernels and scripts of the tests inherit both.
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_parallel_codegen_split_count=1".strip()
compile_cache.keep_compiled()
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")


@pytest.fixture(scope="module", autouse=True)
def compiled_programs(request: pytest.FixtureRequest) -> Iterator[None]:
    """How the programs of a file are compiled, and that they go after its tests: a process that keeps some thousands runs out of memory
    maps. Those of QUICK are optimised little, since a compile takes much longer than a test's run, but for files that are marked."""
    quick = QUICK in request.path.parents and request.node.get_closest_marker("optimised") is None
    jax.config.update("jax_disable_most_optimizations", quick)
    yield
    jax.config.update("jax_disable_most_optimizations", False)
    jax.clear_caches()
