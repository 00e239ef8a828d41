"""Runs the layers of the tests: `python -m scripts.run_layers` all of them, with names only those.

The tests in the browser wait half of their time, and come first; all others run behind them, in two chains, and get the cores when no
browser wants them. Every layer runs, whatever failed before it. Browser tests that fail run once more when all else is done, one after
another, and the summary names those that passed only then. The last line counts the tests of all layers; a layer without a report counts as
one.
"""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT / "tests" / "artifacts"
OTHERS = ("packaging", "docs", "notebooks", "browser")

# Several processes share the cores: a second thread of BLAS in each spins after every call, and takes its core from the others.
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}

PYTHON = [sys.executable, "-m"]
NPM = [*PYTHON, "scripts.build_frontend"]


def report_of(layer: str) -> Path:
    """Where a layer writes its tests in JUnit's format."""
    return REPORTS / f"{layer}.xml"


def pytest(layer: str, *words: str, report: str = "") -> list[str]:
    """The command of a layer that pytest runs; each layer remembers its own failures."""
    remembered = f"--override-ini=cache_dir={REPORTS / 'remembered' / layer}"
    return [*PYTHON, "pytest", *words, f"--junit-xml={report_of(report or layer)}", remembered]


def spread(workers: str, by: str) -> list[str]:
    """The words that have pytest spread the tests over so many processes, file by file ("loadfile") or test by test ("load")."""
    return [f"--numprocesses={workers}", f"--dist={by}"]


LAYERS = {
    "ruff": [*PYTHON, "ruff", "check"],
    "format": [*PYTHON, "ruff", "format", "--check"],
    "imports": [str(Path(sys.executable).with_name("lint-imports"))],
    "mypy": [*PYTHON, "mypy"],
    "types": [*NPM, "run", "check"],
    "lint": [*NPM, "run", "lint"],
    "browser-found": [*PYTHON, "scripts.find_browser"],
    "frontend": [*NPM, "test", "--", "--reporter=default", "--reporter=junit", f"--outputFile.junit={report_of('frontend')}"],
    "python": pytest("python", "rcwidgets", "tests", *(f"--ignore=tests/{other}" for other in OTHERS), *spread("auto", "loadfile")),
    "packaging": pytest("packaging", "tests/packaging"),
    "docs": pytest("docs", "tests/docs"),
    "notebooks": pytest("notebooks", "tests/notebooks", *spread("2", "load")),
    "browser": pytest("browser", "tests/browser", *spread("2", "loadfile")),  # each with a JupyterLab and a browser of its own
}

# How a layer runs its failed tests once more: one after another in one process, with nothing beside it.
AGAIN = ("--last-failed", "--last-failed-no-failures=none")
ALONE = {"browser": pytest("browser", "tests/browser", *AGAIN, report="browser-alone")}
MOST = 20  # failed tests that run once more: what fails more often fails by no accident

# The chains run beside each other; npm is used by one at a time. Those behind get only what those in front leave of the cores: beside
# equals, clicks and keys come late, and a drag may join the keys before it.
FRONT = ("browser",)
BEHIND = (
    ("browser-found", "types", "lint", "frontend", "ruff", "format", "imports", "mypy", "packaging", "docs", "notebooks"),
    ("python",),
)


class Outcome(NamedTuple):
    """How a layer ended."""

    layer: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    alone: tuple[str, ...] = ()  # the tests that passed only when they ran once more


def verdicts(layer: str) -> dict[str, bool]:
    """Whether each test of a layer's report passed, by the test's name with its module."""
    seen: dict[str, bool] = {}
    for case in ElementTree.parse(report_of(layer)).getroot().iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        seen[name] = seen.get(name, True) and all(part.tag not in ("failure", "error", "skipped") for part in case)
    return seen


def count(layer: str, ok: bool, seconds: float) -> Outcome:
    """Reads a layer's report. A layer that failed otherwise than by a test, as at its start, counts one failure."""
    if not report_of(layer).exists():
        return Outcome(layer, int(ok), int(not ok), 0, seconds)
    suites = list(ElementTree.parse(report_of(layer)).getroot().iter("testsuite"))
    tests, skipped, failed = (
        sum(int(suite.get(name, 0)) for suite in suites for name in names) for names in (["tests"], ["skipped"], ["failures", "errors"])
    )
    return Outcome(layer, tests - skipped - failed, failed if ok else max(failed, 1), skipped, seconds)


