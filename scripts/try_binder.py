"""Runs the steps of Binder's build and start in a clean environment: `python -m scripts.try_binder [PYTHON]`.

A copy of what git tracks, a virtual environment of the Python that binder/runtime.txt names, its requirements, postBuild, and a server
under binder/start on one core; then a kernel trains the first network. The exit status is 1 where that took more than 10 s or 2 GB.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import Request, urlopen

from jupyter_client import BlockingKernelClient

ROOT = Path(__file__).resolve().parents[1]
PORT, TOKEN = 8899, "binder"
MOST_SECONDS, MOST_BYTES = 10.0, 2_000_000_000
PATIENCE = 120  # seconds until the server must be there
FIRST = "import rcwidgets as rc\nplay = rc.Playground()\nresults = play.wait()\nassert results.test_nrmse < 0.01\nplay"
CPU = "__import__('time').process_time()"


def python_named(words: list[str]) -> str:
    """The Python that is asked for, or the one of binder/runtime.txt."""
    name = words[0] if words else (ROOT / "binder" / "runtime.txt").read_text().strip().replace("-", "")
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not on the PATH. Install it, or give another: python -m scripts.try_binder python3.13.")
    return found


def copied(to: Path) -> None:
    """Copies what git tracks or would track."""
    names = subprocess.check_output(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, text=True)
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def size(folder: Path) -> float:
    """Megabytes on disk."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6


def memory(root: int) -> int:
    """Bytes of a process and all that it started, shared pages counted once."""
    total, parents = 0, {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().split("PPid:")[1].split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended meanwhile
    mine = {root}
    while more := {child for child, parent in parents.items() if parent in mine} - mine:
        mine |= more
    for process in mine:
        try:
            total += 1024 * int(Path(f"/proc/{process}/smaps_rollup").read_text().split("\nPss:")[1].split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def ask(path: str, data: dict[str, str] | None = None) -> dict[str, str]:
    """What the server answers."""
    body = None if data is None else json.dumps(data).encode()
    request = Request(f"http://127.0.0.1:{PORT}/{path}", body, {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"})
    with urlopen(request, timeout=60) as answer:
        found: dict[str, str] = json.load(answer)
        return found


def first_training(runtime: Path) -> tuple[float, float]:
    """Has a kernel train the first network; returns the seconds from the request of the kernel on, and of them those of the processor."""
    start = time.monotonic()
    kernel = ask("api/kernels", {"name": "python3"})["id"]
    client = BlockingKernelClient(connection_file=str(runtime / f"kernel-{kernel}.json"))
    client.load_connection_file()
    client.start_channels(hb=False)  # a kernel that shares its core beats late, and is not dead
    try:
        client.wait_for_ready(timeout=60)
        told = client.execute_interactive(FIRST, timeout=120, output_hook=lambda message: None, user_expressions={"cpu": CPU})["content"]
    finally:
        client.stop_channels()
    if told["status"] != "ok":
        raise RuntimeError(f"The first network did not train: {told['ename']}: {told['evalue']}")
    return time.monotonic() - start, float(told["user_expressions"]["cpu"]["data"]["text/plain"])


def main(words: list[str]) -> int:
    """Runs all steps and says what they took."""
    with TemporaryDirectory(prefix="binder-") as name:
        folder = Path(name)
        checkout, home, runtime = folder / "checkout", folder / "home", folder / "runtime"
        for made in (checkout, home, runtime):
            made.mkdir()
        copied(checkout)
        subprocess.run([python_named(words), "-m", "venv", folder / "venv"], check=True)
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "RCWIDGETS", "JUPYTER", "VIRTUAL_ENV"))}
        own |= {
            "PATH": f"{folder / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "JUPYTER_RUNTIME_DIR": str(runtime),
        }
        for step in (["pip", "install", "--quiet", "-r", "binder/requirements.txt"], ["binder/postBuild"]):
            start = time.monotonic()
            subprocess.run(step, cwd=checkout, env=own, check=True)
            print(f"{step[0]}: {time.monotonic() - start:.0f} s", flush=True)
        cache = size(home / ".cache" / "rcwidgets")
        print(f"installed: {size(folder / 'venv'):.0f} MB, and the compiled programs of the first network: {1000 * cache:.0f} kB")
        lab = ["binder/start", "jupyter", "lab", "--no-browser", f"--port={PORT}", "--ServerApp.port_retries=0", "--allow-root"]
        lab.append(f"--IdentityProvider.token={TOKEN}")
        core = [] if shutil.which("taskset") is None else ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))]
        server = subprocess.Popen([*core, *lab], cwd=checkout, env=own, stderr=subprocess.DEVNULL)
        try:
            end = time.monotonic() + PATIENCE
            while True:
                try:
                    ask("api/status")
                    break
                except (URLError, ConnectionError):
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.2)
            (seconds, cpu), held = first_training(runtime), memory(server.pid)
        finally:
            server.terminate()
            server.wait()
        took = f"{seconds:.1f} s ({cpu:.1f} s of the processor)"
        print(f"from the kernel's request to the first trained network: {took}; server and kernel hold {held / 1e6:.0f} MB")
        return int(seconds > MOST_SECONDS or held > MOST_BYTES or cache == 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
