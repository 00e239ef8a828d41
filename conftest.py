"""What all tests and the examples in docstrings share: how JAX compiles, and that it refuses to mix dtypes or to guess ranks, so that a
promotion is a decision."""

import os
from collections.abc import Iterator
from pathlib import Path

import jax
import pytest

from rcwidgets.live import compile_cache

TESTS = Path(__file__).parent / "tests"
FOLDERS = {TESTS / name for name in ("core", "live", "widgets")}  # whose programs are optimised little
# Compiled in one piece, which gives the same code: several processes keep the cores busy already. XLA reads its flags anew at each compile.
FLAGS = f"{os.environ.get('XLA_FLAGS', '')} --xla_flags_reset=true --xla_cpu_parallel_codegen_split_count=1".strip()
OPTIMISED, QUICK = (f"{FLAGS} --xla_cpu_use_fusion_emitters={on}" for on in ("true", "false"))

# A program is compiled once for all files, processes and layers; the folder of whoever runs the tests is left alone.
os.environ[compile_cache.VARIABLE] = str(TESTS / "artifacts" / "compiled")
os.environ["XLA_FLAGS"] = OPTIMISED  # kernels and scripts of the tests inherit both
compile_cache.keep_compiled()
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")


@pytest.fixture(scope="module", autouse=True)
def compiled_programs(request: pytest.FixtureRequest) -> Iterator[None]:
    """How the programs of a file are compiled, and that they go after its tests: a process that keeps some thousands runs out of memory
    maps. Those of FOLDERS are optimised little, but for files that are marked: a compile takes much longer than a test's run, and two
    thirds of it are optimisations and the emitters of fusions, which are slow themselves."""
    quick = not FOLDERS.isdisjoint(request.path.parents) and request.node.get_closest_marker("optimised") is None
    flags = QUICK if quick else OPTIMISED
    if os.environ["XLA_FLAGS"] != flags:  # the environment is written as seldom as can be: threads of XLA read it
        os.environ["XLA_FLAGS"] = flags
        jax.config.update("jax_disable_most_optimizations", quick)
    yield
    jax.clear_caches()