def once_more(outcome: Outcome) -> Outcome:
    """Runs a layer's failed tests again, each alone; those that pass now count as passed, and are named."""
    layer, start = f"{outcome.layer}-alone", time.monotonic()
    print(f"\n===== {layer} =====\n", end="", flush=True)
    report_of(layer).unlink(missing_ok=True)
    subprocess.run(ALONE[outcome.layer], cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.DEVNULL)
    again = verdicts(layer) if report_of(layer).exists() else {}
    failed = {name for name, passed in verdicts(outcome.layer).items() if not passed}
    alone = tuple(sorted(name for name in failed if again.get(name, False)))
    seconds = outcome.seconds + time.monotonic() - start
    return outcome._replace(passed=outcome.passed + len(alone), failed=outcome.failed - len(alone), seconds=seconds, alone=alone)


def by_accident(outcome: Outcome) -> bool:
    """Whether so few tests of a layer failed that it may be the machine: they run once more. A layer that broke otherwise has no report."""
    return outcome.layer in ALONE and report_of(outcome.layer).exists() and 0 < outcome.failed <= MOST


BEGUN: list["subprocess.Popen[str]"] = []  # the processes of layers behind, each in a session of its own


def yielding(process: "subprocess.Popen[str]") -> None:
    """Has a process, which begins a session of its own, take the cores only where no other session wants them: Linux shares them out
    between sessions before it looks at how nice each of their processes is."""
    group = Path(f"/proc/{process.pid}/autogroup")
    if group.exists():
        group.write_text("19")


def run(layer: str, front: bool) -> Outcome:
    """Runs a layer; what it says goes to the terminal, of those behind when they end."""
    held, title = None if front else subprocess.PIPE, f"\n===== {layer} =====\n"
    print(title if front else f"{layer} begins\n", end="", flush=True)
    report_of(layer).unlink(missing_ok=True)
    start = time.monotonic()
    command = LAYERS[layer] if front else ["nice", "-n", "19", *LAYERS[layer]]
    with subprocess.Popen(
        command, cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=held, stderr=held and subprocess.STDOUT, text=True,
        start_new_session=not front,
    ) as process:  # fmt: skip
        if not front:
            yielding(process)
            BEGUN.append(process)
        said, _ = process.communicate()
    print("" if front else f"{title}{said}", end="", flush=True)
    return count(layer, process.returncode == 0, time.monotonic() - start)


def run_all(wanted: list[str]) -> list[Outcome]:
    """Runs the chains beside each other, and the layers of each one after another; then once more what failed by accident."""
    chains = [layers for chain in (FRONT, *BEHIND) if (layers := [name for name in chain if name in wanted])]
    with ThreadPoolExecutor() as pool:
        outcomes = pool.map(lambda chain: [run(layer, layer in FRONT or len(wanted) == 1) for layer in chain], chains)
        try:
            ended = [outcome for chain in outcomes for outcome in chain]
        except KeyboardInterrupt:  # the terminal tells its own session only
            for process in BEGUN:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGINT)
            raise
    return [once_more(outcome) if by_accident(outcome) else outcome for outcome in ended]


def main(names: list[str]) -> int:
    """Runs the named layers, or all; returns the exit status."""
    unknown = [name for name in names if name not in LAYERS]
    if unknown:
        print(f"LAYERS must be names of layers, got {', '.join(unknown)}. Known: {', '.join(LAYERS)}.", file=sys.stderr)
        return 2
    REPORTS.mkdir(parents=True, exist_ok=True)
    outcomes = run_all(names or list(LAYERS))

    print("\n===== summary =====")
    for layer, passed, failed, skipped, seconds, alone in outcomes:
        print(f"{layer:14}{'FAILED' if failed else 'passed'}  {passed:5} passed {failed:4} failed {skipped:4} skipped {seconds:7.1f} s")
        print("".join(f"{'':14}passed alone: {name}\n" for name in alone), end="")
    passed, failed, skipped = (sum(counts) for counts in zip(*(outcome[1:4] for outcome in outcomes), strict=True))
    print(f"total: {passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
