"""Kernels with a Playground each, started one after another, as a class on one server has them: `python -m benchmarks.kernels [COUNT]`.

Each kernel is a process of its own, as Jupyter starts it, under the environment of `rcwidgets lab`, and runs a cell that imports rcwidgets,
makes a Playground and waits for its results. When all are up, each answers once more, to a turned knob, and tells its share of the memory
(PSS, of which pages that several processes share count by parts; Linux has it). The bars: all answer, at most 230 MB each, and 3 s from the
import to the first results where the compiled programs are in the cache, which a kernel before the first one fills.
"""

import argparse
import os
import sys
from pathlib import Path
from queue import Empty

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from rcwidgets.command.lab import POOLS

COUNT, MEMORY, SECONDS, PATIENCE = 20, 230.0, 3.0, 300.0  # kernels, MB each, s to the first results, s until one must have answered
CELL = """
from time import perf_counter
since = perf_counter()
import rcwidgets as rc
play = rc.Playground()
first = play.wait()
print("answer", perf_counter() - since, first.test_nrmse)
"""
AGAIN = """
play.set("reservoir", spectral_radius=1.1)
print("answer", 0.0, play.wait().test_nrmse)
"""


def answer(client: BlockingKernelClient, code: str) -> tuple[float, float]:
    """Runs code that prints one answer: its seconds, and the test error."""
    said: list[str] = []

    def hear(message: dict[str, dict[str, object]]) -> None:
        content = message["content"]
        said.append(str(content.get("text") or "\n".join(map(str, content.get("traceback") or ()))))  # type: ignore[call-overload]

    try:
        client.execute_interactive(code, timeout=PATIENCE, output_hook=hear)
    except (TimeoutError, Empty):
        said.append(f"no answer within {PATIENCE:.0f} s")
    found = [line.split() for line in "".join(said).splitlines() if line.startswith("answer ")]
    if len(found) != 1:
        raise RuntimeError(f"The kernel must answer once, and said: {''.join(said)[-2000:]}")
    return float(found[0][1]), float(found[0][2])


def share(process: int) -> float:
    """The memory of a process in MB, of shared pages its part."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def start() -> tuple[KernelManager, BlockingKernelClient]:
    """A kernel that is ready."""
    manager = KernelManager()
    manager.start_kernel(env=POOLS | os.environ)
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=PATIENCE)
    return manager, client


def stop(manager: KernelManager, client: BlockingKernelClient) -> None:
    """Ends a kernel."""
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def main(count: int = COUNT) -> bool:
    """Prints a line for each kernel, and whether all are within the bars."""
    first = start()
    print(f"to fill the cache: {answer(first[1], CELL)[0]:.1f} s from the import to the first results", flush=True)
    stop(*first)
    kernels, times = [], []
    try:
        for _ in range(count):
            kernels.append(start())
            times.append(answer(kernels[-1][1], CELL)[0])
        errors = [answer(client, AGAIN)[1] for _, client in kernels]
        shares = [share(manager.provisioner.pid) for manager, _ in kernels]  # type: ignore[union-attr]
    finally:
        for kernel in kernels:
            stop(*kernel)
    for k, (seconds, megabytes, error) in enumerate(zip(times, shares, errors, strict=True), 1):
        print(f"kernel {k:2}: {seconds:.2f} s to the first results, {megabytes:.0f} MB, test NRMSE {error:.2g} after a turn")
    print(f"at most {max(times):.2f} s (bar {SECONDS:.0f}) and {max(shares):.0f} MB (bar {MEMORY:.0f}); all {count} answered")
    return max(times) <= SECONDS and max(shares) <= MEMORY and len({*errors}) == 1


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description="Starts kernels with a Playground each, one after another.")
    reader.add_argument("count", nargs="?", type=int, default=COUNT)
    sys.exit(0 if main(reader.parse_args().count) else 1)
