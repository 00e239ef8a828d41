"""Ends processes in which something trains, in every way, and looks how they ended: `python -m scripts.check_exits 200`.

A process that ends while a thread is within XLA dies with "exception not rethrown" and the exit status 134. Each run is a process of its
own that ends some way into its work, each time a little later. The kinds of work and of exits take turns; the last line counts.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from signal import SIGINT
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 1.5  # seconds between the begin of the work and the end of the process
AT_ONCE = 2  # processes
PATIENCE = 600  # seconds for a process
START = "import rcwidgets as rc\n"
RIDGE = START + "play = rc.Playground()\nplay.wait()\n"
WORK = {
    "first compile": START + "play = rc.Playground()\n",
    "ridge": RIDGE + "play.set('reservoir', spectral_radius=1.1)\n",
    "drag": RIDGE
    + """
import time
node = play.experiment.document.graph.id_of("reservoir")
for k in range(8):
    play.experiment.edit([{"op": "set", "owner": node, "knob": "spectral_radius", "value": round(0.5 + k / 100, 2)}], "drag")
    time.sleep(0.3)
""",
    "sweep": RIDGE + "play.experiment.sweep({'reservoir.spectral_radius': [k / 40 for k in range(40)]}, seeds=range(8))\n",
    "look": RIDGE + "play.experiment.looks.watch('closed loop')\nplay.experiment.looks.watch('spectrum')\n",
    "FORCE": START + "play = rc.Playground(trainer=rc.FORCELearning)\nplay.run()\n",
    "RLS": START + "play = rc.Playground(trainer=rc.RLS)\nplay.run()\n",
    "BPTT": START
    + """
play = rc.Playground(rc.Input() >> rc.VanillaRNN(100) >> rc.Dense(), trainer=rc.BPTT)
play.set("trainer", window=100, num_batch=16, num_train=10_000)
play.run()
""",
    "wide": START
    + "play = rc.Playground(rc.Input() >> rc.Reservoir(1200) >> rc.LinearReadout())\nplay.wait()\nplay.set('reservoir', leak_rate=0.5)\n",
}
WAIT = "import time\ntime.sleep({delay})\n"


INTERRUPT = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has its jobs in the background ignore it
os.kill(os.getpid(), signal.SIGINT)
time.sleep(60)
"""


class Exit(NamedTuple):
    """How a process is made to end, and what must come of it: its exit status, and the last line that it writes to stderr."""

    code: str
    status: int
    last: str


EXITS = {
    "end of file": Exit("", 0, ""),
    "error": Exit("raise KeyError('uncaught')\n", 1, "KeyError: 'uncaught'"),
    "sys.exit": Exit("import sys\nsys.exit(3)\n", 3, ""),
    "interrupt": Exit(INTERRUPT, -SIGINT, "KeyboardInterrupt"),
    "kernel shut down": Exit("", 0, ""),
    "kernel restarted": Exit("", 0, ""),
}


def kinds() -> Iterator[tuple[str, str]]:
    """All kinds of work and exits, in an order in which any few neighbours differ in both."""
    works, exits = list(WORK), list(EXITS)
    for turn in range(len(works)):
        yield from ((works[(k + turn) % len(works)], exit) for k, exit in enumerate(exits))


def problem_of(work: str, exit: str, delay: float, folder: Path) -> str:
    """What was wrong with the end of one process; "" where nothing was. Compiled programs are kept in `folder`."""
    code, expected = WORK[work] + WAIT.format(delay=delay) + EXITS[exit].code, EXITS[exit]
    environment = {**os.environ, "RCWIDGETS_CACHE": str(folder), "PYTHONPATH": str(ROOT)}
    try:
        if exit.startswith("kernel"):
            status, errors = _kernel(code, environment, restart=exit.endswith("restarted"))
        else:
            done = subprocess.run(
                [sys.executable, "-c", code], env=environment, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
            )
            status, errors = done.returncode, done.stderr
    except (subprocess.TimeoutExpired, TimeoutError):
        return f"did not end within {PATIENCE} s"
    last = errors.strip().splitlines()[-1] if errors.strip() else ""
    tracebacks = errors.count("Traceback")
    if status != expected.status or last != expected.last or tracebacks > bool(expected.last):
        return f"exit status {status}, not {expected.status}:\n{errors}"
    return ""


def _kernel(code: str, environment: dict[str, str], *, restart: bool) -> tuple[int, str]:
    """The exit status of a Jupyter kernel that has run the code and was shut down or restarted, and what it wrote to stderr."""
    from jupyter_client.manager import KernelManager  # an application of its own, for two kinds of exits alone
    from jupyter_core.utils import ensure_event_loop

    with tempfile.TemporaryFile("w+") as errors:
        manager = KernelManager(kernel_name="python3")
        manager.shutdown_wait_time = PATIENCE  # seconds; a kernel that is killed says nothing of how it would have ended
        manager.start_kernel(env=environment, stdout=subprocess.DEVNULL, stderr=errors)
        provisioner: Any = manager.provisioner
        process = provisioner.process
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=PATIENCE)
            reply = client.execute_interactive(code, timeout=PATIENCE, output_hook=lambda message: None)
            if reply["content"]["status"] != "ok":
                return 1, "\n".join(reply["content"]["traceback"])
            manager.restart_kernel() if restart else manager.shutdown_kernel()
            status = process.wait(PATIENCE)
        finally:
            client.stop_channels()
            if manager.is_alive():
                manager.shutdown_kernel(now=True)
            ensure_event_loop().close()  # this thread's, which jupyter_client opened
        errors.seek(0)
        return status, "".join(line for line in errors if not line.startswith("[IPKernelApp]"))  # warns of TCP


def check(runs: int) -> int:
    """Runs so many processes, says what was wrong with which, and returns how many ended badly."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        chosen = list(islice(cycle(kinds()), runs))
        delays = [LONGEST * (k * 0.618 % 1) for k in range(runs)]
        began = time.perf_counter()
        found = pool.map(lambda kind, delay: problem_of(kind[0], kind[1], delay, Path(folder)), chosen, delays)
        bad = 0
        for (work, exit), delay, problem in zip(chosen, delays, found, strict=True):
            bad += bool(problem)
            if problem:
                print(f"{work}, {exit}, {delay:.2f} s into it: {problem}", flush=True)
        print(f"{runs - bad} of {runs} ended well, in {time.perf_counter() - began:.0f} s")
    return bad


if __name__ == "__main__":
    sys.exit(check(int(sys.argv[1]) if sys.argv[1:] else 200) > 0)
