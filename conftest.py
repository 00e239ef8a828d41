"""What all tests and the examples in docstrings share: how JAX compiles, and that it refuses to mix dtypes or to guess ranks, so that a
promotion is a decision."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import jax
import pytest

from rcwidgets.core import compile_cache
from rcwidgets.core.collector import paused

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


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """The modules and the tests that are found stay: nothing of it is garbage."""
    with paused():
        return (yield)


def quick(item: pytest.Item) -> bool:
    """Whether the programs of a test are optimised little: a compile takes much longer than a test's run, and two thirds of it are
    optimisations and the emitters of fusions, which are slow themselves."""
    return not FOLDERS.isdisjoint(item.path.parents) and item.get_closest_marker("optimised") is None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In each file those that are optimised come last, so that it is compiled in two ways one after the other."""
    place = {path: number for number, path in enumerate(dict.fromkeys(item.path for item in items))}
    items.sort(key=lambda item: (place[item.path], not quick(item)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """How the programs of a test are compiled, before its fixtures make any."""
    flags = QUICK if quick(item) else OPTIMISED
    if os.environ["XLA_FLAGS"] != flags:  # the environment is written as seldom as can be: threads of XLA read it
        jax.clear_caches()
        os.environ["XLA_FLAGS"] = flags
        jax.config.update("jax_disable_most_optimizations", flags == QUICK)


@pytest.fixture(scope="module", autouse=True)
def compiled_programs() -> Iterator[None]:
    """The programs of a file go after its tests: a process that keeps some thousands runs out of memory maps."""
    yield
    jax.clear_caches()
