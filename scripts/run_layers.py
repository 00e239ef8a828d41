"""Runs the layers of the tests: `python -m scripts.run_layers` all of them, with names only those.

The short ones run beside each other, in two chains that end with the notebooks and the packaging; then come the Python tests, then those in
the browser. Every layer runs, whatever failed before it. Browser tests that fail run once more, alone, and the summary names those that
passed only then. The last line counts the tests of all layers; a layer without a report counts as one.
"""

import os
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


def pytest(layer: str, *words: str) -> list[str]:
    """The command of a layer that pytest runs."""
    return [*PYTHON, "pytest", *words, f"--junit-xml={report_of(layer)}"]


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
ALONE = {"browser": pytest("browser-alone", "tests/browser", "--last-failed", "--last-failed-no-failures=none")}
MOST = 20  # failed tests that run once more: what fails more often fails by no accident
TESTS_FAILED = 1  # pytest's exit status where all tests were run


# One stage after another, the chains of each beside each other; npm is used by one at a time.
STAGES = (
    (("ruff", "format", "imports", "mypy", "notebooks"), ("types", "lint", "frontend", "browser-found", "packaging", "docs")),
    (("python",),),
    (("browser",),),  # alone: beside others its clicks and keys come late, and a drag may join the keys before it
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
    return outcome._replace(passed=outcome.passed + len(alone), failed=len(failed) - len(alone), seconds=seconds, alone=alone)


def run(layer: str, alone: bool) -> Outcome:
    """Runs a layer; what it says goes to the terminal, where it does not run alone when it ends."""
    held = None if alone else subprocess.PIPE
    title = f"\n===== {layer} =====\n"
    print(f"{layer} begins\n" if held else title, end="", flush=True)
    report_of(layer).unlink(missing_ok=True)
    start = time.monotonic()
    done = subprocess.run(
        LAYERS[layer], cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=held, stderr=held and subprocess.STDOUT, text=True
    )
    print(f"{title}{done.stdout}" if held else "", end="", flush=True)
    outcome = count(layer, done.returncode == 0, time.monotonic() - start)
    by_tests = done.returncode == TESTS_FAILED and report_of(layer).exists()
    return once_more(outcome) if layer in ALONE and by_tests and 0 < outcome.failed <= MOST else outcome


def run_stage(chains: list[list[str]]) -> list[Outcome]:
    """Runs chains beside each other, and the layers of each one after another."""
    with ThreadPoolExecutor() as pool:
        outcomes = pool.map(lambda chain: [run(layer, len(chains) == 1) for layer in chain], chains)
        return [outcome for chain in outcomes for outcome in chain]


def main(names: list[str]) -> int:
    """Runs the named layers, or all; returns the exit status."""
    unknown = [name for name in names if name not in LAYERS]
    if unknown:
        print(f"LAYERS must be names of layers, got {', '.join(unknown)}. Known: {', '.join(LAYERS)}.", file=sys.stderr)
        return 2
    REPORTS.mkdir(parents=True, exist_ok=True)
    wanted = names or list(LAYERS)
    stages = [[layers for chain in stage if (layers := [name for name in chain if name in wanted])] for stage in STAGES]
    outcomes = [outcome for stage in stages for outcome in run_stage(stage)]

    print("\n===== summary =====")
    for layer, passed, failed, skipped, seconds, alone in outcomes:
        print(f"{layer:14}{'FAILED' if failed else 'passed'}  {passed:5} passed {failed:4} failed {skipped:4} skipped {seconds:7.1f} s")
        print("".join(f"{'':14}passed alone: {name}\n" for name in alone), end="")
    passed, failed, skipped = (sum(counts) for counts in zip(*(outcome[1:4] for outcome in outcomes), strict=True))
    print(f"total: {passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
